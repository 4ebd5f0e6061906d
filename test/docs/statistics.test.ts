import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { HALF, psi, psiOfShares, shares, type Smoothing } from '../../stats/psi.js';
import { evidenceOf } from '../checks/evidence.js';
import { needsShared, sharedJson, sharedMissing } from '../support/shared-data.js';

const page = readFileSync('docs/statistics.md', 'utf8');
const { cases } = sharedJson<{
  cases: { id: string; reference: number[]; current: number[]; recomputed?: number }[];
}>('golden/golden-cases.json', { cases: [] });
/** A published example: 100 values of a normal distribution, and 100 of a shifted, wider one. */
const example = cases.find(({ id }) => id === 'frouros-psi-diff');
const [before, now] = [example?.reference ?? [], example?.current ?? []];

/** Rows between edges; the last bin holds its upper end too. */
const rowsIn = (values: readonly number[], edges: readonly number[]): number[] =>
  edges.slice(1).map((to, k) => {
    const from = edges[k] ?? NaN;
    const isLast = k === edges.length - 2;
    return values.filter((x) => x >= from && (x < to || (isLast && x <= to))).length;
  });
const equal = (low: number, high: number): number[] =>
  Array.from({ length: 11 }, (_, k) => (k === 10 ? high : low + (k * (high - low)) / 10));

const title = needsShared('one column, five values of PSI, as the page has them');

describe.skipIf(sharedMissing !== null)(title, () => {
  const measured = checkNamed('psi').measure(evidenceOf({ x: before }, { x: now }), 'x', {
    ...checkNamed('psi').defaults,
  });
  const sorted = [...before].sort((a, b) => a - b);
  const inner = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => {
    const place = (k / 10) * (sorted.length - 1);
    const [low = NaN, high = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low + (high - low) * (place - Math.floor(place));
  });
  const deciles = [-Infinity, ...inner, Infinity];
  const pooled = equal(Math.min(...before, ...now), Math.max(...before, ...now));
  const tiny: Smoothing = { kind: 'zero', share: 2.2250738585072014e-308 };
  const filled: Smoothing = { kind: 'zero', share: 0.0001 };
  const byDecile = [rowsIn(now, deciles), rowsIn(before, deciles)] as const;
  const byWidth = [rowsIn(now, pooled), rowsIn(before, pooled)] as const;

  const values: [string, unknown][] = [
    ['`psi` of Aftercare', measured.value],
    ['the same before the correction', measured.details['raw']],
    [
      'deciles of the reference, open at both ends, 0.0001 for an empty bin',
      psi(...byDecile, filled),
    ],
    ['ten equal bins over both samples, half a row in each', psi(...byWidth, HALF)],
    ['the same bins, the smallest number there is for an empty bin', psi(...byWidth, tiny)],
  ];
  test.each(values)('%s', (name, value) => {
    expect(page).toContain(`| ${name} | ${Number(value).toFixed(3)} |`);
  });

  test('the last one is the published value', () => {
    expect(psi(...byWidth, tiny)).toBeCloseTo(example?.recomputed ?? NaN, 9);
    const [p, q] = byWidth.map((rows) => shares(rows, tiny));
    expect(psiOfShares(p ?? [], q ?? [])).toBeCloseTo(example?.recomputed ?? NaN, 9);
  });
});
