import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed, defaultChecks } from '../../checks/index.js';
import { figuresOf, sortValues } from '../../domain/judging/exact.js';
import type { Axis, Counts } from '../../domain/profile.js';
import { isRescaled } from '../../checks/scale-whole.js';
import { deliveryDay } from '../../examples/delivery-eta.js';
import { fates, isTold, referenceOf, saidOf, shapes } from '../experiments/ax10-scales.js';
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

describe('where the rows neither show a common factor nor rule it out, it is unknown', () => {
  const scale = checkNamed('scale_change');
  const before = normals(10_000, 1, { mean: 100, sd: 25 });
  const amounts = (rows: number, factor: number, nulls = 0) =>
    normals(rows, rows, { mean: 100, sd: 25 }).map((x, i) => (i < nulls ? null : factor * x));
  const noteOf = (now: readonly (number | null)[]) => {
    const { value, reason, details } = scale.measure(
      evidenceOf({ x: before }, { x: now }),
      'x',
      scale.defaults,
    );
    return reason === null ? value : `${reason}: ${String(details['note'])}`;
  };
  test('with what is there and what is left open in words', () => {
    expect(noteOf(amounts(200, 1.3, 60))).toBe(
      'insufficient_data: 140 of 200 rows have a value now and 10000 in the reference, too few to ' +
        'rule out a common factor of 1.2 to 1.4',
    );
    expect(noteOf(amounts(60, 1 / 1.609344))).toMatch(
      /^insufficient_data: 60 rows have .* a common factor of 0\.56 to 0\.72$/,
    );
    expect(noteOf(amounts(20, 10, 11))).toBe(
      'insufficient_data: 9 of 20 rows have a value now and 10000 in the reference, 10 are needed ' +
        'on both sides',
    );
  });
  test('a unit that is still another one is never ok, however thin the window', () => {
    const factors = fates.filter(({ kind, name }) => kind === 'factor' && name !== '× 1.25');
    const thin = fc.record({
      shape: fc.constantFrom(...shapes),
      rows: fc.integer({ min: 1, max: 1000 }),
      fate: fc.constantFrom(...factors),
      seed: fc.nat(),
    });
    const references = new Map(shapes.map((one) => [one, referenceOf(one, chanceOf(one.name))]));
    const said = fc.sample(thin, { numRuns: 400, seed: 14 }).map(({ shape, rows, fate, seed }) => {
      const evidence = references.get(shape)?.(fate, rows, chanceOf(String(seed)));
      return evidence === undefined ? 'none' : saidOf(evidence);
    });
    expect(said).not.toContain('none');
    expect(said.filter((one) => one === 'ok').length).toBeLessThanOrEqual(2);
    expect(said.filter((one) => one === 'unknown').length).toBeGreaterThan(100);
  });
  test('values that stayed are ok, with a hundred rows or a few', () => {
    expect(noteOf(amounts(30, 1))).toBe(0);
    const quiet = named('nothing')[0];
    if (quiet === undefined) throw new Error('nothing is a fate');
    for (const [index, shape] of shapes.entries()) {
      const windowOf = referenceOf(shape, chanceOf(shape.name));
      for (const rows of [100, 300, 3000]) {
        expect(saidOf(windowOf(quiet, rows, chanceOf(`${String(index)} ${String(rows)}`)))).toBe(
          'ok',
        );
      }
    }
  });
  test('a step is ok as soon as the rows tell it from a factor', () => {
    const step = amounts(5000, 1).map((x) => (x ?? 0) + 50);
    expect(noteOf(step.slice(0, 30))).toMatch(/a common factor of 1\.\d+ to \d/);
    expect(noteOf(step)).toBe(0);
  });
  test('so is one that few rows leave open, where usual windows differ as much', () => {
    const now = amounts(200, 1.3);
    const periods = Array.from({ length: 20 }, (_, at) => amounts(500, at % 2 === 0 ? 1 : 1.35));
    const given = evidenceOf({ x: before }, { x: now });
    const usual = periods.map((x) => evidenceOf({ x: before }, { x }).current);
    expect(saidOf(given)).toBe('unknown');
    expect(saidOf({ ...given, periods: usual })).toBe('ok');
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

describe('with exact counts', () => {
  const logNormals = (n: number, seed: number) => normals(n, seed, { mean: 3 }).map(Math.exp);
  const [few, many] = [2000, 2500];
  const readings = Array.from({ length: 40 }, (_, seed) => {
    const before = logNormals(many, 2 * seed + 1);
    const now = logNormals(few, 2 * seed + 2).map((x) => 1.65 * x);
    return { before, now, axis: axisOf(before) };
  });
  const measured = (axis: Axis, current: Counts, reference: Counts) => {
    const evidence = evidenceOf({ x: [1] }, { x: [1] });
    const side = (counts: Counts) => ({ ...evidence.current, columns: { x: counts } });
    return checkNamed('scale_change').measure(
      {
        ...evidence,
        ...{ grid: { id: 'grid', axes: { x: axis } } },
        ...{ current: side(current), reference: side(reference) },
      },
      'x',
      checkNamed('scale_change').defaults,
    );
  };
  const figured = (axis: Axis, values: readonly number[]): Counts => ({
    ...binned(axis, values),
    exact: figuresOf(sortValues(Float64Array.from(values))),
  });

  test('a change of scale is told in the windows in which a plain look tells it', () => {
    const told = readings.map(({ axis, now, before }) => [
      measured(axis, binned(axis, now), binned(axis, before)).value,
      measured(axis, figured(axis, now), figured(axis, before)).value,
    ]);
    expect(told.map(([, exact]) => exact)).toEqual(told.map(([plain]) => plain));
    // some are told and some are not: the margin runs through them
    expect(new Set(told.map(([plain]) => plain)).size).toBeGreaterThan(1);
  });

  test('values that are counted one by one are told alike, too', () => {
    const whole = (x: number) => Math.round(x / 2);
    const told = readings.slice(0, 20).map((one) => {
      const [now, before] = [one.now.map(whole), one.before.map(whole)];
      const axis = axisOf(before);
      return [
        measured(axis, binned(axis, now), binned(axis, before)).value,
        measured(axis, exact(now), exact(before)).value,
      ];
    });
    expect(told.map(([, exact]) => exact)).toEqual(told.map(([plain]) => plain));
    expect(new Set(told.map(([plain]) => plain)).size).toBeGreaterThan(1);
  });
});

test('every monitor of features is asked whether their scale changed', () => {
  const named = defaultChecks(monitorOf());
  expect(named).toContain('scale_change');
  expect(checkNamed('scale_change').category).toBe('data-quality');
});

describe('the sentence of a change of scale', () => {
  const say = (factor: number, beyond: number, nReference = 10_000) => {
    const quantile = { p: 0.5, before: '20', now: '45' };
    const details = { factor, unit: null, quantile, beyond: { now: 0.5, before: beyond } };
    const given = { value: 1, hard: 'scale', details, nReference, nCurrent: 900, reason: null };
    const none = { low: null, high: null, interval: null, pValue: null };
    return checkNamed('scale_change').say({ ...given, ...none }, 'x');
  };
  test('says "none" where not one value of the reference lies so far out', () => {
    expect(say(2.25, 1e-9)).toBe(
      'x: scale; its values are 2.25 times what they were: median 20 → 45; ' +
        "none of the reference's values lie beyond what is their median now.",
    );
    expect(say(2.25, 0.0023)).toContain("0.2 % of the reference's values lie beyond what is");
    expect(say(2.25, 2e-5, 1_000_000)).toContain("fewer than 0.01 % of the reference's values");
    expect(say(0.1, 1e-9)).toContain('1/10 of what they were');
  });
});
