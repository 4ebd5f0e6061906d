import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Measured } from './held.js';
import { keyAt } from './scores.js';
import { tenths } from './tenths.js';

/** By how much the mass of some rows is changed to see what a metric makes of it. */
const STEP = 1e-3;

/** Rows that change a metric alike, by what each of them counts. */
export interface Alike {
  cells: readonly number[];
  /** Sum of what the rows count, and of the squares of it. */
  weight: number;
  squares: number;
}

/** Cells in groups of rows that change a metric alike: one label, one class, scores of a tenth. */
export function alike({ by, sums }: Outcomes, cells: readonly number[]): number[][] {
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

/**
 * The change of a metric's value by a change of the mass of each group, as a share of it; 0 where
 * it cannot be measured with more of it. What the infinitesimal jackknife sums the squares of.
 */
export function slopes(
  outcomes: Outcomes,
  groups: readonly Alike[],
  of: (outcomes: Outcomes) => Measured | string,
): number[] {
  const whole = of(outcomes);
  return groups.map(({ cells }) => {
    const one = of(withMore(outcomes, cells));
    return typeof one === 'string' || typeof whole === 'string'
      ? 0
      : (one.value - whole.value) / STEP;
  });
}

/** The outcomes with a little more of some cells. */
function withMore({ by, sums }: Outcomes, cells: readonly number[]): Outcomes {
  const more = Object.entries(sums).map(([name, sum]) => {
    const own = sum.slice();
    for (const cell of cells) own[cell] = (own[cell] ?? 0) * (1 + STEP);
    return [name, own] as const;
  });
  return { by, sums: Object.fromEntries(more) };
}

/** The outcomes with so much of each cell. */
export function scaled(outcomes: Outcomes, factor: (cell: number) => number): Outcomes {
  const factors = Float64Array.from({ length: size(outcomes) }, (_, cell) => factor(cell));
  const scale = (sum: Float64Array) => sum.map((value, cell) => value * (factors[cell] ?? 0));
  const all = Object.entries(outcomes.sums).map(([name, sum]) => [name, scale(sum)] as const);
  return { by: outcomes.by, sums: Object.fromEntries(all) };
}
