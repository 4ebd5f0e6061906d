/** Cells that the density is looked at in, and the share of values beyond them on either side. */
const CELLS = 128;
const BEYOND = 0.001;

/**
 * Cuts that part numbers into so many strata at most, ascending: inside of each the values lie as
 * close together as can be, so that long tails get strata of their own. Equal steps of the sum of
 * the roots of the density, Dalenius and Hodges (1959). [] where the values hardly differ.
 */
export function stratumCuts(values: readonly number[], strata: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  const [low, high] = [at(BEYOND), at(1 - BEYOND)];
  if (!(high > low)) return [];
  const width = (high - low) / CELLS;
  const counts = new Float64Array(CELLS);
  for (const value of sorted) {
    const cell = Math.min(Math.floor((value - low) / width), CELLS - 1);
    if (cell >= 0 && value <= high) counts[cell] = (counts[cell] ?? 0) + 1;
  }
  const roots = counts.map(Math.sqrt);
  const step = roots.reduce((sum, root) => sum + root, 0) / strata;
  const cuts: number[] = [];
  let sum = 0;
  roots.forEach((root, cell) => {
    sum += root;
    if (cuts.length + 1 < strata && cell + 1 < CELLS && sum >= (cuts.length + 1) * step)
      cuts.push(low + (cell + 1) * width);
  });
  // Of values that are neighbours as doubles, cuts are the same.
  return [...new Set(cuts)];
}
