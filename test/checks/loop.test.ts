import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../domain/action.js';
import type { Evidence } from '../../domain/score.js';
import {
  evidenceFor,
  found,
  free,
  outcomesOf,
  profileOf,
  specOf,
  withoutDecisions,
} from './decided.js';
import type { Cell } from './decided.js';
import { DAY, END, monitorOf } from './evidence.js';
import { findingsOf } from '../experiments/simulate.js';

/** P(X >= k) of k positives among n rows drawn from N rows with K positives. */
function hypergeometric(k: number, n: number, K: number, N: number): number {
  const choose = (a: number, b: number): bigint => {
    let [top, bottom] = [1n, 1n];
    for (let i = 0; i < b; i++) [top, bottom] = [top * BigInt(a - i), bottom * BigInt(i + 1)];
    return top / bottom;
  };
  let sum = 0n;
  for (let i = k; i <= Math.min(n, K); i++) sum += choose(K, i) * choose(N - K, n - i);
  return Number((sum * 10n ** 18n) / choose(N, n)) / 1e18;
}

describe('suppression', () => {
  const fraud: readonly Cell[] = [
    free,
    ['censored', { no: 1970, yes: 30, score: 0.15 }],
    ['explored', { no: 85, yes: 15, score: 0.15 }],
  ];

  test('of 15 % among the rows held out and 1.5 % among those acted on is the hand-computed share', () => {
    const finding = found('suppression', evidenceFor(fraud));
    // S = 2000 (0.15 - 0.015) = 270 positives beside 30 + 15 + 50 that are known
    expect(finding.details['suppressed']).toBeCloseTo(270, 9);
    expect(finding.value).toBeCloseTo(270 / (270 + 95), 9);
    expect(finding.pValue).toBeCloseTo(hypergeometric(15, 100, 45, 2100), 12);
    expect(finding).toMatchObject({ verdict: 'alert', category: 'feedback-loop', patience: 1 });
    // Newcombe: 0.135 - sqrt((0.15 - l)² + (u - 0.015)²) with Wilson's l = 0.0931 and u = 0.0213
    const [l, u] = [0.09306, 0.02134];
    const low = 0.135 - Math.hypot(0.15 - l, u - 0.015);
    expect(finding.low).toBeCloseTo((2000 * low) / (2000 * low + 95), 3);
    expect(finding.sentence).toMatch(
      /^In this window, of 2000 rows acted on 1\.5 % are positive, of 100 held out at random 15 %: the model caused 270 positives to be missing from the labels, 74 % \[6\d\.\d %, 8\d(\.\d)? %\] of all \(p < 1e-6; only p below 0\.03 counts, for every later window is tested, too\)\.$/,
    );
  });

  test('a challenge is an action too; what was held out and acted on stays held out', () => {
    const { details } = found(
      'suppression',
      evidenceFor([
        free,
        ['censored', { no: 1000, yes: 10 }],
        ['altered', { no: 990, yes: 20 }],
        ['explored', { no: 80, yes: 10 }],
        ['breached', { no: 5, yes: 5 }],
        // acted on by others, or not acted on for other reasons than chance
        ['beyond', { no: 500, yes: 100 }],
        ['missed', { no: 500, yes: 100 }],
      ]),
    );
    expect(details).toMatchObject({ actedRows: 2020, heldRows: 100 });
    expect(details).toMatchObject({ acted: 30 / 2020, held: 0.15, breached: 10 });
  });

  test('is no finding where both rates are the same, and bounds what there may be', () => {
    const finding = found(
      'suppression',
      evidenceFor([free, ['censored', { no: 1700, yes: 300 }], ['explored', { no: 85, yes: 15 }]]),
    );
    expect(finding.verdict).toBe('ok');
    expect(finding.sentence).toMatch(
      /: that is no proof that acting takes positives away; at most \d+(\.\d)? % of all positives are missing by/,
    );
    expect(finding.sentence).not.toContain('caused');
  });

  test('adds up the windows of the version, and spends less on each look', () => {
    const third: readonly Cell[] = [
      ['censored', { no: 660, yes: 6 }],
      ['explored', { no: 28, yes: 4 }],
    ];
    const day = (before: number, cells: readonly Cell[]) =>
      profileOf(outcomesOf(cells), END - before * DAY);
    const recent = [day(3, third), day(2, third)];
    const bare = profileOf(null, END - 4 * DAY);
    const finding = found(
      'suppression',
      evidenceFor(third, { labelled: { first: [bare, ...recent], recent } }),
    );
    expect(finding.details).toMatchObject({ actedRows: 3 * 666, heldRows: 3 * 32 });
    expect([finding.nCurrent, finding.nReference]).toEqual([666, 32]);
    // the window of the day before is not among them: it may have been looked at, too
    expect(finding.details['look']).toBe(4);
    // half of what the fourth look may spend: the rest is for the last window and the last two
    expect(finding.details['alpha']).toBeCloseTo((0.05 * 6) / (Math.PI ** 2 * 16) / 2, 12);
    expect(finding.sentence).toMatch(/^Over 3 windows, of 1998 rows acted on /);
    // 0.03040 / 16 / 2
    expect(finding.sentence).toContain(
      'at window 4 of a test that is repeated at each, over all windows and the last ones, only p ' +
        'below 0.00095 counts',
    );
    const undecided = profileOf(withoutDecisions(outcomesOf(third)), END - DAY);
    const old = evidenceFor(third, { labelled: { first: [undecided], recent: [undecided] } });
    expect(found('suppression', old)).toMatchObject({ nCurrent: 666, nReference: 32 });
  });

  test('a loop that began lately is not thinned by the windows before it', () => {
    const window = (yes: { acted: number; held: number }): readonly Cell[] => [
      ['censored', { no: 120 - yes.acted, yes: yes.acted }],
      ['explored', { no: 14 - yes.held, yes: yes.held }],
    ];
    const day = (before: number) =>
      profileOf(outcomesOf(window({ acted: before > 7 ? 18 : 2, held: 2 })), END - before * DAY);
    const recent = Array.from({ length: 59 }, (_, index) => day(59 - index));
    const finding = found(
      'suppression',
      evidenceFor(window({ acted: 2, held: 2 }), { labelled: { first: [], recent } }),
    );
    // of 60 windows 52 are as they should be: 952 of 7200 acted on are positive, 120 of 840 held out
    expect(hypergeometric(120, 840, 1072, 8040)).toBeGreaterThan(0.2);
    // of the last eight 16 of 960, and 16 of 112
    expect(finding.pValue).toBeCloseTo(hypergeometric(16, 112, 32, 1072), 12);
    // six spans share the half: the last 1, 2, 4, 8, 16 and 32
    expect(finding.details).toMatchObject({ windows: 8, of: 60, look: 60 });
    expect(finding.details['alpha']).toBeCloseTo((0.05 * 6) / (Math.PI * 60) ** 2 / 2 / 6, 12);
    expect(finding.verdict).toBe('alert');
    expect(finding.sentence).toMatch(
      /^Over the last 8 of 60 windows, of 960 rows acted on 1\.7 % are positive, of 112 held out /,
    );
  });

  test('without a holdout it cannot be known; says how large one has to be and what it costs', () => {
    const finding = found(
      'suppression',
      evidenceFor([free, ['censored', { no: 1970, yes: 30, score: 0.15 }]]),
    );
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    // (2.894 sqrt(.015 .985) + 1.645 sqrt(.15 .85))² / .135² = 48.5; 5 % of 14,000 a week is 700
    expect(finding.details['holdout']).toMatchObject({ rows: 49, share: 0.05 });
    expect(finding.sentence).toBe(
      'suppression: no row where the model would act was held out at random, so that nothing ' +
        'tells what acting does to the labels; hold out 5 % of them at random, and log it as ' +
        'columns.action.explored: a test needs 49 such rows, a week of it, at the price of 700 ' +
        'rows a week that are not acted on, about 105 of them positive by their scores.',
    );
  });

  test('a holdout that takes too long is a larger part of the rows', () => {
    const { details } = found(
      'suppression',
      evidenceFor([free, ['censored', { no: 20, yes: 0, score: 0.02 }]]),
    );
    // half of 2 % is told from 2 %: nothing was acted on with a positive label, so 0 is: 5 / 0.02
    expect(details['holdout']).toMatchObject({ rows: 250, weeks: 8 });
    const { share } = details['holdout'] as { share: number };
    expect(share).toBeCloseTo(250 / 8 / 140, 9);
  });

  test.each<[string, readonly Cell[], Partial<Evidence>, string]>([
    [
      'few rows held out',
      [free, ['censored', { no: 985, yes: 15 }], ['explored', { no: 18, yes: 2 }]],
      {},
      '2 positives are expected among 20 labelled rows held out at random, 5 are needed: about 30 more such rows.',
    ],
    [
      'no label among those acted on',
      [free, ['censored', { none: 1000 }], ['explored', { no: 18, yes: 20 }]],
      {},
      'none of the 1000 rows acted on has a label,',
    ],
    [
      'no label among those held out',
      [free, ['censored', { no: 1000 }], ['explored', { none: 38 }]],
      {},
      'none of the 38 rows held out at random has a label.',
    ],
    ['nothing to act on', [free], {}, 'the model would act on no row of the window.'],
    [
      'labels that are not mature',
      fraud,
      { facts: { version: null, trainedUntil: null, matureAfter: 30 * DAY } },
      'its labels are not mature yet',
    ],
  ])('is unknown with %s, and says what is missing', (_, cells, more, words) => {
    const finding = found('suppression', evidenceFor(cells, more));
    expect(finding.verdict).toBe('unknown');
    expect(finding.sentence).toContain(words);
  });

  test('names a column of the action that the rows lack', () => {
    const evidence = evidenceFor([['', { no: 1000, yes: 20 }]]);
    const undecided = { by: { column: ['h'] }, sums: { n: Float64Array.of(1) } };
    const current = { ...evidence.current, asked: { undecided } };
    const finding = found('suppression', { ...evidence, current });
    expect(finding.sentence).toBe('suppression: columns.action names h, which the rows lack.');
  });

  test('only a test that rejects says that the model caused something, whatever the counts', () => {
    const count = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        const finding = found(
          'suppression',
          evidenceFor([free, ['censored', { no: a, yes: b }], ['explored', { no: c, yes: d }]]),
        );
        const alpha = (0.05 * 6) / Math.PI ** 2;
        const isRejected = finding.verdict === 'warn' || finding.verdict === 'alert';
        expect(finding.sentence.includes('caused')).toBe(isRejected);
        if (isRejected) {
          expect(hypergeometric(d, c + d, b + d, a + b + c + d)).toBeLessThan(alpha);
          expect(d / (c + d)).toBeGreaterThan(b / (a + b));
        }
        if (finding.value !== null) {
          const { low, value, high } = finding;
          expect(0 <= (low ?? NaN) && (low ?? NaN) <= value).toBe(true);
          expect(value <= (high ?? NaN) && (high ?? NaN) < 1).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Rows spread evenly over 100 scores, so many of every hundred labelled at each score. */
function spread(labelledAt: (score: number) => number, decisionAt?: (score: number) => Decision) {
  return Array.from({ length: 100 }, (_, place): Cell => {
    const score = (place + 0.5) / 100;
    const yes = labelledAt(score);
    return [decisionAt?.(score) ?? 'free', { none: 100 - yes, no: yes - 1, yes: 1, score }];
  });
}

describe('label_coverage', () => {
  test('is the labelled share of the tenth with fewest labels over that of all rows', () => {
    const finding = found('label_coverage', evidenceFor(spread((s) => (s > 0.9 ? 60 : 95))));
    // 9 tenths of 95 %, one of 60 %: 0.6 / 0.915
    expect(finding.value).toBeCloseTo(0.6 / 0.915, 9);
    expect(finding).toMatchObject({ verdict: 'warn', nCurrent: 10_000 });
    expect(finding.sentence).toBe(
      '60 % of the 1000 rows with scores of 0.905 to 0.995 have a label, 91.5 % of all 10000; ' +
        // 8550 labelled below and 600 above, 450 and 400 without: (8550 · 225 + 600 · 650) / (9150 · 850)
        'of rows with and without one the former score higher in 29.7 % of pairs, not half.',
    );
  });

  test('tells the rows where the model would act apart, however few they are', () => {
    const finding = found(
      'label_coverage',
      evidenceFor(
        spread(
          (s) => (s > 0.98 ? 1 : 95),
          (s) => (s > 0.98 ? 'censored' : 'free'),
        ),
      ),
    );
    expect(finding.value).toBeCloseTo(0.01 / (0.98 * 0.95 + 0.02 * 0.01), 9);
    expect(finding.verdict).toBe('alert');
    expect(finding.sentence).toMatch(/^1 % of the 200 rows where the model would act have a label/);
    expect(finding.sentence).not.toContain('caused');
  });

  test('warns of few labels that are missing where the scores are high', () => {
    const cells = spread((s) => (s > 0.9 ? 79 : 99));
    const finding = found('label_coverage', evidenceFor(cells));
    // 90 scores of 99 labels and 10 of 79: the least is 0.79 / 0.97, above the limit of 0.8
    expect(finding.value).toBeCloseTo(0.79 / 0.97, 9);
    // labelled: 8910 below, 790 above; not: 90 and 210; ties of one score count half
    const pairs = 8910 * 45 + 790 * (90 + 105);
    expect(finding.details['auc']).toBeCloseTo(pairs / (9700 * 300), 9);
    expect(finding).toMatchObject({ verdict: 'warn', rule: 'AUC of having a label < 0.4' });
    expect(finding.sentence).toMatch(
      /97 % of all 10000; of rows with and without one the former score higher in 19\.1 % of pairs, not half\.$/,
    );
    const fixed = { ...specOf('label_coverage'), rule: 'fixed' } as const;
    const [alone] = findingsOf(monitorOf({ checks: [fixed] }), evidenceFor(cells));
    expect(alone?.verdict).toBe('ok');
    const [shown] = findingsOf(
      monitorOf({ checks: [{ ...specOf('label_coverage'), warn: null, alert: null }] }),
      evidenceFor(cells),
    );
    expect(shown?.verdict).toBe('ok');
  });

  test('is 1 where labels are missing at random, whatever part of them', () => {
    const finding = found('label_coverage', evidenceFor(spread(() => 70)));
    expect(finding.value).toBeCloseTo(1, 9);
    expect(finding.verdict).toBe('ok');
  });

  test('is quiet where fewer than 20 labels are missing, and unknown of few rows', () => {
    const whole = spread((s) => (s > 0.99 ? 81 : 100));
    expect(found('label_coverage', evidenceFor(whole)).verdict).toBe('ok');
    const few = found('label_coverage', evidenceFor([['free', { no: 990, none: 9 }]]));
    expect(few).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(few.sentence).toBe('label_coverage: 999 rows, 1000 are needed.');
  });

  test('looks at scores alone where nobody says what was decided', () => {
    const evidence = evidenceFor(spread((s) => (s > 0.9 ? 20 : 95)));
    const outcomes = withoutDecisions(evidence.current.outcomes ?? { by: {}, sums: {} });
    const current = { ...evidence.current, outcomes };
    const finding = found('label_coverage', { ...evidence, current });
    expect(finding.verdict).toBe('alert');
    expect(finding.details['parts']).toHaveLength(10);
  });
});
