import type { LabelSource, Monitor } from '../domain/monitor.js';
import { byColumn } from '../domain/profile.js';
import type { Grid } from '../domain/profile.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { quoteName } from './ask.js';
import { holdsNothing } from './blank.js';
import type { Duck } from './duck.js';
import { withAnswers } from './first-after.js';
import { delaysOf } from './label-delays.js';
import type { Binning } from './profile-columns.js';
import { outcomesOf } from './profile-outcomes.js';
import type { OutcomesFound } from './profile-outcomes.js';
import { isNumeric } from './profile-projections.js';
import type { LabelTime, OpenLabels, Relation } from './profile-projections.js';
import type { Want } from './window-casts.js';
import { columnsOf } from './window-files.js';
import type { Parts } from './window-parts.js';
import { withRows } from './window-rows.js';
import { clockOf, parsedTime } from './window-time.js';
import type { TimeSpec } from './window-time.js';

/** The rows of a window, and where their labels may be. */
export interface Meeting {
  monitor: Monitor;
  grid: Grid;
  binning: Binning;
  rows: Relation & { files: string; parts?: Parts | null };
  /** Files of the label source; null: labels are in the predictions, or there are none. */
  labels: Located | null;
  knownAt: Instant;
  mature: boolean;
  /** As in OutcomesSpec. */
  every?: boolean;
}

/**
 * Joins the predictions of a window with their labels, wherever they are. Throws SourceError when
 * a label file cannot be read or lacks a column of the join.
 */
export async function meetLabels(db: Duck, meeting: Meeting): Promise<OutcomesFound> {
  return withLabels(db, meeting, async (labels) => {
    const found = await outcomesOf(db, { ...meeting, labels });
    return { ...found, asked: { ...found.asked, ...(await delaysOf(db, { ...meeting, labels })) } };
  });
}

/** Opens the labels for as long as `use` takes; null: there are none. Errors as `meetLabels`. */
export async function withLabels<T>(
  db: Duck,
  meeting: Pick<Meeting, 'monitor' | 'rows' | 'labels'>,
  use: (labels: OpenLabels | null) => Promise<T>,
): Promise<T> {
  const { monitor, labels: located } = meeting;
  const spec = monitor.labels;
  if (spec === null) return use(null);
  const { timezone } = monitor.columns.timestamp;
  const time =
    spec.timestamp === null ? null : { column: spec.timestamp, timezone, as: 'texts' as const };
  if (spec.from === null) return use(await insideOf(db, meeting, { spec, time }));
  if (located === null || (await holdsNothing(located))) return use(null);
  const wants = byColumn<Want>();
  for (const column of Object.values(spec.on)) wants[column] = { as: 'text', type: null };
  if (spec.labelSource !== undefined) wants[spec.labelSource.column] = { as: 'text', type: null };
  if (isNumeric(monitor)) wants[spec.value] = { as: 'number', type: null };
  return withRows(db, { located, wants, time }, async ({ view, types, texts }) => {
    const file = located.files[0]?.path ?? located.path;
    const keys = Object.values(spec.on);
    const needed = { labels: [...keys, spec.value], predictions: Object.keys(spec.on) };
    require(file, needed.labels, types);
    require('predictions', needed.predictions, meeting.rows.types);
    const known = time === null ? null : await timeOf(db, { view, file }, time);
    const pairs = { labels: keys, predictions: needed.predictions };
    const text = texts[spec.value] ?? null;
    const open = { view, types, keys: pairs, value: spec.value, text, time: known };
    return spec.within === undefined ? use(open) : withAnswers(db, { ...meeting, open }, use);
  });
}

/** The label is a column of the predictions: each row has its own. */
async function insideOf(
  db: Duck,
  { rows }: Pick<Meeting, 'rows'>,
  { spec, time }: { spec: LabelSource; time: TimeSpec | null },
): Promise<OpenLabels | null> {
  if (!(spec.value in rows.types)) return null;
  // Of a text file the view holds texts, whatever they can be read as.
  const own = (await columnsOf(db, rows.view))[spec.value] ?? '';
  const types = { ...rows.types, [spec.value]: own };
  const inside = { view: rows.view, types, value: spec.value, keys: null, text: null };
  if (time === null) return { ...inside, time: null };
  const file = 'predictions';
  require(file, [time.column], rows.types);
  return { ...inside, time: await timeOf(db, { view: rows.view, file }, time) };
}

/** Texts are read here, for whoever counts wants to know which of them are no time. */
async function timeOf(
  db: Duck,
  { view, file }: { view: string; file: string },
  time: TimeSpec,
): Promise<LabelTime> {
  const type = (await columnsOf(db, view))[time.column];
  if (type !== 'VARCHAR') {
    const { milliseconds } = await clockOf(db, { view, type, file }, time);
    return { milliseconds, untimed: 'null::varchar' };
  }
  const parsed = parsedTime(time);
  const came = quoteName(time.column);
  return {
    milliseconds: `epoch_ms(${parsed})::double`,
    untimed: `case when trim(${came}) <> '' and (${parsed}) is null then ${came} end`,
  };
}

function require(file: string, columns: readonly string[], types: OpenLabels['types']): void {
  for (const column of columns) {
    if (column in types) continue;
    const there = Object.keys(types).join(', ');
    throw new SourceError(file, column, `is missing, labels cannot be joined; there are ${there}`);
  }
}
