import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { expect, test } from 'vitest';
import { modelHead, type Deps } from '../../activities/deps.js';
import { awaitReady } from '../../activities/await-ready.js';
import { isUnchanged, reread, weighed } from '../../activities/reread.js';
import type { Due } from '../../domain/due.js';
import { firstHead, waitingOf, type ModelHead } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';
import { locate } from '../../sources/locate.js';
import { commitFor, DAY, evaluation, HOUR, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { testWorld } from '../support/world.js';

const END = Date.UTC(2026, 10, 22);
const UNTIL = END + 6 * HOUR;
const window = { start: END - DAY, end: END, weekday: 6 };

/** As an activity in its n-th attempt. */
const attempt = <T>(n: number, work: () => Promise<T>): Promise<T> => {
  const context = { info: { attempt: n }, cancellationSignal: new AbortController().signal };
  return asyncLocalStorage.run(context as unknown as Context, work);
};

const predictions = (folder: string): Monitor['predictions'] => ({
  kind: 'csv',
  ...{ path: path.join(folder, '{date}.csv'), where: null },
});

test('a window is asked for ever later, at last when its wait is over, and goes on known then', () =>
  withLakeAndDuck((lake, _, root) =>
    withFolder(async (folder) => {
      const monitor = monitorOf({
        predictions: predictions(folder),
        ready: { marker: '{date}.done', wait: 6 * HOUR },
      });
      const hash = await lake.putObject('monitor', { monitor });
      await lake.updateHead<ModelHead>(modelHead('m'), () =>
        firstHead({ id: 'm', hash, since: END - DAY, now: END - DAY }),
      );
      const due: Due = {
        ...{ window, revision: 1, kind: 'first', at: END, knownAt: END, monitor: hash },
        waitUntil: UNTIL,
      };
      let now = END + HOUR;
      const deps = { lake, clock: () => now, world: testWorld(root) } as unknown as Deps;
      const ask = (n: number, of = due) =>
        attempt(n, () => awaitReady(deps, { model: 'm', due: of }));
      const marker = path.join(folder, '2026-11-21.done');
      const head = async () => (await lake.readHead<ModelHead>(modelHead('m'))) as ModelHead;

      const delayed = (nextRetryDelay: number) => ({
        message: `waiting for ${marker} until 2026-11-22T06:00:00.000Z`,
        ...{ type: 'Waiting', nextRetryDelay, nonRetryable: false },
      });
      await expect(ask(1)).rejects.toMatchObject(delayed(1_000));
      expect(waitingOf(await head(), now)).toEqual({ end: END, marker, until: UNTIL });
      await expect(ask(5)).rejects.toMatchObject(delayed(16_000));
      await expect(ask(5_000)).rejects.toMatchObject(delayed(300_000));
      now = UNTIL - 7_000;
      await expect(ask(80)).rejects.toMatchObject(delayed(7_000));
      now = UNTIL;
      expect(await ask(81)).toEqual({ ...due, knownAt: UNTIL });
      expect((await head()).waiting).toBeNull();

      now = END + 2 * HOUR;
      await writeFile(marker, '');
      expect(await ask(1)).toEqual({ ...due, knownAt: now });
      // Another monitor was applied meanwhile.
      expect(await ask(1, { ...due, monitor: 'other' })).toBeNull();
    }),
  ));

test('files that are read again are told apart from those of before', () =>
  withLakeAndDuck((lake, db, root) =>
    withFolder(async (folder) => {
      const late = { reread: [DAY], restateAbove: 0.1 };
      const monitor = monitorOf({ predictions: predictions(folder), late });
      const deps = { lake, world: testWorld(root) } as unknown as Deps;
      const file = path.join(folder, '2026-11-21.csv');
      await writeFile(file, 'id,ts\n1,2026-11-21\n');
      const { files } = await locate(monitor.predictions, { span: window, timezone: 'UTC' });
      const of = (rows: number) =>
        evaluation(END, { model: 'm', manifest: { files, predicate: '', rows, landed: null } });
      await lake.commit(commitFor(of(10), await lake.writeEvaluation(db, of(10), 'a')));
      const due = { window, revision: 2, kind: 'late', knownAt: END + DAY } as Due;
      const signal = new AbortController().signal;
      const again = async () => {
        const found = await reread(deps, { monitor, due, signal });
        if (found === null) throw new Error('nothing was read before');
        return found;
      };
      expect(isUnchanged(await again())).toBe(true);

      await writeFile(file, 'id,ts\n1,2026-11-21\n2,2026-11-21\n');
      const grown = await again();
      expect(isUnchanged(grown)).toBe(false);
      expect(weighed(grown, of(11), monitor)).toEqual({
        restates: false,
        note: '1 row came late (10 % of 10): not judged again, at most 10 % (predictions.late.restate_above)',
      });
      expect(weighed(grown, of(12), monitor).restates).toBe(true);
      expect(weighed(grown, of(10), monitor).restates).toBe(true);

      await rm(file);
      expect(isUnchanged(await again())).toBe(false);
      expect(weighed(await again(), of(0), monitor)).toEqual({
        restates: true,
        note: '10 rows fewer than before (100 % of 10): judged again',
      });
    }),
  ));
