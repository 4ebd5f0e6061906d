import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { figuresOf, sortValues } from '../../domain/judging/exact.js';
import { chance, evidenceOf, normals, texts } from './evidence.js';
import type { Value } from './evidence.js';

const schema = checkNamed('schema');

function found(before: readonly Value[], now: readonly Value[], axis = {}) {
  const evidence = evidenceOf({ x: before }, { x: now }, { axes: { x: axis } });
  return schema.measure(evidence, 'x', schema.defaults);
}

/** 70 % of the rows, in no order, are one value. */
function filled(values: readonly number[], fill: number, share = 0.7): number[] {
  const next = chance(99);
  return values.map((value) => (next() < share ? fill : value));
}

function beyond(fill: number) {
  const evidence = evidenceOf({ x: degrees(8000, 1) }, { x: filled(degrees(4000, 2), fill) });
  return { evidence, counts: evidence.current.columns['x'] ?? { by: {}, sums: {} } };
}

const amounts = (n: number, seed: number) =>
  normals(n, seed, { mean: 3, sd: 0.8 }).map((value) => Math.exp(value));
const scores = (n: number, seed: number) => normals(n, seed);
const degrees = (n: number, seed: number) => normals(n, seed, { mean: 40, sd: 10 });
const counts = (n: number, seed: number) => degrees(n, seed).map((value) => Math.round(value));

/** As a reference of whole numbers gives it: every cell a number. */
const whole = (values: readonly number[]) => ({ low: Math.min(...values) - 0.5, inverseWidth: 1 });

describe('a default that fills in numbers', () => {
  const cases: [string, (n: number, seed: number) => number[], number, string][] = [
    ['below amounts', amounts, -999, '-999'],
    ['just below amounts', amounts, -1, '-1'],
    ['nothing, where all amounts are above', amounts, 0, '0'],
    ['in the midst of scores', scores, 0, 'about 0'],
    ['at the mean of degrees', degrees, 40, 'about 40'],
    ['far above degrees', degrees, 9999, '9999'],
    ['a sentinel of nine digits', degrees, -999_999_999, '-999999999'],
  ];
  test.each(cases)('%s', (_, values, fill, name) => {
    for (const n of [1000, 6000]) {
      const given = found(values(8000, 1), filled(values(n, 2), fill));
      expect(given.hard).toBe('one value fills in');
      expect(String(given.details['seen']).replace('about ', '')).toMatch(
        new RegExp(`^${name.replace('about ', '')} went from 0(\\.\\d+)? % to (6[5-9]|7[0-5])`),
      );
    }
  });
  test('whole numbers, with a cell for each', () => {
    const before = counts(8000, 1);
    for (const fill of [-999, 40, 9999]) {
      const given = found(before, filled(counts(3000, 2), fill), whole(before));
      expect(given.details['seen']).toMatch(new RegExp(`^${fill} went from`));
    }
  });
  test('beside a few rows that lie beyond the ends of the reference too', () => {
    const now = filled(amounts(4000, 2), -999);
    const least = Math.min(...amounts(8000, 1));
    now[0] = least - 0.5;
    now[1] = least - 0.01;
    const given = found(amounts(8000, 1), now);
    expect(given.details['seen']).toMatch(/^about -999 went from 0 % to 7/);
  });
  test('just beyond the end, with a row of an ordinary tail there too', () => {
    const now = filled(degrees(4000, 2), -3.5);
    now[0] = Math.min(...degrees(8000, 1)) - 0.5;
    const given = found(degrees(8000, 1), now);
    expect(given.details['seen']).toMatch(/^about -3\.5 went from 0 % to 7/);
  });
  test('that is a crooked number beyond the axis', () => {
    for (const fill of [-7.25, -999.5, 1e5 / 3]) {
      const given = found(degrees(8000, 1), filled(degrees(4000, 2), fill));
      expect(given.details['seen']).toMatch(/^(-7\.25|-999\.5|3333\d) went from 0 % to 7/);
    }
  });
  test('looked at value by value any value is told, a crooked one too', () => {
    const evidence = evidenceOf({ x: degrees(8000, 1) }, { x: filled(degrees(4000, 2), -7.25) });
    const exact = figuresOf(sortValues(Float64Array.from(filled(degrees(4000, 2), -7.25))));
    const counts = evidence.current.columns['x'] ?? { by: {}, sums: {} };
    const current = { ...evidence.current, columns: { x: { ...counts, exact } } };
    const given = schema.measure({ ...evidence, current }, 'x', schema.defaults);
    expect(given.details['seen']).toMatch(/^about -7\.25 went from 0 %/);
  });
});

describe('no default is', () => {
  const before = degrees(8000, 1);
  const mixed = (change: (value: number) => number) => {
    const next = chance(5);
    return degrees(4000, 2).map((value) => (next() < 0.7 ? change(value) : value));
  };
  test('no drift', () => {
    for (let seed = 2; seed < 40; seed++) {
      expect(found(scores(2000, 1), scores(1000, seed)).hard).toBeNull();
      expect(found(amounts(2000, 1), amounts(1000, seed)).hard).toBeNull();
    }
  });
  test('a part of the rows that moved, near or far', () => {
    for (const step of [40, 273.15, 1e4, 1e6]) {
      expect(
        found(
          before,
          mixed((value) => value + step),
        ).hard,
      ).toBeNull();
      expect(
        found(
          before,
          mixed((value) => value - step),
        ).hard,
      ).toBeNull();
    }
  });
  test('a part of the rows in a smaller or larger unit', () => {
    for (const factor of [100, 1000, 0.001, 0.01]) {
      expect(
        found(
          before,
          mixed((value) => value * factor),
        ).hard,
      ).toBeNull();
      expect(
        found(
          amounts(8000, 1),
          amounts(4000, 2).map((v) => v * factor),
        ).hard,
      ).toBeNull();
    }
  });
  test('a part of the rows in a smaller unit, with rows of an ordinary tail beside them', () => {
    const small = degrees(4000, 2).map((value, i) => (i % 10 < 7 ? value / 1000 : value));
    small[8] = 0.3;
    small[9] = 0.6;
    expect(found(before, small).hard).toBeNull();
  });
  test('whole numbers that moved beyond the axis', () => {
    const known = counts(8000, 1);
    for (let step = 100; step < 140; step++) {
      const now = counts(3000, step).map((value) => value + step);
      expect(found(known, now, whole(known)).hard).toBeNull();
    }
  });
  test('a part of the rows whose mean is a whole number, far away', () => {
    const next = chance(7);
    const near = degrees(4000, 2).map((value) => (next() < 0.7 ? 9998 + 2 * next() : value));
    const far = near.filter((value) => value > 5000);
    const shift = 9999 - far.reduce((sum, value) => sum + value, 0) / far.length;
    const now = near.map((value) => (value > 5000 ? value + shift : value));
    expect(found(before, now).hard).toBeNull();
  });
  test('a value that sums without squares cannot tell', () => {
    const { counts, evidence } = beyond(-999);
    const squares = (counts.sums['squares'] ?? new Float64Array()).map(() => 0);
    const columns = { x: { ...counts, sums: { ...counts.sums, squares } } };
    const old = { ...evidence, current: { ...evidence.current, columns } };
    expect(schema.measure(evidence, 'x', schema.defaults).hard).toBe('one value fills in');
    expect(schema.measure(old, 'x', schema.defaults).hard).toBeNull();
  });
  test('a value below half of the rows more', () => {
    expect(found(before, filled(degrees(4000, 2), -999, 0.45)).hard).toBeNull();
  });
});

test('a column of 150,000 categories is looked at as any other', () => {
  const many = Array.from({ length: 150_000 }, (_, i) => `v${i}`);
  const few = texts(1000, { v1: 70, v2: 30 });
  expect(found(many, few).hard).toBe('one value fills in');
  expect(found(many, texts(1000, { v1: 1 })).hard).toBe('constant');
  expect(found(few, many).hard).not.toBe('one value fills in');
});
