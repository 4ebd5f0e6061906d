import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { historyOf } from '../../checks/history.js';
import type { Evidence } from '../../domain/score.js';
import { evidenceFor, found, outcomesOf, profileOf, withoutDecisions } from './decided.js';
import type { Cell } from './decided.js';
import { END } from './evidence.js';

interface Corrected {
  value: number;
  standardError: number;
  held: number;
}

/** Beside a reference that is told nothing of decisions. */
const known = profileOf(
  withoutDecisions(
    outcomesOf([
      ['', { no: 900, yes: 20, score: 0.1, predicted: '0' }],
      ['', { no: 50, yes: 80, score: 0.9 }],
    ]),
  ),
);
const saidOf = (check: string, cells: readonly Cell[]) =>
  found(check, evidenceFor(cells, { reference: known })).sentence;

const correctedOf = (check: string, evidence: Evidence) =>
  found(check, evidence).details['corrected'] as Corrected | undefined;

// the model calls its band of 2,000 positive, blocks 1,900 of it, and misses 100 frauds elsewhere
const blocked: readonly Cell[] = [
  ['free', { no: 9900, yes: 100, score: 0.1, predicted: '0' }],
  ['censored', { none: 1900, score: 0.9 }],
  ['explored', { no: 80, yes: 20, score: 0.9 }],
];

describe('a metric of a model that acts', () => {
  test('is corrected by the rows held out, which stand for all of the band', () => {
    const finding = found('recall', evidenceFor(blocked));
    expect(finding.value).toBeCloseTo(20 / 120, 12);
    const { value, standardError, held } = finding.details['corrected'] as Corrected;
    // 100 held out stand for 2,000: 400 frauds found beside 100 that are missed
    expect(value).toBeCloseTo(400 / 500, 9);
    expect(held).toBe(100);
    // R = A / (A + B), A = 2,000 a, B = 10,000 b, with shares a of 100 rows and b of 10,000
    const [a, b] = [0.2, 0.01];
    const variance =
      (2000 / 500) ** 2 * (1 - 0.8) ** 2 * ((a * (1 - a)) / 100) +
      (10_000 / 500) ** 2 * 0.8 ** 2 * ((b * (1 - b)) / 10_000);
    expect(standardError).toBeCloseTo(Math.sqrt(variance), 3);
    expect(saidOf('recall', blocked)).toMatch(
      /, on 10100 labelled rows \(84\.2 % of them labelled\); corrected for rows acted on, by an estimate from 100 held out at random, it is 0\.8 \(standard error 0\.03\d+\)\.$/,
    );
    expect(correctedOf('precision', evidenceFor(blocked))?.value).toBeCloseTo(0.2, 9);
  });

  test('counts only held-out and un-acted labels, whatever acting made of the others', () => {
    const recorded: readonly Cell[] = [
      blocked[0] ?? ['', {}],
      ['censored', { no: 1900, score: 0.9 }],
      ['explored', { no: 80, yes: 20, score: 0.9 }],
    ];
    for (const check of ['recall', 'precision', 'roc_auc', 'average_precision', 'accuracy']) {
      const [a, b] = [blocked, recorded].map((cells) => correctedOf(check, evidenceFor(cells)));
      expect(a?.value).toBeGreaterThan(0);
      expect(b).toEqual(a);
    }
    // P(positive above negative): 400 · (9,900 + 1,600 / 2) + 100 · 9,900 / 2 of 500 · 11,500
    const auc = (400 * (9900 + 800) + 100 * 4950) / (500 * 11_500);
    expect(correctedOf('roc_auc', evidenceFor(recorded))?.value).toBeCloseTo(auc, 9);
    // 400 at precision 0.2, then 100 at 500 / 12,000
    const precision = (400 * 0.2 + (100 * 500) / 12_000) / 500;
    expect(correctedOf('average_precision', evidenceFor(recorded))?.value).toBeCloseTo(
      precision,
      9,
    );
  });

  test('is the observed one where the whole band is held out', () => {
    const rows = fc.record({
      no: fc.integer({ min: 1, max: 400 }),
      yes: fc.integer({ min: 5, max: 400 }),
    });
    fc.assert(
      fc.property(rows, rows, rows, (free, low, high) => {
        const evidence = evidenceFor([
          ['free', { ...free, score: 0.1, predicted: '0' }],
          ['explored', { ...low, score: 0.7 }],
          ['explored', { ...high, score: 0.9 }],
        ]);
        for (const check of ['recall', 'precision', 'roc_auc', 'average_precision', 'accuracy']) {
          const { value } = found(check, evidence);
          expect(correctedOf(check, evidence)?.value).toBeCloseTo(value ?? NaN, 9);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('is measured on the un-acted slice only where nothing was held out', () => {
    const none: readonly Cell[] = [
      ['free', { no: 9900, yes: 100, score: 0.1, predicted: '0' }],
      ['missed', { no: 10, yes: 10, score: 0.9 }],
      ['censored', { none: 1900, score: 0.9 }],
    ];
    const finding = found('roc_auc', evidenceFor(none));
    expect(finding.details['corrected']).toBeUndefined();
    expect(saidOf('roc_auc', none)).toMatch(
      /; performance is measured on the un-acted slice only\.$/,
    );
    const labels: readonly Cell[] = [...none.slice(0, 2), ['altered', { no: 1900, score: 0.9 }]];
    expect(saidOf('roc_auc', labels)).toMatch(
      /; labels are as they came, and those of 1900 rows acted on may be what acting made of them: performance is known on the un-acted slice only\.$/,
    );
    const few: readonly Cell[] = [...none, ['explored', { no: 46, yes: 4, score: 0.9 }]];
    expect(saidOf('roc_auc', few)).toMatch(
      /un-acted slice only; 4 positives are held out at random, 5 are needed to correct it\.$/,
    );
  });

  test('lends held-out rows from the three windows before, of cells that are the same', () => {
    // 2 of 20 held out are positive in each window: 8 of 80 in four, 10 % of the band of 2,000 each
    const thin: readonly Cell[] = [
      ['free', { no: 9900, yes: 100, score: 0.1, predicted: '0' }],
      ['censored', { none: 1980, score: 0.9 }],
      ['explored', { no: 18, yes: 2, score: 0.9 }],
    ];
    expect(correctedOf('recall', evidenceFor(thin))).toBeUndefined();
    const past = Array.from({ length: 5 }, () => profileOf(outcomesOf(thin), END - 86_400_000));
    const evidence = evidenceFor(thin, { labelled: { first: [], recent: past } });
    const { value, held } = correctedOf('recall', evidence) ?? { value: NaN, held: NaN };
    // 800 found beside 400 that are missed
    expect(value).toBeCloseTo(800 / 1200, 9);
    expect(held).toBe(80);
    expect(found('recall', { ...evidence, reference: known }).sentence).toContain(
      'from 80 held out at random in 4 windows, it is 0.6667 ',
    );
  });

  test('says nothing of acting where nobody acts, or where it is not known', () => {
    const free: readonly Cell[] = [['free', { no: 900, yes: 100, predicted: '0' }]];
    const current = profileOf(withoutDecisions(outcomesOf(blocked)), END);
    for (const evidence of [
      evidenceFor(free, { reference: known }),
      { ...evidenceFor(blocked), current, reference: known },
    ]) {
      const { details, sentence } = found('accuracy', evidence);
      expect(details).not.toHaveProperty('corrected');
      expect(details).not.toHaveProperty('unacted');
      expect(sentence).not.toContain('act');
    }
  });

  test('of windows that are past only the value is asked', () => {
    const check = checkNamed('recall');
    const past = profileOf(outcomesOf(blocked), END - 86_400_000);
    const evidence = evidenceFor(blocked, { labelled: { first: [past], recent: [past] } });
    const seen: Evidence[] = [];
    const { recent } = historyOf(evidence, {
      ...{ check, spec: null },
      measure: (on) => {
        seen.push(on);
        return check.measure(on, 'recall', { ...check.defaults, threshold: null } as never);
      },
    });
    expect(recent[0]?.value).toBeCloseTo(20 / 120, 12);
    expect(seen.map(({ current }) => current.outcomes?.by['decision'] !== undefined)).toEqual([
      false,
      true,
    ]);
  });
});
