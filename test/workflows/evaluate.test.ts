import { ScheduleOverlapPolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluateId, progress, workflowTypes } from '../../workflows/messages.js';
import type { Progress } from '../../workflows/messages.js';
import { fakeModel, HOUR } from '../support/fake-evaluation.js';
import { sharedBundle } from '../support/built.js';
import { until } from '../support/namespace.js';
import type { TestTemporal } from '../support/namespace.js';
import { historiesOf, replayAll } from '../support/replay.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';
import { withWorkers } from '../support/worker.js';

const missing = temporalMissing();
const title = `evaluate and backfill${missing === null ? '' : `: ${missing}`}`;

const evaluating = ({ client }: TestTemporal) =>
  client.workflow.start(workflowTypes.evaluate, {
    taskQueue: 'wf',
    workflowId: evaluateId('m'),
    args: [{ model: 'm' }],
  });
const hours = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe(title, { concurrent: true, skip: missing !== null, timeout: 300_000 }, () => {
  let bundle: { code: string };
  beforeAll(async () => {
    bundle = await sharedBundle('support/counter-workflows.ts');
  });

  test('ten windows that fell due while the workers were down are evaluated, in order', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 10 });
      // The bell rang ten times: the Schedule made one waiting run of them.
      const handle = await evaluating(temporal);
      await withWorkers(temporal, { bundle, activities: model.activities }, async () => {
        expect(await handle.result()).toEqual({ evaluated: 10, failed: 0, newest: 10 * HOUR });
      });
      expect(model.log).toEqual([
        ...hours(1, 10).flatMap((n) => [`evaluate ${n}/1`, `tell ${n}/1`, `advance ${n}`]),
        'advise',
      ]);
      const replays = await replayAll(bundle, await historiesOf(temporal.client));
      expect(replays.map(({ error }) => error)).toEqual([undefined]);
      expect(replays[0]?.replayed).toEqual(replays[0]?.recorded);
    }));

  test('a window that waits is asked for until it is ready, and no later one goes before it', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 3 });
      const answers = ['not yet', 'plan again', 'not yet', 'ready'];
      const activities: typeof model.activities = {
        ...model.activities,
        planDue: async (input) =>
          (await model.activities.planDue(input)).map((due) =>
            due.window.end === 2 * HOUR ? { ...due, waitUntil: 9 * HOUR } : due,
          ),
        awaitReady: ({ due }) => {
          const answer = answers.shift() ?? '';
          model.log.push(answer);
          if (answer === 'plan again') return Promise.resolve(null);
          if (answer === 'ready') return Promise.resolve({ ...due, revision: 7 });
          throw ApplicationFailure.create({ message: answer, nextRetryDelay: 20 });
        },
      };
      await withWorkers(temporal, { bundle, activities }, async () => {
        const handle = await evaluating(temporal);
        expect(await handle.result()).toEqual({ evaluated: 3, failed: 0, newest: 3 * HOUR });
      });
      expect(model.log.filter((line) => !/^(tell|advance)/.test(line))).toEqual([
        ...['evaluate 1/1', 'advise', 'not yet', 'plan again', 'advise', 'not yet', 'ready'],
        ...['evaluate 2/7', 'evaluate 3/1', 'advise'],
      ]);
    }));

  test('a Schedule that rings is all it takes, and it looks again for what fell due meanwhile', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 2 });
      const evaluateWindow: typeof model.activities.evaluateWindow = (input) => {
        model.clock.to = 4; // time goes on while the first windows are evaluated
        return model.activities.evaluateWindow(input);
      };
      const activities = { ...model.activities, evaluateWindow };
      const schedule = await temporal.client.schedule.create({
        scheduleId: evaluateId('m'),
        spec: { intervals: [{ every: '30d' }] },
        policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE },
        action: {
          type: 'startWorkflow',
          workflowType: workflowTypes.evaluate,
          workflowId: evaluateId('m'),
          taskQueue: 'wf',
          args: [{ model: 'm' }],
        },
      });
      await withWorkers(temporal, { bundle, activities }, async () => {
        await schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
        await until(() => model.log.includes('advance 4'));
      });
      expect(model.log.filter((line) => line.startsWith('evaluate'))).toEqual(
        hours(1, 4).map((n) => `evaluate ${n}/1`),
      );
    }));

  test('a window that cannot be evaluated is written off, told and passed; the rest goes on', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 3, fails: [2] });
      await withWorkers(temporal, { bundle, activities: model.activities }, async () => {
        const handle = await evaluating(temporal);
        expect(await handle.result()).toEqual({ evaluated: 2, failed: 1, newest: 3 * HOUR });
        expect(model.log).toEqual([
          ...['evaluate 1/1', 'tell 1/1', 'advance 1'],
          ...['evaluate 2/1', 'write off 2/1: BadConfig: no such column: amount'],
          ...['tell 2/1', 'advance 2'],
          ...['evaluate 3/1', 'tell 3/1', 'advance 3'],
          'advise',
        ]);
      });
    }));

  test('the next bell tries it again as the next revision, which tells nobody when it fails', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 2, fails: [1] });
      await withWorkers(temporal, { bundle, activities: model.activities }, async () => {
        await (await evaluating(temporal)).result();
        model.log.length = 0;
        await (await evaluating(temporal)).result();
        expect(model.log).toEqual([
          ...['evaluate 1/2', 'write off 1/2: BadConfig: no such column: amount', 'advance 1'],
          'advise',
        ]);
        model.fails.clear();
        model.log.length = 0;
        await (await evaluating(temporal)).result();
        expect(model.log).toEqual(['evaluate 1/2', 'tell 1/2', 'advance 1', 'advise']);
      });
    }));

  test('a bell with nothing due asks for no advice', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 3, to: 3 });
      await withWorkers(temporal, { bundle, activities: model.activities }, async () => {
        expect(await (await evaluating(temporal)).result()).toEqual({
          evaluated: 0,
          failed: 0,
          newest: null,
        });
      });
      expect(model.log).toEqual([]);
    }));

  test('a failure that passes is tried again and is none', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 1 });
      let tries = 0;
      const evaluateWindow: typeof model.activities.evaluateWindow = (input) => {
        if (++tries < 2) throw ApplicationFailure.create({ message: 'the disk is full' });
        return model.activities.evaluateWindow(input);
      };
      await withWorkers(
        temporal,
        { bundle, activities: { ...model.activities, evaluateWindow } },
        async () => {
          const result = (await (await evaluating(temporal)).result()) as Progress;
          expect(result).toMatchObject({ evaluated: 1, failed: 0 });
        },
      );
      expect(model.log).toEqual(['evaluate 1/1', 'tell 1/1', 'advance 1', 'advise']);
    }));

  const backfilling = ({ client }: TestTemporal, over: object = {}) =>
    client.workflow.start(workflowTypes.backfill, {
      taskQueue: 'wf',
      workflowId: 'backfill/m',
      args: [{ model: 'm', from: 0, to: 10 * HOUR, which: 'missing', ...over }],
    });

  test('a backfill evaluates page by page, one at a time, quietly, and finishes once', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 10, fails: [3] });
      await withWorkers(temporal, { bundle, activities: model.activities }, async () => {
        const handle = await backfilling(temporal);
        expect(await handle.result()).toEqual({ evaluated: 9, failed: 1, newest: 10 * HOUR });
        expect(await handle.query(progress)).toEqual({
          evaluated: 9,
          failed: 1,
          newest: 10 * HOUR,
        });
      });
      expect(model.clock.mostAtOnce).toBe(1);
      expect(model.log).toEqual([
        ...hours(1, 3).map((n) => `evaluate ${n}/1 quietly`),
        'write off 3/1: BadConfig: no such column: amount',
        ...hours(4, 10).map((n) => `evaluate ${n}/1 quietly`),
        'finish 0 to 10',
      ]);
      const replays = await replayAll(bundle, await historiesOf(temporal.client));
      expect(replays.map(({ error }) => error)).toEqual([undefined]);
      expect(replays[0]?.replayed).toEqual(replays[0]?.recorded);
    }));

  test('a backfill of all windows takes each as its next revision, exactly once', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 10 });
      await withWorkers(temporal, { bundle, activities: model.activities }, async () => {
        await (await backfilling(temporal)).result();
        await (await backfilling(temporal, { which: 'all', inFlight: 2 })).result();
      });
      expect([...model.commits.values()].map((list) => list.length)).toEqual(Array(10).fill(2));
    }));

  test('a backfill waits for its own queue, and the live windows do not wait for it', () =>
    withTemporal(async (temporal) => {
      const model = fakeModel({ from: 0, to: 3 });
      const queues = ['wf', 'io', 'cpu'] as const;
      await withWorkers(temporal, { bundle, activities: model.activities, queues }, async () => {
        const handle = await backfilling(temporal, {
          which: 'all',
          from: 10 * HOUR,
          to: 12 * HOUR,
        });
        await until(async () => (await handle.query(progress)).newest !== null);
        expect(await (await evaluating(temporal)).result()).toMatchObject({ evaluated: 3 });
        expect(model.log.filter((line) => line.endsWith('quietly'))).toEqual([]);
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
        expect(model.log.filter((line) => line.startsWith('write off'))).toEqual([]);
      });
    }));
});
