import { access, constants, mkdir } from 'node:fs/promises';
import { connect as openSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { timezoneOf } from '../activities/deps.js';
import type { Queue } from '../domain/queues.js';
import { inZone } from '../domain/zone.js';
import type { App } from './app.js';
import { blockedEntities, failingEntities } from './blocked.js';
import { UnavailableError } from './errors.js';
import { loadAll } from './load.js';
import { diagnoseSources } from './doctor-sources.js';
import { missingSchedules } from './missing-schedules.js';
import { searchAttributes } from './search-attributes.js';
import { isAlive, lastPolls, withTemporal, type Temporal } from './temporal.js';

/** One thing that was looked at. */
export interface Diagnosis {
  what: string;
  /** `unknown`: it could not be looked at. */
  state: 'ok' | 'warn' | 'fault' | 'unknown';
  /** What was found, and what to do about it. */
  words: string;
}

/** Models, or blocked entities, that are named one by one. */
const MOST_NAMED = 5;
const REPAIR =
  'Repair: remove the cause (an object that "aftercare lake verify" misses; a worker that is ' +
  'older than the state it reads), then restart the workers. A blocked entity loses nothing and ' +
  'goes on by itself.';

const amount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

type Look = () => Promise<Omit<Diagnosis, 'what'>>;

const ok = (words: string): Omit<Diagnosis, 'what'> => ({ state: 'ok', words });
const warn = (words: string): Omit<Diagnosis, 'what'> => ({ state: 'warn', words });
/** That Temporal does not answer is said where Temporal is looked at. */
const NOT_ASKED = { state: 'unknown', words: 'not asked: Temporal does not answer' } as const;

/** Looks at everything that a working installation needs; every look ends in 10 s. */
export async function diagnose(app: App): Promise<Diagnosis[]> {
  const looks: readonly (readonly [string, Look])[] = [
    ['node', () => Promise.resolve(nodeVersion())],
    ['lake', () => lakeIsWritable(app)],
    ['configuration', () => configuration(app)],
    ['sources', () => diagnoseSources(app)],
    ['temporal', () => withTemporal(app.settings, (server) => temporal(app, server))],
    ['schedules', () => schedules(app)],
    ['entities', () => entities(app)],
    ['mail', () => mail(app)],
    ['slack', () => slack(app)],
  ];
  return Promise.all(
    looks.map(async ([what, look]) => {
      try {
        const late = sleep(10_000, null, { ref: false }).then(() => {
          throw new Error('no answer within 10 s');
        });
        return { what, ...(await Promise.race([look(), late])) };
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return { what, state: 'fault' as const, words };
      }
    }),
  );
}

/** What keeps `serve` from being ready; [] when it is. */
export async function readiness(app: App): Promise<string[]> {
  const faults = await Promise.allSettled([
    lakeIsWritable(app),
    withTemporal(app.settings, ({ connection }) =>
      connection.withDeadline(Date.now() + 5_000, () => connection.healthService.check({})),
    ),
  ]);
  return faults.flatMap((one) =>
    one.status === 'rejected'
      ? [one.reason instanceof Error ? one.reason.message : String(one.reason)]
      : [],
  );
}

function nodeVersion(): Omit<Diagnosis, 'what'> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  if (isEnough) return ok(process.versions.node);
  throw new Error(`Node ${process.versions.node}; at least 20.19 is needed.`);
}

async function lakeIsWritable({ settings }: App): Promise<Omit<Diagnosis, 'what'>> {
  await mkdir(settings.lake, { recursive: true });
  await access(settings.lake, constants.R_OK | constants.W_OK);
  return ok(settings.lake);
}

async function configuration(app: App): Promise<Omit<Diagnosis, 'what'>> {
  const { models, lines } = await loadAll(app, 'all problems');
  if (lines.length === 0)
    return ok(`${amount(models.length, 'monitor')} in ${app.settings.configDir}`);
  const problems = amount(lines.length, 'problem');
  throw new Error(`${problems}; run "aftercare validate". First: ${lines[0] ?? ''}`);
}

async function temporal({ lake }: App, server: Temporal): Promise<Omit<Diagnosis, 'what'>> {
  const { connection, namespace, address } = server;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.keys(searchAttributes).filter((name) => !(name in customAttributes));
  if (missing.length > 0) {
    throw new Error(`search attributes ${missing.join(', ')} are missing: aftercare init-temporal`);
  }
  const polls = await lastPolls(server, ['wf', 'io', 'cpu', 'backfill']);
  const idle = polls.flatMap(({ queue, age }) => (isAlive(queue, age) ? [] : [queue]));
  if (idle.length === 0) {
    const where = `${address}, namespace ${namespace}`;
    return ok(`${where}, workers on all queues, ${seenWords(polls)}`);
  }
  const words = `no worker on ${idle.join(', ')}: start "aftercare worker" or "aftercare up"`;
  const watched = (await lake.listModelHeads()).filter(({ retiredAt }) => retiredAt === null);
  if (watched.length === 0 || idle.every((queue) => queue === 'backfill')) return warn(words);
  throw new Error(`${words}. Until then nothing is evaluated.`);
}

/** A worker asks at least once a minute: one that died is missed only after that. */
function seenWords(polls: readonly { queue: Queue; age: number | null }[]): string {
  const always = polls.filter(({ queue }) => queue === 'wf' || queue === 'io');
  const oldest = Math.max(0, ...always.map(({ age }) => age ?? 0));
  return `seen ${Math.round(oldest / 1_000)} s ago (they ask at least every 60 s)`;
}

/** Every applied model has one: nothing else rings for it. */
async function schedules(app: App): Promise<Omit<Diagnosis, 'what'>> {
  const missing = await withTemporal(app.settings, ({ client }) =>
    missingSchedules(app, client),
  ).catch((error: unknown) => {
    if (error instanceof UnavailableError) return null;
    throw error;
  });
  if (missing === null) return NOT_ASKED;
  if (missing.length === 0) return ok('every applied model has its Schedule');
  const more = missing.length - MOST_NAMED;
  const named = missing.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  throw new Error(`no Schedule rings for ${named}: run "aftercare apply", which makes it again`);
}

/** Blocked ones: which, since when, why, and how they are repaired. */
async function entities(app: App): Promise<Omit<Diagnosis, 'what'>> {
  const noted = await blockedEntities(app);
  const asked = await withTemporal(app.settings, ({ client }) => failingEntities(client)).catch(
    () => null,
  );
  const others = (asked ?? []).filter(({ entity }) => !noted.some((one) => one.entity === entity));
  const blocked = [...noted, ...others];
  if (blocked.length === 0 && asked === null) {
    return NOT_ASKED;
  }
  if (blocked.length === 0) return ok('every alert and every retrain entity can decide');
  const told = blocked.slice(0, MOST_NAMED).map(async ({ entity, model, since, reason }) => {
    const when = inZone(since, await timezoneOf(app, model));
    return `${entity} is blocked since ${when}: ${reason.replace(/\.$/, '')}.`;
  });
  const said = await Promise.all(told);
  const more = blocked.length > said.length ? [`And ${blocked.length - said.length} more.`] : [];
  throw new Error([...said, ...more, REPAIR].join(' '));
}

async function mail({ settings }: App): Promise<Omit<Diagnosis, 'what'>> {
  if (settings.mail.smtpUrl === null) {
    return warn(`no AFTERCARE_SMTP_URL: mails are files in ${settings.mail.outbox}`);
  }
  const { hostname, port, protocol } = new URL(settings.mail.smtpUrl);
  const usual = protocol === 'smtps:' ? 465 : 587;
  await new Promise<void>((resolve, reject) => {
    const socket = openSocket({ host: hostname, port: Number(port) || usual, timeout: 5_000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => reject(new Error(`${hostname} does not answer within 5 s`)));
    socket.once('error', (error) => reject(new Error(`${hostname}: ${error.message}`)));
  });
  return ok(`${hostname} answers`);
}

async function slack({ settings }: App): Promise<Omit<Diagnosis, 'what'>> {
  const { token, apiUrl } = settings.slack;
  if (token === null) return warn('no AFTERCARE_SLACK_TOKEN: nobody is told by Slack');
  const response = await fetch(`${apiUrl ?? 'https://slack.com/api/'}auth.test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    redirect: 'error',
    signal: AbortSignal.timeout(5_000),
  });
  const answer = (await response.json()) as { ok: boolean; error?: string; team?: string };
  if (answer.ok) return ok(`team ${answer.team ?? ''}`);
  throw new Error(`Slack refuses the token: ${answer.error ?? 'no reason given'}`);
}
