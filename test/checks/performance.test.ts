import { describe, expect, test } from 'vitest';
import { centre, widen } from '../../lake/grid.js';
import { shownByHand } from '../../checks/evaluate.js';
import { SCORES } from '../../checks/scores.js';
import { addCounts } from '../../domain/adding.js';
import { monitorOf } from '../support/monitor-fixture.js';
import {
  counted,
  countedOnce,
  LABELS as y,
  ownLabel,
  rowsOf,
  TIED as scores,
} from '../support/outcomes.js';
import { withFolder } from '../support/rows.js';

const binary = (threshold = 0.5) => ({
  labels: ownLabel(['1']),
  columns: { prediction: { kind: 'probability' as const, column: 's', threshold } },
});
const table = { s: scores, y };
const tableOnce = countedOnce(rowsOf(table), binary());
// the threshold of the monitor does not matter
const otherwiseCutOnce = countedOnce(rowsOf(table), binary(0.9));

describe('a binary model, by scikit-learn 1.9 and scipy', () => {
  const golden = {
    roc_auc: 0.7818080357142858,
    average_precision: 0.7915348661902581,
    accuracy: 0.7,
    precision: 0.75,
    recall: 0.5357142857142857,
    specificity: 0.84375,
    f1: 0.625,
    f_beta: 0.5681818181818182,
    mcc: 0.40158725257230393,
    log_loss: 0.5610398588795259,
    brier: 0.19205996666666666,
    calibration_error: 0.10876666666666668,
    lift: 6 / 6 / (28 / 60),
    ks_score: 0.45982142857142855,
  };
  test.each(Object.entries(golden))('%s is %d value by value', async (check, value) => {
    const { measure } = (await tableOnce()).exact;
    expect(measure(check).value).toBeCloseTo(value, 10);
    expect(measure(check).details['bound'] ?? 0).toBe(0);
  });
  test('from cells every one is within its bound, those of classes exact', async () => {
    const { measure } = (await tableOnce()).grid;
    for (const [check, value] of Object.entries(golden)) {
      const { value: found, details } = measure(check);
      const bound = Number(details['bound'] ?? 0);
      expect([check, Math.abs((found ?? NaN) - value) <= bound + 1e-12]).toEqual([check, true]);
    }
    expect(measure('f1').details).toMatchObject({
      ...{ bound: 0, truePositives: 15, falsePositives: 5, falseNegatives: 13 },
      trueNegatives: 27,
    });
    expect(measure('brier').details['bound']).toBeLessThan(1.5e-8);
  });

  const cuts: [number, Record<string, number>][] = [
    [0.25, { f1: 0.7142857142857143, mcc: 0.3936679943758679, specificity: 0.46875 }],
    [0.5, { f1: 0.625, mcc: 0.40158725257230393, accuracy: 0.7 }],
    [0.62, { f1: 0.5581395348837209, f_beta: 0.47244094488188976, precision: 0.8 }],
    [0.75, { f1: 0.4444444444444444, mcc: 0.4193139346887673, recall: 0.2857142857142857 }],
  ];
  test.each(cuts)('cut at %d after the fact', async (threshold, values) => {
    const both = await otherwiseCutOnce();
    for (const exact of ['exact', 'grid'] as const) {
      const { measure } = both[exact];
      for (const [check, value] of Object.entries(values)) {
        const { value: found, details } = measure(check, { threshold });
        const bound = exact === 'exact' ? 0 : Number(details['bound']);
        expect(Math.abs((found ?? NaN) - value)).toBeLessThanOrEqual(bound + 1e-12);
        // on an edge up to 0.5 nothing is unsure
        if (threshold === 0.25 || threshold === 0.5) expect(bound).toBe(0);
      }
    }
  });
  test('a threshold inside a cell leaves the rows of that cell in the bound', async () => {
    await withFolder(async (db, folder) => {
      // both in cell 1228, [0.29980, 0.30005)
      const near = { s: [0.2999, 0.3, 0.6, 0.1], y: [1, 0, 1, 0] };
      const given = { exact: 'grid' as const, changes: binary() };
      const { measure } = await counted({ db, folder }, rowsOf(near), given);
      const found = measure('precision', { threshold: 0.29999 });
      // truly 1/2: one of the two is above, a negative; of the cell's mean both are below
      expect(found.value).toBe(1);
      expect(found.details['bound']).toBe(0.5);
      expect(measure('recall', { threshold: 0.35 })).toMatchObject({ value: 0.5 });
      expect(measure('recall', { threshold: 0.35 }).details['bound']).toBe(0);
    });
  });
  test('slices have coarse cells: the same values within a wider bound', async () => {
    await withFolder(async (db, folder) => {
      const halves = { ...table, part: y.map((_, row) => (row < 30 ? 'a' : 'b')) };
      const segments = [{ name: 'part', by: 'part', top: 2, minRows: 1 }];
      const { measure, slices } = await counted({ db, folder }, rowsOf(halves), {
        ...{ exact: 'grid', changes: { ...binary(), segments } },
      });
      const alone = await counted(
        { db, folder },
        rowsOf({ s: scores.slice(0, 30), y: y.slice(0, 30) }),
        { exact: 'exact', changes: binary() },
      );
      const first = slices.find(({ slice }) => slice['part'] === 'a');
      for (const check of ['average_precision', 'f1', 'log_loss', 'ks_score', 'lift']) {
        const { value, details } = measure(check, {}, first);
        const wanted = alone.measure(check).value ?? NaN;
        expect(Math.abs((value ?? NaN) - wanted)).toBeLessThanOrEqual(
          Number(details['bound']) + 1e-12,
        );
      }
      expect(measure('f1', { threshold: 0.5 }, first).value).toBe(alone.measure('f1').value);
    });
  });
  test('the versions of a window are told apart', async () => {
    await withFolder(async (db, folder) => {
      const both = { ...table, version: y.map((_, row) => (row < 30 ? 'v1' : 'v2')) };
      const { columns, labels } = binary();
      const { measure } = await counted({ db, folder }, rowsOf(both), {
        ...{ exact: 'exact', changes: { labels, columns: { ...columns, version: 'version' } } },
      });
      const found = measure('accuracy');
      const right = (from: number, to: number) =>
        scores.slice(from, to).filter((s, row) => Number(s >= 0.5) === y[from + row]).length / 30;
      expect(found.value).toBeCloseTo(0.7, 12);
      expect(found.details['versions']).toMatchObject({
        v1: { value: right(0, 30), n: 30 },
        v2: { value: right(30, 60), n: 30 },
      });
      expect(right(0, 30)).not.toBe(right(30, 60));
    });
  });
  test('a score beyond 0 and 1 is no answer: metrics are of the others', async () => {
    await withFolder(async (db, folder) => {
      const off = { s: [0.2, 1.5, 0.6, 43], y: [0, 1, 1, 0] };
      for (const exact of ['exact', 'grid'] as const) {
        const given = { exact, changes: binary() };
        const { measure } = await counted({ db, folder }, rowsOf(off), given);
        const loss = -(Math.log(1 - 0.2) + Math.log(0.6)) / 2;
        expect(measure('log_loss').value).toBeCloseTo(loss, exact === 'exact' ? 12 : 3);
        expect(measure('roc_auc').value).toBe(1);
        expect(measure('accuracy')).toMatchObject({ value: 1, nCurrent: 2 });
      }
    });
  });
});

test('looked at by hand, a model shows the metrics of its task that need no parameter', () => {
  const seen = shownByHand(monitorOf(binary()));
  expect(seen.slice(0, 3)).toEqual(['ks', 'roc_auc', 'average_precision']);
  expect(seen).toContain('calibration_error');
  for (const name of ['rmse', 'ndcg', 'top_k_accuracy', 'f_beta']) expect(seen).not.toContain(name);
  expect(shownByHand(monitorOf({}))).toEqual(['ks']);
});

test('the cells of scores are those that the engine counts', () => {
  expect({ ...SCORES }).toEqual(widen(0, 1));
  expect(centre(SCORES)).toBe(SCORES.low + 0.5 / SCORES.inverseWidth);
});

describe('a regression, by scikit-learn 1.9 and numpy', () => {
  const labels = [
    45.85, 36.69, 49.2, 60.48, 45.29, 47.27, 47.35, 51.32, 30.88, 47.18, 39.75, 60.62, 40.75, 56.92,
    68.29, 46.24, 42.78, 52.3, 49.98, 38.08, 55.53, 74.19, 46.9, 47.57,
  ];
  const predictions = [
    41.09, 38.3, 43.29, 54.0, 49.88, 42.92, 50.94, 56.29, 32.83, 48.68, 47.58, 57.77, 38.3, 49.82,
    65.63, 51.53, 46.34, 47.3, 45.56, 36.26, 55.15, 69.95, 47.07, 48.0,
  ];
  const regression = {
    model: { id: 'm', task: 'regression' as const, tags: [], owners: ownersOf('team:a') },
    labels: ownLabel([]),
    columns: { prediction: { kind: 'value' as const, column: 's', threshold: 0.5 } },
  };
  const specs = [
    { ...specOf('bias'), params: {} },
    { ...specOf('quantile_loss'), params: { q: 0.9 } },
  ];
  const errorsOnce = countedOnce(rowsOf({ s: predictions, y: labels }), {
    ...{ ...regression, checks: specs },
  });
  const golden: [string, Record<string, unknown>, number][] = [
    ['rmse', {}, 4.210908947800542],
    ['mae', {}, 3.6629166666666664],
    ['mape', {}, 0.0754104926569879],
    ['r2', {}, 0.809429280863722],
    ['bias', {}, -0.7054166666666668],
    ['quantile_loss', { q: 0.9 }, 2.113625],
    ['quantile_loss', { q: 0.2 }, 1.6198333333333335],
    ['residual_spread', {}, 4.151402352585877],
  ];
  test.each(golden)('%s %o is %d, by cells and by values', async (check, params, value) => {
    const { exact, grid } = await errorsOnce();
    for (const { measure } of [exact, grid]) {
      expect(measure(check, params).value).toBeCloseTo(value, 10);
    }
  });
  test('sides of errors are counted where a check asks, and of every reference', async () => {
    await withFolder(async (db, folder) => {
      const rows = rowsOf({ s: predictions, y: labels });
      const given = { exact: 'grid' as const, changes: regression };
      const { measure, profile, reference } = await counted({ db, folder }, rows, given);
      expect(Object.keys(profile.outcomes?.sums ?? {})).not.toContain('signed');
      expect(Object.keys(reference.outcomes?.sums ?? {})).toContain('signed');
      expect(measure('bias').details['note']).toMatch(/before a check asked on which side/);
      expect(measure('bias', {}, reference).value).toBeCloseTo(-0.7054166666666668, 10);
      // a sum of windows of which one was not asked says nothing instead of too little
      const parts = [reference.outcomes, profile.outcomes].filter((one) => one !== null);
      expect(Object.keys(addCounts(parts).sums)).not.toContain('signed');
      expect(addCounts(parts).sums['errors']?.length).toBe(profile.outcomes?.sums['n']?.length);
    });
  });
});

function ownersOf(team: string) {
  return { data: team, model: team, system: team, approvers: team };
}

function specOf(check: string) {
  return {
    ...{ check, name: null, against: null, targets: null, warn: null, alert: null },
    ...{ minRows: 1, rule: 'calibrated' as const, running: null, every: null },
  };
}

test('a row without a prediction has no error, also none of 0', async () => {
  const both = await countedOnce(rowsOf({ v: [1, null, 3, null], y: [2, 5, 7, 1] }), {
    labels: ownLabel([]),
    model: { ...monitorOf({}).model, task: 'regression' },
    columns: { prediction: { kind: 'value', column: 'v', threshold: 0.5 } },
  })();
  for (const how of ['exact', 'grid'] as const) {
    // |2 - 1| and |7 - 3|
    expect(both[how].measure('mae')).toMatchObject({ value: 2.5, nCurrent: 2 });
    expect(both[how].measure('rmse').value).toBeCloseTo(Math.sqrt(17 / 2), 12);
  }
});
