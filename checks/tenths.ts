/** Parts of the rows by score. */
const PARTS = 10;

/**
 * Tenths of the rows by their scores, lowest first: lists of nearly as many rows each, fewer lists
 * where few scores hold most rows. Rows of one score are never parted.
 */
export function tenths<R extends { key: number; n: number }>(rows: readonly R[]): R[][] {
  const all = rows.reduce((sum, { n }) => sum + n, 0);
  const parts: R[][] = [];
  let seen = 0;
  for (const row of [...rows].sort((a, b) => a.key - b.key)) {
    const part = parts.at(-1);
    if (
      part === undefined ||
      (seen >= (parts.length * all) / PARTS && part.at(-1)?.key !== row.key)
    )
      parts.push([row]);
    else part.push(row);
    seen += row.n;
  }
  return parts;
}
