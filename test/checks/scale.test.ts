import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed, defaultChecks } from '../../checks/index.js';
import { isRescaled } from '../../checks/scale-whole.js';
import { deliveryDay } from '../../examples/delivery-eta.js';
import { fates, isTold, referenceOf, shapes } from '../experiments/ax10-scales.js';
import { chanceOf } from '../experiments/chance.js';
import { axisOf, binned, DAY, evidenceOf, exact, monitorOf, normals } from './evidence.js';

/** Any shape, any row count, any seed: windows of one reference. */
const world = fc.record({
  shape: fc.constantFrom(...shapes),
  rows: fc.integer({ min: 200, max: 10_000 }),
  seed: fc.nat(),
});
const named = (name: string) => fates.filter((fate) => fate.name === name);
const told = ({ shape, rows, seed }: { shape: (typeof shapes)[0]; rows: number; seed: number }) => {
  const windowOf = referenceOf(shape, chanceOf(`reference ${String(seed)}`));
  return (fate: (typeof fates)[0]) =>
    isTold(windowOf(fate, rows, chanceOf(`${fate.name} ${String(seed)}`)));
};

describe('a change of scale is told where there is evidence for a common factor', () => {
  test('ten and a thousand are, whatever the distribution and the rows', () => {
    const factors = fc.constantFrom(...named('× 10'), ...named('× 1000'));
    fc.assert(
      fc.property(world, factors, (given, fate) => told(given)(fate)),
      { numRuns: 30, seed: 11 },
    );
  });
  test('factors between well-known units are, with some thousand rows', () => {
    const factors = fc.constantFrom(...named('× 1.6'), ...named('/ 2.2'));
    fc.assert(
      fc.property(world, factors, (given, fate) =>
        told({ ...given, rows: 4000 + (given.rows % 6000) })(fate),
      ),
      { numRuns: 30, seed: 12 },
    );
  });
  test('a factor of 1.25 is, where the sample knows the deciles well', () => {
    const runs = Array.from({ length: 10 }, (_, seed) => {
      const before = normals(20_000, 2 * seed + 1, { mean: 100, sd: 20 });
      const now = normals(10_000, 2 * seed + 2, { mean: 100, sd: 20 }).map((x) => 1.25 * x);
      return isTold(evidenceOf({ x: before }, { x: now }));
    });
    expect(runs.filter(Boolean).length).toBeGreaterThanOrEqual(9);
  });
});

describe('and nowhere else', () => {
  test('steps, changes of some rows, longer tails and wider spreads are none', () => {
    const others = fc.constantFrom(...fates.filter(({ kind }) => kind === 'other'));
    fc.assert(
      fc.property(world, others, (given, fate) => !told(given)(fate)),
      { numRuns: 150, seed: 13 },
    );
  });
  test('nor are the distances of the deliveries of which more and more go to a new zone', () => {
    const day = (share: number, at: number) =>
      deliveryDay({ start: at * DAY, seed: at, rows: 800 }, share).deliveries.map(
        (row) => row.distance_km,
      );
    const before = Array.from({ length: 20 }, (_, at) => day(0, at)).flat();
    for (let at = 0; at < 60; at++) {
      const now = day((0.4 * (at + 1)) / 60, 100 + at);
      expect(isTold(evidenceOf({ x: before }, { x: now }))).toBe(false);
    }
  });
  test('a step that is small beside the values is none, though every ratio is nearly the same', () => {
    const before = normals(20_000, 1, { mean: 1000, sd: 20 });
    const now = normals(10_000, 2, { mean: 1300, sd: 20 });
    const axis = { low: 0, inverseWidth: 2 };
    expect(isTold(evidenceOf({ x: before }, { x: now }, { axes: { x: axis } }))).toBe(false);
    const factor = now.map((value) => 1300 + 1.3 * (value - 1300));
    expect(isTold(evidenceOf({ x: before }, { x: factor }, { axes: { x: axis } }))).toBe(true);
  });
  test('values of both signs, and fewer than ten, have no factor', () => {
    const signs = evidenceOf({ x: normals(5000, 1) }, { x: normals(2000, 2).map((x) => 3 * x) });
    expect(isTold(signs)).toBe(false);
    const few = evidenceOf({ x: [10, 20, 30] }, { x: [1000, 2000, 3000] });
    expect(isTold(few)).toBe(false);
  });
});

describe('the whole distribution, multiplied', () => {
  const before = normals(4000, 1, { mean: 100, sd: 20 });
  const axis = axisOf(before);
  const pairOf = (now: readonly number[]) => ({
    ...{ axis, current: binned(axis, now), reference: binned(axis, before) },
  });
  const now = normals(4000, 2, { mean: 100, sd: 20 });
  test('is that of the window for the right factor only', () => {
    const pair = pairOf(now.map((x) => 0.7 * x));
    expect(isRescaled(pair, { factor: 0.7, chance: 0.05 })).toBe(true);
    expect(isRescaled(pair, { factor: 0.75, chance: 0.05 })).toBe(false);
    expect(isRescaled(pairOf(now.map((x) => x - 30)), { factor: 0.7, chance: 0.05 })).toBe(false);
  });
  test('is compared value by value where values are counted, to the same end', () => {
    const pair = { axis, current: exact(now.map((x) => 0.7 * x)), reference: exact(before) };
    expect(isRescaled(pair, { factor: 0.7, chance: 0.05 })).toBe(true);
    expect(isRescaled(pair, { factor: 0.8, chance: 0.05 })).toBe(false);
  });
});

test('every monitor of features is asked whether their scale changed', () => {
  const named = defaultChecks(monitorOf());
  expect(named).toContain('scale_change');
  expect(checkNamed('scale_change').category).toBe('data-quality');
});

describe('the sentence of a change of scale', () => {
  const say = (factor: number, beyond: number, nReference = 10_000) => {
    const medians = { before: '20', now: '45' };
    const details = { factor, unit: null, medians, beyond };
    const given = { value: 1, hard: 'scale', details, nReference, nCurrent: 900, reason: null };
    const none = { low: null, high: null, interval: null, pValue: null };
    return checkNamed('scale_change').say({ ...given, ...none }, 'x');
  };
  test('says "none" where not one value of the reference lies so far out', () => {
    expect(say(2.25, 1e-9)).toBe(
      'x: scale; its values are 2.25 times what they were: median 20 → 45; ' +
        "none of the reference's values lie as far out as half of them do now.",
    );
    expect(say(2.25, 0.0023)).toContain("0.2 % of the reference's values lie as far out");
    expect(say(2.25, 2e-5, 1_000_000)).toContain("fewer than 0.01 % of the reference's values");
    expect(say(0.1, 1e-9)).toContain('1/10 of what they were');
  });
});
