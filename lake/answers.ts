import { addCounts } from '../domain/adding.js';
import { FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';

/** Cells of a score that are kept as one, where no axis has coarse edges of its own. */
const TOGETHER = 16;
/** Labels of more classes would be as many cells each. */
const MOST_LABELS = 20;

/**
 * What the model answered in a period of a reference, by version, and the labels if they are of
 * few classes: rows by score, or by class. Scores lie in the last cell before a coarse edge of
 * their axis, else of every 16 cells, so that these edges, and those that are made of them, cut
 * fine scores alike. Decisions are left out.
 */
export function answersOf(outcomes: Counts | null, axis: Axis | undefined): Counts | null {
  const { score, predicted, version, label } = outcomes?.by ?? {};
  const answer = score === undefined ? { predicted } : { score: lastBefore(edgesOf(axis), score) };
  const n = outcomes?.sums['n'];
  if (n === undefined || (score ?? predicted) === undefined) return null;
  const labels = label !== undefined && new Set<string | number>(label).size <= MOST_LABELS;
  const all = Object.entries({ ...answer, version, ...(labels && { label }) });
  const keys = all.filter(([, cells]) => cells !== undefined);
  return addCounts([{ by: Object.fromEntries(keys) as Counts['by'], sums: { n } }]);
}

function edgesOf(axis: Axis | undefined): readonly number[] {
  if (axis?.kind === 'numeric') return axis.edges;
  return Array.from({ length: FINE_BINS / TOGETHER + 1 }, (_, k) => k * TOGETHER);
}

function lastBefore(edges: readonly number[], cells: Counts['by'][string]): Counts['by'][string] {
  if (!(cells instanceof Int32Array)) return cells;
  const last = new Int32Array(FINE_BINS);
  edges.forEach((edge, index) => last.fill((edges[index + 1] ?? FINE_BINS) - 1, edge));
  return cells.map((cell) => (cell >= 0 && cell < FINE_BINS ? (last[cell] ?? cell) : cell));
}
