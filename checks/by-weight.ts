import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { ofWeights, weighing, weighted } from '../domain/weights.js';
import { keyAt } from './scores.js';
import { tenths } from './tenths.js';

/** Outcomes in which a row counts by its weight w. */
export interface ByWeight {
  /** As outcomes that count rows. */
  outcomes: Outcomes;
  /** Of all labelled rows. */
  all: Alike;
  /** Labelled rows without a weight that counts; they count nothing. */
  unweighed: number;
  groups: readonly Alike[];
}

/** Labelled rows that change a metric alike: one label, one class, scores of a tenth. */
interface Alike {
  cells: readonly number[];
  /** Σ w and Σ w². */
  weight: number;
  squares: number;
}

const made = new WeakMap<Outcomes, ByWeight | string>();

/** A text says why rows have no weights. Kept for as long as the outcomes: read only. */
export function byWeight(outcomes: Outcomes): ByWeight | string {
  const found = made.get(outcomes) ?? weigh(outcomes);
  made.set(outcomes, found);
  return found;
}

function weigh({ by, sums }: Outcomes): ByWeight | string {
  const { [weighted('n')]: weights, [weighted('squares')]: squares } = sums;
  if (weights === undefined || squares === undefined) return 'its rows have no weights';
  const own = Object.entries(sums).flatMap(([sum, values]) => {
    const name = ofWeights(sum);
    return name === null ? [] : [[name, values] as const];
  });
  const outcomes = { by, sums: Object.fromEntries(own) };
  const labels = by['label'] ?? [];
  const labelled = [...Array(size({ by, sums })).keys()].filter((cell) => {
    return (labels[cell] ?? '') !== '' && (weights[cell] ?? 0) > 0;
  });

  const missing = Array.from(sums[weighted('unweighed')] ?? []);
  const unweighed = missing.reduce((sum, n, cell) => {
    return (labels[cell] ?? '') === '' ? sum : sum + n;
  }, 0);
  if (labelled.length === 0) {
    const none = unweighed > 0 ? `; ${unweighed} have none that counts` : '';
    return `no labelled row has a weight above 0${none}`;
  }
  const sumOf = (cells: readonly number[], of: Float64Array) =>
    cells.reduce((sum, cell) => sum + (of[cell] ?? 0), 0);
  const alike = (cells: readonly number[]): Alike => ({
    ...{ cells, weight: sumOf(cells, weights), squares: sumOf(cells, squares) },
  });
  const groups = groupsOf(outcomes, labelled).map(alike);
  return { outcomes, all: alike(labelled), unweighed, groups };
}

function groupsOf({ by, sums }: Outcomes, cells: readonly number[]): number[][] {
  const { label, predicted, score } = by;
  const kinds = new Map<string, { key: number; n: number; cell: number }[]>();
  for (const cell of cells) {
    const kind = JSON.stringify([label?.[cell], predicted?.[cell]]);
    const rows = kinds.get(kind) ?? [];
    const key = (score && keyAt(score, cell)) ?? -Infinity;
    rows.push({ key, n: sums['n']?.[cell] ?? 0, cell });
    kinds.set(kind, rows);
  }
  return [...kinds.values()].flatMap((rows) =>
    tenths(rows).map((tenth) => tenth.map(({ cell }) => cell)),
  );
}

/** By how much the mass of some rows is changed to see what a metric makes of it. */
const STEP = 1e-3;

/** A change of a metric by less is what a double rounds. */
const NOTHING = 1e-9;

/**
 * How many rows of one weight tell as much of a metric as the labelled rows do: Kish's
 * (Σw)² / Σw², times how much more of the metric's variance the same rows would have if each
 * weighed Σw² / Σw. By the infinitesimal jackknife over groups of rows that are alike: Σ g² v, with
 * g the change of the value by their share and v = Σw² / (Σw)² of a group. Never so many that the
 * rows which change the value at all would be more than Kish's number of them, for a metric that
 * hangs on one heavy row hardly changes with it. Where nothing changes the value, as at a recall
 * of 1, by the group which weighs most unevenly.
 */
export function effectiveRows(
  { outcomes, all, groups }: ByWeight,
  valueOf: (outcomes: Outcomes) => number | null,
): number {
  const kish = all.weight ** 2 / all.squares;
  const each = all.squares / all.weight;
  const errors = ofErrors(outcomes, { ...all, each });
  if (errors !== null) return kish * Math.min(1, errors);
  const changed = (cells: readonly number[], by: number): number | null => {
    const factors = new Float64Array(size(outcomes)).fill(1);
    for (const cell of cells) factors[cell] = by;
    return valueOf(scaled(outcomes, (cell) => (factors[cell] ?? 1) / each));
  };
  const telling = { weight: 0, squares: 0 };
  let [even, own] = [0, 0];
  for (const { cells, weight, squares } of groups) {
    const [more, less] = [changed(cells, 1 + STEP), changed(cells, 1 - STEP)];
    const slope = more === null || less === null ? 0 : (more - less) / (2 * STEP);
    if (Math.abs(slope) <= NOTHING) continue;
    telling.weight += weight;
    telling.squares += squares;
    even += slope ** 2 * (each / weight);
    own += slope ** 2 * (squares / weight ** 2);
  }
  if (own > 0 && even > 0) {
    return Math.min(kish * (even / own), (all.weight * telling.weight) / telling.squares);
  }
  return Math.min(...groups.map(({ weight, squares }) => (all.weight * weight) / squares));
}

/**
 * The same ratio for the means of |e| and e², whose rows are not alike; the smaller one, for a
 * metric of errors may be of either. null: there are none.
 */
function ofErrors(
  { sums }: Outcomes,
  { cells, weight, squares, each }: Alike & { each: number },
): number | null {
  const sumOf = (name: string): number =>
    cells.reduce((sum, cell) => sum + (sums[name]?.[cell] ?? NaN), 0);
  const ratio = (one: string, square: string): number => {
    const mean = sumOf(one) / weight;
    const even = each * (sumOf(square) - mean ** 2 * weight);
    const own = sumOf(weighing(square)) - 2 * mean * sumOf(weighing(one)) + mean ** 2 * squares;
    return own > 0 && even > 0 ? even / own : 1;
  };
  if (sums['errors'] === undefined) return null;
  return Math.min(ratio('errors', 'squaredErrors'), ratio('squaredErrors', 'fourthErrors'));
}

/** The outcomes with so much of each cell. */
export function scaled({ by, sums }: Outcomes, factor: (cell: number) => number): Outcomes {
  const scale = (sum: Float64Array) => sum.map((value, cell) => value * factor(cell));
  const all = Object.entries(sums).map(([name, sum]) => [name, scale(sum)] as const);
  return { by, sums: Object.fromEntries(all) };
}
