import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { DAY, END, evidenceOf, normals, outcomesOf, windowEnding } from './evidence.js';
import type { Value } from './evidence.js';

const training = normals(5000, 1);

/** 28 live days of the same kind, and one more. */
function live(valuesOf: (seed: number) => Value[], now: Value[]): Evidence {
  const periods = Array.from({ length: 28 }, (_, k): Profile => {
    const window = windowEnding(END - (28 - k) * DAY);
    const values = valuesOf(100 + k);
    return evidenceOf({ x: training }, { x: values }, { profile: { window } }).current;
  });
  return evidenceOf({ x: training }, { x: now }, { periods, usual: 'live', earlier: periods });
}
const measure = (check: string, evidence: Evidence, target = 'x') =>
  checkNamed(check).measure(evidence, target, checkNamed(check).defaults);
const gappy = (missing: number, seed: number): Value[] => [
  ...new Array<null>(missing).fill(null),
  ...normals(1000 - missing, seed),
];

describe('what is off from the start', () => {
  const off = (seed: number) => normals(1000, seed, { mean: 0.8 });
  test('is no drift once it is usual, and stays a skew', () => {
    const evidence = live(off, off(7));
    expect(measure('psi', evidence).pValue).toBeGreaterThan(0.05);
    const skew = measure('skew', evidence);
    expect(skew.value).toBeGreaterThan(0.25);
    expect(skew.pValue).toBeLessThan(1e-6);
    expect(checkNamed('skew').say(skew, 'x')).toMatch(
      /^x differs \(PSI .*; against what the model learnt from\.$/,
    );
  });
  test('a column as in training has no skew', () => {
    const alike = live((seed) => normals(1000, seed), normals(1000, 7));
    expect(measure('skew', alike).pValue).toBeGreaterThan(0.05);
    expect(checkNamed('skew').say(measure('skew', alike), 'x')).toMatch(/^x is alike \(PSI/);
  });
  test('values that are missing as often as usual are no news, and more of them are', () => {
    const significant = (found: ReturnType<typeof measure>) =>
      checkNamed('missing').significant?.(found, 'warn');
    const [same, more] = [gappy(50, 7), gappy(200, 7)].map((now) =>
      measure(
        'missing',
        live((seed) => gappy(50, seed), now),
      ),
    );
    if (same === undefined || more === undefined) throw new Error('two readings');
    expect(same.value).toBeCloseTo(0, 12);
    expect(significant(same)).toBe(false);
    expect(significant(more)).toBe(true);
    expect(checkNamed('missing').say(more, 'x')).toBe(
      'x: 20 % of its values are missing, usually 5 % (against 28 usual days (short history)).',
    );
  });
  test('what training had and nobody has at prediction stays broken', () => {
    const found = measure(
      'missing',
      live((seed) => gappy(700, seed), gappy(700, 7)),
    );
    expect(found.hard).toBe('unavailable at prediction');
  });
});

describe('the number of predictions', () => {
  const scored = (rows: number, without: number) =>
    outcomesOf(
      Array.from({ length: rows }, (_, k) =>
        k < without ? { label: '' } : { score: (k % 100) / 100, label: '' },
      ),
    );
  const day = (rows: number, without: number, k = 0): Profile => {
    const window = windowEnding(END - k * DAY);
    const profile = { rows, outcomes: scored(rows, without), window };
    return evidenceOf({ x: [1] }, { x: [1] }, { profile }).current;
  };
  const earlier = Array.from({ length: 20 }, (_, k) => day(1000, k % 3, 20 - k));
  const at = (rows: number, without: number, target: string) => {
    const given = evidenceOf({ x: [1] }, { x: [1] }, { earlier });
    return measure('volume', { ...given, current: day(rows, without) }, target);
  };
  test('half of the rows without a prediction are half of the predictions', () => {
    const found = at(1000, 500, 'predictions');
    expect(found.value).toBeCloseTo(-0.5, 2);
    expect(found.pValue).toBeLessThan(1e-6);
    expect(checkNamed('volume').say(found, 'predictions')).toMatch(
      /^500 predictions, 50 % fewer than the usual 999 \(20 windows, p < 1e-4\)\.$/,
    );
    expect(at(1000, 500, 'rows').pValue).toBeGreaterThan(0.9);
  });
  test('fewer rows are news of the rows alone', () => {
    expect(at(100, 0, 'rows').pValue).toBeLessThan(1e-6);
    expect(Math.abs(at(100, 0, 'predictions').value ?? 1)).toBeLessThan(0.01);
  });
  test('rows of which none has a prediction are hard', () => {
    const found = at(1000, 1000, 'predictions');
    expect(found.hard).toBe('no predictions');
    expect(checkNamed('volume').say(found, 'predictions')).toBe(
      'None of the 1000 rows has a prediction.',
    );
  });
  test('where nobody counts predictions there is nothing to say', () => {
    const given = evidenceOf({ x: [1] }, { x: [1] });
    expect(measure('volume', given, 'predictions').reason).toBe('not_applicable');
  });
});
