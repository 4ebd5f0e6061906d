import type { AdviceMark } from '../advice.js';
import type { Draft } from './draft.js';
import { utc } from '../window.js';

/** The evidence is about the model that was replaced; null: it is not. */
export function ofReplaced({ state }: Draft, advice: AdviceMark): string | null {
  const { promoted } = state;
  if (promoted === undefined || advice.windowEnd > promoted.windowEnd) return null;
  const { version, at } = promoted;
  return `its evidence is of the version that ${version} replaced at ${utc(at)}`;
}

/** The rest after a promotion is not over; null: it is, or there was none. */
export function cooldownOf(draft: Draft, rules: string): string | null {
  const last = draft.state.lastSucceededAt;
  const cooldown = draft.rules[rules]?.policy.cooldown ?? 0;
  return last !== null && draft.at < last + cooldown
    ? `cooldown until ${utc(last + cooldown)}`
    : null;
}
