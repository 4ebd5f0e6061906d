import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.js';
import { resume } from './bell.js';
import { entitiesOf } from './entities.js';
import { openWatch, tellOutage, type Found, type Watch } from './outage.js';
import { installed } from './installed.js';
import { adoptPauses, type OtherPause } from './pauses.js';
import { idleQueues, isAway, withTemporal } from './temporal.js';
import { endedPauses, lateModels, raiseLate, type Late } from './watch.js';

const ROUND = 60_000;
const DAY = 86_400_000;

/**
 * The watcher of the watcher, every minute until `signal`: compares the windows that are expected
 * with the heads, raises check-health, ends pauses that have an end, asks the dead-man address.
 * A round that fails is logged and the next one comes.
 */
export async function watchRounds(app: App, signal: AbortSignal): Promise<void> {
  const watch = await openWatch(app);
  while (!signal.aborted) {
    try {
      await watchRound(app, watch);
    } catch (error) {
      app.log.error({ error: messageOf(error) }, 'the watch failed; next round in a minute');
    }
    await sleep(ROUND, null, { signal }).catch(() => null);
  }
}

/** One round. Where Temporal or the workers cannot tell, root is told directly, see `outage`. */
export async function watchRound(app: App, watch: Watch): Promise<void> {
  const found = await raise(app, await lateModels(app, app.clock()));
  await tellOutage(app, watch, found);
  await sealYesterday(app);
  if (found.outage === null && found.late.length === 0) await pingDeadMan(app);
}

/**
 * Raises through the entities what is late by the heads and was not paused in Temporal meanwhile;
 * gives it, with the reason why nobody would hear of it that way.
 */
async function raise(app: App, seen: readonly Late[]): Promise<Found> {
  const ended = await endedPauses(app, app.clock());
  let late = seen;
  try {
    return await withTemporal(app.settings, async ({ client, connection, namespace }) => {
      const note = 'the pause is over';
      for (const model of ended) {
        await alone(app, model, () => resume(app, client, { model, note }));
      }
      let others: OtherPause[] = [];
      await alone(app, 'all', async () => {
        others = await adoptPauses(app, client, await installed(app, client));
      });
      late = seen.filter(({ model }) => !others.some((one) => one.model === model));
      const entities = entitiesOf(client);
      for (const one of late) await alone(app, one.model, () => raiseLate(entities, one));
      const idle = await idleQueues({ connection, namespace }, ['wf', 'io', 'cpu']);
      return { late, outage: idle.length === 0 ? null : `no worker on ${idle.join(', ')}` };
    });
  } catch (error) {
    return { late, outage: messageOf(error) };
  }
}

/** Does what one model needs: what fails of it is logged and keeps nothing from the others. */
async function alone(app: App, model: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (isAway(error)) throw error;
    app.log.error({ model, error: messageOf(error) }, 'the watch failed for one model');
  }
}

/** Seals the audit chains as they stood at the end of a day, once: a cut-off end shows then. */
async function sealYesterday({ lake, clock, log }: App): Promise<void> {
  const day = new Date(clock() - DAY).toISOString().slice(0, 10);
  try {
    await lake.sealAnchors(day);
  } catch (error) {
    // A clock that went back, or two of us: the chains are sealed by the other.
    if (!(error instanceof RangeError)) throw error;
    log.debug({ day }, error.message);
  }
}

async function pingDeadMan({ settings, log }: App): Promise<void> {
  if (settings.deadManUrl === null) return;
  const signal = AbortSignal.timeout(10_000);
  try {
    await fetch(settings.deadManUrl, { signal, redirect: 'error' });
  } catch {
    log.warn({}, 'the dead-man address did not answer'); // its URL is a secret
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
