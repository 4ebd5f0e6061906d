import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../domain/score.js';
import {
  evidenceFor,
  found,
  free,
  outcomesOf,
  profileOf,
  wilson99,
  withoutDecisions,
} from './decided.js';
import type { Cell } from './decided.js';
import { DAY, END } from './evidence.js';

// 10,000 rows outside of the band with 0.5 %, 1,900 blocked, 100 held out with 15 %
const blocked: readonly Cell[] = [
  free,
  ['censored', { none: 1900, score: 0.15 }],
  ['explored', { no: 85, yes: 15, score: 0.15 }],
];

const hiddenOf = (held: number, rest: number, acted: number) =>
  ((1900 / 12_000) * (held - acted)) / ((2000 * held + 10_000 * rest) / 12_000);

describe('censored_positives', () => {
  test('of rows that are blocked and never labelled is the hand-computed share', () => {
    const finding = found('censored_positives', evidenceFor(blocked));
    // 1,900 · 0.15 = 285 of 2,000 · 0.15 + 50 = 350 positives
    expect(finding.value).toBeCloseTo(285 / 350, 12);
    const [held, rest] = [wilson99(15, 100), wilson99(50, 10_000)];
    const low = Math.hypot(
      285 / 350 - hiddenOf(held[0], 0.005, 0),
      285 / 350 - hiddenOf(0.15, rest[1], 0),
    );
    expect(finding.low).toBeCloseTo(285 / 350 - low, 12);
    expect(finding.details['rate']).toMatchObject({
      value: expect.closeTo(350 / 12_000, 12) as number,
    });
    expect(finding).toMatchObject({ verdict: 'alert', category: 'feedback-loop' });
    expect([finding.nCurrent, finding.nReference]).toEqual([10_100, 100]);
    expect(finding.sentence).toMatch(
      /^By an estimate from 100 rows held out at random, 81\.4 % \[71\.2 %, 87\.9 %\] of all positives are not among the labels: held out 15 % are positive, the 1900 rows acted on have no label\. Without acting 2\.9 % \[2 %, 4\.3 %\] of all rows would be positive; the labels say 0\.6 % \(1 window\)\.$/,
    );
  });

  test('takes off the positives that rows acted on do have', () => {
    const cells: readonly Cell[] = [
      free,
      ['censored', { no: 1862, yes: 38 }],
      ['explored', { no: 85, yes: 15 }],
    ];
    const { value, details, verdict } = found('censored_positives', evidenceFor(cells));
    // 1,900 · (0.15 - 0.02) of the 350 that there would be
    expect(value).toBeCloseTo((1900 * 0.13) / 350, 12);
    expect(details).toMatchObject({ acted: 0.02, held: 0.15, observed: (50 + 38 + 15) / 12_000 });
    expect(verdict).toBe('alert');
  });

  test('rows that nobody acted on for another reason count as the band, not as hidden', () => {
    const cells: readonly Cell[] = [...blocked, ['missed', { no: 500, yes: 1500 }]];
    const { value } = found('censored_positives', evidenceFor(cells));
    expect(value).toBeCloseTo((1900 * 0.15) / (4000 * 0.15 + 50), 12);
  });

  test('adds up four windows whose decisions are known, no more', () => {
    const quarter: readonly Cell[] = [
      ['free', { no: 2490, yes: 10 }],
      ['censored', { none: 475 }],
      ['explored', { no: 20, yes: 5 }],
    ];
    const day = (before: number, cells: readonly Cell[]) =>
      profileOf(outcomesOf(cells), END - before * DAY);
    const other: readonly Cell[] = [['explored', { no: 0, yes: 5000 }]];
    const bare = profileOf(withoutDecisions(outcomesOf(other)), END - 5 * DAY);
    const recent = [6, 4, 3].map((before) => day(before, quarter));
    const evidence = evidenceFor(quarter, {
      labelled: {
        first: [],
        recent: [day(9, other), ...recent.slice(0, 1), bare, ...recent.slice(1)],
      },
    });
    const { details, value, nCurrent } = found('censored_positives', evidence);
    // what is told of the window counts its own rows
    expect(nCurrent).toBe(2525);
    expect(details).toMatchObject({ windows: 4, heldRows: 100, held: 0.2, actedRows: 1900 });
    expect(value).toBeCloseTo((1900 * 0.2) / (2000 * 0.2 + 40), 12);
  });

  test('is ok where acting takes nothing away, and never says that something was caused', () => {
    const same: readonly Cell[] = [
      free,
      ['censored', { no: 1615, yes: 285 }],
      ['explored', { no: 85, yes: 15 }],
    ];
    const quiet = found('censored_positives', evidenceFor(same));
    expect(quiet).toMatchObject({ verdict: 'ok', value: 0, low: 0 });
    const count = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        const { verdict, low, value, high, sentence } = found(
          'censored_positives',
          evidenceFor([free, ['censored', { no: a, yes: b }], ['explored', { no: c, yes: d + 5 }]]),
        );
        expect(sentence).not.toMatch(/caus|confirm/i);
        if (value === null) return;
        expect(sentence).toContain('By an estimate from');
        expect(0 <= (low ?? NaN) && (low ?? NaN) <= value && value <= (high ?? NaN)).toBe(true);
        expect(high).toBeLessThanOrEqual(1);
        expect(verdict !== 'ok').toBe((low ?? 0) > 0.1);
      }),
      { numRuns: 200 },
    );
  });

  test.each<[string, readonly Cell[], Partial<Evidence>, string]>([
    [
      'few positives held out',
      [free, ['censored', { none: 950 }], ['explored', { no: 18, yes: 2 }]],
      {},
      '2 of 20 labelled rows held out at random are positive, 5 are needed: about 30 more such rows.',
    ],
    [
      'none held out that is positive',
      [free, ['censored', { none: 980, score: 0.1 }], ['explored', { no: 20, score: 0.1 }]],
      {},
      // by their scores a tenth of them is
      '0 of 20 labelled rows held out at random are positive, 5 are needed: about 30 more such rows.',
    ],
    [
      'no holdout',
      [free, ['censored', { none: 2000, score: 0.15 }]],
      {},
      'nothing tells how many positives there would be without acting; hold out 5 % of them',
    ],
    ['nothing to act on', [free], {}, 'the model would act on no row of the window.'],
    [
      'labels of the band alone',
      [
        ['free', { none: 900 }],
        ['explored', { no: 20, yes: 9 }],
      ],
      {},
      'no row where the model would not act has a label.',
    ],
    [
      'labels that are not mature',
      blocked,
      { facts: { version: null, trainedUntil: null, matureAfter: 30 * DAY } },
      'its labels are not mature yet',
    ],
  ])('is unknown with %s, and says what is missing', (_, cells, more, words) => {
    const finding = found('censored_positives', evidenceFor(cells, more));
    expect(finding.verdict).toBe('unknown');
    expect(finding.sentence).toContain(words);
  });
});
