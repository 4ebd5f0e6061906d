import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { testWords } from '../../checks/test-words.js';
import { addCounts } from '../../domain/adding.js';
import type { Outcomes } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { stratifiedExact } from '../../stats/stratified.js';
import { evidenceFor, found, free, outcomesOf, profileOf, withoutChances } from './decided.js';
import type { Cell } from './decided.js';
import { DAY, END } from './evidence.js';

/**
 * Few risky rows are acted on for sure, and more of them held out: p = 0.9 of 1,000 rows of which
 * 5 % are positive, p = 0.5 of 800 of which 30 % are. Acting leaves `kept` of their positives.
 */
const acting = (kept: number): readonly Cell[] => [
  free,
  ['explored', { no: 95, yes: 5, p: 0.9, score: 0.6 }],
  ['censored', { no: 900 - 45 * kept, yes: 45 * kept, p: 0.9, score: 0.6 }],
  ['explored', { no: 280, yes: 120, p: 0.5, score: 0.9 }],
  ['censored', { no: 400 - 120 * kept, yes: 120 * kept, p: 0.5, score: 0.9 }],
];
describe('suppression of rows with different propensities', () => {
  test('where acting does nothing sees nothing, though fewer of the rows acted on are positive', () => {
    const cells = acting(1);
    const unweighed = found('suppression', evidenceFor(withoutChances(cells)));
    // 125 of 500 held out, 165 of 1,300 acted on
    expect(unweighed).toMatchObject({ verdict: 'alert', details: { held: 0.25 } });
    const { verdict, value, details, sentence } = found('suppression', evidenceFor(cells));
    // weighted by 0.9 / 0.1 and 0.5 / 0.5: (9 · 5 + 120) / (9 · 100 + 400)
    expect(details['held']).toBeCloseTo(165 / 1300, 12);
    expect(details['acted']).toBeCloseTo(165 / 1300, 12);
    expect(verdict).toBe('ok');
    expect(value).toBeCloseTo(0, 9);
    expect(sentence).toMatch(
      /of 500 held out at random, weighted for those by their propensities, 12\.7 %: that is no proof/,
    );
  });

  test('is the hand-computed share, by the test of Mantel and Haenszel', () => {
    const finding = found('suppression', evidenceFor(acting(0.2)));
    // 33 of 1,300 are positive where 165 would be; 50 + 125 more are known
    expect(finding.details['suppressed']).toBeCloseTo(132, 9);
    expect(finding.value).toBeCloseTo(132 / (132 + 33 + 125 + 50), 9);
    const tables = [
      { a: 5, b: 95, c: 9, d: 891 },
      { a: 120, b: 280, c: 24, d: 376 },
    ];
    expect(finding.pValue).toBe(stratifiedExact(tables));
    expect(testWords(checkNamed('suppression'), finding)).toMatch(
      /^Mantel and Haenszel's exact test/,
    );
    // Kish: (900 + 400)² / (100 · 81 + 400)
    expect(finding.details['effective']).toBeCloseTo(1300 ** 2 / 8500, 9);
    // √Σ (w (y - it))² / Σ w, as that of a share of so many rows, then Wilson and Newcombe
    const rate = 165 / 1300;
    const squares = (5 * 81 + 120) * (1 - rate) ** 2 + (95 * 81 + 280) * rate ** 2;
    const rows = (rate * (1 - rate) * 1300 ** 2) / squares;
    const wilson = (p: number, n: number, sign: number) => {
      const z = 1.96;
      const reach = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
      return (p + (z * z) / (2 * n) + sign * reach) / (1 + (z * z) / n);
    };
    const equal = Math.min(rows, 1300 ** 2 / 8500);
    const reach = Math.hypot(
      rate - wilson(rate, equal, -1),
      wilson(33 / 1300, 1300, 1) - 33 / 1300,
    );
    const low = 1300 * (rate - 33 / 1300 - reach);
    expect(finding.low).toBeCloseTo(low / (low + 208), 9);
    expect(finding.verdict).toBe('alert');
  });

  test('leaves out rows that could not have been the other, and says so', () => {
    const cells: readonly Cell[] = [
      ...acting(0.8),
      ['censored', { no: 500, p: 1 }],
      ['censored', { no: 70, p: null }],
      ['explored', { yes: 30, p: null }],
    ];
    const [finding, plain] = [cells, acting(0.8)].map((some) => {
      return found('suppression', evidenceFor(some));
    });
    expect(finding?.pValue).toBe(plain?.pValue);
    expect(finding?.details).toMatchObject({ actedRows: 1300, heldRows: 500, apart: 600 });
    expect(finding?.sentence).toContain(
      '; 600 are left out for their propensity: the model caused 33 ',
    );
  });

  test.each<[string, readonly Cell[], string]>([
    [
      'no propensity of any row acted on',
      [free, ['explored', { no: 50, yes: 50, p: 0.5 }], ['censored', { no: 100, p: null }]],
      'none of the rows acted on has a propensity that lets others be set beside it.',
    ],
    [
      'no propensity of any row held out',
      [free, ['explored', { no: 50, yes: 50, p: null }], ['censored', { no: 100, p: 0.5 }]],
      'none of the rows held out at random has a propensity that lets',
    ],
    [
      'rows held out that never would be acted on',
      [free, ['explored', { no: 50, yes: 50, p: 0 }], ['censored', { no: 90, yes: 9, p: 0.5 }]],
      'none of the labelled rows held out could have been acted on.',
    ],
  ])('is unknown with %s', (_, cells, words) => {
    const finding = found('suppression', evidenceFor(cells));
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(finding.sentence).toContain(words);
  });

  test('adds up windows whose propensities are known, too', () => {
    const past = [acting(0.2), withoutChances(acting(1))].map((cells, place) => {
      return profileOf(outcomesOf(cells), END - (place + 1) * DAY);
    });
    const evidence = evidenceFor(acting(0.2), { labelled: { first: [], recent: past } });
    const { details } = found('suppression', evidence);
    expect(details).toMatchObject({ windows: 2, actedRows: 2600, heldRows: 1000, strata: 2 });
  });
});

describe('what is estimated from rows held out with different propensities', () => {
  test('censored_positives is the hand-computed share', () => {
    const { value, details, sentence } = found('censored_positives', evidenceFor(acting(0.2)));
    // 1 / 0.1 and 1 / 0.5: (10 · 5 + 2 · 120) / (10 · 100 + 2 · 400) of 1,800 rows of the band
    const held = 290 / 1800;
    expect(details['held']).toBeCloseTo(held, 12);
    // of the rows acted on 165 would be positive, as weighted by 9 and 1, and 33 are
    expect(value).toBeCloseTo((165 - 33) / (290 + 50), 12);
    // (1,000 + 800)² / (100 · 100 + 400 · 4) = 279.3
    expect(sentence).toContain(
      'from 500 rows held out at random, weighted by one over their chance (as 279 alike), ',
    );
  });

  test('a metric is the hand-computed one', () => {
    const low: Cell = ['free', { no: 9900, yes: 100, score: 0.1, predicted: '0' }];
    const cells = [low, ...acting(0.2).slice(1)];
    const { details } = found('recall', evidenceFor(cells));
    const { value, standardError, held } = details['corrected'] as Record<string, number>;
    // the band is called positive: 290 frauds beside 100 that are missed
    expect(value).toBeCloseTo(290 / 390, 9);
    expect(held).toBe(500);
    // R = A / (A + B), A = 1,800 a with the variance of a Hájek mean, B = 10,000 b of a share
    const rate = 290 / 1800;
    const squares = (5 * 100 + 120 * 4) * (1 - rate) ** 2 + (95 * 100 + 280 * 4) * rate ** 2;
    const [ofA, ofB] = [squares, 10_000 * 0.01 * 0.99];
    const variance = (100 / 390 ** 2) ** 2 * ofA + (290 / 390 ** 2) ** 2 * ofB;
    expect(standardError).toBeCloseTo(Math.sqrt(variance), 3);
    const plain = found('recall', evidenceFor(withoutChances(cells))).details['corrected'];
    // unweighted 1,800 · 125 / 500 = 450 would be found
    expect((plain as Record<string, number>)['value']).toBeCloseTo(450 / 550, 9);
  });

  const known = profileOf(outcomesOf([['free', { no: 900, yes: 90, score: 0.2 }]]));
  test.each<[string, readonly Cell[], string]>([
    [
      'weights that are too uneven',
      [
        free,
        ['explored', { no: 190, yes: 10, p: 0.1 }],
        ['explored', { no: 8, yes: 2, p: 0.99 }],
        ['censored', { none: 1000, p: 0.99 }],
      ],
      // w = 1.11 and 100: (222.2 + 1,000)² / (246.9 + 100,000) = 14.9
      'the rows held out know as much as 14.9 of equal weight, 100 are needed: hold out more of the rows with a high propensity',
    ],
    [
      'rows acted on in any case',
      [...acting(0.2), ['censored', { none: 100, p: 1 }]],
      'of 1900 rows where the model would act 100 have a propensity of 1 and 0 none that can be, so that no row held out stands for them: hold some of all rows out, and log how likely each was acted on',
    ],
    [
      'rows without a propensity',
      [...acting(0.2), ['explored', { no: 100, p: null }]],
      'of 1900 rows where the model would act 0 have a propensity of 1 and 100 none that can be',
    ],
  ])('is unknown with %s, and says what to do', (_, cells, words) => {
    const evidence = evidenceFor(cells, { reference: known });
    const finding = found('censored_positives', evidence);
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(finding.sentence).toContain(words);
    const metric = found('recall', evidence);
    expect(metric.details['corrected']).toBeUndefined();
    expect(metric.sentence).toContain(words);
  });

  test('a few rows in a hundred that none stands for count as the others', () => {
    const cells: readonly Cell[] = [...acting(0.2), ['censored', { none: 10, p: 1 }]];
    expect(found('censored_positives', evidenceFor(cells)).details['held']).toBeCloseTo(0.1611, 4);
  });
});

const CHECKS = ['suppression', 'censored_positives', 'recall', 'roc_auc', 'accuracy'] as const;

describe('whatever the counts', () => {
  const count = fc.integer({ min: 1, max: 300 });
  const rows = fc.record({ no: count, yes: count });
  const withChances = (p: fc.Arbitrary<number>) =>
    fc.array(fc.record({ held: rows, acted: rows, p, score: fc.constantFrom(0.6, 0.8) }), {
      minLength: 1,
      maxLength: 4,
    });
  const cellsOf = (kinds: readonly (Record<'held' | 'acted', object> & { p: number })[]): Cell[] =>
    kinds.flatMap(({ held, acted, ...own }): Cell[] => [
      ['explored', { ...held, ...own }],
      ['censored', { ...acted, ...own }],
    ]);

  test('one propensity is as none, to the last digit', () => {
    const chance = fc.double({ min: 0.001, max: 0.9999, noNaN: true });
    fc.assert(
      fc.property(withChances(chance), chance, (kinds, p) => {
        const cells = [free, ...cellsOf(kinds.map((kind) => ({ ...kind, p })))];
        for (const check of CHECKS) {
          const plain = found(check, evidenceFor(withoutChances(cells)));
          expect(found(check, evidenceFor(cells))).toEqual(plain);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('neither the order of rows matters nor how they are split over parts', () => {
    const evidenceOf = (outcomes: Outcomes): Evidence => {
      return { ...evidenceFor([]), current: profileOf(outcomes) };
    };
    const chance = fc.constantFrom(0.3, 0.5, 0.6, 0.9);
    fc.assert(
      fc.property(withChances(chance), withChances(chance), (some, others) => {
        const [one, other] = [[free, ...cellsOf(some)], cellsOf(others)];
        const whole = evidenceOf(outcomesOf([...one, ...other]));
        const turned = evidenceOf(outcomesOf([...other, ...one].toReversed()));
        const added = evidenceOf(addCounts([outcomesOf(one), outcomesOf(other)]));
        for (const check of CHECKS) {
          const [first, ...rest] = [whole, turned, added].map((each) => found(check, each));
          for (const { value, low, high, pValue, details } of rest) {
            // -1: it is null
            expect(value ?? -1).toBeCloseTo(first?.value ?? -1, 9);
            expect(low ?? -1).toBeCloseTo(first?.low ?? -1, 9);
            expect(high ?? -1).toBeCloseTo(first?.high ?? -1, 9);
            expect(pValue ?? -1).toBeCloseTo(first?.pValue ?? -1, 9);
            const [a, b] = [first?.details, details].map((each) => {
              return each?.['corrected'] as Record<string, number> | undefined;
            });
            expect(b === undefined).toBe(a === undefined);
            if (a !== undefined) expect(b?.['value']).toBeCloseTo(a['value'] ?? NaN, 9);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
