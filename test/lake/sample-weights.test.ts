import { describe, expect, test } from 'vitest';
import { addCounts } from '../../domain/adding.js';
import { Z95 } from '../../stats/normal.js';
import { checkNamed } from '../../checks/index.js';
import { shownOnly } from '../../checks/questions.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { countedOnce, LABELS as y, ownLabel, rowsOf, TIED as s } from '../support/outcomes.js';

const w = s.map((_, row) => ((row * 7) % 11) * 12.5);
const value = s.map((score) => Math.round(score * 1e5) / 1e3);
const truth = value.map((one, row) => one + ((row * 13) % 17) - 8);
const part = s.map((_, row) => (row % 3 === 0 ? 'a' : 'b'));

const score = { kind: 'probability', column: 's', threshold: 0.5 } as const;
const segments = [{ name: 'part', by: 'part', top: 2, minRows: 1 }];
const labels = ownLabel(['1']);
const plain = { labels, columns: { prediction: score, weight: 'w' } };
const binaryOnce = countedOnce(rowsOf({ s, y, w, part }), { ...plain, segments });
const regression = {
  labels: ownLabel([]),
  model: { ...monitorOf({}).model, task: 'regression' },
  columns: { prediction: { kind: 'value', column: 'value', threshold: 0.5 }, weight: 'w' },
  checks: ['bias', 'mape'].map(shownOnly),
} satisfies Parameters<typeof monitorOf>[0];
const regressionOnce = countedOnce(rowsOf({ value, y: truth, w }), regression);
const isRight = (row: number): boolean => (s[row] ?? NaN) >= 0.5 === (y[row] === 1);
const BY_WEIGHT = { weighted: true };

/** scikit-learn 1.9, `sample_weight=w`. */
const OF_CLASSES = {
  roc_auc: 0.8065655184982686,
  average_precision: 0.7963218338682594,
  accuracy: 0.7475083056478405,
  precision: 0.7352941176470589,
  recall: 0.6048387096774194,
  specificity: 0.847457627118644,
  f1: 0.6637168141592921,
  mcc: 0.470320514240665,
  log_loss: 0.5080990600478484,
  brier: 0.17007879734219272,
};
const OF_ERRORS = {
  rmse: 4.859829235614719,
  mae: 4.21594684385382,
  r2: 0.9631133724374692,
  mape: 0.4865735920489155,
  // 1 / 2150 * sum of w * (prediction - label)
  bias: 0.1627906976744185,
};

describe('metrics in which a row counts by its weight', () => {
  test.each(Object.entries(OF_CLASSES))('%s is that of scikit-learn', async (check, expected) => {
    const { exact, grid } = await binaryOnce();
    expect(exact.measure(check, BY_WEIGHT).value).toBeCloseTo(expected, 10);
    const { value: found, details } = grid.measure(check, BY_WEIGHT);
    expect(Math.abs((found ?? NaN) - expected)).toBeLessThanOrEqual(
      Number(details['bound'] ?? 0) + 1e-12,
    );
  });

  test.each(Object.entries(OF_ERRORS))('%s is that of scikit-learn', async (check, expected) => {
    for (const how of ['exact', 'grid'] as const) {
      const { measure } = (await regressionOnce())[how];
      expect(measure(check, BY_WEIGHT).value).toBeCloseTo(expected, 9);
      expect(measure(check).value).not.toBeCloseTo(expected, 3);
    }
  });

  test('their interval is that of as many rows of one weight', async () => {
    const { grid } = await binaryOnce();
    const sumOf = (of: (one: number, row: number) => number) =>
      w.reduce((all, one, row) => all + of(one, row), 0);
    const sum = sumOf((one) => one);
    const p = sumOf((one, row) => one * Number(isRight(row))) / sum;
    const variance = sumOf((one, row) => (one * (Number(isRight(row)) - p)) ** 2) / sum ** 2;
    // by its variance 46.3 of 60, and never more than Kish's number
    const n = Math.min((p * (1 - p)) / variance, sum ** 2 / sumOf((one) => one * one));
    expect(n).toBeCloseTo(42.756, 3);
    const found = grid.measure('accuracy', BY_WEIGHT);
    expect(found.nCurrent).toBe(60);
    expect(found.details['weighted']).toMatchObject({ n: 60, unweighed: 0 });
    const { effective } = found.details['weighted'] as { effective: number };
    expect(effective).toBeCloseTo(n, 9);
    // Wilson's by hand
    const z = Z95;
    const middle = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
    const reach = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
    expect(found.low).toBeCloseTo(middle - reach, 6);
    expect(found.high).toBeCloseTo(middle + reach, 6);
  });

  test('weights that are all one and the same change nothing', async () => {
    const flat = await countedOnce(rowsOf({ s, y, w: s.map(() => 0.3) }), plain)();
    for (const check of ['roc_auc', 'recall', 'log_loss', 'f1', 'ks_score']) {
      const [by, rows] = [flat.grid.measure(check, BY_WEIGHT), flat.grid.measure(check)];
      for (const key of ['value', 'low', 'high'] as const) {
        expect([check, key, by[key]]).toEqual([check, key, expect.closeTo(rows[key] ?? NaN, 9)]);
      }
      expect(by.nCurrent).toBe(60);
    }
  });

  test('counts of rows are told in the unit of the weights, apart from those of rows', async () => {
    const { measure } = (await binaryOnce()).grid;
    const { details } = measure('recall', BY_WEIGHT);
    const positives = w.reduce((all, one, row) => all + one * (y[row] ?? 0), 0);
    expect(details['weighted']).toMatchObject({
      sums: { positives: expect.closeTo(positives, 9) as unknown },
    });
    expect(details).not.toHaveProperty('truePositives');
    expect(measure('recall').details).toMatchObject({ truePositives: 15 });
  });

  test('those of a part, and of parts that are added, are those of its rows', async () => {
    const { slices, measure, profile } = (await binaryOnce()).grid;
    const parts = slices.filter(({ slice }) => 'part' in slice);
    expect(parts).toHaveLength(2);
    for (const one of parts) {
      const rows = [...s.keys()].filter((row) => part[row] === one.slice['part']);
      const right = rows.filter(isRight);
      const sumOf = (some: number[]) => some.reduce((all, row) => all + (w[row] ?? 0), 0);
      const { value: found } = measure('accuracy', BY_WEIGHT, one);
      expect(found).toBeCloseTo(sumOf(right) / sumOf(rows), 12);
    }
    const added = addCounts([profile.outcomes, profile.outcomes].filter((one) => one !== null));
    const twice = measure('accuracy', BY_WEIGHT, { ...profile, outcomes: added });
    expect(twice.value).toBeCloseTo(OF_CLASSES.accuracy, 12);
    expect(twice.nCurrent).toBe(120);
    expect(twice.details['weighted']).toMatchObject({
      effective: expect.closeTo(2 * 42.756, 2) as unknown,
    });
  });

  test('a row without a weight that counts is left out and told', async () => {
    const rows = rowsOf({
      s: [0.9, 0.8, 0.2, 0.1, 0.7, 0.7],
      y: [1, 0, 1, 0, 1, 1],
      w: [3, 5, null, -4, 2, 1e160],
    });
    const { grid } = await countedOnce(rows, plain)();
    const found = grid.measure('accuracy', BY_WEIGHT);
    expect(found.value).toBeCloseTo((3 + 2) / (3 + 5 + 2), 12);
    expect(found.nCurrent).toBe(6);
    expect(found.reason).toBe('insufficient_data');
    // p (1 - p) / variance: 1/4 / (3^2 + 5^2 + 2^2) * 4 * 100
    const few = 'its 6 labelled rows tell as much as 2 of one weight, 10 are needed';
    expect(found.details['note']).toBe(few);
    expect(checkNamed('accuracy').say(found, 'accuracy')).toMatch(
      /^weighted accuracy is 0\.5 \[.*\], on 6 labelled rows that tell as much as 2 of one weight, 3 of them without a weight\.$/,
    );
  });

  test('a row without a prediction says nothing of an error', async () => {
    const one = { value: [...value], y: truth, w };
    const { grid } = await countedOnce(rowsOf(one), regression)();
    const all = grid.measure('mae', BY_WEIGHT);
    // the heaviest have no prediction
    const missing = { ...one, value: value.map((of, row) => ((w[row] ?? 0) < 125 ? of : null)) };
    const gone = (await countedOnce(rowsOf(missing), regression)()).grid.measure('mae', BY_WEIGHT);
    const left = w.filter((of) => of < 125);
    const kish = left.reduce((a, b) => a + b) ** 2 / left.reduce((a, b) => a + b * b, 0);
    expect(gone.nCurrent).toBe(left.length);
    const effective = (of: typeof gone) =>
      (of.details['weighted'] as { effective: number }).effective;
    expect(effective(gone)).toBeLessThanOrEqual(kish + 1e-9);
    expect(effective(gone)).toBeLessThan(effective(all));
  });

  test('where no row has one, and where the rows have no such column, there is no metric', async () => {
    const none = await countedOnce(rowsOf({ s, y, w: s.map(() => null) }), plain)();
    const why = { note: 'no labelled row has a weight above 0; 60 have none that counts' };
    expect(none.grid.measure('recall', BY_WEIGHT)).toMatchObject({ value: null, details: why });
    const gone = await countedOnce(rowsOf({ s, y }), plain)();
    expect(gone.grid.measure('recall', BY_WEIGHT)).toMatchObject({ value: null, details: why });
    expect(gone.grid.measure('recall').value).toBeCloseTo(15 / 28, 12);
  });
});
