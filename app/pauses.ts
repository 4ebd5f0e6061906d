import pMap from 'p-map';
import { ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { modelHead } from '../activities/deps.js';
import type { ModelHead } from '../domain/model.js';
import { evaluateId } from '../workflows/messages.js';
import type { App } from './app.js';
import type { Installed } from './installed.js';

/** A model whose Schedule is not as its head says. */
export interface OtherPause {
  model: string;
  /** As the head has it. */
  was: ModelHead['paused'];
  /** As Temporal has it; null: it rings. */
  paused: ModelHead['paused'];
}

const IN_FLIGHT = 20;

/**
 * Models whose Schedule was paused, or let ring again, past Aftercare: in Temporal's own UI or
 * CLI, which do not say by whom. Of the Schedules it reads those alone that differ.
 */
export async function otherPauses(
  app: App,
  client: Client,
  { applied, scheduled, isPaused, isOfAnother }: Installed,
): Promise<OtherPause[]> {
  const doubtful = [...applied.values()].filter(
    ({ model, paused }) =>
      scheduled.has(model) && !isOfAnother(model) && isPaused(model) !== (paused !== null),
  );
  const found = await pMap(
    doubtful,
    async ({ model, paused: was }): Promise<OtherPause[]> => {
      // The list may be a second behind; before it is believed the Schedule is asked.
      const state = await stateOf(client, model);
      if (state === null || state.paused === (was !== null)) return [];
      if (!state.paused) return [{ model, was, paused: null }];
      const reason = state.note ?? 'no reason is given there';
      const paused = { by: 'unknown, in Temporal', reason, until: null, at: app.clock() };
      return [{ model, was, paused }];
    },
    { concurrency: IN_FLIGHT },
  );
  return found.flat();
}

/**
 * Writes them into the heads, and gives them. Who was let ring again is rung once, as by `resume`.
 * A repeat changes nothing; what Aftercare itself has written meanwhile stays.
 */
export async function adoptPauses(
  app: App,
  client: Client,
  there: Installed,
): Promise<OtherPause[]> {
  const pauses = await otherPauses(app, client, there);
  for (const { model, was, paused } of pauses) {
    await app.lake.updateHead<ModelHead>(modelHead(model), (old) => {
      if (old === null) throw new RangeError(`${modelHead(model)}: the head is gone`);
      return old.paused?.at === was?.at ? { ...old, paused } : old;
    });
    if (paused !== null) continue;
    const handle = client.schedule.getHandle(evaluateId(model));
    await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  }
  return pauses;
}

async function stateOf(client: Client, model: string) {
  try {
    return (await client.schedule.getHandle(evaluateId(model)).describe()).state;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
