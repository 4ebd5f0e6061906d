import type { Command } from 'commander';
import pc from 'picocolors';
import { modelStatuses, type ModelStatus } from '../app/status.js';
import type { Blocked } from '../app/blocked.js';
import { unjudgedLines } from '../domain/alerting/unjudged.js';
import { alertTable } from './alert-story.js';
import { runAction, withGlobals, type Context } from './context.js';
import { printDocument } from './document.js';
import { columns, fitted } from './fitted.js';
import { cut, print, strip, table, wrap } from './output.js';
import { requestTable } from './request-story.js';
import { agoWords } from './words.js';

/** `aftercare status`: models, verdicts, advice, what is open and what waits. */
export function statusCommand(program: Command): void {
  const command = program
    .command('status')
    .description('models, verdicts, advice, open alerts, waiting requests');
  withGlobals(command).action(() => runAction(command, statusAction));
}

async function statusAction({ app, format }: Context): Promise<number> {
  const statuses = await modelStatuses(app);
  if (format === 'json') return printDocument({ models: statuses.map(modelDocument) }, 0);
  print(statusText(statuses, app.clock()));
  return 0;
}

/** The whole state in at most 80 columns, and what to do next. */
export function statusText(statuses: readonly ModelStatus[], now: number): string {
  if (statuses.length === 0) {
    return 'No model is watched yet: "aftercare init" writes a monitor, "aftercare apply" begins.';
  }
  const rows = statuses.map(({ head, nextDue, promoted }) => [
    cut(head.model, 20),
    strip(head.windows.slice(-14).map(({ verdict }) => verdict)),
    promoted === null ? (head.advice?.mark.action ?? '–') : 'promoted',
    head.lastRunAt === null ? 'never' : agoWords(head.lastRunAt, now),
    head.paused === null ? agoWords(nextDue ?? now, now) : `paused by ${head.paused.by}`,
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

/** What the line of a model cannot say: windows that were not judged, a version that was not. */
function notesOf({ head, unjudged, promoted }: ModelStatus, now: number): string[] {
  const { model } = head;
  const [newest] = unjudged;
  const version = promoted && `${promoted.version} was promoted ${agoWords(promoted.at, now)}`;
  return [
    ...(version === null ? [] : [`${model}: ${version}; not judged yet.`]),
    ...(newest === undefined ? [] : unjudgedLines(unjudged).map((line) => `${model}: ${line}`)),
  ];
}

/** A model as JSON tells it, before its instants are written. */
function modelDocument(status: ModelStatus): Record<string, unknown> {
  const { head, owner, nextDue, alerts, requests, blocked, unjudged, promoted } = status;
  const { model, windows, advice, reference, lastRunAt, paused, notEvaluated, watermark } = head;
  const told = advice === null ? null : { ...advice.mark, reason: advice.reason };
  return {
    ...{ model, owner, watermark, windows, advice: told, promoted, reference },
    ...{ lastRunAt, nextAt: nextDue, paused, notEvaluated, unjudged, alerts, requests, blocked },
  };
}
