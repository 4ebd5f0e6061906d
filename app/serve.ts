import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { rootOf } from '../config/routes.js';
import type { Notice, Target } from '../domain/notice.js';
import { iso } from '../domain/window.js';
import type { App } from './app.js';
import { resume } from './bell.js';
import { depsOf } from './deps.js';
import { entitiesOf, noEntities } from './entities.js';
import { loadAll } from './load.js';
import { idleQueues, withTemporal } from './temporal.js';
import { endedPauses, lateModels, raiseLate, type Late } from './watch.js';

const ROUND = 60_000;
const DAY = 86_400_000;

/** What `serve` remembers of the last round, so that one trouble is told once. */
export interface Watch {
  /** Outage that root was told of directly; null: none. */
  toldOf: string | null;
}

/**
 * The watcher of the watcher, every minute until `signal`: compares the windows that are expected
 * with the heads, raises check-health, ends pauses that have an end, asks the dead-man address.
 * A round that fails is logged and the next one comes.
 */
export async function watchRounds(app: App, signal: AbortSignal): Promise<void> {
  const watch: Watch = { toldOf: null };
  while (!signal.aborted) {
    try {
      await watchRound(app, watch);
    } catch (error) {
      app.log.error({ error: messageOf(error) }, 'the watch failed; next round in a minute');
    }
    await sleep(ROUND, null, { signal }).catch(() => null);
  }
}

/** One round. When Temporal or the workers cannot tell, root is told directly, once. */
export async function watchRound(app: App, watch: Watch): Promise<void> {
  const late = await lateModels(app, app.clock());
  const outage = await raise(app, late);
  if (outage !== null && watch.toldOf === null) {
    await tellRoot(app, { late, outage });
    watch.toldOf = outage;
  }
  if (outage === null) watch.toldOf = null;
  await sealYesterday(app);
  if (outage === null && late.length === 0) await pingDeadMan(app);
}

/** Raises through the entities; gives the reason why nobody would hear of it that way. */
async function raise(app: App, late: readonly Late[]): Promise<string | null> {
  try {
    return await withTemporal(app.settings, async ({ connection, namespace }) => {
      const client = new Client({ connection, namespace });
      for (const model of await endedPauses(app, app.clock())) {
        await resume(app, client, { model, note: 'the pause is over' });
      }
      const entities = entitiesOf(client);
      for (const one of late) await raiseLate(entities, one);
      const idle = await idleQueues({ connection, namespace }, ['wf', 'io', 'cpu']);
      return idle.length === 0 ? null : `no worker on ${idle.join(', ')}`;
    });
  } catch (error) {
    return messageOf(error);
  }
}

/** Past the entities, which cannot work: one notice to every address of root. */
async function tellRoot(app: App, news: { late: readonly Late[]; outage: string }): Promise<void> {
  const { teams } = await loadAll(app, 'all problems');
  const published = news.late[0]?.published.alerts['check-health'].route.root;
  const chain: readonly Target[] = teams === null ? (published ?? []) : rootOf(teams);
  const deps = await depsOf(app, noEntities);
  const notice = rootNotice(app, news);
  for (const target of chain) {
    const notifier = deps.notifier(target.channel);
    if (notifier === null) continue;
    const delivered = await notifier.send(target, notice, 'send');
    if (delivered.outcome === 'sent') return;
    app.log.error({ to: target, outcome: delivered.outcome }, 'root could not be told');
  }
  app.log.fatal({ outage: news.outage }, 'nobody could be told that nothing is evaluated');
}

function rootNotice(app: App, { late, outage }: { late: readonly Late[]; outage: string }): Notice {
  const at = app.clock();
  const models = late.map(({ model, windowEnd }) => `${model} (window to ${iso(windowEnd)})`);
  const text = [
    `Aftercare evaluates nothing now: ${outage}.`,
    models.length === 0 ? 'No window is late yet.' : `Late: ${models.slice(0, 20).join(', ')}.`,
    'Next step: run "aftercare doctor" on the host of the workers.',
  ].join('\n');
  return {
    deliveryId: `watch.${at.toString(36)}`,
    thread: 'watch',
    threadRef: null,
    form: 'new',
    subject: `Aftercare: check-health critical, nothing is evaluated (${late.length} models late)`,
    text,
    severity: 'critical',
    facts: [{ label: 'Models late', value: String(late.length) }],
    picture: null,
    data: { kind: 'watch', late: late.map(({ model }) => model), outage },
    at,
  };
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
