import type { z } from 'zod';
import { ROW_NUMBER, type Monitor } from '../domain/monitor.js';
import { resolveChecks } from './checks-resolve.js';
import { toEvents } from './events-schema.js';
import { shortestMonitor } from './example.js';
import { fileSchema, owners as ownersSchema, taskOf, type MonitorGiven } from './file-schema.js';
import { valueAt } from './known-keys.js';
import { ratedLabel, toLabels } from './labels-schema.js';
import type { KnownCheck } from './limit-schema.js';
import type { Fault, Sections } from './fault.js';
import { crossFaults } from './monitor-faults.js';
import { toReference } from './reference-schema.js';
import { toRetraining } from './retraining-schema.js';
import { timed } from './source-kinds.js';
import { timedChecks } from './window-faults.js';
import { toWindows } from './windows-schema.js';

/** The checks that a file may name, and those that judge when it names none. */
export interface KnownChecks {
  checks: readonly KnownCheck[];
  /** Names of the checks that a monitor gets by default; its own `checks` are still empty. */
  defaultChecks(monitor: Monitor): readonly string[];
}

/** The schema of a monitor file: YAML's plain values in, a resolved Monitor out. */
export function monitorSchema(known: KnownChecks) {
  // A transform, not a refinement: those also run on values that are wrong.
  return fileSchema(known.checks).transform((given, context) => {
    for (const { path, message } of crossFaults(given, known.checks)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    return resolve(given, known);
  }) satisfies z.ZodType<Monitor>;
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
  const { shape, plain } = sectionsOf(known);
  const sections = rightSections(raw, shape, known.checks);
  const faults = crossFaults(sections, known.checks);
  const owned = sections.model ?? ownedOnly(raw);
  const model = owned ?? { ...plain.model, id: '' };
  const alerts = { ...plain.alerts, escalation: { critical: [], warning: [] } };
  const isRight = (section: string): boolean => {
    return section === 'owners' ? owned !== null : section in sections;
  };
  return { sketch: resolve({ ...plain, alerts, ...sections, model }, known), isRight, faults };
}

/** Of a `model` that is wrong, its owners: a model without a name. */
function ownedOnly(raw: unknown): MonitorGiven['model'] | null {
  const read = ownersSchema.safeParse(valueAt(raw, ['model', 'owners']));
  return read.success ? { id: '', owners: read.data, tags: [] } : null;
}

type Shape = ReturnType<typeof fileSchema>['shape'];

const built = new WeakMap<KnownChecks, { shape: Shape; plain: MonitorGiven }>();

/** Built once: a schema costs as much as many files. */
function sectionsOf(known: KnownChecks): { shape: Shape; plain: MonitorGiven } {
  const found = built.get(known);
  if (found !== undefined) return found;
  const schema = fileSchema(known.checks);
  const plain = schema.parse({ ...shortestMonitor, reference: {} });
  const made = { shape: schema.shape, plain };
  built.set(known, made);
  return made;
}

/** Each section by itself. An entry of `checks` that is wrong does not hide the others. */
function rightSections(raw: unknown, shape: Shape, known: readonly KnownCheck[]): Sections {
  const given = isMap(raw) ? raw : {};
  const read = Object.entries(shape).flatMap(([key, section]): [string, unknown][] => {
    const value = key === 'checks' ? rightEntries(given[key], shape.checks, known) : given[key];
    const parsed = section.safeParse(value);
    return parsed.success ? [[key, parsed.data]] : [];
  });
  return Object.fromEntries(read);
}

/** The list with a check that is always right in the place of each that is wrong. */
function rightEntries(raw: unknown, schema: z.ZodType, known: readonly KnownCheck[]): unknown {
  if (isMap(raw)) return { ...raw, only: rightEntries(raw['only'], schema, known) };
  if (!Array.isArray(raw)) return raw;
  const filler = known.find(({ over }) => over === 'model')?.name;
  return raw.map((entry: unknown) => (schema.safeParse([entry]).success ? entry : filler));
}

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
  const label =
    toLabels(given.labels[0], { id, classes, timezone: zone }) ??
    ratedLabel(prediction?.ranking?.relevance ?? null);
  const { timezone } = windows;
  const held = { timezone, labels: label !== null, rows: windows.rows !== undefined };
  const bare: Monitor = {
    version: 1,
    model: { id: given.model.id, task, owners: given.model.owners, tags: given.model.tags },
    schedule: { lag: given.schedule.lag, catchup: given.schedule.catchup },
    windows,
    predictions: timed(given.predictions.from, given.columns.timestamp),
    columns: {
      ...given.columns,
      timestamp: given.columns.timestamp ?? { column: ROW_NUMBER, timezone: 'UTC' },
    },
    labels: label,
    reference: toReference(given.reference, held),
    segments: given.segments,
    events: toEvents(given.events, windows.timezone),
    checks: [],
    retraining: toRetraining(given.retraining, USUAL_METRIC[task]),
    alerts: given.alerts,
  };
  const rest = {
    defaults: known
      .defaultChecks(bare)
      .filter((name) => windows.rows === undefined || !timedChecks.has(name)),
    minRows: given.windows.min_rows ?? null,
    lag: given.schedule.lag,
  };
  return { ...bare, checks: resolveChecks(given.checks, known.checks, rest) };
}
