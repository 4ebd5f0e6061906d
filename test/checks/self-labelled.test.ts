import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { troubleWords } from '../../domain/naming.js';
import type { Outcomes } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { evidenceFor, found, profileOf } from './decided.js';
import { END } from './evidence.js';
import { sourcedOf } from './sourced.js';
import type { Sourced } from './sourced.js';

const DAY = 86_400_000;
const judged = (outcomes: Outcomes, more: Partial<Evidence> = {}) =>
  found('self_labelled', { ...evidenceFor([]), current: profileOf(outcomes), ...more });

const both = ['source', 'decision'] as const;

/** 25 of 100 labels by the model; 20 rows acted on, 12 of the 16 positives among them. */
const window: readonly Sourced[] = [
  { n: 10, source: 'model', decision: 'free', score: 0.25 },
  { n: 10, source: 'rule', decision: 'free', score: 0.25 },
  { n: 5, source: 'human_assisted', decision: 'free', score: 0.25 },
  { n: 8, source: 'human_blind', decision: 'altered', score: 0.5 },
  { n: 12, source: 'outcome', decision: 'censored', label: '1', score: 0.5 },
  { n: 4, source: 'random_blind', decision: 'free', label: '1', score: 0.25 },
  { n: 51, source: 'outcome', decision: 'free', score: 0.25 },
  { n: 900, decision: 'censored', label: '', score: 0.9 },
];

describe('self_labelled', () => {
  test('is the largest of the shares over what it may be, and says all of them', () => {
    const finding = judged(sourcedOf(window, both));
    // 25 % of 20 %; 12 of 16 positives of 50 %; 20 · 0.5 of 20 · 0.5 + 80 · 0.25 of 30 %
    expect(finding.value).toBeCloseTo(Math.max(0.25 / 0.2, 0.75 / 0.5, 10 / 30 / 0.3), 12);
    expect(finding).toMatchObject({ verdict: 'warn', category: 'feedback-loop', nCurrent: 100 });
    expect(finding.sentence).toBe(
      '25 % of 100 labels that say who made them come from the model, a rule derived from it, or ' +
        'people who saw its answer (20 % at most). 20 % of 100 labels are of rows acted on, as are ' +
        '75 % of 16 positives (50 % at most); those rows hold 33.3 % of the sum of scores (30 % at most ' +
        'where no row is held out at random). Scores are 30 % on average, 16 % of 100 labels are ' +
        'positive.',
    );
    expect(troubleWords(finding)).toBe('labels made by the model');
  });

  test.each([
    ['made', 20, 0, 'ok'],
    ['made', 21, 0, 'warn'],
    ['positives', 0, 50, 'ok'],
    ['positives', 0, 51, 'warn'],
  ] as const)(
    '%s: %i %% made and %i %% of the positives acted on are %s',
    (_, made, acted, verdict) => {
      const finding = judged(
        sourcedOf(
          [
            { n: made, source: 'model', decision: 'free', score: 0 },
            { n: 100 - made, source: 'outcome', decision: 'free', score: 0.9 },
            { n: acted, source: '', decision: 'altered', label: '1', score: 0 },
            { n: 100 - acted, source: '', decision: 'free', label: '1', score: 0.9 },
          ],
          both,
        ),
      );
      expect(finding.verdict).toBe(verdict);
      expect(finding.value).toBeCloseTo(Math.max(made / 20, acted / 50), 12);
    },
  );

  test('scores under action count where no row of four windows was held out', () => {
    const rows: readonly Sourced[] = [
      { n: 40, decision: 'censored', score: 0.5 },
      { n: 60, decision: 'free', score: 0.5 },
      { n: 100, decision: 'free', score: 0, label: '1' },
    ];
    const alone = judged(sourcedOf(rows, ['decision']));
    expect(alone.value).toBeCloseTo(0.4 / 0.3, 12);
    expect(alone.verdict).toBe('warn');
    const before = (decision: 'free' | 'explored', days: number) =>
      profileOf(sourcedOf([{ n: 5, decision }], ['decision']), END - days * DAY);
    const beside = (decision: 'free' | 'explored') =>
      judged(sourcedOf(rows, ['decision']), {
        labelled: { first: [], recent: [before(decision, 1)] },
      });
    expect(beside('free').verdict).toBe('warn');
    expect(beside('explored')).toMatchObject({ verdict: 'ok', value: 0 });
    expect(beside('explored').sentence).toContain('40 % of the sum of scores (rows are held out)');
  });

  test('judges what is known, and says which column to log for the rest', () => {
    const decided = judged(sourcedOf(window, ['decision']));
    expect(decided.value).toBeCloseTo(0.75 / 0.5, 12);
    expect(decided.sentence).toMatch(
      /^Who made the labels is not known \(not counted\): log who made each label, and name that column as labels\[\]\.label_source\. 20 % of 100/,
    );
    const sourced = judged(sourcedOf(window, ['source']));
    expect(sourced.value).toBeCloseTo(0.25 / 0.2, 12);
    expect(sourced.sentence).toContain(
      'Which rows were acted on is not known: log it, and name that column as columns.action.',
    );
    const neither = judged(sourcedOf(window, []));
    expect(neither).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(neither.sentence).toMatch(/labels\[\]\.label_source; which rows .* columns\.action\.$/);
    const silent = judged(sourcedOf([{ n: 200, source: '' }]));
    expect(silent.sentence).toContain('(no label says who made it)');
  });

  test('a column of the action that the rows lack is named', () => {
    const current = profileOf(sourcedOf([{ n: 200, source: 'outcome', decision: '' }], both));
    const undecided = { by: { column: ['held_out'] }, sums: { n: Float64Array.of(0) } };
    const finding = found('self_labelled', {
      ...evidenceFor([]),
      current: { ...current, asked: { undecided } },
    });
    expect(finding.verdict).toBe('ok');
    expect(finding.sentence).toContain('olumns.action names held_out, which the rows lack.');
  });

  test('fewer than 100 labels are unknown; labels not known yet are immature', () => {
    expect(judged(sourcedOf([{ n: 99, source: 'model' }]))).toMatchObject({
      ...{ verdict: 'unknown', reason: 'insufficient_data' },
    });
    const facts = { ...evidenceFor([]).facts, matureAfter: 100 * DAY };
    expect(judged(sourcedOf(window, both), { facts })).toMatchObject({ reason: 'immature' });
  });

  test('says how much comes from each version', () => {
    const finding = judged(
      sourcedOf(
        [
          { n: 100, source: 'outcome', version: 'v1' },
          { n: 30, source: 'model', version: 'v2' },
          { n: 70, source: 'outcome', version: 'v2' },
        ],
        ['source', 'version'],
      ),
    );
    expect(finding.sentence).toMatch(/ By version: v1 0 %, v2 30 %\.$/);
    expect(finding.value).toBeCloseTo(0.15 / 0.2, 12);
  });

  test('of any labels it says no cause; a label that the model makes never lowers the value', () => {
    const { name, question, action, unit, kind } = checkNamed('self_labelled');
    expect(kind).toBe('structural');
    const cell = fc.record({
      n: fc.integer({ min: 1, max: 500 }),
      source: fc.constantFrom('outcome', 'model', 'rule', 'human_assisted', 'human_blind', ''),
      decision: fc.constantFrom('free', 'censored', 'altered', 'explored', 'missed', ''),
      label: fc.constantFrom('0', '1'),
      score: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }) as fc.Arbitrary<Sourced>;
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), (cells) => {
        const rows = [
          ...cells,
          { n: 100, source: 'outcome', decision: 'free', label: '1' } as const,
        ];
        const before = judged(sourcedOf(rows, both));
        const after = judged(sourcedOf([...rows, { n: 50, source: 'model', score: 0.5 }], both));
        const said = [before.sentence, before.rule, name, question, action, unit].join(' ');
        expect(said).not.toMatch(/caus|bias|wrong/i);
        expect(before.value).toBeGreaterThanOrEqual(0);
        expect(after.value).toBeGreaterThanOrEqual((before.value ?? NaN) - 1e-9);
      }),
      { numRuns: 150 },
    );
  });
});
