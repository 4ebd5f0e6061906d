import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { blockedHead, type Block } from '../activities/blocked.js';
import type { Instant } from '../domain/window.js';
import { workflowTypes } from '../workflows/messages.js';
import type { App } from './app.js';

/** An entity that cannot decide; it loses nothing, and goes on by itself once it is repaired. */
export interface Blocked {
  /** `alert/<model>/<category>` or `retrain/<model>`. */
  entity: string;
  model: string;
  since: Instant;
  reason: string;
}

/** Entities looked at one by one in Temporal; more are not. */
const MOST_LOOKED_AT = 500;
/** A workflow task that failed so often is no hiccup. */
const LEAST_ATTEMPTS = 3;

/** Blocked entities as their last failed decisions say. Reads heads only. */
export async function blockedEntities(app: Pick<App, 'lake'>): Promise<Blocked[]> {
  const notes = await app.lake.listEntityHeads<Block>(blockedHead(''));
  const found = await pMap(
    notes,
    async ({ entity: note, sequence, value }): Promise<Blocked[]> => {
      const entity = note.slice(blockedHead('').length);
      const head = await app.lake.readEntityHead<{ sequence: number }>(entity);
      if ((head?.sequence ?? 0) >= sequence) return []; // it has decided since
      return [{ entity, model: modelOf(entity), ...value }];
    },
    { concurrency: 20 },
  );
  return found.flat();
}

/**
 * Entities whose workflow tasks fail again and again, as Temporal sees them: also those that fail
 * before they decide, which `blockedEntities` cannot know. At most 500 are looked at.
 */
export async function failingEntities(client: Client): Promise<Blocked[]> {
  const { alert, retrain } = workflowTypes;
  const query = `WorkflowType IN ('${alert}', '${retrain}') AND ExecutionStatus = 'Running'`;
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    ids.push(workflowId);
    if (ids.length === MOST_LOOKED_AT) break;
  }
  const looked = await pMap(ids, (id) => failingEntity(client, id), { concurrency: 20 });
  return looked.flat();
}

async function failingEntity(client: Client, entity: string): Promise<Blocked[]> {
  const { raw } = await client.workflow.getHandle(entity).describe();
  const task = raw.pendingWorkflowTask;
  const attempt = task?.attempt ?? 0;
  if (attempt < LEAST_ATTEMPTS) return [];
  const since = Number(task?.originalScheduledTime?.seconds ?? 0) * 1_000;
  const reason = `its workflow task has failed ${attempt - 1} times`;
  return [{ entity, model: modelOf(entity), since, reason }];
}

function modelOf(entity: string): string {
  return entity.split('/')[1] ?? '';
}
