import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  lastBoundary,
  nextBoundary,
  spanBefore,
  usualLength,
  windowEndingAt,
  windowsDue,
  windowsWithin,
} from '../../calendar/windows.js';
import { iso, type WindowGrid, type WindowSize } from '../../domain/window.js';

const hour = 3_600_000;
const day = 24 * hour;
const at = (text: string): number => Date.parse(text);
const grid = (size: WindowSize, timezone: string, align: WindowGrid['align'] = 'monday') => ({
  size,
  timezone,
  align,
});

const zones = [
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/Havana',
  'America/St_Johns',
];
const anyGrid = fc.record({
  size: fc.constantFrom<WindowSize>('1h', '1d', '1w', '1mo'),
  timezone: fc.constantFrom(...zones),
  align: fc.constantFrom<WindowGrid['align']>('monday', 'wednesday', 'sunday'),
});
const anyInstant = fc.integer({ min: at('2009-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });

describe('laws of the grid', () => {
  test('windows are disjoint, follow each other without a gap and cover the span', () => {
    fc.assert(
      fc.property(anyGrid, anyInstant, fc.integer({ min: 1, max: 6 }), (g, from, units) => {
        const to = from + units * usualLength(g);
        const windows = windowsDue(g, from, to);
        expect(windows.every((w) => w.start < w.end)).toBe(true);
        windows.slice(1).forEach((w, i) => expect(w.start).toBe(windows[i]?.end));
        if (windows[0] === undefined) return;
        expect(windows[0].start).toBe(lastBoundary(g, from));
        expect(windows.at(-1)?.end).toBe(lastBoundary(g, to));
        expect(windows.every((w) => w.end > from && w.end <= to)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('the last boundary is at or before the instant, the next one after it', () => {
    fc.assert(
      fc.property(anyGrid, anyInstant, (g, t) => {
        const last = lastBoundary(g, t);
        const next = nextBoundary(g, t);
        expect(last).toBeLessThanOrEqual(t);
        expect(next).toBeGreaterThan(t);
        expect(lastBoundary(g, last)).toBe(last);
        expect(lastBoundary(g, next - 1)).toBe(last);
        expect(windowEndingAt(g, next)).toMatchObject({ start: last, end: next });
      }),
      { numRuns: 150 },
    );
  });

  test('looking in two goes gives the same windows as looking once', () => {
    fc.assert(
      fc.property(anyGrid, anyInstant, fc.nat(400), fc.nat(400), (g, from, a, b) => {
        const unit = usualLength(g) / 100;
        const middle = from + a * unit;
        const to = middle + b * unit;
        const twice = [...windowsDue(g, from, middle), ...windowsDue(g, middle, to)];
        expect(twice).toEqual(windowsDue(g, from, to));
      }),
      { numRuns: 60 },
    );
  });

  test('weeks begin on the weekday they are aligned to', () => {
    fc.assert(
      fc.property(anyInstant, fc.constantFrom(...zones), (t, zone) => {
        const [wednesday] = windowsDue(grid('1w', zone, 'wednesday'), t, t + 15 * day);
        expect(wednesday?.weekday).toBe(3);
        const [sunday] = windowsDue(grid('1w', zone, 'sunday'), t, t + 15 * day);
        expect(sunday?.weekday).toBe(7);
      }),
      { numRuns: 40 },
    );
  });

  test('hours are 3,600 s each, whatever the clocks do', () => {
    fc.assert(
      fc.property(anyInstant, fc.constantFrom(...zones), (t, zone) => {
        for (const w of windowsDue(grid('1h', zone), t, t + 30 * hour)) {
          expect(w.end - w.start).toBe(hour);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('clock changes', () => {
  test.each([
    ['Europe/Paris', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['Europe/Paris', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
    ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 23],
    ['America/New_York', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z', 25],
  ])('the day of the change in %s from %s to %s has %i hours', (zone, start, end, hours) => {
    const window = windowEndingAt(grid('1d', zone), at(end));
    expect(iso(window.start)).toBe(start);
    expect((window.end - window.start) / hour).toBe(hours);
    expect(window.weekday).toBe(7);
    const hourly = windowsWithin(grid('1h', zone), window.start, window.end);
    expect(hourly).toHaveLength(hours);
  });

  test('a week and a month over a change are an hour longer', () => {
    const week = windowEndingAt(grid('1w', 'Europe/Paris'), at('2026-10-25T23:00:00Z'));
    expect(week.end - week.start).toBe(7 * day + hour);
    const month = windowEndingAt(grid('1mo', 'Europe/Paris'), at('2026-10-31T23:00:00Z'));
    expect(month.end - month.start).toBe(31 * day + hour);
  });

  test('a day that a zone skipped is no window', () => {
    // Samoa went from 29 to 31 December 2011.
    const g = grid('1d', 'Pacific/Apia');
    const windows = windowsWithin(g, at('2011-12-29T10:00:00Z'), at('2012-01-01T10:00:00Z'));
    expect(windows.map((w) => iso(w.end))).toEqual([
      '2011-12-30T10:00:00Z',
      '2011-12-31T10:00:00Z',
      '2012-01-01T10:00:00Z',
    ]);
  });

  test('a date that begins, is left again and returns begins once', () => {
    // Newfoundland's clocks went from 00:01 on 7 November 2010 back to 23:01 on the 6th.
    const g = grid('1d', 'America/St_Johns');
    expect(iso(lastBoundary(g, at('2010-11-07T02:30:30Z')))).toBe('2010-11-07T02:30:00Z');
    expect(iso(lastBoundary(g, at('2010-11-07T02:45:00Z')))).toBe('2010-11-07T02:30:00Z');
    expect(iso(nextBoundary(g, at('2010-11-07T02:45:00Z')))).toBe('2010-11-08T03:30:00Z');
  });

  test('hours of a zone with a half-hour offset begin where its clock shows a full hour', () => {
    const g = grid('1h', 'Asia/Kolkata');
    expect(iso(lastBoundary(g, at('2026-06-01T10:45:00Z')))).toBe('2026-06-01T10:30:00Z');
  });
});

describe('asking for windows', () => {
  test('an instant that is no boundary has no window, and the error names the last one', () => {
    expect(() => windowEndingAt(grid('1d', 'Europe/Paris'), at('2026-11-22T06:00:00Z'))).toThrow(
      '2026-11-22 07:00 Europe/Paris is no boundary of 1d windows; the last one before it is ' +
        '2026-11-22 00:00 Europe/Paris.',
    );
  });

  test('windows within a span lie in it as a whole', () => {
    const found = windowsWithin(
      grid('1mo', 'UTC'),
      at('2021-06-02T00:00:00Z'),
      at('2021-09-30T00:00:00Z'),
    );
    expect(found.map((w) => iso(w.end))).toEqual(['2021-08-01T00:00:00Z', '2021-09-01T00:00:00Z']);
  });

  test('183 days lie between 2 July and the end of 2015', () => {
    const g = grid('1d', 'UTC');
    const found = windowsWithin(g, at('2015-07-02T00:00:00Z'), at('2016-01-01T00:00:00Z'));
    expect(found).toHaveLength(183);
  });

  test('the 31 days before 1 April in Paris count dates, not hours', () => {
    const end = at('2026-03-31T22:00:00Z');
    const window = spanBefore(end, '31d', 'Europe/Paris');
    expect(iso(window.start)).toBe('2026-02-28T23:00:00Z');
    expect(window.end).toBe(end);
    expect(iso(spanBefore(end, '1mo', 'Europe/Paris').start)).toBe('2026-02-28T23:00:00Z');
    expect(iso(spanBefore(end, '12h', 'Europe/Paris').start)).toBe('2026-03-31T10:00:00Z');
  });

  test('a span in other words is refused with an example', () => {
    expect(() => spanBefore(0, 'a month', 'UTC')).toThrow(
      'expected a span as 12h, 31d, 2w or 1mo, got "a month"',
    );
    expect(() => spanBefore(0, '0d', 'UTC')).toThrow(RangeError);
  });
});
