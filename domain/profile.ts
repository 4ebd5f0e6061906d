import type { CategoryCells } from './category-cells.js';
import type { LossColumn } from './loss-axis.js';
import type { Slice } from './slice.js';
import type { Window } from './window.js';

/**
 * Sparse grouped counts: row i of every `by` column names the cell, row i of every `sums` column
 * holds what was summed there. `sums.n` (rows) is always present.
 */
export interface Counts {
  by: Record<string, Int32Array | readonly string[]>;
  sums: Record<string, Float64Array>;
  /** Of a numeric column in cells whose rows were also looked at value by value; never added. */
  exact?: ExactFigures;
}

/** Figures of the finite values of a numeric column that no cell has rounded. */
export interface ExactFigures {
  /** Rows with a finite value. */
  n: number;
  mean: number;
  /** `mean` in two parts, from + above: digits that a large number has no place for. */
  parts?: { from: number; above: number };
  /** With n - 1; NaN of fewer than two rows. */
  variance: number;
  /** Place p holds the value at or below which p % of the rows lie, p = 0 to 100. */
  percentiles: Float64Array;
  /** The quantiles at 10, 25, 50, 75 and 90 %, by linear interpolation between rows. */
  between: readonly number[];
  /** How far the column is from that of one reference; absent: it was put beside none. */
  beside?: {
    reference: Counts;
    /** max |F - G|, 0 to 1; NaN when a side has no values. */
    ks: number;
    /** ∫ |F - G| in the unit of the column; NaN when a side has no values. */
    wasserstein: number;
  };
}

/**
 * Bins of a numeric column: 0 … FINE_BINS - 1 are equal-width cells of [low, low + FINE_BINS /
 * inverseWidth); a heavy value has a bin of its own, `atom0 - i` for `axis.atoms[i]`, and is in no
 * other. NaN and the infinities are `notFinite`.
 */
export const FINE_BINS = 4096;
export const BIN = { under: -1, over: FINE_BINS, missing: -2, notFinite: -3, atom0: -16 } as const;

/**
 * Categories that no value can collide with, in the `value` column of a categorical column. Coarse
 * counts fold rare known categories to `known` with the number of a group, without one where the
 * reference has a tail, and those that the reference does not know to `unseen`.
 */
export const CATEGORY = {
  missing: '\u0000missing',
  other: '\u0000other',
  known: '\u0000known',
  unseen: '\u0000unseen',
} as const;

/**
 * What of a column's values is counted where they are no numbers themselves: of a text its
 * characters, all of them or those that are no digit (of ids that count up); of a vector its norm.
 */
export type Measure = 'length' | 'letters' | 'norm';

/** How one column is binned. */
export interface Axis {
  /** `opaque`: only nulls are counted. */
  kind: 'numeric' | 'categorical' | 'opaque';
  /** The numbers that are binned, of a numeric axis; absent: the values themselves. */
  of?: Measure;
  low: number;
  inverseWidth: number;
  /** Heavy values with a bin of their own, ascending. */
  atoms: readonly number[];
  /**
   * Coarse bin edges for PSI, as fine-bin numbers, ascending: coarse bin j holds the fine bins in
   * [edges[j], edges[j + 1]); made from the reference's quantiles, snapped to the fine grid.
   */
  edges: readonly number[];
  /** Categories that the reference knows, most frequent first, at most 10,000. */
  known: readonly string[];
  /** Smallest and largest finite value of the reference; null when it has none. */
  min: number | null;
  max: number | null;
  /** The type of the column in the reference, as DuckDB names it. */
  type: string;
  /** Share of distinct values among the reference's non-null rows. */
  distinct: number;
  /** Different values of the reference are one double, or one cell: no change can be told. */
  merged?: true;
  /**
   * The reference has more categories than `known`: its others are CATEGORY.other. In the counts is
   * CATEGORY.unseen, if with 0 rows, where somebody looked for those that it lacks.
   */
  tail?: boolean;
  /** Where all of them lie, so that others are told; absent: of a reference of an older version. */
  cells?: CategoryCells;
}

/** The bins of a model's columns, made once with its first reference; versioned by its id. */
export interface Grid {
  id: string;
  axes: Readonly<Record<string, Axis>>;
  /** The prediction and the features that tell most of its errors; absent: none does. */
  losses?: readonly LossColumn[];
}

/**
 * Columns of `outcomes.by`, each present when the monitor knows it:
 * `score` Int32 (fine bin of the probability on [0, 1], or of the value on the prediction's axis;
 * BIN.missing), `predicted` string (class or '' when there is none), `label` string ('1', '0', a
 * class, `known` for a regression, or '' = no label yet), `version` string, `decision` string (a
 * Decision), `propensity` string (see CHANCE), `source` string (a SourceOfLabel).
 * Columns of `outcomes.sums`: `n`; regression also `errors` (Σ|y − ŷ|), `squaredErrors`,
 * `labels` (Σ y), `squaredLabels`, and where a check asks for them `signed` (Σ(y − ŷ)),
 * `signedSquares` (Σ(y − ŷ)|y − ŷ|), `relative` (Σ|y − ŷ| / |y|), `squaredRelative`; probability
 * also `scores` (Σ score); with `propensity` `weights` (Σ 1 / (1 − propensity), see CHANCE).
 * Of several classes with probabilities `table` says of what a row is: '' predictions, with the
 * sums `rated` (those whose label has a probability), `loss` (Σ −ln of it) and `squaredLoss`;
 * `place`: labelled `rows` by the place of their label, which `predicted` holds; `class`: all by
 * the `chance` of the class that `predicted` holds (number of a fine bin, or the value), label '1'
 * of that class, `answer` '1' predicted as it. `n` of both is 0. Of a ranking sums are of requests:
 * `requests`, `ndcg`, `map`, `mrr` with `squaredNdcg` …, `hits`; `n` counts their items.
 */
export type Outcomes = Counts;

/** The grouped counts of a window on the model's grid: small, mergeable by adding. */
export interface Profile {
  grid: string;
  window: Window;
  /** Windows that were added up; absent: it is one. */
  windows?: number;
  slice: Slice;
  rows: number;
  /** Newest event time, null without rows. */
  newest: number | null;
  /** Column → type as DuckDB names it, for the columns that are there. */
  types: Readonly<Record<string, string>>;
  /**
   * Column → counts. Numeric: by `bin`, sums `n`, `sum`, `squares` (Σ(x − low)²), `beyond` (rows
   * below the axis' `min` or above its `max`: what is out of range), `cubes` (Σ(x − low)³ of under
   * and over only, each row to an eighth of a fine cell's width cubed). Those of rows whose squares
   * a double cannot hold are infinite.
   * Categorical: by `value`. Opaque: by `value`, of CATEGORY.missing and CATEGORY.other only.
   */
  columns: Readonly<Record<string, Counts>>;
  outcomes: Outcomes | null;
  /**
   * Answers, not added over windows. `rows`: sums `received`, `accepted`, `unparsed`, `future`,
   * `misread` (accepted rows with a value that is not what it should be), `duplicates` (rows beyond
   * the first of their id; 0 without one); `labels`: sums `joined`, `orphans`, `duplicates`,
   * `conflicting`; `delays`, `late_delays`: `Delays`; `rejected`: by `column`, `reason` (`unparsed`
   * | `future` | `no_probability`), sums `n`; `unbound`: of segments that cannot be told, by
   * `segment`, `column` (one that it names), `why`; `undecided`: by `column`, of the action, gone;
   * `joins`: rows by `join`, sums `alone`, `conflicting`, and `unreadable` (lines there);
   * `sizes`: of vectors, by `column`, `size`, sums `n`; `custom`: by `sql`, `part` ('' all), `why`,
   * sums `value`; `series`: `seriesCounts`; `items`, `groups`, `losses`: `Items` …; `arms`;
   * `traffic`: not live, by `traffic` (`shadow` | `neither`), `lanes`: by `value`; `small`: parts.
   */
  asked: Readonly<Record<string, Counts>>;
}

/** An object by the names of columns: any, as `__proto__`, is a key; none was not put there. */
export function byColumn<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const made = Object.create(null) as Record<string, T>;
  for (const [column, value] of entries) made[column] = value;
  return made;
}

/** Number of cells. */
export function size(counts: Counts): number {
  return counts.sums['n']?.length ?? 0;
}

/** Σ of one sum over all cells; 0 when it is not there. */
export function total(counts: Counts | null | undefined, name = 'n'): number {
  const values = counts?.sums[name] ?? [];
  let sum = 0;
  // By index: an iterator would cost ten times as much, and there may be 100,000 cells.
  for (let row = 0; row < values.length; row++) sum += values[row] ?? 0;
  return sum;
}

/** Dimension → the values that some slices name, in their order. */
export function valuesOf(slices: readonly Slice[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const slice of slices) {
    for (const [name, value] of Object.entries(slice)) {
      values[name] = [...(values[name] ?? []), value];
    }
  }
  return values;
}

/** True when two slices name the same values. */
export function isSameSlice(a: Slice, b: Slice): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
