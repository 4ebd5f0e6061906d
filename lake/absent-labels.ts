import { NOT_ACTED } from '../domain/action.js';
import type { Monitor } from '../domain/monitor.js';
import type { Instant } from '../domain/window.js';
import { ask, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import type { Keyed } from './profile-projections.js';
import { columnsOf } from './window-files.js';
import { clockOf } from './window-time.js';

/** SQL of how predictions `p` and the first label `l` of each key meet. */
export interface Absence {
  /** Of predictions: whether one is so old that no label says something; their column `ripe`. */
  ripe: string;
  /** The key that finds the label of a row. */
  key: string;
  /** '' for none. `rows`: the labels, one row each. */
  label: (rows: string) => string;
  /** `, <SQL> as silent, <SQL> as aside`, as sql/performance/absent.sql takes them. */
  told: (table: string) => string;
}

/** A row without a label has none, whatever its age. */
const UNKNOWN: Absence = {
  ...{ ripe: 'false', key: 'p.key', label: () => "coalesce(l.value, '')" },
  told: () => '',
};

/** Predictions as they are open, and the keys of their labels. */
interface Met {
  monitor: Monitor;
  labels: Keyed;
  knownAt: Instant;
}

/**
 * What no label means. Where it means negative, a label that came and does not count leaves its row
 * unknown. Of rows acted on, or of which nobody knows it, only positives would be known and their
 * share would be all: where these stay unknown they do so with a label, too. `view`: predictions.
 */
export async function absenceOf(
  db: Duck,
  { monitor, labels, knownAt }: Met,
  view: string,
): Promise<Absence> {
  const { timestamp, action } = monitor.columns;
  const { absent } = monitor.labels ?? {};
  if (absent === undefined) return UNKNOWN;
  const type = (await columnsOf(db, view))[timestamp.column];
  const { milliseconds } = await clockOf(db, { view, type, file: 'predictions' }, timestamp);
  const isOld = `coalesce(${milliseconds} + ${absent.after} <= ${knownAt}, false)`;
  const keyed = labels.keys.predictions.map((column) => `${quoteName(column)} is not null`);
  const isAll = action === undefined || absent.whenActed === 'negative';
  const counts = isAll ? 'true' : `p.decision in (${NOT_ACTED.map(quoteText).join(', ')})`;
  return {
    ripe: [isOld, ...keyed].join(' and '),
    key: `case when ${counts} then p.key end`,
    label: (rows) => {
      const came = `coalesce(value, unread) is not null and coalesce(at_ms <= ${knownAt}, true)`;
      const others = `select key from ${rows} where key is not null and ${came}`;
      const isNone = `${counts} and p.ripe and p.key not in (${others})`;
      return `coalesce(l.value, case when ${isNone} then '0' end, '')`;
    },
    told: (table) =>
      `, l.key is null as silent, ` +
      `not (${counts}) and p.key in (select key from ${table}) as aside`,
  };
}

/**
 * Sums `absent`, rows that are negative for want of a label, and `aside`, rows acted on whose label
 * does not count; {} where no label means nothing.
 */
export async function absentIn(
  db: Duck,
  { labels }: Monitor,
  joined: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (labels?.absent === undefined) return {};
  const [sums = {}] = await ask(db, 'performance/absent', { joined });
  return sums;
}
