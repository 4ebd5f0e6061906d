import type { Items } from '../domain/items.js';
import { CATEGORY } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import {
  entropyOf,
  giniOf,
  itemsIn,
  rarefied,
  rowsIn,
  spectrumOf,
  topShareOf,
} from '../stats/concentration.js';
import type { Spectrum } from '../stats/concentration.js';

/** An item that is shown so often was shown, and not tried once. */
const OFTEN = 5;
/** Of the items, those shown most. */
const TOP = 0.01;
/** Items whose share moved most are named. */
const MOVED = 3;

/** What the rows of a window show. */
export interface Exposures {
  items: Items;
  spectrum: Spectrum;
  /** Rows that have an item. */
  rows: number;
}

/** null: the rows have no items, or nobody counted them. */
export function exposuresOf({ asked }: Pick<Profile, 'asked'>): Exposures | null {
  const { items } = asked;
  if (items === undefined) return null;
  const { n, items: several } = items.sums;
  const spectrum = spectrumOf(
    Array.from(n ?? [], (rows, cell) => {
      const some = several?.[cell] ?? 1;
      return { count: rows / some, items: some };
    }),
  );
  const rows = rowsIn(spectrum);
  return rows === 0 ? null : { items, spectrum, rows };
}

/** How concentrated so many rows of a window are, on average. */
export interface Concentration {
  /** Items that would be shown, if all alike, to be as hard to guess: exp of the entropy. */
  effective: number;
  /** Gini's index over the items shown, 0 to below 1. */
  gini: number;
  /** Entropy as a share of that of the same items all alike, 0 to 1. */
  evenness: number;
  /** Items shown at all, and those shown five times or more. */
  items: number;
  often: number;
  /** Share of the rows of the 1 % items shown most, of one at least. */
  top: number;
}

/** As `rows` of the rows are, on average. */
export function concentrationOf({ spectrum }: Pick<Exposures, 'spectrum'>, rows: number) {
  const some = rarefied(spectrum, rows);
  const entropy = entropyOf(some).value;
  const items = itemsIn(some);
  return {
    effective: Math.exp(entropy),
    gini: giniOf(some),
    evenness: items > 1 ? entropy / Math.log(items) : 1,
    ...{ items, often: itemsIn(some, OFTEN) },
    top: topShareOf(some, Math.max(1, Math.ceil(TOP * items))),
  } satisfies Concentration;
}

/** An item with its share of the rows before and now. */
export interface Moved {
  item: string;
  before: number;
  now: number;
}

function sharesOf({ items, rows }: Exposures): { shares: Map<string, number>; isWhole: boolean } {
  const names = Array.from(items.by['item'] ?? [], String);
  const shares = names.map((item, row) => [item, (items.sums['n']?.[row] ?? 0) / rows] as const);
  const isWhole = !names.includes(CATEGORY.other);
  return { shares: new Map(shares.filter(([item]) => item !== CATEGORY.other)), isWhole };
}

/** The items whose share grew most, of those whose share is known on both sides. */
export function movedMost(before: Exposures, now: Exposures): Moved[] {
  const [known, own] = [sharesOf(before), sharesOf(now)];
  return [...own.shares]
    .flatMap(([item, share]): Moved[] => {
      const was = known.shares.get(item) ?? (known.isWhole ? 0 : null);
      return was === null || share <= was ? [] : [{ item, before: was, now: share }];
    })
    .sort((a, b) => b.now - b.before - (a.now - a.before) || (a.item < b.item ? -1 : 1))
    .slice(0, MOVED);
}

/**
 * How popular what is shown is over what was chosen: mean share of the reference's positives that
 * the items of the rows had, over the same of those positives; of items with a name there. null:
 * the reference has no positives.
 */
export function popularityLift(before: Exposures, now: Exposures): number | null {
  const { by, sums } = before.items;
  const names = Array.from(by['item'] ?? [], String);
  const chosen = new Map(names.map((item, row) => [item, sums['positives']?.[row] ?? 0] as const));
  chosen.delete(CATEGORY.other);
  let [all, squares] = [0, 0];
  for (const one of chosen.values()) {
    all += one;
    squares += one * one;
  }
  if (all === 0) return null;
  let shown = 0;
  for (const [item, share] of sharesOf(now).shares) shown += share * (chosen.get(item) ?? 0);
  return shown / (squares / all);
}
