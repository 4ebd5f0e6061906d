import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootOf } from '../config/routes.js';
import type { Notice, Target } from '../domain/notice.js';
import { utc, type Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import type { App } from './app.js';
import { depsOf } from './deps.js';
import { noEntities } from './entities.js';
import { loadAll } from './load.js';
import type { Late } from './watch.js';

/**
 * Rounds in a row that must see an outage before root is told: one that is over a minute later is
 * a start, where `serve` is up before the workers are, or a restart.
 */
const ROUNDS = 2;

/** An outage that root was told of. */
export interface Told {
  /** When it was told; names the conversation. */
  at: Instant;
  /** Whom it reached, or may have reached: those are told that it is over. */
  targets: readonly Target[];
}

/** What `serve` remembers of its rounds, so that one trouble is told once, and that it is over. */
export interface Watch {
  /** Rounds in a row that saw an outage, at most as many as it takes to tell. */
  rounds: number;
  /** null: root knows of none. */
  told: Told | null;
}

/** What a round found: the models that are late, and why nobody would hear of it otherwise. */
export interface Found {
  late: readonly Late[];
  /** null: Temporal and the workers work. */
  outage: string | null;
}

function noteFileIn(state: string): string {
  return join(state, 'watch.json');
}

/** A watch that knows what an earlier process of this state folder has told, if it can be read. */
export async function openWatch({ settings }: Pick<App, 'settings'>): Promise<Watch> {
  try {
    const told = JSON.parse(await readFile(noteFileIn(settings.state), 'utf8')) as Told;
    return { rounds: 0, told };
  } catch {
    return { rounds: 0, told: null };
  }
}

/**
 * Past the entities, which cannot work: tells root of an outage that two rounds in a row saw, once,
 * and tells those whom that reached once that it is over. What no address took is tried again in
 * the next round.
 */
export async function tellOutage(app: App, watch: Watch, found: Found): Promise<void> {
  const { late, outage } = found;
  if (outage === null) {
    watch.rounds = 0;
    if (watch.told === null) return;
    const targets = await tellOver(app, watch.told);
    await remember(app, watch, targets.length === 0 ? null : { ...watch.told, targets });
    return;
  }
  watch.rounds = Math.min(ROUNDS, watch.rounds + 1);
  if (watch.rounds < ROUNDS || watch.told !== null) return;
  const told = await tellRoot(app, { late, outage });
  if (told !== null) await remember(app, watch, told);
}

async function remember({ settings, log }: App, watch: Watch, told: Told | null): Promise<void> {
  watch.told = told;
  try {
    if (told === null) {
      await rm(noteFileIn(settings.state), { force: true });
    } else {
      await mkdir(settings.state, { recursive: true });
      await writeFile(noteFileIn(settings.state), JSON.stringify(told));
    }
  } catch (error) {
    log.warn({ error: String(error) }, 'after a restart it is not known whom the watch told');
  }
}

/** One notice to the first address of root that takes it; null: try again, nobody took it. */
async function tellRoot(
  app: App,
  news: { late: readonly Late[]; outage: string },
): Promise<Told | null> {
  const { teams } = await loadAll(app, 'all problems');
  const published = news.late[0]?.published.alerts['check-health'].route.root;
  const chain: readonly Target[] = teams === null ? (published ?? []) : rootOf(teams);
  const at = app.clock();
  const notice = rootNotice(news, at);
  const reached: Target[] = [];
  for (const target of chain) {
    const outcome = await send(app, target, notice);
    if (outcome === 'sent' || outcome === 'doubtful') reached.push(target);
    if (outcome === 'sent') return { at, targets: reached };
  }
  app.log.fatal({ outage: news.outage }, 'nobody could be told that nothing is evaluated');
  return reached.length > 0 || chain.length === 0 ? { at, targets: reached } : null;
}

/** Tells all of them that it is over; gives those for whom it is worth trying again. */
async function tellOver(app: App, told: Told): Promise<Target[]> {
  const notice = overNotice(told, app.clock());
  const again: Target[] = [];
  for (const target of told.targets) {
    if ((await send(app, target, notice)) === 'failed') again.push(target);
  }
  return again;
}

/** What became of one attempt; `refused` also where the channel is not set up. */
async function send(app: App, target: Target, notice: Notice) {
  const notifier = (await depsOf(app, noEntities)).notifier(target.channel);
  if (notifier === null) return 'refused';
  const { outcome } = await notifier.send(target, notice, 'send');
  if (outcome !== 'sent') app.log.error({ to: target, outcome }, 'root could not be told');
  return outcome;
}

const amount = (models: number): string => `${models} model${models === 1 ? '' : 's'}`;

function rootNotice(news: { late: readonly Late[]; outage: string }, at: Instant): Notice {
  const { late } = news;
  const outage = news.outage.replace(/\.$/, '');
  const models = late.map(({ model, windowEnd, published }) => {
    return `${model} (window to ${inZone(windowEnd, published.monitor.windows.timezone)})`;
  });
  const text = [
    `Aftercare evaluates nothing now: ${outage}.`,
    models.length === 0 ? 'No window is late yet.' : `Late: ${models.slice(0, 20).join(', ')}.`,
    'Next step: run "aftercare doctor" on the host of the workers.',
  ].join('\n');
  return {
    deliveryId: `watch.${at.toString(36)}`,
    thread: threadOf(at),
    threadRef: null,
    form: 'new',
    subject: `Aftercare: check-health critical, nothing is evaluated (${amount(late.length)} late)`,
    text,
    severity: 'critical',
    facts: [{ label: 'Models late', value: String(late.length) }],
    picture: null,
    data: { kind: 'watch', late: late.map(({ model }) => model), outage },
    at,
  };
}

function overNotice(told: Told, at: Instant): Notice {
  return {
    deliveryId: `watch.${told.at.toString(36)}.over`,
    thread: threadOf(told.at),
    threadRef: null,
    form: 'new',
    subject: 'Aftercare: check-health resolved, it works again',
    text: [
      'Temporal and the workers of Aftercare work again.',
      `You were told at ${utc(told.at)} that nothing is evaluated.`,
      'Windows that fell due meanwhile are evaluated now, in order.',
    ].join('\n'),
    severity: 'resolved',
    facts: [],
    picture: null,
    data: { kind: 'watch', late: [], outage: null },
    at,
  };
}

function threadOf(at: Instant): string {
  return `watch.${at.toString(36)}`;
}
