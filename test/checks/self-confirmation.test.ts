import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { SourceOfLabel } from '../../domain/label-source.js';
import type { Outcomes, Profile } from '../../domain/profile.js';
import { evidenceFor, found, profileOf } from './decided.js';
import { END } from './evidence.js';
import { sourcedOf } from './sourced.js';
import type { Sourced } from './sourced.js';

const WEEK = 7 * 86_400_000;

/** `hits` of `n` labels of a source agree with the model. */
const labels = (source: SourceOfLabel, hits: number, n: number): Sourced[] => [
  { n: hits, source, predicted: '1', label: '1' },
  { n: n - hits, source, predicted: '1', label: '0' },
];

const judged = (outcomes: Outcomes, recent: readonly Profile[] = []) =>
  found('self_confirmation', {
    ...evidenceFor([]),
    current: profileOf(outcomes),
    labelled: { first: [], recent },
  });

/** A week that ends so many weeks before the window, which is a day. */
const week = (cells: readonly Sourced[], ago: number): Profile => {
  const profile = profileOf(sourcedOf(cells), END - ago * WEEK);
  const { end, weekday } = profile.window;
  return { ...profile, window: { start: end - WEEK, end, weekday } };
};

/** Wilson's limits of hits / n at z = 2.326…, 99 % one-sided. */
function wilson(hits: number, n: number): [number, number] {
  const z = 2.3263478740408408;
  const p = hits / n;
  const reach = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const middle = p + (z * z) / (2 * n);
  const scale = 1 + (z * z) / n;
  return [(middle - reach) / scale, (middle + reach) / scale];
}

describe('self_confirmation', () => {
  test('is the share of disagreements that are gone, with Newcombe’s interval', () => {
    const finding = judged(
      sourcedOf([...labels('human_assisted', 1840, 2000), ...labels('random_blind', 320, 400)]),
    );
    // (0.92 − 0.8) / 0.2
    expect(finding.value).toBeCloseTo(0.6, 12);
    const [a, b] = [wilson(1840, 2000), wilson(320, 400)];
    expect(finding.low).toBeCloseTo((0.12 - Math.hypot(0.92 - a[0], b[1] - 0.8)) / 0.2, 9);
    expect(finding.high).toBeCloseTo((0.12 + Math.hypot(a[1] - 0.92, 0.8 - b[0])) / 0.2, 9);
    expect(finding).toMatchObject({
      ...{ verdict: 'alert', category: 'feedback-loop', nCurrent: 2000, nReference: 400 },
      details: { level: 0.98, random: true },
    });
    expect(finding.sentence).toMatch(
      /^In this window 92 % of 2000 labels by people who saw the model's answer agree with it, 80 % of 400 by people who did not, of rows drawn at random: seeing it caused 60 % \[\d+(\.\d)? %, \d+(\.\d)? %\] of the disagreements to be gone\.$/,
    );
  });

  test('names no cause where the rows labelled blind were not all drawn at random', () => {
    const cells = [
      ...labels('human_assisted', 1840, 2000),
      ...labels('random_blind', 240, 300),
      ...labels('human_blind', 80, 100),
    ];
    const finding = judged(sourcedOf(cells));
    expect(finding.value).toBeCloseTo(0.6, 12);
    expect(finding.verdict).toBe('alert');
    expect(finding.sentence).not.toMatch(/caus/i);
    expect(finding.sentence).toContain('only rows drawn at random (label_source.blind_at_random)');
  });

  test.each([
    // agreement higher by 6 pp, a tenth or so of the disagreements: 0.06 / 0.5
    ['warn', 5600, 2500],
    // 4 pp, 0.04 / 0.5
    ['ok', 5400, 2500],
    // 4 pp, 0.04 / 0.1: two fifths of the disagreements
    ['alert', 9400, 4500],
    ['ok', 4500, 2500],
  ] as const)('is %s with %i of 10000 agreeing beside %i of 5000', (verdict, assisted, blind) => {
    const finding = judged(
      sourcedOf([
        ...labels('human_assisted', assisted, 10_000),
        ...labels('random_blind', blind, 5000),
      ]),
    );
    expect(finding.verdict).toBe(verdict);
  });

  test('within chance it is no sign, and says how much could be gone', () => {
    const finding = judged(
      sourcedOf([...labels('human_assisted', 440, 500), ...labels('random_blind', 85, 100)]),
    );
    expect(finding).toMatchObject({ verdict: 'ok', low: 0 });
    expect(finding.sentence).toMatch(/that is no sign that seeing it changes labels; at most \d/);
  });

  test('adds up the windows of eight weeks, and no older ones', () => {
    const some = [...labels('human_assisted', 900, 1000), ...labels('human_blind', 85, 100)];
    const old = [...labels('human_assisted', 0, 5000), ...labels('human_blind', 5000, 5000)];
    const recent = [
      week(old, 9),
      week(old, 8),
      ...[7, 6, 5, 4, 3, 2, 1].map((ago) => week(some, ago)),
    ];
    const finding = judged(sourcedOf(some), recent);
    expect(finding).toMatchObject({ nCurrent: 8000, nReference: 800 });
    expect(finding.details).toMatchObject({ windows: 8, assisted: 0.9, blind: 0.85 });
  });

  test('100 blind labels a week are needed, and it says how many are missing', () => {
    const some = (blind: number) => [
      ...labels('human_assisted', 900, 1000),
      ...labels('human_blind', blind, blind),
    ];
    const thin = judged(sourcedOf(some(99)));
    expect(thin).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(thin.sentence).toMatch(
      /^self_confirmation: 99 labels are by people who did not see the model's answer, 100 are needed, 1 more: have 100 rows a week or more, drawn at random, labelled/,
    );
    expect(judged(sourcedOf(some(100))).verdict).not.toBe('unknown');
    // two weeks and a day
    const recent = [week(some(99), 2), week(some(99), 1)];
    expect(judged(sourcedOf(some(15)), recent).sentence).toContain(
      "213 labels are by people who did not see the model's answer, 214 are needed, 1 more",
    );
  });

  test('without blind labels the trend of agreement is told, for information', () => {
    const of = (hits: number) => labels('human_assisted', hits, 1000);
    const rising = [6, 5, 4, 3, 2, 1].map((ago) => week(of(900 - 10 * ago), ago));
    const finding = judged(sourcedOf(of(900)), rising);
    expect(finding.verdict).toBe('unknown');
    expect(finding.sentence).toMatch(
      /: no label is by somebody who did not see the model's answer: have 100 rows .*; agreement of labels with the answers that people saw rises over 7 windows \(p 0\.00\d+\), which has many possible reasons\.$/,
    );
    expect(judged(sourcedOf(of(900)), rising.slice(2)).sentence).not.toContain('rises');
  });

  test('says which column or which labels are missing', () => {
    const none = judged(sourcedOf([{ n: 500 }], []));
    expect(none.sentence).toBe(
      'self_confirmation: no label says who made it: log that, and name the column as ' +
        'labels[].label_source.',
    );
    const blind = judged(sourcedOf(labels('human_blind', 400, 500)));
    expect(blind.sentence).toContain(
      "0 labels are by people who saw the model's answer (label_source.human_assisted), 100 are needed",
    );
  });

  test('lies in its interval, between 0 and 1, and never names a cause without chance', () => {
    const share = (min: number) =>
      fc.integer({ min, max: 5000 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
    const source = fc.constantFrom('human_blind', 'random_blind');
    fc.assert(
      fc.property(share(100), share(100), source, (assisted, blind, by) => {
        const finding = judged(
          sourcedOf([...labels('human_assisted', ...assisted), ...labels(by, ...blind)]),
        );
        const { value, low, high, sentence, verdict } = finding;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(value).toBeGreaterThanOrEqual((low ?? NaN) - 1e-9);
        expect(high).toBeGreaterThanOrEqual((value ?? NaN) - 1e-9);
        expect(high).toBeLessThanOrEqual(1);
        const isHigher = assisted[0] * blind[1] > blind[0] * assisted[1];
        if (verdict !== 'ok') expect(isHigher).toBe(true);
        if (by === 'human_blind') expect(sentence).not.toMatch(/caus/i);
        expect(/caus/i.test(sentence)).toBe(by === 'random_blind' && (low ?? 0) > 0);
      }),
      { numRuns: 150 },
    );
    expect(checkNamed('self_confirmation').action).not.toMatch(/caus/i);
  });
});
