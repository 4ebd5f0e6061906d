import { describe, expect, test } from 'vitest';
import { backfillDue, dueWindows, isTooOld } from '../../activities/plan-due.js';
import { windowsWithin } from '../../calendar/windows.js';
import type { ModelHead } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Commit } from '../../domain/run.js';

const hour = 3_600_000;
const day = 24 * hour;
const noon = Date.UTC(2026, 10, 20, 12);

const monitor = {
  model: { id: 'churn' },
  schedule: { lag: 2 * hour, catchup: 7 * day },
  windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 100 },
  labels: null,
} as unknown as Monitor;

const head: ModelHead = {
  model: 'churn',
  monitor: 'f',
  since: Date.UTC(2026, 10, 15),
  appliedAt: Date.UTC(2026, 10, 15, 9),
  watermark: Date.UTC(2026, 10, 17),
  matureWatermark: null,
  failed: [],
  windows: [],
  advice: null,
  reference: null,
  lastRunAt: null,
  paused: null,
  notEvaluated: 0,
  rings: '',
  retiredAt: null,
};

const commit = (end: number, more: Partial<Commit> = {}): [number, Commit] => [
  end,
  { revision: 1, mature: false, notEvaluated: null, error: null, ...more } as Commit,
];
const plan = (more: object = {}) =>
  dueWindows({ monitor, head, commits: new Map(), now: noon, except: [], ...more });
const ends = (dues: readonly { window: { end: number } }[]) =>
  dues.map(({ window }) => new Date(window.end).toISOString().slice(0, 10));

describe('what is due', () => {
  test('all windows after the watermark whose end and lag have passed, oldest first', () => {
    expect(ends(plan())).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
    expect(plan().every(({ kind, revision }) => kind === 'first' && revision === 1)).toBe(true);
  });

  test('a window whose lag has not passed is not due yet', () => {
    const now = Date.UTC(2026, 10, 20, 1, 59, 59);
    expect(ends(plan({ now }))).toEqual(['2026-11-18', '2026-11-19']);
  });

  test('it is judged for its end plus the lag, however late it runs', () => {
    const [first] = plan();
    expect(first?.at).toBe(Date.UTC(2026, 10, 18, 2));
    expect(first?.knownAt).toBe(noon);
  });

  test('a failed window is tried again as the next revision, but once in a pass', () => {
    const failed = [{ end: Date.UTC(2026, 10, 16), bell: 0 }];
    const commits = new Map([commit(Date.UTC(2026, 10, 16), { error: 'unreadable' })]);
    const [first] = plan({ head: { ...head, failed }, commits });
    expect(first).toMatchObject({ kind: 'again', revision: 2 });
    const except = [Date.UTC(2026, 10, 16)];
    expect(ends(plan({ head: { ...head, failed }, commits, except }))).not.toContain('2026-11-16');
  });

  test('a failed window older than catchup is left alone', () => {
    const failed = [{ end: Date.UTC(2026, 10, 16), bell: 0 }];
    const now = Date.UTC(2026, 10, 24);
    expect(ends(plan({ head: { ...head, failed }, now }))).not.toContain('2026-11-16');
  });

  test('windows whose labels matured since come after the new ones, as the next revision', () => {
    const labelled = { ...monitor, labels: { matureAfter: 3 * day } } as unknown as Monitor;
    const commits = new Map([
      commit(Date.UTC(2026, 10, 16)),
      commit(Date.UTC(2026, 10, 17), { mature: true }),
    ]);
    const dues = plan({ monitor: labelled, commits });
    expect(dues.at(-1)).toMatchObject({ kind: 'mature', revision: 2 });
    expect(ends(dues)).toEqual(['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-16']);
  });
});

describe('a window whose files are marked as complete', () => {
  test('waits for the markers, so long after it fell due, and then no more', () => {
    const marked = { ...monitor, ready: { marker: '_SUCCESS', wait: 30 * hour } };
    const dues = plan({ monitor: marked });
    // At noon of the 20th: due at 02:00 of the 18th, 19th and 20th, and 30 hours each.
    expect(dues.map(({ waitUntil }) => waitUntil)).toEqual([
      undefined,
      undefined,
      Date.UTC(2026, 10, 21, 8),
    ]);
    expect(plan().map(({ waitUntil }) => waitUntil)).toEqual([undefined, undefined, undefined]);
    // What does not wait goes first.
    const labelled = { ...marked, labels: { matureAfter: 3 * day } } as unknown as Monitor;
    const commits = new Map([commit(Date.UTC(2026, 10, 16))]);
    expect(ends(plan({ monitor: labelled, commits }))).toEqual([
      ...['2026-11-18', '2026-11-19', '2026-11-16', '2026-11-20'],
    ]);
  });
});

describe('windows that are read again for late rows', () => {
  const late = { ...monitor, late: { reread: [day, 3 * day], restateAbove: 0.005 } } as Monitor;
  const on = (date: number) => Date.UTC(2026, 10, date);
  const seen = (date: number, more: Partial<Commit> = {}) =>
    commit(on(date), { knownAt: on(date) + 2 * hour, ...more });
  const rereads = (commits: readonly [number, Commit][], more: Partial<ModelHead> = {}) =>
    plan({ monitor: late, commits: new Map(commits), head: { ...head, ...more } })
      .filter(({ kind }) => kind === 'late')
      .map(({ window, reread = 0, revision }) => [
        new Date(window.end).getUTCDate(),
        reread / day,
        revision,
      ]);

  test('so long after each fell due, as the next revision, after all first results', () => {
    const watermark = on(20);
    const dates = [16, 17, 18, 19, 20].map((date) => seen(date));
    expect(rereads(dates, { watermark })).toEqual([
      ...[16, 17, 18, 19].map((date) => [date, 1, 2]),
      ...[16, 17].map((date) => [date, 3, 2]),
    ]);
    expect(plan({ monitor: late, commits: new Map(dates) }).at(0)?.kind).toBe('first');
  });

  test('each once: what was read again since has moved its mark', () => {
    const reread = [{ after: day, end: on(18), note: null }];
    const dates = [16, 17, 18, 19].map((date) => seen(date));
    expect(rereads(dates, { watermark: on(19), reread })).toEqual([
      [19, 1, 2],
      [16, 3, 2],
      [17, 3, 2],
    ]);
  });

  test('not those that have no result, were judged later than that, or are past catchup', () => {
    const commits = [
      seen(16, { error: 'gone' }),
      seen(17, { notEvaluated: 'too old' }),
      seen(18, { knownAt: on(19) + 2 * hour }),
      seen(19),
    ];
    expect(rereads(commits, { watermark: on(19) })).toEqual([[19, 1, 2]]);
    const short = { ...late, schedule: { lag: 2 * hour, catchup: day } } as Monitor;
    const dues = plan({
      monitor: short,
      head: { ...head, watermark: on(20) },
      commits: new Map([16, 17, 18, 19].map((date) => seen(date))),
    });
    // Due by 10:00 of the 20th for a day, at most a day ago.
    expect(dues.map(({ window, reread = 0 }) => [window.end, reread / day])).toEqual([
      [on(19), 1],
      [on(17), 3],
    ]);
  });
});

describe('what is too old', () => {
  const due = (end: number) => ({ ...plan()[0], kind: 'first', window: { end } }) as never;

  test('a new window past catchup, unless it ended before the first apply', () => {
    const now = Date.UTC(2026, 10, 30);
    expect(isTooOld({ monitor, head, now }, due(Date.UTC(2026, 10, 18)))).toBe(true);
    expect(isTooOld({ monitor, head, now }, due(Date.UTC(2026, 10, 25)))).toBe(false);
    expect(isTooOld({ monitor, head, now }, due(Date.UTC(2026, 10, 15)))).toBe(false);
  });
});

describe('what a backfill evaluates', () => {
  const windows = windowsWithin(monitor.windows, Date.UTC(2026, 10, 14), Date.UTC(2026, 10, 19));
  const commits = new Map([
    commit(Date.UTC(2026, 10, 15)),
    commit(Date.UTC(2026, 10, 16), { notEvaluated: 'too old' }),
  ]);
  const input = { monitor, head, commits, now: noon, windows };

  test('a window that ended in an error has no result', () => {
    const failed = new Map([
      commit(Date.UTC(2026, 10, 15), { error: 'rows.csv: cannot be read' }),
      commit(Date.UTC(2026, 10, 16)),
    ]);
    const dues = backfillDue({ ...input, commits: failed, which: 'missing' });
    expect(ends(dues)).toEqual(['2026-11-15', '2026-11-17']);
    expect(dues.map(({ revision }) => revision)).toEqual([2, 1]);
  });

  test('windows up to the watermark without a result, or written off', () => {
    expect(ends(backfillDue({ ...input, which: 'missing' }))).toEqual(['2026-11-16', '2026-11-17']);
  });

  test('with "all" each as its next revision', () => {
    const dues = backfillDue({ ...input, which: 'all' });
    expect(ends(dues)).toEqual(['2026-11-15', '2026-11-16', '2026-11-17']);
    expect(dues.map(({ revision }) => revision)).toEqual([2, 2, 1]);
  });
});
