import { actionColumns } from '../domain/action.js';
import type { Monitor } from '../domain/monitor.js';
import { quoteName } from './ask.js';
import { decisionOf } from './profile-decisions.js';
import { isSourced } from './profile-label-sources.js';
import { ABOVE, answerOf, versionOf } from './profile-predicted.js';
import { inTime, isNumeric, labelOf } from './profile-projections.js';
import type { OpenLabels, Relation } from './profile-projections.js';

/** Rows of a window that hold their labels themselves, or have none. */
export interface OwnRows extends Relation {
  labels: OpenLabels | null;
  /** Labels with a later time are not known. */
  knownAt: number;
  /** A label without a time is known. */
  mature: boolean;
}

/** What parts the rows, and SQL of the cell of a score. */
export interface Cut {
  keys: readonly string[];
  bin: (score: string) => string;
}

const SCORE = quoteName('score of the row');
const IN_TIME = quoteName('label in time');
const BIN = quoteName('cell of the score');
const ROWS = quoteName('rows alike');
const SUM = quoteName('sum of their scores');

/** True where an outcome is made of few values beside its score: no numbers, and no chances. */
export const areAlike = ({ model, columns: { prediction, action } }: Monitor): boolean =>
  model.task !== 'regression' &&
  prediction?.ranking === undefined &&
  prediction?.probabilities === undefined &&
  action?.propensity === undefined;

/**
 * SQL of rows that are alike in all that their outcomes are made of, one row each: the keys, bin,
 * predicted, label, version, n, scores, and where the monitor tells them decision and source. Texts
 * are looked at once for each kind of rows, and not for each row.
 */
export function alikeOf(monitor: Monitor, own: OwnRows, { keys, bin }: Cut): string {
  const { types, view, labels } = own;
  const { action } = monitor.columns;
  const { score, above, predicted } = answerOf(monitor, own);
  const raw = [...keys, ...rawOf(monitor, own)].map(quoteName);
  const told = [
    ...(above === null ? [] : [{ name: ABOVE, sql: above }]),
    ...(labels === null ? [] : [{ name: IN_TIME, sql: inTime(labels, own) }]),
  ];
  const names = [...raw, ...told.map(({ name }) => name)];
  const read = [...told, { name: SCORE, sql: score }].map(({ name, sql }) => `${sql} as ${name}`);
  const grouped =
    `select ${[...names, `${bin(SCORE)} as ${BIN}`].join(', ')}, count(*) as ${ROWS}, ` +
    `sum(${SCORE}) as ${SUM} ` +
    `from (select ${[...raw, ...read].join(', ')} from ${view}) group by all`;
  const meant = [
    ...keys.map(quoteName),
    ...[`${BIN} as bin`, `${ROWS} as n`, `${SUM} as scores`, `${predicted} as predicted`],
    `${versionOf(monitor, own)} as version`,
    ...(action === undefined ? [] : [`${decisionOf(action, types)} as decision`]),
  ];
  return labelled(monitor, own, { grouped, meant: meant.join(', ') });
}

function labelled(
  monitor: Monitor,
  { labels, mature }: OwnRows,
  { grouped, meant }: Record<'grouped' | 'meant', string>,
): string {
  const sourced = isSourced(monitor);
  if (labels === null) {
    return `select ${meant}, '' as label${sourced ? ", '' as source" : ''} from (${grouped})`;
  }
  const label = labelOf(monitor, { ...labels, time: null }, mature);
  const known = `value is not null and ${IN_TIME}`;
  const only = (name: string, as: string) => `case when ${known} then ${name} else '' end as ${as}`;
  const others = sourced ? 'exclude (source)' : '';
  const source = sourced ? `, ${only('source', 'source')}` : '';
  return (
    `select * ${others}, ${only('value', 'label')}${source} ` +
    `from (select ${meant}, ${IN_TIME}, ${label} from (${grouped}))`
  );
}

/**
 * SQL of labels that lie in their rows, one row for those alike: what `labelOf` tells, SQL that is
 * given, and n. With times, and of numbers, none are alike.
 */
export function labelsAlike(
  monitor: Monitor,
  { from, labels, label }: { from: string; labels: OpenLabels; label: string },
): string {
  if (labels.time !== null || isNumeric(monitor)) return `select ${label}, 1 as n from ${from}`;
  const names = labelColumns(monitor, labels).map(quoteName).join(', ');
  const alike = `select ${names}, count(*) as ${ROWS} from ${from} group by all`;
  return `select ${label}, ${ROWS} as n from (${alike})`;
}

function labelColumns({ labels: spec }: Monitor, { value, text, types }: OpenLabels): string[] {
  const source = spec?.labelSource?.column;
  const named = [value, ...(text === null ? [] : [text])];
  return source !== undefined && source in types ? [...named, source] : named;
}

/** Columns whose texts say what became of a row, what was answered, and what its label is. */
function rawOf(monitor: Monitor, { types, labels }: OwnRows): string[] {
  const { prediction, version, action } = monitor.columns;
  const named = [
    ...actionColumns(action).map(([, column]) => column),
    ...(version === null ? [] : [version]),
    ...(prediction?.kind === 'label' ? [prediction.column] : []),
    ...(labels === null ? [] : labelColumns(monitor, labels)),
  ];
  return [...new Set(named)].filter((column) => column in types);
}
