import { didYouMean } from '../checks/spelling.js';
import { checkNamed } from '../checks/index.js';
import type { Monitor } from '../domain/monitor.js';
import { BIN, CATEGORY } from '../domain/profile.js';
import type { Evaluated } from '../activities/evaluate.js';
import { UsageError } from './errors.js';
import type { LoadedModel } from './load.js';

/** A column that a monitor names, and where. */
interface Named {
  column: string;
  /** As in the file: `columns.features.exclude`. */
  key: string;
}

/**
 * Refuses a monitor that names a column which neither its reference nor its window has: UsageError
 * with all of them and what is there. A window without columns is no evidence for that.
 */
export function refuseUnknownColumns(
  { file, published }: LoadedModel,
  { evaluation, reference }: Evaluated,
): void {
  const live = Object.keys(evaluation.profile?.types ?? {});
  if (live.length === 0) return;
  refuseTexts({ file, published }, { evaluation, reference });
  const there = [...new Set([...live, ...Object.keys(reference?.profile.types ?? {})])].sort();
  const wrong = namedColumns(published.monitor).filter(({ column }) => !there.includes(column));
  if (wrong.length === 0) return;
  const lines = wrong.map(({ column, key }) => {
    return `${file} ${key}: expected a column of the rows, got "${column}".${didYouMean(column, there)}`;
  });
  throw new UsageError(
    `${lines.join('\n')}\nColumns of the window and the reference: ${there.join(', ')}.`,
  );
}

/** Texts in the window and the reference, none of them a number: wrong from the start. */
function refuseTexts(
  { file, published }: Pick<LoadedModel, 'file' | 'published'>,
  { evaluation, reference }: Pick<Evaluated, 'evaluation' | 'reference'>,
): void {
  const { prediction } = published.monitor.columns;
  // The others have no score.
  if (prediction?.kind !== 'probability' && prediction?.kind !== 'value') return;
  const all = [evaluation.profile?.types, reference?.profile.types].flatMap(
    (types) => types?.[prediction.column] ?? [],
  );
  const scores = Array.from<number | string>(evaluation.profile?.outcomes?.by['score'] ?? []);
  const isNone = scores.every((score) => score === BIN.missing || score === CATEGORY.missing);
  if (!isNone || all.length === 0 || all.some((type) => type !== 'VARCHAR')) return;
  const key = prediction.kind === 'probability' ? 'score' : 'value';
  throw new UsageError(
    `${file} columns.prediction.${key}: expected a column of numbers, got "${prediction.column}", ` +
      'which holds texts in the window and the reference.',
  );
}

function namedColumns({ checks, columns }: Monitor): Named[] {
  const { include, exclude, overrides } = columns.features;
  const under = (key: string, names: readonly string[]): Named[] =>
    names.map((column) => ({ column, key: `columns.features.${key}` }));
  return [
    ...checks
      .filter(({ check }) => checkNamed(check).over === 'feature')
      .flatMap(({ check, targets }) =>
        (targets ?? []).map((column) => ({ column, key: `checks (${check}).targets` })),
      ),
    ...under('include', include === '*' ? [] : include),
    ...under('exclude', exclude),
    ...under('overrides', Object.keys(overrides)),
  ];
}
