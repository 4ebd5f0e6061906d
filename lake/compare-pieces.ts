import { byColumn } from '../domain/profile.js';
import type { Axis, Grid } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
import { countParts, withOpenParts } from './compare-parts.js';
import type { ComparedPart, ToPart } from './compare-parts.js';
import type { Duck } from './duck.js';
import type { Binning } from './profile-columns.js';
import { WIDE } from './profile-wide.js';

/** Two tables as counts on the grid of the first. */
export interface ComparedTables {
  grid: Grid;
  /** All rows first, then the parts of each segment, the largest ones first. */
  parts: readonly ComparedPart[];
  /** Large parts of the second table that the first has no row of. */
  come: readonly Slice[];
  /** Column → type as delivered, of the first and of the second table. */
  types: { reference: Readonly<Record<string, string>>; current: Readonly<Record<string, string>> };
  /** Lines of text files that could not be read as a row. */
  unreadable: { reference: number; current: number };
}

/**
 * Counts the columns piece by piece, lets `look` see each while the next is counted, and returns
 * them without counts.
 */
export async function inPieces(
  db: Duck,
  to: ToPart & { binning: Binning },
  look: (some: Pick<ComparedTables, 'grid' | 'parts' | 'come'>) => Promise<ComparedTables>,
): Promise<ComparedTables> {
  const all = Object.entries(to.axes);
  const isWide = all.length > WIDE;
  const [first = {}, ...others] = piecesOf(all, isWide);
  return withOpenParts(db, to, async (parts, come) => {
    const on = { binning: to.binning, width: all.length, desks: [] };
    const count = async (axes: Grid['axes']) => ({
      ...(await countParts(db, parts, { ...on, axes })),
      come,
    });
    const seen: ComparedTables[] = [];
    let counted = await count(first);
    for (const axes of others) {
      const looking = look(counted);
      // Of a wide table groups are copied: not two at a time.
      if (isWide) await looking;
      // Both end before the rows close, whatever happens to one.
      const [looked, next] = await Promise.allSettled([looking, count(axes)]);
      if (looked.status === 'rejected') throw looked.reason;
      if (next.status === 'rejected') throw next.reason;
      seen.push(withoutCounts(looked.value));
      counted = next.value;
    }
    const last = withoutCounts(await look(counted));
    const axes = byColumn([...seen, last].flatMap(({ grid }) => Object.entries(grid.axes)));
    const whole = seen[0] ?? last;
    return { ...whole, grid: { ...whole.grid, axes } };
  });
}

const withoutCounts = ({ parts, ...some }: ComparedTables): ComparedTables => ({
  ...some,
  parts: parts.map(withoutColumns),
});

const withoutColumns = ({ slice, reference, current }: ComparedPart): ComparedPart => ({
  slice,
  reference: { ...reference, columns: {} },
  current: { ...current, columns: {} },
});

/** Columns of a piece; one with more categories is a piece of its own. */
const PIECE = { columns: 8, categories: 1_000 };

function piecesOf(all: readonly (readonly [string, Axis])[], isWide: boolean): Grid['axes'][] {
  const pieces: (readonly [string, Axis])[][] = [];
  let room = 0;
  for (const one of all) {
    const { known, tail } = one[1];
    const isAlone = !isWide && (tail === true || known.length > PIECE.categories);
    if (room === 0 || isAlone) {
      pieces.push([]);
      room = isWide ? WIDE : PIECE.columns;
    }
    pieces.at(-1)?.push(one);
    room = isAlone ? 0 : room - 1;
  }
  return pieces.map((piece) => byColumn(piece));
}
