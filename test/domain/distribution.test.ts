import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coarseBins, layoutOf } from '../../domain/judging/distribution.js';
import { mergeThin } from '../../domain/judging/thin.js';
import { figure, lengthInWords, percent, pInWords } from '../../domain/judging/figures.js';
import { momentsOf, quantileInWords, quantileOf } from '../../domain/judging/moments.js';
import { ksOf } from '../../domain/judging/ks.js';
import { cellOf, decimalsOf, numericCounts } from '../../domain/judging/numeric.js';
import { addCounts } from '../../domain/adding.js';
import { CATEGORY, FINE_BINS, total } from '../../domain/profile.js';
import { ksStatistic, tally } from '../../stats/ks.js';
import { axisOf, binned, exact, normals, texts } from '../checks/evidence.js';
import { widen } from '../../lake/grid.js';
import type { Value } from '../checks/evidence.js';

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.constantFrom(0, 1, null, NaN, Infinity, -1e300, 1e300),
);
const column = fc.array(value, { minLength: 1, maxLength: 80 });

/** A reference with at least two finite values. */
const reference = column.map((values) => [...values, -1, 0.5, 2]);
const finite = (values: readonly Value[]) =>
  values.filter((one): one is number => typeof one === 'number' && Number.isFinite(one));

describe('numeric columns', () => {
  test('bins of large numbers close to each other keep the digits that tell them apart', () => {
    const axis = axisOf(Array.from({ length: 1000 }, (_, i) => 1_780_000_000 + i / 1e4));
    const labels = layoutOf(axis, binned(axis, [])).bins.flatMap((bin) =>
      bin.kind === 'range' ? [bin.label.split(' … ')] : [],
    );
    expect(labels.length).toBeGreaterThan(5);
    for (const [low, high] of labels) expect(Number(high)).toBeGreaterThan(Number(low));
  });
  test('every row is in exactly one place', () => {
    fc.assert(
      fc.property(reference, column, (before, now) => {
        const axis = { ...axisOf(before), atoms: [0, 1] };
        const counts = numericCounts(axis, binned(axis, now));
        const inBins = counts.fine.reduce((sum, n) => sum + n, 0);
        const onAtoms = counts.atoms.reduce((sum, n) => sum + n, 0);
        expect(counts.finite).toBe(inBins + onAtoms);
        expect(counts.finite + counts.missing + counts.notFinite).toBe(now.length);
        const bins = coarseBins(axis, binned(axis, now), binned(axis, before));
        expect(bins.reduce((sum, bin) => sum + bin.current, 0)).toBe(now.length);
        expect(bins.reduce((sum, bin) => sum + bin.reference, 0)).toBe(before.length);
      }),
    );
  });

  test('an exact column gives the same bins as a binned one', () => {
    fc.assert(
      fc.property(reference, column, (before, now) => {
        const axis = { ...axisOf(before), atoms: [0, 1] };
        const wanted = coarseBins(axis, binned(axis, now), binned(axis, before));
        expect(coarseBins(axis, exact(now), exact(before))).toEqual(wanted);
        expect(coarseBins(axis, exact(now), binned(axis, before))).toEqual(wanted);
      }),
    );
  });

  test('the bounds of KS hold the exact value of random columns', () => {
    fc.assert(
      fc.property(reference, column, (before, now) => {
        fc.pre(finite(now).length > 0);
        const axis = { ...axisOf(before), atoms: [0, 1] };
        const { low, high } = ksOf(axis, binned(axis, now), binned(axis, before));
        const wanted = ksStatistic(tally(finite(now)), tally(finite(before)));
        expect(low).toBeLessThanOrEqual(wanted + 1e-12);
        expect(high).toBeGreaterThanOrEqual(wanted - 1e-12);
      }),
    );
  });

  test('KS of columns kept value by value is exact', () => {
    const [now, before] = [normals(200, 1, { mean: 0.5 }), normals(300, 2)];
    const found = ksOf(axisOf(before), exact(now), exact(before));
    const wanted = ksStatistic(tally(now), tally(before));
    expect(found).toEqual({ low: wanted, high: wanted, at: null });
  });

  test('KS of whole numbers is exact although they are binned', () => {
    const whole = (seed: number) => normals(500, seed, { sd: 10 }).map(Math.round);
    const [now, before] = [whole(3), whole(4)];
    const axis = axisOf(before, { low: Math.min(...before) - 0.5, inverseWidth: 1 });
    expect(decimalsOf(axis)).toBe(1);
    const { low, high } = ksOf(axis, binned(axis, now), binned(axis, before));
    expect(low).toBeCloseTo(ksStatistic(tally(now), tally(before)), 14);
    expect(high).toBe(low);
  });

  test('a value half-way between two bins goes to the even one', () => {
    const axis = { ...axisOf([0, 10]), low: 0, inverseWidth: 1 };
    // middles are 0.5, 1.5, 2.5: 1 lies between bins 0 and 1, 2 between 1 and 2
    expect(cellOf(axis, 1) - 1).toBe(0);
    expect(cellOf(axis, 2) - 1).toBe(2);
    expect(cellOf(axis, -100)).toBe(0);
    expect(cellOf(axis, 1e9)).toBe(FINE_BINS + 1);
  });

  test('mean, spread and median come out of the bins', () => {
    const values = normals(2000, 5, { mean: 40, sd: 3 });
    const axis = axisOf(values);
    const found = momentsOf(axis, binned(axis, values));
    const mean = values.reduce((sum, x) => sum + x, 0) / 2000;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 1999;
    expect(found?.mean).toBeCloseTo(mean, 10);
    expect(found?.sd).toBeCloseTo(Math.sqrt(variance), 8);
    const sorted = Float64Array.from(values).sort();
    const width = 1 / axis.inverseWidth;
    expect(Math.abs(Number(found?.median) - (sorted[999] ?? 0))).toBeLessThan(2 * width);
    expect(momentsOf(axis, exact(values))?.mean).toBeCloseTo(mean, 10);
    expect(momentsOf(axis, binned(axis, [null]))).toBeNull();
    expect(quantileOf(axis, binned(axis, [null]), 0.5)).toBeNull();
  });

  test('a median on a heavy value is that value', () => {
    const values = [0, 0, 0, 0.3, 9];
    const axis = { ...axisOf(values), atoms: [0] };
    expect(quantileOf(axis, binned(axis, values), 0.5)).toBe(0);
  });

  test('of a median beyond the axis only the bound is known, never an edge as its value', () => {
    const axis = axisOf([33.33, 41.82], { low: 33.33 - 1e-8 });
    const south = binned(axis, [32.5, 32.79, 32.8]);
    expect(quantileOf(axis, south, 0.5)).toEqual({ below: 33.33 });
    expect(quantileOf(axis, binned(axis, [50, 51, 34]), 0.5)).toEqual({ above: 41.82 });
    expect(momentsOf(axis, south)?.mean).toBeCloseTo((32.5 + 32.79 + 32.8) / 3, 10);
    // Value by value nothing is beyond: the median is the middle one.
    expect(quantileOf(axis, exact([32.5, 32.79, 32.8]), 0.5)).toBe(32.79);
    expect([quantileInWords({ below: 33.33 }), quantileInWords(32.79)]).toEqual([
      'below 33.33',
      '32.79',
    ]);
  });

  test('an axis that begins a hair below 0 is labelled from 0', () => {
    const unit = { ...axisOf([0, 1]), ...widen(0, 1), edges: [0, 2048, 4096] };
    expect(unit.low).toBeLessThan(0);
    const within = { ...unit, min: 0.01, max: 0.99 };
    for (const axis of [unit, within]) {
      const rows = binned(axis, [0.1, 0.7, -3, 4]);
      const labels = coarseBins(axis, rows, rows).map((bin) => bin.label);
      expect(labels[0]).toBe('below 0');
      expect(labels[1]).toBe('0 … 0.5');
      expect(labels.at(-1)).toBe('above 1');
    }
  });

  test('labels say where a bin begins and ends', () => {
    const axis = { ...axisOf([0, 100]), low: 0, inverseWidth: 40.96, edges: [0, 2048, 4096] };
    const rows = binned({ ...axis, atoms: [50] }, [10, 50, 60, null, NaN, -1, 200]);
    const labels = coarseBins({ ...axis, atoms: [50] }, rows, rows).map((bin) => bin.label);
    expect(labels).toEqual([
      'below 0',
      '0 … 50',
      '50 … 100',
      '50',
      'above 100',
      'missing or unreadable',
      'not finite',
    ]);
  });

  test('whole numbers are labelled by the values at both ends', () => {
    const axis = axisOf([1, 9], { low: 0.5, inverseWidth: 1, edges: [0, 3, 4, 4096] });
    const rows = binned(axis, [1, 2, 4, 8]);
    expect(coarseBins(axis, rows, rows).map((bin) => bin.label)).toEqual(['1 … 3', '4', '5 … 9']);
  });
});

describe('categories', () => {
  test('rare ones, unseen ones and missing ones have their own bins', () => {
    const before = [...texts(1000, { a: 600, b: 398, c: 2 }), null];
    const axis = axisOf(before);
    const now = [...texts(100, { a: 50, c: 30 }), 'new', null];
    const bins = coarseBins(axis, binned(axis, now), binned(axis, before));
    expect(bins.map(({ label, kind }) => [label, kind])).toEqual([
      ['a', 'category'],
      ['b', 'category'],
      ['other known values', 'other'],
      ['unseen values', 'unseen'],
      ['missing', 'missing'],
    ]);
    expect(bins.find((bin) => bin.kind === 'unseen')).toMatchObject({ current: 1, reference: 0 });
  });

  test('a folded rest is unseen, or the tail of a reference that has one', () => {
    const axis = { ...axisOf(['a', 'b']), known: ['a'] };
    const rows = binned(axis, ['a', CATEGORY.other]);
    expect(coarseBins(axis, rows, rows).map((bin) => bin.kind)).toEqual(['category', 'unseen']);
    const long = coarseBins({ ...axis, tail: true }, rows, rows);
    expect(long.map((bin) => bin.kind)).toEqual(['category', 'other']);
  });
});

describe('thin bins', () => {
  const range = (label: string, before: number, now: number) => ({
    ...{ label, kind: 'range' as const, reference: before, current: now },
  });
  test('ranges are joined until each expects five rows, and no row is lost', () => {
    const bins = ['0 … 1', '1 … 2', '2 … 3', '3 … 4'].map((label) => range(label, 100, 3));
    // 12 rows in 4 equal bins: 3 expected in each
    const merged = mergeThin(bins);
    expect(merged.map((bin) => bin.label)).toEqual(['0 … 2', '2 … 4']);
    expect(merged.map((bin) => bin.current)).toEqual([6, 6]);
  });
  test('one thin bin among five is left alone', () => {
    const bins = [90, 90, 90, 90, 1].map((rows, k) => range(`${k} … ${k + 1}`, rows, rows));
    expect(mergeThin(bins)).toEqual(bins);
  });
  test('rare categories are joined with the other known ones', () => {
    const bins = [80, 2, 2, 1].map((rows, k) => ({
      ...range('abcd'[k] ?? '', rows, rows),
      kind: 'category' as const,
    }));
    const merged = mergeThin(bins);
    expect(merged.map(({ label, current }) => [label, current])).toEqual([
      ['a', 80],
      ['other known values', 5],
    ]);
  });
});

test('profiles add up: binning two halves is binning the whole', () => {
  fc.assert(
    fc.property(reference, column, column, (before, left, right) => {
      const axis = { ...axisOf(before), atoms: [0, 1] };
      const sum = addCounts([binned(axis, left), binned(axis, right)]);
      const whole = numericCounts(axis, binned(axis, [...left, ...right]));
      expect(numericCounts(axis, sum)).toEqual(whole);
      expect(total(sum)).toBe(left.length + right.length);
    }),
  );
});

test('figures read as people write them', () => {
  expect(figure(12.34567)).toBe('12.35');
  expect(figure(48210)).toBe('48210');
  expect(figure(0.000012345)).toBe('0.00001234');
  expect(percent(0.0657)).toBe('6.6 %');
  expect(percent(0.18)).toBe('18 %');
  expect(percent(0.0004)).toBe('0.04 %');
  expect(pInWords(1e-30, 10)).toBe('p < 1e-4');
  expect(pInWords(1e-30, 30)).toBe('p < 1e-6');
  expect(pInWords(0.0432, 0)).toBe('p 0.043');
  expect(lengthInWords(7_800_000)).toBe('2 h 10 min');
  expect(lengthInWords(0)).toBe('0 s');
});
