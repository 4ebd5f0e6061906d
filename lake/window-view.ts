import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { checkExpression } from './lockdown.js';
import { expressionWords } from './engine-words.js';
import { columnsOf } from './window-files.js';
import { columnOf, isExpression } from './window-parts.js';
import type { Dimension } from './window-parts.js';
import { plainText } from './window-time.js';

/** A view to make: which columns, of which rows. */
export interface ViewSpec {
  view: string;
  select: string;
  /** SQL of the texts of dimensions. */
  slices: readonly string[];
  base: string;
  located: Located;
  texts: boolean;
}

/** Makes a view. Of texts, expressions see the columns as read; of typed files, as they are. */
export async function createView(
  db: Duck,
  { view, select, slices, base, located, texts }: ViewSpec,
) {
  const { where, path } = located;
  const from = texts ? `(select ${select} from ${base})` : base;
  const filter = where === null ? '' : ` where (\n${where}\n)`;
  const list = [texts ? '*' : select, ...slices].join(', ');
  const sql = `create view ${view} as select ${list} from ${from}${filter}`;
  await perform(db, sql).catch((error: unknown) => {
    const isTold = error instanceof SourceError;
    if (isTold || (where === null && slices.length === 0)) throw error;
    const given = where === null ? 'segments' : `where: ${JSON.stringify(where)}`;
    throw new SourceError(path, null, `${given}: ${expressionWords(error)}`);
  });
}

/** An expression that parts rows, and cannot be asked of such rows or fails on one of them. */
export interface Unbound {
  segment: string;
  /** The first column that it names, one that is not there if it can; of none its own name. */
  column: string;
  /** In words that complete "segment age_band (age // 20): …". */
  why: string;
}

/** The same dimensions: those whose expression the columns cannot answer part nothing. */
export async function bound(
  db: Duck,
  from: { dimensions: readonly Dimension[]; columns: Readonly<Record<string, string>> } & Pick<
    ViewSpec,
    'select' | 'base' | 'texts'
  >,
): Promise<{ slices: string[]; unbound: Unbound[] }> {
  const { dimensions, columns, select, base, texts } = from;
  const rows = texts ? `(select ${select} from ${base})` : base;
  const unbound: Unbound[] = [];
  const slices: string[] = [];
  for (const one of dimensions) {
    const slice = sliceOf(one, columns);
    const why = isExpression(one) ? await whyUnbound(db, `select ${slice} from ${rows}`) : null;
    slices.push(why === null ? slice : `null::varchar as ${quoteName(columnOf(one))}`);
    if (why === null) continue;
    const named = await columnsNamed(db, one.by);
    const column = named.find((name) => !(name in columns)) ?? named[0] ?? one.name;
    unbound.push({ segment: one.name, column, why: `${one.by}: ${why}` });
  }
  return { slices, unbound };
}

/**
 * The dimensions that can be told of every row of a view, and those whose expression fails on one.
 * Reads the columns that expressions name; a failure to read them is no matter of the expression.
 */
export async function tellable(
  db: Duck,
  view: string,
  dimensions: readonly Dimension[],
): Promise<{ dimensions: Dimension[]; untold: Unbound[] }> {
  const told: Dimension[] = [];
  const untold: Unbound[] = [];
  for (const one of dimensions) {
    const why = isExpression(one) ? await whyUntold(db, view, one) : null;
    if (why === null) told.push(one);
    else untold.push(why);
  }
  return { dimensions: told, untold };
}

async function whyUntold(db: Duck, view: string, one: Dimension): Promise<Unbound | null> {
  const count = (name: string) => perform(db, `select count(${quoteName(name)}) from ${view}`);
  try {
    await count(columnOf(one));
    return null;
  } catch (error) {
    if (!(error instanceof Error && FAILED.test(error.message))) throw error;
    const columns = await columnsOf(db, view);
    const named = (await columnsNamed(db, one.by)).filter((name) => name in columns);
    for (const name of named) await count(name);
    const why = `${one.by}: ${expressionWords(error)}; try(${one.by}) leaves such rows out`;
    return { segment: one.name, column: named[0] ?? one.name, why };
  }
}

/** What a value can do to an expression. */
const FAILED = /^(Conversion|Invalid Input|Out of Range) Error/;

/** What a change of columns upstream can do; what an expression may not do is another matter. */
const MISFIT = /^(Binder|Catalog) Error/;

function whyUnbound(db: Duck, sql: string): Promise<string | null> {
  return perform(db, `explain ${sql}`).then(
    () => null,
    (error: unknown) =>
      error instanceof Error && MISFIT.test(error.message) ? expressionWords(error) : null,
  );
}

/** Columns that an expression names, in the order in which it does. */
async function columnsNamed(db: Duck, text: string): Promise<string[]> {
  const [row] = await ask(db, 'window/parse', { sql: `select (\n${text}\n)` });
  const names: string[] = [];
  JSON.parse(String(row?.['tree']), (key, value: unknown) => {
    if (key === 'column_names' && Array.isArray(value)) names.push(String(value.at(-1)));
    return value;
  });
  return names;
}

/** SQL of the texts of a dimension; a column that is gone parts nothing, and so do no columns. */
function sliceOf(one: Dimension, columns: Readonly<Record<string, string>>): string {
  const { by } = one;
  // where there is no file, an expression has no column to speak of
  const isUsable = isExpression(one) && Object.keys(columns).length > 0;
  const name = quoteName(columnOf(one));
  // as a monitor file writes it: 1, and not the 1.0 of a float
  if (one.holdout !== undefined && by in columns) {
    return `${plainText(quoteName(by), columns[by] ?? '')} as ${name}`;
  }
  const told = by in columns ? quoteName(by) : isUsable ? `(\n${by}\n)` : 'null';
  return `${told}::varchar as ${name}`;
}

/** Throws SourceError when `where`, a column or what parts the rows is no expression over a row. */
export async function checkExpressions(
  db: Duck,
  { located, dimensions = [] }: { located: Located; dimensions?: readonly Dimension[] },
): Promise<void> {
  const { where, path, shape } = located;
  if (where !== null) await checkExpression(db, where, { path, key: 'where' });
  for (const join of located.joins ?? []) await checkExpressions(db, join);
  for (const [name, text] of Object.entries(shape?.select ?? {})) {
    await checkExpression(db, text, { path, key: `predictions.select.${name}` });
  }
  for (const one of dimensions.filter(isExpression)) {
    await checkExpression(db, one.by, { path, key: `segments.${one.name}.by` });
  }
}
