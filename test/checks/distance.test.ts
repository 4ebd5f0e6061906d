import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { coarsen } from '../../domain/judging/coarsen.js';
import type { Axis, Counts } from '../../domain/profile.js';
import type { Evidence, Reading } from '../../domain/score.js';
import { binned, chance, evidenceOf, exact, normals, texts } from './evidence.js';
import type { Value } from './evidence.js';

/** n numbers from 0 to 10 with six decimals, the same every time; numpy made them alike. */
const drawn = (seed: number, n: number, shift = 0): number[] => {
  const next = chance(seed);
  return Array.from({ length: n }, () => Number((next() * 10 + shift).toFixed(6)));
};
const before = drawn(1, 400);
const now = drawn(2, 300, 1);
const rowsOf = (counts: readonly number[]) =>
  counts.flatMap((n, index) => new Array<string>(n).fill('abcde'[index] ?? ''));
const cities = { reference: rowsOf([80, 120, 60, 90, 50]), current: rowsOf([30, 50, 70, 40, 10]) };

/** Evidence of one column x, counted value by value. */
function exactly(reference: readonly Value[], current: readonly Value[], axis?: Partial<Axis>) {
  const given = evidenceOf({ x: reference }, { x: current }, axis ? { axes: { x: axis } } : {});
  const swap = (counts: Counts): Record<string, Counts> => ({ x: counts });
  const evidence: Evidence = {
    ...given,
    binning: 'exact',
    current: { ...given.current, columns: swap(exact(current)) },
    reference: given.reference && { ...given.reference, columns: swap(exact(reference)) },
  };
  return evidence;
}
const ask = (name: string, evidence: Evidence, params: object = {}): Reading => {
  const check = checkNamed(name);
  return check.measure(evidence, 'x', { ...check.defaults, ...params });
};
const close = (actual: number | null, wanted: number) => {
  expect(Math.abs((actual ?? NaN) - wanted)).toBeLessThan(1e-9 * Math.max(1, Math.abs(wanted)));
};

describe('counted value by value, each statistic is what scipy 1.17 gives for the raw values', () => {
  // ks_2samp, wasserstein_distance and ttest_ind(equal_var=False) of `now` and `before`
  const numbers = exactly([null, ...before, null], [...now, null]);
  test('ks with its exact p-value', () => {
    close(ask('ks', numbers).value, 0.135);
    close(ask('ks', numbers).pValue, 0.0035356724514065832);
  });
  test('wasserstein, raw and by the standard deviation of the reference', () => {
    close(ask('wasserstein', numbers).value, 0.9660630575);
    close(ask('wasserstein', numbers, { scaled: true }).value, 0.34504849447507424);
  });
  test('the move that wasserstein is told from chance by is that of ks', () => {
    expect(ask('wasserstein', numbers).details['ksPValue']).toBe(ask('ks', numbers).pValue);
  });
  test('ks says that it leaves out what is not finite', () => {
    const odd = exactly([...before, Infinity, NaN], [...now, -Infinity]);
    close(ask('ks', odd).value, 0.135);
    expect(checkNamed('ks').say(ask('ks', odd), 'x')).toContain(', 3 NaN or infinite left out)');
    expect(checkNamed('ks').say(ask('ks', numbers), 'x')).not.toContain('left out');
  });
  test('mean_shift with the p-value of Welch', () => {
    close(ask('mean_shift', numbers).value, 0.34504849447507435);
    close(ask('mean_shift', numbers).pValue, 7.84159450521475e-6);
  });

  // jensenshannon, entropy, chi2_contingency(correction=False), association of the five counts
  const wanted: [string, object, number, number | null][] = [
    ['jensen_shannon', {}, 0.17936036531996305, null],
    ['jensen_shannon', { base: 2 }, 0.21543375403393164, null],
    ['jensen_shannon', { form: 'divergence' }, 0.17936036531996305 ** 2, null],
    ['kl', {}, 0.138450407344281, null],
    ['hellinger', {}, 0.18059867076632505, null],
    ['total_variation', {}, 0.2, null],
    ['l_infinity', {}, 0.2, null],
    ['chi_square', {}, 35.49465240641711, 3.6759830279784163e-7],
    ['chi_square', { form: 'goodness_of_fit' }, 67.05555555555556, 9.489421740403141e-14],
    ['g_test', {}, 34.937795181676364, 4.784043771065465e-7],
    ['g_test', { form: 'goodness_of_fit' }, 55.38016293771242, 2.704470173217629e-11],
    ['cramers_v', {}, 0.2432236707450473, 3.6759830279784163e-7],
  ];
  test.each(wanted)('%s %o', (name, params, value, pValue) => {
    const found = ask(name, exactly([...cities.reference, null], cities.current), params);
    close(found.value, value);
    if (pValue !== null) close(found.pValue, pValue);
    expect(found.nReference).toBe(400);
  });
  test('whole numbers are bins of their own, others keep the bins of the reference', () => {
    const ages = [...new Array<number>(60).fill(1), ...new Array<number>(40).fill(2)];
    const later = [...new Array<number>(30).fill(1), ...new Array<number>(70).fill(3)];
    const whole = exactly(ages, later, { low: 0.5, inverseWidth: 1 });
    // shares 0.6, 0.4, 0 and 0.3, 0, 0.7: half of 0.3 + 0.4 + 0.7
    close(ask('total_variation', whole).value, 0.7);
    const coarse = ask('total_variation', numbers);
    const grid = evidenceOf({ x: [null, ...before, null] }, { x: [...now, null] });
    close(coarse.value, ask('total_variation', grid).value ?? NaN);
  });
});

describe('counted value by value, numbers of more values than there are cells', () => {
  /** 30,000 values of 6,000 different ones over a range of 50,000. */
  const many = (seed: number, scale = 1) => {
    const next = chance(seed);
    return Array.from({ length: 30_000 }, () => (Math.floor(next() ** 2 * 6000) * 8) / scale);
  };
  const wide = (type: string, distinct = 0.2) => ({ low: -1, inverseWidth: 0.08, type, distinct });
  /** Jensen and Shannon's distance over every value of both sides. */
  const jsOf = (a: readonly number[], b: readonly number[]): number => {
    const tally = (all: readonly number[]) => {
      const found = new Map<number, number>();
      for (const value of all) found.set(value, (found.get(value) ?? 0) + 1 / all.length);
      return found;
    };
    const [p, q] = [tally(a), tally(b)];
    let sum = 0;
    for (const value of new Set([...a, ...b])) {
      const [x, y] = [p.get(value) ?? 0, q.get(value) ?? 0];
      for (const side of [x, y]) if (side > 0) sum += (side / 2) * Math.log((2 * side) / (x + y));
    }
    return Math.sqrt(sum);
  };
  const quickly = (values: readonly number[]): Counts => {
    const rows = new Map<number, number>();
    for (const value of values) rows.set(value, (rows.get(value) ?? 0) + 1);
    const n = Float64Array.from(rows.values());
    return { by: { value: [...rows.keys()].map(String) }, sums: { n } };
  };
  const asked = (a: readonly number[], b: readonly number[], axis: Partial<Axis>) => {
    const given = evidenceOf({ x: a }, { x: b }, { axes: { x: axis } });
    const side = (values: readonly number[]) => ({ columns: { x: quickly(values) } });
    return ask('jensen_shannon', {
      ...given,
      binning: 'exact',
      current: { ...given.current, ...side(b) },
      reference: given.reference && { ...given.reference, ...side(a) },
    });
  };
  test.each([
    ['BIGINT', 1],
    ['DECIMAL(18,3)', 1000],
    ['DOUBLE', 100],
  ])('a %s has a bin for every value', (type, scale) => {
    const [a, b] = [many(1, scale), many(2, scale)];
    const found = asked(a, b, wide(type));
    close(found.value, jsOf(a, b));
    expect(found.value).toBeGreaterThan(0.1);
    expect(found.details['why']).toBeUndefined();
  });
  test.each([
    ['DOUBLE', 0.2, 7],
    ['BIGINT', 0.9, 1],
  ])('a %s of which %d are different, or with all its digits, says that it keeps ten', (...of) => {
    const [type, distinct, scale] = of;
    const found = asked(many(1, scale), many(2, scale), wide(type, distinct));
    expect(found.value).toBeLessThan(0.05);
    expect(checkNamed('jensen_shannon').say(found, 'x')).toMatch(
      /\(p .*; in the bins of psi, for few of its values come again\)/,
    );
  });
});

describe('from bins', () => {
  const grid = evidenceOf({ x: normals(5000, 1) }, { x: normals(4000, 2, { mean: 0.3 }) });
  test('wasserstein has bounds that hold the exact value', () => {
    const [a, b] = [normals(5000, 1), normals(4000, 2, { mean: 0.3 })];
    const truth = ask('wasserstein', exactly(a, b)).value ?? NaN;
    const found = ask('wasserstein', grid);
    expect(found.interval).toBe('bounds');
    expect(found.low).toBeLessThanOrEqual(truth + 1e-9);
    expect(found.high).toBeGreaterThanOrEqual(truth - 1e-9);
    expect((found.high ?? 0) - (found.low ?? 0)).toBeLessThan(0.01);
    expect(checkNamed('wasserstein').say(found, 'x')).toMatch(/^x: its values moved by 0\.\d+ on/);
  });
  test('mean_shift tells mean, spread and median of both sides', () => {
    const found = ask('mean_shift', grid);
    expect(found.value).toBeGreaterThan(0.25);
    expect(found.low).toBeLessThan(found.value ?? 0);
    expect(checkNamed('mean_shift').say(found, 'x')).toMatch(
      /mean .* → .*, standard dev.*, median/,
    );
    const down = ask(
      'mean_shift',
      evidenceOf({ x: normals(500, 3) }, { x: normals(500, 4, { mean: -1 }) }),
    );
    expect(down.value).toBeLessThan(-0.8);
  });
  test('every distance names the bins that moved most', () => {
    const sides: [string[], string[]] = [
      texts(1000, { rome: 50, oslo: 50 }),
      texts(1000, { rome: 80, oslo: 20 }),
    ];
    for (const name of [
      'jensen_shannon',
      'kl',
      'hellinger',
      'total_variation',
      'l_infinity',
      'chi_square',
      'g_test',
      'cramers_v',
    ]) {
      const found = ask(name, evidenceOf({ x: sides[0] }, { x: sides[1] }));
      expect(checkNamed(name).say(found, 'city')).toMatch(
        /^city: .*\(p < 1e-4\).*rome 50 % → 80 %/,
      );
      expect(checkNamed(name).significant?.(found, 'alert')).toBe(true);
    }
  });
  test('kl stays finite where the window fills a bin that the reference leaves empty', () => {
    const found = ask(
      'kl',
      evidenceOf({ x: texts(100, { a: 5, b: 5 }) }, { x: texts(100, { a: 5, b: 3, c: 2 }) }),
    );
    // half a row more in each of the three bins
    const [p, q] = [
      [50.5, 30.5, 20.5],
      [50.5, 50.5, 0.5],
    ];
    const kl = p.reduce((sum, n, bin) => sum + (n / 101.5) * Math.log(n / (q[bin] ?? NaN)), 0);
    close(found.value, kl);
  });
  test('missing values count in none of them', () => {
    const half = [...normals(500, 5), ...new Array<null>(500).fill(null)];
    for (const name of ['jensen_shannon', 'wasserstein', 'mean_shift', 'chi_square']) {
      const found = ask(name, evidenceOf({ x: normals(500, 5) }, { x: half }));
      close(found.value, 0);
      expect(found.nCurrent).toBe(500);
    }
  });
  test('what cannot be measured says why', () => {
    const one = evidenceOf({ x: ['a', 'a'] }, { x: ['a', 'b'] });
    expect(ask('hellinger', one).reason).toBe('not_applicable');
    expect(ask('mean_shift', evidenceOf({ x: [1, 1, 1] }, { x: [1, 2] })).reason).toBe(
      'not_applicable',
    );
    expect(ask('wasserstein', evidenceOf({ x: [1, 2] }, { x: [null, null] })).reason).toBe(
      'insufficient_data',
    );
    expect(ask('wasserstein', evidenceOf({ x: ['a', 'b'] }, { x: ['a'] })).reason).toBe(
      'not_applicable',
    );
    expect(ask('kl', evidenceOf({ x: ['a', 'b'] }, { x: ['a'] }, { reference: null })).reason).toBe(
      'no_reference',
    );
  });
});

test('distances stay in their ranges and are 0 only between equal shares', () => {
  const counts = fc.array(fc.nat(50), { minLength: 5, maxLength: 5 });
  const most: [string, number][] = [
    ['jensen_shannon', Math.sqrt(Math.LN2)],
    ['hellinger', 1],
    ['total_variation', 1],
    ['l_infinity', 1],
    ['cramers_v', 1],
  ];
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      fc.pre(a.filter((n) => n > 0).length > 1 && b.some((n) => n > 0));
      const evidence = exactly(rowsOf(a), rowsOf(b));
      for (const [name, top] of most) {
        const { value } = ask(name, evidence);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(top + 1e-12);
        close(ask(name, exactly(rowsOf(a), rowsOf(a))).value, 0);
      }
    }),
    { numRuns: 50 },
  );
});

test('the bins of both sides add up to the rows with a value', () => {
  const evidence = evidenceOf({ x: before }, { x: now });
  const axis = evidence.grid.axes['x'];
  expect(axis && binned(axis, now).sums['n']?.reduce((sum, n) => sum + n, 0)).toBe(300);
  expect(ask('total_variation', evidence).nCurrent).toBe(300);
});

describe('values beyond the axis', () => {
  // one row of 200 lies a thousand times as far out as the axis reaches, to both sides
  const tails = (seed: number, mean: number) =>
    normals(4000, seed, { mean }).map((x, row) => (row % 200 === 7 ? (row % 3 ? 5e3 : -4e3) : x));
  const [reference, current] = [tails(1, 0), tails(2, 0.1)];
  const given = evidenceOf(
    { x: reference },
    { x: current },
    {
      axes: { x: { low: -5, inverseWidth: 409.6 } },
    },
  );
  const sdOf = (values: readonly number[]) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  };
  test('count in the spread that mean_shift and its interval are told by', () => {
    const found = ask('mean_shift', given);
    const wanted = ask('mean_shift', exactly(reference, current));
    const { now, before: was } = found.details as Record<string, { sd: number }>;
    expect(sdOf(reference)).toBeGreaterThan(300);
    close(was?.sd ?? null, sdOf(reference));
    close(now?.sd ?? null, sdOf(current));
    for (const key of ['value', 'low', 'high', 'pValue'] as const) {
      close(found[key], wanted[key] ?? NaN);
    }
  });
  test('count in the spread that wasserstein is scaled by', () => {
    const [raw, scaled] = [{}, { scaled: true }].map((more) => ask('wasserstein', given, more));
    close(scaled?.value ?? null, (raw?.value ?? NaN) / sdOf(reference));
  });
  test('no spread is told where the square of a value is no number', () => {
    for (const evidence of [
      evidenceOf({ x: [...reference, 1e200] }, { x: current }),
      exactly([...reference, 1e200], current),
    ]) {
      expect(ask('mean_shift', evidence).reason).toBe('not_applicable');
      expect(ask('wasserstein', evidence, { scaled: true }).reason).toBe('not_applicable');
    }
  });
});

describe('quantiles of parts of the rows, of which coarse bins are kept', () => {
  /** mean_shift of the same rows in cells and in coarse bins. */
  const both = (reference: number[], current: number[], axis: Partial<Axis> = {}) => {
    const fine = evidenceOf({ x: reference }, { x: current }, { axes: { x: axis } });
    const own = fine.grid.axes['x'];
    if (own === undefined || fine.reference === null) throw new Error('There is an axis.');
    const coarse = (all: readonly number[]) => ({ x: coarsen(own, binned(own, all)) });
    const found = ask('mean_shift', {
      ...fine,
      current: { ...fine.current, columns: coarse(current) },
      reference: { ...fine.reference, columns: coarse(reference) },
    });
    return { fine: ask('mean_shift', fine), coarse: found };
  };
  test('are told as the bin that they lie in, and never as a value', () => {
    const { fine, coarse } = both(normals(3000, 3), normals(2000, 4, { mean: 0.6 }));
    const of = (found: Reading, side: string) =>
      (found.details[side] as { quantiles: Record<string, { from: number; to: number }> })
        .quantiles;
    for (const side of ['before', 'now']) {
      for (const share of ['p10', 'p25', 'p50', 'p75', 'p90']) {
        const value = Number(of(fine, side)[share]);
        const bin = of(coarse, side)[share];
        // Edges are told to a hundredth of a cell.
        expect(bin?.from).toBeLessThanOrEqual(value + 1e-4);
        expect(bin?.to).toBeGreaterThanOrEqual(value - 1e-4);
      }
    }
    expect(coarse.value).toBeCloseTo(fine.value ?? NaN, 9);
    const number = String.raw`-?[\d.]+`;
    expect(checkNamed('mean_shift').say(coarse, 'x')).toMatch(
      new RegExp(`median ${number} … ${number} → ${number} … ${number}\\.$`),
    );
  });
  test('are told by the numbers of the bin where it holds whole ones, as one where it holds one', () => {
    // 0 to 9, each as often; edges at 0, 3, 4 and 8
    const values = Array.from({ length: 1000 }, (_, i) => i % 10);
    const axis = { low: -0.5, inverseWidth: 1, edges: [0, 3, 4, 8, 4096] };
    const later = values.map((value) => Math.max(0, value - 1));
    const { coarse } = both(values, later, axis);
    expect(checkNamed('mean_shift').say(coarse, 'x')).toMatch(/median 4 … 7 → 3\.$/);
  });
});

describe('a mean of values far from nothing', () => {
  const sides = (offset: number) =>
    [normals(4000, 1), normals(3000, 2, { mean: 0.05 })].map((values) =>
      // Eighths, which doubles hold exactly up to 1e15.
      values.map((value) => offset + Math.round(value * 8) / 8),
    ) as [number[], number[]];
  const plain = ask('mean_shift', exactly(...sides(0)));
  test.each([1e6, 1e9, 1e15])('%d: counted value by value it costs no digit', (offset) => {
    const given = ask('mean_shift', exactly(...sides(offset)));
    close(given.value, plain.value ?? NaN);
    close(given.pValue, plain.pValue ?? NaN);
  });
  test.each([1e6, 1e9])('%d: from cells it is as good as the sums are', (offset) => {
    const [reference, current] = sides(offset);
    const given = ask('mean_shift', evidenceOf({ x: reference }, { x: current }));
    expect(Math.abs((given.value ?? NaN) - (plain.value ?? NaN))).toBeLessThan(offset * 1e-16);
  });
  test('1e15: from cells it is not told, for the sums have lost it', () => {
    const [reference, current] = sides(1e15);
    expect(ask('mean_shift', evidenceOf({ x: reference }, { x: current }))).toMatchObject({
      value: null,
      pValue: null,
      reason: 'not_applicable',
    });
  });
});
