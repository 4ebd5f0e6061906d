import { describe, expect, test } from 'vitest';
import { anewSince, expectedOf, isExcluded, measures, occurrencesIn } from '../../domain/events.js';
import type { Known } from '../../domain/events.js';
import type { Finding } from '../../domain/finding.js';
import type { KnownEvent } from '../../domain/known-event.js';
import { windowEndingAt } from '../../calendar/windows.js';
import { parseInstant } from '../../calendar/durations.js';

const PARIS = 'Europe/Paris';
const at = (text: string) => parseInstant(text, PARIS);
const grid = { size: '1d', timezone: PARIS, align: 'monday' } as const;
const dayOf = (date: string) => windowEndingAt(grid, at(date) + 86_400_000);

function known(changes: Partial<KnownEvent>, more: readonly KnownEvent[] = []): Known {
  const event: KnownEvent = {
    name: 'Black Friday',
    start: at('2026-11-27'),
    end: at('2026-12-01'),
    effect: 'expected',
    repeats: null,
    ...changes,
  };
  return { events: [event, ...more], windows: { ...grid, minRows: 1 } };
}

function finding(changes: Partial<Finding>): Finding {
  return {
    check: 'psi',
    target: 'amount',
    slice: {},
    run: 'r',
    window: dayOf('2026-11-27'),
    revision: 1,
    ...{ value: 0.5, low: null, high: null, interval: null, pValue: 0, reason: null },
    ...{ nCurrent: 1000, nReference: 1000, hard: null, details: {} },
    category: 'drift',
    verdict: 'alert',
    rule: 'psi >= 0.25',
    patience: 1,
    running: null,
    limits: { warn: 0.05, alert: 0.25, minRows: 1, rule: 'calibrated' },
    sentence: 'It moved.',
    source: null,
    inputs: '',
    ...changes,
  };
}

describe('when an event happens', () => {
  test('a window that shares an instant with it is touched, its neighbours are not', () => {
    const touched = (date: string) => occurrencesIn(known({}), dayOf(date)).length > 0;
    expect(touched('2026-11-26')).toBe(false);
    expect(touched('2026-11-27')).toBe(true);
    expect(touched('2026-11-30')).toBe(true);
    expect(touched('2026-12-01')).toBe(false);
  });

  test('yearly it comes again at the same wall clock, also on the other side of a clock change', () => {
    // Clocks went forward on 30 March 2025 and on 29 March 2026, at two in the morning.
    const winter = known({
      start: at('2025-03-29T12:00'),
      end: at('2025-03-29T13:00'),
      repeats: 'yearly',
    });
    const day = { start: at('2026-03-29'), end: at('2026-03-30') };
    const [other] = occurrencesIn(winter, day);
    expect(other?.start).toBe(at('2026-03-29T12:00'));
    expect((other?.start ?? 0) - at('2025-03-29T12:00')).toBe(365 * 86_400_000 - 3_600_000);
  });

  test('without repeats it comes once, and yearly never before its first time', () => {
    expect(occurrencesIn(known({}), dayOf('2027-11-28'))).toEqual([]);
    expect(occurrencesIn(known({ repeats: 'yearly' }), dayOf('2027-11-28'))).toHaveLength(1);
    expect(occurrencesIn(known({ repeats: 'yearly' }), dayOf('2025-11-28'))).toEqual([]);
  });
});

describe('what it changes in the findings of its windows', () => {
  const window = dayOf('2026-11-28');

  test('drift and volume are ok, by a rule that names the event', () => {
    const judged = [
      finding({}),
      finding({ check: 'volume', target: 'rows', category: 'data-quality', verdict: 'warn' }),
    ];
    for (const one of expectedOf(judged, known({}), window)) {
      expect(one).toMatchObject({ verdict: 'ok', rule: 'expected: Black Friday', value: 0.5 });
      expect(one.sentence).toBe('It moved. Expected: Black Friday (psi >= 0.25).');
    }
  });

  test.each([
    ['performance', finding({ check: 'roc_auc', category: 'performance' })],
    ['a broken rule', finding({ check: 'schema', category: 'data-quality', hard: 'all null' })],
    ['no rows at all', finding({ check: 'volume', category: 'data-quality', hard: 'no rows' })],
    ['missing values', finding({ check: 'missing', category: 'data-quality' })],
    ['what is ok', finding({ verdict: 'ok', rule: 'within limits' })],
    ['what is unknown', finding({ verdict: 'unknown', reason: 'immature' })],
  ])('%s is judged as always', (_, one) => {
    expect(expectedOf([one], known({}), window)).toEqual([one]);
  });

  test('outside its windows nothing changes', () => {
    expect(expectedOf([finding({})], known({}), dayOf('2026-12-01'))).toEqual([finding({})]);
  });
});

describe('what it changes in what windows are compared with', () => {
  const later = dayOf('2026-12-20');

  test('a window of an excluded time measures no other', () => {
    const sale = known({ effect: 'exclude' });
    expect(isExcluded(sale, dayOf('2026-11-28'))).toBe(true);
    expect(measures(sale, dayOf('2026-11-28'), later)).toBe(false);
    expect(measures(sale, dayOf('2026-11-20'), later)).toBe(true);
    expect(measures(known({ effect: 'expected' }), dayOf('2026-11-28'), later)).toBe(true);
  });

  test.each(['fix', 'launch'] as const)(
    'what was before a %s measures nothing after it',
    (effect) => {
      const change = known({ effect });
      expect(anewSince(change, later)).toBe(at('2026-11-27'));
      expect(measures(change, dayOf('2026-11-26'), later)).toBe(false);
      expect(measures(change, dayOf('2026-11-27'), later)).toBe(true);
      // A window before it is still measured by those before it.
      expect(anewSince(change, dayOf('2026-11-26'))).toBeNull();
      expect(measures(change, dayOf('2026-11-20'), dayOf('2026-11-26'))).toBe(true);
    },
  );

  test('of several changes the newest counts', () => {
    const second = { ...known({}).events[0], start: at('2026-12-05'), end: at('2026-12-06') };
    const both = known({ effect: 'fix' }, [{ ...second, effect: 'launch' } as KnownEvent]);
    expect(anewSince(both, later)).toBe(at('2026-12-05'));
  });
});
