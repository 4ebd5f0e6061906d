import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { expressionWords } from './engine-words.js';
import { functionsIn, parsed } from './sql-tree.js';
import { fresh } from './window-files.js';
import { readingsOf } from './window-readings.js';
import type { Made } from './window-readings.js';
import type { TimeSpec } from './window-time.js';
import { BARE, columnsUnmarked } from './window-unnest.js';

interface Selecting {
  /** Column → expression, each known to be one. */
  select: Readonly<Record<string, string>>;
  /** Of the source, for messages. */
  path: string;
  /** The column of event times where its texts were read already; else null. */
  time: TimeSpec | null;
  span: { start: Instant; end: Instant } | undefined;
  /** Views that are made are added. */
  views: string[];
}

/** Gives texts, whatever the JSON holds. */
const OF_JSON = /^(->>|json_extract_string|json_extract_path_text|json_value)$/;

/**
 * The same rows with columns that are computed of theirs, beside the others or in place of those of
 * their names. Of texts, expressions see the columns as they are best read; of typed files, as they
 * are. One that names a column which is not there computes nothing; one that fails on a row gives
 * null. Throws SourceError for one that cannot be asked of such columns.
 */
export async function selected(db: Duck, made: Made, of: Selecting): Promise<Made> {
  const rows = made.texts ? await read(db, made, of) : made.base;
  const computed = new Map<string, string>();
  const worded: string[] = [];
  for (const [name, text] of Object.entries(of.select)) {
    if (!(await isBound(db, { rows, name, text, path: of.path }))) continue;
    computed.set(name, `try((\n${text}\n))`);
    const { statements } = await parsed(db, `select (\n${text}\n)`);
    if (functionsIn(statements).some((one) => OF_JSON.test(one))) worded.push(name);
  }
  const own = ([name, sql]: [string, string]) => `${sql} as ${quoteName(name)}`;
  const kept = Object.keys(made.columns).filter((name) => !isIn(computed, name));
  const list = [
    ...kept.map((name) => own([name, quoteName(made.texts ? cameAs(name) : name)])),
    ...[...computed].map(own),
    ...(made.marked ? [quoteName(BARE)] : []),
  ];
  const base = fresh('selected');
  await perform(db, `create view ${base} as select ${list.join(', ')} from ${rows}`);
  of.views.push(base);
  const columns = await columnsUnmarked(db, base);
  const before = made.worded.filter((name) => kept.includes(name));
  const all = made.texts ? Object.keys(columns) : [...before, ...worded];
  return { ...made, base, columns, worded: all };
}

/** Names count in any case: the engine has one column for both. */
const isIn = (computed: ReadonlyMap<string, string>, name: string): boolean =>
  [...computed.keys()].some((one) => one.toLowerCase() === name.toLowerCase());

/** A view of the rows that `where` of their source lets pass, as they came. */
export async function filtered(
  db: Duck,
  made: Made,
  { located, views }: { located: Located; views: string[] },
): Promise<string> {
  const { where, path } = located;
  if (where === null) return made.base;
  const rows = made.texts
    ? await read(db, made, { time: null, span: undefined, views })
    : made.base;
  const list = Object.keys(made.columns).map((name) => {
    return `${quoteName(made.texts ? cameAs(name) : name)} as ${quoteName(name)}`;
  });
  const view = fresh('filtered');
  const sql = `create view ${view} as select ${list.join(', ')} from ${rows} where (\n${where}\n)`;
  await perform(db, sql).catch((error: unknown) => {
    throw new SourceError(path, null, `where: ${JSON.stringify(where)}: ${expressionWords(error)}`);
  });
  views.push(view);
  return view;
}

const cameAs = (name: string): string => `${name} as it came`;

/** A view of texts as they are best read, with them as they came beside. */
async function read(
  db: Duck,
  made: Made,
  { time, span, views }: Pick<Selecting, 'time' | 'span' | 'views'>,
): Promise<string> {
  const { base, columns } = made;
  const all = { wants: {}, only: undefined };
  const readings = await readingsOf(db, { ...made, ...all, time, span });
  const list = [
    ...readings.map(([name, { sql }]) => `${sql} as ${quoteName(name)}`),
    ...Object.keys(columns).map((name) => `${quoteName(name)} as ${quoteName(cameAs(name))}`),
    ...(made.marked ? [quoteName(BARE)] : []),
  ];
  const view = fresh('read');
  await perform(db, `create view ${view} as select ${list.join(', ')} from ${base}`);
  views.push(view);
  return view;
}

const ABSENT = /^Binder Error: Referenced (column|table) "/;
const MISFIT = /^(Binder|Catalog|Conversion|Invalid Input|Parser|Permission) Error/;

/** Whether the columns that an expression names are there. As a condition it is one row's. */
async function isBound(
  db: Duck,
  { rows, name, text, path }: { rows: string; name: string; text: string; path: string },
): Promise<boolean> {
  const expression = `(\n${text}\n)`;
  const sql = `select try(${expression}) from ${rows} where ${expression} is null`;
  try {
    await perform(db, `explain ${sql}`);
    return true;
  } catch (error) {
    if (!(error instanceof Error && MISFIT.test(error.message))) throw error;
    if (ABSENT.test(error.message)) return false;
    const said = `predictions.select.${name}: ${JSON.stringify(text)}`;
    throw new SourceError(path, null, `${said}: ${expressionWords(error)}`);
  }
}
