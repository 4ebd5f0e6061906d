import { rename } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { advance } from '../../activities/advance.js';
import type { Deps } from '../../activities/deps.js';
import type { App } from '../../app/app.js';
import { modelStatuses } from '../../app/status.js';
import type { ModelHead } from '../../domain/model.js';
import type { Commit } from '../../domain/run.js';
import type { Lake } from '../../lake/lake.js';
import { withLake } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAY = 86_400_000;
const END = Date.UTC(2026, 10, 22);
const NOTE = '8 rows of 2026-11-03.parquet left out.';

/** A model whose newest window ends at `END`, as `apply` and its bell leave it. */
async function publish(lake: Lake): Promise<string> {
  const monitor = await lake.putObject('monitor', { monitor: monitorOf({}), alerts: {} });
  await lake.updateHead<Partial<ModelHead>>('model/m', () => ({
    ...{ model: 'm', monitor, watermark: END - DAY, windows: [], failed: [], notEvaluated: 0 },
    ...{ matureWatermark: null, lastRunAt: null, advice: null, reference: null },
    ...{ paused: null, retiredAt: null },
  }));
  return monitor;
}

const commitOf = (more: Partial<Commit>): Commit =>
  ({
    ...{ version: 1, model: 'm', window: { start: END - DAY, end: END, weekday: 6 }, revision: 1 },
    ...{ verdict: 'ok', counts: { ok: 1, warn: 0, alert: 0, unknown: 0 }, rows: 100, marks: [] },
    ...{ error: null, notEvaluated: null, mature: false, file: 'f', profileFile: null },
    ...more,
  }) as Commit;

const appOf = (lake: Lake): App => ({ lake, clock: () => END + DAY }) as App;

test('what to know of the newest window comes from the head: no commit is read for it', () =>
  withLake(async (lake) => {
    await publish(lake);
    const window = { start: END - DAY, end: END, weekday: 6 };
    const due = { window, kind: 'first', revision: 1, at: END, knownAt: END, monitor: '' } as const;
    const deps = { lake, clock: () => END } as Deps;
    await lake.commit(commitOf({ notes: [NOTE] }));
    await advance(deps, { model: 'm', due, outcome: 'ok' });
    const again = { ...due, kind: 'again', revision: 2 } as const;
    const notes = async () => (await modelStatuses(appOf(lake))).map((status) => status.notes);
    await rename(`${lake.root}/commits`, `${lake.root}/away`);
    expect(await notes()).toEqual([[NOTE]]);
    await rename(`${lake.root}/away`, `${lake.root}/commits`);
    // A later revision, for which the files were as they should be, has none.
    await lake.commit(commitOf({ revision: 2 }));
    await advance(deps, { model: 'm', due: again, outcome: 'ok' });
    expect(await notes()).toEqual([[]]);
  }));

test('while the first backfill runs its committed windows are shown', () =>
  withLake(async (lake) => {
    await publish(lake);
    const window = { start: END - 2 * DAY, end: END - DAY, weekday: 5 };
    await lake.commit(commitOf({ window, verdict: 'alert' }));
    await lake.commit(commitOf({}));
    const [status] = await modelStatuses(appOf(lake));
    expect(status?.head.windows.map(({ end, verdict }) => [end, verdict])).toEqual([
      [END - DAY, 'alert'],
      [END, 'ok'],
    ]);
  }));

test('an older window that had something to know of is not the newest one', () =>
  withLake(async (lake) => {
    await publish(lake);
    await lake.updateHead<ModelHead>('model/m', (head) => {
      if (head === null) throw new Error('it was published');
      const line = { revision: 1, verdict: 'ok', counts: commitOf({}).counts, rows: 1 } as const;
      const old = { ...line, end: END - DAY, notes: [NOTE] };
      return { ...head, watermark: END, windows: [old, { ...line, end: END }] };
    });
    expect((await modelStatuses(appOf(lake)))[0]?.notes).toEqual([]);
  }));

test('notes on labels are those of the newest window that has them all, from head or commit', () =>
  withLake(async (lake) => {
    await publish(lake);
    const end = END - 40 * DAY;
    const window = { start: end - DAY, end, weekday: 6 };
    await lake.commit(commitOf({ window, mature: true, notes: [NOTE, 'none of the labels'] }));
    const line = { revision: 1, verdict: 'ok', counts: commitOf({}).counts, rows: 1 } as const;
    const newest = { ...line, end: END, notes: [NOTE] };
    const told = async (change: Partial<ModelHead>) => {
      await lake.updateHead<ModelHead>('model/m', (head) => {
        if (head === null) throw new Error('it was published');
        return { ...head, watermark: END, ...change };
      });
      return (await modelStatuses(appOf(lake)))[0]?.matureNotes;
    };
    expect(await told({ windows: [newest] })).toEqual([]);
    // What the newest window says as well is said once.
    expect(await told({ matureWatermark: end })).toEqual(['none of the labels']);
    const near = { ...line, end: END - DAY, notes: ['of the head'] };
    const windows = [near, newest];
    expect(await told({ windows, matureWatermark: near.end })).toEqual(['of the head']);
    expect(await told({ matureWatermark: END })).toEqual([]);
  }));
