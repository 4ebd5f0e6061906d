import { describe, expect, test } from 'vitest';
import { worseOf } from '../../checks/before.js';
import { systemMetric } from '../../checks/system-metric.js';
import { shownOnly } from '../../checks/questions.js';
import { crossed } from '../../domain/judging/limit-words.js';
import type { Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { seriesCounts, type SeriesValue } from '../../domain/series.js';

const DAY = 86_400_000;
const start = Date.UTC(2026, 2, 30);

/** The window `ago` days before the one under judgement. */
const profile = (ago: number, value: number, more: Partial<SeriesValue> = {}) => {
  const from = start - ago * DAY;
  const own: SeriesValue = {
    ...{ of: 'max of q', value, points: 1440, room: 1440, why: '', lack: '', warning: '' },
    ...more,
  };
  const window = { start: from, end: from + DAY, weekday: 1 };
  return { rows: 500, window, asked: { series: seriesCounts({ p95: own }) } } as unknown as Profile;
};

const measure = (
  current: Profile,
  answers: readonly Profile[] = [],
  versus: 'usual' | 'week_before' = 'usual',
) => {
  const params = { ...systemMetric.defaults, versus };
  return systemMetric.measure(
    { current, answers, earlier: [] } as unknown as Evidence,
    'p95',
    params,
  );
};

describe('system_metric', () => {
  test('is the value of the series, beside the median of the windows before', () => {
    // the windows of 5, 4, 3, 2 days before: the median of 0.1, 0.2, 0.3, 0.9 is 0.25
    const before = [0.1, 0.9, 0.2, 0.3].map((value, place) => profile(5 - place, value));
    const found = measure(profile(0, 0.5), before);
    expect(found).toMatchObject({ value: 0.5, nCurrent: 500, details: { reference: 0.25 } });
    expect(systemMetric.say(found, 'p95')).toBe(
      'p95 is 0.5, 100 % above the 0.25 of the 4 windows since 2026-03-25 00:00 UTC (median); ' +
        'max of 1440 points.',
    );
  });

  test('looks at the last 28 windows, and only those of the same query and length', () => {
    const before = Array.from({ length: 40 }, (_, place) => {
      // the last 28 of 40: 12 … 39, with the median (25 + 26) / 2
      return profile(41 - place, place);
    });
    const other = profile(1, 999, { of: 'mean of q' });
    const long = profile(1, 999);
    const week = { ...long, window: { ...long.window, start: long.window.start - 6 * DAY } };
    const found = measure(profile(0, 1), [...before, other, week]);
    expect(found.details).toMatchObject({ reference: 25.5, windows: 28 });
  });

  test('compares with the window of one week before', () => {
    const before = [profile(8, 9), profile(7, 0.4), profile(6, 9), profile(1, 9)];
    const found = measure(profile(0, 0.3), before, 'week_before');
    expect(found.details['reference']).toBe(0.4);
    expect(systemMetric.say(found, 'p95', 'Europe/Paris')).toBe(
      'p95 is 0.3, 25 % below the 0.4 of one week before (2026-03-23 01:00 Europe/Paris); ' +
        'max of 1440 points.',
    );
  });

  test('says why there is nothing to compare with, and still what it is', () => {
    const found = measure(profile(0, 0.3), [profile(2, 1), profile(1, 1)]);
    expect(found.value).toBe(0.3);
    expect(found.details['note']).toBe('2 earlier windows have a value of it, 3 needed');
    expect(systemMetric.say(found, 'p95')).toBe('p95 is 0.3; max of 1440 points.');
    const week = measure(profile(0, 0.3), [profile(6, 1)], 'week_before');
    expect(week.details['note']).toBe('the window of one week before has no value of it');
  });

  test('is unknown with its reason where there is no value: never 0, never ok', () => {
    const lacks = (lack: SeriesValue['lack'], why: string) =>
      measure(profile(0, NaN, { lack, why }));
    expect(lacks('error', 'prom:9090: answers 503')).toMatchObject({
      ...{ value: null, reason: 'error', details: { note: 'prom:9090: answers 503' } },
    });
    expect(lacks('none', 'no data')).toMatchObject({ value: null, reason: 'insufficient_data' });
    const bare = { ...profile(0, 1), asked: {} };
    expect(measure(bare)).toMatchObject({ value: null, reason: 'not_evaluated' });
    const before = [profile(3, 1), profile(2, 1), profile(1, NaN, { lack: 'error', why: 'x' })];
    expect(measure(profile(0, 1), before).details['note']).toContain('2 earlier windows');
  });

  test('tells of points that are missing, and what the server warns of', () => {
    const found = measure(profile(0, 0.3, { points: 40, warning: 'a part is missing' }));
    expect(systemMetric.say(found, 'p95')).toBe(
      'p95 is 0.3; max of 40 of 1440 points. The server warns: a part is missing.',
    );
  });

  test('a drop is in the direction that the entry calls worse', () => {
    const spec = (params: object) => ({ ...shownOnly('system_metric'), params: { ...params } });
    expect(worseOf(systemMetric, spec({}))).toBe('higher');
    expect(worseOf(systemMetric, spec({ worse: 'lower' }))).toBe('lower');
    const before = [3, 2, 1].map((ago) => profile(ago, 100));
    const fifth = { dropShare: 0.2 };
    expect(crossed(measure(profile(0, 120), before), fifth, 'higher')).toBe(true);
    expect(crossed(measure(profile(0, 119), before), fifth, 'higher')).toBe(false);
    expect(crossed(measure(profile(0, 80), before), fifth, 'lower')).toBe(true);
    expect(crossed(measure(profile(0, 120), before), fifth, 'lower')).toBe(false);
    expect(crossed(measure(profile(0, 120)), fifth, 'higher')).toBeNull();
  });

  test('an error rate that stays at 0 has not become worse by any share of 0', () => {
    const before = [3, 2, 1].map((ago) => profile(ago, 0));
    const found = measure(profile(0, 0), before);
    expect(crossed(found, { dropShare: 0.2 }, 'higher')).toBe(false);
    expect(systemMetric.say(found, 'p95')).toContain('p95 is 0, as in the 3 windows since');
    const more = measure(profile(0, 0.01), before);
    expect(crossed(more, { dropShare: 0.2 }, 'higher')).toBe(true);
    expect(systemMetric.say(more, 'p95')).toContain('p95 is 0.01, above the 0 of the 3 windows');
  });
});
