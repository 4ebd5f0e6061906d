import { cut } from '../domain/alerting/notice-text-cut.js';
import { byColumn } from '../domain/profile.js';
import type { FileKind } from '../domain/source-spec.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { expressionWords } from './engine-words.js';
import { isWords } from './measured.js';
import { firstTexts, typesIn } from './source-columns.js';
import { nodesIn, parsed } from './sql-tree.js';
import { columnsOf, fresh } from './window-files.js';

/** A `where` that is an expression over these columns, and the file that it is held against. */
export interface Held {
  where: string;
  columns: readonly string[];
  file: { kind: FileKind; path: string };
  /** Columns whose type is not the file's own matter: they go with everything. */
  loose: readonly string[];
}

/**
 * Why a `where` fits no row whose columns have the types of the file, in words; null: it may fit
 * one. Bound and tried in `locked` with a row of nulls, without the file: what it says of values is
 * not asked, nor what a sub-select gives.
 */
export async function misfitOfWhere(
  { db, locked }: { db: Duck; locked: Duck },
  { where, columns, file, loose }: Held,
): Promise<string | null> {
  const { statements } = await parsed(locked, `select (\n${where}\n)`);
  const nodes = [...nodesIn(statements)];
  if (nodes.some((node) => node['class'] === 'SUBQUERY')) return null;
  const named = nodes.flatMap((node) => (node['column_names'] ?? []) as string[]);
  const given = Object.entries(await typesIn(db, file, named));
  const types = byColumn(given.filter(([name]) => !loose.includes(name)));
  const fault = await misfit(locked, where, rowOf(columns, types));
  if (fault !== null) return fault;
  const isBare = nodes[0]?.['class'] === 'COLUMN_REF' && named.length === 1;
  const [bare] = isBare ? Object.entries(types) : [];
  if (bare === undefined || !isWords(bare[1])) return null;
  return noTruth(await firstTexts(db, { ...file, column: bare[0] }));
}

/** Types that no truth value can be made of. */
const NO_TRUTH = /^(DATE|TIME|INTERVAL|STRUCT|MAP)|\]$/;

/** What types and values that an expression says itself can be wrong about. */
const MISFIT = /^(Binder|Conversion|Invalid Input) Error/;

async function misfit(db: Duck, where: string, row: string): Promise<string | null> {
  const view = fresh('where');
  try {
    await perform(db, `create view ${view} as select (\n${where}\n) as holds from (select ${row})`);
    const { holds = '' } = await columnsOf(db, view);
    if (NO_TRUTH.test(holds)) return `it gives ${holds}, and no truth value`;
    await perform(db, `select count(*) from ${view} where holds`);
    return null;
  } catch (error) {
    db.options.signal?.throwIfAborted();
    return error instanceof Error && MISFIT.test(error.message) ? expressionWords(error) : null;
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}

/**
 * Why SQL makes no column of rows with these types, in words; null: it does. Columns of no type go
 * with everything. Bound in a locked database, without a row.
 */
export async function misfitOfSelect(
  locked: Duck,
  text: string,
  types: Readonly<Record<string, string>>,
): Promise<string | null> {
  const row = rowOf(Object.keys(types), types) || 'null as nothing';
  const made = `(\n${text}\n)`;
  const sql = `explain select try(${made}) from (select ${row}) where ${made} is null`;
  return perform(locked, sql).then(
    () => null,
    (error: unknown) =>
      error instanceof Error && MISFIT.test(error.message) ? expressionWords(error) : null,
  );
}

/** SQL of a row of nulls; those of no type go with everything. */
function rowOf(columns: readonly string[], types: Readonly<Record<string, string>>): string {
  return columns
    .map((name) => {
      const type = types[name] ?? '"NULL"';
      return `${type === '"NULL"' ? 'null' : `null::${type}`} as ${quoteName(name)}`;
    })
    .join(', ');
}

/** Letters of a value: free text is not copied into logs. */
const LONGEST = 40;

/** The texts that are a truth value for the engine. */
const TRUTH = /^(true|false|t|f|yes|no|y|n|1|0)$/i;

function noTruth(texts: readonly string[] | null): string | null {
  if (texts === null || texts.length === 0 || texts.some((text) => TRUTH.test(text))) return null;
  return `it gives texts, as ${JSON.stringify(cut(texts[0] ?? '', LONGEST))}, and no truth value`;
}
