import { isCut, lossColumns } from '../domain/losses.js';
import { byColumn } from '../domain/profile.js';
import type { Grid } from '../domain/profile.js';
import { drawReference } from './draw.js';
import type { Duck } from './duck.js';
import { fingerprint } from './objects.js';
import type { ReferenceRequest } from './reference-open.js';

/** Rows and features that are looked at. */
const MOST_ROWS = 20_000;
const MOST_FEATURES = 50;

/**
 * The grid with the features that tell most of the errors of a reference's labelled rows, for ever
 * the same; as it is where there is no regression, no label or no such feature. Of many features
 * the most important ones are looked at. Reads only; errors as `profileReference`.
 */
export async function withLosses(db: Duck, request: ReferenceRequest, grid: Grid): Promise<Grid> {
  const { model, labels, columns } = request.monitor;
  const { prediction, features } = columns;
  const isAsked = model.task === 'regression' && labels !== null && prediction?.kind === 'value';
  if (!isAsked) return grid;
  const weight = (name: string): number => features.overrides[name]?.importance ?? 0;
  const could = Object.keys(grid.axes)
    .filter((name) => name !== prediction.column && isCutIn(grid, name))
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MOST_FEATURES);
  if (could.length === 0) return grid;
  const drawn = await drawReference(db, { ...request, grid }, { columns: could, most: MOST_ROWS });
  const losses = drawn.truths.map((truth, row) => {
    const score = drawn.scores[row] ?? null;
    return truth === null || score === null ? NaN : Math.abs(truth - score);
  });
  const known = [...losses.keys()].filter((row) => Number.isFinite(losses[row]));
  const chosen = lossColumns(
    {
      losses: known.map((row) => losses[row] ?? NaN),
      predictions: known.map((row) => drawn.scores[row] ?? null),
      columns: byColumn(
        Object.entries(drawn.columns).map(([name, list]) => {
          return [name, known.map((row) => list[row] ?? null)] as const;
        }),
      ),
    },
    grid,
    prediction.column,
  );
  if (chosen.length === 0) return grid;
  // Cells of another choice are no cells of this one, though the axes may be the same.
  return { ...grid, id: fingerprint([grid.id, chosen]), losses: chosen };
}

function isCutIn({ axes }: Grid, name: string): boolean {
  const axis = axes[name];
  return axis !== undefined && isCut(axis);
}
