import { LOSS_KEYS } from '../domain/losses.js';
import type { Losses } from '../domain/losses.js';
import { size } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import type { Cohort, Expected } from './expected.js';

/** Losses of the window, and of the rows that an estimate learns from, on the same cells. */
export interface LossSides {
  current: Losses;
  known: Losses;
  /** What parts them beside the prediction. */
  features: readonly string[];
}

/** null: they were not counted on both sides and one grid, or no feature tells the losses. */
export function lossSides({ grid, current, reference, performance }: Evidence): LossSides | null {
  const before = performance === undefined ? reference : performance;
  if (before?.grid !== current.grid) return null;
  const [now, known] = [current.asked['losses'], before.asked['losses']];
  const features = grid.losses?.slice(1).map(({ column }) => column) ?? [];
  if (now === undefined || known === undefined || features.length === 0) return null;
  return rowsOf(known, 'labelled') > 0 ? { current: now, known, features } : null;
}

const isAsked = (losses: Losses, row: number, cohort: Cohort): boolean =>
  cohort === 'scored' || (losses.by['label']?.[row] ?? '') !== '';

function rowsOf(losses: Losses, cohort: Cohort): number {
  let rows = 0;
  for (let row = 0; row < size(losses); row++)
    if (isAsked(losses, row, cohort)) rows += losses.sums['n']?.[row] ?? 0;
  return rows;
}

const SUMS = ['errors', 'squaredErrors', 'labels', 'squaredLabels'] as const;
type Sums = Record<'n' | (typeof SUMS)[number], number>;

/** Cells as fine as can be, then coarser ones, for rows whose cell no labelled row is in. */
const COARSER = [LOSS_KEYS, ['first', 'second'], ['first']] as const;

/**
 * Direct loss estimation: each row has the mean errors of the labelled rows in its cell of the
 * prediction and the features, where those have none in its cell of the features, or of the
 * strongest alone. Rows beyond that are outside. A text says why nothing can be expected.
 */
export function expectedErrors(
  { current, known, features }: LossSides,
  cohort: Cohort,
): Expected | string {
  const all = rowsOf(current, cohort);
  if (all === 0) return 'no row has a prediction';
  const levels = COARSER.map((keys) => ({ keys, cells: labelledBy(known, keys) }));
  // labelled rows → rows of the window that have their mean errors
  const used = new Map<Sums, number>();
  for (let row = 0; row < size(current); row++) {
    const n = current.sums['n']?.[row] ?? 0;
    if (n === 0 || !isAsked(current, row, cohort)) continue;
    const cell = levels.flatMap(
      ({ keys, cells }) => cells.get(cellAt(current, row, keys)) ?? [],
    )[0];
    if (cell !== undefined) used.set(cell, (used.get(cell) ?? 0) + n);
  }
  const inside = [...used.values()].reduce((sum, n) => sum + n, 0);
  const sums = SUMS.map((name) => {
    const sum = [...used].reduce((rest, [cell, n]) => rest + (n * cell[name]) / cell.n, 0);
    return [name, Float64Array.of(sum)] as const;
  });
  const squares = [...used].reduce((sum, [cell, n]) => sum + (n / inside) ** 2 / cell.n, 0);
  return {
    outcomes: {
      by: { label: ['known'] },
      sums: { n: Float64Array.of(inside), ...Object.fromEntries(sums) },
    },
    outside: 1 - inside / all,
    weighed: { features, effective: 1 / squares, of: rowsOf(known, 'labelled') },
  };
}

const cellAt = (losses: Losses, row: number, keys: readonly string[]): string =>
  keys.map((key) => losses.by[key]?.[row] ?? 0).join();

/** Cell → its labelled rows. */
function labelledBy(known: Losses, keys: readonly string[]): Map<string, Sums> {
  const cells = new Map<string, Sums>();
  for (let row = 0; row < size(known); row++) {
    const n = known.sums['n']?.[row] ?? 0;
    if (n === 0 || !isAsked(known, row, 'labelled')) continue;
    const at = cellAt(known, row, keys);
    const cell = cells.get(at) ?? {
      n: 0,
      errors: 0,
      squaredErrors: 0,
      labels: 0,
      squaredLabels: 0,
    };
    cells.set(at, cell);
    cell.n += n;
    for (const name of SUMS) cell[name] += known.sums[name]?.[row] ?? 0;
  }
  return cells;
}
