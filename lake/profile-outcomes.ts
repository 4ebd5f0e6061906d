import type { Monitor } from '../domain/monitor.js';
import type { Counts, Grid } from '../domain/profile.js';
import type { Instant } from '../domain/window.js';
import { absenceOf, absentIn } from './absent-labels.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import type { Binning } from './profile-columns.js';
import { askingSource } from './profile-label-sources.js';
import { areAlike, labelsAlike } from './profile-alike.js';
import { countOutcomes } from './profile-meetings.js';
import type { Met } from './profile-meetings.js';
import { lossesOf } from './profile-losses.js';
import { answersByName } from './profile-named.js';
import { askedOf, oddIn, oddInside, unmetOf } from './profile-odd.js';
import { keysOf, labelOf } from './profile-projections.js';
import type { Keyed, OpenLabels, Relation } from './profile-projections.js';
import { repeatsIn, usedRows } from './profile-repeats.js';
import { inside, lossesAsked, toldOf } from './profile-told.js';
import { fresh } from './window-files.js';
import type { Parts } from './window-parts.js';

export interface OutcomesSpec {
  monitor: Monitor;
  grid: Grid;
  binning: Binning;
  /** The window's rows; `files`: all rows of its files. */
  rows: Relation & { files: string; parts?: Parts | null };
  labels: OpenLabels | null;
  /** Labels with a later time are not known. */
  knownAt: Instant;
  /** A label without a time is known. */
  mature: boolean;
  /** All sums that any check could ask for: of a reference, which outlives a list of checks. */
  every?: boolean;
}

export interface OutcomesFound {
  outcomes: Counts | null;
  /** Outcomes of every slice, scores coarse; null: it has no row. */
  slices: readonly (Counts | null)[];
  /**
   * Answers of a profile, none without labels. `labels`: sums joined, orphans, duplicates,
   * conflicting, and those of sql/performance/odd.sql and absent.sql; `unread`: by value, of labels
   * that are no class or number; `untimed`: by column and value, of times that are none; `unmet`:
   * by key, type there and type here, where no label met a prediction. With or without labels
   * `items`, `groups`, `losses`.
   */
  asked: Readonly<Record<string, Counts>>;
}

/** How predictions and labels of a window meet; null without a prediction column and labels. */
export async function outcomesOf(db: Duck, spec: OutcomesSpec): Promise<OutcomesFound> {
  const { monitor, rows, labels } = spec;
  const there = (monitor.columns.prediction?.column ?? '') in rows.types;
  const made: string[] = [];
  const view = async (select: string) => {
    const name = fresh('outcome');
    await perform(db, `create view ${name} as ${select}`);
    made.push(`drop view ${name}`);
    return name;
  };
  const parts = spec.binning === 'grid' ? (rows.parts ?? null) : null;
  const all = parts === null ? rows.view : parts.view;
  const used = await usedRows(db, monitor, { view: all, types: rows.types });
  const own = used === null ? all : await view(used);
  const key = parts === null ? '' : `, ${quoteName(parts.key)}`;
  const { told, carried } = toldOf(spec, key);
  const alike = areAlike(monitor) && (labels === null || labels.keys === null);
  const rowsAlike = alike
    ? { ...rows, view: own, labels, knownAt: spec.knownAt, mature: spec.mature }
    : null;
  const count = async (joined: string) => {
    const met = await counted(db, spec, { joined, parts, own: rowsAlike });
    const asked = used === null ? {} : await repeatsIn(db, { all, used: own });
    return { ...met, asked: { ...met.asked, ...asked } };
  };
  const { none } = askingSource(monitor);
  try {
    if (labels === null) {
      const joined = await view(`select ${told}, ${none}, 0::double as truth from ${own}`);
      return there ? await count(joined) : await shownOnly(db, spec, joined);
    }
    const label = labelOf(monitor, labels, spec.mature);
    if (labels.keys === null) {
      const joined = await view(inside({ label, told, carried, key, from: own }, spec));
      const met = await count(joined);
      const keys = await view('select true as key');
      const rows = await view(`select true as key, ${label} from ${own}`);
      const alike = { select: labelsAlike(monitor, { from: own, labels, label }) };
      return answered(met, askedOf(met.outcomes, await oddInside(db, spec, { alike, rows, keys })));
    }
    const keyed = { ...labels, keys: labels.keys };
    const making = { view, made, own, told, carried: `${carried}${key}`, label, count };
    return await outside(db, { ...spec, labels: keyed }, making);
  } finally {
    if (made.length > 0) await perform(db, made.reverse().join('; '));
  }
}

/** How the views of predictions are made, and what becomes of those that are joined. */
interface Making {
  view: (select: string) => Promise<string>;
  /** What takes it away again. */
  made: string[];
  /** The rows, what they tell, and the names of it that go along with a label. */
  own: string;
  told: string;
  carried: string;
  /** SQL of a label. */
  label: string;
  count: (joined: string) => Promise<OutcomesFound & { outcomes: Counts }>;
}

/** Labels lie elsewhere and find their predictions by a key. */
async function outside(
  db: Duck,
  spec: OutcomesSpec & { labels: Keyed },
  { view, made, own, told, carried, label, count }: Making,
): Promise<OutcomesFound> {
  const { monitor, rows, labels } = spec;
  const { predictions: id, labels: theirs } = keysOf(labels, rows);
  const absence = await absenceOf(db, spec, own);
  const predictions = await view(
    `select ${id} as key, ${told}, ${absence.ripe} as ripe from ${own}`,
  );
  const read = await view(`select ${id} as key from ${rows.files}`);
  const labelRows = await view(`select ${theirs} as key, ${label} from ${labels.view}`);
  const { question, source } = askingSource(monitor);
  const table = fresh('labels');
  made.push(`drop table if exists ${table}`);
  const from = { rows: labelRows, keys: predictions };
  await ask(db, question, { ...from, table, known_ms: spec.knownAt });
  const joined = await view(
    `select ${carried}, ${absence.label(labelRows)} as label${source}, l.truth` +
      `${absence.told(table)} ` +
      `from ${predictions} as p left join ${table} as l on ${absence.key} = l.key`,
  );
  const met = await count(joined);
  const lost = await oddIn(db, spec, { ...from, table, all: read });
  const all = labels.all === undefined ? {} : { labels: labels.all };
  const sums = { ...lost.sums, ...all, ...(await absentIn(db, monitor, joined)) };
  return answered(met, askedOf(met.outcomes, { ...lost, sums }, unmetOf(monitor, labels, rows)));
}

async function counted(
  db: Duck,
  spec: OutcomesSpec,
  of: Met,
): Promise<OutcomesFound & { outcomes: Counts }> {
  const { whole, slices } = await countOutcomes(db, spec, of);
  const losses = await lossesOf(db, lossesAsked(spec), of.joined);
  return { outcomes: whole, slices, asked: { ...(await namedIn(db, spec, of.joined)), ...losses } };
}

const answered = (met: OutcomesFound, asked: OutcomesFound['asked']): OutcomesFound => ({
  ...met,
  asked: { ...met.asked, ...asked },
});

const namedIn = (db: Duck, { monitor, every, rows: { types } }: OutcomesSpec, joined: string) =>
  answersByName(db, { monitor, every, types }, joined);

/** Of rows without a prediction and without labels: what they show, and whose they are. */
async function shownOnly(db: Duck, spec: OutcomesSpec, joined: string): Promise<OutcomesFound> {
  return { outcomes: null, slices: [], asked: await namedIn(db, spec, joined) };
}
