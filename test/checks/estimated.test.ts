import { describe, expect, test } from 'vitest';
import { conceptGap, estimatedPerformance } from '../../checks/estimated.js';
import type { Outcomes } from '../../domain/profile.js';
import type { Evidence, Reading } from '../../domain/score.js';
import { auc } from '../../stats/auc.js';
import { chance, evidenceOf } from './evidence.js';

interface Cell {
  score: number;
  label: string;
  n: number;
}

/** Rows counted value by value; predicted is what lies at 0.5 or above. */
function outcomesOf(cells: readonly Cell[]): Outcomes {
  return {
    by: {
      score: cells.map(({ score }) => String(score)),
      predicted: cells.map(({ score }) => (score >= 0.5 ? '1' : '0')),
      label: cells.map(({ label }) => label),
    },
    sums: { n: Float64Array.from(cells, ({ n }) => n) },
  };
}

function given(reference: Outcomes | null, current: Outcomes, more: Partial<Evidence> = {}) {
  const evidence = evidenceOf({ x: [1] }, { x: [1] });
  const before = evidence.reference;
  return {
    ...evidence,
    current: { ...evidence.current, outcomes: current },
    reference: before === null ? null : { ...before, outcomes: reference },
    ...more,
  };
}

type Metric = typeof estimatedPerformance.defaults.metric;
const estimate = (evidence: Evidence, metric: Metric = null): Reading =>
  estimatedPerformance.measure(evidence, 'prediction', {
    ...{ ...estimatedPerformance.defaults, metric },
  });
const gap = (evidence: Evidence): Reading =>
  conceptGap.measure(evidence, 'concept_gap', conceptGap.defaults);

/** A quarter of what is scored 0.2 is positive, three quarters of what is scored 0.8. */
const known = outcomesOf([
  { score: 0.2, label: '1', n: 100 },
  { score: 0.2, label: '0', n: 300 },
  { score: 0.8, label: '1', n: 300 },
  { score: 0.8, label: '0', n: 100 },
]);

describe('estimated_performance', () => {
  const unlabelled = outcomesOf([
    { score: 0.2, label: '', n: 200 },
    { score: 0.8, label: '', n: 600 },
  ]);

  test('of classes it follows from the share of positives that each score had', () => {
    // 50 of 200 and 450 of 600 are expected positive
    const wanted = auc({ positives: [50, 450], negatives: [150, 150] }).value ?? NaN;
    const found = estimate(given(known, unlabelled));
    expect(found.value).toBeCloseTo(wanted, 12);
    expect(found).toMatchObject({ nCurrent: 800, nReference: 800, reason: null });
    expect(found.details).toMatchObject({ metric: 'roc_auc', reference: 0.75, outside: 0 });
    expect(estimate(given(known, unlabelled), 'accuracy').value).toBeCloseTo(600 / 800, 12);
    expect(estimate(given(known, unlabelled), 'precision').value).toBeCloseTo(450 / 600, 12);
    expect(estimate(given(known, unlabelled), 'recall').value).toBeCloseTo(450 / 500, 12);
    expect(estimate(given(known, unlabelled), 'specificity').value).toBeCloseTo(150 / 300, 12);
  });

  test('labels that are there change nothing', () => {
    const labelled = outcomesOf([
      { score: 0.2, label: '1', n: 200 },
      { score: 0.8, label: '0', n: 600 },
    ]);
    expect(estimate(given(known, labelled)).value).toBe(estimate(given(known, unlabelled)).value);
  });

  test('it says what it takes for granted, and what it was before', () => {
    const found = estimate(given(known, unlabelled));
    expect(estimatedPerformance.say(found, 'prediction')).toBe(
      'roc_auc is estimated at 0.7 [0.6641, 0.7359], 0.75 on the reference, on the scores of ' +
        '800 rows; assumes P(Y|X) unchanged.',
    );
  });

  test('of numbers each row has the mean error of its tenth of the predictions', () => {
    const regression = (cells: readonly { at: number; n: number; error: number }[]): Outcomes => ({
      by: {
        score: Int32Array.from(cells, ({ at }) => at),
        label: cells.map(({ error }) => (Number.isNaN(error) ? '' : 'known')),
      },
      sums: {
        n: Float64Array.from(cells, ({ n }) => n),
        errors: Float64Array.from(cells, ({ n, error }) => n * error),
        squaredErrors: Float64Array.from(cells, ({ n, error }) => n * error * error),
        labels: Float64Array.from(cells, ({ n }) => n * 10),
        squaredLabels: Float64Array.from(cells, ({ n }) => n * 200),
      },
    });
    const before = regression(
      Array.from({ length: 20 }, (_, k) => ({ at: 100 * k, n: 50, error: k < 10 ? 1 : 3 })),
    );
    const now = regression([
      { at: 150, n: 100, error: NaN },
      { at: 1750, n: 300, error: NaN },
    ]);
    const found = estimate(given(before, now));
    expect(found.details).toMatchObject({ metric: 'mae', reference: 2 });
    expect(found.value).toBeCloseTo((100 * 1 + 300 * 3) / 400, 12);
    expect(estimate(given(before, now), 'rmse').value).toBeCloseTo(Math.sqrt((1 + 27) / 4), 12);
  });

  test('without labels of before, or far beyond their scores, nothing is estimated', () => {
    expect(estimate(given(null, unlabelled)).reason).toBe('no_reference');
    const near = outcomesOf([{ score: 0.801, label: '', n: 100 }]);
    expect(estimate(given(known, near), 'accuracy').value).toBeCloseTo(0.75, 12);
    const beyond = outcomesOf([
      { score: 0.2, label: '', n: 80 },
      { score: 0.95, label: '', n: 20 },
    ]);
    const found = estimate(given(known, beyond));
    expect(found).toMatchObject({ value: null, reason: 'not_applicable' });
    expect(found.details['note']).toBe(
      '20 % of the rows lie beyond the scores that the reference has labels for',
    );
  });
});

describe('concept_gap', () => {
  test('the realised metric stands beside what the same rows promised', () => {
    const now = outcomesOf([
      { score: 0.2, label: '1', n: 150 },
      { score: 0.2, label: '0', n: 150 },
      { score: 0.8, label: '1', n: 150 },
      { score: 0.8, label: '0', n: 150 },
      { score: 0.8, label: '', n: 4000 },
    ]);
    const found = gap(given(known, now));
    // nothing of 0.75 is left
    expect(found.value).toBeCloseTo((0.5 - 0.75) / 0.75, 12);
    expect(found).toMatchObject({ nCurrent: 600, reason: null });
    expect(conceptGap.significant?.(found, 'warn')).toBe(true);
    expect(conceptGap.say(found, 'concept_gap')).toMatch(
      /^roc_auc is 0\.5 where 0\.75 was estimated of the same scores, a gap of -33\.3 % \[.+\], .+ standard errors, on 600 labelled rows; the estimate assumes P\(Y\|X\) unchanged\.$/,
    );
  });

  test('labels that are not mature are waited for', () => {
    const facts = { version: null, trainedUntil: null, matureAfter: 30 * 86_400_000 };
    expect(gap(given(known, known, { facts })).reason).toBe('immature');
  });
});

/** A window of scores around `shift`, labelled by `truth`; and again without the labels. */
function drawn(next: () => number, n: number, truth: (score: number) => number): Outcomes {
  const cells = new Map<string, Cell>();
  for (let row = 0; row < n; row++) {
    const score = Math.round(100 * (0.02 + 0.96 * next())) / 100;
    const label = next() < truth(score) ? '1' : '0';
    const cell = cells.get(`${score} ${label}`) ?? { score, label, n: 0 };
    cells.set(`${score} ${label}`, { ...cell, n: cell.n + 1 });
  }
  return outcomesOf([...cells.values()]);
}

test('without a change a gap is rare, and a change of what the labels mean is one; the estimate is silent', () => {
  const next = chance(7);
  const calibrated = (score: number) => score;
  const weaker = (score: number) => 0.5 + 0.6 * (score - 0.5);
  const fires = (reading: Reading) => conceptGap.significant?.(reading, 'warn') === true;
  const counts = { quiet: 0, found: 0, estimates: 0 };
  for (let run = 0; run < 100; run++) {
    const reference = drawn(next, 4000, calibrated);
    if (fires(gap(given(reference, drawn(next, 2000, calibrated))))) counts.quiet++;
    const changed = given(reference, drawn(next, 2000, weaker));
    if (fires(gap(changed))) counts.found++;
    if (estimatedPerformance.significant?.(estimate(changed), 'warn') === true) counts.estimates++;
  }
  expect(counts.quiet).toBeLessThanOrEqual(2);
  expect(counts.found).toBe(100);
  expect(counts.estimates).toBeLessThanOrEqual(2);
});
