import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  isGrpcServiceError,
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
  encodeScheduleState,
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
/** The gRPC status of a Schedule whose name is taken. */
const ALREADY_EXISTS = 6;
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
  standing: Standing,
): Promise<void> {
  const options = scheduleOf(monitor);
  if (await create(client, options, standing)) return;
  const { rings, paused: pause, lake } = standing;
  const handle = client.schedule.getHandle(options.scheduleId);
  const mark = markIn(await handle.describe());
  if (mark !== null && mark !== lake) {
    throw ofAnotherLake([monitor.model.id], client.options.namespace);
  }
  const { paused } = await makeSo(client, options);
  if (rings === 'on time' || paused || pause !== null) return;
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
 * As `create` of the SDK, whose first ring would let a second pass run beside it: this one is as
 * the Schedule's own policy says. False where there is one already.
 */
async function create(
  client: Client,
  options: Ours,
  { rings, paused, lake }: Standing,
): Promise<boolean> {
  const { loadedDataConverter: converter } = client.options;
  const state = paused === null ? {} : { paused: true, note: pauseNote(paused) };
  const request = {
    ...(await requestOf(client, options)),
    memo: { fields: { [LAKE_MEMO]: converter.payloadConverter.toPayload(lake) } },
    initialPatch: rings === 'now' && paused === null ? { triggerImmediately: {} } : {},
  };
  const schedule = { ...request.schedule, state: encodeScheduleState(state) };
  try {
    await client.workflowService.createSchedule({ ...request, schedule });
    return true;
  } catch (error) {
    if (isStatus(error, ALREADY_EXISTS)) return false;
    throw error;
  }
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
  const request = await requestOf(client, options);
  const schedule = { ...request.schedule, state: raw.schedule?.state ?? null };
  try {
    const conflictToken = raw.conflictToken ?? null;
    await client.workflowService.updateSchedule({ ...request, schedule, conflictToken });
  } catch (error) {
    if (!isStatus(error, FAILED_PRECONDITION)) throw error;
  }
}

/** What creating and updating ask for alike. */
async function requestOf(client: Client, options: Ours) {
  const { namespace, identity, loadedDataConverter } = client.options;
  const { scheduleId, spec, action, policies } = compileScheduleOptions(options);
  return {
    ...{ namespace, identity, scheduleId, requestId: randomUUID() },
    schedule: {
      spec: encodeScheduleSpec(spec),
      action: await encodeScheduleAction(loadedDataConverter, namespace, action, {}),
      policies: encodeSchedulePolicies(policies),
    },
  };
}

const isStatus = (error: unknown, status: number): boolean =>
  isGrpcServiceError(error) && (error.code as number) === status;
