import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cholesky, solve } from '../../stats/cholesky.js';
import { chance, curvature, design, logOdds } from '../../stats/logistic.js';
import { fit } from '../../stats/logistic-fit.js';
import { mixAndRate } from '../../stats/mix.js';
import type { Cell, Losses } from '../../stats/mix.js';
import { separability } from '../../stats/separability.js';
import { sharedDecomposition, sharedWeights } from '../../stats/shared-weights.js';
import { guiltySlices } from '../../stats/slices.js';
import type { CellTable } from '../../stats/slices.js';
import { chances } from './chance.js';
import { expectClose } from './close.js';

describe('mix and rate', () => {
  const cell = (n: number, errors: number, nNow: number, errorsNow: number): Cell => ({
    reference: { n, sum: errors },
    current: { n: nNow, sum: errorsNow },
  });

  test('other shares alone are mix: half a cell of rate 0.1 moves to one of rate 0.3', () => {
    const found = mixAndRate([cell(100, 10, 50, 5), cell(100, 30, 150, 45)]);
    // shares 0.5, 0.5 → 0.25, 0.75: -0.25 · 0.1 + 0.25 · 0.3
    expectClose(found?.mix.value ?? NaN, 0.05);
    expectClose(found?.rate.value ?? NaN, 0);
  });

  test('another loss alone is rate', () => {
    const found = mixAndRate([cell(100, 10, 200, 60), cell(100, 30, 200, 60)]);
    expectClose(found?.rate.value ?? NaN, 0.5 * 0.2);
    expectClose(found?.mix.value ?? NaN, 0);
  });

  test('a cell that is new is mix, at its own loss', () => {
    const found = mixAndRate([cell(100, 10, 50, 5), cell(0, 0, 50, 25)]);
    expectClose(found?.rate.value ?? NaN, 0);
    expectClose(found?.mix.value ?? NaN, 0.3 - 0.1);
  });

  const losses = fc
    .tuple(fc.integer({ min: 0, max: 300 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([n, rate]) => ({ n, sum: Math.round(n * rate) }));
  const cells = fc
    .array(fc.record({ reference: losses, current: losses }), { minLength: 1, maxLength: 8 })
    .filter(
      (list) =>
        list.some(({ reference }) => reference.n > 0) && list.some(({ current }) => current.n > 0),
    );

  test('the parts add up to the change of the mean, in whatever order the cells come', () => {
    fc.assert(
      fc.property(cells, (list) => {
        const found = mixAndRate(list);
        const mean = (side: 'reference' | 'current') =>
          list.reduce((sum, one) => sum + one[side].sum, 0) /
          list.reduce((sum, one) => sum + one[side].n, 0);
        expect(found?.total).toBeCloseTo(mean('current') - mean('reference'), 12);
        const sums = { mix: 0, rate: 0 };
        for (const one of found?.cells ?? []) {
          sums.mix += one.mix;
          sums.rate += one.rate;
        }
        expect(sums.mix).toBeCloseTo(found?.mix.value ?? NaN, 12);
        expect(sums.rate).toBeCloseTo(found?.rate.value ?? NaN, 12);
        const turned = mixAndRate([...list].reverse());
        expect(turned?.mix.value).toBeCloseTo(found?.mix.value ?? NaN, 12);
        expect(turned?.rate.standardError).toBeCloseTo(found?.rate.standardError ?? NaN, 12);
      }),
    );
  });

  test('the intervals hold the truth about 95 times in 100', () => {
    const next = chances(31);
    // shares 0.5, 0.5 → 0.4, 0.6; rates 0.1, 0.3 → 0.15, 0.3
    const truth = { mix: -0.1 * 0.125 + 0.1 * 0.3, rate: 0.45 * 0.05 };
    const held = { mix: 0, rate: 0 };
    for (let run = 0; run < 400; run++) {
      const count = (share: number, rates: readonly [number, number]) => {
        const sides: [Losses, Losses] = [
          { n: 0, sum: 0 },
          { n: 0, sum: 0 },
        ];
        for (let row = 0; row < 1000; row++) {
          const at = next() < share ? 0 : 1;
          sides[at].n += 1;
          if (next() < rates[at]) sides[at].sum += 1;
        }
        return sides;
      };
      const before = count(0.5, [0.1, 0.3]);
      const now = count(0.4, [0.15, 0.3]);
      const found = mixAndRate([
        { reference: before[0], current: now[0] },
        { reference: before[1], current: now[1] },
      ]);
      for (const part of ['mix', 'rate'] as const) {
        const { low = NaN, high = NaN } = found?.[part] ?? {};
        if (low <= truth[part] && truth[part] <= high) held[part] += 1;
      }
    }
    // 380 of 400 with a standard deviation of 4.4
    for (const count of [held.mix, held.rate]) {
      expect(count).toBeGreaterThan(380 - 14);
      expect(count).toBeLessThan(380 + 14);
    }
  });

  test('a side without rows cannot be decomposed', () => {
    expect(mixAndRate([cell(10, 1, 0, 0)])).toBeNull();
  });
});

describe('solving by Cholesky', () => {
  test('gives the solution of three equations', () => {
    // x = (1, -2, 3)
    const cells = Float64Array.from([4, 2, 0, 2, 5, 1, 0, 1, 3]);
    const x = solve(cholesky({ size: 3, cells }), Float64Array.from([0, -5, 7]));
    [1, -2, 3].forEach((wanted, k) => expectClose(x[k] ?? NaN, wanted));
  });
  test('leaves out an equation that repeats another', () => {
    const cells = Float64Array.from([4, 4, 4, 4]);
    expect([...solve(cholesky({ size: 2, cells }), Float64Array.from([8, 8]))]).toEqual([2, 0]);
  });
});

/** Rows of `width` features of four bins each; `tilt` moves current rows of feature 0 upwards. */
function codedRows(
  seed: number,
  { rows, width, tilt }: { rows: number; width: number; tilt: number },
) {
  const next = chances(seed);
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1 : 0));
  const features = Array.from({ length: width }, (_, feature) =>
    Int32Array.from(labels, (label) => {
      const moved = feature === 0 && label === 1 ? tilt : 0;
      return Math.min(3, Math.floor(4 * (next() * (1 - moved) + moved)));
    }),
  );
  const hashes = Uint32Array.from({ length: rows }, () => Math.floor(next() * 4_294_967_296));
  return { features, levels: features.map(() => 4), labels, hashes };
}

describe('telling two sides apart', () => {
  test('equal sides are not told apart: p-values are spread evenly and the AUC is about 0.5', () => {
    const found = Array.from({ length: 60 }, (_, run) =>
      separability(codedRows(100 + run, { rows: 400, width: 6, tilt: 0 })),
    );
    const mean = found.reduce((sum, { auc }) => sum + (auc ?? NaN), 0) / found.length;
    // one AUC has a standard deviation of about 0.03
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
    const below = (level: number) => found.filter(({ pValue }) => pValue < level).length / 60;
    expect(below(0.5)).toBeGreaterThan(0.3);
    expect(below(0.5)).toBeLessThan(0.7);
    expect(below(0.05)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 60));
  });

  test('a moved feature is found, named, and scored as the best rule can', () => {
    const { auc, pValue, contributions, low, high } = separability(
      codedRows(7, { rows: 4000, width: 5, tilt: 0.25 }),
    );
    // current rows never fall into bin 0, a third into each other one; a reference row loses with
    // bin 0 (1/4) and ties otherwise (3/4)
    const best = 0.25 + 0.75 / 2;
    expect(Math.abs((auc ?? NaN) - best)).toBeLessThan(0.02);
    expect(low).toBeLessThan(best);
    expect(high).toBeGreaterThan(best);
    expect(pValue).toBeLessThan(1e-10);
    const strongest = contributions.indexOf(Math.max(...contributions));
    expect(strongest).toBe(0);
    contributions
      .slice(1)
      .forEach((part) => expect(Math.abs(part)).toBeLessThan(0.05 * (contributions[0] ?? NaN)));
  });

  test('the chances are those of the counts when one feature is all there is', () => {
    // bins hold 300 + 100, 200 + 200 and 100 + 300 rows
    const counts = [
      [300, 100],
      [200, 200],
      [100, 300],
    ] as const;
    const rows = counts.flatMap(([reference, current], bin) => [
      ...Array.from({ length: reference }, () => ({ bin, label: 0 })),
      ...Array.from({ length: current }, () => ({ bin, label: 1 })),
    ]);
    const { held } = separability(
      {
        features: [rows.map(({ bin }) => bin)],
        levels: [3],
        labels: rows.map(({ label }) => label),
        // a multiplier that is no multiple of 5 leaves every fold a fifth of each bin
        hashes: rows.map((_, row) => row),
      },
      { ridge: 1e-6 },
    );
    rows.forEach(({ bin }, row) => {
      const [reference = 0, current = 0] = counts[bin] ?? [];
      expect(held[row]).toBeCloseTo(current / (reference + current), 2);
    });
  });

  test('the fit is the likeliest one: what each column misses is what its ridge holds back', () => {
    const next = chances(51);
    const rows = Array.from({ length: 2000 }, () => [
      Math.floor(3 * next()),
      Math.floor(3 * next()),
    ]);
    // far from even, so that one step is not enough
    const labels = rows.map(([a = 0, b = 0]) =>
      next() < ([0.003, 0.4, 0.99][a] ?? 0) * (1 - b / 9) ? 1 : 0,
    );
    const table = design({
      features: [rows.map(([a = 0]) => a), rows.map(([, b = 0]) => b)],
      levels: [3, 3],
    });
    const train = Int32Array.from(rows, (_, row) => row);
    const weights = fit({ design: table, labels, train, ridge: 1 }, curvature(table, 1));
    const missed = Array.from(weights, (weight, column) => (column === 0 ? 0 : -weight));
    rows.forEach(([a = 0, b = 0], row) => {
      const gap = (labels[row] ?? 0) - chance(logOdds(table, weights, row));
      for (const column of [0, 1 + a, 4 + b]) missed[column] = (missed[column] ?? 0) + gap;
    });
    // rows, of about 700 in each column; after one step it would be 11
    for (const gap of missed) expect(Math.abs(gap)).toBeLessThan(2);
  });

  test('the same rows give the same answer; the order of rows and bins does not matter', () => {
    const rows = codedRows(8, { rows: 600, width: 3, tilt: 0.1 });
    const once = separability(rows);
    expect(separability(rows)).toEqual(once);
    const turned = <T>(list: ArrayLike<T>): T[] => Array.from(list).reverse();
    const back = separability({
      features: rows.features.map((codes) => turned(codes).map((code) => 3 - code)),
      levels: rows.levels,
      labels: turned(rows.labels),
      hashes: turned(rows.hashes),
    });
    expect(back.auc).toBeCloseTo(once.auc ?? NaN, 3);
  });

  test('a code beyond its levels is refused by name', () => {
    expect(() =>
      separability({ features: [[0, 3]], levels: [3], labels: [0, 1], hashes: [0, 1] }),
    ).toThrow('feature 0, row 1: code 3, expected a whole number from 0 to 2');
  });

  test('one side alone has no AUC', () => {
    const { auc } = separability({
      features: [[0, 1]],
      levels: [2],
      labels: [1, 1],
      hashes: [0, 1],
    });
    expect(auc).toBeNull();
  });
});

describe('the distribution that both sides share', () => {
  test('weights are those of the shares of each bin', () => {
    // 300 of 400 reference rows and 50 of 100 current ones in a bin: p = 0.75, q = 0.5
    const chance = 50 / 350;
    const [ofReference, ofCurrent] = sharedWeights({
      chances: [chance, chance, ...new Array<number>(498).fill(0.5)],
      labels: [0, 1, ...new Array<number>(399).fill(0), ...new Array<number>(99).fill(1)],
    });
    // q / (p + q) and p / (p + q)
    expectClose(ofReference ?? NaN, 0.5 / 1.25);
    expectClose(ofCurrent ?? NaN, 0.75 / 1.25);
  });

  const rows = (tilt: number, rise: number) => {
    const next = chances(41);
    const list = Array.from({ length: 8000 }, (_, row) => {
      const label = row % 2;
      const hard = next() < (label === 1 ? 0.5 + tilt : 0.5);
      const rate = (hard ? 0.4 : 0.1) + (label === 1 ? rise : 0);
      const share = hard ? 0.5 + tilt : 0.5 - tilt;
      return { label, loss: next() < rate ? 1 : 0, chance: share / (share + 0.5) };
    });
    return {
      chances: list.map(({ chance }) => chance),
      labels: list.map(({ label }) => label),
      losses: list.map(({ loss }) => loss),
    };
  };

  test('what changed in the outcome alone is in the outcome, what moved alone is not', () => {
    const concept = sharedDecomposition(rows(0, 0.1));
    expect(concept?.outcome).toBeCloseTo(concept?.total ?? NaN, 6);
    const moved = sharedDecomposition(rows(0.3, 0));
    expect(Math.abs(moved?.outcome ?? NaN)).toBeLessThan(0.03);
    expect(moved?.total).toBeGreaterThan(0.06);
    for (const found of [concept, moved]) {
      const { towardsShared = NaN, outcome = NaN, fromShared = NaN } = found ?? {};
      expect(towardsShared + outcome + fromShared).toBeCloseTo(found?.total ?? NaN, 12);
    }
  });

  test('sides that share nothing cannot be compared', () => {
    const apart = { chances: [0, 1], labels: [0, 1], losses: [0, 1] };
    expect(sharedDecomposition(apart)).toBeNull();
  });
});

/** Rows with features of five bins; errors 10 %, in bin 2 of feature 3 of the current rows more. */
function tableOf(seed: number, { rows, rise }: { rows: number; rise: number }): CellTable {
  const next = chances(seed);
  const width = 10;
  const cells = Array.from({ length: 2 * rows }, (_, row) => {
    const now = row < rows;
    const codes = Array.from({ length: width }, () => Math.floor(5 * next()));
    const rate = 0.1 + (now && codes[3] === 2 ? rise : 0);
    return { now, codes, error: next() < rate ? 1 : 0 };
  });
  const side = (now: boolean) => ({
    n: cells.map((one) => (one.now === now ? 1 : 0)),
    errors: cells.map((one) => (one.now === now ? one.error : 0)),
  });
  return {
    features: Array.from({ length: width }, (_, f) => cells.map(({ codes }) => codes[f] ?? 0)),
    reference: side(false),
    current: side(true),
  };
}

describe('guilty slices', () => {
  test('the one guilty slice is found, and innocent ones are left alone', () => {
    let [guilty, innocent] = [0, 0];
    for (let run = 0; run < 30; run++) {
      for (const { terms } of guiltySlices(tableOf(200 + run, { rows: 2000, rise: 0.15 }))) {
        const isGuilty = terms.length === 1 && terms[0]?.feature === 3 && terms[0].code === 2;
        if (isGuilty) guilty += 1;
        else innocent += 1;
      }
    }
    expect(guilty).toBeGreaterThanOrEqual(27);
    expect(innocent).toBeLessThanOrEqual(4);
  });

  test('its figures are those of its rows', () => {
    const table: CellTable = {
      features: [[0, 1]],
      reference: { n: [100, 900], errors: [10, 90] },
      current: { n: [100, 900], errors: [40, 90] },
    };
    const [found] = guiltySlices(table);
    expect(found).toMatchObject({
      terms: [{ feature: 0, code: 0 }],
      reference: { n: 100, rate: 0.1 },
      current: { n: 100, rate: 0.4 },
    });
    // all 30 errors more are its own
    expectClose(found?.excess ?? NaN, 0.3);
    expectClose(found?.share ?? NaN, 1);
    const rate = (errors: number, n: number) => (errors + 0.5) / (n + 1);
    const spread = (p: number, n: number) => (p * (1 - p)) / n;
    // nothing rose elsewhere: alike, the 50 errors inside are those of 200 rows
    const asSeen = spread(rate(40, 100), 100) + spread(rate(10, 100), 100);
    const alike = 2 * spread(rate(50, 200), 100);
    const variance = (asSeen + alike) / 2 + 2 * spread(rate(90, 900), 900);
    expectClose(found?.z ?? NaN, 0.3 / Math.sqrt(variance));
  });

  test('a slice that only overlaps with the guilty one is not blamed after it', () => {
    // feature 1 repeats feature 0 but for a few rows
    const table: CellTable = {
      features: [
        [0, 0, 1, 1],
        [0, 1, 0, 1],
      ],
      reference: { n: [900, 100, 100, 900], errors: [90, 10, 10, 90] },
      current: { n: [900, 100, 100, 900], errors: [360, 40, 10, 90] },
    };
    const found = guiltySlices(table);
    expect(found.map(({ terms }) => terms)).toEqual([[{ feature: 0, code: 0 }]]);
  });

  test('a pair is blamed where neither of its sides is the whole story', () => {
    const table: CellTable = {
      features: [
        [0, 0, 1, 1],
        [0, 1, 0, 1],
      ],
      reference: { n: [1000, 1000, 1000, 1000], errors: [100, 100, 100, 100] },
      current: { n: [1000, 1000, 1000, 1000], errors: [100, 100, 100, 400] },
    };
    expect(guiltySlices(table, { pairsOf: [0, 1] })[0]?.terms).toEqual([
      { feature: 0, code: 1 },
      { feature: 1, code: 1 },
    ]);
  });

  test('a slice whose errors only fell less than elsewhere is not blamed', () => {
    const table: CellTable = {
      features: [[0, 1, 2]],
      reference: { n: [1000, 1000, 1000], errors: [100, 300, 300] },
      current: { n: [1000, 1000, 1000], errors: [600, 295, 100] },
    };
    const found = guiltySlices(table).map(({ terms }) => terms);
    expect(found).toEqual([[{ feature: 0, code: 0 }]]);
  });

  test('errors that did not rise have no guilty slice', () => {
    expect(guiltySlices(tableOf(1, { rows: 500, rise: -0.1 }))).toEqual([]);
  });
});
