import { describe, expect, test } from 'vitest';
import { conceptGap, estimatedPerformance } from '../../checks/estimated.js';
import type { Outcomes } from '../../domain/profile.js';
import type { Evidence, Reading } from '../../domain/score.js';
import { chances } from '../stats/chance.js';
import { evidenceOf } from './evidence.js';

/** A row: the probability of each class, and its label, '' for none. */
interface Row {
  chances: Readonly<Record<string, number>>;
  label: string;
}

/** The most probable class. */
const answerOf = (row: Row): string =>
  Object.entries(row.chances).reduce((best, one) => (one[1] > best[1] ? one : best))[0];

/** Rows counted value by value, as the engine counts classes with probabilities. */
function outcomesOf(rows: readonly Row[]): Outcomes {
  const cells = rows.flatMap((row) => [
    { table: '', predicted: answerOf(row), label: row.label, answer: '', chance: '', n: 1 },
    ...Object.entries(row.chances).map(([predicted, chance]) => ({
      ...{ table: 'class', predicted, chance: String(chance), n: 0 },
      label: row.label === '' ? '' : row.label === predicted ? '1' : '0',
      answer: predicted === answerOf(row) ? '1' : '0',
    })),
  ]);
  const keys = ['table', 'predicted', 'label', 'answer', 'chance'] as const;
  return {
    by: Object.fromEntries(keys.map((key) => [key, cells.map((cell) => cell[key])])),
    sums: {
      n: Float64Array.from(cells, ({ n }) => n),
      rows: Float64Array.from(cells, ({ table }) => Number(table === 'class')),
    },
  };
}

function given(reference: readonly Row[], current: readonly Row[]): Evidence {
  const evidence = evidenceOf({ x: [1] }, { x: [1] });
  const before = evidence.reference;
  return {
    ...evidence,
    current: { ...evidence.current, outcomes: outcomesOf(current) },
    reference: before === null ? null : { ...before, outcomes: outcomesOf(reference) },
  };
}

type Metric = typeof estimatedPerformance.defaults.metric;
const estimate = (evidence: Evidence, metric: Metric): Reading =>
  estimatedPerformance.measure(evidence, 'prediction', {
    ...{ ...estimatedPerformance.defaults, metric },
  });
const gap = (evidence: Evidence, metric: Metric): Reading =>
  conceptGap.measure(evidence, 'concept_gap', { ...conceptGap.defaults, metric });

/** So many rows. */
const times = (n: number, row: Row): Row[] => Array.from({ length: n }, () => row);

describe('of several classes', () => {
  const sure = { a: 0.8, b: 0.1, c: 0.1 };
  const torn = { a: 0.2, b: 0.5, c: 0.3 };
  const before = [
    ...times(70, { chances: sure, label: 'a' }),
    ...times(10, { chances: sure, label: 'b' }),
    ...times(20, { chances: sure, label: 'c' }),
    ...times(30, { chances: torn, label: 'a' }),
    ...times(60, { chances: torn, label: 'b' }),
    ...times(10, { chances: torn, label: 'c' }),
  ];
  const now = [
    ...times(100, { chances: sure, label: '' }),
    ...times(300, { chances: torn, label: '' }),
  ];

  test('each is expected as often as its probability said', () => {
    // of 0.8 and 0.2 of a 70 % and 30 % are; of 0.1 and 0.5 of b 10 % and 60 %; of 0.1 and 0.3 of
    // c 20 % and 10 %, in the wrong order: 15 % of both
    const [a, b, c] = [100 * 0.7 + 300 * 0.3, 100 * 0.1 + 300 * 0.6, 400 * 0.15];
    const scale = 400 / (a + b + c);
    const [rightA, rightB] = [100 * 0.7 * scale, 300 * 0.6 * scale];
    const { value: accuracy } = estimate(given(before, now), 'accuracy');
    expect(accuracy).toBeCloseTo((rightA + rightB) / 400, 12);
    const recall = (rightA / (a * scale) + rightB / (b * scale) + 0) / 3;
    expect(estimate(given(before, now), 'recall').value).toBeCloseTo(recall, 12);
    // none is answered with c: 0 / 0 is 0
    const precision = (rightA / 100 + rightB / 300 + 0) / 3;
    expect(estimate(given(before, now), 'precision').value).toBeCloseTo(precision, 12);
    const f1 = (2 * rightA) / (100 + a * scale) + (2 * rightB) / (300 + b * scale);
    expect(estimate(given(before, now), 'f1').value).toBeCloseTo(f1 / 3, 12);
  });

  test('the rows that it learnt from are estimated as they are', () => {
    const { value, details } = estimate(given(before, before), 'accuracy');
    expect(value).toBeCloseTo(130 / 200, 12);
    expect(details['reference']).toBeCloseTo(130 / 200, 12);
  });

  test('its sentence says what it assumes', () => {
    const reading = estimate(given(before, now), 'accuracy');
    expect(estimatedPerformance.say(reading, 'prediction')).toMatch(
      /^accuracy is estimated at 0\.\d+ \[.*\], 0\.65 on the reference, on the scores of 400 rows; assumes P\(Y\|X\) unchanged\.$/,
    );
  });

  test('what cannot be estimated is told', () => {
    expect(estimate(given(before, now), 'specificity')).toMatchObject({
      ...{ value: null, reason: 'not_applicable' },
      details: {
        note: 'of several classes roc_auc, accuracy, precision, recall, f1 are estimated, not specificity',
      },
    });
    const beyond = times(100, { chances: { a: 0.99, b: 0.005, c: 0.005 }, label: '' });
    expect(estimate(given(before, [...now, ...beyond]), 'accuracy')).toMatchObject({
      ...{ value: null, reason: 'not_applicable' },
      details: {
        note: '20 % of the rows lie beyond the scores that the reference has labels for',
      },
    });
  });
});

interface Drawing {
  n: number;
  /** Of the first feature, in standard deviations. */
  shift?: number;
  /** How much the first feature counts in the labels. */
  weight?: number;
}

/** Three classes by two features, and a model that is too sure of itself. */
function drawn(next: () => number, { n, shift = 0, weight = 2 }: Drawing): Row[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const chancesBy = (first: number, x: number, y: number) => {
    const scores = [first * x, y, -0.5 * (x + y)].map(Math.exp);
    const sum = scores.reduce((one, other) => one + other);
    const [a = 0, b = 0] = scores.map((one) => Math.round((one / sum) * 1000) / 1000);
    return { a, b, c: Math.round((1 - a - b) * 1000) / 1000 };
  };
  return Array.from({ length: n }, () => {
    const [x, y, u] = [normal() + shift, normal(), next()];
    const { a, b } = chancesBy(weight, x, y);
    const label = u < a ? 'a' : u < a + b ? 'b' : 'c';
    return { chances: chancesBy(3, x, 1.5 * y), label };
  });
}

const METRICS = ['accuracy', 'precision', 'recall', 'f1', 'roc_auc'] as const;

describe('rows drawn', () => {
  const next = chances(11);
  const before = drawn(next, { n: 600 });
  const now = drawn(next, { n: 400, shift: 0.5 });

  /**
   * scikit-learn 1.9.1: IsotonicRegression of each class against the others on the first rows;
   * `sums`: the chances of all classes brought to the number of rows, `rows`: to 1 in each row.
   */
  const golden = {
    accuracy: { sums: 0.735288372428315, rows: 0.7335191493778112 },
    precision: { sums: 0.7113564214942821, rows: 0.709611842035322 },
    recall: { sums: 0.6696106910519131, rows: 0.6677125729217989 },
    f1: { sums: 0.6846028973954015, rows: 0.6825948092348831 },
    // of an area the number of rows does not matter: the chances as they are
    roc_auc: { sums: 0.8908773093250323, rows: 0.8896817648878202 },
  };

  test.each(METRICS)('%s is that of scikit-learn', (metric) => {
    const { value } = estimate(given(before, now), metric);
    expect(value).toBeCloseTo(golden[metric].sums, 9);
    expect(Math.abs((value ?? NaN) - golden[metric].rows)).toBeLessThan(0.003);
  });
});

describe('what an estimate is worth', () => {
  test.each(METRICS)('where only the rows moved, %s holds what comes', (metric) => {
    const next = chances(5);
    const before = drawn(next, { n: 4000 });
    let [held, gaps] = [0, 0];
    for (let time = 0; time < 40; time++) {
      const evidence = given(before, drawn(next, { n: 1000, shift: 0.3 }));
      const { details, pValue } = gap(evidence, metric);
      held += Number(Math.abs(Number(details['errors'])) < 1.96);
      gaps += Number(conceptGap.significant?.({ pValue } as never, 'warn'));
    }
    expect(held).toBeGreaterThanOrEqual(34);
    expect(gaps).toBeLessThanOrEqual(1);
  });

  test('where the labels hang on less, it does not see it, and the gap tells', () => {
    const next = chances(6);
    const before = drawn(next, { n: 4000 });
    const now = drawn(next, { n: 2000, weight: 0.5 });
    const evidence = given(before, now);
    const known = Number(estimate(evidence, 'accuracy').details['reference']);
    expect(Math.abs((estimate(evidence, 'accuracy').value ?? NaN) - known)).toBeLessThan(0.02);
    const { value, pValue, details } = gap(evidence, 'accuracy');
    expect(value).toBeLessThan(-0.1);
    expect(conceptGap.significant?.({ pValue } as never, 'warn')).toBe(true);
    expect(details['realised']).toBeCloseTo(
      now.filter((row) => answerOf(row) === row.label).length / now.length,
      12,
    );
  });
});
