import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { coarsen } from '../../domain/judging/coarsen.js';
import { joinThinBins } from '../../domain/judging/thin.js';
import type { Counts, Profile } from '../../domain/profile.js';
import { judge } from '../../domain/judging/judge.js';
import { rulesOf } from '../../checks/rules.js';
import { chanceOf } from '../experiments/chance.js';
import { DAY, END, evidenceOf, exact, monitorOf, windowEnding } from './evidence.js';

/*
 * Columns of hundreds of categories, of which hardly one is frequent: a shop, a postal code. They
 * have to be judged, and the luck of the draw must not look like drift.
 */

type Weights = readonly number[];
const even = (count: number): Weights => Array.from({ length: count }, () => 1);
const zipf = (count: number): Weights => Array.from({ length: count }, (_, k) => 1 / (k + 1));

/** Rows drawn by their weights. */
function draw(rows: number, weights: Weights, seed: string): string[] {
  const chance = chanceOf(seed);
  let sum = 0;
  const sums = weights.map((weight) => (sum += weight));
  return Array.from({ length: rows }, () => {
    const at = chance() * sum;
    let [low, high] = [0, weights.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return `shop ${String(low)}`;
  });
}

const psi = checkNamed('psi');
const unseen = checkNamed('unseen_categories');

/** A rare one takes a tenth of the rows. */
const withOneLarge = (weights: Weights): Weights => {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const place = Math.floor(weights.length * 0.7);
  return weights.map((weight, k) => (k === place ? sum / 9 : weight));
};

const shapes = [
  ['300 even ones by 1,000 rows', even(300), 1000],
  ['300 even ones by 20,000 rows', even(300), 20_000],
  ['300 by Zipf by 1,000 rows', zipf(300), 1000],
  ['2,000 by Zipf by 10,000 rows', zipf(2000), 10_000],
  ['3,000 even ones by 10,000 rows', even(3000), 10_000],
] as const;

describe('a column of many categories', () => {
  test.each(shapes)('%s is judged and has not moved where nothing did', (name, weights, rows) => {
    for (let run = 0; run < 20; run++) {
      const seed = `${name}/${String(run)}`;
      const sides = [draw(rows, weights, `${seed}/before`), draw(1000, weights, `${seed}/now`)];
      const [before = [], now = []] = sides;
      const evidence = evidenceOf({ shop: before }, { shop: now });
      const found = psi.measure(evidence, 'shop', psi.defaults);
      expect(found.reason).toBeNull();
      // twenty runs of chance alone: 1 in 50 that one of them is below
      expect(found.pValue).toBeGreaterThan(0.001);
      const strange = unseen.measure(evidence, 'shop', unseen.defaults);
      const isSaid = (strange.value ?? 0) >= 0.2 && (strange.pValue ?? 1) < 1e-3;
      expect(isSaid).toBe(false);
    }
  });

  test('of which 300 are even is bad when a rare one takes a tenth, and names it', () => {
    const weights = even(300);
    const before = draw(20_000, weights, 'before');
    const now = draw(4000, withOneLarge(weights), 'now');
    const found = psi.measure(evidenceOf({ shop: before }, { shop: now }), 'shop', psi.defaults);
    expect(found.value).toBeGreaterThan(0.05);
    expect(found.pValue).toBeLessThan(1e-6);
    expect(psi.say(found, 'shop')).toMatch(
      /^shop moved \(PSI .*\): \d\d rare values \(shop \d+, shop \d+, …\) \d\d?(\.\d)? % → [12]\d(\.\d)? %/,
    );
  });

  test('is compared with usual days from coarse counts as with a reference', () => {
    const weights = even(300);
    const before = draw(20_000, weights, 'training');
    const { grid, current } = evidenceOf({ shop: before }, { shop: [] });
    const axis = grid.axes['shop'];
    if (axis === undefined) throw new Error('the column has an axis');
    const days = Array.from({ length: 28 }, (_, day): Profile => {
      const values = draw(1000, weights, `day ${String(day)}`);
      const { columns } = evidenceOf({ shop: before }, { shop: values }).current;
      const fine: Counts = columns['shop'] ?? { by: {}, sums: {} };
      const window = windowEnding(END - (28 - day) * DAY);
      return { ...current, rows: 1000, window, columns: { shop: coarsen(axis, fine) } };
    });
    const look = (values: string[]) => {
      const more = { periods: days, usual: 'live' as const };
      const evidence = evidenceOf({ shop: before }, { shop: values }, more);
      return psi.measure(evidence, 'shop', psi.defaults);
    };
    const [same, moved] = [draw(1000, weights, 'same'), draw(1000, withOneLarge(weights), 'moved')];
    expect(look(same)).toMatchObject({ reason: null, details: { mode: 'W' } });
    expect(look(same).pValue).toBeGreaterThan(0.01);
    expect(look(moved).pValue).toBeLessThan(1e-4);
  });

  test('more than can be counted one by one is named as not judged, with the reason', () => {
    const before = draw(20_000, even(300), 'before');
    const now = draw(1000, even(300), 'now');
    const evidence = evidenceOf(
      { shop: before },
      { shop: now },
      { axes: { shop: { tail: true } } },
    );
    const found = psi.measure(evidence, 'shop', psi.defaults);
    expect(found).toMatchObject({ value: null, reason: 'not_applicable' });
    const spec = {
      ...{ check: 'psi', name: null, against: null, targets: null, running: null, every: null },
      ...{ ...psi.defaults, warn: 0.05, alert: 0.25, params: {} },
    };
    const question = { check: psi, spec, target: 'shop', slice: {}, judged: true };
    const score = {
      ...found,
      ...{ check: 'psi', target: 'shop', slice: {}, run: '', revision: 0 },
      window: evidence.current.window,
    };
    const [finding] = judge([score], () => rulesOf(question, monitorOf()), '');
    expect(finding).toMatchObject({
      verdict: 'unknown',
      sentence: 'psi of shop: no category is frequent enough for a bin.',
    });
  });
});

describe('what a reference has to expect', () => {
  test('unknown values are as many as it has values of one row', () => {
    // 1,900 rows of one value, 100 values of one row: a twentieth of any other rows is unknown
    const many = (prefix: string) =>
      Array.from({ length: 100 }, (_, k) => `${prefix} ${String(k)}`);
    const before = [...new Array<string>(1900).fill('home'), ...many('once')];
    const now = [...new Array<string>(1900).fill('home'), ...many('other')];
    const evidence = evidenceOf({ shop: before }, { shop: now });
    const found = psi.measure(evidence, 'shop', psi.defaults);
    expect(found.details['bins']).toMatchObject([
      { label: 'home', reference: 0.95, current: 0.95 },
      { label: 'unseen values', reference: 0.05, current: 0.05 },
    ]);
    expect(found.value).toBe(0);
    expect(unseen.measure(evidence, 'shop', unseen.defaults).pValue).toBeGreaterThan(0.3);
    // ten times as many are not chance
    const alien = [...new Array<string>(1000).fill('home'), ...new Array<string>(1000).fill('x')];
    const other = evidenceOf({ shop: before }, { shop: alien });
    expect(unseen.measure(other, 'shop', unseen.defaults).pValue).toBeLessThan(1e-6);
    expect(psi.measure(other, 'shop', psi.defaults).pValue).toBeLessThan(1e-6);
  });

  test('a reference that does not hold all that is known expects nothing of the kind', () => {
    const now = ['a', 'a', 'x'];
    const known = ['a', 'b', 'c'];
    const evidence = evidenceOf(
      { shop: ['a', 'a', 'b'] },
      { shop: now },
      { axes: { shop: { known } } },
    );
    const found = unseen.measure(evidence, 'shop', unseen.defaults);
    // P(one or more of three) at (0 + ½) / (3 + 1)
    expect(found.pValue).toBeCloseTo(1 - (1 - 0.125) ** 3, 12);
  });
});

test('thin categories that are many together are several bins, and no row is lost', () => {
  const bins = Array.from({ length: 60 }, (_, k) => ({
    ...{ label: `shop ${String(k)}`, kind: 'category' as const },
    ...{ reference: 100, current: k === 7 ? 23 : 3 },
  }));
  const joined = joinThinBins(bins);
  const total = (side: 'reference' | 'current') => joined.reduce((sum, bin) => sum + bin[side], 0);
  expect([total('reference'), total('current')]).toEqual([6000, 200]);
  // 200 rows, each bin expects 3.3: ten groups of 20 on average
  expect(joined).toHaveLength(10);
  expect(joined.flatMap(({ places }) => places).sort((a, b) => a - b)).toEqual(
    bins.map((_, place) => place),
  );
  expect(joined[0]?.label).toMatch(/^shop \d+ and \d+ more$/);
  const few = bins.slice(0, 5).map((bin) => ({ ...bin, reference: 1 }));
  const large = { label: 'large', kind: 'category' as const, reference: 995, current: 200 };
  expect(joinThinBins([large, ...few]).map(({ label }) => label)).toEqual([
    'large',
    'other known values',
  ]);
});

describe('counted value by value, of a column with more categories than its axis keeps', () => {
  const rows = 20_000;
  const cut = { x: { known: Array.from({ length: 50 }, (_, k) => `shop ${k}`), tail: true } };
  const look = (weights: Weights, now: Weights) => {
    const values = { reference: draw(rows, weights, 'before'), current: draw(rows, now, 'now') };
    const bare = evidenceOf({ x: values.reference }, { x: values.current }, { axes: cut });
    const counts = (list: string[]) => exact(list);
    return {
      ...bare,
      binning: 'exact' as const,
      current: { ...bare.current, columns: { x: counts(values.current) } },
      reference: { ...(bare.reference ?? bare.current), columns: { x: counts(values.reference) } },
    };
  };
  test('what the reference has is known, however rare it is there', () => {
    const weights = zipf(3_000);
    const given = look(weights, weights);
    const known = new Set(draw(rows, weights, 'before'));
    const news = draw(rows, weights, 'now').filter((value) => !known.has(value)).length;
    const found = unseen.measure(given, 'x', unseen.defaults);
    expect(found.value).toBeCloseTo(news / rows, 12);
    expect(unseen.significant?.(found, 'warn')).toBe(false);
    expect(psi.measure(given, 'x', psi.defaults).value).toBeLessThan(0.01);
  });
  test('what it does not have is unseen', () => {
    const given = look(zipf(3_000), [...zipf(3_000), 4]);
    const found = unseen.measure(given, 'x', unseen.defaults);
    expect(found.value).toBeGreaterThan(0.3);
    expect(unseen.significant?.(found, 'warn')).toBe(true);
  });
});
