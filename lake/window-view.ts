import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { checkExpression } from './lockdown.js';
import { expressionWords } from './engine-words.js';
import { columnOf, isExpression } from './window-parts.js';
import type { Dimension } from './window-parts.js';

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
    if (where === null && slices.length === 0) throw error;
    const given = where === null ? 'segments' : `where: ${JSON.stringify(where)}`;
    throw new SourceError(path, null, `${given}: ${expressionWords(error)}`);
  });
}

/** SQL of the texts of a dimension; a column that is gone parts nothing, and so do no columns. */
export function sliceOf(one: Dimension, columns: Readonly<Record<string, string>>): string {
  const { by } = one;
  // where there is no file, an expression has no column to speak of
  const isUsable = isExpression(one) && Object.keys(columns).length > 0;
  const told = by in columns ? quoteName(by) : isUsable ? `(\n${by}\n)` : 'null';
  return `${told}::varchar as ${quoteName(columnOf(one))}`;
}

/** Throws SourceError when `where` or what parts the rows is not one expression over a row. */
export async function checkExpressions(
  db: Duck,
  { located, dimensions = [] }: { located: Located; dimensions?: readonly Dimension[] },
): Promise<void> {
  const { where, path } = located;
  if (where !== null) await checkExpression(db, where, { path, key: 'where' });
  for (const one of dimensions.filter(isExpression)) {
    await checkExpression(db, one.by, { path, key: `segments.${one.name}.by` });
  }
}
