import type { AlertStory, PastEpisode } from '../app/alerts.js';
import type { AlertSummary } from '../domain/alert.js';
import type { DeliveryRecord } from '../domain/audit.js';
import { troublesWords } from '../domain/naming.js';
import type { Instant } from '../domain/window.js';
import { acceptLines } from './accept.js';
import { findingsTable } from './findings.js';
import { cut, table, verdictWord, widths } from './output.js';
import { agoWords, instantWords } from './words.js';

/** Columns of a terminal. */
const WIDEST = 80;
/** Characters that the troubles of a list have at least. */
const LEAST_WORDS = 16;

/** One line per alert, in at most 80 columns as far as its names allow. */
export function alertTable(alerts: readonly AlertSummary[], now: Instant): string {
  const rows = alerts.map((alert) => [
    `${alert.model}/${alert.category}`,
    severityWord(alert),
    statusWords(alert),
    troublesWords(alert.members),
    alert.firedAt === null ? '' : agoWords(alert.firedAt, now),
  ]);
  return fitted(['ALERT', 'VERDICT', 'STATUS', 'WHAT', 'FIRED'], rows);
}

/** The table whose column `WHAT` takes what the others leave of the terminal. */
function fitted(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const what = head.indexOf('WHAT');
  const taken = widths(head, rows).reduce((sum, width, i) => sum + (i === what ? 2 : width + 2), 0);
  const most = Math.max(LEAST_WORDS, WIDEST + 1 - taken);
  const cutRow = (row: readonly string[]) =>
    row.map((cell, i) => (i === what ? cut(cell, most) : cell));
  return table(head, rows.map(cutRow));
}

function severityWord({ severity }: Pick<AlertSummary, 'severity'>): string {
  return severity === 'critical' ? verdictWord('alert') : verdictWord('warn');
}

function statusWords(alert: AlertSummary): string {
  const by = alert.acknowledgedBy === null ? '' : ` by ${alert.acknowledgedBy}`;
  const level = alert.status === 'escalated' ? `(${alert.level})` : '';
  return `${alert.status}${level}${by}`;
}

/** What backfills found. */
export function pastSection(past: readonly PastEpisode[]): string[] {
  const rows = past.map(({ model, category, severity, from, to, members }) => [
    `${model}/${category}`,
    severityWord({ severity }),
    `${instantWords(from)} → ${to === null ? 'still' : instantWords(to)}`,
    troublesWords(members.map(namedBy)),
  ]);
  const title = 'Past episodes, found by a backfill: nobody was told';
  return rows.length === 0
    ? []
    : ['', title, fitted(['ALERT', 'VERDICT', 'WINDOWS', 'WHAT'], rows)];
}

/** A member's key `check/target/slice`, taken apart: a target may hold a slash of its own. */
function namedBy(key: string): { check: string; target: string } {
  const [check = '', ...rest] = key.split('/');
  return { check, target: rest.slice(0, -1).join('/') };
}

/** An alert with its findings, notices and history, and what can be done about it now. */
export function storyText(
  { alert, past, findings, deliveries, audit }: AlertStory,
  now: Instant,
): string {
  if (alert === null) return pastSection(past).slice(1).join('\n');
  const notices = lastStates(deliveries).map((one) => [
    instantWords(one.at),
    `${one.channel}:${one.address}`,
    one.attempt > 1 ? `${one.state} (try ${one.attempt})` : one.state,
    cut(one.reason ?? '', 30),
  ]);
  const history = audit.map((record) => [
    instantWords(record.at),
    record.actor.verified ? record.actor.id : `${record.actor.id} (unverified)`,
    record.action,
    cut(record.reason ?? '', 40),
  ]);
  return [
    alertTable([alert], now),
    '',
    findingsTable(findings),
    ...section('Notices', ['AT', 'TO', 'STATE', ''], notices),
    ...section('History', ['AT', 'WHO', 'WHAT', ''], history),
    ...pastSection(past),
    ...answersTo(alert),
    ...acceptLines(alert.model, findings),
  ].join('\n');
}

/**
 * One line for each delivery: its latest state, oldest delivery first. What was once sent stays
 * sent. Expects the transitions of a delivery in their order, as the lake gives them.
 */
export function lastStates(deliveries: readonly DeliveryRecord[]): DeliveryRecord[] {
  const latest = new Map<string, DeliveryRecord>();
  for (const one of deliveries) {
    if (latest.get(one.deliveryId)?.state !== 'sent') latest.set(one.deliveryId, one);
  }
  return [...latest.values()].sort((a, b) => a.at - b.at);
}

/** Commands that would not be refused now; none for what is over or only pending. */
export function answersTo({ model, category, status }: AlertSummary): string[] {
  const acts = ACTS[status] ?? [];
  const id = `${model}/${category}`;
  const lines = acts.map((act) => {
    const [verb = '', ...flags] = act.split(' ');
    return ` aftercare alerts ${[verb, id, ...flags].join(' ')} --as <you>`;
  });
  return lines.length === 0 ? [] : ['', 'Answer it:', ...lines];
}

const ACTS: Readonly<Partial<Record<AlertSummary['status'], readonly string[]>>> = {
  firing: ['ack', 'snooze --for 4h'],
  escalated: ['ack', 'snooze --for 4h'],
  acknowledged: ['snooze --for 4h', 'unack', 'resolve'],
  snoozed: ['ack', 'unack', 'resolve'],
};

/** A titled table; nothing when it has no line. */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  return rows.length === 0 ? [] : ['', title, table(head, rows)];
}
