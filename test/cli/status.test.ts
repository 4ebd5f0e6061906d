import { expect, test } from 'vitest';
import type { ModelStatus } from '../../app/status.js';
import { statusText } from '../../cli/status.js';
import type { ModelHead } from '../../domain/model.js';
import { day, hour, start } from '../support/alerts.js';

const plain = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
const counts = { ok: 0, warn: 0, alert: 0, unknown: 3 };
const mark = { action: 'retrain', drivers: ['MAE'], blockers: [], categories: [] } as const;
const head: ModelHead = {
  ...{ model: 'delivery-eta', monitor: 'f', since: start, appliedAt: start, watermark: start },
  ...{ matureWatermark: null, failed: [{ end: start, bell: start }] },
  windows: [{ end: start, revision: 1, verdict: 'unknown', counts, rows: 0 }],
  advice: { mark: { ...mark, windowEnd: start, revision: 1, evidence: 'e' }, reason: 'worse' },
  ...{ reference: null, lastRunAt: start, paused: null, notEvaluated: 0, rings: '' },
  retiredAt: null,
};
const status: ModelStatus = {
  ...{ head, owner: 'team:eta', nextDue: start + day, alerts: [], requests: [], blocked: [] },
  ...{ unjudged: [], timezone: 'UTC', promoted: null, backfill: null, notes: [], matureNotes: [] },
};

test('a window that could not be read is told with its reason', () => {
  const reason = 'data/2026-11-21.parquet: no column "scored_at"; there are id, score, prediction';
  const unjudged = [{ end: start, start: start - day, reason, triedUntil: start + 7 * day }];
  const text = plain(statusText([{ ...status, unjudged }], start + hour));
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    `delivery-eta: the window that ended 2026-11-22 00:00 UTC: ${reason}`,
  );
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('after a promotion the advice on the version before is not shown', () => {
  const promoted = { version: 'v-2', at: start };
  const text = plain(statusText([{ ...status, promoted }], start + hour));
  expect(text).toContain('delivery-eta: v-2 was promoted 1h ago; not judged yet.');
  expect(text).not.toContain('retrain');
  expect(plain(statusText([status], start + hour))).toContain('retrain');
});

test('who paused a model, until when and why is told', () => {
  const paused = { by: 'ana', reason: 'the source moves.', until: start + day, at: start };
  const text = plain(statusText([{ ...status, head: { ...head, paused } }], start + hour));
  expect(text).toMatch(/ delivery-eta .* paused$/m);
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'delivery-eta: paused by ana until 2026-11-23 00:00 UTC: the source moves.',
  );
  const open = { ...head, paused: { ...paused, until: null } };
  expect(plain(statusText([{ ...status, head: open }], start + hour))).toContain(
    'delivery-eta: paused by ana: the source moves.',
  );
});

test('a window that waits for a marker, and what late rows came to, are told', () => {
  const waiting = { end: start + day, marker: 'data/_SUCCESS', until: start + day + 6 * hour };
  const note = '12 rows came late (0.1 % of 10000): judged again';
  const reread = [
    { after: day, end: start, note },
    { after: 7 * day, end: start - 6 * day, note: null },
  ];
  const at = (now: number): string =>
    plain(statusText([{ ...status, head: { ...head, waiting, reread } }], now)).replaceAll(
      /\s+/g,
      ' ',
    );
  const waits =
    'delivery-eta: the window to 2026-11-23 00:00 UTC is waiting for data/_SUCCESS, until ' +
    '2026-11-23 06:00 UTC.';
  const late = `delivery-eta: the window to 2026-11-22 00:00 UTC, read again after 1d: ${note}.`;
  expect(at(waiting.until - 1)).toContain(waits);
  expect(at(waiting.until)).not.toContain('is waiting for');
  expect(at(waiting.until)).toContain(late);
  expect(at(waiting.until)).not.toContain('after 7d');
});

test('a backfill that runs is told with how far it is; after it the newest window it evaluated', () => {
  const asked = {
    model: 'delivery-eta',
    from: start - 3 * day,
    to: start,
    which: 'missing',
  } as const;
  const at = { evaluated: 1, failed: 1, newest: start - day };
  const told = (change: Partial<ModelStatus>) =>
    plain(statusText([{ ...status, ...change }], start + hour)).replaceAll(/\s+/g, ' ');
  const running = { model: 'delivery-eta', asked, progress: at };
  expect(told({ backfill: running })).toContain(
    'delivery-eta: a backfill of 2026-11-19 → 2026-11-22 UTC runs: 1 window evaluated, 1 failed, ' +
      'now at the one to 2026-11-21 00:00 UTC.',
  );
  expect(told({ backfill: { ...running, progress: null } })).toContain(
    'runs: no worker answers how far it is.',
  );
  const unrun = { ...head, lastRunAt: null };
  expect(told({ head: unrun })).toMatch(/ retrain backfill in 23h delivery-eta: newest window/);
  expect(told({ head: unrun })).toContain('of a backfill: to 2026-11-22 00:00 UTC; none live yet.');
  expect(told({ head: { ...unrun, windows: [] } })).toMatch(/ retrain never in 23h$/);
  expect(told({})).not.toContain('backfill');
});

test('a note of the newest window is told', () => {
  const matureNotes = ['none of the 4 labels of l.csv has a prediction in the window'];
  const late = plain(statusText([{ ...status, matureNotes }], start + hour));
  expect(late.replaceAll(/\s+/g, ' ')).toContain(
    `delivery-eta, newest window with mature labels: ${matureNotes.join()}`,
  );
  const notes = ['8 rows of 2026-11-03.parquet left out.'];
  expect(plain(statusText([{ ...status, notes }], start + hour))).toContain(
    `delivery-eta, newest window: ${notes[0] ?? ''}`.slice(0, 60),
  );
});

test('a window that fell due and waits is due now, not in the past', () => {
  const next = (now: number) =>
    plain(statusText([status], now))
      .split('\n')
      .find((line) => line.includes('delivery-eta')) ?? '';
  expect(next(start + hour)).toMatch(/in 23h\s*$/);
  expect(next(start + day)).toMatch(/due now\s*$/);
  expect(next(start + 2 * day)).toMatch(/due now\s*$/);
});

test('what a worker with a clock ahead has done is done now, and not in time to come', () => {
  const ahead = { ...status, head: { ...head, lastRunAt: start + 2 * hour } };
  const text = plain(statusText([ahead], start + hour));
  expect(text).toMatch(/ delivery-eta .* now +in 23h\s*$/m);
  const promoted = { version: 'v-2', at: start + 2 * hour };
  expect(plain(statusText([{ ...status, promoted }], start + hour))).toContain(
    'delivery-eta: v-2 was promoted now; not judged yet.',
  );
});

test('an alert and a request, which live in real time, are as old as they are', () => {
  const alert = {
    ...{ model: 'delivery-eta', category: 'drift', status: 'firing', severity: 'warning' },
    ...{ members: [], assignedTo: null, snoozedUntil: null, acknowledgedBy: null, level: 0 },
    firedAt: Date.now() - 2 * hour,
  } as unknown as ModelStatus['alerts'][number];
  // Ten years before, as AFTERCARE_NOW may say.
  const text = plain(statusText([{ ...status, alerts: [alert] }], start - 3650 * day));
  expect(text).toMatch(/ delivery-eta\/drift .* 2h ago$/m);
});

test('an entity that cannot decide is told with why, and what to do next', () => {
  const blocked = [
    {
      entity: 'alert/delivery-eta/drift',
      model: 'delivery-eta',
      since: Date.now() - 2 * hour,
      reason: 'The lake holds no monitor abab; run "aftercare lake verify".',
    },
  ];
  const lines = plain(statusText([{ ...status, blocked }], start + hour)).split('\n');
  expect(lines).toContain(' ENTITY                    STATE      SINCE   BECAUSE');
  const row = lines.find((line) => line.startsWith(' alert/delivery-eta/drift'));
  expect(row).toMatch(/^ \S+ {2}■ blocked {2}2h ago {2}The lake holds no monitor .*…$/);
  expect(lines.at(-1)).toBe(' aftercare doctor');
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
});
