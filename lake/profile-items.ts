import { itemColumn, NAMED_ITEMS } from '../domain/items.js';
import type { Items } from '../domain/items.js';
import type { Monitor } from '../domain/monitor.js';
import { CATEGORY } from '../domain/profile.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';

type Types = Readonly<Record<string, string>>;

/** SQL of the item of a row, with a comma before it; '' where nobody says, or no row can. */
export function itemOf({ columns }: Monitor, types: Types): string {
  const column = itemColumn(columns);
  if (column === null) return '';
  if (!(column in types)) return ', null::varchar as item';
  // 14.0 is the 14 of another file
  return `, regexp_replace(${quoteName(column)}::varchar, '^(-?[0-9]+)[.]0+$', '\\1') as item`;
}

/** A reference outlives a list of checks: `every`. */
const asksItems = ({ checks }: Monitor): boolean =>
  checks.some(({ check }) => check === 'exposure_concentration');

/** SQL of whether a label is a positive one; of values and of several classes none is. */
function positiveIn({ model }: Monitor): string {
  if (model.task === 'ranking') return 'coalesce(truth > 0, false)';
  return model.task === 'binary' || model.task === 'none' ? "label = '1'" : 'false';
}

/**
 * The answer `items` of predictions joined with their labels; {} where no check asks, or the rows
 * do not have the column.
 */
export async function itemsOf(
  db: Duck,
  { monitor, types, every }: { monitor: Monitor; types: Types; every?: boolean | undefined },
  joined: string,
): Promise<{ items?: Items }> {
  const column = itemColumn(monitor.columns);
  if (column === null || !(column in types)) return {};
  if (every !== true && !asksItems(monitor)) return {};
  const shown = fresh('items');
  const positive = positiveIn(monitor);
  await perform(db, `create view ${shown} as select item, ${positive} as positive from ${joined}`);
  try {
    const found = await ask(db, 'performance/items', { joined: shown, named: NAMED_ITEMS });
    const sum = (name: string) => Float64Array.from(found, (row) => Number(row[name]));
    const item = found.map((row) => (row['item'] === null ? CATEGORY.other : String(row['item'])));
    const sums = { n: sum('n'), items: sum('items'), positives: sum('positives') };
    return { items: { by: { item }, sums } };
  } finally {
    await perform(db, `drop view ${shown}`);
  }
}
