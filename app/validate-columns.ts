import { valueAt } from '../config/known-keys.js';
import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import { checkNamed } from '../checks/index.js';
import { actionColumns } from '../domain/action.js';
import { predictionColumns } from '../domain/prediction.js';
import { ROW_NUMBER } from '../domain/monitor.js';
import type { LabelSource, Monitor, ReferenceSource, SourceSpec } from '../domain/monitor.js';
import { isExpression } from '../lake/window-parts.js';
import { unknownColumn, type Seen } from './validate-seen.js';

type Path = (string | number)[];

/** Columns that a file names, each with where, and the sources of which one should have it. */
interface Named {
  column: string;
  path: Path;
  sources: readonly SourceSpec[];
}

/** Columns that no file of their source has. Sources whose files cannot be read say nothing. */
export async function columnProblems(
  draft: DraftMonitor,
  look: (source: SourceSpec) => Promise<Seen>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { column, path, sources } of namedBy(draft)) {
    const [first, ...others] = await Promise.all(sources.map(look));
    // Without the rows themselves nothing is known, whatever a reference has.
    if (first?.columns == null) continue;
    const all = [first, ...others.filter(({ columns }) => columns !== null)];
    const there = [...new Set(all.flatMap(({ columns }) => columns ?? []))].sort();
    if (there.includes(column)) continue;
    problems.push(draft.problemAt(path, unknownColumn(column, there, all)));
  }
  return problems;
}

/** What sections ask that are right: what stands in for another has no such column. */
function namedBy(draft: DraftMonitor): Named[] {
  const { isRight } = draft;
  if (!isRight('predictions') || !isRight('joins')) return [];
  return allNamed(draft).filter(({ path: [section, key] }) => {
    if (!isRight(String(section))) return false;
    // Only these are asked of the rows alone; a reference that is wrong may have the others.
    return (
      section === 'labels' || (section === 'columns' && key !== 'features') || isRight('reference')
    );
  });
}

function allNamed(draft: DraftMonitor): Named[] {
  const { monitor } = draft;
  const { predictions, labels, standIns = [], reference, columns } = monitor;
  const training = reference.drift?.kind === 'training' ? [reference.drift.from] : [];
  const either = [predictions, ...training];
  const roles = rolesOf(monitor).map((one) => ({ ...one, sources: [predictions] }));
  const weights = weightsOf(reference);
  const { include, exclude, overrides } = columns.features;
  const listed = (key: string, names: readonly string[]): Named[] =>
    names.flatMap((column, index) => {
      // That it stands for all is told, not that no file has it.
      if (column === '*') return [];
      return [{ column, path: ['columns', 'features', key, index], sources: either }];
    });
  const features = [
    ...listed('include', include === '*' ? [] : include),
    ...listed('exclude', exclude),
    ...Object.keys(overrides).map((column) => ({
      column,
      path: ['columns', 'features', 'overrides', column],
      sources: either,
    })),
    ...targetsOf(draft).map((one) => ({ ...one, sources: either })),
    ...monitor.segments.flatMap((segment, index) => {
      if (isExpression(segment)) return [];
      return [{ column: segment.by, path: ['segments', index, 'by'], sources: either }];
    }),
  ];
  const theirs = [labels, ...standIns].flatMap((one, index) =>
    one === null ? [] : labelColumns(draft, one, index),
  );
  return [...roles, ...weights, ...features, ...theirs];
}

/** What the rows of training files weigh. */
function weightsOf({ drift, others }: Monitor['reference']): Named[] {
  const at = (source: ReferenceSource | null, ...path: Path): Named[] =>
    source?.kind !== 'training' || source.weight === undefined
      ? []
      : [{ column: source.weight, path: ['reference', ...path, 'weight'], sources: [source.from] }];
  return [
    ...at(drift, 'drift'),
    ...Object.entries(others).flatMap(([name, one]) => at(one, 'others', name)),
  ];
}

/** What an entry of `labels:` names, of its own file and of the predictions. */
function labelColumns(draft: DraftMonitor, labels: LabelSource, index: number): Named[] {
  const { predictions } = draft.monitor;
  const sources = [labels.from ?? predictions];
  const at = (column: string | null | undefined, ...path: Path): Named[] =>
    column == null ? [] : [{ column, path: ['labels', index, ...path], sources }];
  return [
    ...at(labels.value, 'value'),
    ...at(labels.timestamp, 'timestamp'),
    ...at(labels.labelSource?.column, 'label_source', 'column'),
    ...Object.entries(labels.on).flatMap(([ours, key], place) => {
      const path = keyPath(draft, ours, { index, place });
      return [
        { column: ours, path, sources: [predictions] },
        { column: key, path, sources },
      ];
    }),
  ];
}

/** Where the file names a key: an entity stands by itself or in a list. */
function keyPath(
  { given }: DraftMonitor,
  ours: string,
  { index, place }: { index: number; place: number },
): Path {
  const join: Path = ['labels', index, 'join'];
  const entity = valueAt(given, [...join, 'entity']);
  if (entity === undefined) return [...join, 'on', ours];
  return [...join, 'entity', ...(Array.isArray(entity) ? [place] : [])];
}

function rolesOf({ columns }: Monitor): Omit<Named, 'sources'>[] {
  const { id, timestamp, prediction, version, rowSource, action } = columns;
  const { entity = [], item = null, group = null, weight = null, arm, traffic } = columns;
  const at = (column: string | null, ...path: Path): Omit<Named, 'sources'>[] =>
    column === null ? [] : [{ column, path: ['columns', ...path] }];
  return [
    ...id.flatMap((column, index) => at(column, 'id', index)),
    ...entity.flatMap((column, index) => at(column, 'entity', index)),
    ...at(timestamp.column === ROW_NUMBER ? null : timestamp.column, 'timestamp'),
    ...predictionColumns(prediction).flatMap(([path, column]) => at(column, 'prediction', ...path)),
    ...at(version, 'version'),
    ...at(rowSource, 'row_source'),
    ...at(item, 'item'),
    ...at(group, 'group'),
    ...at(weight, 'weight'),
    ...at(arm?.column ?? null, 'arm', 'column'),
    ...at(traffic?.column ?? null, 'traffic', 'column'),
    ...actionColumns(action).flatMap(([path, column]) => at(column, 'action', path)),
  ];
}

/** Columns whose texts are read as the monitor needs them, whatever they look like. */
export function neededIn(monitor: Monitor): string[] {
  const { columns, labels, standIns = [] } = monitor;
  const ofLabels = [labels, ...standIns].flatMap((one) => {
    const own = [one?.value, one?.timestamp, one?.labelSource?.column];
    return [...own, ...Object.entries(one?.on ?? {})];
  });
  return [
    ...rolesOf(monitor).map(({ column }) => column),
    ...Object.keys(columns.features.overrides),
    ...ofLabels.flat().filter((column) => column != null),
  ];
}

/** Columns that entries of `checks` are narrowed to. */
function targetsOf({ given, monitor }: DraftMonitor): Omit<Named, 'sources'>[] {
  const listed = valueAt(given, ['checks']);
  const only = Array.isArray(listed) ? [] : ['only'];
  const entries = valueAt(given, ['checks', ...only]);
  return monitor.checks
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
