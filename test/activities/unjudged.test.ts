import { expect, test } from 'vitest';
import { failuresHead } from '../../activities/failures.js';
import { othersOf, unjudgedOf } from '../../activities/unjudged.js';
import { failingEntities } from '../../app/blocked.js';
import type { ModelHead } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';

const DAY = 86_400_000;
const now = Date.UTC(2026, 10, 20);
const monitor = { schedule: { lag: 0, catchup: 7 * DAY } } as unknown as Monitor;
const failedAt = (...ends: number[]): ModelHead =>
  ({ model: 'eta', failed: ends.map((end) => ({ end, bell: end })) }) as unknown as ModelHead;

test('another window that failed waits while catchup lasts, and no longer', () => {
  const of = (end: number, ...failed: number[]) =>
    othersOf({ monitor, head: failedAt(...failed), end, now });
  expect(of(now, now - DAY)).toBe('failed');
  expect(of(now, now)).toBe('judged'); // it is the window itself
  expect(of(now, now - 8 * DAY)).toBe('judged'); // given up
  expect(othersOf({ monitor, head: null, end: now, now })).toBe('judged');
});

type Lake = Parameters<typeof unjudgedOf>[0];

/** A lake of these commits by window end, and of repeats that failed. */
function lakeOf(commits: Readonly<Record<number, object>>, repeats: readonly object[]): Lake {
  return {
    commitOf: (_: string, end: number) => Promise.resolve(commits[end] ?? null),
    readHead: (name: string) =>
      Promise.resolve(name === failuresHead('eta') ? { windows: repeats } : null),
  } as unknown as Lake;
}

const commitOf = (end: number, more: object) => ({
  window: { start: end - DAY, end },
  revision: 1,
  error: null,
  notEvaluated: null,
  ...more,
});

test('windows without a judgement are told newest first, each with its newest reason', async () => {
  const [a, b, c, old] = [now - 3 * DAY, now - 2 * DAY, now - DAY, now - 9 * DAY];
  const lake = lakeOf(
    {
      [a]: commitOf(a, { error: 'rows.csv: gone' }),
      [b]: commitOf(b, {}),
      [old]: commitOf(old, { notEvaluated: 'too old' }),
    },
    [{ end: b, revision: 2, error: 'rows.csv: torn' }],
  );
  const head = failedAt(a, b, c, old);
  expect(await unjudgedOf(lake, { monitor, head, now })).toEqual([
    { end: c, start: null, reason: null, triedUntil: c + 7 * DAY }, // not committed yet
    { end: b, start: b - DAY, reason: 'rows.csv: torn', triedUntil: b + 7 * DAY },
    { end: a, start: a - DAY, reason: 'rows.csv: gone', triedUntil: a + 7 * DAY },
  ]);
  const asked = await unjudgedOf(lake, { monitor, head: failedAt(), now, asked: old });
  expect(asked).toEqual([{ end: old, start: old - DAY, reason: 'too old', triedUntil: null }]);
  // A window that was judged since is no trouble.
  expect(
    await unjudgedOf(lakeOf({ [a]: commitOf(a, {}) }, []), { monitor, head: failedAt(a), now }),
  ).toEqual([]);
});

test('an entity whose workflow task fails again and again is known from Temporal', async () => {
  const tasks: Record<string, object | undefined> = {
    'alert/eta/drift': { attempt: 5, originalScheduledTime: { seconds: now / 1_000 } },
    'retrain/eta': { attempt: 1 },
    'alert/eta/performance': undefined,
  };
  const client = {
    workflow: {
      async *list() {
        for (const workflowId of Object.keys(tasks)) yield await Promise.resolve({ workflowId });
      },
      getHandle: (id: string) => ({
        describe: () => Promise.resolve({ raw: { pendingWorkflowTask: tasks[id] } }),
      }),
    },
  } as unknown as Parameters<typeof failingEntities>[0];
  expect(await failingEntities(client)).toEqual([
    {
      entity: 'alert/eta/drift',
      model: 'eta',
      since: now,
      reason: 'its workflow task has failed 4 times',
    },
  ]);
});
