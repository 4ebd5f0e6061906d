import type { Outcomes, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';

const DAY = 86_400_000;

/** A day of outcomes, held against those of a reference. */
export function evidenceOf(reference: Outcomes, current: Outcomes): Evidence {
  const profile = (outcomes: Outcomes): Profile => ({
    ...{ grid: '', window: { start: 0, end: DAY, weekday: 4 }, slice: {}, rows: 0, newest: 0 },
    ...{ types: {}, columns: {}, outcomes, asked: {} },
  });
  return {
    ...{ at: DAY, knownAt: DAY, grid: { id: '', axes: {} } },
    ...{ current: profile(current), reference: profile(reference), references: {} },
    ...{ periods: [], usual: null, earlier: [] },
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
  };
}
