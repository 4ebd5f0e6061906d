import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auc, hanleyMcNeil } from '../../stats/auc.js';
import { fisherExact } from '../../stats/fisher.js';
import { meanInterval, newcombe, wilson } from '../../stats/intervals.js';
import { ksBounds, ksStatistic, tally } from '../../stats/ks.js';
import { adjusted, discoveries } from '../../stats/multiple.js';
import { estimatePsi, psi } from '../../stats/psi.js';
import { needsShared, sharedJson, sharedMissing } from '../support/shared-data.js';

interface Vectors {
  fisher: [number, number, number, number, number][];
  wilson: [number, number, number, number][];
  newcombe: [number, number, number, number, number, number][];
  psi: [number[], number[], number][];
  bh: [number[], number, boolean[]][];
}
const vectors = sharedJson<Vectors>('golden/stat-vectors.json', {
  fisher: [[NaN, NaN, NaN, NaN, NaN]],
  wilson: [[NaN, NaN, NaN, NaN]],
  newcombe: [[NaN, NaN, NaN, NaN, NaN, NaN]],
  psi: [[[], [], NaN]],
  bh: [[[], NaN, []]],
});
const title = needsShared('the vectors computed with scipy and numpy');

function expectClose(actual: number, wanted: number): void {
  const scale = Math.max(Math.abs(wanted), 1e-12);
  expect(Math.abs(actual - wanted) / scale, `${actual} against ${wanted}`).toBeLessThan(1e-10);
}

describe.skipIf(sharedMissing !== null)(title, () => {
  test.each(vectors.fisher)('fisher [[%d, %d], [%d, %d]], greater', (a, b, c, d, wanted) => {
    expectClose(fisherExact({ a, b, c, d }, 'greater'), wanted);
  });
  test.each(vectors.wilson)('wilson %d of %d', (hits, n, low, high) => {
    const interval = wilson({ hits, n }, 1.96);
    expectClose(interval.low, low);
    expectClose(interval.high, high);
  });
  test.each(vectors.newcombe)('newcombe %d of %d less %d of %d', (...row) => {
    const [hits, n, otherHits, otherN, low, high] = row;
    const interval = newcombe({ hits, n }, { hits: otherHits, n: otherN }, 1.96);
    expectClose(interval.low, low);
    expectClose(interval.high, high);
  });
  test.each(vectors.psi)('psi of counts with a half added', (current, reference, wanted) => {
    expectClose(psi(current, reference), wanted);
  });
  test.each(vectors.bh)('Benjamini-Hochberg', (pValues, q, wanted) => {
    expect(discoveries(pValues, q)).toEqual(wanted);
  });
});

describe('multiple testing', () => {
  test('tied p-values share one answer', () => {
    // m = 4, q = 0.08: bounds 0.02, 0.04, 0.06, 0.08; three ties at 0.05 pass at place 3
    expect(discoveries([0.05, 0.05, 0.9, 0.05], 0.08)).toEqual([true, true, false, true]);
  });
  test('the strict variant does not reject at the bound itself', () => {
    const ties = new Array<number>(1000).fill(0.05);
    expect(discoveries(ties, 0.05).every(Boolean)).toBe(true);
    expect(discoveries(ties, 0.05, 'strict').some(Boolean)).toBe(false);
  });
  test('nothing in gives nothing out', () => {
    expect(discoveries([], 0.05)).toEqual([]);
    expect(adjusted([])).toEqual([]);
  });
  test('discoveries are monotone in p and in q, and agree with the adjusted p-values', () => {
    const list = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
    const rate = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(list, rate, (pValues, q) => {
        const found = discoveries(pValues, q);
        const more = discoveries(pValues, q * 1.5);
        const fitted = adjusted(pValues);
        pValues.forEach((p, i) => {
          if (found[i] === true) expect(more[i]).toBe(true);
          pValues.forEach((other, j) => {
            if (found[i] === true && other <= p) expect(found[j]).toBe(true);
          });
          if (Math.abs((fitted[i] ?? 0) - q) > 1e-12) expect(found[i]).toBe((fitted[i] ?? 1) <= q);
        });
      }),
    );
  });
});

describe('intervals', () => {
  test('no trials say nothing: 0 to 1', () => {
    expect(wilson({ hits: 0, n: 0 })).toEqual({ low: 0, high: 1 });
  });
  test('wilson holds the share and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (a, b) => {
        const share = { hits: Math.min(a, b), n: Math.max(a, b, 1) };
        const { low, high } = wilson(share);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(share.hits / share.n);
        expect(high).toBeGreaterThanOrEqual(share.hits / share.n);
      }),
    );
  });
  test('newcombe turns its sign with its sides', () => {
    const there = newcombe({ hits: 3, n: 10 }, { hits: 14, n: 950 });
    const back = newcombe({ hits: 14, n: 950 }, { hits: 3, n: 10 });
    expect(back.low).toBeCloseTo(-there.high, 14);
    expect(back.high).toBeCloseTo(-there.low, 14);
  });
  test('the mean of 1, 2, 3, 4 has the standard error sqrt(5/12)', () => {
    const interval = meanInterval({ n: 4, sum: 10, squares: 30 });
    expect(interval?.mean).toBe(2.5);
    expect(interval?.standardError).toBeCloseTo(Math.sqrt(5 / 12), 14);
    expect(meanInterval({ n: 1, sum: 1, squares: 1 })).toBeNull();
  });
});

describe('psi', () => {
  const side = fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 });
  test('two bins that swap a tenth of the rows have the hand-computed value', () => {
    // smoothed shares 600.5/1001 and 400.5/1001 against 500.5/1001 each
    const [p, q, half] = [600.5 / 1001, 400.5 / 1001, 0.5];
    const wanted = (p - half) * Math.log(p / half) + (q - half) * Math.log(q / half);
    expect(psi([600, 400], [500, 500])).toBeCloseTo(wanted, 14);
  });
  test('psi is never negative and equal both ways round', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        expect(psi(a, b)).toBeGreaterThanOrEqual(0);
        expect(psi(a, b)).toBeCloseTo(psi(b, a), 12);
        expect(psi(a, a)).toBe(0);
      }),
    );
  });
  test('the estimate takes off what chance adds and its interval holds the adjusted value', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const current = a.map((count) => count + 20);
        const reference = b.map((count) => count + 20);
        const found = estimatePsi(current, reference, 0.01);
        expect(found.adjusted).toBeLessThanOrEqual(found.raw);
        expect(found.low).toBeLessThanOrEqual(found.adjusted + 1e-9);
        expect(found.high).toBeGreaterThanOrEqual(found.adjusted - 1e-9);
        expect(found.pValue).toBeGreaterThanOrEqual(0);
        expect(found.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });
  test('the interval is continuous where the normal approximation takes over', () => {
    // T just under and over 400: n = m = 2000, s = 0.001
    const at = (moved: number) => estimatePsi([1000 + moved, 1000 - moved], [1000, 1000], 0.01);
    const [under, over] = [at(585), at(600)];
    expect(under.raw).toBeLessThan(0.4);
    expect(over.raw).toBeGreaterThan(0.4);
    expect(over.low / under.low).toBeGreaterThan(1);
    expect(over.low / under.low).toBeLessThan(1.1);
    expect(over.high / under.high).toBeLessThan(1.1);
  });
});

describe('Kolmogorov-Smirnov', () => {
  test('two shifted runs of numbers differ by the hand-counted share', () => {
    // F(2) = 1/2 while G(2) = 0
    expect(ksStatistic(tally([1, 2, 3, 4]), tally([3, 4, 5, 6]))).toBe(0.5);
    expect(ksStatistic(tally([]), tally([1]))).toBeNaN();
  });
  test('the bounds hold the exact value, and atoms make them tight', () => {
    // values of 0 to 3 by tenths; 1.5 is heavy
    const value = fc.oneof(
      fc.integer({ min: 0, max: 30 }).map((x) => x / 10),
      fc.constant(1.5),
    );
    const column = fc.array(value, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(column, column, (a, b) => {
        const loose = (side: number[]) =>
          Float64Array.from(
            [0, 1, 2, 3],
            (k) => side.filter((x) => Math.floor(x) === k && x !== 1.5).length,
          );
        const heavy = (side: number[]) => side.filter((x) => x === 1.5).length;
        const { low, high } = ksBounds({
          loose: [loose(a), loose(b)],
          atoms: new Map([[1, [[heavy(a), heavy(b)] as const]]]),
        });
        const exact = ksStatistic(tally(a), tally(b));
        expect(low).toBeLessThanOrEqual(exact + 1e-12);
        expect(high).toBeGreaterThanOrEqual(exact - 1e-12);
      }),
    );
  });
  test('cells of atoms alone give the exact value', () => {
    const atoms = new Map([
      [0, [[6, 2] as const]],
      [1, [[4, 8] as const]],
    ]);
    const { low, high, at } = ksBounds({
      loose: [new Float64Array(2), new Float64Array(2)],
      atoms,
    });
    expect(low).toBeCloseTo(0.4, 14);
    expect(high).toBe(low);
    expect(at).toBe(0);
  });
});

describe('AUC', () => {
  test('a tie counts half and bounds what binning can hide', () => {
    // pairs: (pos 2 > neg 1) and (pos 2 = neg 2)
    const result = auc({ positives: [0, 1], negatives: [1, 1] });
    expect(result.value).toBe(0.75);
    expect(result.bound).toBe(0.25);
  });
  test('one class alone has no AUC', () => {
    expect(auc({ positives: [3], negatives: [0] }).value).toBeNull();
  });
  test('the standard error is Hanley and McNeil written out', () => {
    const [a, p, n] = [0.8, 50, 200];
    const spread =
      a * (1 - a) + (p - 1) * (a / (2 - a) - a * a) + (n - 1) * ((2 * a * a) / (1 + a) - a * a);
    expect(hanleyMcNeil(a, p, n)).toBeCloseTo(Math.sqrt(spread / (p * n)), 14);
  });
});
