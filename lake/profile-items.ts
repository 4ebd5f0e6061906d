import { itemColumn, NAMED_ITEMS } from '../domain/items.js';
import type { Items } from '../domain/items.js';
import type { Monitor } from '../domain/monitor.js';
import { CATEGORY } from '../domain/profile.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';

type Types = Readonly<Record<string, string>>;

/** A reference outlives a list of checks: `every`. */
const asksItems = ({ checks }: Monitor): boolean =>
  checks.some(({ check }) => check === 'exposure_concentration');

/**
 * The answer `items` of predictions joined with their labels; {} where no check asks, or the rows
 * do not have the column. `positive`: SQL of whether a row's label is a positive one.
 */
export async function itemsOf(
  db: Duck,
  { monitor, types, every }: { monitor: Monitor; types: Types; every?: boolean | undefined },
  { joined, positive }: { joined: string; positive: string },
): Promise<{ items?: Items }> {
  const column = itemColumn(monitor.columns);
  if (column === null || !(column in types)) return {};
  if (every !== true && !asksItems(monitor)) return {};
  const found = await ask(db, 'performance/items', {
    joined: { select: `select item, ${positive} as positive from ${joined}` },
    named: NAMED_ITEMS,
  });
  const sum = (name: string) => Float64Array.from(found, (row) => Number(row[name]));
  const item = found.map((row) => (row['item'] === null ? CATEGORY.other : String(row['item'])));
  const sums = { n: sum('n'), items: sum('items'), positives: sum('positives') };
  return { items: { by: { item }, sums } };
}
