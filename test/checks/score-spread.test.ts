import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcomes } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { evidenceFor, found, profileOf } from './decided.js';

/** So many rows with a score, of a version, without a label. */
type Row = readonly [n: number, score: number, version?: string];

function scoresOf(rows: readonly Row[]): Outcomes {
  return {
    by: {
      score: Int32Array.from(rows, ([, score]) => Math.floor(score * 4096)),
      label: rows.map(() => ''),
      version: rows.map(([, , version = 'v1']) => version),
    },
    sums: {
      n: Float64Array.from(rows, ([n]) => n),
      scores: Float64Array.from(rows, ([n, score]) => n * score),
    },
  };
}

const judged = (now: Outcomes, before: Outcomes | null, more: Partial<Evidence> = {}) =>
  found('score_spread', {
    ...evidenceFor([]),
    ...{ current: profileOf(now), reference: profileOf(before), ...more },
  });

/** Log odds of -ln 9, 0, 0, ln 9: variance ln² 9 / 2, fourth moment ln⁴ 9 / 2, so kurtosis 2. */
const wide = (n: number): Row[] => [
  [n / 4, 0.1],
  [n / 2, 0.5],
  [n / 4, 0.9],
];
/** The same of ln 4. */
const narrow = (n: number): Row[] => [
  [n / 4, 0.2],
  [n / 2, 0.5],
  [n / 4, 0.8],
];

describe('score_spread', () => {
  test('is the change of the deviation of log odds, with an interval by their kurtosis', () => {
    const finding = judged(scoresOf(narrow(400)), scoresOf(wide(1600)));
    const ratio = Math.log(4) / Math.log(9);
    expect(finding.value).toBeCloseTo(ratio - 1, 12);
    // (kurtosis - 1) / 4n of each
    const factor = Math.exp(1.96 * Math.sqrt(1 / 1600 + 1 / 6400));
    expect(finding.low).toBeCloseTo(ratio / factor - 1, 5);
    expect(finding.high).toBeCloseTo(ratio * factor - 1, 5);
    expect(finding).toMatchObject({ verdict: 'ok', rule: 'no limits', nCurrent: 400 });
    // deviations of ln 4 / √2 and ln 9 / √2; shares of 1/4, 1/2 and 1/4: 1.5 ln 2
    expect(finding.sentence).toBe(
      'The log odds of 400 scores have a standard deviation of 0.9803, 1.554 on the reference: ' +
        '-36.9 % [-40.3 %, -33.4 %]. 0 % are below 0.05 or above 0.95, 0 % before; entropy of ten ' +
        'parts 1.04, 1.04 before. Why cannot be told from this.',
    );
  });

  test('says how many scores are extreme, and the deviation of each version', () => {
    const rows: Row[] = [
      ...[...wide(40)].map(([n, score]): Row => [n, score, 'v2']),
      ...[...narrow(40)].map(([n, score]): Row => [n, score, 'v3']),
      [20, 0.99, ''],
    ];
    const finding = judged(scoresOf(rows), scoresOf(wide(100)));
    expect(finding.details['now']).toMatchObject({ rows: 100, extreme: 0.2 });
    expect(finding.sentence).toContain('20 % are below 0.05 or above 0.95, 0 % before;');
    expect(finding.sentence).toContain(' By version: v2 1.554, v3 0.9803.');
  });

  test('scores of 0 and 1 count as half a cell away from them', () => {
    const finding = judged(
      scoresOf([
        [50, 0],
        [50, 1],
      ]),
      scoresOf([
        [50, 0.1],
        [50, 0.9],
      ]),
    );
    expect(finding.value).toBeCloseTo(Math.log(8191) / Math.log(9) - 1, 12);
  });

  test.each([
    [scoresOf([]), scoresOf(wide(100)), 'insufficient_data', /no row has a score/],
    [scoresOf([[100, 0.5]]), scoresOf(wide(100)), 'insufficient_data', /all scores are alike/],
    [
      scoresOf([
        [50, 1.5],
        [50, 0],
      ]),
      scoresOf(wide(100)),
      'not_applicable',
      /no probabilities/,
    ],
    [scoresOf(wide(100)), scoresOf([]), 'no_reference', /on the reference: no row has a score/],
    [scoresOf(wide(100)), null, 'no_reference', /on the reference: it has no scores/],
  ] as const)(
    'without both spreads it is unknown, and says why (%#)',
    (now, before, reason, why) => {
      const finding = judged(now, before);
      expect(finding).toMatchObject({ verdict: 'unknown', reason });
      expect(finding.sentence).toMatch(why);
    },
  );

  test('what the one side gains the other loses, and more rows alike change no value', () => {
    const score = fc.integer({ min: 1, max: 4094 }).map((cell) => (cell + 0.5) / 4096);
    const row = fc.tuple(fc.integer({ min: 50, max: 900 }), score);
    const rows = fc.uniqueArray(row, { minLength: 2, maxLength: 8, selector: ([, at]) => at });
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const there = judged(scoresOf(a), scoresOf(b)).value ?? NaN;
        const back = judged(scoresOf(b), scoresOf(a)).value ?? NaN;
        expect((1 + there) * (1 + back)).toBeCloseTo(1, 9);
        const more = a.map(([n, at]) => [7 * n, at] as const);
        expect(judged(scoresOf(more), scoresOf(b)).value).toBeCloseTo(there, 9);
      }),
    );
  });
});
