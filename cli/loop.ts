import type { LoopLink, LoopPicture } from '../domain/loop/picture.js';
import { fitted } from './fitted.js';
import { verdictWord } from './output.js';
import { amountWords, valueWords } from './words.js';

/** The links of the loop, a line each: ` decision → label  ▲ seen: causal  60 % [51 %, 69 %] …`. */
export function loopLines(loop: LoopPicture): string[] {
  const rows = loop.map((link) => [
    `${link.from} → ${link.to}`,
    stateWord(link),
    strengthWords(link),
  ]);
  return fitted(['LOOP', 'EVIDENCE', 'STRENGTH'], rows, 'STRENGTH').split('\n');
}

/** The evidence of a link and its strength, for pages. */
export function linkWords(link: LoopLink): { evidence: string; strength: string } {
  return { evidence: evidenceOf(link), strength: strengthWords(link) };
}

const evidenceOf = ({ state, kind }: LoopLink): string =>
  kind === null ? 'unknown' : `${state === 'seen' ? 'seen' : 'not seen'}: ${kind}`;

function stateWord(link: LoopLink): string {
  const seen = link.state === 'seen' ? 'warn' : 'ok';
  return verdictWord(link.kind === null ? 'unknown' : seen, evidenceOf(link));
}

/** `60 % [51 %, 69 %] suppression`; of an unknown link what it lacks. */
function strengthWords({ from, strength, missing }: LoopLink): string {
  if (strength === null)
    return missing?.setting ? `needs ${missing.setting}` : (missing?.text ?? '');
  const { value, low, high, by } = strength;
  if (from === 'training') return `${amountWords(value ?? 0, 'row')} acted on, ${by}`;
  const words = (number: number | null) => valueWords({ check: by, value: number, nCurrent: 0 });
  const range = low === null || high === null ? '' : ` [${words(low)}, ${words(high)}]`;
  return `${words(value)}${range} ${by}`;
}
