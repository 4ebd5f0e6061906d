import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import {
  ROW_NUMBER,
  USUAL_LABELS,
  type LabelSource,
  type Monitor,
  type SourceSpec,
} from '../domain/monitor.js';
import { predictionColumns, type Prediction } from '../domain/prediction.js';
import type { FileKind } from '../domain/source-spec.js';
import type { Duck } from '../lake/duck.js';
import { firstTexts } from '../lake/source-columns.js';
import type { Seen } from './validate-seen.js';
import { isMade } from './validate-shape.js';
import {
  faultOfLabels,
  faultOfNumbers,
  faultOfNumeric,
  faultOfProbabilities,
  faultOfScores,
  faultOfTimes,
  faultOfVectors,
  faultOfWeights,
} from './value-faults.js';

/** Keys of `columns.prediction` whose columns hold numbers. */
const NUMBERS = ['score', 'value', 'position', 'probabilities', 'threshold'];

/** What the first values of a source say of a key of the file; null: nothing is wrong. */
interface Asked {
  source: SourceSpec;
  column: string;
  path: (string | number)[];
  faultOf: (texts: readonly string[], kind: FileKind) => string | null;
}

/**
 * Columns whose first values are not what the monitor takes them for: predictions that are no
 * numbers, times that are none, labels of which none is positive, features of another type. Sources
 * that cannot be read say nothing.
 */
export async function valueProblems(
  db: Duck,
  { monitor, isRight, problemAt }: DraftMonitor,
  look: (source: SourceSpec) => Promise<Seen>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { source, column, path, faultOf } of askedOf({ monitor, isRight })) {
    const { newest } = await look(source);
    if (isMade(source, column)) continue;
    const texts = newest === null ? null : await firstTexts(db, { ...newest, column });
    if (newest === null || texts === null || texts.length === 0) continue;
    const fault = faultOf(texts, newest.kind);
    if (fault !== null) problems.push(problemAt(path, fault));
  }
  return problems;
}

/** What sections say that are right; what labels should be is a matter of the task. */
function askedOf({ monitor, isRight }: Pick<DraftMonitor, 'monitor' | 'isRight'>): Asked[] {
  if (!isRight('predictions') || !isRight('columns')) return [];
  const labels = isRight('labels') && isRight('model') ? ofLabels(monitor) : [];
  const roles = [
    ...ofTime(monitor),
    ...ofPrediction(monitor),
    ...ofPropensity(monitor),
    ...ofWeight(monitor),
  ];
  return [...roles, ...ofOverrides(monitor), ...labels];
}

function ofTime({ predictions, columns }: Monitor): Asked[] {
  const { column } = columns.timestamp;
  if (column === ROW_NUMBER) return [];
  return [{ source: predictions, column, path: ['columns', 'timestamp'], faultOf: faultOfTimes }];
}

/** Of types that not every value has, limits too: any can be a category, or a text. */
function ofOverrides({ predictions, columns }: Monitor): Asked[] {
  return Object.entries(columns.features.overrides).flatMap(([column, override]) => {
    const limit = (['min', 'max'] as const).find((key) => override[key] !== undefined);
    const type = override.type ?? (limit === undefined ? null : 'numeric');
    if (type !== 'numeric' && type !== 'vector') return [];
    const key = override.type === null ? (limit ?? '') : 'type';
    const path = ['columns', 'features', 'overrides', column, key];
    const faultOf = type === 'numeric' ? faultOfNumeric : faultOfVectors;
    return [{ source: predictions, column, path, faultOf }];
  });
}

function ofPrediction({ predictions, columns }: Monitor): Asked[] {
  return predictionColumns(columns.prediction)
    .filter(([[key = '']]) => NUMBERS.includes(key))
    .map(([path, column]) => ({
      ...{ source: predictions, column },
      faultOf: faultOf(columns.prediction, path),
      path: ['columns', 'prediction', ...path],
    }));
}

function ofPropensity({ predictions, columns: { action } }: Monitor): Asked[] {
  if (action?.propensity === undefined) return [];
  const path = ['columns', 'action', 'propensity'];
  return [{ source: predictions, column: action.propensity, path, faultOf: faultOfProbabilities }];
}

function ofWeight({ predictions, columns: { weight }, reference: { drift } }: Monitor): Asked[] {
  const at = (source: SourceSpec, column: string | undefined, path: Asked['path']): Asked[] =>
    column === undefined ? [] : [{ source, column, path, faultOf: faultOfWeights }];
  return [
    ...at(predictions, weight, ['columns', 'weight']),
    ...(drift?.kind === 'training'
      ? at(drift.from, drift.weight, ['reference', 'drift', 'weight'])
      : []),
  ];
}

function faultOf(prediction: Prediction | null, [key]: readonly string[]): Asked['faultOf'] {
  if (key === 'probabilities' || key === 'threshold') return faultOfProbabilities;
  return prediction?.kind === 'probability' ? faultOfScores : faultOfNumbers;
}

/** When they came, and what they are: numbers, or positive where nobody says which are. */
function ofLabels({ predictions, labels, standIns = [], model }: Monitor): Asked[] {
  return [labels, ...standIns].flatMap((one, index) =>
    one === null ? [] : ofSource(one, index, { predictions, model }),
  );
}

function ofSource(
  { from, value, timestamp, positive }: LabelSource,
  index: number,
  { predictions, model }: Pick<Monitor, 'predictions' | 'model'>,
): Asked[] {
  const asked = (key: string, column: string, fault: Asked['faultOf']): Asked => {
    return { source: from ?? predictions, column, path: ['labels', index, key], faultOf: fault };
  };
  const isUsual = positive.join() === USUAL_LABELS.positive.join();
  const isNumber = model.task === 'regression';
  return [
    ...(timestamp === null ? [] : [asked('timestamp', timestamp, faultOfTimes)]),
    ...(isNumber ? [asked('value', value, faultOfNumbers)] : []),
    ...(!isNumber && isUsual ? [asked('value', value, faultOfLabels)] : []),
  ];
}
