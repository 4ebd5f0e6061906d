import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aggregates,
  isWeekBefore,
  reduced,
  seriesCounts,
  seriesIn,
  type SeriesValue,
} from '../../domain/series.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const window = (start: number, length: number) => ({ start, end: start + length, weekday: 1 });

describe('the number of a window', () => {
  test('is what the points come to', () => {
    const points = [3, NaN, 1, 8, NaN, 4, NaN];
    const found = aggregates.map((aggregate) => reduced(points, aggregate));
    // max, (3 + 1 + 8 + 4) / 4, min, sum, last of 3, 1, 8, 4
    expect(found).toEqual([8, 4, 1, 16, 4]);
  });

  test('is none where no point is a number, and infinite where a point is', () => {
    for (const aggregate of aggregates) {
      expect(reduced([], aggregate)).toBeNull();
      expect(reduced([NaN, NaN], aggregate)).toBeNull();
    }
    expect(reduced([1, Infinity], 'max')).toBe(Infinity);
    expect(reduced([Infinity, -Infinity], 'mean')).toBeNaN();
  });

  test('lies between the least and the most, however many points there are', () => {
    const points = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), {
      ...{ minLength: 1, maxLength: 200 },
    });
    fc.assert(
      fc.property(points, (all) => {
        const [most, mean, least, sum, last] = aggregates.map((one) => reduced(all, one) ?? NaN);
        expect(all).toContain(most);
        expect(all).toContain(least);
        expect(last).toBe(all.at(-1));
        expect(all.every((one) => one <= (most ?? NaN) && one >= (least ?? NaN))).toBe(true);
        expect((mean ?? NaN) * all.length).toBeCloseTo(sum ?? NaN, 3);
      }),
    );
  });
});

test('what was stored of a series is found by its name, whatever the name is', () => {
  const value = (of: string): SeriesValue => ({
    ...{ of, value: 1, points: 2, room: 3, why: '', lack: '', warning: 'w' },
  });
  const series = seriesCounts({ a: value('max of a'), constructor: value('sum of b') });
  const asked = { series };
  expect(seriesIn({ asked }, 'a')).toEqual(value('max of a'));
  expect(seriesIn({ asked }, 'constructor')).toEqual(value('sum of b'));
  expect(seriesIn({ asked }, 'toString')).toBeNull();
  expect(seriesIn({ asked: {} }, 'a')).toBeNull();
});

describe('the window of one week before', () => {
  const start = Date.UTC(2026, 2, 30);

  test('is seven days earlier, an hour more or less for days over a clock change', () => {
    const day = window(start, DAY);
    expect(isWeekBefore(window(start - 7 * DAY, DAY), day)).toBe(true);
    expect(isWeekBefore(window(start - 7 * DAY + HOUR, DAY - HOUR), day)).toBe(true);
    for (const off of [-DAY, DAY, 7 * DAY, 2 * HOUR]) {
      expect(isWeekBefore(window(start - 7 * DAY + off, DAY), day)).toBe(false);
    }
    expect(isWeekBefore(window(start - 7 * DAY, 7 * DAY), day)).toBe(false);
  });

  test('of an hour it is that hour and not the next one', () => {
    const hour = window(start, HOUR);
    expect(isWeekBefore(window(start - 7 * DAY, HOUR), hour)).toBe(true);
    expect(isWeekBefore(window(start - 7 * DAY + HOUR, HOUR), hour)).toBe(false);
  });
});
