import type { Counts, Grid } from '../domain/profile.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { isCounted } from './measured.js';
import type { Relation } from './profile-projections.js';

/** Sizes of one column that are told by themselves. */
const MOST = 50;

/** The answer `sizes` of a profile: how many numbers vectors have; {} where there are none. */
export async function sizesOf(
  db: Duck,
  { view, types }: Relation,
  axes: Grid['axes'],
): Promise<{ sizes?: Counts }> {
  const vectors = Object.entries(axes).flatMap(([column, axis]) =>
    axis.of === 'norm' && isCounted(axis, types[column] ?? '') ? [column] : [],
  );
  if (vectors.length === 0) return {};
  const [columns, sizes, counts]: [string[], string[], number[]] = [[], [], []];
  for (const column of vectors) {
    for (const { size, n } of await ask(db, 'window/sizes', { rows: view, column, most: MOST })) {
      columns.push(column);
      sizes.push(String(size));
      counts.push(Number(n));
    }
  }
  return {
    sizes: { by: { column: columns, size: sizes }, sums: { n: Float64Array.from(counts) } },
  };
}
