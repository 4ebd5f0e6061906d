import { byColumn } from '../profile.js';
import type { BinnedFeature, Rows } from './rows.js';

/** How much of the model's answer each feature is worth, and who says so. */
export interface Importance {
  /** Feature → share, 0 to 1. */
  shares: Readonly<Record<string, number>>;
  /**
   * `monitor`: the monitor names them all; `answers`: none, they are |correlation| of the mean
   * score of a feature's bin with the score; `both`: those fill what the monitor leaves; `unknown`:
   * the monitor names none and no row has a score, so that every share is 0.
   */
  basis: 'monitor' | 'answers' | 'both' | 'unknown';
}

/**
 * Shares of importance: as given, else by how far a feature's bins tell the score, scaled so that
 * together they hold what the given ones leave. A feature that only repeats another counts as much
 * as that one. 0 where no row has a score.
 */
export function importanceOf(
  rows: Rows,
  given: Readonly<Record<string, number | null | undefined>>,
): Importance {
  const unknown = rows.features.filter(({ name }) => given[name] == null);
  const known = rows.features.flatMap(({ name }) => {
    const share = given[name];
    return share == null ? [] : [[name, share] as const];
  });
  const rest = Math.max(0, 1 - known.reduce((sum, [, share]) => sum + share, 0));
  const told = unknown.map((feature) => [feature.name, correlation(rows, feature)] as const);
  const whole = told.reduce((sum, [, value]) => sum + (value ?? 0), 0);
  const filled = told.map(([name, value]) => {
    return [name, whole > 0 ? (rest * (value ?? 0)) / whole : 0] as const;
  });
  const isTold = told.some(([, value]) => value !== null);
  const basis = basisOf({ isTold, isGiven: known.length > 0 });
  return { shares: byColumn([...known, ...filled]), basis };
}

function basisOf({ isTold, isGiven }: Record<'isTold' | 'isGiven', boolean>): Importance['basis'] {
  if (isTold) return isGiven ? 'both' : 'answers';
  return isGiven ? 'monitor' : 'unknown';
}

/**
 * |corr(mean score of the bin, score)| on the reference's rows, or on the window's where those have
 * no score; what as many bins explain by chance is taken off. null: no row has a score.
 */
function correlation(rows: Rows, feature: BinnedFeature): number | null {
  return onSide(rows, feature, 0) ?? onSide(rows, feature, 1);
}

/** null: no row of the side has a score. */
function onSide(
  { sides, scores }: Rows,
  { bins, codes }: BinnedFeature,
  side: 0 | 1,
): number | null {
  const sums = bins.map(() => ({ n: 0, sum: 0 }));
  let [n, sum, squares] = [0, 0, 0];
  for (let row = 0; row < sides.length; row++) {
    const [score = NaN, bin] = [scores[row], sums[codes[row] ?? -1]];
    if ((sides[row] === 1 ? 1 : 0) !== side || !Number.isFinite(score) || bin === undefined)
      continue;
    bin.n += 1;
    bin.sum += score;
    n += 1;
    sum += score;
    squares += score * score;
  }
  if (n === 0) return null;
  const filled = sums.filter((bin) => bin.n > 0);
  const whole = squares - (sum * sum) / n;
  const between =
    filled.reduce((all, bin) => all + (bin.sum * bin.sum) / bin.n, 0) - (sum * sum) / n;
  if (!(whole > 1e-12 * squares) || n <= filled.length) return 0;
  const inside = (whole - between) / (n - filled.length);
  return Math.sqrt(Math.max(0, 1 - (inside * (n - 1)) / whole));
}
