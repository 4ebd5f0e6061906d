import { itemColumn } from '../domain/items.js';
import type { Monitor } from '../domain/monitor.js';
import type { Counts } from '../domain/profile.js';
import { quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { groupsOf } from './profile-groups.js';
import { itemsOf } from './profile-items.js';

type Types = Readonly<Record<string, string>>;

/** Columns that a joined row carries, of what it shows and whose it is; a comma before each. */
export function carriedNames({ columns }: Monitor): string {
  const item = itemColumn(columns) === null ? '' : ', item';
  return columns.group === undefined ? item : `${item}, group_name`;
}

/** SQL of these columns; null of all rows where the column is not there. */
export function namesOf({ columns }: Monitor, types: Types): string {
  const { group = null } = columns;
  return `${nameOf(itemColumn(columns), 'item', types)}${nameOf(group, 'group_name', types)}`;
}

function nameOf(column: string | null, name: string, types: Types): string {
  if (column === null) return '';
  if (!(column in types)) return `, null::varchar as ${name}`;
  // 14.0 is the 14 of another file
  return `, regexp_replace(${quoteName(column)}::varchar, '^(-?[0-9]+)[.]0+$', '\\1') as ${name}`;
}

/** SQL of whether a label is a positive one; of values and of several classes none is. */
function positiveIn({ model }: Monitor): string {
  if (model.task === 'ranking') return 'coalesce(truth > 0, false)';
  return model.task === 'binary' || model.task === 'none' ? "label = '1'" : 'false';
}

/** The answers `items` and `groups` of predictions joined with their labels, as checks ask. */
export async function answersByName(
  db: Duck,
  of: { monitor: Monitor; types: Types; every?: boolean | undefined },
  joined: string,
): Promise<Readonly<Record<string, Counts>>> {
  const met = { joined, positive: positiveIn(of.monitor) };
  return { ...(await itemsOf(db, of, met)), ...(await groupsOf(db, of, met)) };
}
