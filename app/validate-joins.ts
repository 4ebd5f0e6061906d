import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { SourceSpec } from '../domain/monitor.js';
import type { JoinSpec } from '../domain/source-spec.js';
import { twinWords } from '../lake/window-join.js';
import { unknownColumn, type Seen } from './validate-seen.js';

type Look = (source: SourceSpec) => Promise<Seen>;

/**
 * What the files of a source have once others join them. Where nobody can tell the columns of one,
 * those of all are not known.
 */
export async function withJoins(seen: Seen, { joins }: SourceSpec, look: Look): Promise<Seen> {
  if (joins === undefined || seen.columns === null) return seen;
  const columns = new Set(seen.columns);
  const files = [seen.files];
  for (const join of joins) {
    const other = await look(join.from);
    if (other.columns === null) return { ...seen, columns: null };
    for (const column of joinedOf(join, other.columns)) columns.add(column);
    files.push(other.files);
  }
  const own = { columns: seen.columns, files: seen.files };
  return { ...seen, columns: [...columns], own, files: files.join(' and ') };
}

/** The columns that come of a source. */
function joinedOf({ on, columns }: JoinSpec, there: readonly string[]): string[] {
  const keys = Object.values(on);
  return there.filter((name) => !keys.includes(name) && (columns?.includes(name) ?? true));
}

/**
 * Keys and columns of joins that no file has, columns of a name that the rows have, and event times
 * that are joined. Sources whose files cannot be read say nothing.
 */
export async function joinProblems(draft: DraftMonitor, look: Look): Promise<Problem[]> {
  const { monitor, isRight, problemAt } = draft;
  const { joins = [] } = monitor.predictions;
  const problems: Problem[] = [];
  if (!isRight('predictions') || !isRight('joins') || joins.length === 0) return problems;
  const rows = await look(monitor.predictions);
  const { own } = rows;
  if (own === undefined) return problems;
  const known = [...own.columns];
  for (const [index, join] of joins.entries()) {
    const other = await look(join.from);
    const at = (...path: (string | number)[]) => ['joins', index, ...path];
    const named = [
      ...Object.entries(join.on).flatMap(([ours, theirs]) => [
        { column: ours, path: at('on', ours), seen: { ...rows, ...own }, there: known },
        { column: theirs, path: at('on', ours), seen: other, there: other.columns ?? [] },
      ]),
      ...(join.columns ?? []).map((column, place) => {
        return { column, path: at('columns', place), seen: other, there: other.columns ?? [] };
      }),
    ];
    for (const { column, path, seen, there } of named) {
      if (there.includes(column)) continue;
      problems.push(problemAt(path, unknownColumn(column, [...there].sort(), [seen])));
    }
    for (const column of joinedOf(join, other.columns ?? [])) {
      const twin = known.find((one) => one.toLowerCase() === column.toLowerCase());
      if (twin === undefined) known.push(column);
      else problems.push(problemAt(at('name'), twinWords(join.name, column, twin)));
    }
  }
  const { column } = monitor.columns.timestamp;
  if (isRight('columns') && !own.columns.includes(column) && known.includes(column)) {
    const message = `expected a column of the predictions, got "${column}", which is joined`;
    problems.push(problemAt(['columns', 'timestamp'], message));
  }
  return problems;
}
