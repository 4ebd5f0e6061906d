import { explainedShare, withoutMeans } from '../stats/explained.js';
import { stratumCuts } from '../stats/strata.js';
import { LOSS_CELL } from './loss-axis.js';
import type { LossAxis, LossColumn } from './loss-axis.js';
import type { Axis, Counts, Grid } from './profile.js';

/**
 * Errors of a regression by cells of its answers and of the features that tell them: by `answer`,
 * `first` and, where there are two, `second` feature, the columns of the grid's `losses` (Int32:
 * see LossAxis), `label` (`known`, '' none); sums `n`, and of labelled rows `errors`,
 * `squaredErrors`, `labels`, `squaredLabels` as in Outcomes. Rows without a prediction are left
 * out. The answer `losses` of a profile; cells of one grid may be added.
 */
export type Losses = Counts;

export const LOSS_KEYS = ['answer', 'first', 'second'] as const;

/** Cells of the strongest feature, the prediction and the other feature; listed categories. */
const MANY = 20;
const TENTHS = 10;
const FEW = 5;
const MOST_KNOWN = 50;

/** Cells of a column, from values of its reference; null: it cannot be cut, or not listed. */
export function lossAxis(
  axis: Axis | undefined,
  values: readonly Value[],
  parts = TENTHS,
): LossAxis | null {
  if (axis === undefined || !isCut(axis)) return null;
  const { kind, known, min, max } = axis;
  if (kind === 'categorical')
    return { kind, own: known.slice(0, parts - 1), others: known.slice(parts - 1) };
  if (kind === 'opaque' || min === null || max === null) return null;
  const numbers = values.flatMap((value) => (value === null ? [] : Number(value)));
  return { kind, cuts: stratumCuts(numbers.filter(Number.isFinite), parts), min, max };
}

/** Whether a column can be cut into cells. */
export function isCut({ kind, of, tail, known, min }: Axis): boolean {
  if (of !== undefined || kind === 'opaque') return false;
  return kind === 'categorical' ? tail !== true && known.length <= MOST_KNOWN : min !== null;
}

type Value = number | string | null;

/** The cell of a value. */
export function lossCell(axis: LossAxis, value: Value): number {
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

/** Fewer rows tell no feature from chance. */
const LEAST_ROWS = 200;
/**
 * Least share of the variance that counts. Moved by its sd, a feature that tells less moves the
 * mean loss by less than 0.1 sd.
 */
const LEAST_SHARE = 0.01;

/**
 * The prediction and the features that tell most of the losses beside it, the strongest first, each
 * by what those before it leave; [] where none tells enough, or rows are few.
 */
export function lossColumns(rows: LossRows, grid: Grid, prediction: string): LossColumn[] {
  const answers = lossAxis(grid.axes[prediction], rows.predictions);
  if (answers === null || rows.losses.length < LEAST_ROWS) return [];
  const chosen: LossColumn[] = [{ column: prediction, cells: answers }];
  let left = withoutMeans(rows.losses, codesOf(answers, rows.predictions)).values;
  for (const parts of [MANY, FEW]) {
    const could = Object.entries(rows.columns).flatMap(([column, values]) => {
      const cells = column === prediction ? null : lossAxis(grid.axes[column], values, parts);
      if (cells === null) return [];
      const codes = codesOf(cells, values);
      return [{ column, cells, codes, share: explainedShare(left, codes) }];
    });
    const [best] = could.sort((a, b) => b.share - a.share);
    if (best === undefined || best.share < LEAST_SHARE) break;
    chosen.push({ column: best.column, cells: best.cells });
    left = withoutMeans(left, best.codes).values;
  }
  return chosen.length > 1 ? chosen : [];
}

const codesOf = (axis: LossAxis, values: readonly Value[]): number[] =>
  values.map((value) => lossCell(axis, value));
