import type { Monitor } from '../domain/monitor.js';
import type { Counts, Grid } from '../domain/profile.js';
import type { Instant, Window } from '../domain/window.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import type { Binning } from './profile-columns.js';
import { countOutcomes } from './profile-meetings.js';
import { carriedOf, isKnown, keysOf, labelOf, predictionOf } from './profile-projections.js';
import type { OpenLabels, Relation } from './profile-projections.js';
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
   * conflicting, and those of sql/performance/odd.sql; `unread`: by value, of labels that are no
   * class or number; `untimed`: by column and value, of times that are none; `unmet`: by key, type
   * there and type here, where no label met a prediction.
   */
  asked: Readonly<Record<string, Counts>>;
}

/** How predictions and labels of a window meet; null without a prediction column and labels. */
export async function outcomesOf(db: Duck, spec: OutcomesSpec): Promise<OutcomesFound> {
  const { monitor, rows, labels } = spec;
  const there = (monitor.columns.prediction?.column ?? '') in rows.types;
  if (!there && labels === null) return { outcomes: null, slices: [], asked: {} };
  const made: string[] = [];
  const view = async (select: string) => {
    const name = fresh('outcome');
    await perform(db, `create view ${name} as ${select}`);
    made.push(`drop view ${name}`);
    return name;
  };
  const parts = spec.binning === 'grid' ? (rows.parts ?? null) : null;
  const own = parts === null ? rows.view : parts.view;
  const key = parts === null ? '' : `, ${quoteName(parts.key)}`;
  const told = `${predictionOf(monitor, rows)}${key}`;
  const carried = `score, predicted, version${carriedOf(monitor)}`;
  const count = (joined: string) => counted(db, spec, { joined, parts });
  const odd = (of: Looked) => oddIn(db, spec, of);
  try {
    if (labels === null) {
      const joined = await view(`select ${told}, '' as label, 0::double as truth from ${own}`);
      return { ...(await count(joined)), asked: {} };
    }
    const label = labelOf(monitor, labels, spec.mature);
    if (labels.keys === null) {
      const joined = await view(inside({ label, told, carried, key, from: own }, spec));
      const met = await count(joined);
      const keys = await view('select true as key');
      const rows = await view(`select true as key, ${label} from ${own}`);
      return { ...met, asked: askedOf(met.outcomes, await odd({ rows, keys, all: keys })) };
    }
    const { predictions: id, labels: theirs } = keysOf({ ...labels, keys: labels.keys }, rows);
    const predictions = await view(`select ${id} as key, ${told} from ${own}`);
    const all = await view(`select ${id} as key from ${rows.files}`);
    const labelRows = await view(`select ${theirs} as key, ${label} from ${labels.view}`);
    const table = fresh('labels');
    made.push(`drop table if exists ${table}`);
    const from = { rows: labelRows, keys: predictions };
    await ask(db, 'performance/labels', { ...from, table, known_ms: spec.knownAt });
    const joined = await view(
      `select ${carried}${key}, coalesce(l.value, '') as label, l.truth ` +
        `from ${predictions} as p left join ${table} as l on p.key = l.key`,
    );
    const met = await count(joined);
    const lost = await odd({ ...from, table, all });
    return { ...met, asked: askedOf(met.outcomes, lost, unmetOf(labels, rows)) };
  } finally {
    if (made.length > 0) await perform(db, made.reverse().join('; '));
  }
}

async function counted(
  db: Duck,
  spec: OutcomesSpec,
  of: { joined: string; parts: Parts | null },
): Promise<{ outcomes: Counts; slices: readonly (Counts | null)[] }> {
  const { whole, slices } = await countOutcomes(db, spec, of);
  return { outcomes: whole, slices };
}

/** Each prediction holds its label. */
function inside(
  {
    label,
    told,
    carried,
    key,
    from,
  }: Record<'label' | 'told' | 'carried' | 'key' | 'from', string>,
  { knownAt }: OutcomesSpec,
): string {
  const known = isKnown(knownAt);
  return (
    `select ${carried}${key}, case when ${known} then value else '' end as label, ` +
    `case when ${known} then truth end as truth from (select ${told}, ${label} from ${from})`
  );
}

/** Labels that cannot count, and the values of those that cannot be read. */
interface Odd {
  sums: Readonly<Record<string, unknown>>;
  unread: readonly Readonly<Record<string, unknown>>[];
  untimed: readonly Readonly<Record<string, unknown>>[];
}

/** As sql/performance/odd.sql takes them; `table` as labels.sql made it, absent: no join. */
type Looked = Record<'rows' | 'keys' | 'all', string> & { table?: string };

async function oddIn(
  db: Duck,
  { knownAt, monitor }: OutcomesSpec,
  { rows, keys, all, table }: Looked,
): Promise<Odd> {
  const [sums = {}] = await ask(db, 'performance/odd', { rows, keys, all, known_ms: knownAt });
  const texts = async (of: 'unread' | 'untimed'): Promise<Odd['unread']> =>
    Number(sums[of]) > 0 ? ask(db, 'performance/unread', { rows, keys, texts: of }) : [];
  const column = monitor.labels?.timestamp ?? '';
  const untimed = (await texts('untimed')).map((one) => ({ ...one, column }));
  const odd = { sums, unread: await texts('unread'), untimed };
  if (table === undefined) return odd;
  const [faults] = await ask(db, 'performance/faults', { labels: table });
  return { ...odd, sums: { ...sums, ...faults } };
}

/** Texts that came, with what tells them apart; nothing without any. */
function textsOf(name: string, found: Odd['unread'], by: readonly string[]) {
  if (found.length === 0) return {};
  const told = by.map((key) => [key, found.map((one) => String(one[key]))] as const);
  const n = Float64Array.from(found, (one) => Number(one['n']));
  return { [name]: { by: Object.fromEntries(told), sums: { n } } };
}

const FAULTS = ['duplicates', 'conflicting'] as const;
const ODD = ['orphans', 'labels', 'keyless', 'met', 'unread', 'untimed', 'later'] as const;

function askedOf(
  outcomes: Counts,
  { sums, unread, untimed }: Odd,
  unmet?: Counts,
): OutcomesFound['asked'] {
  let joined = 0;
  outcomes.by['label']?.forEach((label: string | number, row: number) => {
    if (label !== '') joined += outcomes.sums['n']?.[row] ?? 0;
  });
  const told = [...FAULTS, ...ODD].map((name) => [name, Float64Array.of(Number(sums[name] ?? 0))]);
  const labels: Counts = {
    by: {},
    sums: {
      ...{ n: Float64Array.of(1), joined: Float64Array.of(joined) },
      ...(Object.fromEntries(told) as Counts['sums']),
    },
  };
  const isUnmet = Number(sums['labels']) > 0 && Number(sums['met']) === 0;
  return {
    labels,
    ...textsOf('unread', unread, ['value']),
    ...textsOf('untimed', untimed, ['column', 'value']),
    ...(isUnmet && unmet && { unmet }),
  };
}

/** The keys of both sides with their types. */
function unmetOf({ keys, types }: OpenLabels, predictions: Relation): Counts {
  const [there, here] = [keys?.labels ?? [], keys?.predictions ?? []];
  return {
    by: {
      key: there,
      there: there.map((name) => types[name] ?? ''),
      here: here.map((name) => predictions.types[name] ?? ''),
    },
    sums: { n: new Float64Array(there.length).fill(1) },
  };
}

/** A label without a time is known once every row of the window would have its label. */
export const isMature = (window: Window, matureAfter: number, knownAt: Instant): boolean =>
  window.end + matureAfter <= knownAt;
