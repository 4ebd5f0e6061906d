import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import pc from 'picocolors';
import { modelStatuses, serverState, type ModelStatus, type ServerState } from '../app/status.js';
import type { Blocked } from '../app/blocked.js';
import { waitingOf, type ModelHead } from '../domain/model.js';
import { unjudgedLines } from '../domain/alerting/unjudged.js';
import { backfillLines, unrunWord } from './backfill-words.js';
import { arrivalLines } from './arrival-words.js';
import { alertTable } from './alert-story.js';
import { actorOf, option, runAction, withActor, type Context } from './context.js';
import { documentOf } from './document.js';
import { columns, fitted } from './fitted.js';
import { cut, jsonText, print, strip, table, wrap } from './output.js';
import { requestTable } from './request-story.js';
import { agoWords, pausedWords } from './words.js';

interface StatusOptions {
  watch?: boolean;
  owner?: string;
}

const LOOK_EVERY = 2_000;
/** Cursor to the corner, everything away. */
const CLEAR = '\u001b[H\u001b[2J';

/** `aftercare status`: models, verdicts, advice, what is open and what waits. */
export function statusCommand(program: Command): void {
  const command = program
    .command('status')
    .description('models, verdicts, advice, open alerts, waiting requests')
    .addOption(option('--owner <who>', 'only models of a team or person, or "me" (--as)', 'OWNER'))
    .addOption(option('--watch', 'again every two seconds, until Ctrl-C', 'WATCH'));
  withActor(command).action((options: StatusOptions) =>
    runAction(command, (context) => statusAction(context, options)),
  );
}

async function statusAction(context: Context, options: StatusOptions): Promise<number> {
  if (options.watch !== true) {
    await show(context, options, (text) => print(text));
    return 0;
  }
  const stopping = new AbortController();
  let code = 0;
  process.once('SIGTERM', () => stopping.abort());
  process.once('SIGINT', () => {
    code = 130;
    stopping.abort();
  });
  let before = '';
  while (!stopping.signal.aborted) {
    await show(context, options, (text) => {
      if (text === before) return;
      if (process.stdout.isTTY && context.format === 'table') process.stdout.write(CLEAR);
      print(text);
      before = text;
    });
    await sleep(LOOK_EVERY, null, { signal: stopping.signal }).catch(() => null);
  }
  return code;
}

async function show(
  context: Context,
  { owner }: StatusOptions,
  write: (text: string) => void,
): Promise<void> {
  const { app, format } = context;
  const whose = owner === 'me' ? await actorOf(context) : (owner ?? null);
  const { server, ...running } = await serverState(app);
  const statuses = await modelStatuses(app, { owner: whose, ...running });
  if (format === 'json') {
    const models = statuses.map(modelDocument);
    write(jsonText(documentOf({ server, models }, 0)));
    return;
  }
  const notes = standstill(server).map((words) => wrap(words, columns(), ''));
  const where = `watched in the lake ${app.settings.lake}`;
  const none =
    whose === null ? `No model is yet ${where}: ${BEGIN}` : `No model of ${whose} is ${where}.`;
  const text =
    statuses.length === 0 ? wrap(none, columns(), '') : statusText(statuses, app.clock());
  write([...notes, text].join('\n\n'));
}

const BEGIN = '"aftercare init" writes a monitor, "aftercare apply" begins.';

const STANDS = 'nothing is evaluated';

/** What stands still while the server is away, or the workers are; [] when all are there. */
export function standstill({ address, reached, idle }: ServerState): string[] {
  if (reached) {
    const where = idle?.join(', ') ?? '';
    const start = '"aftercare worker" or "aftercare up"';
    return where === '' ? [] : [`No worker on ${where}: ${STANDS} until one runs (${start}).`];
  }
  const what =
    address === null
      ? 'No Temporal server is known (TEMPORAL_ADDRESS is not set, no dev-server runs here)'
      : `No Temporal server reached at ${address}`;
  const known = 'This is what the lake knows.';
  return [`${what}: ${STANDS} until it runs ("aftercare up"). ${known}`];
}

/** The whole state in at most 80 columns, and what to do next. */
export function statusText(statuses: readonly ModelStatus[], now: number): string {
  const rows = statuses.map(({ head, nextDue, promoted }) => [
    cut(head.model, 20),
    strip(head.windows.slice(-14).map(({ verdict }) => verdict)),
    promoted === null ? (head.advice?.mark.action ?? '–') : 'promoted',
    head.lastRunAt === null ? unrunWord(head) : pastWords(head.lastRunAt, now),
    head.paused === null ? nextWords(head, nextDue ?? now, now) : 'paused',
  ]);
  const alerts = statuses.flatMap((status) => status.alerts);
  const requests = statuses.flatMap((status) => status.requests);
  const parts = [table(['MODEL', 'LAST WINDOWS', 'ADVICE', 'RUN', 'NEXT'], rows)];
  const notes = statuses.flatMap((status) => notesOf(status, now));
  if (notes.length > 0) parts.push(notes.map((note) => wrap(note, columns(), ' ')).join('\n'));
  const blocked = statuses.flatMap((status) => status.blocked);
  if (blocked.length > 0) parts.push(blockedTable(blocked));
  if (alerts.length > 0) parts.push(alertTable(alerts, Date.now()));
  if (requests.length > 0) parts.push(requestTable(requests, Date.now()));
  const [alert] = alerts;
  const [request] = requests;
  const next = [
    ...(blocked.length > 0 ? [' aftercare doctor'] : []),
    ...(alert ? [` aftercare alerts show ${alert.model}/${alert.category}`] : []),
    ...(request ? [` aftercare requests show ${request.id}`] : []),
  ];
  if (next.length > 0) parts.push(`Next:\n${next.join('\n')}`);
  return parts.join('\n\n');
}

/** A worker's clock may be ahead, as with `AFTERCARE_NOW`: what was done is never to come. */
const pastWords = (at: number, now: number): string => agoWords(Math.min(at, now), now);

/** A window that fell due is caught up with: what is past is no time to come. */
const nextWords = (head: ModelHead, due: number, now: number): string =>
  waitingOf(head, now) !== null ? 'waiting' : due <= now ? 'due now' : agoWords(due, now);

/** Entities that cannot decide, in real time, as they live. */
function blockedTable(blocked: readonly Blocked[]): string {
  const rows = blocked.map(({ entity, since, reason }) => [
    entity,
    pc.red('■ blocked'),
    agoWords(since, Date.now()),
    reason,
  ]);
  return fitted(['ENTITY', 'STATE', 'SINCE', 'BECAUSE'], rows, 'BECAUSE');
}

/** What the line of a model cannot say: who paused it, what was not judged, what the files hold. */
function notesOf(status: ModelStatus, now: number): string[] {
  const { head, unjudged, promoted, notes, matureNotes, timezone } = status;
  const { model, paused } = head;
  const reason = paused === null ? '' : `${paused.reason.replace(/\.$/, '')}.`;
  const version = promoted && `${promoted.version} was promoted ${pastWords(promoted.at, now)}`;
  return [
    ...(paused === null ? [] : [`${model}: ${pausedWords(paused, timezone)}: ${reason}`]),
    ...backfillLines(status).map((line) => `${model}: ${line}`),
    ...(version === null ? [] : [`${model}: ${version}; not judged yet.`]),
    ...arrivalLines(status, now),
    ...unjudgedLines(unjudged, timezone).map((line) => `${model}: ${line}`),
    ...notes.map((note) => `${model}, newest window: ${note}`),
    ...matureNotes.map((note) => `${model}, newest window with mature labels: ${note}`),
  ];
}

/** A model as JSON tells it, before its instants are written. */
export function modelDocument(status: ModelStatus): Record<string, unknown> {
  const { head, owner, nextDue, alerts, requests, blocked, unjudged, promoted } = status;
  const { notes, matureNotes, backfill } = status;
  const { model, windows, advice, reference, lastRunAt, paused, notEvaluated, watermark } = head;
  const told = advice === null ? null : { ...advice.mark, reason: advice.reason };
  return {
    ...{ model, owner, watermark, windows, advice: told, promoted, reference },
    ...{
      lastRunAt,
      waiting: head.waiting ?? null,
      reread: head.reread ?? [],
      nextAt: nextDue,
      paused,
      notEvaluated,
      unjudged,
      alerts,
      requests,
      blocked,
      notes,
      matureNotes,
      backfill: backfill && { ...backfill.asked, ...backfill.progress },
    },
  };
}
