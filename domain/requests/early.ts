import type { AdviceMark } from '../advice.js';
import { clock } from './draft.js';
import type { Draft } from './draft.js';

/** The evidence is about the model that was replaced; null: it is not. */
export function ofReplaced(draft: Draft, advice: AdviceMark): string | null {
  const { promoted } = draft.state;
  if (promoted === undefined || advice.windowEnd > promoted.windowEnd) return null;
  const { version, at } = promoted;
  return `its evidence is of the version that ${version} replaced at ${clock(draft, at)}`;
}

/** The rest after a promotion is not over; null: it is, or there was none. */
export function cooldownOf(draft: Draft, rules: string): string | null {
  const last = draft.state.lastSucceededAt;
  const cooldown = draft.rules[rules]?.policy.cooldown ?? 0;
  return last !== null && draft.at < last + cooldown
    ? `cooldown until ${clock(draft, last + cooldown)}`
    : null;
}
