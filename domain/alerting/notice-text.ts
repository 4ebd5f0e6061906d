import type { AlertMember, AlertNotice } from '../alert.js';
import type { Finding } from '../finding.js';
import { limitCrossed, measureWords, troubleWords } from '../naming.js';
import type { Notice } from '../notice.js';
import { clean, cut, cutLines } from './notice-text-cut.js';
import { openingOf, saysOf, severityOf } from './notice-text-reason.js';
import { iso } from '../window.js';
import type { Instant } from '../window.js';

const longestSubject = 130;
const longestText = 2_800;
/** Members that are told one by one; the rest is counted. */
const mostMembers = 8;

export interface AlertNoticeInput {
  notice: AlertNotice;
  /** Of the alert's newest bad window, as the lake has them; members without one have no number. */
  findings: readonly Finding[];
  /** What to do when a check fires, by its name. */
  actions: Readonly<Record<string, string>>;
  at: Instant;
}

/** A member with the finding that says how bad it is. */
interface Told {
  member: AlertMember;
  finding: Finding | null;
}

/**
 * The words of one notice about an alert. Names and sentences are untrusted: what could break a
 * line or a header is taken out here, the notifier escapes for its channel. The picture is null.
 */
export function alertNotice(input: AlertNoticeInput): Notice {
  const { notice, at } = input;
  const { alert, deliveryId, threadRef, form, reason } = notice;
  const told = alert.members.map((member) => withFinding(member, input.findings));
  return {
    deliveryId,
    thread: `alert.${`${alert.model}.${alert.category}`.replace(/[^A-Za-z0-9.-]+/g, '-')}.${alert.episode}`,
    threadRef,
    form,
    subject: subjectOf(notice, told),
    text: cutLines(linesOf(input, told).map(clean), longestText),
    severity: severityOf(reason, alert.severity),
    facts: factsOf(notice, told).map(({ label, value }) => ({
      label,
      value: cut(clean(value), 200),
    })),
    picture: null,
    data: { kind: 'alert', reason, deliveryId, ...dataOf(notice, told) },
    at,
  };
}

function withFinding(member: AlertMember, findings: readonly Finding[]): Told {
  // Slices are told apart by hashes that only the lake can read: all rows, or no number.
  const finding = findings.find(
    ({ check, target, slice }) =>
      member.slice === '' &&
      check === member.check &&
      target === member.target &&
      Object.keys(slice).length === 0,
  );
  return { member, finding: finding ?? null };
}

/** Severity, model, trouble, value against limit, since when; the target's name gives way first. */
function subjectOf(notice: AlertNotice, told: readonly Told[]): string {
  const { alert } = notice;
  const [worst] = told;
  const before = `${cut(clean(openingOf(notice)), 32)}: ${cut(clean(alert.model), 40)} `;
  const more = alert.memberCount > 1 ? ` and ${alert.memberCount - 1} more` : '';
  const since = alert.firstWindow === null ? '' : `, since ${timeInWords(alert.firstWindow)}`;
  const room = longestSubject - before.length - more.length - since.length;
  const what = worst === undefined ? alert.category : briefly(worst, room);
  return `${before}${cut(what, room)}${more}${since}`;
}

/** `amount drifted: PSI 0.312 (limit 0.25)`, the target cut so that it fits where it can. */
function briefly({ member, finding }: Told, room: number): string {
  const write = (target: string) => {
    const name = nameOf({ ...member, target });
    if (finding === null) return name;
    const value = measureWords(finding);
    // A metric's name leads to its number without a colon: "MAE 7.31".
    const head = value === '' ? name : `${name}${/ /.test(name) ? ':' : ''} ${value}`;
    return `${head} (${limitCrossed(finding)})`;
  };
  const target = clean(member.target);
  const excess = clean(write(target)).length - room;
  return clean(write(excess > 0 ? cut(target, Math.max(8, target.length - excess)) : target));
}

/** A slice is a hash here: its words stay in the lake. */
function nameOf({ check, target, slice }: AlertMember): string {
  return `${troubleWords({ check, target })}${slice === '' ? '' : ', in one segment'}`;
}

function linesOf(input: AlertNoticeInput, told: readonly Told[]): string[] {
  const { notice, actions } = input;
  const { alert, insteadOf, insteadSince, doubtful, reason } = notice;
  const lines = [`${alert.severity} ${alert.category} alert ${alert.id}: ${saysOf(notice)}.`];
  if (alert.reason !== null && alert.reason !== '') lines.push(`Reason: ${alert.reason}`);
  if (insteadOf !== null) {
    const since = insteadSince === null ? '' : ` since ${timeInWords(insteadSince)}`;
    lines.push(`(${insteadOf.channel} unavailable${since}, so you hear it here.)`);
  }
  if (doubtful) lines.push('(You may have this already: the answer to the last try was lost.)');
  lines.push('', ...membersOf(notice, told), '', ...spanOf(notice, told));
  const worst = told.find(({ member }) => actions[member.check] !== undefined);
  const isOver = severityOf(reason, alert.severity) === 'resolved';
  if (worst !== undefined && !isOver)
    lines.push(`What to do: ${actions[worst.member.check] ?? ''}`);
  return [...lines, '', ...commandsOf(notice, isOver)];
}

function membersOf({ alert }: AlertNotice, told: readonly Told[]): string[] {
  const lines = told.slice(0, mostMembers).map(({ member, finding }) => {
    const name = nameOf({ ...member, target: cut(member.target, 80) });
    if (member.condition === 'ok') return `- over: ${name}`;
    if (finding === null) return `- ${member.verdict}: ${name}`;
    return `- ${finding.verdict}: ${finding.sentence} (${limitCrossed(finding)}${heldOf(finding)})`;
  });
  const more = alert.memberCount - lines.length;
  return more > 0 ? [...lines, `- and ${more} more: aftercare alerts show ${alert.id}`] : lines;
}

/** Why an alert counts as a warning only, as the rule says behind its limit. */
function heldOf({ rule }: Finding): string {
  const at = rule.indexOf(', held at warn');
  return at < 0 ? '' : `;${rule.slice(at + 1)}`;
}

/** How long it lasts and how many rows it hits. */
function spanOf({ alert }: AlertNotice, told: readonly Told[]): string[] {
  const lines: string[] = [];
  if (alert.firstWindow !== null) {
    const first = timeInWords(alert.firstWindow);
    const last = timeInWords(alert.lastWindow);
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

function factsOf(
  { alert }: AlertNotice,
  told: readonly Told[],
): { label: string; value: string }[] {
  const [worst] = told;
  const facts = [
    { label: 'Alert', value: alert.id },
    { label: 'Severity', value: alert.severity },
    { label: 'Status', value: alert.status },
  ];
  if (worst !== undefined) facts.push({ label: 'Worst', value: briefly(worst, 120) });
  if (alert.firstWindow !== null) facts.push({ label: 'Since', value: iso(alert.firstWindow) });
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
    sentence: finding?.sentence ?? null,
  }));
  return { alert: { ...alert, members } };
}

/** `2026-11-22 00:00 UTC` */
function timeInWords(at: Instant): string {
  return `${iso(at).slice(0, 10)} ${iso(at).slice(11, 16)} UTC`;
}
