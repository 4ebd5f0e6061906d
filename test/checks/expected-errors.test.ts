import { describe, expect, test } from 'vitest';
import { conceptGap, estimatedPerformance } from '../../checks/estimated.js';
import type { Counts, Outcomes } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { chance, evidenceOf } from './evidence.js';

/** n rows of a cell; each with this error, NaN: without a label. */
interface Cell {
  at: readonly [answer: number, first: number, second?: number];
  n: number;
  error: number;
  squared?: number;
}

const summed = (cells: readonly Cell[]): Outcomes['sums'] => {
  const sum = (of: (cell: Cell) => number) =>
    Float64Array.from(cells, (cell) => (Number.isNaN(cell.error) ? 0 : cell.n * of(cell)));
  return {
    n: Float64Array.from(cells, ({ n }) => n),
    errors: sum(({ error }) => error),
    squaredErrors: sum(({ error, squared }) => squared ?? error * error),
    labels: sum(() => 10),
    squaredLabels: sum(() => 200),
  };
};

const labelsOf = (cells: readonly Cell[]) =>
  cells.map(({ error }) => (Number.isNaN(error) ? '' : 'known'));

const lossesOf = (cells: readonly Cell[]): Counts => ({
  by: {
    answer: Int32Array.from(cells, ({ at }) => at[0]),
    first: Int32Array.from(cells, ({ at }) => at[1]),
    ...(cells.some(({ at }) => at.length > 2)
      ? { second: Int32Array.from(cells, ({ at }) => at[2] ?? 0) }
      : {}),
    label: labelsOf(cells),
  },
  sums: summed(cells),
});

const outcomesOf = (cells: readonly Cell[]): Outcomes => ({
  by: { score: Int32Array.from(cells, ({ at }) => 100 * at[0]), label: labelsOf(cells) },
  sums: summed(cells),
});

const cells = { kind: 'numeric' as const, cuts: [], min: 0, max: 1 };

function given(before: readonly Cell[], now: readonly Cell[], losses = ['distance']): Evidence {
  const evidence = evidenceOf({ x: [1] }, { x: [1] });
  const side = (profile: Evidence['current'], cells: readonly Cell[]) => ({
    ...profile,
    outcomes: outcomesOf(cells),
    asked: { ...profile.asked, losses: lossesOf(cells) },
  });
  return {
    ...evidence,
    grid: { ...evidence.grid, losses: ['answer', ...losses].map((column) => ({ column, cells })) },
    current: side(evidence.current, now),
    reference: evidence.reference && side(evidence.reference, before),
  };
}

const estimate = (evidence: Evidence, metric: 'mae' | 'rmse' = 'mae') =>
  estimatedPerformance.measure(evidence, 'prediction', {
    ...{ ...estimatedPerformance.defaults, metric },
  });
const gap = (evidence: Evidence) =>
  conceptGap.measure(evidence, 'concept_gap', { ...conceptGap.defaults, metric: 'mae' });

/** One cell of the answers; near rows are off by 1, far ones by 3. */
const known: Cell[] = [
  { at: [1, 1], n: 600, error: 1 },
  { at: [1, 2], n: 200, error: 3 },
];

describe('an estimate by cells of features', () => {
  const far: Cell[] = [
    { at: [1, 1], n: 100, error: NaN },
    { at: [1, 2], n: 300, error: NaN },
  ];

  test('gives each row the mean error of its cell', () => {
    const found = estimate(given(known, far));
    expect(found.value).toBeCloseTo((100 * 1 + 300 * 3) / 400, 12);
    expect(estimate(given(known, far), 'rmse').value).toBeCloseTo(
      Math.sqrt((100 + 2700) / 400),
      12,
    );
    // Kish: (Σw)² / Σw² with weight share / n for each of the n rows of a cell
    const effective = 1 / (0.25 ** 2 / 600 + 0.75 ** 2 / 200);
    expect(found.details).toMatchObject({ metric: 'mae', outside: 0, features: ['distance'] });
    expect(found.details['reference']).toBe(1.5);
    expect(found.details['effective']).toBeCloseTo(effective, 9);
  });

  test('its interval has the error of the window and of what it learnt from', () => {
    const { value, low, high } = estimate(given(known, far));
    // a quarter of the losses is 1, three quarters 3: variance 0.75
    const effective = 1 / (0.25 ** 2 / 600 + 0.75 ** 2 / 200);
    const half = 1.96 * Math.sqrt(0.75 / 400 + 0.75 / effective);
    expect(high).toBeCloseTo((value ?? NaN) + half, 9);
    expect(low).toBeCloseTo((value ?? NaN) - half, 9);
  });

  test('says by what it knows the rows, and what it takes for granted', () => {
    const found = estimate(given(known, far));
    expect(estimatedPerformance.say(found, 'prediction')).toBe(
      'mae is estimated at 2.5 [2.375, 2.625], 1.5 on the reference, on the predictions and ' +
        'distance of 400 rows; assumes P(Y|X) unchanged.',
    );
  });

  test('looks at the features alone where no labelled row has the prediction, too', () => {
    const other: Cell[] = [
      { at: [9, 1], n: 100, error: NaN },
      { at: [1, 2], n: 300, error: NaN },
    ];
    expect(estimate(given(known, other)).value).toBeCloseTo(2.5, 12);
  });

  test('of two features the stronger one stands in where their pair is new', () => {
    const both: Cell[] = [
      { at: [1, 1, 1], n: 500, error: 1 },
      { at: [1, 2, 1], n: 500, error: 3 },
      { at: [1, 2, 2], n: 100, error: 9 },
    ];
    const now: Cell[] = [
      { at: [1, 1, 2], n: 100, error: NaN },
      { at: [1, 2, 2], n: 100, error: NaN },
    ];
    const found = estimate(given(both, now, ['distance', 'hour']));
    expect(found.value).toBeCloseTo((1 + 9) / 2, 12);
  });
});

describe('an estimate is refused', () => {
  test('where more than a tenth of the rows lies in cells without a labelled row', () => {
    const beyond = (n: number): Cell[] => [
      { at: [1, 1], n: 100 - n, error: NaN },
      { at: [1, -1], n, error: NaN },
    ];
    expect(estimate(given(known, beyond(10))).value).toBeCloseTo(1, 12);
    const found = estimate(given(known, beyond(11)));
    expect(found).toMatchObject({ value: null, reason: 'not_applicable', nCurrent: 100 });
    expect(found.details['note']).toBe(
      '11 % of the rows lie beyond the predictions and distance that the reference has labels for',
    );
  });

  test('where labelled rows worth less than a twentieth of all are like the window', () => {
    const thin = (n: number): Cell[] => [
      { at: [1, 1], n: 1000 - n, error: 1 },
      { at: [1, 2], n, error: 3 },
    ];
    const now: Cell[] = [{ at: [1, 2], n: 400, error: NaN }];
    // all weight on n rows: they are worth n
    expect(estimate(given(thin(50), now)).value).toBeCloseTo(3, 12);
    const found = estimate(given(thin(49), now));
    expect(found).toMatchObject({ value: null, reason: 'not_applicable' });
    expect(found.details['note']).toBe(
      'the 1000 labelled rows of the reference, weighed to be like these in the predictions and ' +
        'distance, say no more than 49 of even weight',
    );
  });

  test('where the reference has no labels, or no row has a prediction', () => {
    const blank = known.map((cell) => ({ ...cell, error: NaN }));
    expect(estimate(given(blank, known)).reason).toBe('no_reference');
    expect(estimate(given(known, [])).reason).toBe('insufficient_data');
  });
});

test('the first mature windows are learnt from where metrics are held against them', () => {
  const evidence = given(known, known);
  const doubled = known.map((cell) => ({ ...cell, error: 2 * cell.error }));
  const { reference } = given(doubled, known);
  const found = estimate({ ...evidence, performance: reference });
  expect(found.value).toBeCloseTo(3, 12);
  // those of an older version have outcomes alone: the prediction tells
  const bare = reference && { ...reference, asked: {} };
  expect(estimate({ ...evidence, performance: bare }).details).not.toHaveProperty('features');
});

test('the gap is of labelled rows alone, by their own cells', () => {
  const now: Cell[] = [
    { at: [1, 1], n: 100, error: 1 },
    { at: [1, 2], n: 300, error: 3 },
    { at: [1, 1], n: 900, error: NaN },
  ];
  const found = gap(given(known, now));
  expect(found.value).toBeCloseTo(0, 12);
  expect(found.details).toMatchObject({ realised: 2.5, estimated: 2.5, features: ['distance'] });
  const changed = now.map((cell) => ({ ...cell, error: 1.2 * cell.error }));
  expect(gap(given(known, changed)).value).toBeCloseTo(0.2, 12);
});

/**
 * A window of y = ŷ + (1 + 2x) e, with x the place of one of five cells (0.1, 0.3 … 0.9), drawn
 * with these shares, e normal: E|y - ŷ| = Σ share (1 + 2x) √(2/π). `more`: e is so much larger.
 */
function drawn(
  next: () => number,
  n: number,
  { shares, more = 1 }: { shares: number[]; more?: number },
) {
  const cells = shares.map((_, k): Cell => ({ at: [1, k + 1], n: 0, error: 0, squared: 0 }));
  for (let row = 0; row < n; row++) {
    let [place, u] = [0, next()];
    while (u >= (shares[place] ?? 1)) u -= shares[place++] ?? 1;
    const e = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    const loss = more * scaleOf(place) * Math.abs(e);
    const cell = cells[place];
    if (cell === undefined) throw new Error('shares add up to 1');
    Object.assign(cell, {
      n: cell.n + 1,
      error: cell.error + loss,
      squared: (cell.squared ?? 0) + loss ** 2,
    });
  }
  return cells.map(({ at, n: rows, error, squared = 0 }) => ({
    ...{ at, n: rows, error: error / Math.max(1, rows), squared: squared / Math.max(1, rows) },
  }));
}

const scaleOf = (place: number) => 1 + 2 * (0.1 + 0.2 * place);
const even = [0.2, 0.2, 0.2, 0.2, 0.2];
const shifted = [0.02, 0.08, 0.2, 0.3, 0.4];
const theory = (shares: readonly number[]) =>
  shares.reduce((sum, share, place) => sum + share * scaleOf(place), 0) * Math.sqrt(2 / Math.PI);

test('other rows: the estimate has the realised error in its interval, and follows theory', () => {
  const next = chance(23);
  const [inside, sum] = [
    { mae: 0, rmse: 0 },
    { mae: 0, gaps: 0 },
  ];
  for (let run = 0; run < 200; run++) {
    const before = drawn(next, 5000, { shares: even });
    const now = drawn(next, 2000, { shares: shifted });
    const found = given(before, now);
    for (const metric of ['mae', 'rmse'] as const) {
      const { value, low, high } = estimate(found, metric);
      const of = (cell: Cell) => (metric === 'mae' ? cell.error : (cell.squared ?? NaN));
      const mean = now.reduce((all, cell) => all + cell.n * of(cell), 0) / 2000;
      const realised = metric === 'mae' ? mean : Math.sqrt(mean);
      if (realised >= (low ?? NaN) && realised <= (high ?? NaN)) inside[metric] += 1;
      if (metric === 'mae') sum.mae += value ?? NaN;
    }
    const reading = gap(found);
    if (conceptGap.significant?.(reading, 'warn') === true) sum.gaps += 1;
  }
  expect(theory(shifted) / theory(even)).toBeCloseTo(2.392 / 2, 3);
  expect(Math.abs(sum.mae / 200 / theory(shifted) - 1)).toBeLessThan(0.01);
  expect(inside.mae).toBeGreaterThanOrEqual(180);
  expect(inside.rmse).toBeGreaterThanOrEqual(180);
  expect(sum.gaps).toBeLessThanOrEqual(4);
});

test('the same rows with larger errors: the estimate sees nothing, the gap does', () => {
  const next = chance(29);
  const counts = { estimates: 0, gaps: 0 };
  for (let run = 0; run < 50; run++) {
    const before = drawn(next, 5000, { shares: even });
    const found = given(before, drawn(next, 2000, { shares: even, more: 1.3 }));
    const { value } = estimate(found);
    if (Math.abs((value ?? NaN) / theory(even) - 1) > 0.05) counts.estimates += 1;
    const reading = gap(found);
    if (conceptGap.significant?.(reading, 'warn') === true) counts.gaps += 1;
  }
  expect(counts).toEqual({ estimates: 0, gaps: 50 });
});
