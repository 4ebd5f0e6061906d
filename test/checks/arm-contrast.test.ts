import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contrast } from '../../checks/arm-words.js';
import { chiSquareTail } from '../../stats/gamma.js';
import { foundIn, VALUES } from './armed.js';
import type { Armed } from './armed.js';
import { DAY } from './evidence.js';

/** As many rows of each of ten values. */
const even = (n: number): number[] => VALUES.map(() => n);
/** The same rows, a part of those of the first value as the last. */
const moved = (n: number, by: number): number[] =>
  even(n)
    .with(0, n - by)
    .with(9, n + by);
const arms = (treated: number[], holdout: number[]): Armed => {
  return { treated: { columns: { amount: treated } }, holdout: { columns: { amount: holdout } } };
};
const contrastsOf = ({ details }: { details: Record<string, unknown> }) =>
  details['contrasts'] as Contrast[];

/** Σ (p − q) ln(p / q), half a row in each bin, less (bins − 1) (1 / n + 1 / m). */
function adjusted(one: readonly number[], other: readonly number[]): number {
  const sum = (rows: readonly number[]) => rows.reduce((all, n) => all + n, 0);
  const shares = (rows: readonly number[]) =>
    rows.map((n) => (n + 0.5) / (sum(rows) + 0.5 * rows.length));
  const [p, q] = [shares(one), shares(other)];
  const raw = p.reduce((all, a, k) => all + (a - (q[k] ?? 0)) * Math.log(a / (q[k] ?? 1)), 0);
  return Math.max(0, raw - (one.length - 1) * (1 / sum(one) + 1 / sum(other)));
}

describe('arm_contrast', () => {
  const holdout = even(100);
  const treated = moved(1900, 760);

  test('is the PSI between the arms, and how much that is of what moved from the reference', () => {
    const reference = { columns: { amount: even(2000) } };
    const finding = foundIn({ now: arms(treated, holdout), reference });
    const psi = adjusted(treated, holdout);
    const away = adjusted(treated, even(2000));
    expect(finding.value).toBeCloseTo(psi, 12);
    expect(finding).toMatchObject({ verdict: 'warn', category: 'feedback-loop' });
    expect(finding).toMatchObject({ nCurrent: 19_000, nReference: 1000 });
    const [one] = contrastsOf(finding);
    expect(one?.moved).toBeCloseTo(away, 12);
    // 1,240 of 20,000 rows have the first value, 2,760 the last: Σ (O − E)² / E of both
    const off = (100 - 62) ** 2 * (1 / 62 + 1 / 1178) + (100 - 138) ** 2 * (1 / 138 + 1 / 2622);
    expect(finding.pValue).toBeCloseTo(chiSquareTail(off, 9), 12);
    expect(finding.details).toMatchObject({ compared: 1, sure: 1, look: 1 });
    expect(finding.details['alpha']).toBeCloseTo((0.01 * 6) / Math.PI ** 2, 12);
    // 0.0243 of 0.0328
    expect(psi / away).toBeCloseTo(0.741, 3);
    expect(finding.sentence).toBe(
      "19000 rows of the model's arm and 1000 of the holdout arm differ more than arms drawn at " +
        'random do: the deployment of the model causes it. They differ in amount by PSI ' +
        '0.024 [0.0078, 0.052], most at a (6 % against 10 %); that is 74.1 % of the 0.033 that the ' +
        "model's arm is away from the reference (p 0.000048; at window 1 only p below 0.0061 " +
        'counts, so that all windows together err in at most 1 %). The reference does not tell ' +
        'what the arms differed by before.',
    );
    expect(finding.test).toMatch(/^chi-square of the bins/);
  });

  test('takes off what the arms differed by on the reference, which is not the doing of the model', () => {
    const now = arms(treated, holdout);
    const same = foundIn({ now, before: arms(treated, holdout) });
    expect(same).toMatchObject({ verdict: 'ok', value: 0, pValue: 1 });
    expect(same.sentence).toContain('do not differ beyond chance in the one thing compared');
    const less = foundIn({ now, before: arms(moved(1900, 190), even(100)) });
    expect(less.value).toBeCloseTo(
      adjusted(treated, holdout) - adjusted(moved(1900, 190), even(100)),
      12,
    );
    // too few rows of an arm are no reference of the arms
    const thin = foundIn({ now, before: arms(moved(1900, 190), even(99)) });
    expect(contrastsOf(thin)[0]?.before).toBeNull();
    expect(thin.sentence).toContain('The reference does not tell what the arms differed by before');
    expect(foundIn({ now }).sentence).not.toContain('away from the reference');
  });

  test('where the holdout moved, too, the world did, and an alert takes 0.25', () => {
    const reference = { columns: { amount: even(2000) } };
    const world = foundIn({ now: arms(treated, moved(100, 40)), reference });
    expect(world).toMatchObject({ verdict: 'ok', value: 0 });
    const far = foundIn({ now: arms(moved(1900, 1800), holdout), reference });
    expect(far).toMatchObject({ verdict: 'alert' });
    // the model made up for what the world did: the treated are as ever
    const back = foundIn({ now: arms(even(1900), moved(100, 60)), reference });
    expect(back).toMatchObject({ verdict: 'warn' });
    expect(back.sentence).toContain("that is more than the 0 that the model's arm is away from");
  });

  test('features, the prediction and the label share one error of 1 %, over all windows', () => {
    const side = (score: number[], labels: readonly [number, number], n: number) => {
      return { columns: { amount: even(n), score }, labels };
    };
    const now = {
      treated: side(treated, [17_000, 2000], 1900),
      holdout: side(holdout, [800, 200], 100),
    };
    const finding = foundIn({ now, looks: 2 });
    expect(finding.details).toMatchObject({ compared: 3, sure: 2, look: 3, thin: [] });
    expect(finding.details['alpha']).toBeCloseTo((0.01 * 6) / (9 * Math.PI ** 2), 12);
    expect(contrastsOf(finding).map(({ about }) => about)).toEqual([
      ...['the label', 'the prediction'],
    ]);
    const smallest = Math.min(...contrastsOf(finding).map(({ pValue }) => pValue));
    expect(finding.pValue).toBeCloseTo(3 * smallest, 15);
    // the 0.000048 of the prediction is below 0.0061 / 25 / 2, and not below 0.0061 / 100 / 2
    const score = { treated: side(treated, [0, 0], 1900), holdout: side(holdout, [0, 0], 100) };
    expect(foundIn({ now: score, looks: 4 }).verdict).toBe('warn');
    expect(foundIn({ now: score, looks: 9 }).verdict).toBe('ok');
  });

  test('what too few rows of an arm have is named, and not compared', () => {
    const side = (n: number, labels: readonly [number, number]) => {
      return { columns: { amount: even(n) }, labels };
    };
    const now = { treated: side(1900, [9000, 1000]), holdout: side(100, [500, 499]) };
    const finding = foundIn({ now });
    expect(finding).toMatchObject({ verdict: 'ok', details: { thin: ['the label'] } });
    expect(finding.sentence).toMatch(/ Too few rows of an arm have the label\.$/);
  });

  test.each([
    [{ now: {} }, /^arm_contrast: the window has no rows\.$/],
    [
      { now: {}, profile: { rows: 5000 } },
      /none of the 5000 rows says its arm: let some of those .* and log the arm of every row as columns\.arm\.$/,
    ],
    [
      {
        now: { treated: { columns: { amount: even(100) } } },
        profile: { asked: { arms: { by: { value: ['b', 'Control'] }, sums: {} } } },
      },
      /none of the 1000 rows with an arm is of the holdout, their arms are b, Control: name it as/,
    ],
    [{ now: arms(even(1900), even(60)) }, /600 rows are of the holdout arm, 1000 .*: 400 more/],
    [{ now: arms(even(7), even(1900)) }, /70 rows are of the model's arm, 1000 .*: 930 more/],
    [{ now: arms([19_000], [1000]) }, /there is nothing that both arms have to compare/],
  ])('is unknown with what is missing: %#', (given, words) => {
    const finding = foundIn(given);
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data', value: null });
    expect(finding.sentence).toMatch(words);
  });

  test('waits for labels, and fewer rows do where the monitor says so', () => {
    const now = arms(treated, holdout);
    const facts = { version: null, trainedUntil: null, matureAfter: DAY };
    expect(foundIn({ now, evidence: { facts } }).reason).toBe('immature');
    const few = arms(moved(500, 450), even(50));
    expect(foundIn({ now: few }).verdict).toBe('unknown');
    expect(foundIn({ now: few, spec: { minRows: 500 } }).verdict).toBe('warn');
    expect(foundIn({ now, evidence: { binning: 'exact' } }).reason).toBe('not_applicable');
  });

  test('it does not matter which arm moved: PSI and its p-value are those of both', () => {
    const rows = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(rows, rows, (some, others) => {
        const [one, two] = [some, others].map((side) => side.map((n) => n + 100));
        if (one === undefined || two === undefined) throw new Error('expected both');
        const found = foundIn({ now: arms(one, two) });
        const turned = foundIn({ now: arms(two, one) });
        expect(turned.value).toBeCloseTo(found.value ?? NaN, 10);
        expect(turned.pValue).toBeCloseTo(found.pValue ?? NaN, 10);
        expect(turned.verdict).toBe(found.verdict);
        expect(foundIn({ now: arms(one, one) })).toMatchObject({ verdict: 'ok', value: 0 });
      }),
    );
  });
});
