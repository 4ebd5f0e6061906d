import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import { USUAL_LABELS, type Monitor, type SourceSpec } from '../domain/monitor.js';
import { predictionColumns } from '../domain/prediction.js';
import type { Duck } from '../lake/duck.js';
import { firstTexts } from '../lake/source-columns.js';
import type { Seen } from './validate-files.js';

/** Values named in a message. */
const NAMED = 3;

/** Keys of `columns.prediction` whose columns hold numbers. */
const NUMBERS: ReadonlySet<string | undefined> = new Set([
  'score',
  'value',
  'position',
  'probabilities',
]);

/** What the first values of a source say of a key of the file; null: nothing is wrong. */
interface Valued {
  source: SourceSpec;
  column: string;
  path: (string | number)[];
  faultOf: (texts: readonly string[]) => string | null;
}

/**
 * Columns whose first values are not what the monitor takes them for: predictions that are no
 * numbers, labels of which none is positive. Sources that cannot be read say nothing.
 */
export async function valueProblems(
  db: Duck,
  draft: DraftMonitor,
  look: (source: SourceSpec) => Promise<Seen>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { source, column, path, faultOf } of valuedBy(draft)) {
    const { newest } = await look(source);
    if (newest === null) continue;
    const texts = await firstTexts(db, { ...newest, column });
    const fault = texts === null || texts.length === 0 ? null : faultOf(texts);
    if (fault !== null) problems.push(draft.problemAt(path, fault));
  }
  return problems;
}

/** What sections say that are right; the task is a matter of two of them. */
function valuedBy({ monitor, isRight }: DraftMonitor): Valued[] {
  if (!isRight('predictions') || !isRight('columns')) return [];
  const labels = isRight('labels') && isRight('model') ? labelsOf(monitor) : [];
  return [...predictionsOf(monitor), ...labels];
}

function predictionsOf({ predictions, columns }: Monitor): Valued[] {
  return predictionColumns(columns.prediction)
    .filter(([[key]]) => NUMBERS.has(key))
    .map(([path, column]) => ({
      ...{ source: predictions, column, faultOf: faultOfNumbers },
      path: ['columns', 'prediction', ...path],
    }));
}

function labelsOf({ predictions, labels }: Monitor): Valued[] {
  // Only classes that are positive or not have these.
  if (labels?.positive.join() !== USUAL_LABELS.positive.join()) return [];
  const source = labels.from ?? predictions;
  return [{ source, column: labels.value, path: ['labels', 0, 'value'], faultOf: faultOfLabels }];
}

function faultOfNumbers(texts: readonly string[]): string | null {
  if (texts.some((text) => text.trim() !== '' && !Number.isNaN(Number(text)))) return null;
  return `expected a column of numbers, got ${listed(texts)}`;
}

function faultOfLabels(texts: readonly string[]): string | null {
  const values = texts.map((text) => plain(text.trim().toLowerCase()));
  const strange = texts.filter((_, index) => !NEGATIVE.has(values[index] ?? ''));
  if (strange.length === 0 || values.some((value) => POSITIVE.has(value))) return null;
  const likely = strange.find((text) => /^(y|yes|t|p|pos|positive)$/i.test(text)) ?? strange[0];
  return (
    `expected labels of which some are positive (1, true), got ${listed(texts)}. ` +
    `Say which are: positive: [${likely ?? 'yes'}]`
  );
}

const POSITIVE: ReadonlySet<string> = new Set(USUAL_LABELS.positive);
const NEGATIVE: ReadonlySet<string> = new Set([...USUAL_LABELS.negative, '']);

/** 1 for 1.0. */
const plain = (text: string): string =>
  text !== '' && Number.isInteger(Number(text)) ? String(Number(text)) : text;

const listed = (texts: readonly string[]): string =>
  [...new Set(texts)]
    .slice(0, NAMED)
    .map((text) => JSON.stringify(text))
    .join(', ');
