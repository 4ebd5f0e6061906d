import { coarsen } from '../domain/judging/coarsen.js';
import { addCounts } from '../domain/adding.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Row } from './ask.js';
import { addCells, noCells, toCounts } from './profile-cells.js';
import type { OnCells } from './profile-cells.js';
import type { Parts } from './window-parts.js';

/** Counts of a column: of all rows, and coarse ones of every slice; null: it has no row. */
export interface PartedCounts {
  whole: Counts;
  slices: readonly (Counts | null)[];
}

/** What a question groups by, beside what it asks. */
export const keysOf = (parts: Parts | null): string[] => (parts === null ? [] : [parts.key]);

/** Numbers of the rows of each part, in an answer by column. */
export function rowsByPart(
  found: Readonly<Record<string, ArrayLike<unknown>>>,
  keys: readonly string[],
): Map<number, number[]> {
  const part = found[keys[0] ?? ''];
  const size = Object.values(found)[0]?.length ?? 0;
  const groups = new Map<number, number[]>();
  for (let row = 0; row < size; row++) {
    const key = part === undefined ? 0 : Number(part[row]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** The part that a row of an answer is about; 0 where nothing parts the rows. */
export const partOf = (row: Row, keys: readonly string[]): number =>
  keys[0] === undefined ? 0 : Number(row[keys[0]]);

/** Adds up the cells of a numeric column, part by part. */
export function addedCells(
  axis: Axis,
  parts: Parts | null,
): { use: OnCells; end: () => PartedCounts } {
  const whole = noCells();
  const slices = (parts?.slices ?? []).map((): Counts[] => []);
  return {
    use: (part, cells) => {
      addCells(whole, cells);
      if (parts === null) return;
      const coarse = coarsen(axis, toCounts(cells));
      for (const slice of parts.slicesOf(part)) slices[slice]?.push(coarse);
    },
    end: () => ({ whole: toCounts(whole), slices: slices.map(summed) }),
  };
}

/** Adds up the counts of other columns: part → counts. */
export function addedCounts(
  axis: Axis,
  of: ReadonlyMap<number, Counts>,
  parts: Parts | null,
): PartedCounts {
  const all = [...of.values()];
  const whole = all.length > 1 ? addCounts(all) : (all[0] ?? NOTHING);
  if (parts === null) return { whole, slices: [] };
  const slices = parts.slices.map((): Counts[] => []);
  for (const [part, counts] of of) {
    const coarse = coarsen(axis, counts);
    for (const slice of parts.slicesOf(part)) slices[slice]?.push(coarse);
  }
  return { whole, slices: slices.map(summed) };
}

const NOTHING: Counts = { by: { value: [] }, sums: { n: new Float64Array() } };

const summed = (all: readonly Counts[]): Counts | null =>
  all.length === 0 ? null : all.length === 1 ? (all[0] ?? null) : addCounts(all);
