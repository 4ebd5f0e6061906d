import type { Decision } from '../../domain/action.js';
import type { SourceOfLabel } from '../../domain/label-source.js';
import type { Outcomes } from '../../domain/profile.js';

/** So many labelled rows; what is not said is not known. */
export interface Sourced {
  n: number;
  source?: SourceOfLabel;
  decision?: Decision;
  /** '' : no label. */
  label?: '' | '0' | '1';
  predicted?: '' | '0' | '1';
  score?: number;
  version?: string;
}

/** Outcomes with the keys that are counted: who made labels, what was decided, which version. */
export function sourcedOf(
  cells: readonly Sourced[],
  keys: readonly ('source' | 'decision' | 'version')[] = ['source'],
): Outcomes {
  const score = (cell: Sourced) => cell.score ?? 0.5;
  return {
    by: {
      score: Int32Array.from(cells, (cell) => Math.floor(score(cell) * 4096)),
      predicted: cells.map(({ predicted = '0' }) => predicted),
      label: cells.map(({ label = '0' }) => label),
      ...Object.fromEntries(keys.map((key) => [key, cells.map((cell) => cell[key] ?? '')])),
    },
    sums: {
      n: Float64Array.from(cells, ({ n }) => n),
      scores: Float64Array.from(cells, (cell) => cell.n * score(cell)),
    },
  };
}
