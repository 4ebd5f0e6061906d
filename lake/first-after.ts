import type { Monitor } from '../domain/monitor.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { keysOf, labelOf } from './profile-projections.js';
import type { Keyed, OpenLabels, Relation } from './profile-projections.js';
import { columnsOf, fresh } from './window-files.js';
import { clockOf } from './window-time.js';

/** Name of the column that says which prediction a label answers. */
const ANSWERED = 'event time answered';

/** Labels of entities, and the predictions that they may answer. */
interface Answering {
  monitor: Monitor;
  /** `files`: all rows that were read. */
  rows: Relation & { files: string };
  /** Keyed by their entity. */
  open: Keyed;
}

/**
 * Opens labels of entities as labels of predictions, for as long as `use` takes: each prediction is
 * answered by the first label of its entity from its event time on that comes within
 * `labels.within`, and by others of the same instant. Its key is the entity and the event time, so
 * a label that answers several predictions has a row for each. One that says nothing is no label;
 * one that cannot be read is the first all the same.
 */
export async function withAnswers<T>(
  db: Duck,
  { monitor, rows, open }: Answering,
  use: (labels: OpenLabels) => Promise<T>,
): Promise<T> {
  const { timestamp } = monitor.columns;
  const table = fresh('answers');
  try {
    await ask(db, 'performance/first_after', {
      table,
      predictions: { select: await predictionsOf(db, { monitor, rows, open }) },
      labels: { select: labelsOf(monitor, rows, open) },
      within_ms: monitor.labels?.within ?? 0,
      answered: ANSWERED,
    });
    const keys = {
      labels: [...open.keys.labels, ANSWERED],
      predictions: [...open.keys.predictions, timestamp.column],
    };
    const [counted] = await ask(db, 'profile/count', { rows: open.view });
    const all = Number(counted?.['rows'] ?? 0);
    const types = { ...open.types, [ANSWERED]: '' };
    return await use({ ...open, view: table, types, keys, all });
  } finally {
    await perform(db, `drop table if exists ${table}`);
  }
}

/** SQL of all predictions, as sql/performance/first_after.sql takes them. */
async function predictionsOf(db: Duck, { monitor, rows, open }: Answering): Promise<string> {
  const { timestamp } = monitor.columns;
  const view = rows.files;
  const type = (await columnsOf(db, view))[timestamp.column];
  const { milliseconds } = await clockOf(db, { view, type, file: 'predictions' }, timestamp);
  const told = `${quoteName(timestamp.column)}::varchar as predicted`;
  const { predictions } = keysOf(open, rows);
  return `select ${predictions} as entity, ${told}, ${milliseconds} as predicted_ms from ${view}`;
}

/** SQL of the labels, with those of their columns that are asked for later. */
function labelsOf(monitor: Monitor, rows: Relation, open: Keyed): string {
  const { timestamp = null, labelSource } = monitor.labels ?? {};
  const names = [open.value, open.text, timestamp, labelSource?.column, ...open.keys.labels];
  const there = new Set(names.filter((name) => name != null));
  const own = Array.from(there, String).filter((name) => name in open.types || name === open.text);
  const label = own.map((name) => `${quoteText(name)}: ${quoteName(name)}`).join(', ');
  const { labels: entity } = keysOf(open, rows);
  const told = labelOf(monitor, open, true);
  return (
    `select label, entity, at_ms, value is not null or unread is not null as said ` +
    `from (select {${label}} as label, ${entity} as entity, ${told} from ${open.view})`
  );
}
