import { coarsen } from '../../domain/judging/coarsen.js';
import { BIN, CATEGORY, FINE_BINS } from '../../domain/profile.js';
import type { Axis, Counts, Grid, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import type { Window } from '../../domain/window.js';
import { cellOf, coarseEdges, numericAxis } from '../../lake/grid.js';
import { normalTail } from '../../stats/normal.js';
import { binned } from '../checks/evidence.js';
import type { Value } from '../checks/evidence.js';
import { chanceOf, multinomial, normal } from './chance.js';
import type { Chance } from './chance.js';

/*
 * A simulated model whose windows come as counts: each feature has a true distribution for each
 * window, and the counts of the window are drawn from it, on the axes that the product makes.
 */

const DAY = 86_400_000;
/** A Monday. */
const BEGIN = Date.UTC(2026, 0, 5);
/** Rows that the axes are made from. */
const AXIS_ROWS = 20_000;
/** Cells of a numeric feature: fine enough for the statistics of other tools. */
const CELLS = 100;
/** Share of missing values where nothing is broken. */
export const MISSING = 0.01;

export interface Geometry {
  numeric: number;
  categorical: number;
  /** Rows of a window. */
  rows: number;
  /** Days of a window. */
  days: number;
  /** Windows of the reference. */
  reference: number;
  /** Windows that are watched. */
  live: number;
  shape: 'normal' | 'log-normal';
  /** What moves from window to window though nothing is wrong. */
  noise: 'none' | 'jitter' | 'weekly' | 'autocorrelated';
}

export const usualGeometry: Geometry = {
  numeric: 30,
  categorical: 20,
  rows: 1000,
  days: 1,
  reference: 30,
  live: 90,
  shape: 'normal',
  noise: 'none',
};

/** The true distribution of one feature in one window. */
export interface Truth {
  /** Added to the mean, in standard deviations (of the logarithm, of a log-normal one). */
  mean: number;
  sd: number;
  /** Share of missing values. */
  missing: number;
  /** Added to the logit of each category. */
  logits: readonly number[];
  /** Share of a category that nobody knows. */
  unseen?: number;
}

/** What a change does to the rows of one window of one feature, instead of drawing from a truth. */
export type Rows = (feature: Feature, n: number, chance: Chance) => Value[];

export interface Feature {
  name: string;
  axis: Axis;
  /** Numeric: fine bins where cells begin; the last one ends at FINE_BINS. */
  cuts: readonly number[];
  /** Categorical: probability of each category without noise. */
  weights: readonly number[];
  shape: Geometry['shape'];
}

/**
 * Rows of a feature in a window by cell. Numeric: under, the cells, over, missing, not finite;
 * categorical: the categories, unseen, missing.
 */
export type Cells = Float64Array;

export interface Day {
  profile: Profile;
  /** As other tools count: by feature. */
  cells: Readonly<Record<string, Cells>>;
}

/** The features of a geometry with the axes that the product gives them. */
export function featuresOf(geometry: Geometry, seed: string): Feature[] {
  const chance = chanceOf(`${seed}/axes`);
  const numeric = Array.from({ length: geometry.numeric }, (_, index) =>
    numericFeature(`n${String(index)}`, geometry, chance),
  );
  const categorical = Array.from({ length: geometry.categorical }, (_, index) =>
    categoricalFeature(`c${String(index)}`, 4 + (index % 5) * 2),
  );
  return [...numeric, ...categorical];
}

/** A normal feature is an amount around 10, so that another unit moves it to one side. */
const MIDDLE = 10;

export const valueOf = (shape: Geometry['shape'], z: number): number =>
  shape === 'normal' ? MIDDLE + z : Math.exp(z);

/** The largest of n normals. */
function largest(chance: Chance, n: number): number {
  const tail = -Math.log(chance()) / n;
  let [low, high] = [0, REACH];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (below(-middle) > tail) low = middle;
    else high = middle;
  }
  return low;
}

function numericFeature(name: string, geometry: Geometry, chance: Chance): Feature {
  const { shape } = geometry;
  const rowsOfAll = geometry.rows * geometry.reference;
  const [smallest, most] = [-largest(chance, rowsOfAll), largest(chance, rowsOfAll)];
  const values = Float64Array.from({ length: AXIS_ROWS }, () => valueOf(shape, normal(chance)));
  values.sort();
  const at = (p: number) => values[Math.min(AXIS_ROWS - 1, Math.floor(p * AXIS_ROWS))] ?? 0;
  const bare = numericAxis({
    type: 'DOUBLE',
    values: AXIS_ROWS,
    distinct: AXIS_ROWS,
    smallest: valueOf(shape, smallest),
    largest: valueOf(shape, most),
    middle: [at(0.1), at(0.9)],
    most: [at(0.001), at(0.999)],
    decimals: [],
    atoms: [],
  });
  const rows = new Map<number, number>();
  for (const value of values) {
    const cell = cellOf(bare, value);
    rows.set(cell, (rows.get(cell) ?? 0) + 1);
  }
  const axis = { ...bare, edges: coarseEdges(rows) };
  const inner = Array.from({ length: CELLS - 1 }, (_, k) => cellOf(bare, at((k + 1) / CELLS)));
  const cuts = [...new Set([0, ...axis.edges, ...inner, FINE_BINS])].sort((a, b) => a - b);
  return { name, axis, cuts, weights: [], shape };
}

function categoricalFeature(name: string, categories: number): Feature {
  const raw = Array.from({ length: categories }, (_, k) => 1 / (k + 1));
  const whole = raw.reduce((sum, weight) => sum + weight, 0);
  const known = raw.map((_, k) => `value ${String.fromCharCode(97 + k)}`);
  const axis: Axis = {
    kind: 'categorical',
    ...{ low: 0, inverseWidth: 0, atoms: [], edges: [], known, min: null, max: null },
    ...{ type: 'VARCHAR', distinct: categories / AXIS_ROWS },
  };
  return { name, axis, cuts: [], weights: raw.map((weight) => weight / whole), shape: 'normal' };
}

/** The truth of every feature, window after window. */
export function truthsOf(
  geometry: Geometry,
  features: readonly Feature[],
  chance: Chance,
): Truth[][] {
  const effects = features.map((feature) => [0, ...feature.weights].map(() => normal(chance)));
  return Array.from({ length: geometry.reference + geometry.live }, (_, index) =>
    features.map((feature, place) => {
      const own = effects[place] ?? [];
      own.forEach((effect, k) => {
        // An autocorrelated effect keeps 0.7 of itself; its own deviation stays 1.
        const rho = geometry.noise === 'autocorrelated' ? 0.7 : 0;
        own[k] = rho * effect + Math.sqrt(1 - rho * rho) * normal(chance);
      });
      const size = { none: 0, jitter: 0.05, weekly: 0.05, autocorrelated: 0.1 }[geometry.noise];
      const weekend = windowAt(geometry, index).weekday >= 6 && geometry.noise === 'weekly';
      const season = weekend && place < 10 && feature.axis.kind === 'numeric' ? 0.3 : 0;
      const [mean = 0, ...logits] = own.map((effect) => effect * size);
      return { mean: mean + season, sd: 1, missing: MISSING, logits };
    }),
  );
}

export function windowAt(geometry: Geometry, index: number): Window {
  const start = BEGIN + index * geometry.days * DAY;
  const weekday = ((new Date(start).getUTCDay() + 6) % 7) + 1;
  return { start, end: start + geometry.days * DAY, weekday };
}

/** Draws a window from its truths; a feature with rows of its own is counted from them. */
export function drawDay(
  geometry: Geometry,
  features: readonly Feature[],
  day: {
    window: Window;
    truths: readonly Truth[];
    rows?: Readonly<Record<string, Rows>>;
    /** Of the reference: no row lies beyond the smallest and the largest of its own. */
    part: 'reference' | 'live';
    chance: Chance;
  },
): Day {
  const cells: Record<string, Cells> = {};
  const columns: Record<string, Counts> = {};
  const types: Record<string, string> = {};
  features.forEach((feature, place) => {
    const own = day.rows?.[feature.name];
    types[feature.name] = feature.axis.type;
    if (own === undefined) {
      const truth = day.truths[place] ?? { mean: 0, sd: 1, missing: MISSING, logits: [] };
      const drawn = multinomial(day.chance, geometry.rows, chancesOf(feature, truth));
      if (day.part === 'reference') bringIn(feature, drawn);
      cells[feature.name] = drawn;
      columns[feature.name] = countsOf(feature, drawn);
    } else {
      const values = own(feature, geometry.rows, day.chance);
      cells[feature.name] = cellsOf(feature, values);
      columns[feature.name] = binned(feature.axis, values);
    }
  });
  const { window } = day;
  const bare = { slice: {}, outcomes: null, asked: {}, grid: 'grid', types, columns, window };
  return { profile: { ...bare, rows: geometry.rows, newest: window.end - 1 }, cells };
}

/** Rows beyond an axis that ends where the reference does belong to its last cells. */
function bringIn({ axis, cuts }: Feature, cells: Cells): void {
  if (axis.kind !== 'numeric') return;
  const move = (from: number, to: number) => {
    cells[to] = (cells[to] ?? 0) + (cells[from] ?? 0);
    cells[from] = 0;
  };
  const end = axis.low + FINE_BINS / axis.inverseWidth;
  if (axis.low <= (axis.min ?? -Infinity)) move(0, 1);
  if (end >= (axis.max ?? Infinity)) move(cuts.length, cuts.length - 1);
}

/** Probability of every cell of a feature under a truth. */
function chancesOf(feature: Feature, truth: Truth): number[] {
  const there = 1 - truth.missing;
  if (feature.axis.kind === 'categorical') {
    const raw = feature.weights.map((weight, k) => weight * Math.exp(truth.logits[k] ?? 0));
    const whole = raw.reduce((sum, weight) => sum + weight, 0);
    const unseen = there * (truth.unseen ?? 0);
    const old = (there - unseen) / whole;
    return [...raw.map((weight) => old * weight), unseen, truth.missing];
  }
  const sums = feature.cuts.map((cut) => there * probabilityBelow(feature, cut, truth));
  const inside = sums.slice(1).map((share, k) => share - (sums[k] ?? 0));
  return [sums[0] ?? 0, ...inside, there - (sums.at(-1) ?? there), truth.missing, 0];
}

function probabilityBelow(feature: Feature, cut: number, truth: Truth): number {
  const value = feature.axis.low + cut / feature.axis.inverseWidth;
  const z = feature.shape === 'normal' ? value - MIDDLE : Math.log(Math.max(value, 1e-300));
  return below((z - truth.mean) / truth.sd);
}

const REACH = 9;
const STEPS = 512;
const table = Float64Array.from({ length: 2 * REACH * STEPS + 2 }, (_, k) =>
  normalTail(REACH - k / STEPS),
);
const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** P(Z <= z), from a table with its slopes: right to 1e-13, and much faster than the series. */
function below(z: number): number {
  if (z <= -REACH) return 0;
  if (z >= REACH) return 1;
  const place = Math.floor((z + REACH) * STEPS);
  const from = place / STEPS - REACH;
  const t = (z - from) * STEPS;
  const [a, b] = [table[place] ?? 0, table[place + 1] ?? 1];
  const [da, db] = [density(from) / STEPS, density(from + 1 / STEPS) / STEPS];
  const [t2, t3] = [t * t, t * t * t];
  return (
    (2 * t3 - 3 * t2 + 1) * a + (t3 - 2 * t2 + t) * da + (3 * t2 - 2 * t3) * b + (t3 - t2) * db
  );
}

/** What the engine would count: rows of a cell lie in its first fine bin, their mean in its middle. */
function countsOf(feature: Feature, cells: Cells): Counts {
  const { axis } = feature;
  if (axis.kind === 'categorical') {
    const keys = [...axis.known, CATEGORY.unseen, CATEGORY.missing];
    const kept = keys.map((_, k) => k).filter((k) => (cells[k] ?? 0) > 0);
    return {
      by: { value: kept.map((k) => keys[k] ?? '') },
      sums: { n: Float64Array.from(kept, (k) => cells[k] ?? 0) },
    };
  }
  const places = placesOf(feature);
  const kept = places.filter((_, k) => (cells[k] ?? 0) > 0);
  const rows = cells.filter((n, k) => n > 0 && k < places.length);
  const sum = rows.map((n, k) => n * (kept[k]?.mean ?? 0));
  const squares = rows.map((n, k) => n * (kept[k]?.square ?? 0));
  const beyond = rows.map((n, k) => (isOutside(kept[k]?.bin ?? 0) ? n : 0));
  return {
    by: { bin: Int32Array.from(kept, ({ bin }) => bin) },
    sums: { n: rows, sum, squares, beyond },
  };
}

const isOutside = (bin: number): boolean => bin === BIN.under || bin === BIN.over;

interface Place {
  bin: number;
  mean: number;
  /** Mean of (x - low)². */
  square: number;
}

const known = new WeakMap<Feature, Place[]>();

function placesOf(feature: Feature): Place[] {
  const found = known.get(feature);
  if (found !== undefined) return found;
  const { axis, cuts } = feature;
  const value = (cut: number) => axis.low + cut / axis.inverseWidth;
  const inner = cuts.slice(0, -1).map((from, k): Place => {
    const to = cuts[k + 1] ?? FINE_BINS;
    const mean = (value(from) + value(to)) / 2;
    const width = (to - from) / axis.inverseWidth;
    return { bin: from, mean, square: (mean - axis.low) ** 2 + width ** 2 / 12 };
  });
  const edge = (cut: number, bin: number): Place => {
    const mean = value(cut);
    // What lies beyond is spread: as wide as a hundredth of the axis.
    const width = FINE_BINS / 100 / axis.inverseWidth;
    return { bin, mean, square: (mean - axis.low) ** 2 + width ** 2 / 12 };
  };
  const rest = [BIN.missing, BIN.notFinite].map((bin) => ({ bin, mean: 0, square: 0 }));
  const places = [edge(0, BIN.under), ...inner, edge(FINE_BINS, BIN.over), ...rest];
  known.set(feature, places);
  return places;
}

function cellsOf(feature: Feature, values: readonly Value[]): Cells {
  const { axis, cuts } = feature;
  const isText = axis.kind === 'categorical';
  const cells = new Float64Array(isText ? axis.known.length + 2 : cuts.length + 3);
  for (const value of values) {
    const k = isText ? categoryCell(axis, value) : numericCell(feature, value);
    cells[k] = (cells[k] ?? 0) + 1;
  }
  return cells;
}

function categoryCell(axis: Axis, value: Value): number {
  if (value === null) return axis.known.length + 1;
  const place = axis.known.indexOf(String(value));
  return place < 0 ? axis.known.length : place;
}

function numericCell({ axis, cuts }: Feature, value: Value): number {
  if (value === null) return cuts.length + 1;
  if (typeof value === 'string' || !Number.isFinite(value)) return cuts.length + 2;
  const bin = cellOf(axis, value);
  if (bin === BIN.under) return 0;
  if (bin === BIN.over) return cuts.length;
  return cuts.findLastIndex((cut) => cut <= bin) + 1;
}

/** Windows of one grid as one: cells with equal keys are added. */
export function pool(features: readonly Feature[], days: readonly Day[]): Day {
  const cells: Record<string, Cells> = {};
  const columns: Record<string, Counts> = {};
  for (const feature of features) {
    const sums = new Float64Array(days[0]?.cells[feature.name]?.length ?? 0);
    for (const day of days)
      day.cells[feature.name]?.forEach((n, k) => (sums[k] = (sums[k] ?? 0) + n));
    cells[feature.name] = sums;
    columns[feature.name] = countsOf(feature, sums);
  }
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) throw new Error('pool takes one window or more');
  const rows = days.reduce((sum, day) => sum + day.profile.rows, 0);
  const window = { ...first.profile.window, end: last.profile.window.end };
  return { profile: { ...last.profile, window, rows, columns }, cells };
}

export function gridOf(features: readonly Feature[]): Grid {
  return { id: 'grid', axes: Object.fromEntries(features.map(({ name, axis }) => [name, axis])) };
}

/** The window as the lake keeps it for what is usual and for what was before. */
export function coarse(grid: Grid, profile: Profile): Profile {
  const columns = Object.entries(profile.columns).map(([name, counts]) => {
    const axis = grid.axes[name];
    return [name, axis === undefined ? counts : coarsen(axis, counts)] as const;
  });
  return { ...profile, columns: Object.fromEntries(columns) };
}

/** The evidence of one window among its reference and what came before. */
export function evidenceOf(input: {
  grid: Grid;
  current: Profile;
  reference: Profile | null;
  periods: readonly Profile[];
  earlier: readonly Profile[];
}): Evidence {
  const { grid, current, reference, periods, earlier } = input;
  const at = current.window.end;
  return {
    ...{ at, knownAt: at, grid, current, reference, references: {}, earlier, periods },
    usual: periods.length === 0 ? null : 'reference',
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
  };
}
