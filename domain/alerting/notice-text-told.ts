import type { AlertMember, AlertNotice, AlertSummary } from '../alert.js';
import type { Finding } from '../finding.js';
import { limitCrossed, measureWords, partWords, troubleWords } from '../naming.js';
import type { Slice } from '../slice.js';
import { clean, cut } from './notice-text-cut.js';
import { isTrouble } from './summary.js';
import type { UnjudgedWindow } from './unjudged.js';
import { worstFirst } from './worst.js';
import type { Instant } from '../window.js';

/** What the words of a notice are written from. */
export interface AlertNoticeInput {
  notice: AlertNotice;
  /** Of the alert's newest bad window, as the lake has them; members without one have no number. */
  findings: readonly Finding[];
  /** Broken rules of other categories in that window, which may be behind them; absent: none. */
  causes?: readonly Finding[];
  /** The parts of the rows behind the hashes of members; absent: none is known. */
  parts?: ReadonlyMap<string, Slice>;
  /** What to do when a check fires, by its name. */
  actions: Readonly<Record<string, string>>;
  /** Windows that could not be judged, newest first: what a check-health alert is about. */
  unjudged?: readonly UnjudgedWindow[];
  /** The model's: instants are told on its wall clock. */
  timezone: string;
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
  { findings, parts }: Pick<AlertNoticeInput, 'findings' | 'parts'>,
): readonly Told[] {
  const told = worstFirst(alert.members, findings, parts).map(({ member, finding }): Told => {
    if (member.condition === 'ok') return { member, finding, standing: 'over' };
    if (!isTrouble(member)) return { member, finding, standing: 'watched' };
    return { member, finding, standing: markOf(alert, member.key) };
  });
  if (reason !== 'member' && reason !== 'worse') return told;
  const isMarked = ({ standing }: Told) => Number(MARKS.has(standing));
  return told.sort((a, b) => isMarked(b) - isMarked(a));
}

/** Members that a notice gives a word of their own. */
export const MARKS: ReadonlySet<Told['standing']> = new Set(['new', 'worse', 'again']);

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

/**
 * `amount drifted: PSI 0.312 (limit 0.25)`. Where that has no room the target is cut, and where
 * that does not help the limit is left out: half a bracket says nothing.
 */
export function briefly(
  { member, finding, standing }: Told,
  { room, unjudged }: { room: number; unjudged: readonly UnjudgedWindow[] },
): string {
  const write = (target: string, last: 'limit' | 'number') => {
    const name = nameOf({ ...member, target }, finding);
    if (standing === 'watched') return `ok again: ${name}`;
    const why = unjudged[0]?.reason ?? null;
    if (member.check === 'evaluation' && why !== null) return `${name}: ${why}`;
    if (finding === null) return name;
    const value = measureWords(finding);
    // A metric's name leads to its number without a colon: "MAE 7.31".
    const head = value === '' ? name : `${name}${/ /.test(name) ? ':' : ''} ${value}`;
    return last === 'number' ? head : `${head} (${limitCrossed(finding)})`;
  };
  const target = clean(member.target);
  const fitted = (last: 'limit' | 'number') => {
    const excess = clean(write(target, last)).length - room;
    const kept = excess > 0 ? cut(target, Math.max(8, target.length - excess)) : target;
    return clean(write(kept, last));
  };
  const whole = fitted('limit');
  return whole.length <= room ? whole : fitted('number');
}

/** A slice is a hash here: its words come with the finding. */
export function nameOf({ check, target, slice }: AlertMember, finding: Finding | null): string {
  const part = finding === null ? 'one segment' : partWords(finding);
  return `${troubleWords({ check, target })}${slice === '' ? '' : `, in ${part}`}`;
}
