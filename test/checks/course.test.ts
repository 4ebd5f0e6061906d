import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { Finding } from '../../domain/finding.js';
import type { Limit } from '../../domain/limits.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, END, evidenceOf, monitorOf, windowEnding } from './evidence.js';

const ROWS = 1000;

/** A day on which so many of 1,000 answers, half of them positive, are wrong. */
function day(end: number, wrong: number): Profile {
  const right = (ROWS - wrong) / 2;
  return {
    ...evidenceOf({}, {}).current,
    rows: ROWS,
    window: windowEnding(end),
    outcomes: {
      by: { predicted: ['1', '0', '1', '0'], label: ['1', '0', '0', '1'] },
      sums: { n: Float64Array.of(right, right, wrong / 2, wrong / 2) },
    },
  };
}

interface Asked {
  check: string;
  /** Wrong answers of each day, the window under judgement last. */
  wrong: readonly number[];
  alert?: Limit | null;
  given?: Partial<Monitor>;
  /** Labelled rows that the metric wants. */
  minRows?: number;
}

function findingOf({
  check,
  wrong,
  alert = { below: 0.85 },
  given = {},
  minRows = 100,
}: Asked): Finding {
  const days = wrong.map((count, place) => day(END - (wrong.length - 1 - place) * DAY, count));
  const labelled = { first: days.slice(0, -1).slice(0, 28), recent: days.slice(0, -1) };
  const rest = { name: null, against: null, targets: null, running: null, every: null, params: {} };
  const spec = { ...checkNamed(check).defaults, check, ...rest };
  const accuracy = { ...spec, check: 'accuracy', warn: null, alert, minRows };
  const monitor = monitorOf({ checks: [accuracy, spec], ...given });
  const evidence = evidenceOf({}, {}, { profile: days.at(-1) ?? {}, labelled });
  const frame = { run: 'r', window: windowEnding(END), revision: 0, inputs: 'i' };
  const findings = evaluateChecks({ ...frame, monitor, evidence, shown: [] });
  const found = findings.find((finding) => finding.check === check);
  if (found === undefined) throw new Error(`no finding of ${check}`);
  return found;
}

const days = (n: number, wrong: (place: number) => number): number[] =>
  Array.from({ length: n }, (_, place) => wrong(place));
/** As many as are needed for a spread, the same every other day. */
const wobble = (place: number): number => (place % 2 === 0 ? 4 : -4);

describe('decay_trend', () => {
  // accuracy falls by 0.002 a day: 0.056 in 28 days. The median of 30 days is 0.9 - 0.029 = 0.871,
  // which is 0.371 above the trivial model's 0.5: 0.056 / 0.371
  const falling = days(30, (place) => 100 + 2 * place);
  test('is the projected loss as a share of the skill, and warns from 5 % on', () => {
    const found = findingOf({ check: 'decay_trend', wrong: falling });
    expect(found.value).toBeCloseTo(0.056 / 0.371, 9);
    expect(found).toMatchObject({ verdict: 'warn', category: 'performance', target: 'accuracy' });
    expect(found.sentence).toBe(
      'accuracy is 0.842 and gets worse by 0.056 in 28 days, 15.1 % of its skill (30 windows, ' +
        'p < 1e-6).',
    );
  });
  test('is ok where the metric gets better, and where it only wobbles', () => {
    const better = findingOf({ check: 'decay_trend', wrong: [...falling].reverse() });
    expect(better).toMatchObject({ verdict: 'ok', rule: 'within limits' });
    expect(better.value).toBeLessThan(0);
    const same = findingOf({ check: 'decay_trend', wrong: days(40, (at) => 100 + wobble(at)) });
    expect(same).toMatchObject({ verdict: 'ok', value: 0 });
  });
  test('is unknown for 27 windows, and says how many there are', () => {
    const found = findingOf({ check: 'decay_trend', wrong: falling.slice(0, 27) });
    expect(found).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(found.sentence).toBe(
      'decay_trend of accuracy: 27 windows with mature labels, 28 needed.',
    );
  });
  test('leaves out windows with fewer labels than the metric wants, this one too', () => {
    const wrong = [...falling.slice(0, -1), 950, 158];
    expect(findingOf({ check: 'decay_trend', wrong }).details['windows']).toBe(31);
    const thin = findingOf({ check: 'decay_trend', wrong, minRows: 1001 });
    expect(thin.sentence).toBe('decay_trend of accuracy: 1000 labelled rows, 1001 needed.');
  });
  test('looks at the metric of retraining where there is one', () => {
    const retraining = { metric: 'recall' } as Monitor['retraining'];
    const found = findingOf({ check: 'decay_trend', wrong: falling, given: { retraining } });
    expect(found.target).toBe('recall');
  });
  test('turns its sign when the days are told backwards', () => {
    const counts = fc.array(fc.integer({ min: 40, max: 200 }), { minLength: 28, maxLength: 40 });
    fc.assert(
      fc.property(counts, (wrong) => {
        const [there, back] = [wrong, [...wrong].reverse()].map((list) =>
          Number(findingOf({ check: 'decay_trend', wrong: list }).details['slope']),
        );
        expect(there).toBeCloseTo(-(back ?? NaN), 9);
      }),
      { numRuns: 20 },
    );
  });
});

describe('time_to_threshold', () => {
  test('tells when the limit is reached, and is an alert within 14 days', () => {
    // 0.002 a day with a wobble of ± 0.004: from 0.842 to 0.82 it takes about 11 days
    const wrong = days(30, (place) => 100 + 2 * place + wobble(place));
    const found = findingOf({ check: 'time_to_threshold', wrong, alert: { below: 0.82 } });
    expect(found.value).toBeGreaterThan(0.9);
    expect(Number(found.details['median'])).toBeGreaterThan(9);
    expect(Number(found.details['median'])).toBeLessThan(13);
    expect(found.verdict).toBe('alert');
    expect(found.sentence).toMatch(
      /^accuracy reaches its limit of 0\.82 around 2026-12-0\d \(2026-1\d-\d\d to 2026-1\d-\d\d in 80 % of draws; [\d.]+ % of draws reach it within 14 days\)\.$/,
    );
  });
  test('gives no date where 80 % of the draws are more than 60 days apart', () => {
    const wrong = days(30, (place) => 100 + 3 * wobble(place) + place / 2);
    const found = findingOf({ check: 'time_to_threshold', wrong, alert: { below: 0.8 } });
    expect(found.verdict).toBe('ok');
    expect(found.sentence).toContain('at no reliable date');
  });
  test('has nothing to say without a limit', () => {
    const wrong = days(30, () => 100);
    const found = findingOf({ check: 'time_to_threshold', wrong, alert: { drop: 0.02 } });
    expect(found).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
  });
});

describe('level_change', () => {
  const usual = days(28, (place) => 100 + wobble(place));
  // mean 0.1, sd = 0.004 × sqrt(28 / 27); a day at 0.112 adds 2.946 - 0.5, so five days make 12.2
  const sd = 0.004 * Math.sqrt(28 / 27);
  test('adds up what is beyond half a standard deviation of the first 28 windows', () => {
    const found = findingOf({ check: 'level_change', wrong: [...usual, ...days(5, () => 112)] });
    expect(found.value).toBeCloseTo(5 * (0.012 / sd - 0.5), 9);
    expect(found).toMatchObject({ verdict: 'warn', patience: 2 });
    expect(found.sentence).toContain('accuracy is 0.888, 0.9 ± 0.004073 in its first 28 windows');
    expect(found.sentence).toContain('the present move began 2026-11-17');
  });
  test('is an alert when it has been beyond for 7 days', () => {
    // the sum is above 8 from the fourth day on
    const at = (n: number) =>
      findingOf({ check: 'level_change', wrong: [...usual, ...days(n, () => 112)] }).verdict;
    expect([3, 4, 9, 10].map(at)).toEqual(['ok', 'warn', 'warn', 'alert']);
  });
  test('is unknown before 28 windows are there, and where they are all alike', () => {
    expect(findingOf({ check: 'level_change', wrong: usual.slice(0, 20) })).toMatchObject({
      reason: 'insufficient_data',
      sentence: 'level_change of accuracy: 20 windows with mature labels, 29 needed.',
    });
    expect(findingOf({ check: 'level_change', wrong: days(40, () => 100) })).toMatchObject({
      reason: 'not_applicable',
    });
  });
});
