import { explainedShare, withoutMeans } from '../stats/explained.js';
import { FINE_BINS } from './profile.js';
import type { Axis, Counts, Grid } from './profile.js';

/**
 * Errors of a regression by cells of its answers and of the features that tell them: by `tenth` of
 * the prediction, `first` and, where there are two, `second` feature of the grid's `losses` (Int32:
 * see LossAxis), `label` (`known`, '' none); sums `n`, and of labelled rows `errors`,
 * `squaredErrors`, `labels`, `squaredLabels` as in Outcomes. Rows without a prediction are left
 * out. The answer `losses` of a profile; cells of one grid may be added.
 */
export type Losses = Counts;

export const LOSS_KEYS = ['tenth', 'first', 'second'] as const;

/** Cells that are no part of the values: nothing a reference has, and no value at all. */
export const LOSS_CELL = { beyond: -1, missing: 0 } as const;

/**
 * How a column is cut into cells, numbered from 1. Numbers: by how many of the cuts a value is not
 * below; those outside of [min, max] are beyond. Categories: each of `own` is a cell, all of
 * `others` are the next; any other value is beyond.
 */
export type LossAxis =
  | { kind: 'numeric'; cuts: readonly number[]; min: number; max: number }
  | { kind: 'categorical'; own: readonly string[]; others: readonly string[] };

/** Parts of a feature, of the prediction, and categories of a column that can be listed. */
const PARTS = 5;
const TENTHS = 10;
const MOST_KNOWN = 50;

/** The cells of a feature; null: its values cannot be cut, or not listed. */
export function lossAxis(axis: Axis | undefined, parts = PARTS): LossAxis | null {
  if (axis === undefined || axis.of !== undefined) return null;
  const { kind, known, min, max } = axis;
  if (kind === 'categorical') {
    const isListed = axis.tail !== true && known.length <= MOST_KNOWN;
    const own = known.slice(0, parts - 1);
    return isListed ? { kind, own, others: known.slice(parts - 1) } : null;
  }
  if (kind === 'opaque' || min === null || max === null) return null;
  return { kind, cuts: cutsOf(axis, parts), min, max };
}

/** The cells of the prediction. */
export const predictionAxis = (axis: Axis | undefined): LossAxis | null => lossAxis(axis, TENTHS);

/** Some of the axis' edges, evenly. */
function cutsOf({ edges, low, inverseWidth }: Axis, parts: number): number[] {
  const inner = edges.filter((edge) => edge > 0 && edge < FINE_BINS);
  const places = Array.from({ length: parts - 1 }, (_, cut) => {
    return Math.round(((cut + 1) * (inner.length + 1)) / parts) - 1;
  });
  const chosen = new Set(places.filter((place) => place >= 0));
  return [...chosen].flatMap((place) => {
    const edge = inner[place];
    return edge === undefined ? [] : [low + edge / inverseWidth];
  });
}

type Value = number | string | null;

/** The cell of a value. */
function lossCell(axis: LossAxis, value: Value): number {
  if (value === null) return LOSS_CELL.missing;
  if (axis.kind === 'categorical') {
    const place = axis.own.indexOf(String(value));
    if (place >= 0) return place + 1;
    return axis.others.includes(String(value)) ? axis.own.length + 1 : LOSS_CELL.beyond;
  }
  const number = Number(value);
  if (!Number.isFinite(number)) return LOSS_CELL.missing;
  if (number < axis.min || number > axis.max) return LOSS_CELL.beyond;
  return 1 + axis.cuts.filter((cut) => number >= cut).length;
}

/** Labelled rows of a reference, entry i of every list is row i. */
export interface LossRows {
  /** |label - prediction|. */
  losses: readonly number[];
  predictions: readonly Value[];
  columns: Readonly<Record<string, readonly Value[]>>;
}

/** Features that parts of rows are told by. */
const MOST_FEATURES = 2;
/** Fewer rows tell no feature from chance. */
const LEAST_ROWS = 200;
/**
 * Least share of the variance that counts. Moved by its sd, a feature that tells less moves the
 * mean loss by less than 0.1 sd.
 */
const LEAST_SHARE = 0.01;

/**
 * The features that tell most of the losses beside the prediction, the strongest first, each by
 * what those before it leave; [] where none tells enough, or rows are few.
 */
export function lossFeatures(rows: LossRows, grid: Grid, prediction: string): string[] {
  const answers = predictionAxis(grid.axes[prediction]);
  if (answers === null || rows.losses.length < LEAST_ROWS) return [];
  const cells = (axis: LossAxis, values: readonly Value[]) =>
    values.map((value) => lossCell(axis, value));
  let left = withoutMeans(rows.losses, cells(answers, rows.predictions)).values;
  const could = Object.entries(rows.columns).flatMap(([name, values]) => {
    const axis = name === prediction ? null : lossAxis(grid.axes[name]);
    return axis === null ? [] : [{ name, codes: cells(axis, values) }];
  });
  const chosen: string[] = [];
  while (chosen.length < MOST_FEATURES) {
    const told = could.map((one) => ({ ...one, share: explainedShare(left, one.codes) }));
    const [best] = told.sort((a, b) => b.share - a.share);
    if (best === undefined || best.share < LEAST_SHARE) break;
    chosen.push(best.name);
    left = withoutMeans(left, best.codes).values;
  }
  return chosen;
}
