import { expect, test } from 'vitest';
import { precision, recall } from '../../checks/class-ratios.js';
import { accuracy } from '../../checks/classes.js';
import type { Measured } from '../../checks/metric.js';
import { rocAuc } from '../../checks/ranks.js';
import { mae, rmse } from '../../checks/regression.js';
import type { Outcomes } from '../../domain/profile.js';
import { chances } from '../stats/chance.js';

const TIMES = 100;
/** Coverage of 95 % intervals, with three standard errors of so many draws. */
const LEAST = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / TIMES);

/** Standard normal numbers (Box and Muller). */
const normals = (next: () => number) => () =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Outcomes of rows: sums of each by its cell. */
function outcomesOf(rows: readonly { cell: (string | number)[]; sums: Record<string, number> }[]) {
  const cells = new Map<string, { cell: (string | number)[]; sums: Record<string, number> }>();
  for (const { cell, sums } of rows) {
    const key = cell.join();
    const of = cells.get(key) ?? { cell, sums: {} };
    for (const [name, value] of Object.entries(sums)) of.sums[name] = (of.sums[name] ?? 0) + value;
    cells.set(key, of);
  }
  const all = [...cells.values()];
  const names = Object.keys(all[0]?.sums ?? {});
  return {
    by: {
      score: Int32Array.from(all, ({ cell }) => Number(cell[0])),
      label: all.map(({ cell }) => String(cell[1])),
      predicted: all.map(({ cell }) => String(cell[2])),
    },
    sums: Object.fromEntries(
      names.map((name) => [name, Float64Array.from(all, ({ sums }) => sums[name] ?? 0)]),
    ),
  } satisfies Outcomes;
}

/** A tenth are frauds, of ten times the amount and a longer tail; 256 cells of scores. */
function payments(next: () => number, rows: number): Outcomes {
  const normal = normals(next);
  const one = () => {
    const fraud = next() < 0.1;
    const score = 1 / (1 + Math.exp(1 - 2 * Number(fraud) - normal()));
    const w = fraud ? 10 * Math.exp(normal() / 2) : Math.exp(normal() / 2);
    const cell = Math.floor(score * 256) * 16;
    const by = { w_n: w, w_squares: w * w, w_scores: w * score, w_unweighed: 0 };
    return {
      cell: [cell, Number(fraud), Number(score >= 0.5)],
      sums: { n: 1, scores: score, ...by },
    };
  };
  return outcomesOf(Array.from({ length: rows }, one));
}

/** Errors are the larger, the more a row weighs. */
function deliveries(next: () => number, rows: number): Outcomes {
  const normal = normals(next);
  const one = () => {
    const z = normal() / 2;
    const [w, e] = [Math.exp(z), Math.abs(normal()) * Math.exp(z)];
    const [errors, squaredErrors] = [e, e * e];
    const by = { w_n: w, w_squares: w * w, w_errors: w * e, w_squaredErrors: w * e * e };
    const more = { w_fourthErrors: w * e ** 4, w_errorsSquared: w * w * e };
    const most = { w_squaredErrorsSquared: w * w * e * e, w_fourthErrorsSquared: w * w * e ** 4 };
    const labels = { w_labels: 0, w_squaredLabels: w };
    return {
      cell: [0, 'known', ''],
      sums: {
        n: 1,
        errors,
        squaredErrors,
        labels: 0,
        squaredLabels: 1,
        ...by,
        ...more,
        ...most,
        ...labels,
      },
    };
  };
  return outcomesOf(Array.from({ length: rows }, one));
}

const METRICS: [string, typeof payments, (outcomes: Outcomes) => Measured | string][] = [
  ['recall', payments, (on) => recall.of(on, { ...recall.defaults, weighted: true } as never)],
  [
    'precision',
    payments,
    (on) => precision.of(on, { ...recall.defaults, weighted: true } as never),
  ],
  ['accuracy', payments, (on) => accuracy.of(on, { threshold: null, weighted: true } as never)],
  ['roc_auc', payments, (on) => rocAuc.of(on, { average: null, weighted: true } as never)],
  ['mae', deliveries, (on) => mae.of(on, { weighted: true })],
  ['rmse', deliveries, (on) => rmse.of(on, { weighted: true })],
];

test.each(METRICS)('the interval of a weighted %s holds what is true', (_, rows, of) => {
  const next = chances(20);
  const sure = of(rows(next, 100_000));
  if (typeof sure === 'string') throw new Error(sure);
  let held = 0;
  for (let time = 0; time < TIMES; time++) {
    const found = of(rows(next, 1000));
    if (typeof found === 'string') continue;
    held += Number(found.low <= sure.value && sure.value <= found.high);
  }
  expect(held / TIMES).toBeGreaterThanOrEqual(LEAST);
});

test.each([
  ['accuracy', accuracy.of],
  ['roc_auc', rocAuc.of],
  ['recall', recall.of],
] as const)('%s that hangs on one heavy row rests on as little', (_, of) => {
  const next = chances(3);
  const rows = payments(next, 1000);
  const classes = Array.from(rows.by['predicted'] ?? [], String);
  const labels = Array.from(rows.by['label'] ?? [], String);
  const cell = labels.findIndex((label, at) => label === '1' && classes[at] === '0');
  const more = (name: 'w_n' | 'w_squares' | 'w_scores', by: number) => {
    const sum = rows.sums[name]?.slice() ?? new Float64Array();
    sum[cell] = (sum[cell] ?? 0) + by;
    return [name, sum] as const;
  };
  const heavy = [more('w_n', 1e9), more('w_squares', 1e18), more('w_scores', 0.1e9)];
  const sums = { ...rows.sums, ...Object.fromEntries(heavy) };
  const params = { threshold: null, average: null, weighted: true };
  const found = of({ by: rows.by, sums }, params);
  if (typeof found === 'string') throw new Error(found);
  // a missed fraud of a billion: one row, whatever the others are
  expect(found.thin).toMatch(/ tell as much as 1 of one weight, 10 are needed$/);
  expect((found.details['weighted'] as { effective: number }).effective).toBeLessThan(2);
});
