import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import { cut } from '../domain/alerting/notice-text-cut.js';
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
import { looksLikeTime } from '../lake/window-time.js';
import type { Seen } from './validate-seen.js';
import { isMade } from './validate-shape.js';

/** Values named in a message. */
const NAMED = 3;
/** Letters of each: free text is not copied into logs. */
const LONGEST = 40;

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
  const roles = [...ofTime(monitor), ...ofPrediction(monitor), ...ofPropensity(monitor)];
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

function faultOfTimes(texts: readonly string[], kind: FileKind): string | null {
  // A number in a typed file is a time of any size; of a date's digits it would be one of 1970.
  const isTyped = (text: string): boolean =>
    kind === 'parquet' && text !== '' && !Number.isNaN(Number(text)) && !isDateInDigits(text);
  const isTime = (text: string): boolean => looksLikeTime(text) || isTyped(text);
  if (texts.some(isTime) || texts.every((text) => text.trim() === '')) return null;
  const wanted = 'ISO 8601, or seconds or ms since 1970';
  return `expected a column of times (${wanted}), got ${listed(texts)}`;
}

/** 20261105. */
const isDateInDigits = (text: string): boolean =>
  /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(text);

/** Of a feature: no number at all, nor what stands for one, as nan and a typed file's true. */
function faultOfNumeric(texts: readonly string[], kind: FileKind): string | null {
  const isTyped = kind === 'parquet';
  const isSpecial = (text: string): boolean =>
    /^[-+]?(nan|inf|infinity)?$/i.test(text.trim()) || (isTyped && /^(true|false)$/.test(text));
  return texts.some(isSpecial) ? null : faultOfNumbers(texts);
}

function faultOfVectors(texts: readonly string[]): string | null {
  if (texts.some((text) => /^\s*(\[.*\])?\s*$/s.test(text))) return null;
  return `expected a column of lists of numbers, as [0.1, 0.2], got ${listed(texts)}`;
}

function faultOfNumbers(texts: readonly string[]): string | null {
  if (texts.some((text) => text.trim() !== '' && !Number.isNaN(Number(text)))) return null;
  return `expected a column of numbers, got ${listed(texts)}`;
}

function faultOfScores(texts: readonly string[]): string | null {
  const fault = faultOfProbabilities(texts);
  if (fault === null || !fault.includes('probabilities')) return fault;
  return `${fault}. kind: value is for scores that are no probabilities`;
}

/** A few beyond 0 and 1 are a fault of the rows; most of them, of the file. */
function faultOfProbabilities(texts: readonly string[]): string | null {
  const numbers = texts.map(Number).filter((value) => Number.isFinite(value));
  const beyond = numbers.filter((value) => value < 0 || value > 1);
  if (beyond.length <= numbers.length / 2) return faultOfNumbers(texts);
  const seen = listed(beyond.map(String));
  return `expected a column of probabilities, from 0 to 1, got ${seen}`;
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
    .map((text) => JSON.stringify(cut(text, LONGEST)))
    .join(', ');
