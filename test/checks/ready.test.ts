import { expect, test } from 'vitest';
import { ready } from '../../checks/ready.js';
import { readyCounts } from '../../domain/ready.js';
import type { Evidence } from '../../domain/score.js';
import { profile } from '../support/lake.js';

const until = Date.UTC(2026, 10, 22, 8);
const window = { start: until - 32 * 3_600_000, end: until - 8 * 3_600_000, weekday: 6 };
const all = ['/d/00/_SUCCESS', '/d/01/_SUCCESS', '/d/02/_SUCCESS'];

const measure = (missing: readonly string[], knownAt: number, markers = all) => {
  const asked = { ready: readyCounts({ all: markers, missing, until }) };
  const evidence = { knownAt, current: profile(window, { asked }) } as unknown as Evidence;
  return ready.measure(evidence, 'rows', ready.defaults);
};

test('markers that did not come are counted, and the first one is named', () => {
  const found = measure(all.slice(1), until);
  expect(found).toMatchObject({ value: 2, reason: null });
  expect(ready.say(found, 'rows', 'Europe/Paris')).toBe(
    '/d/01/_SUCCESS and 1 more of 3 markers did not come by 2026-11-22 09:00 Europe/Paris: ' +
      'judged by the rows that were there.',
  );
  expect(ready.say(measure(all.slice(0, 1), until, all.slice(0, 1)), 'rows')).toBe(
    '/d/00/_SUCCESS did not come by 2026-11-22 08:00 UTC: judged by the rows that were there.',
  );
});

test('all that are there are said to be', () => {
  expect(measure([], until - 1).value).toBe(0);
  expect(ready.say(measure([], until), 'rows')).toBe('All 3 markers are there.');
  expect(ready.say(measure([], until, ['/d/_SUCCESS']), 'rows')).toBe('The marker is there.');
});

test('before the wait is over nobody knows', () => {
  expect(measure(all.slice(2), until - 1)).toMatchObject({
    ...{ value: null, reason: 'insufficient_data' },
    details: { note: '/d/02/_SUCCESS is not there yet' },
  });
});
