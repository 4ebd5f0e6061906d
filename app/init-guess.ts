import type { ColumnLook } from '../lake/preview.js';

export type Columns = readonly { name: string; type: string }[];

/** Which column plays which role; null: none was found. */
export interface Roles {
  timestamp: string | null;
  id: string | null;
  prediction: string | null;
  label: string | null;
  version: string | null;
}

/** What the monitor says of predictions and labels, and why it leaves one out. */
export interface Judged {
  task: 'binary' | 'regression' | 'none';
  /** The section `columns.prediction`. */
  prediction: Readonly<Record<string, string>> | null;
  /** The one entry of `labels`. */
  label: Readonly<Record<string, unknown>> | null;
  notes: readonly string[];
}

/** Below these rows a window is unknown. */
export const ENOUGH = 100;

const TEMPORAL = /^(TIMESTAMP|DATE)/;
const NUMERIC = /^(DOUBLE|FLOAT|DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)/;

/** By type and by the names that people use. */
export function guessRoles(columns: Columns): Roles {
  const find = (pattern: RegExp, type: RegExp = /./): string | null =>
    columns.find((column) => pattern.test(column.name) && type.test(column.type))?.name ?? null;
  const anyTime = columns.find(({ type }) => TEMPORAL.test(type))?.name ?? null;
  const epoch = find(/(^|_)(ts|timestamp|epoch|event_time)(_?ms)?$/i, NUMERIC);
  return {
    timestamp: find(/(^|_)(ts|time|timestamp|date|at)$/i, TEMPORAL) ?? anyTime ?? epoch,
    id: find(/^(id|uid|uuid|guid|key)$/i) ?? find(/_(id|uid|uuid|guid|key)$/i),
    prediction: find(/(proba|probability|score|pred|prediction|y_hat|estimate)/i, NUMERIC),
    label: find(/^(y|(.*_)?(label|target|y_true|outcome|actual))$/i),
    version: find(/^(model_version|version)$/i),
  };
}

/**
 * Columns with a value of its own in nearly each row, all of them one word, as ids are; those of a
 * type for ids first.
 */
export function looksLikeIds(columns: Columns, looks: ReadonlyMap<string, ColumnLook>): string[] {
  const isId = ({ name, type }: Columns[number]): boolean => {
    const { known, apart, some } = looks.get(name) ?? nothing;
    const isWord =
      type === 'UUID' || (type === 'VARCHAR' && some.every((text) => /^\S+$/.test(text)));
    return isWord && known >= ENOUGH && apart >= 0.9 * known;
  };
  const found = columns.filter(isId);
  const typed = found.filter(({ type }) => type === 'UUID');
  return [...new Set([...typed, ...found])].map(({ name }) => name);
}

/** What predictions and labels are, by what is in them. */
export function judgeRoles(
  { prediction, label }: Roles,
  looks: ReadonlyMap<string, ColumnLook>,
): Judged {
  const found = predictionOf(prediction, looks);
  if (label === null) return { ...found, label: null };
  const entry = labelOf(label, found.task, looks);
  return typeof entry === 'string'
    ? { ...found, label: null, notes: [...found.notes, entry] }
    : { ...found, label: entry };
}

function predictionOf(
  column: string | null,
  looks: ReadonlyMap<string, ColumnLook>,
): Omit<Judged, 'label'> {
  const none = { task: 'none' as const, prediction: null, notes: [] };
  if (column === null) return none;
  const { low, high, some } = looks.get(column) ?? nothing;
  if (low === null || high === null) return none;
  if (some.every((value) => isOneOf(value, ['0', '1']))) {
    return { ...none, task: 'binary', prediction: { label: column, kind: 'label' } };
  }
  if (low >= 0 && high <= 1) {
    return { ...none, task: 'binary', prediction: { score: column, kind: 'probability' } };
  }
  if (/(pred|y_hat|estimate)/i.test(column)) {
    return { ...none, task: 'regression', prediction: { value: column, kind: 'value' } };
  }
  const note =
    `${column} runs from ${short(low)} to ${short(high)}, so it is no probability and counts as ` +
    `a feature. If it is what the model predicts: prediction: { value: ${column} }`;
  return { ...none, notes: [note] };
}

/** The entry of `labels`, or the reason why there is none. */
function labelOf(
  column: string,
  task: Judged['task'],
  looks: ReadonlyMap<string, ColumnLook>,
): Readonly<Record<string, unknown>> | string {
  const { known, some, low } = looks.get(column) ?? nothing;
  const left = `${column} looks like a label and is left out (no feature either): `;
  if (known === 0) return `${left}it has no value yet.`;
  if (task === 'none') return `${left}there is no prediction to compare it with.`;
  if (task === 'regression') {
    if (low !== null) return { value: column };
    return `${left}it holds no numbers, and the prediction is one.`;
  }
  if (some.every((value) => isOneOf(value, ['0', '1', 'true', 'false']))) return { value: column };
  const positive = some.filter((value) => isOneOf(value, ['1', 'y', 'yes', 'true', 'positive']));
  if (some.length <= 2 && positive.length === 1) return { value: column, positive };
  const values = `${some.slice(0, 6).join(', ')}${some.length > 6 ? ', …' : ''}`;
  return (
    `${left}it holds ${values}; say which of them count as positive, ` +
    `as labels: [{ value: ${column}, positive: [${some[0] ?? 'yes'}] }]`
  );
}

const nothing: ColumnLook = { known: 0, apart: 0, low: null, high: null, some: [] };

function isOneOf(value: string, words: readonly string[]): boolean {
  const text = /^[01]\.0+$/.test(value) ? value.slice(0, 1) : value.toLowerCase();
  return words.includes(text);
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
