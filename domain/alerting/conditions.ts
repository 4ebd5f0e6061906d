import type { Mark, Verdict } from '../finding.js';
import type { Instant } from '../window.js';

/** Where one member stands after the windows so far. */
export interface MemberFold {
  condition: 'ok' | 'pending' | 'firing' | 'recovering';
  /** The newest verdict that was not unknown. */
  verdict: Verdict;
  /** Bad or not, of the last three windows that were judged, oldest first. */
  recent: readonly boolean[];
  badRun: number;
  okRun: number;
  /** First bad window since the member was last ok. */
  since: Instant | null;
  lastBad: Instant | null;
  /** The newest at which it was firing or recovering. */
  lastFiring: Instant | null;
}

/** What stays the same about a member from window to window. */
export interface MemberName {
  check: string;
  target: string;
  slice: string;
  source: string | null;
  running: number | null;
}

/** One window as it is kept: a letter for each member, so that ten windows stay small. */
interface RingEntry {
  windowEnd: Instant;
  revision: number;
  /**
   * In the order of `members`: o ok, w warn, W warn with patience 1, a alert, u unknown,
   * - not asked. Shorter than `members`: the rest was not asked.
   */
  verdicts: string;
}

/** The last ten windows, and where the members stood before them. */
export interface Ring {
  members: readonly MemberName[];
  entries: readonly RingEntry[];
  /** Windows that end here or earlier are settled and move nothing any more. */
  settledUntil: Instant;
  /** By member key; a member without an entry was ok. */
  base: Readonly<Record<string, MemberFold>>;
  /** How far the bad ones of the newest bad window are over their limits; absent: not known. */
  excess?: Readonly<Record<string, number>>;
}

const ringSize = 10;

const unseen: MemberFold = {
  condition: 'ok',
  verdict: 'ok',
  recent: [],
  badRun: 0,
  okRun: 0,
  since: null,
  lastBad: null,
  lastFiring: null,
};

/** `check/target/slice` */
function memberKey(member: Pick<Mark, 'check' | 'target' | 'slice'>): string {
  return `${member.check}/${member.target}/${member.slice}`;
}

/** A ring to which windows that end after `settledUntil` can be added. */
export function emptyRing(settledUntil: Instant): Ring {
  return { members: [], entries: [], settledUntil, base: {} };
}

export interface WindowMarks {
  windowEnd: Instant;
  revision: number;
  marks: readonly Mark[];
}

export type Placed = 'newer' | 'restated' | 'duplicate' | 'settled';

/** Puts a window in its place: a newer one at the end, a restatement over what it restates. */
export function placeWindow(
  ring: Ring,
  window: WindowMarks,
  keepFiringFor: number,
): { ring: Ring; placed: Placed } {
  const { windowEnd, revision } = window;
  const known = ring.entries.find((entry) => entry.windowEnd === windowEnd);
  if (windowEnd <= ring.settledUntil) return { ring, placed: 'settled' };
  if (known !== undefined && known.revision >= revision) return { ring, placed: 'duplicate' };
  const newest = ring.entries.at(-1)?.windowEnd ?? -Infinity;
  const { members, verdicts } = encode(ring.members, window.marks);
  const others = ring.entries.filter((entry) => entry !== known);
  const entries = [...others, { windowEnd, revision, verdicts }];
  entries.sort((a, b) => a.windowEnd - b.windowEnd);
  const placed = windowEnd > newest ? 'newer' : 'restated';
  const over = window.marks.map((mark) => [memberKey(mark), mark.excess ?? 0] as const);
  const bad = over.filter(([, times]) => times > 0);
  const excess = windowEnd < newest || bad.length === 0 ? {} : { excess: Object.fromEntries(bad) };
  return { ring: settle({ ...ring, members, entries, ...excess }, keepFiringFor), placed };
}

/** Where every member stands after the newest window; members that never were bad are left out. */
export function conditionsOf(
  ring: Ring,
  keepFiringFor: number,
): ReadonlyMap<string, MemberFold & { name: MemberName }> {
  const names = new Map(ring.members.map((name) => [memberKey(name), name]));
  const named = new Map<string, MemberFold & { name: MemberName }>();
  for (const [key, fold] of foldAll(ring, keepFiringFor)) {
    const name = names.get(key);
    if (name && fold.lastBad !== null) named.set(key, { ...fold, name });
  }
  return named;
}

function foldAll(ring: Ring, keepFiringFor: number): ReadonlyMap<string, MemberFold> {
  const folds = ring.members.map((name, index) => {
    let fold = ring.base[memberKey(name)] ?? unseen;
    for (const { windowEnd, verdicts } of ring.entries) {
      const rule = { windowEnd, running: name.running, keepFiringFor };
      fold = step(fold, verdicts[index] ?? '-', rule);
    }
    return [memberKey(name), fold] as const;
  });
  return new Map(folds);
}

/** Moves what is older than the last ten windows into the base. */
function settle(ring: Ring, keepFiringFor: number): Ring {
  const over = ring.entries.length - ringSize;
  if (over <= 0) return ring;
  const old = { ...ring, entries: ring.entries.slice(0, over) };
  const base: Record<string, MemberFold> = {};
  for (const [key, fold] of foldAll(old, keepFiringFor)) {
    const isQuiet = fold.condition === 'ok' && !fold.recent.includes(true);
    if (!isQuiet) base[key] = fold;
  }
  const settledUntil = old.entries.at(-1)?.windowEnd ?? ring.settledUntil;
  return { ...ring, entries: ring.entries.slice(over), settledUntil, base };
}

function step(
  fold: MemberFold,
  letter: string,
  rule: { windowEnd: Instant; running: number | null; keepFiringFor: number },
): MemberFold {
  if (letter === 'u' || letter === '-') return fold;
  const { windowEnd, running } = rule;
  const isBad = letter !== 'o';
  const recent = [...fold.recent, isBad].slice(-3);
  const isFiring = ['firing', 'recovering'].includes(fold.condition);
  if (isBad) {
    const badRun = fold.badRun + 1;
    const bad = recent.filter(Boolean).length;
    const isEnough = running === null ? letter !== 'w' || bad >= 2 : badRun >= running;
    const condition = isFiring || isEnough ? 'firing' : 'pending';
    const verdict = letter === 'a' ? 'alert' : 'warn';
    const since = fold.condition === 'ok' ? windowEnd : fold.since;
    const lastFiring = condition === 'firing' ? windowEnd : fold.lastFiring;
    return { condition, verdict, recent, badRun, okRun: 0, since, lastBad: windowEnd, lastFiring };
  }
  const okRun = fold.okRun + 1;
  const next = { ...fold, verdict: 'ok' as const, recent, badRun: 0, okRun };
  if (isFiring && okRun < rule.keepFiringFor) {
    return { ...next, condition: 'recovering', lastFiring: windowEnd };
  }
  const mayStillFire = running === null && recent.slice(-2).includes(true);
  if (fold.condition === 'pending' && mayStillFire) return { ...next, condition: 'pending' };
  return { ...next, condition: 'ok', since: null };
}

function encode(
  known: readonly MemberName[],
  marks: readonly Mark[],
): { members: readonly MemberName[]; verdicts: string } {
  const members = [...known];
  const places = new Map(members.map((member, index) => [memberKey(member), index]));
  const letters: string[] = members.map(() => '-');
  for (const mark of marks) {
    const { check, target, slice, source, running } = mark;
    const key = memberKey(mark);
    const index = places.get(key) ?? members.length;
    places.set(key, index);
    members[index] = { check, target, slice, source, running };
    letters[index] = letterOf(mark);
  }
  return { members, verdicts: letters.join('') };
}

/** The first of its verdict's word. */
function letterOf({ verdict, patience }: Mark): string {
  return verdict === 'warn' && patience === 1 ? 'W' : verdict.charAt(0);
}
