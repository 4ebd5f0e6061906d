import { USUAL_LABELS } from '../domain/monitor.js';
import type { Monitor } from '../domain/monitor.js';
import type { Instant, Window } from '../domain/window.js';
import { quoteName, quoteText } from './ask.js';
import { sourceOf } from './profile-label-sources.js';
import { plainText } from './window-time.js';

/** A relation with its columns' types. */
export interface Relation {
  view: string;
  types: Readonly<Record<string, string>>;
}

/** Labels that are open: where they are, and how their columns are called there. */
export interface OpenLabels extends Relation {
  /** Columns of the join on both sides, in one order; null: each prediction holds its label. */
  keys: { labels: readonly string[]; predictions: readonly string[] } | null;
  value: string;
  /** Column of the texts of the values, where those were read as numbers; null: there is none. */
  text: string | null;
  /** When a label became known; null: no label says. */
  time: LabelTime | null;
  /** So many labels there are, where one has a row for each prediction; absent: a row each. */
  all?: number;
}

/** Labels of a source of their own. */
export type Keyed = OpenLabels & { keys: NonNullable<OpenLabels['keys']> };

/** SQL of an instant in ms, null where there is none, and of the text that came and is none. */
export interface LabelTime {
  milliseconds: string;
  untimed: string;
}

/**
 * SQL of a key as text, or a list of texts, null where a part of it is missing: the two sides may
 * differ in their types.
 */
export function keyOf(columns: readonly string[]): string {
  const names = columns.map(quoteName);
  const texts = names.map((name) => `${name}::varchar`);
  if (texts.length === 1) return texts[0] ?? '';
  const isWhole = names.map((name) => `${name} is not null`).join(' and ');
  return `case when ${isWhole} then [${texts.join(', ')}] end`;
}

const WHOLE = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/;

/** SQL of the keys of both sides: whole numbers of one type as they are, for texts cost more. */
export function keysOf(
  { keys, types }: Pick<Keyed, 'keys' | 'types'>,
  predictions: Relation,
): { predictions: string; labels: string } {
  const [here = '', there = ''] = [keys.predictions[0], keys.labels[0]];
  const type = types[there] ?? '';
  const areWhole = keys.labels.length === 1 && WHOLE.test(type);
  return areWhole && predictions.types[here] === type
    ? { predictions: quoteName(here), labels: quoteName(there) }
    : { predictions: keyOf(keys.predictions), labels: keyOf(keys.labels) };
}

/**
 * SQL of value VARCHAR (null: none), unread VARCHAR (a value that came and is none), truth
 * DOUBLE, at_ms DOUBLE, untimed VARCHAR (a time that came and is none), maturity BOOLEAN (without a
 * time it is known) and, where the monitor says so, source VARCHAR.
 */
export function labelOf(monitor: Monitor, labels: OpenLabels, mature: boolean): string {
  const column = quoteName(labels.value);
  const regression = isNumeric(monitor);
  const truth = regression ? `try_cast(${column} as double)` : 'null::double';
  const text = plainText(column, labels.types[labels.value] ?? '');
  const value = regression
    ? `case when isfinite(${truth}) then 'known' end`
    : labelClassOf(text, positives(monitor));
  const came = labels.text === null ? `${column}::varchar` : quoteName(labels.text);
  const { milliseconds, untimed } = labels.time ?? {
    milliseconds: 'null',
    untimed: 'null::varchar',
  };
  return [
    `${value} as value`,
    `case when ${value} is null and trim(${came}) <> '' then ${came} end as unread`,
    `${truth} as truth`,
    `${milliseconds}::double as at_ms`,
    `${untimed} as untimed`,
    `${mature} and (${untimed}) is null as maturity${sourceOf(monitor, labels.types)}`,
  ].join(', ');
}

/** SQL, of what `labelOf` tells: whether there is a label that was known at an instant. */
export const isKnown = (knownAt: Instant): string =>
  `value is not null and coalesce(at_ms <= ${knownAt}, maturity)`;

/** SQL, of a label that lies in its row: had it been known at an instant, if it were one. */
export function inTime(
  { time }: OpenLabels,
  { knownAt, mature }: { knownAt: Instant; mature: boolean },
): string {
  if (time === null) return String(mature);
  const { milliseconds, untimed } = time;
  return `coalesce(${milliseconds}::double <= ${knownAt}, ${mature} and (${untimed}) is null)`;
}

/** The labels are numbers: values, or how relevant an item was. */
export const isNumeric = ({ model }: Pick<Monitor, 'model'>): boolean =>
  model.task === 'regression' || model.task === 'ranking';

/**
 * As `classOf`, of a label: null for what is neither. Where the positive values were named all
 * others are negative, but for a positive one in another spelling.
 */
function labelClassOf(text: string, positive: readonly string[]): string {
  if (positive.length === 0) return text;
  const list = (values: readonly string[]) => values.map(quoteText).join(', ');
  const isUsual = positive.join() === USUAL_LABELS.positive.join();
  const like = positive.map((value) => value.trim().toLowerCase());
  const spelt = `trim(lower(${text}))`;
  const negative = isUsual
    ? `${spelt} in (${list(USUAL_LABELS.negative)})`
    : `${spelt} not in (${list(like)}, '')`;
  return `case when ${text} in (${list(positive)}) then '1' when ${negative} then '0' end`;
}

/** The values of a label, or of a class, that are positive. */
export const positives = (monitor: Monitor): readonly string[] => monitor.labels?.positive ?? [];

/** A label without a time is known once every row of the window would have its label. */
export const isMature = (window: Window, matureAfter: number, knownAt: Instant): boolean =>
  window.end + matureAfter <= knownAt;
