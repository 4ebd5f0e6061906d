import {
  isGrpcServiceError,
  WorkflowUpdateFailedError,
  WithStartWorkflowOperation,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entities } from '../activities/deps.js';
import type { AlertEvent } from '../domain/alert.js';
import type { Answer } from '../domain/entity.js';
import { categories } from '../domain/finding.js';
import type { RetrainEvent } from '../domain/request.js';
import type { Duration, Instant } from '../domain/window.js';
import {
  alertId,
  idle,
  rejections,
  retrainId,
  startOf,
  submit,
  tell,
  workflowTypes,
} from '../workflows/messages.js';
import { UnavailableError } from './errors.js';
import { attributeKeys } from './search-attributes.js';

/** How long an act of a person may take to be decided; later it is refused, never applied. */
const ACT_WITHIN: Duration = 30_000;
const MOVING_PAUSE: Duration = 100;
const DECIDED_WITHIN: Duration = 10_000;
/** The gRPC status. */
const NOT_FOUND = 5;

/** What every act of a person carries. */
export interface Actor {
  by: string;
  reason: string;
  /** True only where `serve` authenticated the person. */
  verified: boolean;
}

/** The entities as the activities reach them: a signal, which starts what is not there. */
export function entitiesOf(client: Client): Entities {
  const send = async (
    to: { workflowType: string; workflowId: string; model: string },
    event: { id: string },
  ): Promise<void> => {
    await client.workflow.signalWithStart(to.workflowType, {
      workflowId: to.workflowId,
      taskQueue: 'wf',
      args: [startOf()],
      signal: tell,
      signalArgs: [event],
      typedSearchAttributes: [{ key: attributeKeys.model, value: to.model }],
    });
  };
  return {
    tellAlert: (model, category, event) =>
      send(
        { workflowType: workflowTypes.alert, workflowId: alertId(model, category), model },
        event,
      ),
    tellRetrain: (model, event) =>
      send({ workflowType: workflowTypes.retrain, workflowId: retrainId(model), model }, event),
  };
}

/** Tells the entities of a model that live that its monitor was taken away; a repeat is dropped. */
export async function tellRetired(client: Client, model: string, id: string): Promise<void> {
  const entities = [...categories.map((one) => alertId(model, one)), retrainId(model)];
  const event = { id, type: 'retired' } satisfies AlertEvent & RetrainEvent;
  const telling = entities.map(async (entity) => {
    try {
      await client.workflow.getHandle(entity).signal(tell, event);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  });
  await Promise.all(telling);
}

/** For verbs that tell nobody: a message would be a fault. */
export const noEntities: Entities = {
  tellAlert: () => Promise.reject(new Error('check tells no alert')),
  tellRetrain: () => Promise.reject(new Error('check opens no request')),
};

/**
 * Waits until the alerts of a model have decided all that they were told before this was asked, so
 * that lists show it; gives up without a word after 10 s.
 */
export async function alertsDecided(client: Client, model: string): Promise<void> {
  const until = Date.now() + DECIDED_WITHIN;
  const waiting = categories.map(async (category) => {
    const handle = client.workflow.getHandle(alertId(model, category));
    while (Date.now() < until) {
      try {
        if (await client.connection.withDeadline(until, () => handle.query(idle))) return;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return; // it was never told anything
      }
      await sleep(MOVING_PAUSE);
    }
  });
  await Promise.all(waiting);
}

/** The id and the latest instant that every act carries; real time, for so do the entities. */
export function actNow(actor: Actor): Actor & { id: string; notAfter: Instant } {
  return { ...actor, id: randomUUID(), notAfter: Date.now() + ACT_WITHIN };
}

/**
 * Hands an act to an entity and waits until it is decided and its head is written. When the answer
 * does not come in time the same id is asked for once more; if that stays silent too the outcome
 * is unknown: UnavailableError. `start`: a retrain entity that may not be there yet.
 */
export async function act(
  client: Client,
  to: { workflowId: string; startAs: 'retrain' | null },
  event: { id: string; notAfter: Instant },
): Promise<Answer> {
  for (let round = 1; ; round++) {
    try {
      return await ask(client, to, event);
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection?.type === rejections.refused) {
        return { ok: false, code: 'refused', reason: rejection.message };
      }
      if (isGone(error)) {
        return { ok: false, code: 'gone', reason: `nothing is open at ${to.workflowId}` };
      }
      const isMoving = rejection?.type === rejections.moving;
      if (isMoving && Date.now() < event.notAfter) await sleep(MOVING_PAUSE);
      else if (round > 1) throw unknown(to.workflowId, event, error);
    }
  }
}

async function ask(
  client: Client,
  to: { workflowId: string; startAs: 'retrain' | null },
  event: { id: string; notAfter: Instant },
): Promise<Answer> {
  const deadline = Math.max(event.notAfter, Date.now() + 5_000);
  return client.connection.withDeadline(deadline, async () => {
    if (to.startAs === null) {
      const handle = client.workflow.getHandle(to.workflowId);
      return handle.executeUpdate(submit, { args: [event], updateId: event.id });
    }
    const startWorkflowOperation = new WithStartWorkflowOperation(to.startAs, {
      workflowId: to.workflowId,
      taskQueue: 'wf',
      args: [startOf()],
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: [
        { key: attributeKeys.model, value: to.workflowId.slice(to.startAs.length + 1) },
      ],
    });
    return client.workflow.executeUpdateWithStart(submit, {
      args: [event],
      updateId: event.id,
      startWorkflowOperation,
    });
  });
}

function rejectionOf(error: unknown): ApplicationFailure | null {
  if (!(error instanceof WorkflowUpdateFailedError)) return null;
  return error.cause instanceof ApplicationFailure ? error.cause : null;
}

/** The entity never was, or it ended. */
function isGone(error: unknown): boolean {
  return (
    error instanceof WorkflowNotFoundError ||
    (isGrpcServiceError(error) && (error.code as number) === NOT_FOUND)
  );
}

function unknown(workflowId: string, event: { id: string }, cause: unknown): UnavailableError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError(
    `The outcome is unknown: ${workflowId} did not answer for ${event.id} (${why}). It is refused ` +
      'when it is decided later than 30 s after it was sent. Look before you repeat it: ' +
      '"aftercare alerts show" or "aftercare requests show". Is a worker running?',
    { cause },
  );
}
