import type { AlertStory } from '../app/alerts.js';
import type { AlertMember, AlertSummary } from '../domain/alert.js';
import { isTrouble } from '../domain/alerting/summary.js';
import { unjudgedLines, unjudgedRemedy } from '../domain/alerting/unjudged.js';
import { worstFindings } from '../domain/alerting/worst.js';
import type { AuditRecord } from '../domain/audit.js';
import { troublesWords } from '../domain/naming.js';
import type { Instant } from '../domain/window.js';
import { acceptLines } from './accept.js';
import { namedBy, pastSection, pastText } from './past-episodes.js';
import { findingsTable } from './findings.js';
import { columns, fitted, section } from './fitted.js';
import { eventWords, noticesSection } from './notices.js';
import { severityWord, wrap } from './output.js';
import { agoWords, countWords, instantWords } from './words.js';

/** One line per alert, in at most 80 columns as far as its names allow. */
export function alertTable(alerts: readonly AlertSummary[], now: Instant): string {
  const isAssigned = alerts.some(({ assignedTo }) => assignedTo !== null);
  const rows = alerts.map((alert) => [
    `${alert.model}/${alert.category}`,
    severityWord(alert.severity),
    statusWords(alert, now),
    ...(isAssigned ? [alert.assignedTo ?? ''] : []),
    troublesWords(alert.members),
    alert.firedAt === null ? '' : agoWords(alert.firedAt, now),
  ]);
  const assigned = isAssigned ? ['FOR'] : [];
  return fitted(['ALERT', 'VERDICT', 'STATUS', ...assigned, 'WHAT', 'FIRED'], rows, 'WHAT');
}

function statusWords(alert: AlertSummary, now: Instant): string {
  const { snoozedUntil } = alert;
  if (alert.status === 'snoozed' && snoozedUntil !== null)
    return `snoozed, ends ${agoWords(snoozedUntil, now)}`;
  const by = alert.acknowledgedBy === null ? '' : ` by ${alert.acknowledgedBy}`;
  const level = alert.status === 'escalated' ? `(${alert.level})` : '';
  return `${alert.status}${level}${by}`;
}

/** An alert as its notices tell it, its notices and history, and what can be done about it now. */
export function storyText(story: AlertStory, now: Instant): string {
  const { alert, past, findings, causes = [], deliveries, audit, timezone } = story;
  if (alert === null) return pastText(past, findings);
  return [
    alertTable([alert], now),
    ...['', ...troubleLines(alert, story)],
    ...(findings.length === 0 ? [] : ['', findingsTable(worstFindings(findings))]),
    ...noticesSection(deliveries, timezone),
    ...section('History', ['AT', 'WHO', 'WHAT', ''], audit.map(historyRow(timezone))),
    ...pastSection(past, [alert]),
    ...answersTo(alert),
    ...(isEnded(alert) ? [] : acceptLines(alert.model, [...findings, ...causes])),
  ].join('\n');
}

/** Since when, how much, what is watched and what to do; the table below has the sentences. */
function troubleLines(alert: AlertSummary, story: AlertStory): string[] {
  const { findings, unjudged = [], actions = {}, timezone } = story;
  const bad = worstFindings(findings);
  const rows = Math.max(0, ...bad.map(({ nCurrent }) => nCurrent));
  const hit = rows === 0 ? '' : `; it hits ${countWords(rows)} rows in that window`;
  const since =
    alert.firstWindow === null
      ? []
      : [
          `Since the window that ended ${instantWords(alert.firstWindow, timezone)}; ` +
            `the newest bad one ended ${instantWords(alert.lastWindow, timezone)}${hit}.`,
        ];
  const calm = alert.members.filter((member) => member.condition !== 'ok' && !isTrouble(member));
  const watched = placesWords(calm).map((words) => `ok again, still watched: ${words}`);
  const worst = bad.find(({ check }) => check in actions);
  const todo =
    unjudged.length > 0
      ? unjudgedRemedy(alert.model, unjudged, timezone)
      : worst && (actions[worst.check] ?? null);
  const told = [...unjudgedLines(unjudged, timezone), ...watched];
  return [
    ...handlingLines(alert, timezone),
    ...since.map((line) => wrap(line, columns(), '')),
    ...told.map((line) => hanging(line, ' - ')),
    ...(todo == null || isEnded(alert) ? [] : [hanging(`What to do: ${todo}`, '')]),
  ];
}

/** Who works on it, and until when it is silent. */
function handlingLines(alert: AlertSummary, timezone: string): string[] {
  const { assignedTo, snoozedUntil, acknowledgedAt, by, reason } = alert;
  const why = reason === null || reason === '' ? '.' : `: ${reason.replace(/\.$/, '')}.`;
  const who = by === null ? '' : ` by ${by}`;
  const silent =
    snoozedUntil === null
      ? acknowledgedAt && `Acknowledged${who} at ${instantWords(acknowledgedAt, timezone)}${why}`
      : `Snoozed${who} until ${instantWords(snoozedUntil, timezone)}${why}`;
  const lines = [silent, assignedTo && `Assigned to ${assignedTo}.`].filter(
    (line) => line !== null,
  );
  return isEnded(alert) ? [] : lines.map((line) => wrap(String(line), columns(), ''));
}

/** Each trouble once, and in how many parts of the rows it is. */
function placesWords(members: readonly AlertMember[]): string[] {
  const names = [...new Set(members.map((member) => troublesWords([member])))];
  return names.map((name) => {
    const own = members.filter((member) => troublesWords([member]) === name);
    const parts = own.filter(({ slice }) => slice !== '').length;
    if (parts === 0) return name;
    const where = parts === 1 ? 'one part' : `${parts} parts`;
    return `${name}, ${parts < own.length ? 'also ' : ''}in ${where} of the rows`;
  });
}

/** Wrapped; lines after the first stand as far right as the text of the first. */
function hanging(text: string, mark: string): string {
  const indent = ' '.repeat(mark.length);
  return mark + wrap(text, columns(), indent).slice(indent.length);
}

function isEnded({ status }: AlertSummary): boolean {
  return ['resolved', 'withdrawn', 'closed'].includes(status);
}

/** What is recorded in the keys of members is said in words. */
const historyRow =
  (timezone: string) =>
  (record: AuditRecord): string[] => {
    const { at, actor, action, reason } = record;
    const keys = (reason ?? '').split(', ');
    const areKeys = ['member', 'worse'].includes(action) && keys.every((key) => key.includes('/'));
    const who = actor.verified ? actor.id : `${actor.id} (unverified)`;
    const why = areKeys ? troublesWords(keys.map(namedBy)) : (reason ?? '');
    return [instantWords(at, timezone), who, eventWords(action), why];
  };

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
