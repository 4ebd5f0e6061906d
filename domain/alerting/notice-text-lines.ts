import type { AlertSummary } from '../alert.js';
import type { Finding } from '../finding.js';
import { becauseWords, foldByCause } from '../folding.js';
import type { Folded } from '../folding.js';
import { limitCrossed, wholeSentence } from '../naming.js';
import { cut } from './notice-text-cut.js';
import { isPromoted, severityOf } from './notice-text-reason.js';
import { countOf, MARKS, nameOf } from './notice-text-told.js';
import type { AlertNoticeInput, Told } from './notice-text-told.js';
import { unjudgedLines } from './unjudged.js';

/** Members that are told one by one; the rest is counted. */
const mostMembers = 8;

/** A broken rule that another alert tells: here it only says why. */
interface Elsewhere {
  elsewhere: Finding;
}

type Item = Told | Elsewhere;

/**
 * One line for each member, trouble first, and how many are not told. What a broken rule of its
 * column explains stands behind that rule, also where another alert tells of it.
 */
export function memberLines(input: AlertNoticeInput, told: readonly Told[]): string[] {
  const { alert } = input.notice;
  const groups = foldedOf(input, told).slice(0, mostMembers);
  const shown = groups.flatMap(({ cause, because }) => [cause, ...because].filter(isTold));
  const lines = groups.flatMap((group) => groupLines(input, group));
  const isOver = severityOf(input.notice.reason, alert.severity) === 'resolved';
  const calm = isOver ? [] : shown.filter(({ standing }) => standing === 'watched');
  const count = isOver ? alert.memberCount : countOf(alert);
  const more = count - (shown.length - calm.length);
  const moreCalm = alert.memberCount - count - calm.length;
  if (more > 0) lines.push(`- and ${more} more: aftercare alerts show ${alert.id}`);
  if (moreCalm > 0) lines.push(`- and ${moreCalm} more that are ok again`);
  return lines;
}

const isTold = (item: Item): item is Told => 'member' in item;

/** What is marked is never behind something that is not. */
function foldedOf({ causes = [] }: AlertNoticeInput, told: readonly Told[]): Folded<Item>[] {
  const elsewhere = causes.map((finding): Elsewhere => ({ elsewhere: finding }));
  const isMarked = ({ standing }: Told) => MARKS.has(standing);
  const isBad = ({ standing }: Told) => standing === 'bad';
  const others = told.filter((one) => !isMarked(one) && !isBad(one));
  const groups = [told.filter(isMarked), told.filter(isBad)].flatMap((some) =>
    foldByCause<Item>([...some, ...elsewhere], (item) =>
      isTold(item) ? item.finding : item.elsewhere,
    ),
  );
  const own = groups.filter(({ cause, because }) => isTold(cause) || because.length > 0);
  return [...own, ...others.map((cause) => ({ cause, because: [] }))];
}

/** In one line: a mail shows each line that begins with a dash as a point of its list. */
function groupLines(input: AlertNoticeInput, { cause, because }: Folded<Item>): string[] {
  const folded = because.filter(isTold);
  const [first, ...others] = isTold(cause) ? [cause, ...folded] : folded;
  if (first === undefined) return [];
  const more = becauseWords(
    others.flatMap(({ finding }) => finding ?? []),
    isTold(cause) ? cause.finding : null,
  );
  const behind = [
    ...(isTold(cause) ? [] : [`because of ${cause.elsewhere.category}: ${ruleOf(cause)}`]),
    ...(more === null ? [] : [`and ${more}`]),
  ];
  const lines = linesOf(input, first);
  return behind.length === 0 ? lines : [[lines.join(' '), ...behind].join('; ')];
}

const ruleOf = ({ elsewhere }: Elsewhere): string => wholeSentence(elsewhere).replace(/\.$/, '');

function linesOf({ notice, unjudged = [], timezone }: AlertNoticeInput, told: Told): string[] {
  const { member, finding, standing } = told;
  const name = nameOf({ ...member, target: cut(member.target, 80) }, finding);
  if (standing === 'over')
    return [`- ${isPromoted(notice) ? 'not judged since' : 'over'}: ${name}`];
  if (standing === 'watched') return [`- ok again, ${watchedFor(notice.alert)}: ${name}`];
  const mark = MARKS.has(standing) ? `${standing}, ` : '';
  if (member.check === 'evaluation' && unjudged.length > 0) {
    return unjudgedLines(unjudged, timezone).map((line) => `- ${mark}${member.verdict}: ${line}`);
  }
  if (finding === null) return [`- ${mark}${member.verdict}: ${name}`];
  const why = `${limitCrossed(finding)}${heldOf(finding)}`;
  return [`- ${mark}${finding.verdict}: ${wholeSentence(finding)} (${why})`];
}

function watchedFor({ watchedFor: windows }: AlertSummary): string {
  return windows === undefined
    ? 'still watched'
    : `watched for ${windows} window${windows === 1 ? '' : 's'}`;
}

/** Why an alert counts as a warning only, as the rule says behind its limit. */
function heldOf({ rule }: Finding): string {
  const at = rule.indexOf(', held at warn');
  return at < 0 ? '' : `;${rule.slice(at + 1)}`;
}
