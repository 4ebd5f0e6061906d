import { studentTail } from '../../stats/beta.js';
import { addUp, leaveOneOut, partTest } from '../../stats/parts.js';
import type { PartTest, Spread } from '../../stats/parts.js';
import { layoutOf } from './distribution.js';
import type { Bin, Layout } from './distribution.js';
import { poolCounts } from './pool.js';
import { joinThinBins } from './thin.js';
import type { JoinedBin } from './thin.js';
import type { Axis, Counts } from '../profile.js';

/** Windows that have to be known before what differs between them counts as usual. */
export const FEWEST_PERIODS = 14;
/** Windows of one weekday before a window is compared with its own weekday alone. */
const FEWEST_WEEKDAYS = 4;
/** Weekdays differ where chance explains what they explain less often than this. */
const WEEKLY = 0.01;

/** A column of one window of those that are usual; ISO weekday of the window. */
export interface Period {
  counts: Counts;
  weekday: number;
}

/** What is usual of a column: its rows over the coarse bins, window by window. */
export interface Usual {
  axis: Axis;
  layout: Layout;
  /** All windows as one. */
  pooled: Counts;
  parts: readonly { rows: Float64Array; weekday: number }[];
  /** The rows of all parts. */
  whole: readonly number[];
  /** By the bins that were joined: the same windows are asked about again and again. */
  spreads: Map<string, Spreads>;
}

interface Spreads {
  all: Spread;
  /** Each window against the others of its weekday; null where weekdays do not differ. */
  weekly: Spread | null;
}

/** What is usual of a column; null while fewer than 14 windows with rows are known. */
export function usualOf(axis: Axis, periods: readonly Period[]): Usual | null {
  if (periods.length < FEWEST_PERIODS) return null;
  const pooled = poolCounts(periods.map(({ counts }) => counts));
  const layout = layoutOf(axis, pooled);
  const parts = periods
    .map(({ counts, weekday }) => ({ rows: layout.rows(counts), weekday }))
    .filter(({ rows }) => rows.some((n) => n > 0));
  if (parts.length < FEWEST_PERIODS) return null;
  const whole = addUp(parts.map(({ rows }) => rows));
  return { axis, layout, pooled, parts, whole, spreads: new Map() };
}

/** A window among the usual ones. */
export interface Placed {
  /** `W`: among all windows; `S`: among those of its weekday. */
  mode: 'W' | 'S';
  bins: readonly JoinedBin[];
  test: PartTest;
  /** Windows that it is compared with. */
  windows: number;
}

/**
 * Is the window further from the usual ones than they are from each other? Compared with its own
 * weekday where weekdays differ and four of it are known. null where there is nothing to compare:
 * the usual windows fill one bin, or the window has no rows.
 */
export function placeAmong(usual: Usual, current: Counts, weekday: number): Placed | null {
  const now = usual.layout.rows(current);
  const bins = joinedBins(usual, now);
  if (bins === null) return null;
  const groups = bins.map(({ slots }) => slots);
  const { all, weekly } = spreadsOf(usual, groups);
  const same = usual.parts.filter((part) => part.weekday === weekday);
  const ownDay = weekly !== null && same.length >= FEWEST_WEEKDAYS ? same : null;
  const parts = ownDay ?? usual.parts;
  const counts = bins.map((bin) => bin.current);
  const reference = addUp(parts.map(({ rows }) => onGroups(rows, groups)));
  const spread = ownDay === null || weekly === null ? all : weekly;
  return {
    mode: ownDay === null ? 'W' : 'S',
    bins: bins.map((bin, place) => ({ ...bin, reference: reference[place] ?? 0 })),
    test: partTest({ current: counts, reference, spread }),
    windows: parts.length,
  };
}

type Slotted = JoinedBin & { slots: readonly number[] };

/** Bins that either side fills, thin ones joined, with the slots of the layout in each. */
function joinedBins({ layout, whole }: Usual, now: Float64Array): Slotted[] | null {
  const slots: number[] = [];
  const filled: Bin[] = [];
  layout.bins.forEach(({ label, kind }, slot) => {
    const [reference, current] = [whole[slot] ?? 0, now[slot] ?? 0];
    if (reference + current === 0) return;
    slots.push(slot);
    filled.push({ label, kind, reference, current });
  });
  const isEmpty = now.every((n) => n === 0);
  if (isEmpty || filled.filter((bin) => bin.reference > 0).length < 2) return null;
  return joinThinBins(filled).map((bin) => ({
    ...bin,
    slots: bin.places.flatMap((place) => slots[place] ?? []),
  }));
}

function onGroups(rows: Float64Array, groups: readonly (readonly number[])[]): number[] {
  return groups.map((slots) => slots.reduce((sum, slot) => sum + (rows[slot] ?? 0), 0));
}

function spreadsOf(usual: Usual, groups: readonly (readonly number[])[]): Spreads {
  const key = JSON.stringify(groups);
  const found = usual.spreads.get(key);
  if (found !== undefined) return found;
  const rows = usual.parts.map((part) => onGroups(part.rows, groups));
  const weekdays = usual.parts.map(({ weekday }) => weekday);
  const all = leaveOneOut(rows);
  const made = { all, weekly: weeklySpread(rows, weekdays, all) };
  usual.spreads.set(key, made);
  return made;
}

/**
 * Weekdays differ when windows are closer to those of their own weekday than to all others: a
 * one-sided paired test of the cube roots. Only where each weekday comes twice or more.
 */
function weeklySpread(
  rows: readonly (readonly number[])[],
  weekdays: readonly number[],
  all: Spread,
): Spread | null {
  const times = new Map<number, number>();
  for (const weekday of weekdays) times.set(weekday, (times.get(weekday) ?? 0) + 1);
  if (times.size < 2 || Math.min(...times.values()) < 2) return null;
  const weekly = leaveOneOut(rows, weekdays);
  if (weekly.t.length !== all.t.length) return null;
  const gains = all.t.map((t, k) => Math.cbrt(t) - Math.cbrt(weekly.t[k] ?? 0));
  const k = gains.length;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / k;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  const t = mean === 0 ? 0 : mean / Math.sqrt(squares / (k - 1) / k);
  return studentTail(t, k - 1) < WEEKLY ? weekly : null;
}
