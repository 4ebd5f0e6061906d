import { describe, expect, test } from 'vitest';
import { total } from '../../domain/profile.js';
import { counted, countedOnce, ownLabel, rowsOf } from '../support/outcomes.js';
import { withFolder } from '../support/rows.js';

const team = 'team:a';
const owners = { data: team, model: team, system: team, approvers: team };
const words = (text: string) => text.split(' ');

/** Thirty rows of three classes; of two rows the largest probability is shared. */
const cat = [
  0.865, 0.636, 0.144, 0.353, 0.4, 0.099, 0.557, 0.692, 0.289, 0.25, 0.477, 0.162, 0.282, 0.291,
  0.34, 0.659, 0.32, 0.565, 0.581, 0.03, 0.788, 0.513, 0.08, 0.581, 0.725, 0.049, 0.405, 0.126,
  0.047, 0.978,
];
const dog = [
  0.084, 0.267, 0.788, 0.34, 0.4, 0.04, 0.047, 0.171, 0.029, 0.25, 0.404, 0.77, 0.464, 0.438, 0.23,
  0.076, 0.607, 0.151, 0.032, 0.468, 0.018, 0.371, 0.754, 0.103, 0.146, 0.361, 0.035, 0.611, 0.018,
  0.01,
];
const eel = [
  0.051, 0.097, 0.068, 0.307, 0.2, 0.861, 0.396, 0.137, 0.682, 0.5, 0.119, 0.068, 0.254, 0.271,
  0.43, 0.265, 0.073, 0.284, 0.387, 0.502, 0.194, 0.116, 0.166, 0.316, 0.129, 0.59, 0.56, 0.263,
  0.935, 0.012,
];
const y = words(
  'cat cat dog cat cat eel cat cat eel dog cat dog dog cat cat dog dog dog eel dog eel cat dog cat ' +
    'cat dog cat eel eel cat',
);
const predicted = words(
  'cat cat dog cat cat eel cat cat eel eel cat dog dog dog eel cat dog cat cat eel cat cat dog cat ' +
    'cat eel eel dog eel cat',
);
const table = { p_cat: cat, p_dog: dog, p_eel: eel, predicted, y };
const probabilities = { dog: 'p_dog', cat: 'p_cat', eel: 'p_eel' };
const multiclass = {
  model: { id: 'm', task: 'multiclass' as const, tags: [], owners },
  labels: ownLabel([]),
  columns: {
    prediction: { kind: 'label' as const, column: 'predicted', threshold: 0.5, probabilities },
  },
};

const tableOnce = countedOnce(rowsOf(table), multiclass);

describe('several classes, by scikit-learn 1.9', () => {
  const golden: [string, Record<string, unknown>, number][] = [
    ['accuracy', {}, 0.6333333333333333],
    ['precision', { average: 'macro' }, 0.6075396825396825],
    ['precision', { average: 'weighted' }, 0.6553174603174603],
    ['precision', { average: 'micro' }, 0.6333333333333333],
    ['recall', { average: 'macro' }, 0.5952380952380952],
    ['recall', { average: 'weighted' }, 0.6333333333333333],
    ['f1', { average: 'macro' }, 0.5918091374480826],
    ['f1', { average: 'weighted' }, 0.6358157055925818],
    ['f_beta', { average: 'macro' }, 0.5917709269803216],
    ['f_beta', { average: 'weighted' }, 0.6325573119568475],
    ['mcc', {}, 0.4283246220514834],
    ['log_loss', {}, 0.7741881296291008],
    ['top_k_accuracy', { k: 2 }, 0.9333333333333333],
    // of equal probabilities the last class stands first
    ['top_k_accuracy', { k: 1 }, 0.6],
  ];
  test.each(golden)('%s %o is %d, by cells and by values', async (check, params, value) => {
    const { exact, grid } = await tableOnce();
    for (const { measure } of [exact, grid]) {
      expect(measure(check, params).value).toBeCloseTo(value, 10);
    }
  });
  test('each class against the others: exact by values, within the bound by cells', async () => {
    const both = await tableOnce();
    const wanted = { macro: 0.8117757936507936, weighted: 0.8160416666666667 };
    for (const [average, value] of Object.entries(wanted)) {
      for (const exact of ['exact', 'grid'] as const) {
        const found = both[exact].measure('roc_auc', { average });
        const bound = exact === 'exact' ? 1e-10 : Number(found.details['bound']);
        expect(Math.abs((found.value ?? NaN) - value)).toBeLessThanOrEqual(bound);
        expect(found.nCurrent).toBe(30);
      }
    }
  });
  test('every prediction counts once, however many probabilities stand beside it', async () => {
    await withFolder(async (db, folder) => {
      const open = { ...table, y: y.map((label, row) => (row < 6 ? null : label)) };
      const given = { exact: 'grid' as const, changes: multiclass };
      const { profile, measure } = await counted({ db, folder }, rowsOf(open), given);
      expect(total(profile.outcomes)).toBe(30);
      expect(measure('accuracy')).toMatchObject({ nCurrent: 24, details: { coverage: 0.8 } });
      expect(measure('log_loss').nCurrent).toBe(24);
      expect(measure('accuracy').details['confusion']).toContainEqual({
        ...{ label: 'dog', predicted: 'eel', n: 3 },
      });
    });
  });
  test('a label that has no probability is left out of what needs one', async () => {
    await withFolder(async (db, folder) => {
      const strange = { ...table, y: y.map((label, row) => (row === 0 ? 'fox' : label)) };
      const given = { exact: 'grid' as const, changes: multiclass };
      const { measure } = await counted({ db, folder }, rowsOf(strange), given);
      expect(measure('accuracy').value).toBeCloseTo(18 / 30, 12);
      // 18 of 30 at the first place, of which the first row was one
      expect(measure('top_k_accuracy', { k: 1 }).value).toBeCloseTo(17 / 29, 12);
    });
  });
  test('versions and slices add up from the same counts', async () => {
    await withFolder(async (db, folder) => {
      const part = y.map((_, row) => (row < 15 ? 'a' : 'b'));
      const segments = [{ name: 'part', by: 'part', top: 2, minRows: 1 }];
      const { columns, ...rest } = multiclass;
      const changes = { ...rest, segments, columns: { ...columns, version: 'version' } };
      const rows = rowsOf({ ...table, part, version: part });
      const { measure, slices } = await counted({ db, folder }, rows, { exact: 'grid', changes });
      const alone = await counted(
        { db, folder },
        rowsOf(Object.fromEntries(Object.entries(table).map(([k, v]) => [k, v.slice(0, 15)]))),
        { exact: 'grid', changes: multiclass },
      );
      const first = slices.find(({ slice }) => slice['part'] === 'a');
      const asks: [string, Record<string, unknown>][] = [
        ['f1', { average: 'macro' }],
        ['log_loss', {}],
        ['top_k_accuracy', {}],
        ['roc_auc', { average: 'macro' }],
      ];
      for (const [check, params] of asks) {
        const { value } = alone.measure(check, params);
        expect(measure(check, params, first).value).toBeCloseTo(value ?? NaN, 12);
        const versions = measure(check, params).details['versions'] as Record<string, unknown>;
        expect(versions['a']).toMatchObject({ value: expect.closeTo(value ?? NaN, 12) as number });
      }
    });
  });
});

describe('rankings', () => {
  /** Five requests of six items each, in the order in which they were shown. */
  const relevance = [
    [1, 0, 3, 1, 0, 1],
    [0, 0, 0, 1, 0, 0],
    [0, 0, 0, 0, 3, 0],
    [0, 0, 0, 0, 0, 0],
    [3, 1, 2, 3, 0, 3],
  ];
  const each = <T>(of: (request: number, place: number) => T) =>
    relevance.flatMap((items, request) => items.map((_, place) => of(request, place)));
  const shown = {
    request: each((request) => `r${request}`),
    item: each((request, place) => `i${(request + place) % 8}`),
    position: each((_, place) => place + 1),
    y: each((request, place) => relevance[request]?.[place] ?? 0),
  };
  const ranking = (k: number) => ({
    model: { id: 'm', task: 'ranking' as const, tags: [], owners },
    labels: ownLabel([]),
    columns: {
      prediction: {
        ...{ kind: 'ranking' as const, column: 'position', threshold: 0.5 },
        ranking: { request: 'request', item: 'item', relevance: null, k },
      },
    },
  });

  test('ndcg is that of scikit-learn, map, mrr and hit_rate those counted by hand', async () => {
    await withFolder(async (db, folder) => {
      const given = { exact: 'grid' as const, changes: ranking(4) };
      const { measure } = await counted({ db, folder }, rowsOf(shown), given);
      expect(measure('ndcg').value).toBeCloseTo(0.37792717546596427, 12);
      // (1/1 + 2/3 + 3/4) / 4, 1/4, 0, 0, and all four
      expect(measure('map').value).toBeCloseTo((0.6041666666666666 + 0.25 + 1) / 5, 12);
      expect(measure('mrr').value).toBeCloseTo((1 + 1 / 4 + 1) / 5, 12);
      expect(measure('hit_rate')).toMatchObject({ value: 0.6, nCurrent: 5 });
      const all = await counted({ db, folder }, rowsOf(shown), {
        ...{ exact: 'exact', changes: ranking(6) },
      });
      expect(all.measure('ndcg').value).toBeCloseTo(0.4906185187486856, 12);
      // scikit-learn's average_precision_score of each request
      const mean = (0.7708333333333333 + 0.25 + 0.2 + 0 + 0.9666666666666666) / 5;
      expect(all.measure('map').value).toBeCloseTo(mean, 12);
    });
  });
  test('a request without any label is not judged, an item without one is not relevant', async () => {
    await withFolder(async (db, folder) => {
      const clicks = each((request, place) => {
        const own = relevance[request]?.[place] ?? 0;
        return own > 0 && request !== 4 ? own : null;
      });
      const given = { exact: 'grid' as const, changes: ranking(4) };
      const { measure } = await counted({ db, folder }, rowsOf({ ...shown, y: clicks }), given);
      expect(measure('mrr')).toMatchObject({ nCurrent: 3 });
      expect(measure('mrr').value).toBeCloseTo((1 + 1 / 4 + 0) / 3, 12);
    });
  });
  test('coverage is the share of the items of the reference that are shown', async () => {
    await withFolder(async (db, folder) => {
      const given = { exact: 'grid' as const, changes: ranking(4) };
      const { measure, profile } = await counted({ db, folder }, rowsOf(shown), given);
      expect(measure('coverage', { column: 'item' }).value).toBe(1);
      const counts = profile.columns['item'];
      const items = Array.from<string | number, string>(counts?.by['value'] ?? [], String);
      const some = items.map((item) => (item < 'i6' ? item : 'x'));
      const fewer = {
        ...profile,
        columns: { item: { by: { value: some }, sums: counts?.sums ?? {} } },
      };
      expect(measure('coverage', { column: 'item' }, fewer).value).toBe(6 / 8);
    });
  });
});
