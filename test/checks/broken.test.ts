import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { encodingChanged } from '../../checks/schema-encoding.js';
import { coarsen } from '../../domain/judging/coarsen.js';
import { axisOf, binned, evidenceOf, normals, texts } from './evidence.js';
import type { Value } from './evidence.js';

type More = Parameters<typeof evidenceOf>[2];
const measure = (
  check: string,
  [before, now]: [readonly Value[], readonly Value[]],
  more: More = {},
) => {
  const named = checkNamed(check);
  return named.measure(evidenceOf({ x: before }, { x: now }, more), 'x', named.defaults);
};
const say = (check: string, sides: [readonly Value[], readonly Value[]]) =>
  checkNamed(check).say(measure(check, sides), 'x');

const amounts = (n: number, seed: number, factor = 1) =>
  normals(n, seed, { mean: 3, sd: 0.6 }).map((value) => factor * Math.exp(value));

describe('a reference of few rows makes nothing unlikely', () => {
  const half = [...Array<string>(2500).fill('a'), ...Array<string>(2500).fill('b')];
  const few = (n: number) => Array.from({ length: n }, () => 'b');
  test('a value of half the rows fills in from 20 rows on that it lacks', () => {
    // none of n rows has it, where half of all have: about 1 / 2^n
    for (const n of [1, 2, 5, 19]) expect(measure('schema', [few(n), half]).hard).toBeNull();
    for (const n of [21, 100]) {
      expect(measure('schema', [few(n), half]).hard).toBe('one value fills in');
    }
  });
  test('so does what is missing, or has other names', () => {
    const nulls = half.map((value) => (value === 'a' ? null : value));
    const named = half.map((value) => value.toUpperCase());
    for (const n of [1, 2, 5]) {
      expect(measure('missing', [few(n), nulls]).hard).toBeNull();
      const both = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'a' : 'b'));
      expect(measure('schema', [both, half]).hard).toBeNull();
    }
    expect(measure('missing', [few(30), nulls]).hard).toBe('unavailable at prediction');
    expect(measure('schema', [half, named]).hard).toBe('encoding changed');
  });
});

describe('a change of scale', () => {
  const scaled = (factor: number, n = 1000) =>
    measure('scale_change', [amounts(5000, 1), amounts(n, 2, factor)]);
  test.each([10, 100, 1000, 0.1, 0.01, 0.001])('a factor of %d is named', (factor) => {
    const found = scaled(factor);
    expect(found.hard).toBe('scale');
    expect(Number(found.details['factor'])).toBeCloseTo(factor, 12);
  });
  test.each([
    [2.54, 'inches and centimetres'],
    [1 / 1.609344, 'miles and kilometres'],
    [0.45359237, 'pounds and kilograms'],
  ])('%d is the factor between %s', (factor, unit) => {
    expect(scaled(factor, 4000).details).toMatchObject({ unit });
  });
  test('where the rows tell the factor from the one between units, none are named', () => {
    const sides = (factor: number) => [amounts(100_000, 1), amounts(100_000, 2, factor)] as const;
    const found = (factor: number) => measure('scale_change', [...sides(factor)]).details;
    expect(found(1.64)['unit']).toBeNull();
    expect(Number(found(1.64)['factor'])).toBeCloseTo(1.64, 2);
    expect(found(1.609344)).toMatchObject({ unit: 'miles and kilometres', factor: 1.609344 });
  });
  test('another factor is estimated, with rows enough to know it', () => {
    expect(scaled(1.35, 1000).hard).toBeNull();
    const found = measure('scale_change', [amounts(20_000, 1), amounts(10_000, 2, 1.35)]);
    expect(found.hard).toBe('scale');
    expect(Number(found.details['factor'])).toBeCloseTo(1.35, 1);
  });
  test('is said with both medians and what the reference makes of it', () => {
    expect(say('scale_change', [amounts(5000, 1), amounts(1000, 2, 2.54)])).toMatch(
      /^x: scale; its values are 2\.54 times what they were, as between inches and centimetres: median 2\d(\.\d+)? → 5\d(\.\d+)?; [\d.]+ % of the reference's values lie beyond what is their median now\.$/,
    );
    expect(say('scale_change', [amounts(5000, 1), amounts(1000, 2, 0.001)])).toContain(
      'its values are 1/1000 of what they were',
    );
  });
  test('no change is none, nor is less than a fifth', () => {
    expect(scaled(1)).toMatchObject({ hard: null, value: 0 });
    expect(scaled(1.1)).toMatchObject({ hard: null, value: 0 });
  });
  test('a step added to all values is none, nor is a change of some rows', () => {
    const before = normals(5000, 3, { mean: 100, sd: 10 });
    const step = normals(4000, 4, { mean: 125, sd: 10 });
    expect(measure('scale_change', [before, step]).hard).toBeNull();
    const some = amounts(1000, 2).map((value, k) => (k % 3 === 0 ? value * 100 : value));
    expect(measure('scale_change', [amounts(5000, 1), some]).hard).toBeNull();
  });
  test('a drift of the mean or of the spread around nothing has no common factor', () => {
    expect(measure('scale_change', [normals(5000, 5), normals(2000, 6, { mean: 1 })]).hard).toBe(
      null,
    );
  });
  test('a few rows prove nothing', () => {
    expect(scaled(10, 15).hard).toBeNull();
    expect(scaled(10, 200).hard).toBe('scale');
  });
  test('in coarse counts only factors between known units are told', () => {
    const axis = axisOf(amounts(5000, 1));
    const coarse = (n: number, seed: number, factor: number) => ({
      x: coarsen(axis, binned(axis, amounts(n, seed, factor))),
    });
    const found = (factor: number) => {
      const given = evidenceOf({ x: amounts(5000, 1) }, { x: amounts(1000, 2) });
      const reference = given.reference && { ...given.reference, columns: coarse(5000, 1, 1) };
      const current = { ...given.current, columns: coarse(1000, 2, factor) };
      const check = checkNamed('scale_change');
      return check.measure({ ...given, reference, current }, 'x', check.defaults);
    };
    for (const factor of [10, 1000, 0.1, 0.01]) {
      expect(found(factor).hard).toBe('scale');
      expect(found(factor).details['factor']).toBe(factor);
    }
    expect(found(1).hard).toBeNull();
    expect(found(1.35).hard).toBeNull();
  });
  test('what usual windows do as well is no news', () => {
    const given = evidenceOf({ x: amounts(5000, 1) }, { x: amounts(2000, 2, 1.609344) });
    const periods = Array.from({ length: 20 }, (_, k) => {
      const window = { ...given.current.window, end: given.current.window.end - k };
      const factor = k % 2 === 0 ? 1 : 1.609344;
      const own = evidenceOf({ x: amounts(5000, 1) }, { x: amounts(1000, 50 + k, factor) });
      return { ...own.current, window };
    });
    const check = checkNamed('scale_change');
    expect(check.measure(given, 'x', check.defaults).hard).toBe('scale');
    expect(check.measure({ ...given, periods }, 'x', check.defaults).hard).toBeNull();
  });
});

test('a value that fills in is named: nothing at all, and nothing but spaces', () => {
  const towns = texts(5000, { Lyon: 40, Nice: 35, Metz: 25 });
  const filled = (value: string) => {
    const found = measure('schema', [towns, texts(1000, { [value]: 60, Lyon: 16, Nice: 24 })]);
    return checkNamed('schema').say(found, 'x');
  };
  expect(filled('')).toBe('x: one value fills in; "" went from 0 % to 60 % of the rows.');
  expect(filled('  ')).toContain('"  " went from 0 %');
  expect(filled('none')).toContain('in; none went from 0 %');
});

describe('an encoding that changed', () => {
  const reference = texts(5000, { DE: 50, FR: 30, IT: 20 });
  test('all values under new names, one to one by frequency', () => {
    const found = measure('schema', [reference, texts(1000, { '49': 50, '33': 30, '39': 20 })]);
    expect(found.hard).toBe('encoding changed');
    expect(checkNamed('schema').say(found, 'x')).toBe(
      'x: encoding changed; 3 values have new names: "DE" 50 % is now "49" 50 %, "FR" 30 % is now "33" 30 %, "IT" 20 % is now "39" 20 %.',
    );
  });
  test('one value under a new name, if it is a large one', () => {
    const found = measure('schema', [reference, texts(1000, { DE: 50, FR: 30, Italy: 20 })]);
    expect(checkNamed('schema').say(found, 'x')).toContain('"IT" 20 % is now "Italy" 20 %');
    const rare = texts(5000, { DE: 97, XK: 3 });
    expect(measure('schema', [rare, texts(1000, { DE: 97, ZZ: 3 })]).hard).toBeNull();
    // of another name it may be another thing that sells as well
    expect(measure('schema', [reference, texts(1000, { DE: 50, FR: 30, PL: 20 })]).hard).toBeNull();
  });
  test('values that go and others that come with other frequencies are no new names', () => {
    const found = measure('schema', [reference, texts(1000, { DE: 50, PL: 12, ES: 38 })]);
    expect(found.hard).toBeNull();
  });
  test('a value that goes while another comes beside it is none', () => {
    const sides: [string[], string[]] = [reference, texts(1000, { DE: 60, FR: 35, PL: 5 })];
    expect(measure('schema', sides).hard).toBeNull();
  });
  test('a name that the reference has, if rarely, has not come', () => {
    const rows = (shares: Record<string, number>) => ({
      by: { value: Object.keys(shares) },
      sums: { n: Float64Array.from(Object.values(shares)) },
    });
    // Of exact counts the reference has more values than the axis names.
    const axis = axisOf(texts(5000, { DE: 60, IT: 40 }));
    const found = (reference: Record<string, number>, current: Record<string, number>) =>
      encodingChanged({ axis, reference: rows(reference), current: rows(current) })?.seen ?? null;
    const one = (name: string) => ({ DE: 600, [name]: 400 });
    expect(found({ DE: 3000, IT: 2000 }, one('it'))).toBe('"IT" is now written "it"');
    expect(found({ DE: 3000, IT: 1950, it: 50 }, one('it'))).toBeNull();
    const beside = found({ DE: 2950, IT: 2000, PT: 50 }, { DE: 590, PT: 10, Italy: 400 });
    expect(beside).toBe('"IT" 40 % is now "Italy" 40 %');
  });
  test('many rare values in upper case, each too rare to be missed alone', () => {
    const names = Array.from({ length: 300 }, (_, i) => `town_${String(i)}`);
    const rows = (n: number, of: (name: string, row: number) => string) =>
      Array.from({ length: n }, (_, row) => of(names[(row * 7) % 300] ?? '', row));
    const before = rows(6000, (name) => name);
    const said = (now: string[]) => {
      const found = measure('schema', [before, now]);
      return found.hard === null ? null : checkNamed('schema').say(found, 'x');
    };
    expect(said(rows(900, (name) => name.toUpperCase()))).toBe(
      'x: encoding changed; at least 300 values, 100 % of the rows: "town_0" is now written "TOWN_0", ' +
        '"town_7" is now written "TOWN_7", "town_14" is now written "TOWN_14".',
    );
    // one upstream of three
    const third = rows(900, (name, row) => (row % 3 === 0 ? `${name} ` : name));
    expect(said(third)).toMatch(
      /^x: encoding changed; at least 100 values, 33\.3 % of the rows: "town_/,
    );
    // now and then somebody mistypes one
    expect(said(rows(900, (name, row) => (row % 300 === 0 ? name.toUpperCase() : name)))).toBe(
      null,
    );
    expect(said(rows(900, (name) => name))).toBe(null);
  });
  test('too few rows to miss a value prove nothing', () => {
    expect(measure('schema', [reference, texts(10, { DE: 50, FR: 30, Italy: 20 })]).hard).toBe(
      null,
    );
  });
});
