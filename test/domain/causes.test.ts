import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binnedRows } from '../../domain/causes/binned.js';
import type { Side } from '../../domain/causes/binned.js';
import { causesOf } from '../../domain/causes/causes.js';
import { importanceOf } from '../../domain/causes/importance.js';
import { fewBins, mixOrRate } from '../../domain/causes/mix.js';
import { rankMoved } from '../../domain/causes/ranking.js';
import { binRows } from '../../domain/causes/rows.js';
import type { Rows } from '../../domain/causes/rows.js';
import { worseSlices } from '../../domain/causes/slices.js';
import { timelineOf } from '../../domain/causes/timeline.js';
import type { Past } from '../../domain/causes/timeline.js';
import { toldApart } from '../../domain/causes/together.js';
import { CATEGORY } from '../../domain/profile.js';
import type { Axis } from '../../domain/profile.js';
import { finding } from '../support/lake.js';

/** Groups of equal rows: side, bins of features a and b, score, loss, and how many of them. */
type Group = readonly [side: 0 | 1, a: number, b: number, score: number, loss: number, n: number];

function rowsOf(groups: readonly Group[]): Rows {
  const all = groups.flatMap(([side, a, b, score, loss, n]) =>
    Array.from({ length: n }, () => ({ side, a, b, score, loss })),
  );
  const bins = ['low', 'middle', 'high'];
  return {
    features: [
      { name: 'a', bins, codes: all.map(({ a }) => a) },
      { name: 'b', bins, codes: all.map(({ b }) => b) },
    ],
    sides: all.map(({ side }) => side),
    scores: all.map(({ score }) => score),
    losses: all.map(({ loss }) => loss),
    hashes: all.map((_, row) => row),
  };
}

/** 10 % errors where a is low and 30 % where it is high; shares of low before and now, n = 1,000. */
const moved = (before: number, now: number): Group[] =>
  ([0, 1] as const).flatMap((side) => {
    const low = side === 0 ? before : now;
    return [
      [side, 0, 0, 0.2, 1, 0.1 * low],
      [side, 0, 0, 0.2, 0, 0.9 * low],
      [side, 2, 0, 0.8, 1, 0.3 * (1000 - low)],
      [side, 2, 0, 0.8, 0, 0.7 * (1000 - low)],
    ] satisfies Group[];
  });

describe('other rows or other outcomes', () => {
  test('rows that move from a good to a bad bin are a mix by that bin', () => {
    const found = mixOrRate(rowsOf(moved(800, 400)), ['a']);
    // 0.8 · 0.1 + 0.2 · 0.3 = 0.14 → 0.4 · 0.1 + 0.6 · 0.3 = 0.22
    expect(found?.before).toBeCloseTo(0.14, 12);
    expect(found?.now).toBeCloseTo(0.22, 12);
    expect(found?.mix.value).toBeCloseTo(0.08, 12);
    expect(found?.rate.value).toBeCloseTo(0, 12);
    expect(found).toMatchObject({ cells: 'features', by: ['a'] });
  });

  test('where no feature moved the cells are tenths of the score, and say so', () => {
    const found = mixOrRate(rowsOf(moved(500, 500)), []);
    expect(found).toMatchObject({ cells: 'score', by: [] });
    expect(found?.total.low).toBeLessThan(0);
    expect(found?.total.high).toBeGreaterThan(0);
  });

  test('rows without a label are left out, and a side without any is not explained', () => {
    const rows = rowsOf([...moved(500, 500), [1, 0, 0, 0.2, NaN, 300]]);
    expect(mixOrRate(rows, ['a'])?.rows).toEqual({ reference: 1000, current: 1000 });
    const none = rowsOf(
      moved(500, 500).map(([side, a, b, s, loss, n]) => {
        return [side, a, b, s, side === 1 ? NaN : loss, n] as const;
      }),
    );
    expect(mixOrRate(none, ['a'])).toBeNull();
  });

  test('joined bins hold the same rows, in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 11 }), fc.constantFrom(0, 1)), {
          minLength: 1,
          maxLength: 60,
        }),
        (list) => {
          const codes = list.map(([code]) => code);
          const bins = Array.from({ length: 12 }, (_, bin) => `bin ${String(bin)}`);
          const flat = list.map(() => 0);
          const rows: Rows = {
            features: [{ name: 'x', bins, codes }],
            sides: list.map(([, side]) => side),
            ...{ scores: flat, losses: flat, hashes: flat },
          };
          fc.pre(list.some(([, side]) => side === 0) && list.some(([, side]) => side === 1));
          const few = fewBins(rows, { name: 'x', bins, codes }, 5);
          const { reference, current } = binRows(rows, few);
          expect([...reference, ...current].reduce((a, b) => a + b)).toBe(list.length);
          for (let i = 0; i < codes.length; i++) {
            for (let j = 0; j < codes.length; j++) {
              if ((codes[i] ?? 0) >= (codes[j] ?? 0)) continue;
              const isKept = few.bins.length === 12;
              const [one, other] = [few.codes[i] ?? 0, few.codes[j] ?? 0];
              expect(isKept ? one < other : one <= other).toBe(true);
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('importance', () => {
  // the score is 0.2 where a is low and 0.8 where it is high; b says nothing
  const rows = rowsOf([
    [0, 0, 0, 0.2, 0, 100],
    [0, 0, 2, 0.2, 0, 100],
    [0, 2, 0, 0.8, 0, 100],
    [0, 2, 2, 0.8, 0, 100],
    [1, 0, 0, 0.2, 0, 10],
  ]);

  test('unknown importance is what the bins say of the score', () => {
    expect(importanceOf(rows, {})).toEqual({ shares: { a: 1, b: 0 }, basis: 'answers' });
  });
  test('without a score on any row and without a word of the monitor it is unknown', () => {
    const silent = { ...rows, scores: Float64Array.from(rows.scores, () => NaN) };
    expect(importanceOf(silent, {})).toEqual({ shares: { a: 0, b: 0 }, basis: 'unknown' });
    expect(importanceOf(silent, { a: 0.4 })).toEqual({
      shares: { a: 0.4, b: 0 },
      basis: 'monitor',
    });
  });
  test('known importance stands, and unknown ones share what it leaves', () => {
    expect(importanceOf(rows, { b: 0.7, a: null })).toMatchObject({ basis: 'both' });
    expect(importanceOf(rows, { b: 0.7 }).shares['a']).toBeCloseTo(0.3, 12);
    const all = { a: 0.4, b: 0.6 };
    expect(importanceOf(rows, all)).toEqual({ shares: all, basis: 'monitor' });
  });
  test('a feature of many bins does not look important by chance', () => {
    const n = 400;
    const bins = Array.from({ length: 100 }, (_, bin) => String(bin));
    const codes = Array.from({ length: n }, (_, row) => (row * 37) % 100);
    const scores = Array.from({ length: n }, (_, row) => Math.abs(Math.sin(row * 12.9898)) % 1);
    const flat = scores.map(() => 0);
    const noise = { features: [{ name: 'x', bins, codes }], sides: flat, scores };
    const other = { name: 'y', bins: ['0', '1'], codes: scores.map((s) => (s > 0.6 ? 1 : 0)) };
    const given = { ...noise, features: [...noise.features, other], losses: flat, hashes: flat };
    expect(importanceOf(given, {}).shares['x']).toBeLessThan(0.25);
  });

  test('what moved much and matters comes first, and small moves do not come at all', () => {
    const found = rankMoved({ a: 0.1, b: 0.4, c: 0.01 }, { a: 0.9, b: 0.1, c: 1 });
    expect(found.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(found[0]?.contribution).toBeCloseTo(0.09, 12);
  });
});

test('the bin in which errors rose is named by feature and label, and its twin is not', () => {
  const group = (side: 0 | 1, b: number, rate: number): Group[] => [
    [side, 0, b, 0.5, 1, 500 * rate],
    [side, 0, b, 0.5, 0, 500 * (1 - rate)],
    [side, 2, b, 0.5, 1, 500 * rate],
    [side, 2, b, 0.5, 0, 500 * (1 - rate)],
  ];
  const rows = rowsOf([
    ...group(0, 0, 0.1),
    ...group(0, 2, 0.1),
    ...group(1, 0, 0.1),
    ...group(1, 2, 0.3),
  ]);
  const found = worseSlices(rows, ['a', 'b']);
  expect(found.map(({ where }) => where)).toEqual([{ b: 'high' }]);
  expect(found[0]?.reference.rate).toBeCloseTo(0.1, 12);
  expect(found[0]?.current.rate).toBeCloseTo(0.3, 12);
  expect(found[0]?.share).toBeCloseTo(1, 12);
});

test('of losses that are sizes the large ones are errors', () => {
  const sizes = (side: 0 | 1, a: number, size: number): Group[] =>
    Array.from({ length: 10 }, (_, k) => [side, a, 0, 0.5, size * (k + 1), 50] as const);
  const rows = rowsOf([...sizes(0, 0, 1), ...sizes(0, 2, 1), ...sizes(1, 0, 1), ...sizes(1, 2, 2)]);
  expect(worseSlices(rows, []).map(({ where }) => where)).toEqual([{ a: 'high' }]);
});

test('the classifier names what moved, and puts the loss down to other rows', () => {
  const found = toldApart(rowsOf(moved(800, 400)));
  // a current row is high with 0.6, a reference row with 0.2: half of ties, all of wins
  expect(found.auc).toBeCloseTo(0.6 * 0.8 + 0.5 * (0.6 * 0.2 + 0.4 * 0.8), 2);
  expect(found.features[0]?.name).toBe('a');
  expect(found.loss?.total).toBeCloseTo(0.08, 12);
  expect(Math.abs(found.loss?.outcome ?? NaN)).toBeLessThan(0.005);
});

test('a side of which fewer rows have a label weighs no less', () => {
  const some = moved(800, 400).flatMap((group): Group[] => {
    const [side, a, b, score, loss, n] = group;
    return side === 1 ? [group, [1, a, b, score, NaN, 3 * n]] : [[0, a, b, score, loss, n]];
  });
  const found = toldApart(rowsOf(some));
  const whole = toldApart(rowsOf(moved(800, 400)));
  expect(found.loss?.towardsShared).toBeCloseTo(whole.loss?.towardsShared ?? NaN, 2);
});

describe('bins of drawn rows', () => {
  const blank = { low: 0, inverseWidth: 1, atoms: [], edges: [], known: [] };
  const rest = { min: 0, max: 100, type: 'DOUBLE', distinct: 1 };
  const number: Axis = { ...blank, ...rest, kind: 'numeric', edges: [0, 10, 4096], atoms: [50] };
  const text: Axis = {
    ...blank,
    ...rest,
    kind: 'categorical',
    type: 'VARCHAR',
    known: ['FR', 'DE'],
  };
  const side = (columns: Side['columns'], labels: string[], more: Partial<Side> = {}): Side => ({
    columns,
    labels,
    hashes: labels.map((_, row) => row),
    scores: labels.map(() => 0.4),
    predicted: labels.map(() => '0'),
    truths: labels.map(() => null),
    ...more,
  });
  const counts = (value: string[]) => ({
    by: { value },
    sums: { n: Float64Array.from(value, () => 50) },
  });

  test('numbers, heavy values, missing ones and new categories have the bins of the checks', () => {
    const reference = side({ x: [3, 30, 50], c: ['FR', 'DE', null] }, ['1', '0', '']);
    const current = side({ x: [null, -1, Infinity], c: ['US', 'FR', 'DE'] }, ['1', '0', '0']);
    const features = [
      { name: 'x', axis: number, reference: { by: {}, sums: { n: new Float64Array() } } },
      { name: 'c', axis: text, reference: counts(['FR', 'DE', CATEGORY.missing]) },
    ];
    const rows = binnedRows({ reference, current }, { features, task: 'binary' });
    const labels = rows.features.map(({ bins, codes }) =>
      Array.from(codes, (code) => bins[code] ?? ''),
    );
    expect(labels[0]?.slice(2)).toEqual(['50', 'missing or unreadable', 'below 0', 'not finite']);
    expect(labels[0]?.[0]).not.toBe(labels[0]?.[1]);
    expect(labels[1]).toEqual(['FR', 'DE', 'missing', 'unseen values', 'FR', 'DE']);
    expect(Array.from(rows.sides)).toEqual([0, 0, 0, 1, 1, 1]);
    // '0' is wrong where the label is '1', and nobody knows where there is none
    expect(Array.from(rows.losses)).toEqual([1, 0, NaN, 1, 0, 0]);
  });

  test('the loss of a value is how far it is off; a column of one side is left out', () => {
    const reference = side({ x: [3] }, ['known'], { truths: [1], scores: [1.5] });
    const current = side({}, ['known'], { truths: [4], scores: [null] });
    const features = [{ name: 'x', axis: number, reference: counts([]) }];
    const rows = binnedRows({ reference, current }, { features, task: 'regression' });
    expect(rows.features).toEqual([]);
    expect(Array.from(rows.losses)).toEqual([0.5, NaN]);
  });
});

describe('when it began', () => {
  const day = (end: number, changes: Partial<Past> = {}): Past => ({
    ...{
      end,
      marks: [],
      monitor: 'm1',
      reference: 'r1',
      versions: { v1: 9 },
      types: { x: 'DOUBLE' },
    },
    ...changes,
  });
  const psi = { check: 'psi', target: 'x', category: 'drift', verdict: 'warn' } as const;
  const auc = {
    check: 'roc_auc',
    target: 'roc_auc',
    category: 'performance',
    verdict: 'alert',
  } as const;

  test('each stage begins where its run of bad windows does, and changes stand beside', () => {
    const past = [
      day(1, { marks: [psi] }),
      ...[day(2), day(3), day(4)],
      day(5, { versions: { v1: 1, v2: 8 } }),
      day(6, { marks: [psi], versions: { v2: 9 }, types: { x: 'DOUBLE', y: 'VARCHAR' } }),
      day(7, { versions: { v2: 9 }, monitor: 'm2', types: { x: 'DOUBLE', y: 'VARCHAR' } }),
      day(8, { marks: [psi, auc], versions: { v2: 9 }, monitor: 'm2', types: { x: 'BIGINT' } }),
    ];
    const { stages, changes, windows } = timelineOf(past);
    // one quiet window is no end, three are
    expect(stages).toEqual([
      { stage: 'feature drift', since: 6, targets: ['x'] },
      { stage: 'performance', since: 8, targets: ['roc_auc'] },
    ]);
    expect(changes.map(({ at, text }) => `${String(at)} ${text}`)).toEqual([
      '5 version v2 answers',
      '6 columns: y came',
      '7 the monitor file was changed',
      '8 columns: y went, x from DOUBLE to BIGINT',
    ]);
    expect(windows).toBe(8);
  });

  test('all that is bad has its place, in parts of the rows too', () => {
    const age = { check: 'model_age', target: 'model_age', category: 'staleness' } as const;
    const labels = { check: 'label_drift', target: 'label', category: 'drift' } as const;
    const inPart = { ...psi, target: 'y', slice: 'abc' };
    const past = [
      day(1, {
        marks: [
          { ...psi, slice: 'abc' },
          { ...inPart, verdict: 'ok' },
        ],
      }),
      day(2, { marks: [inPart, { ...age, verdict: 'warn' }] }),
      day(3, { marks: [psi, inPart, { ...age, verdict: 'warn' }, { ...labels, verdict: 'warn' }] }),
    ];
    expect(timelineOf(past).stages).toEqual([
      { stage: 'feature drift', since: 2, targets: ['x', 'y'] },
      { stage: 'label drift', since: 3, targets: ['label'] },
      { stage: 'other', since: 2, targets: ['model_age'] },
    ]);
  });

  test('a window in which nothing is bad has no story', () => {
    expect(timelineOf([day(1, { marks: [psi] }), day(2)])).toMatchObject({
      stages: [],
      changes: [],
    });
    expect(timelineOf([])).toMatchObject({ stages: [], windows: 0 });
  });

  test('features of one source stand together, with the first of their windows', () => {
    const bins = [
      { label: 'low', reference: 0.8, current: 0.4, term: 0.3 },
      { label: 'middle', reference: 0, current: 0, term: 0 },
      { label: 'high', reference: 0.2, current: 0.6, term: 0.4 },
    ];
    const of = (target: string, source: string | null, value: number) =>
      finding({ target, source, value, check: 'psi', verdict: 'warn', details: { bins } });
    const mark = (target: string) => ({ ...psi, target });
    const found = causesOf({
      findings: [of('a', 'bureau', 0.4), of('b', 'bureau', 0.3), of('c', null, 0.9)],
      importances: { a: 0.5, b: 0.4, c: 0.1 },
      rows: rowsOf(moved(800, 400)),
      window: { start: 0, end: 9, weekday: 1 },
      past: [
        day(7, { marks: [mark('b')] }),
        day(8, { marks: [mark('b'), mark('a')] }),
        day(9, { marks: [mark('a'), mark('b'), mark('c')] }),
      ],
    });
    expect(found.moved.map(({ source, since }) => [source, since])).toEqual([
      ['bureau', 7],
      [null, 9],
    ]);
    const [bureau] = found.moved;
    expect(bureau?.features.map(({ name, since }) => [name, since])).toEqual([
      ['a', 8],
      ['b', 7],
    ]);
    expect(bureau?.contribution).toBeCloseTo(0.4 * 0.5 + 0.3 * 0.4, 12);
    expect(bureau?.features[0]?.bins.map(({ label }) => label)).toEqual(['high', 'low', 'middle']);
  });
});
