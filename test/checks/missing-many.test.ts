import { expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import { END, evidenceOf, monitorOf, windowEnding } from './evidence.js';
import type { Table } from './evidence.js';

/** Columns of one text, the first `missing[k]` values of column k missing. */
function table(rows: number, missing: readonly number[]): Table {
  return Object.fromEntries(
    missing.map((holes, k) => [
      `f${String(k)}`,
      Array.from({ length: rows }, (_, row) => (row < holes ? null : row % 3 === 0 ? 'a' : 'b')),
    ]),
  );
}

/** Columns of 50 in which too many values are missing. */
function warned(missing: readonly number[]): string[] {
  const bare = monitorOf();
  const { warn, alert, minRows, rule, ...params } = checkNamed('missing').defaults;
  const limits = { warn, alert, minRows, rule, running: null, every: null, params };
  const check = { check: 'missing', name: null, against: null, targets: null, ...limits };
  const monitor = { ...bare, columns: { ...bare.columns, id: [] }, checks: [check] };
  const before = table(
    6000,
    missing.map(() => 60),
  );
  const evidence = evidenceOf(before, table(200, missing));
  const frame = { inputs: '', run: '', window: windowEnding(END), revision: 1 };
  return evaluateChecks({ monitor, evidence, shown: [], ...frame })
    .filter(({ verdict }) => verdict === 'warn')
    .map(({ target }) => target);
}

test('one column of fifty that misses 6 of 200 values instead of 2 is chance', () => {
  // P(6 or more | 1 %) is 0.016: with fifty columns it happens on half of all days
  expect(warned([6, ...new Array<number>(49).fill(2)])).toEqual([]);
  expect(warned([6])).toEqual(['f0']);
});

test('one that misses 12 is none, and so are many that miss 6 together', () => {
  expect(warned([12, ...new Array<number>(49).fill(2)])).toEqual(['f0']);
  expect(warned([...new Array<number>(40).fill(6), ...new Array<number>(10).fill(2)])).toHaveLength(
    40,
  );
});
