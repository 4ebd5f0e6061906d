import { FINE_BINS } from '../profile.js';
import type { Counts } from '../profile.js';
import type { Side } from './binned.js';

/**
 * Labelled rows of a reference by the cell of their probability and their label, each as often as
 * rows like it are in the window: by the odds p / (1 - p) of being of the window, `chances`, by a
 * classifier that has not seen the row. Sums `n` (Σ w), `rows`, `squares` (Σ w²) and `scores`
 * (Σ w score). null: no row has a label of yes or no and a probability.
 */
export function weighedLabels(
  { scores, labels }: Pick<Side, 'scores' | 'labels'>,
  chances: ArrayLike<number>,
): Counts | null {
  const cells = new Map<string, { bin: number; label: string; sums: Sums }>();
  scores.forEach((score, row) => {
    const label = labels[row] ?? '';
    if (score === null || !(score >= 0 && score <= 1) || (label !== '0' && label !== '1')) return;
    const bin = Math.min(FINE_BINS - 1, Math.floor(score * FINE_BINS));
    const key = `${bin} ${label}`;
    const cell = cells.get(key) ?? { bin, label, sums: { n: 0, rows: 0, squares: 0, scores: 0 } };
    cells.set(key, cell);
    const chance = chances[row] ?? 0;
    const weight = chance / (1 - chance);
    cell.sums.n += weight;
    cell.sums.rows += 1;
    cell.sums.squares += weight ** 2;
    cell.sums.scores += weight * score;
  });
  if (cells.size === 0) return null;
  const all = [...cells.values()];
  const sum = (name: keyof Sums) => Float64Array.from(all, ({ sums }) => sums[name]);
  return {
    by: { score: Int32Array.from(all, ({ bin }) => bin), label: all.map(({ label }) => label) },
    sums: { n: sum('n'), rows: sum('rows'), squares: sum('squares'), scores: sum('scores') },
  };
}

type Sums = Record<'n' | 'rows' | 'squares' | 'scores', number>;
