import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration, parseInstant } from '../../calendar/durations.js';
import { isTemplate, partitions } from '../../calendar/partitions.js';
import { windowsDue } from '../../calendar/windows.js';
import { instantInWords, windowInWords } from '../../calendar/words.js';
import { isZone, knownZones } from '../../calendar/zones.js';

const at = (text: string): number => Date.parse(text);

describe('durations', () => {
  test.each([
    ['300ms', 300],
    ['2s', 2_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['0m', 0],
  ])('%s is %i ms', (text, expected) => expect(parseDuration(text)).toBe(expected));

  test.each(['', '2', 'two hours', '-2h', '2h x', '2 h', '1mo', '1y'])('"%s" is refused', (text) =>
    expect(() => parseDuration(text)).toThrow(
      `expected a duration as 30m, 2h, 7d or 1w, got ${JSON.stringify(text)}`,
    ),
  );

  test.each([
    [7_800_000, '2h 10m'],
    [604_800_000, '7d'],
    [45_000, '45s'],
    [300, '300ms'],
    [0, '0s'],
    [90_061_000, '1d 1h'],
    [86_400_000 + 60_000, '1d'],
    [-7_200_000, '-2h'],
  ])('%i ms reads "%s"', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test('a whole number of one unit reads as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 59 }), fc.constantFrom('s', 'm'), (n, unit) => {
        expect(formatDuration(parseDuration(`${n}${unit}`))).toBe(`${n}${unit}`);
      }),
    );
  });
});

describe('instants', () => {
  test.each([
    ['2022-04-01', 'UTC', '2022-04-01T00:00:00Z'],
    ['2022-04-01', 'Europe/Paris', '2022-03-31T22:00:00Z'],
    ['2022-04-01T06:30', 'Europe/Paris', '2022-04-01T04:30:00Z'],
    ['2022-04-01 06:30:15', 'UTC', '2022-04-01T06:30:15Z'],
    ['2022-04-01T06:30:00Z', 'Europe/Paris', '2022-04-01T06:30:00Z'],
    ['2022-04-01T06:30:00+05:30', 'Europe/Paris', '2022-04-01T01:00:00Z'],
  ])('%s in %s is %s', (text, zone, expected) =>
    expect(parseInstant(text, zone)).toBe(at(expected)),
  );

  test.each(['yesterday', '2022-02-31', '2022-13-01T00:00:00Z', '20220401', ''])(
    '"%s" is refused',
    (text) => {
      expect(() => parseInstant(text, 'UTC')).toThrow(
        `expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z, got ${JSON.stringify(text)}`,
      );
    },
  );
});

describe('partitions', () => {
  const span = { start: at('2026-11-15T23:00:00Z'), end: at('2026-11-17T01:00:00Z') };

  test('a date template names every date that the span touches on the clock of the zone', () => {
    expect(partitions('d/dt={date}/*.parquet', span, 'UTC')).toEqual([
      'd/dt=2026-11-15/*.parquet',
      'd/dt=2026-11-16/*.parquet',
      'd/dt=2026-11-17/*.parquet',
    ]);
    expect(partitions('d/dt={date}/*.parquet', span, 'Europe/Paris')).toEqual([
      'd/dt=2026-11-16/*.parquet',
      'd/dt=2026-11-17/*.parquet',
    ]);
  });

  test('the end of a span is not in it', () => {
    const day = { start: at('2026-11-16T00:00:00Z'), end: at('2026-11-17T00:00:00Z') };
    expect(partitions('{date}', day, 'UTC')).toEqual(['2026-11-16']);
    expect(partitions('{date}', { start: 5, end: 5 }, 'UTC')).toEqual([]);
  });

  test('an hour template names 25 hours of wall clock as 24 folders when clocks go back', () => {
    const [day] = windowsDue(
      { size: '1d', timezone: 'Europe/Paris', align: 'monday' },
      at('2026-10-25T00:00:00Z'),
      at('2026-10-26T00:00:00Z'),
    );
    const globs = partitions('{date}/{hour}', day ?? span, 'Europe/Paris');
    expect(globs).toHaveLength(24);
    expect([globs[0], globs.at(-1)]).toEqual(['2026-10-25/00', '2026-10-25/23']);
  });

  test('year, month and day stand alone; a path without a placeholder stays as it is', () => {
    const months = { start: at('2026-11-30T00:00:00Z'), end: at('2026-12-02T00:00:00Z') };
    expect(partitions('{year}/{month}/*.csv', months, 'UTC')).toEqual([
      '2026/11/*.csv',
      '2026/12/*.csv',
    ]);
    expect(partitions('data/{a,b}/*.csv', months, 'UTC')).toEqual(['data/{a,b}/*.csv']);
    expect(isTemplate('data/{a,b}/*.csv')).toBe(false);
  });

  test('every instant of a span has its partition among the globs', () => {
    const zones = ['UTC', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/New_York'];
    fc.assert(
      fc.property(
        fc.integer({ min: at('2011-12-20T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.integer({ min: 1, max: 200 * 3_600_000 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.constantFrom(...zones),
        (start, length, share, zone) => {
          const inside = Math.floor(start + share * length);
          const globs = partitions('{date}/{hour}', { start, end: start + length }, zone);
          const [own] = partitions('{date}/{hour}', { start: inside, end: inside + 1 }, zone);
          expect(globs).toContain(own);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('words', () => {
  test('whole days are dates, other windows carry the time of day', () => {
    const week = { start: at('2026-11-14T23:00:00Z'), end: at('2026-11-21T23:00:00Z') };
    expect(windowInWords(week, 'Europe/Paris')).toBe('2026-11-15 → 2026-11-22 Europe/Paris');
    const hour = { start: at('2026-11-15T09:00:00Z'), end: at('2026-11-15T10:00:00Z') };
    expect(windowInWords(hour, 'UTC')).toBe('2026-11-15 09:00 → 2026-11-15 10:00 UTC');
    expect(instantInWords(at('2026-11-15T09:00:07Z'), 'UTC')).toBe('2026-11-15 09:00:07');
  });

  test('a zone is known by its IANA name', () => {
    expect(isZone('Europe/Paris')).toBe(true);
    expect(isZone('Europe/Pari')).toBe(false);
    expect(knownZones()).toContain('America/New_York');
  });
});
