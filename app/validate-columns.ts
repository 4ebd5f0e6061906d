import { didYouMean } from '../config/spelling.js';
import { valueAt } from '../config/known-keys.js';
import type { Problem } from '../config/problem.js';
import { checkNamed } from '../checks/index.js';
import { predictionColumns } from '../domain/prediction.js';
import { ROW_NUMBER, type Monitor, type SourceSpec } from '../domain/monitor.js';
import { withDuck, type Duck, type DuckOptions } from '../lake/duck.js';
import { SourceError } from '../domain/source.js';
import { isFiles } from '../domain/source-spec.js';
import { columnsIn } from '../lake/source-columns.js';
import { isExpression } from '../lake/window-parts.js';
import { askedOf, look } from '../sources/locate.js';
import type { Asked, World } from '../sources/source.js';
import type { LoadedModel } from './load.js';

/** Files of one source that are looked at, the newest by name. */
const MOST_FILES = 20;

type Path = (string | number)[];

/** Columns that a file names, each with where, and the sources of which one should have it. */
interface Named {
  column: string;
  path: Path;
  sources: readonly SourceSpec[];
}

/** What the files of a source have. */
interface Seen {
  columns: readonly string[];
  /** In words, for whoever misses a column. */
  files: string;
}

/** Columns that no file of their source has. Sources whose files cannot be read say nothing. */
export async function columnProblems(
  { options, world }: { options: DuckOptions; world: World },
  models: readonly LoadedModel[],
): Promise<Problem[]> {
  const seen = new Map<string, Promise<Seen | null>>();
  return withDuck(options, async (db) => {
    const problems: Problem[] = [];
    for (const model of models) {
      const asked = askedOf(model.published.monitor, null);
      const lookAt = (source: SourceSpec): Promise<Seen | null> => {
        const key = JSON.stringify([source, asked]);
        const found = seen.get(key) ?? seenOf(db, source, { asked, world });
        seen.set(key, found);
        return found;
      };
      for (const named of namedBy(model)) {
        const [first, ...others] = await Promise.all(named.sources.map(lookAt));
        // Without the rows themselves nothing is known, whatever a reference has.
        if (first === null || first === undefined) continue;
        const all = [first, ...others.filter((one) => one !== null)];
        const there = [...new Set(all.flatMap(({ columns }) => columns))].sort();
        if (there.includes(named.column)) continue;
        problems.push(model.problemAt(named.path, unknown(named.column, there, all)));
      }
    }
    return problems;
  });
}

function unknown(column: string, there: readonly string[], seen: readonly Seen[]): string {
  const files = [...new Set(seen.map((one) => one.files))].join(' and ');
  return (
    `expected a column of ${files}, got "${column}".${didYouMean(column, there)} ` +
    `There are: ${there.join(', ')}`
  );
}

async function seenOf(
  db: Duck,
  source: SourceSpec,
  { asked, world }: { asked: Asked; world: World },
): Promise<Seen | null> {
  const seen = await look(source, asked, world).catch((error: unknown) => {
    if (error instanceof SourceError) return null;
    throw error;
  });
  if (seen === null) return null;
  if (seen.columns !== null) return { columns: seen.columns, files: source.path };
  const newest = seen.files.slice(-MOST_FILES);
  const kind = isFiles(source) ? source.kind : 'format' in source ? source.format : 'parquet';
  const columns = newest.length === 0 ? null : await columnsIn(db, kind, newest);
  if (columns === null || columns.length === 0) return null;
  const some = seen.files.length > newest.length ? `the newest ${MOST_FILES} files of ` : '';
  return { columns, files: `${some}${source.path}` };
}

function namedBy(model: LoadedModel): Named[] {
  const { monitor } = model.published;
  const { predictions, labels, reference, columns } = monitor;
  const training = reference.drift?.kind === 'training' ? [reference.drift.from] : [];
  const either = [predictions, ...training];
  const roles = rolesOf(monitor).map((one) => ({ ...one, sources: [predictions] }));
  const { include, exclude, overrides } = columns.features;
  const listed = (key: string, names: readonly string[]): Named[] =>
    names.map((column, index) => ({
      column,
      path: ['columns', 'features', key, index],
      sources: either,
    }));
  const features = [
    ...listed('include', include === '*' ? [] : include),
    ...listed('exclude', exclude),
    ...Object.keys(overrides).map((column) => ({
      column,
      path: ['columns', 'features', 'overrides', column],
      sources: either,
    })),
    ...targetsOf(model).map((one) => ({ ...one, sources: either })),
    ...monitor.segments.flatMap((segment, index) => {
      if (isExpression(segment)) return [];
      return [{ column: segment.by, path: ['segments', index, 'by'], sources: either }];
    }),
  ];
  if (labels === null) return [...roles, ...features];
  const own = labels.from === null ? [predictions] : [labels.from];
  const theirs = [
    { column: labels.value, path: ['labels', 0, 'value'], sources: own },
    ...(labels.timestamp === null
      ? []
      : [{ column: labels.timestamp, path: ['labels', 0, 'timestamp'], sources: own }]),
    ...Object.entries(labels.on).flatMap(([ours, key]) => [
      { column: ours, path: ['labels', 0, 'join', 'on', ours], sources: [predictions] },
      { column: key, path: ['labels', 0, 'join', 'on', ours], sources: own },
    ]),
  ];
  return [...roles, ...features, ...theirs];
}

function rolesOf({ columns }: Monitor): Omit<Named, 'sources'>[] {
  const { id, timestamp, prediction, version, rowSource } = columns;
  const at = (column: string | null, ...path: Path): Omit<Named, 'sources'>[] =>
    column === null ? [] : [{ column, path: ['columns', ...path] }];
  return [
    ...id.flatMap((column, index) => at(column, 'id', index)),
    ...at(timestamp.column === ROW_NUMBER ? null : timestamp.column, 'timestamp'),
    ...predictionColumns(prediction).flatMap(([path, column]) => at(column, 'prediction', ...path)),
    ...at(version, 'version'),
    ...at(rowSource, 'row_source'),
  ];
}

/** Columns that entries of `checks` are narrowed to. */
function targetsOf({ given, published }: LoadedModel): Omit<Named, 'sources'>[] {
  const listed = valueAt(given, ['checks']);
  const only = Array.isArray(listed) ? [] : ['only'];
  const entries = valueAt(given, ['checks', ...only]);
  return published.monitor.checks
    .filter(({ check }) => checkNamed(check).over === 'feature')
    .flatMap(({ check, name, targets }) => {
      const index = (Array.isArray(entries) ? entries : []).findIndex((entry: unknown) => {
        return (valueAt(entry, ['name']) ?? valueAt(entry, ['check'])) === (name ?? check);
      });
      const key = valueAt(entries, [index, 'targets']) === undefined ? 'columns' : 'targets';
      const path = index < 0 ? ['checks'] : ['checks', ...only, index, key];
      return (targets ?? []).map((column, place) => ({ column, path: [...path, place] }));
    });
}
