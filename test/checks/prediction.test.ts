import { expect, test } from 'vitest';
import { predictionDrift } from '../../checks/prediction.js';
import type { Outcomes, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { END, windowEnding } from './evidence.js';

/** Rows by version: 100 at each of ten scores, moved up by `by` fine bins. */
function outcomes(versions: Readonly<Record<string, number>>): Outcomes {
  const cells = Object.entries(versions).flatMap(([version, by]) =>
    Array.from({ length: 10 }, (_, k) => ({ version, score: 200 + 300 * k + by })),
  );
  return {
    by: {
      score: Int32Array.from(cells, ({ score }) => score),
      version: cells.map(({ version }) => version),
    },
    sums: { n: Float64Array.from(cells, () => 100) },
  };
}

const profile = (versions: Readonly<Record<string, number>>): Profile => ({
  ...{ grid: 'g', window: windowEnding(END), slice: {}, rows: 1000, newest: END },
  ...{ types: {}, columns: {}, outcomes: outcomes(versions), asked: {} },
});

function measured(now: Record<string, number>, before: Record<string, number>) {
  const evidence: Evidence = {
    ...{ at: END, knownAt: END, grid: { id: 'g', axes: {} }, current: profile(now) },
    ...{ reference: profile(before), references: {}, periods: [], usual: null, earlier: [] },
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
  };
  const { warn, alert, rule } = predictionDrift.defaults;
  const limits = { warn, alert, rule, minRows: 100, column: null };
  return predictionDrift.measure(evidence, 'prediction', limits);
}

test('scores of a version are measured by those of the same version in the reference', () => {
  // The other version's scores lie elsewhere and are no measure.
  const same = measured({ v2: 900 }, { v1: 0, v2: 900 });
  expect(same.value).toBeCloseTo(0, 9);
  expect([same.nCurrent, same.nReference]).toEqual([1000, 1000]);
  expect(measured({ v2: 1200 }, { v1: 1200, v2: 0 }).value).toBeGreaterThan(0.5);
});

test('a version that the reference does not hold is unknown, and says which one', () => {
  const found = measured({ v2: 0 }, { v1: 0 });
  expect([found.value, found.reason]).toEqual([null, 'no_reference']);
  expect(found.details['note']).toContain('version v2 has no predictions in the reference');
});

test('a reference that does not say which version answered measures all of them', () => {
  expect(measured({ v2: 1200 }, { '': 0 }).value).toBeGreaterThan(0.5);
  expect(measured({ v2: 0 }, { '': 0 }).value).toBeCloseTo(0, 9);
});
