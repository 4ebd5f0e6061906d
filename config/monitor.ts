import type { z } from 'zod';
import { ROW_NUMBER, type Monitor } from '../domain/monitor.js';
import { resolveChecks } from './checks-resolve.js';
import { toEvents } from './events-schema.js';
import { shortestMonitor } from './example.js';
import { fileSchema, owners as ownersSchema, taskOf, type MonitorGiven } from './file-schema.js';
import { valueAt } from './known-keys.js';
import { ratedLabel, toLabels, toStandIns } from './labels-schema.js';
import type { KnownCheck } from './limit-schema.js';
import type { Fault, Sections } from './fault.js';
import { crossFaults } from './monitor-faults.js';
import { toReference } from './reference-schema.js';
import { toRetraining } from './retraining-schema.js';
import { ownName } from './segments-schema.js';
import { arrivalOf, predictionsOf, shapedReferences } from './shape-schema.js';
import { timedChecks } from './window-faults.js';
import { toWindows } from './windows-schema.js';

/** The checks that a file may name, and those that judge when it names none. */
export interface KnownChecks {
  checks: readonly KnownCheck[];
  /** Names of the checks that a monitor gets by default; its own `checks` are still empty. */
  defaultChecks(monitor: Monitor): readonly string[];
}

type FileSchema = ReturnType<typeof fileSchema>;

/** What is made of the checks that there are. */
interface Built {
  schema: z.ZodType<Monitor>;
  shape: FileSchema['shape'];
  /** The shortest file. */
  plain: MonitorGiven;
}

const built = new WeakMap<KnownChecks, Built>();

/** Built once: a schema costs as much as many files. */
function builtOf(known: KnownChecks): Built {
  const found = built.get(known);
  if (found !== undefined) return found;
  const file = fileSchema(known.checks);
  const plain = file.parse({ ...shortestMonitor, reference: {} });
  const made = { schema: resolved(file, known), shape: file.shape, plain };
  built.set(known, made);
  return made;
}

function resolved(file: FileSchema, known: KnownChecks): z.ZodType<Monitor> {
  // A transform, not a refinement: those also run on values that are wrong.
  return file.transform((given, context) => {
    for (const { path, message } of crossFaults(given, known.checks)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    return resolve(given, known);
  });
}

/** The schema of a monitor file: YAML's plain values in, a resolved Monitor out. */
export function monitorSchema(known: KnownChecks): z.ZodType<Monitor> {
  return builtOf(known).schema;
}

/** What is right of a monitor file. */
export interface Sketch {
  /** A plain monitor with the sections of the file that are right. */
  sketch: Monitor;
  isRight: (section: string) => boolean;
  /** What is wrong between the right sections. */
  faults: readonly Fault[];
}

/** A monitor file that is wrong somewhere, as far as it is right. */
export function sketchMonitor(raw: unknown, known: KnownChecks): Sketch {
  const { shape, plain } = builtOf(known);
  const { sections, patched } = rightSections(raw, shape, known.checks);
  const faults = crossFaults(sections, known.checks);
  const owned = sections.model ?? ownedOnly(raw);
  const model = owned ?? { ...plain.model, id: '' };
  const alerts = { ...plain.alerts, escalation: { critical: [], warning: [] } };
  const isRight = (section: string): boolean => {
    if (section === 'owners') return owned !== null;
    return section in sections && !patched.has(section);
  };
  return { sketch: resolve({ ...plain, alerts, ...sections, model }, known), isRight, faults };
}

/** Of a `model` that is wrong, its owners: a model without a name. */
function ownedOnly(raw: unknown): MonitorGiven['model'] | null {
  const read = ownersSchema.safeParse(valueAt(raw, ['model', 'owners']));
  return read.success ? { id: '', owners: read.data, tags: [] } : null;
}

/**
 * Each section by itself. An entry of a list that is wrong does not hide the others: one that is
 * right stands for it. `patched`: the sections where such a one would be asked about the files.
 */
function rightSections(
  raw: unknown,
  shape: FileSchema['shape'],
  known: readonly KnownCheck[],
): { sections: Sections; patched: ReadonlySet<string> } {
  const given = isMap(raw) ? raw : {};
  const patched = new Set<string>();
  const read = Object.entries(shape).flatMap(([key, section]): [string, unknown][] => {
    const value = rightEntries(key, given[key], { section, known });
    const parsed = section.safeParse(value);
    if (!parsed.success) return [];
    const isSame = JSON.stringify(value) === JSON.stringify(given[key]);
    // The check that stands for another looks at no column.
    if (!isSame && key !== 'checks') patched.add(key);
    return [[key, parsed.data]];
  });
  return { sections: Object.fromEntries(read), patched };
}

/** A list with an entry that is always right in the place of each that is wrong. */
function rightEntries(
  key: string,
  raw: unknown,
  of: { section: z.ZodType; known: readonly KnownCheck[] },
): unknown {
  const { section, known } = of;
  if (key === 'checks' && isMap(raw)) return { ...raw, only: rightEntries(key, raw['only'], of) };
  if (!Array.isArray(raw)) return raw;
  const fill = fillers[key];
  if (fill === undefined) return raw;
  return raw.map((entry: unknown, index) => {
    return section.safeParse([entry]).success ? entry : fill(entry, index, known);
  });
}

/** Entries that are right whatever stands beside them; a segment keeps its name. */
const fillers: Readonly<
  Record<string, (entry: unknown, index: number, known: readonly KnownCheck[]) => unknown>
> = {
  checks: (_, index, known) => {
    return { check: known.find(({ over }) => over === 'model')?.name, name: `check_${index}` };
  },
  events: () => ({ name: 'event', from: '2000-01-01', to: '2000-01-01' }),
  segments: (entry, index) => {
    const name = valueAt(entry, ['name']);
    const isName = typeof name === 'string' && ownName.test(name);
    return { name: isName ? name : `segment_${index}`, by: 'column' };
  },
};

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The metric that asks for a retraining where the file names none. */
const USUAL_METRIC = {
  binary: 'roc_auc',
  multiclass: 'accuracy',
  regression: 'rmse',
  ranking: 'ndcg',
  none: 'roc_auc',
} as const;

function resolve(given: MonitorGiven, known: KnownChecks): Monitor {
  const task = taskOf(given);
  const windows = toWindows(given.windows);
  const classes = task === 'binary' || task === 'none';
  const { id, prediction } = given.columns;
  const zone = given.columns.timestamp?.timezone ?? 'UTC';
  const [own, ...beside] = given.labels;
  const labelled = { id, classes, timezone: zone };
  const label = toLabels(own, labelled) ?? ratedLabel(prediction?.ranking?.relevance ?? null);
  const isNumbered = windows.rows !== undefined;
  const held = { timezone: windows.timezone, labels: label !== null, rows: isNumbered };
  const bare: Monitor = {
    version: 1,
    model: { id: given.model.id, task, owners: given.model.owners, tags: given.model.tags },
    schedule: { lag: given.schedule.lag, catchup: given.schedule.catchup },
    windows,
    predictions: predictionsOf(given, given.columns.timestamp),
    ...arrivalOf(given.predictions),
    columns: {
      ...given.columns,
      timestamp: given.columns.timestamp ?? { column: ROW_NUMBER, timezone: 'UTC' },
    },
    labels: label,
    ...toStandIns(beside, labelled),
    ...(given.metrics.length > 0 ? { metrics: given.metrics } : {}),
    reference: shapedReferences(toReference(given.reference, held), given.predictions),
    segments: given.segments,
    events: toEvents(given.events, windows.timezone),
    checks: [],
    retraining: toRetraining(given.retraining, USUAL_METRIC[task]),
    alerts: given.alerts,
  };
  const rest = {
    defaults: known.defaultChecks(bare).filter((name) => !isNumbered || !timedChecks.has(name)),
    minRows: given.windows.min_rows ?? null,
    lag: given.schedule.lag,
  };
  return { ...bare, checks: resolveChecks(given.checks, known.checks, rest) };
}
