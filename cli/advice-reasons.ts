import type { Checked } from '../app/check.js';

/** Why an advice is given, what holds it back, and what to train on, a text each. */
export function adviceReasons({ reasons, blockers, trainOn }: Checked['advice']): string[] {
  return [
    ...reasons.map(({ text }) => text),
    ...blockers.map((text) => `Held back: ${text}`),
    ...(trainOn === undefined ? [] : [trainOn.sentence]),
  ];
}
