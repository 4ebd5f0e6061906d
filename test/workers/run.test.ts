import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../app/temporal-server.js';
import { connectWorkers, runWorkers } from '../../workers/run.js';
import { workflowTypes } from '../../workflows/messages.js';
import * as workflows from '../../workflows/index.js';
import { builtWorkflows } from '../support/built.js';
import { fakeModel } from '../support/fake-evaluation.js';
import { until } from '../support/namespace.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';
import { activitiesOf } from '../support/worker.js';

test('the workflows bundle, and are those that clients start by name', async () => {
  expect(Object.keys(workflows).toSorted()).toEqual(Object.values(workflowTypes).toSorted());
  expect((await stat(await builtWorkflows())).size).toBeGreaterThan(100_000);
});

test('a server that does not answer is named, after the patience that was asked for', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  await expect(connectWorkers({ address }, 1_000)).rejects.toThrow(
    new Error(`no Temporal server answers at ${address}: Connection refused`),
  );
});

const missing = temporalMissing();
const title = `workers${missing === null ? '' : `: ${missing}`}`;

describe(title, { concurrent: true, skip: missing !== null, timeout: 90_000 }, () => {
  let bundle: { codePath: string };
  beforeAll(async () => {
    bundle = { codePath: await builtWorkflows() };
  });
  const host = hostname();

  test('a queue of workflows without a bundle is refused', () =>
    withTemporal(async ({ native: connection, namespace }) => {
      const activities = activitiesOf({});
      const options = { connection, namespace, activities, host, bundle: null };
      await expect(runWorkers({ ...options, queues: ['wf'] })).rejects.toThrow(/needs the bundle/);
    }));

  test('stopping drains: what runs is finished, and nothing new is taken', () =>
    withTemporal(async ({ native: connection, namespace, client }) => {
      const model = fakeModel({ from: 0, to: 2 });
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const evaluateWindow: typeof model.activities.evaluateWindow = async (input) => {
        model.log.push('begun');
        await gate;
        return model.activities.evaluateWindow(input);
      };
      const workers = await runWorkers({
        connection,
        namespace,
        activities: activitiesOf({ ...model.activities, evaluateWindow }),
        queues: ['wf', 'io', 'cpu'],
        host,
        bundle,
      });
      await client.workflow.start(workflowTypes.evaluate, {
        taskQueue: 'wf',
        workflowId: 'evaluate/m',
        args: [{ model: 'm' }],
      });
      await until(() => model.log.includes('begun'));
      expect(workers.isRunning()).toBe(true);
      const stopped = workers.stop();
      release();
      await stopped;
      await workers.done;
      expect(workers.isRunning()).toBe(false);
      expect(model.log.filter((line) => line !== 'tell 1/1')).toEqual(['begun', 'evaluate 1/1']);
    }));

  test('evaluations of one process run one at a time, whatever is waiting', () =>
    withTemporal(async ({ native: connection, namespace, client }) => {
      const model = fakeModel({ from: 0, to: 2 });
      const workers = await runWorkers({
        connection,
        namespace,
        activities: activitiesOf(model.activities),
        queues: ['wf', 'io', 'cpu'],
        host,
        bundle,
      });
      const runs = ['a', 'b', 'c'].map((id) =>
        client.workflow.execute(workflowTypes.evaluate, {
          taskQueue: 'wf',
          workflowId: `evaluate/${id}`,
          args: [{ model: id }],
        }),
      );
      await Promise.all(runs);
      await workers.stop();
      expect(model.clock.mostAtOnce).toBe(1);
    }));
});
