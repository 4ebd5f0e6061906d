import type { AlertNotice, AlertSummary } from '../alert.js';
import { metricName } from '../metric-names.js';
import { changeWords, testLines, wholeSentence } from '../naming.js';
import type { Notice } from '../notice.js';
import { clean, cut, cutAtWord, cutLines } from './notice-text-cut.js';
import { isPromoted, openingOf, saysOf, severityOf } from './notice-text-reason.js';
import { memberLines } from './notice-text-lines.js';
import { briefly, countOf, toldOf } from './notice-text-told.js';
import type { AlertNoticeInput, Told } from './notice-text-told.js';
import { unjudgedRemedy } from './unjudged.js';
import { inZone } from '../zone.js';

const longestSubject = 130;
const longestText = 2_800;
/** Letters of a subject for what is not the worst. */
const mostOthers = 40;

/**
 * The words of one notice about an alert. Names and sentences are untrusted: what could break a
 * line or a header is taken out here, the notifier escapes for its channel. The picture is null.
 */
export function alertNotice(input: AlertNoticeInput): Notice {
  const { notice, at } = input;
  const { alert, deliveryId, threadRef, form, reason } = notice;
  const told = toldOf(notice, input);
  return {
    deliveryId,
    thread: `alert.${`${alert.model}.${alert.category}`.replace(/[^A-Za-z0-9.-]+/g, '-')}.${alert.episode}`,
    threadRef,
    form,
    subject: subjectOf(input, told),
    text: cutLines(linesOf(input, told).map(clean), longestText),
    severity: severityOf(reason, alert.severity),
    facts: factsOf(input).map(({ label, value }) => ({
      label,
      value: cut(clean(value), 200),
    })),
    picture: null,
    data: { kind: 'alert', reason, deliveryId, ...dataOf(notice, told) },
    at,
  };
}

/** Severity, model, trouble, value against limit, since when; the target's name gives way first. */
function subjectOf(
  { notice, unjudged = [], timezone }: AlertNoticeInput,
  told: readonly Told[],
): string {
  const { alert } = notice;
  const [worst] = told;
  const before = `${cut(clean(openingOf(notice)), 40)}: ${cut(clean(alert.model), 40)} `;
  const more = othersOf(alert, told);
  const since = alert.firstWindow === null ? '' : `, since ${inZone(alert.firstWindow, timezone)}`;
  const room = longestSubject - before.length - more.length - since.length;
  const what = worst === undefined ? alert.category : briefly(worst, { room, unjudged });
  return `${before}${cutAtWord(what, room)}${more}${since}`;
}

/** ` and 2 more`; of metrics, where there are few, what they were and are. */
function othersOf(alert: AlertSummary, [, ...told]: readonly Told[]): string {
  const others = countOf(alert) - 1;
  if (others <= 0) return '';
  const changes = told.slice(0, others).flatMap(({ finding }) => {
    const change = finding === null ? null : changeWords(finding);
    return finding === null || change === null ? [] : [`${metricName(finding.check)} ${change}`];
  });
  const list = changes.map((words) => `, ${words}`).join('');
  return changes.length < others || list.length > mostOthers ? ` and ${others} more` : list;
}

function linesOf(input: AlertNoticeInput, told: readonly Told[]): string[] {
  const { notice, timezone } = input;
  const { alert, insteadOf, insteadSince, doubtful, reason } = notice;
  const lines = [
    `${alert.severity} ${alert.category} alert ${alert.id}: ${saysOf(notice, timezone)}.`,
  ];
  const isSaid = isPromoted(notice) || (alert.reason ?? '') === '';
  if (!isSaid) lines.push(`Reason: ${alert.reason ?? ''}`);
  if (insteadOf !== null) {
    const since = insteadSince === null ? '' : ` since ${inZone(insteadSince, timezone)}`;
    lines.push(`(${insteadOf.channel} unavailable${since}, so you hear it here.)`);
  }
  if (doubtful) lines.push('(You may have this already: the answer to the last try was lost.)');
  lines.push('', ...memberLines(input, told), '', ...spanOf(input, told));
  const isOver = severityOf(reason, alert.severity) === 'resolved';
  // of the worst one: a notice is short, and "check" tells the others
  const [test] = isOver ? [] : testLines(told.flatMap(({ finding }) => finding ?? []));
  if (test !== undefined) lines.push(test);
  const impact = isOver ? undefined : told[0]?.finding?.details['impact'];
  if (typeof impact === 'string') lines.push(`Impact: ${impact}`);
  const todo = isOver ? null : todoOf(input, told);
  if (todo !== null) lines.push(`What to do: ${todo}`);
  return [...lines, '', ...commandsOf(notice, isOver)];
}

/** Of the worst member that says it. */
function todoOf(input: AlertNoticeInput, told: readonly Told[]): string | null {
  const { notice, actions, unjudged = [], timezone } = input;
  const worst = told.find(({ member }) => member.check === 'evaluation' || member.check in actions);
  if (worst?.member.check === 'evaluation') {
    return unjudgedRemedy(notice.alert.model, unjudged, timezone);
  }
  return worst === undefined ? null : (actions[worst.member.check] ?? null);
}

/** How long it lasts and how many rows it hits. */
function spanOf({ notice: { alert }, timezone }: AlertNoticeInput, told: readonly Told[]) {
  const lines: string[] = [];
  if (alert.firstWindow !== null) {
    const first = inZone(alert.firstWindow, timezone);
    const last = inZone(alert.lastWindow, timezone);
    lines.push(`Since the window that ended ${first}; the newest bad one ended ${last}.`);
  }
  const rows = Math.max(0, ...told.map(({ finding }) => finding?.nCurrent ?? 0));
  if (rows > 0) lines.push(`It hits ${alert.model}: ${rows} rows in that window.`);
  return lines;
}

function commandsOf({ alert }: AlertNotice, isOver: boolean): string[] {
  const show = `aftercare alerts show ${alert.id}`;
  return isOver ? [show] : [show, `aftercare alerts ack ${alert.id} --as <you> --reason "…"`];
}

function factsOf(input: AlertNoticeInput): { label: string; value: string }[] {
  const { notice, unjudged = [], timezone } = input;
  const { alert } = notice;
  // What is new stands first among what is told, and need not be the worst.
  const [worst] = toldOf({ ...notice, reason: 'firing' }, input);
  const facts = [
    { label: 'Alert', value: alert.id },
    { label: 'Severity', value: alert.severity },
    { label: 'Status', value: alert.status },
  ];
  if (worst !== undefined)
    facts.push({ label: 'Worst', value: briefly(worst, { room: 120, unjudged }) });
  if (alert.firstWindow !== null) {
    facts.push({ label: 'Since', value: inZone(alert.firstWindow, timezone) });
  }
  if (alert.acknowledgedBy !== null) {
    facts.push({ label: 'Acknowledged by', value: alert.acknowledgedBy });
  }
  if (alert.assignedTo !== null) facts.push({ label: 'Assigned to', value: alert.assignedTo });
  return facts;
}

function dataOf({ alert }: AlertNotice, told: readonly Told[]): Record<string, unknown> {
  const members = told.map(({ member, finding }) => ({
    ...member,
    value: finding?.value ?? null,
    rule: finding?.rule ?? null,
    sentence: finding === null ? null : wholeSentence(finding),
  }));
  return { alert: { ...alert, members } };
}
