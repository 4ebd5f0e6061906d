import { expect, test } from 'vitest';
import { documentOf } from '../../cli/document.js';
import { day, mark, start, virtualAlert } from '../support/alerts.js';

test('a document has its version, its exit code and every instant as ISO', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  const text = JSON.stringify(documentOf({ alerts: [it.head().summary] }, 0));
  const read = JSON.parse(text) as Record<string, unknown>;
  expect(read).toMatchObject({
    version: 1,
    exitCode: 0,
    alerts: [
      {
        id: 'card-fraud/drift#1',
        firedAt: '2026-11-22T00:00:00Z',
        firstWindow: '2026-11-22T00:00:00Z',
        lastWindow: '2026-11-22T00:00:00Z',
        members: [{ since: '2026-11-22T00:00:00Z' }],
      },
    ],
  });
  expect(text).not.toContain(String(start));
});

test('numbers that are no instants stay numbers, whatever they are called', () => {
  const details = { from: start, to: 3 };
  const body = { end: 1_200, value: start, cooldown: 14 * day, details, at: start };
  expect(documentOf(body, 3)).toEqual({
    version: 1,
    ...{ end: 1_200, value: start, cooldown: 14 * day, details },
    at: '2026-11-22T00:00:00Z',
    exitCode: 3,
  });
});
