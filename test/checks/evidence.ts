import { cellOf } from '../../domain/judging/numeric.js';
import { BIN, CATEGORY, FINE_BINS } from '../../domain/profile.js';
import type { Axis, Counts, Grid, Outcomes, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Window } from '../../domain/window.js';

export const DAY = 86_400_000;
export const END = Date.UTC(2026, 10, 22);

export type Value = number | string | null;
export type Table = Record<string, readonly Value[]>;

export function windowEnding(end: number): Window {
  const start = end - DAY;
  return { start, end, weekday: ((new Date(start).getUTCDay() + 6) % 7) + 1 };
}

/** An axis as a reference gives it: equal bins from its smallest to its largest value. */
export function axisOf(values: readonly Value[], more: Partial<Axis> = {}): Axis {
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value));
  const sorted = Float64Array.from(numbers as number[]).sort();
  const isText = values.some((value) => typeof value === 'string');
  const [min, max] = [sorted[0] ?? 0, sorted.at(-1) ?? 1];
  const axis: Axis = {
    kind: isText ? 'categorical' : 'numeric',
    low: min,
    inverseWidth: (FINE_BINS * (1 - 1e-9)) / (max - min || 1),
    atoms: [],
    edges: [],
    known: isText ? byFrequency(values) : [],
    min: isText ? null : min,
    max: isText ? null : max,
    type: isText ? 'VARCHAR' : 'DOUBLE',
    distinct: new Set(values).size / values.length,
    ...more,
  };
  const tenths = Array.from(
    { length: 9 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / 10)],
  );
  const inner = tenths.map((value) => cellOf(axis, value ?? min) - 1);
  return isText ? axis : { ...axis, edges: more.edges ?? [...new Set([0, ...inner, FINE_BINS])] };
}

function byFrequency(values: readonly Value[]): string[] {
  const rows = new Map<string, number>();
  for (const value of values) {
    if (typeof value === 'string') rows.set(value, (rows.get(value) ?? 0) + 1);
  }
  return [...rows].sort(([, a], [, b]) => b - a).map(([value]) => value);
}

/** What the engine counts of a column on its axis. */
export function binned(axis: Axis, values: readonly Value[]): Counts {
  const places = new Map<string | number, number>();
  const cells = values.map((value) => {
    const key = keyOf(axis, value);
    const place = places.get(key) ?? places.size;
    if (place === places.size) places.set(key, place);
    return place;
  });
  const n = new Float64Array(places.size);
  for (const cell of cells) n[cell] = (n[cell] ?? 0) + 1;
  if (axis.kind !== 'numeric')
    return { by: { value: [...places.keys()].map(String) }, sums: { n } };
  const keys = [...places.keys()].map(Number);
  const isOut = keys.map((key) => key === BIN.under || key === BIN.over);
  const { low, min, max } = axis;
  const [least, most] = [min ?? -Infinity, max ?? Infinity];
  const sums = (of: (value: number, cell: number) => number) =>
    exactSums(values, { cells, size: n.length }, of);
  return {
    by: { bin: Int32Array.from(keys) },
    sums: {
      n,
      sum: sums((value) => value),
      squares: sums((value) => (value - low) ** 2),
      beyond: sums((value) => (value < least || value > most ? 1 : 0)),
      cubes: sums((value, cell) => (isOut[cell] === true ? (value - low) ** 3 : 0)),
    },
  };
}

/** As the engine adds up far from the axis, cell by cell: what a step rounds off is not lost. */
function exactSums(
  values: readonly Value[],
  { cells, size }: { cells: readonly number[]; size: number },
  of: (value: number, cell: number) => number,
): Float64Array {
  const [sums, lost] = [new Float64Array(size), new Float64Array(size)];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    const cell = cells[row] ?? 0;
    const sum = sums[cell] ?? 0;
    const more = of(value, cell) - (lost[cell] ?? 0);
    sums[cell] = sum + more;
    lost[cell] = sum + more - sum - more;
  }
  return sums;
}

function keyOf(axis: Axis, value: Value): string | number {
  if (axis.kind !== 'numeric') return value === null ? CATEGORY.missing : String(value);
  if (value === null) return BIN.missing;
  if (typeof value === 'string' || !Number.isFinite(value)) return BIN.notFinite;
  const atom = axis.atoms.indexOf(value);
  return atom >= 0 ? BIN.atom0 - atom : cellOf(axis, value) - 1;
}

/** What the engine counts of a column value by value. */
export function exact(values: readonly Value[]): Counts {
  const rows = new Map<string, number>();
  for (const value of values) {
    const text = value === null ? CATEGORY.missing : String(value);
    rows.set(text, (rows.get(text) ?? 0) + 1);
  }
  return { by: { value: [...rows.keys()] }, sums: { n: Float64Array.from(rows.values()) } };
}

function profileOf(grid: Grid, table: Table, more: Partial<Profile> = {}): Profile {
  const rows = Math.max(0, ...Object.values(table).map((values) => values.length));
  const window = more.window ?? windowEnding(END);
  const columns: Record<string, Counts> = {};
  const types: Record<string, string> = {};
  for (const [name, values] of Object.entries(table)) {
    const axis = grid.axes[name];
    types[name] = axis?.type ?? 'VARCHAR';
    if (axis !== undefined) columns[name] = binned(axis, values);
  }
  return {
    grid: grid.id,
    window,
    slice: {},
    rows,
    newest: rows > 0 ? window.end - 1 : null,
    types,
    columns,
    outcomes: null,
    asked: {},
    ...more,
  };
}

/** A reference and a window of the same columns, on the reference's grid. */
export function evidenceOf(
  reference: Table,
  current: Table,
  more: {
    axes?: Record<string, Partial<Axis>>;
    profile?: Partial<Profile>;
  } & Partial<Evidence> = {},
): Evidence {
  const { axes = {}, profile = {}, ...rest } = more;
  const grid: Grid = {
    id: 'grid',
    axes: Object.fromEntries(
      Object.entries(reference).map(([name, values]) => [name, axisOf(values, axes[name])]),
    ),
  };
  return {
    at: END,
    knownAt: END,
    grid,
    current: profileOf(grid, current, profile),
    reference: profileOf(grid, reference),
    references: {},
    periods: [],
    usual: null,
    earlier: [],
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
    ...rest,
  };
}

/** Labelled scores as the engine counts them, one cell a row. */
export function outcomesOf(
  rows: readonly { score?: number; predicted?: string; label: string }[],
): Outcomes {
  const bin = (score: number) => Math.min(FINE_BINS - 1, Math.floor(score * FINE_BINS));
  return {
    by: {
      score: Int32Array.from(rows, ({ score }) => (score === undefined ? BIN.missing : bin(score))),
      predicted: rows.map(({ predicted }) => predicted ?? ''),
      label: rows.map(({ label }) => label),
    },
    sums: { n: new Float64Array(rows.length).fill(1) },
  };
}

export function monitorOf(more: Partial<Monitor> = {}): Monitor {
  const source = { kind: 'parquet' as const, path: '/data/rows.parquet', where: null };
  const owner = 'team:ml';
  return {
    version: 1,
    model: {
      id: 'churn',
      task: 'binary',
      owners: { data: owner, model: owner, system: owner, approvers: owner },
      tags: [],
    },
    schedule: { lag: 0, catchup: 7 * DAY },
    windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 100 },
    predictions: source,
    columns: {
      id: ['id'],
      timestamp: { column: 'ts', timezone: 'UTC' },
      prediction: null,
      version: null,
      rowSource: null,
      features: { include: '*', exclude: [], overrides: {} },
    },
    labels: null,
    reference: { drift: null, others: {}, performance: null },
    segments: [],
    events: [],
    checks: [],
    retraining: null,
    alerts: {
      keepFiringFor: 2,
      repeat: { critical: { every: DAY, most: 1 }, warning: { every: DAY, most: 1 } },
      escalation: { critical: [], warning: [] },
      chains: 1,
      ackExpires: { critical: DAY, warning: DAY },
      snoozeMax: { critical: DAY, warning: DAY },
      reopenWithin: DAY,
    },
    ...more,
  };
}

/** A number from 0 to 1 for each seed and step: the same every time. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** n values of a normal distribution, by Box and Muller. */
export function normals(n: number, seed: number, { mean = 0, sd = 1 } = {}): number[] {
  const next = chance(seed);
  return Array.from(
    { length: n },
    () => mean + sd * Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next()),
  );
}

/** n texts, each value as often as its weight says. */
export function texts(n: number, weights: Record<string, number>): string[] {
  const whole = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.entries(weights).flatMap(([value, weight]) =>
    new Array<string>(Math.round((n * weight) / whole)).fill(value),
  );
}
