import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { SourceSpec } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import { deliveredIn, namesOnly, NO_TYPE } from '../lake/delivered.js';
import type { Duck } from '../lake/duck.js';
import { unknownColumn, type Seen } from './validate-seen.js';

/**
 * What the files of a source have once its rows are unnested and columns are made of others. Where
 * nobody can tell the fields of a list, as of a query, the columns are not known.
 */
export async function withShape(db: Duck, seen: Seen, { shape }: SourceSpec): Promise<Seen> {
  if (shape === undefined || seen.columns === null) return seen;
  const { unnest = null, select = {} } = shape;
  if (unnest !== null && seen.newest === null) return { ...seen, columns: null };
  const { delivered, fault } = await deliveredOf(db, { ...seen, columns: seen.columns }, unnest);
  const names = Object.keys(delivered);
  const columns = new Set(names);
  for (const [name, text] of Object.entries(select)) {
    if (await namesOnly(db, text, names)) columns.add(name);
  }
  return { ...seen, columns: [...columns], delivered, ...(fault !== null && { fault }) };
}

type Known = Seen & { columns: readonly string[] };

async function deliveredOf(
  db: Duck,
  seen: Known,
  unnest: string | null,
): Promise<{ delivered: Record<string, string>; fault: string | null }> {
  const { newest, columns } = seen;
  const plain = Object.fromEntries(columns.map((name) => [name, NO_TYPE]));
  if (unnest !== null && !columns.includes(unnest)) {
    return { delivered: plain, fault: unknownColumn(unnest, [...columns].sort(), [seen]) };
  }
  if (newest === null) return { delivered: plain, fault: null };
  try {
    const { types, flat } = await deliveredIn(db, { ...newest, columns }, unnest);
    const fault =
      flat === null ? null : `expected a column of lists, got ${flat} as "${unnest ?? ''}"`;
    const others = Object.entries(plain).filter(([name]) => name !== unnest);
    return { delivered: { ...Object.fromEntries(others), ...types }, fault };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const said = error.message.slice(`${error.file}: `.length);
    return { delivered: plain, fault: said.replace(/^predictions\.unnest: /, '') };
  }
}

/** Whether a column is made of others, so that no file has its values. */
export function isMade({ shape }: SourceSpec, column: string): boolean {
  return shape?.unnest === column || shape?.select?.[column] !== undefined;
}

/** What is wrong with the column that is unnested. */
export async function shapeProblems(
  { monitor, isRight, problemAt }: DraftMonitor,
  look: (source: SourceSpec) => Promise<Seen>,
): Promise<Problem[]> {
  const { predictions } = monitor;
  if (!isRight('predictions') || predictions.shape === undefined) return [];
  const { fault } = await look(predictions);
  return fault === undefined ? [] : [problemAt(['predictions', 'unnest'], fault)];
}
