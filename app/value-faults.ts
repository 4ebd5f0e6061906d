import { cut } from '../domain/alerting/notice-text-cut.js';
import { USUAL_LABELS } from '../domain/monitor.js';
import type { FileKind } from '../domain/source-spec.js';
import { looksLikeTime } from '../lake/window-time.js';

/** Values named in a message. */
const NAMED = 3;
/** Letters of each: free text is not copied into logs. */
const LONGEST = 40;

export function faultOfTimes(texts: readonly string[], kind: FileKind): string | null {
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
export function faultOfNumeric(texts: readonly string[], kind: FileKind): string | null {
  const isTyped = kind === 'parquet';
  const isSpecial = (text: string): boolean =>
    /^[-+]?(nan|inf|infinity)?$/i.test(text.trim()) || (isTyped && /^(true|false)$/.test(text));
  return texts.some(isSpecial) ? null : faultOfNumbers(texts);
}

export function faultOfVectors(texts: readonly string[]): string | null {
  if (texts.some((text) => /^\s*(\[.*\])?\s*$/s.test(text))) return null;
  return `expected a column of lists of numbers, as [0.1, 0.2], got ${listed(texts)}`;
}

export function faultOfNumbers(texts: readonly string[]): string | null {
  if (texts.some((text) => text.trim() !== '' && !Number.isNaN(Number(text)))) return null;
  return `expected a column of numbers, got ${listed(texts)}`;
}

export function faultOfScores(texts: readonly string[]): string | null {
  const fault = faultOfProbabilities(texts);
  if (fault === null || !fault.includes('probabilities')) return fault;
  return `${fault}. kind: value is for scores that are no probabilities`;
}

/** A few beyond 0 and 1 are a fault of the rows; most of them, of the file. */
export function faultOfProbabilities(texts: readonly string[]): string | null {
  const numbers = texts.map(Number).filter((value) => Number.isFinite(value));
  const beyond = numbers.filter((value) => value < 0 || value > 1);
  if (beyond.length <= numbers.length / 2) return faultOfNumbers(texts);
  const seen = listed(beyond.map(String));
  return `expected a column of probabilities, from 0 to 1, got ${seen}`;
}

/** A few below 0 count nothing; of most of them it is said what they are. */
export function faultOfWeights(texts: readonly string[]): string | null {
  const numbers = texts.map(Number).filter((value) => Number.isFinite(value));
  const below = numbers.filter((value) => value < 0);
  if (below.length <= numbers.length / 2) return faultOfNumbers(texts);
  return `expected a column of weights, 0 or more, got ${listed(below.map(String))}`;
}

export function faultOfLabels(texts: readonly string[]): string | null {
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
