import { CATEGORY, size } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import type { Layout } from './bins.js';
import { isValue, TAIL_GROUPS, tailGroup, tailKey } from './tail.js';

/** Categories with a bin of their own: at least this share of the reference, at most so many. */
const LEAST_SHARE = 0.005;
export const MOST_CATEGORIES = 50;

/** Rare known categories that hold this share of the reference are groups and not one bin. */
const WIDE = 0.15;
/** Rows of a category of such a column with a bin of its own: fewer were picked by luck. */
const LEAST_ROWS = 30;
/** Rare values named by a group. */
const NAMED = 2;

/** What the bin of values that the reference lacks is called. */
export const UNSEEN = 'unseen values';

const tallied = new WeakMap<Counts, ReadonlyMap<string, number>>();

/** Category → rows. Kept for as long as `counts`. */
export function categoryCounts(counts: Counts): ReadonlyMap<string, number> {
  const found = tallied.get(counts);
  if (found !== undefined) return found;
  const rows = new Map<string, number>();
  const values = counts.by['value'];
  for (let row = 0; row < size(counts); row++) {
    const value = String(values?.[row] ?? CATEGORY.missing);
    rows.set(value, (rows.get(value) ?? 0) + (counts.sums['n']?.[row] ?? 0));
  }
  tallied.set(counts, rows);
  return rows;
}

/** Whether the reference has a value: of exact counts it has more than the axis keeps. */
export function isKnownTo(axis: Axis, reference: Counts): (value: string) => boolean {
  const [known, own] = [new Set(axis.known), categoryCounts(reference)];
  // No set of both: there may be 100,000 of them.
  return (value) => (own.has(value) && isValue(value)) || known.has(value);
}

/** The bins of a categorical column; its frequent categories are those of `reference`. */
export function categoryLayout(axis: Axis, reference: Counts): Layout {
  const { own, groups } = dividedBy(axis, categoryCounts(reference));
  const isKnown = isKnownTo(axis, reference);
  const [unseen, missing] = [own.length + groups, own.length + groups + 1];
  const slots = new Map<string, number>(own.map((value, slot) => [value, slot]));
  const groupSlot = (group: number): number =>
    own.length + Math.floor((group * groups) / TAIL_GROUPS);
  for (let group = 0; group < TAIL_GROUPS; group++) slots.set(tailKey(group), groupSlot(group));
  // a folded rest is the reference's own tail where there is one, and unseen values elsewhere
  const folded = axis.tail === true ? own.length : unseen;
  slots.set(CATEGORY.known, own.length).set(CATEGORY.unseen, unseen);
  slots.set(CATEGORY.other, folded).set(CATEGORY.missing, missing);
  const homeOf = (value: string): number =>
    slots.get(value) ?? (groups === 1 ? own.length : groupSlot(tailGroup(value, TAIL_GROUPS)));
  const slotOf = (key: number | string): number => {
    const value = String(key);
    return slots.has(value) || isKnown(value) ? homeOf(value) : unseen;
  };
  const rare = groups === 1 ? [] : axis.known.filter((value) => !slots.has(value));
  return {
    slotOf,
    bins: [
      ...own.map((label) => ({ label, kind: 'category' as const })),
      ...(groups === 1
        ? [{ label: 'other known values', kind: 'other' as const }]
        : groupLabels(groups, rare, (value) => slotOf(value) - own.length)),
      { label: UNSEEN, kind: 'unseen' },
      { label: 'missing', kind: 'missing' },
    ],
    rows(counts) {
      const rows = new Float64Array(missing + 1);
      // What the reference has is known to it: nobody needs to look it up.
      const home = counts === reference ? homeOf : slotOf;
      for (const [value, n] of categoryCounts(counts)) {
        const slot = home(value);
        rows[slot] = (rows[slot] ?? 0) + n;
      }
      return rows;
    },
  };
}

/** The categories with a bin of their own, and into how many groups the other known ones go. */
function dividedBy(axis: Axis, before: ReadonlyMap<string, number>) {
  const all = [...before.values()].reduce((sum, rows) => sum + rows, 0);
  const ownFrom = (least: number) =>
    axis.known
      .slice(0, MOST_CATEGORIES)
      .filter((value) => (before.get(value) ?? 0) >= Math.max(least, LEAST_SHARE * all));
  const known = new Set([...axis.known, ...tailKeys]);
  const rareShare = (own: readonly string[]) => {
    const frequent = new Set(own);
    let rows = 0;
    for (const [value, n] of before) if (known.has(value) && !frequent.has(value)) rows += n;
    return all === 0 ? 0 : rows / all;
  };
  const usual = ownFrom(0);
  // what coarse counts fold to one key cannot be parted again; nor is more known of a cut tail
  const isOne = axis.tail === true || before.has(CATEGORY.known);
  if (isOne || rareShare(usual) < WIDE) return { own: usual, groups: 1 };
  const own = ownFrom(LEAST_ROWS);
  return { own, groups: Math.max(2, Math.round(rareShare(own) * TAIL_GROUPS)) };
}

const tailKeys = Array.from({ length: TAIL_GROUPS }, (_, group) => tailKey(group));

/** `31 rare values (Lyon, Nice, …)`: the most frequent ones of each group. */
function groupLabels(groups: number, rare: readonly string[], groupOf: (value: string) => number) {
  const members = Array.from({ length: groups }, (): string[] => []);
  for (const value of rare) members[groupOf(value)]?.push(value);
  return members.map((values) => {
    const names = values.slice(0, NAMED).join(', ');
    const more = values.length > NAMED ? ', …' : '';
    return { label: `${values.length} rare values (${names}${more})`, kind: 'category' as const };
  });
}

/**
 * Rows of the reference by bin, with those that have to be expected where it has none: in the bin
 * of unseen values. Of a reference whose values are all that is known there are as many more as it
 * has values of one row (Good and Turing), and as many fewer of the rare ones. Of more values than
 * have a name the axis says how many of them are there once.
 */
export function withUnknown(axis: Axis, reference: Counts, layout: Layout): Float64Array {
  const rows = layout.rows(reference);
  const before = categoryCounts(reference);
  if (axis.kind !== 'categorical') return rows;
  if (axis.tail === true && (before.has(CATEGORY.other) || before.has(CATEGORY.known))) {
    return withNew(axis, rows, layout);
  }
  if (before.has(CATEGORY.known)) return rows;
  if (!axis.known.every((value) => (before.get(value) ?? 0) > 0)) return rows;
  const unseen = layout.slotOf(CATEGORY.unseen);
  if (rows[unseen] !== 0) return rows;
  for (const [value, n] of before) {
    if (n !== 1 || !isValue(value)) continue;
    const slot = layout.slotOf(value);
    if (layout.bins[slot]?.label === value) continue;
    rows[slot] = (rows[slot] ?? 0) - 1;
    rows[unseen] += 1;
  }
  return rows;
}

/** Takes the rows that are to be new from those of the values without a name. */
function withNew({ cells }: Axis, rows: Float64Array, layout: Layout): Float64Array {
  const [unseen, other] = [layout.slotOf(CATEGORY.unseen), layout.slotOf(CATEGORY.other)];
  if (cells === undefined || rows[unseen] !== 0) return rows;
  const missing = rows[layout.slotOf(CATEGORY.missing)] ?? 0;
  const present = rows.reduce((sum, n) => sum + n, 0) - missing;
  const once = Math.min(rows[other] ?? 0, Math.round(cells.once * present));
  // Of what is new a share looks as if it were known.
  rows[unseen] = once * (1 - cells.full);
  rows[other] = (rows[other] ?? 0) - rows[unseen];
  return rows;
}
