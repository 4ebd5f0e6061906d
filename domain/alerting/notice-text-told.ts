import type { AlertMember, AlertNotice, AlertSummary } from '../alert.js';
import type { Finding } from '../finding.js';
import { limitCrossed, measureWords, troubleWords } from '../naming.js';
import { clean, cut } from './notice-text-cut.js';
import { isPromoted, severityOf } from './notice-text-reason.js';
import { isTrouble } from './summary.js';
import { unjudgedLines } from './unjudged.js';
import type { UnjudgedWindow } from './unjudged.js';
import { worstFirst } from './worst.js';
import type { Instant } from '../window.js';

/** Members that are told one by one; the rest is counted. */
const mostMembers = 8;

/** What the words of a notice are written from. */
export interface AlertNoticeInput {
  notice: AlertNotice;
  /** Of the alert's newest bad window, as the lake has them; members without one have no number. */
  findings: readonly Finding[];
  /** What to do when a check fires, by its name. */
  actions: Readonly<Record<string, string>>;
  /** Windows that could not be judged, newest first: what a check-health alert is about. */
  unjudged?: readonly UnjudgedWindow[];
  at: Instant;
}

/** A member with the finding that says how bad it is. */
export interface Told {
  member: AlertMember;
  finding: Finding | null;
  /** All but the last two are trouble; `watched` is ok again, but not over yet. */
  standing: 'new' | 'worse' | 'again' | 'bad' | 'watched' | 'over';
}

/** The members of a notice: what is marked where that is what it says, then the worst first. */
export function toldOf(
  { alert, reason }: AlertNotice,
  findings: readonly Finding[],
): readonly Told[] {
  const told = worstFirst(alert.members, findings).map(({ member, finding }): Told => {
    if (member.condition === 'ok') return { member, finding, standing: 'over' };
    if (!isTrouble(member)) return { member, finding, standing: 'watched' };
    return { member, finding, standing: markOf(alert, member.key) };
  });
  if (reason !== 'member' && reason !== 'worse') return told;
  const isMarked = ({ standing }: Told) => Number(MARKS.has(standing));
  return told.sort((a, b) => isMarked(b) - isMarked(a));
}

const MARKS: ReadonlySet<Told['standing']> = new Set(['new', 'worse', 'again']);

function markOf({ fresh, worse, again }: AlertSummary, key: string): Told['standing'] {
  if (fresh?.includes(key) === true) return 'new';
  if (worse?.includes(key) === true) return 'worse';
  return again?.includes(key) === true ? 'again' : 'bad';
}

/** How many members a notice is about: of an alert that is over all, else those that are bad. */
export function countOf({ members, memberCount, troubleCount }: AlertSummary): number {
  const isOver = members.every(({ condition }) => condition === 'ok');
  return isOver ? memberCount : (troubleCount ?? memberCount);
}

/** `amount drifted: PSI 0.312 (limit 0.25)`, the target cut so that it fits where it can. */
export function briefly(
  { member, finding, standing }: Told,
  { room, unjudged }: { room: number; unjudged: readonly UnjudgedWindow[] },
): string {
  const write = (target: string) => {
    const name = nameOf({ ...member, target });
    if (standing === 'watched') return `ok again: ${name}`;
    const why = unjudged[0]?.reason ?? null;
    if (member.check === 'evaluation' && why !== null) return `${name}: ${why}`;
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

/** One line for each member, trouble first, and how many are not told. */
export function memberLines(input: AlertNoticeInput, told: readonly Told[]): string[] {
  const { alert } = input.notice;
  const shown = told.slice(0, mostMembers);
  const lines = shown.flatMap((one) => linesOf(input, one));
  const isOver = severityOf(input.notice.reason, alert.severity) === 'resolved';
  const calm = isOver ? [] : shown.filter(({ standing }) => standing === 'watched');
  const count = isOver ? alert.memberCount : countOf(alert);
  const more = count - (shown.length - calm.length);
  const moreCalm = alert.memberCount - count - calm.length;
  if (more > 0) lines.push(`- and ${more} more: aftercare alerts show ${alert.id}`);
  if (moreCalm > 0) lines.push(`- and ${moreCalm} more that are ok again`);
  return lines;
}

function linesOf({ notice, unjudged = [] }: AlertNoticeInput, told: Told): string[] {
  const { member, finding, standing } = told;
  const name = nameOf({ ...member, target: cut(member.target, 80) });
  if (standing === 'over')
    return [`- ${isPromoted(notice) ? 'not judged since' : 'over'}: ${name}`];
  if (standing === 'watched') return [`- ok again, ${watchedFor(notice.alert)}: ${name}`];
  const mark = MARKS.has(standing) ? `${standing}, ` : '';
  if (member.check === 'evaluation' && unjudged.length > 0) {
    return unjudgedLines(unjudged).map((line) => `- ${mark}${member.verdict}: ${line}`);
  }
  if (finding === null) return [`- ${mark}${member.verdict}: ${name}`];
  const why = `${limitCrossed(finding)}${heldOf(finding)}`;
  return [`- ${mark}${finding.verdict}: ${finding.sentence} (${why})`];
}

function watchedFor({ watchedFor: windows }: AlertSummary): string {
  return windows === undefined ? 'still watched' : `watched for ${windows} windows`;
}

/** Why an alert counts as a warning only, as the rule says behind its limit. */
function heldOf({ rule }: Finding): string {
  const at = rule.indexOf(', held at warn');
  return at < 0 ? '' : `;${rule.slice(at + 1)}`;
}
