import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { ofWeights, weighing, weighted } from '../domain/weights.js';
import type { Measured } from './held.js';
import { alike, scaled, slopes } from './jackknife.js';
import type { Alike } from './jackknife.js';
import { keyAt } from './scores.js';

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
  const { label: labels = [], score } = by;
  // without a prediction a regression's row has no error
  const isPredicted = (cell: number): boolean =>
    outcomes.sums['errors'] === undefined || !score || keyAt(score, cell) !== null;
  const labelled = [...Array(size({ by, sums })).keys()].filter((cell) => {
    return (labels[cell] ?? '') !== '' && (weights[cell] ?? 0) > 0 && isPredicted(cell);
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
  const weightsOf = (cells: readonly number[]): Alike => ({
    ...{ cells, weight: sumOf(cells, weights), squares: sumOf(cells, squares) },
  });
  const groups = alike(outcomes, labelled).map(weightsOf);
  return { outcomes, all: weightsOf(labelled), unweighed, groups };
}

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
  of: (outcomes: Outcomes) => Measured | string,
): number {
  const kish = all.weight ** 2 / all.squares;
  const each = all.squares / all.weight;
  const errors = ofErrors(outcomes, { ...all, each });
  if (errors !== null) return kish * Math.min(1, errors);
  const changes = slopes(
    scaled(outcomes, () => 1 / each),
    groups,
    of,
  );
  const telling = { weight: 0, squares: 0 };
  let [even, own] = [0, 0];
  for (const [place, { weight, squares }] of groups.entries()) {
    const slope = changes[place] ?? 0;
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
