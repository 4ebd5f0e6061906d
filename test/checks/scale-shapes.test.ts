import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { isTold, saidOf } from '../experiments/ax10-scales.js';
import { evidenceOf, normals } from './evidence.js';

const ROWS = 20_000;
type Draw = (rows: number, seed: number) => number[];

/** Numbers in (0, 1): the normal's distribution, nearly. */
const shares: Draw = (rows, seed) => normals(rows, seed).map((x) => (1 + Math.tanh(0.8 * x)) / 2);
const exponential: Draw = (rows, seed) => shares(rows, seed).map((u) => -Math.log(1 - u + 1e-12));
const heavy: Draw = (rows, seed) => normals(rows, seed).map((x) => Math.exp(2 * x));
const off: Draw = (rows, seed) => normals(rows, seed, { mean: 0.3 });
const zeros =
  (tenths: number): Draw =>
  (rows, seed) =>
    normals(rows, seed).map((x, row) => (row % 10 < tenths ? 0 : Math.exp(x)));

const windowOf = (before: Draw, now: Draw, rows = ROWS) =>
  evidenceOf({ x: before(ROWS, 1) }, { x: now(rows, 2) });
const times =
  (draw: Draw, factor: number): Draw =>
  (rows, seed) =>
    draw(rows, seed).map((x) => factor * x);

describe('a factor is found down as up, though all values then lie in few cells or beyond them', () => {
  test.each<[string, Draw]>([
    ['exponential', exponential],
    ['uniform', shares],
    ['around 0', normals],
    ['mostly above 0', off],
    ['six in ten are 0', zeros(6)],
    ['a heavy tail', heavy],
  ])('%s', (name, draw) => {
    // of a heavy tail 20,000 rows do not know the mean well enough for ten
    const factors = name === 'a heavy tail' ? [0.001, 0.01, 100, 1000] : [0.001, 0.01, 10, 1000];
    const told = factors.map((factor) => isTold(windowOf(draw, times(draw, factor))));
    expect(told).toEqual(factors.map(() => true));
  });
  test('where the median is 0 the outer decile is told', () => {
    const check = checkNamed('scale_change');
    const found = check.measure(windowOf(normals, times(normals, 10)), 'x', check.defaults);
    const none = { low: null, high: null, interval: null, pValue: null };
    expect(check.say({ ...found, ...none }, 'x')).toMatch(
      /^x: scale; its values are 10 times what they were: 90 % quantile 1\.\d+ → above 3\.\d+; /,
    );
  });
});

describe('what is no factor is none, whatever lies about 0', () => {
  const some =
    (every: number, factor: number, draw: Draw): Draw =>
    (rows, seed) =>
      draw(rows, seed).map((x, row) => (row % every === 0 ? factor * x : x));
  const plus =
    (step: number, draw: Draw): Draw =>
    (rows, seed) =>
      draw(rows, seed).map((x) => x + step);
  test.each<[string, Draw, Draw]>([
    ['a wider spread about 0', normals, times(normals, 1.609344)],
    ['a step from 0', normals, plus(9.95, normals)],
    ['a step from near 0', off, plus(9, off)],
    ['one in a hundred is a hundred times', normals, some(100, 100, normals)],
    ['half are ten times', normals, some(2, 10, normals)],
    ['fewer zeros', zeros(6), zeros(2)],
    ['more zeros', zeros(6), zeros(9)],
    ['a heavier tail', heavy, (rows, seed) => normals(rows, seed).map((x) => Math.exp(2.6 * x))],
    ['a thousand times in the tail', heavy, some(20, 1000, heavy)],
    ['another shape near 0', exponential, (rows, seed) => shares(rows, seed).map((u) => 0.02 * u)],
    ['squares', exponential, (rows, seed) => exponential(rows, seed).map((x) => x * x)],
    ['nothing', heavy, heavy],
  ])('%s', (_, before, now) => {
    for (const rows of [300, 2000, ROWS]) expect(isTold(windowOf(before, now, rows))).toBe(false);
  });
  test('and what stayed is ok, also in columns that are mostly 0 or have a heavy tail', () => {
    for (const draw of [zeros(6), zeros(10), heavy, exponential]) {
      expect(saidOf(windowOf(draw, draw))).toBe('ok');
    }
  });
});
