import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Queue } from '../../domain/queues.js';
import { look, startOf, submit, tell } from '../../workflows/messages.js';
import { decideCounter } from '../support/counter.js';
import type {
  CounterEffect,
  CounterEvent,
  CounterRules,
  CounterState,
} from '../support/counter.js';
import { sharedBundle } from '../support/built.js';
import { until } from '../support/namespace.js';
import type { TestTemporal } from '../support/namespace.js';
import { lentOnce } from '../support/once.js';
import { historiesOf, replayAll } from '../support/replay.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';
import { withWorkers } from '../support/worker.js';

const missing = temporalMissing();
const rules: CounterRules = { step: 3_600_000, levels: 3, retry: 1_000 };
const WORKFLOWS = 'support/counter-workflows.ts';
/** That entities have work on. */
const QUEUES: readonly Queue[] = ['wf', 'io'];
const inTime = () => Date.now() + 30_000;

/** The counter's activities, and what they were asked to do. */
function counterActivities(over: Partial<CounterRules> = {}) {
  const writes: CounterEffect[] = [];
  const sent: string[] = [];
  return {
    writes,
    sent,
    decide: (_id: string, state: unknown, happened: unknown) =>
      Promise.resolve(
        decideCounter(
          { ...rules, ...over },
          state as CounterState | null,
          happened as { event: CounterEvent | null; at: number },
        ),
      ),
    write: (_id: string, list: readonly unknown[]) => {
      writes.push(...(list as CounterEffect[]));
      return Promise.resolve();
    },
    attempt: (_id: string, effect: unknown): Promise<CounterEvent> => {
      const { delivery, attempt } = effect as CounterEffect & { kind: 'notice' };
      const id = `${delivery}/${attempt}`;
      sent.push(id);
      return Promise.resolve({ id, type: 'delivered', delivery, outcome: 'sent' });
    },
  };
}

const window = (windowEnd: number, ballast?: string): CounterEvent => ({
  id: `${windowEnd}/1`,
  type: 'window',
  windowEnd,
  ...(ballast === undefined ? {} : { ballast }),
});

async function started(
  { client }: TestTemporal,
  events: readonly CounterEvent[],
  { id = 'alert/m/drift', limit }: { id?: string; limit?: number } = {},
): Promise<WorkflowHandle> {
  const handle = await client.workflow.start('counter', {
    taskQueue: 'wf',
    workflowId: id,
    args: [startOf(limit)],
  });
  for (const event of events) await handle.signal(tell, event);
  return handle;
}

type Activities = Pick<ReturnType<typeof counterActivities>, 'decide' | 'write' | 'attempt'>;

/** Workers that most tests share: what an entity is, its own activities say. */
const stage = lentOnce<{ temporal: TestTemporal; entities: Map<string, Activities> }>((use) =>
  withTemporal(async (temporal) => {
    const entities = new Map<string, Activities>();
    const of = (id: string): Activities => {
      const found = entities.get(id);
      if (found === undefined) throw new Error(`no test has ${id}`);
      return found;
    };
    const activities: Activities = {
      decide: (id, ...given) => of(id).decide(id, ...given),
      write: (id, ...given) => of(id).write(id, ...given),
      attempt: (id, ...given) => of(id).attempt(id, ...given),
    };
    const bundle = await sharedBundle(WORKFLOWS);
    const workers = { bundle, activities, queues: QUEUES };
    await withWorkers(temporal, workers, () => use({ temporal, entities }));
  }),
);

/** An entity with these activities, once it is started with its first events. */
async function withEntity(
  activities: Activities,
  run: (start: (events: readonly CounterEvent[]) => Promise<WorkflowHandle>) => Promise<void>,
): Promise<void> {
  const { temporal, entities } = await stage();
  const id = `alert/m${entities.size}/drift`;
  entities.set(id, activities);
  await run((events) => started(temporal, events, { id }));
}

const stateOf = (handle: WorkflowHandle) => handle.query(look) as Promise<CounterState | null>;

const title = `the loop of an entity${missing === null ? '' : `: ${missing}`}`;

describe(title, { concurrent: true, skip: missing !== null, timeout: 300_000 }, () => {
  let bundle: { code: string };
  beforeAll(async () => {
    bundle = await sharedBundle(WORKFLOWS);
  });

  test('an update is answered when it is decided and its head is written', async () => {
    const activities = counterActivities();
    await withEntity(activities, async (start) => {
      const handle = await start([window(1)]);
      await until(async () => (await stateOf(handle))?.level === 0);
      const ack = { id: 'a1', type: 'ack', notAfter: inTime() };
      const answer = await handle.executeUpdate(submit, { args: [ack] });
      expect(answer).toMatchObject({ ok: true });
      expect(activities.writes).toContainEqual(
        expect.objectContaining({ kind: 'decided', eventId: 'a1' }),
      );
      expect((await stateOf(handle))?.levelAt).toBeNull();
      expect(activities.sent).toEqual(['level-0/1']);
    });
  });

  test('a refused update leaves no trace in the history', async () => {
    const activities = counterActivities();
    await withEntity(activities, async (start) => {
      const handle = await start([window(1)]);
      await until(async () => {
        const { raw } = await handle.describe();
        const isIdle = raw.pendingWorkflowTask == null && raw.pendingActivities?.length === 0;
        return isIdle && activities.writes.some((one) => one.kind === 'head' && one.sequence === 2);
      });
      const before = (await handle.describe()).historyLength;
      const late = { id: 'a1', type: 'ack', notAfter: 1 };
      const refused = await handle
        .executeUpdate(submit, { args: [late] })
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
      const { cause } = refused as WorkflowUpdateFailedError;
      expect(cause).toBeInstanceOf(ApplicationFailure);
      expect((cause as ApplicationFailure).type).toBe('Refused');
      expect(cause?.message).toMatch(/^too late/);
      expect((await handle.describe()).historyLength).toBe(before);
    });
  });

  test('the same event twice is decided once and answered as a duplicate', async () => {
    const activities = counterActivities();
    await withEntity(activities, async (start) => {
      const handle = await start([window(1), window(1), window(2)]);
      await until(async () => (await stateOf(handle))?.windows.length === 2);
      const ack = { id: 'a1', type: 'ack', notAfter: inTime() };
      expect(await handle.executeUpdate(submit, { args: [ack] })).toMatchObject({ ok: true });
      expect(await handle.executeUpdate(submit, { args: [ack] })).toMatchObject({
        ok: false,
        code: 'duplicate',
      });
      expect((await stateOf(handle))?.windows).toEqual([1, 2]);
      expect(activities.sent).toEqual(['level-0/1']);
    });
  });

  test('a deadline wakes it: every level is told, once', async () => {
    const activities = counterActivities({ step: 1_100 });
    await withEntity(activities, async (start) => {
      const handle = await start([window(1)]);
      await until(() => activities.sent.length === 3);
      await until(async () => (await stateOf(handle))?.deliveries['level-2']?.outcome === 'sent');
      // On a busy machine two levels are due at once: their attempts run side by side.
      expect(activities.sent.toSorted()).toEqual(['level-0/1', 'level-1/1', 'level-2/1']);
    });
  });

  test('an attempt that throws comes back as lost, and the reducer plans the next', async () => {
    const activities = counterActivities();
    const attempt: typeof activities.attempt = async (id, effect) => {
      const event = await activities.attempt(id, effect);
      if (activities.sent.length === 1) throw new Error('the channel is away');
      return event;
    };
    await withEntity({ ...activities, attempt }, async (start) => {
      const handle = await start([window(1)]);
      await until(async () => (await stateOf(handle))?.deliveries['level-0']?.outcome === 'sent');
      expect(activities.sent).toEqual(['level-0/1', 'level-0/2']);
    });
  });

  test('a small decision limit continues as new, with the inbox, in order and without loss', () =>
    withTemporal(async (temporal) => {
      const activities = counterActivities();
      const windows = Array.from({ length: 14 }, (_, index) => window(index + 1));
      const handle = await started(temporal, windows, { limit: 3 }); // no worker yet: all wait in the inbox
      await withWorkers(temporal, { bundle, activities, queues: QUEUES }, async () => {
        await until(async () => (await stateOf(handle))?.windows.length === 14);
        await handle.signal(tell, { id: 'end', type: 'close' } as CounterEvent);
        const last = (await handle.result()) as CounterState;
        expect(last.windows).toEqual(windows.map((_, index) => index + 1));
      });
      const runs = await historiesOf(temporal.client);
      expect(runs.length).toBeGreaterThan(4);
      for (const one of await replayAll(bundle, runs)) {
        expect(one.error).toBeUndefined();
        expect(one.replayed).toEqual(one.recorded);
      }
    }));

  test('an inbox too large to hand on is decided first', () =>
    withTemporal(async (temporal) => {
      const activities = counterActivities();
      const windows = Array.from({ length: 12 }, (_, index) =>
        window(index + 1, 'x'.repeat(60_000)),
      );
      const handle = await started(temporal, windows, { limit: 2 });
      await withWorkers(temporal, { bundle, activities, queues: QUEUES }, async () => {
        await until(async () => (await stateOf(handle))?.windows.length === 12);
        await handle.signal(tell, { id: 'end', type: 'close' } as CounterEvent);
        await handle.result();
      });
      const carried = (await historiesOf(temporal.client)).map(({ history }) => {
        const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
        return started?.input?.payloads?.[0]?.data?.length ?? 0;
      });
      expect(carried.length).toBeGreaterThan(2);
      expect(Math.max(...carried)).toBeGreaterThan(60_000);
      expect(Math.max(...carried)).toBeLessThan(500_000);
    }));

  test('a reducer that fails blocks its entity and never ends it', async () => {
    const activities = counterActivities();
    let isBroken = true;
    let failures = 0;
    const decide: typeof activities.decide = (id, state, happened) => {
      if (!isBroken) return activities.decide(id, state, happened);
      failures++;
      throw ApplicationFailure.nonRetryable('no such rule');
    };
    await withEntity({ ...activities, decide }, async (start) => {
      const handle = await start([window(1), window(2)]);
      await until(() => failures >= 2);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      isBroken = false;
      await until(async () => (await stateOf(handle))?.windows.length === 2);
      expect((await stateOf(handle))?.windows).toEqual([1, 2]);
    });
  });

  test('a write that is refused for good is tried again all the same', async () => {
    const activities = counterActivities();
    let refusals = 0;
    const write: typeof activities.write = (id, list) => {
      if (refusals++ === 0) throw ApplicationFailure.nonRetryable('the lake says no');
      return activities.write(id, list);
    };
    await withEntity({ ...activities, write }, async (start) => {
      const handle = await start([window(1)]);
      await until(async () => (await stateOf(handle))?.deliveries['level-0']?.outcome === 'sent');
      expect(refusals).toBeGreaterThan(1);
      expect(activities.writes.map((one) => one.kind === 'decided' && one.sequence)).toContain(1);
    });
  });

  test('a cancelled entity ends without a decision', async () => {
    const activities = counterActivities();
    await withEntity(activities, async (start) => {
      const handle = await start([window(1)]);
      // The state is there before it is written: only what is written can be counted.
      await until(
        () => activities.writes.some((one) => one.kind === 'head' && one.sequence === 2),
        'the outcome of the notice is written',
      );
      const decided = activities.writes.length;
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      expect(activities.writes.length).toBe(decided);
    });
  });
});
