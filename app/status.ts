import { connect as openSocket } from 'node:net';
import { nextBoundary } from '../calendar/windows.js';
import { lineOf, STRIP } from '../activities/advance.js';
import { publishedOf } from '../activities/deps.js';
import { unjudgedOf } from '../activities/unjudged.js';
import type { UnjudgedWindow } from '../domain/alerting/unjudged.js';
import type { AlertSummary } from '../domain/alert.js';
import type { ModelHead, WindowLine } from '../domain/model.js';
import type { Queue } from '../domain/queues.js';
import type { RequestSummary } from '../domain/request.js';
import type { Instant } from '../domain/window.js';
import { listAlerts } from './alerts.js';
import type { App } from './app.js';
import { runningBackfills, type RunningBackfill } from './backfill.js';
import { blockedEntities, type Blocked } from './blocked.js';
import { installed } from './installed.js';
import { otherPauses, type OtherPause } from './pauses.js';
import { appliedTeams } from './people.js';
import { listRequests } from './requests.js';
import { idleQueues, temporalAddress, withTemporal } from './temporal.js';

/** One model as a list shows it. */
export interface ModelStatus {
  head: ModelHead;
  /** Who answers for it, as the monitor says: `team:x`. */
  owner: string;
  /** When the next window falls due: its end + lag; null: paused or retired. */
  nextDue: Instant | null;
  alerts: readonly AlertSummary[];
  requests: readonly RequestSummary[];
  /** Entities of it that cannot decide: their alerts and requests stand as they were. */
  blocked: readonly Blocked[];
  /** Of its windows. */
  timezone: string;
  /** Windows that failed and are tried again, newest first, with why. */
  unjudged: readonly UnjudgedWindow[];
  /** A backfill of it that runs; null: none, or Temporal was not asked. */
  backfill: RunningBackfill | null;
  /** A version that was promoted and has not been judged yet; null: there is none. */
  promoted: { version: string; at: Instant } | null;
  /** What to know of the files of the newest window, as its line in the head says. */
  notes: readonly string[];
  /** The same of the newest window with mature labels, where that is an older one. */
  matureNotes: readonly string[];
}

/** What Temporal alone knows of models. */
export interface Running {
  /** Where the heads say otherwise. */
  pauses: readonly OtherPause[];
  backfills: readonly RunningBackfill[];
}

/**
 * All applied models by id, from heads and their monitors; of models with windows that failed also
 * from commits. No row is read, Temporal is not asked.
 * `owner`: only those of a team or person: who is named as an owner of any kind, or is in such
 * a team.
 */
export async function modelStatuses(
  app: App,
  { owner = null, pauses = [], backfills = [] }: Partial<Running> & { owner?: string | null } = {},
): Promise<ModelStatus[]> {
  const [heads, alerts, requests, blocked] = await Promise.all([
    app.lake.listModelHeads(),
    listAlerts(app, 'open'),
    listRequests(app, 'open'),
    blockedEntities(app),
  ]);
  const active = heads
    .filter(({ retiredAt }) => retiredAt === null)
    .map((head) => {
      const { paused } = pauses.find(({ model }) => model === head.model) ?? head;
      return { ...head, paused };
    });
  const names = owner === null ? null : await namesFor(app, owner);
  const statuses = await Promise.all(
    active.map(async (head) => {
      const { monitor } = await publishedOf(app, head.monitor);
      const owners = Object.values(monitor.model.owners).map(bare);
      if (names !== null && !owners.some((name) => names.has(name))) return [];
      const nextDue = nextBoundary(monitor.windows, head.watermark) + monitor.schedule.lag;
      const status: ModelStatus = {
        head: { ...head, windows: await linesOf(app, head) },
        owner: monitor.model.owners.model,
        nextDue: head.paused === null ? nextDue : null,
        alerts: alerts.filter(({ model }) => model === head.model),
        requests: requests.filter(({ model }) => model === head.model),
        blocked: blocked.filter(({ model }) => model === head.model),
        timezone: monitor.windows.timezone,
        unjudged: await unjudgedOf(app.lake, { monitor, head, now: app.clock() }),
        backfill: backfills.find(({ model }) => model === head.model) ?? null,
        promoted: promotedOf(head),
        ...(await notesOf(app, head)),
      };
      return [status];
    }),
  );
  return statuses.flat();
}

/** Labels that do not count are noted when all are there: of a window long before the newest. */
async function notesOf(
  { lake }: App,
  { model, windows, watermark, matureWatermark: mature }: ModelHead,
): Promise<Pick<ModelStatus, 'notes' | 'matureNotes'>> {
  const of = (instant: Instant) => windows.find(({ end }) => end === instant);
  const notes = of(watermark)?.notes ?? [];
  if (mature === null || mature === watermark) return { notes, matureNotes: [] };
  const older = of(mature) ?? (await lake.commitOf(model, mature));
  return { notes, matureNotes: (older?.notes ?? []).filter((note) => !notes.includes(note)) };
}

/** The head's lines; while it has none, as in the first backfill, the newest that are committed. */
async function linesOf({ lake }: App, { model, windows }: ModelHead): Promise<WindowLine[]> {
  return windows.length > 0 ? [...windows] : (await lake.newest(model, STRIP)).map(lineOf);
}

const bare = (name: string): string => name.replace(/^team:/, '');

/** Whoever is meant, and the teams of which they are a member, as they were applied. */
async function namesFor(app: App, owner: string): Promise<ReadonlySet<string>> {
  const teams = await appliedTeams(app);
  const name = bare(owner);
  const theirs = Object.values(teams?.teams ?? {}).filter(({ members }) => members.includes(name));
  return new Set([name, ...theirs.map((team) => team.name)]);
}

/** Whether the Temporal server answers what is asked; `address` null: none is known. */
export interface ServerState {
  address: string | null;
  reached: boolean;
  /** Queues of the evaluations on which nobody works; null: it does not answer. */
  idle: readonly Queue[] | null;
}

const OPENS_WITHIN = 2_000;
const ANSWERS_WITHIN = 10_000;

/**
 * Knocks at the port of the server, and asks who works there, what is paused there past Aftercare
 * and which backfills run when it opens; never throws. Half an answer is none: what is paused
 * there would look as if it rang.
 */
export async function serverState(app: App): Promise<Running & { server: ServerState }> {
  const { settings } = app;
  const address = await temporalAddress(settings);
  const away = { server: { address, reached: false, idle: null }, pauses: [], backfills: [] };
  if (address === null || !(await opens(address))) return away;
  const answers = await withTemporal(settings, (server) =>
    server.connection.withDeadline(Date.now() + ANSWERS_WITHIN, () =>
      Promise.all([
        idleQueues(server, ['wf', 'io', 'cpu']),
        installed(app, server.client).then((there) => otherPauses(app, server.client, there)),
        runningBackfills(server.client),
      ]),
    ),
  ).catch(() => null);
  // It takes calls, and is no Temporal server, or hangs.
  if (answers === null) return away;
  const [idle, pauses, backfills] = answers;
  return { server: { address, reached: true, idle }, pauses, backfills };
}

async function opens(address: string): Promise<boolean> {
  const [, host = address, port = '7233'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? [];
  return new Promise((resolve) => {
    const socket = openSocket({ host, port: Number(port) });
    const end = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .setTimeout(OPENS_WITHIN, end(false))
      .once('connect', end(true))
      .once('error', end(false));
  });
}

/** No window was evaluated since the reference of a new version became the active one. */
function promotedOf({ reference, lastRunAt }: ModelHead): ModelStatus['promoted'] {
  if (reference?.version == null || lastRunAt === null || lastRunAt > reference.since) return null;
  return { version: reference.version, at: reference.since };
}
