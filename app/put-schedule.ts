import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import {
  compileScheduleOptions,
  encodeScheduleAction,
  encodeSchedulePolicies,
  encodeScheduleSpec,
} from '@temporalio/client/lib/schedule-helpers.js';
import type { ModelHead } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import { evaluateId, workflowTypes } from '../workflows/messages.js';
import { ofAnotherLake, UnavailableError } from './errors.js';
import { bellOf, LAKE_MEMO, markIn, pauseNote } from './schedules.js';
import { attributeKeys } from './search-attributes.js';

/** The wait after each telling grows by so much, ms: 17.7 s over all of them. */
const LONGER_EACH = 10;
const MOST_TELLINGS = 60;
/** The gRPC status with which newer servers refuse an old conflict token. */
const FAILED_PRECONDITION = 9;

/** What the monitor does not say of its Schedule. */
export interface Standing {
  rings: 'now' | 'on time';
  /** A pause by a person: a Schedule that is made again is made paused. */
  paused: ModelHead['paused'];
  /** The mark of the lake that it rings for. */
  lake: string;
}

/**
 * Makes the Schedule what the monitor says; a person's pause stays, also one that comes meanwhile.
 * `rings: 'now'` rings it once, unless it is paused. A repeat changes nothing. UsageError
 * for one of another lake.
 */
export async function putSchedule(
  client: Client,
  monitor: Monitor,
  { rings, paused: pause, lake }: Standing,
): Promise<void> {
  const options = scheduleOf(monitor);
  const ringing = { triggerImmediately: rings === 'now' };
  const state = pause === null ? ringing : { paused: true, note: pauseNote(pause) };
  try {
    await client.schedule.create({ ...options, state, memo: { [LAKE_MEMO]: lake } });
    return;
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const mark = markIn(await client.schedule.getHandle(options.scheduleId).describe());
  if (mark !== null && mark !== lake) {
    throw ofAnotherLake([monitor.model.id], client.options.namespace);
  }
  const { paused } = await makeSo(client, options);
  if (rings === 'on time' || paused || pause !== null) return;
  const handle = client.schedule.getHandle(options.scheduleId);
  await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

type Ours = ReturnType<typeof scheduleOf>;

function scheduleOf(monitor: Monitor) {
  const { id } = monitor.model;
  const { every, offset, jitter } = bellOf(monitor);
  return {
    scheduleId: evaluateId(id),
    spec: { intervals: [{ every, offset }], jitter },
    action: {
      type: 'startWorkflow' as const,
      workflowType: workflowTypes.evaluate,
      workflowId: evaluateId(id),
      taskQueue: 'wf',
      args: [{ model: id }],
      typedSearchAttributes: [{ key: attributeKeys.model, value: id }],
      staticSummary: `evaluates what is due of ${id}`,
    },
    policies: {
      overlap: ScheduleOverlapPolicy.BUFFER_ONE,
      catchupWindow: Math.max(monitor.schedule.catchup, 10_000),
      pauseOnFailure: false,
    },
  } satisfies ScheduleOptions;
}

/**
 * Tells it until it says so itself, and gives its state. Each telling holds only while nobody has
 * changed the Schedule since it was looked at: what a server does with one that came too late is
 * nothing, and most say nothing of it.
 */
async function makeSo(client: Client, options: Ours): Promise<ScheduleDescription['state']> {
  const handle = client.schedule.getHandle(options.scheduleId);
  for (let telling = 0; telling < MOST_TELLINGS; telling++) {
    const there = await handle.describe();
    if (isDeepStrictEqual(saidBy(there), saidBy(options))) return there.state;
    await tell(client, options, there);
    await sleep(telling * LONGER_EACH);
  }
  throw new UnavailableError(
    `${options.scheduleId}: its Schedule did not take the change. The Temporal server answers, but ` +
      'its own workflows do not run: look at the server, then repeat.',
  );
}

/** What we say of a Schedule. */
interface Said {
  spec: { intervals?: unknown; jitter?: unknown };
  action: Partial<
    Record<'workflowType' | 'workflowId' | 'taskQueue' | 'args' | 'staticSummary', unknown>
  >;
  policies?: unknown;
}

/** That alone, and not what else the server knows of it. */
function saidBy({ spec, action, policies }: Said): unknown {
  const { workflowType, workflowId, taskQueue, args, staticSummary } = action;
  const { intervals, jitter } = spec;
  return { intervals, jitter, policies, workflowType, workflowId, taskQueue, args, staticSummary };
}

/** As `update` of the SDK, which sends no conflict token: that takes back what came meanwhile. */
async function tell(client: Client, options: Ours, { raw }: ScheduleDescription): Promise<void> {
  const { namespace, identity, loadedDataConverter } = client.options;
  const { scheduleId, spec, action, policies } = compileScheduleOptions(options);
  try {
    await client.workflowService.updateSchedule({
      ...{ namespace, identity, scheduleId, requestId: randomUUID() },
      conflictToken: raw.conflictToken ?? null,
      schedule: {
        spec: encodeScheduleSpec(spec),
        action: await encodeScheduleAction(loadedDataConverter, namespace, action, {}),
        policies: encodeSchedulePolicies(policies),
        state: raw.schedule?.state ?? null,
      },
    });
  } catch (error) {
    const isLate = isGrpcServiceError(error) && (error.code as number) === FAILED_PRECONDITION;
    if (!isLate) throw error;
  }
}
