import { byColumn } from '../domain/profile.js';
import { SourceError } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { columnsOf, fresh, refuseTwins } from './window-files.js';
import type { Made } from './window-readings.js';

/** Column of unnested rows that is true where a list had no element: such a row is none. */
export const BARE = 'has no element';

const ELEMENT = 'element of the list';
const element = quoteName(ELEMENT);

interface Unnesting {
  /** The column of lists. */
  column: string;
  /** Of the source, for messages. */
  path: string;
  /** Rows that may be flat already, as those that the model learnt from. */
  isTraining: boolean;
  /** Views that are made are added. */
  views: string[];
}

/**
 * One row for each element of a list of a typed file, or of a text that is a list in JSON: fields
 * of structs and objects become columns beside the others, any other element takes the place of its
 * list. A row whose list is empty, missing or unreadable is marked as `BARE`. Rows without the
 * column stay as they are, and so do training rows whose column holds no list. Throws SourceError
 * for a column of another type, and for a field with the name of a column.
 */
export async function unnested(db: Duck, made: Made, of: Unnesting): Promise<Made> {
  const { column, views } = of;
  const type = made.columns[column];
  if (type === undefined) return made;
  if (of.isTraining && (await isFlat(db, made, column))) return made;
  const list = listOf(type, of);
  const others = Object.keys(made.columns).filter((name) => name !== column);
  const isBare = `coalesce(len(${list}), 0) = 0`;
  const told = [
    ...others.map(quoteName),
    `${isBare} as ${quoteName(BARE)}`,
    `unnest(case when ${isBare} then [null] else ${list} end) as ${element}`,
  ];
  const elements = fresh('elements');
  await perform(db, `create view ${elements} as select ${told.join(', ')} from ${made.base}`);
  views.push(elements);
  const parts = await partsOf(db, elements, of);
  refuseTaken(parts, others, of);
  const kept = Object.keys(made.columns).flatMap((name) => {
    if (name !== column) return [quoteName(name)];
    return parts.map((part) => `${part.sql} as ${quoteName(part.name)}`);
  });
  const base = fresh('unnested');
  const select = [...kept, quoteName(BARE)].join(', ');
  await perform(db, `create view ${base} as select ${select} from ${elements}`);
  views.push(base);
  const columns = await columnsUnmarked(db, base);
  const words = isWords(type) ? parts.map(nameOf) : [];
  const worded = made.texts ? Object.keys(columns) : words;
  return { ...made, base, columns, marked: true, worded };
}

/** The columns of a view without the mark of those that are no rows. */
export async function columnsUnmarked(db: Duck, view: string): Promise<Record<string, string>> {
  return byColumn(Object.entries(await columnsOf(db, view)).filter(([name]) => name !== BARE));
}

const isWords = (type: string): boolean => type === 'VARCHAR' || type === 'JSON';

/** Texts that are looked at. */
const SOME = 1_000;

async function isFlat(db: Duck, { base, columns }: Made, column: string): Promise<boolean> {
  const type = columns[column] ?? '';
  if (!isWords(type)) return !type.endsWith(']');
  const name = quoteName(column);
  const some = `select ${name} as text from ${base} where ${name} is not null limit ${SOME}`;
  const none = 'count(*) > 0 and count(try_cast(text as json[])) = 0';
  const [found] = await ask(db, 'profile/count', {
    rows: { select: `select 1 as one from (${some}) having ${none}` },
  });
  return Number(found?.['rows']) > 0;
}

/** SQL of the list: of a text what JSON has, null where it is none. */
function listOf(type: string, { column, path }: Unnesting): string {
  const name = quoteName(column);
  if (isWords(type)) return `try_cast(${name} as json[])`;
  if (type.endsWith('[]')) return name;
  // an array of a fixed size is not of the type of a list of one null
  if (type.endsWith(']')) return `${name}::${type.replace(/\[\d+\]$/, '[]')}`;
  const wanted = 'expected a list, or a text that is one in JSON, for predictions.unnest';
  throw new SourceError(path, column, `has type ${type}; ${wanted}`);
}

/** A column that elements become. */
interface Part {
  name: string;
  sql: string;
}

const nameOf = ({ name }: Part): string => name;

async function partsOf(db: Duck, elements: string, { column, path }: Unnesting): Promise<Part[]> {
  const type = (await columnsOf(db, elements))[ELEMENT] ?? '';
  if (type === 'JSON') {
    const names = await keysOf(db, elements);
    refuseTwins(path, names);
    const text = (pointer: string) => `json_extract_string(${element}, ${quoteText(pointer)})`;
    if (names.length === 0) return [{ name: column, sql: text('$') }];
    return names.map((name) => {
      return { name, sql: text(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`) };
    });
  }
  if (!type.startsWith('STRUCT(') || type.endsWith(']')) return [{ name: column, sql: element }];
  const fields = fresh('fields');
  await perform(db, `create view ${fields} as select unnest(${element}) from ${elements}`);
  try {
    const names = Object.keys(await columnsOf(db, fields));
    return names.map((name) => ({ name, sql: `struct_extract(${element}, ${quoteText(name)})` }));
  } finally {
    await perform(db, `drop view ${fields}`);
  }
}

/** The keys of the elements that are objects. */
async function keysOf(db: Duck, elements: string): Promise<string[]> {
  const rows = { select: `select ${element} as json from ${elements}` };
  const keys = await ask(db, 'window/keys', { rows });
  return keys.flatMap(({ name }) => (name === null ? [] : [String(name)]));
}

/** Names count in any case: the engine has one column for both. */
function refuseTaken(parts: readonly Part[], others: readonly string[], of: Unnesting): void {
  for (const { name } of parts) {
    const twin = others.find((other) => other.toLowerCase() === name.toLowerCase());
    if (twin === undefined) continue;
    const what = `the elements of ${of.column} have "${name}", and their rows a column "${twin}"`;
    const wanted = 'expected names of their own for the fields';
    throw new SourceError(of.path, null, `predictions.unnest: ${what}; ${wanted}`);
  }
}
