import type { Axis } from '../domain/profile.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { isDecimal, numericAxis } from './grid.js';
import { isVector } from './measured.js';
import type { ColumnOf } from './profile-numeric.js';
import type { Sample } from './reference-sample.js';
import type { Spreads } from './reference-spreads.js';

/** A column of all rows, some of them, and how columns of numbers are spread there. */
export type At = ColumnOf & { sample: Sample; spreads: Spreads };

/** The axis of a column of numbers, edges to come. */
export async function numeric(
  db: Duck,
  { sample, spreads, ...at }: At,
  type: string,
): Promise<Axis> {
  const found = spreads.get(at.column) ?? [];
  const [row] = found;
  const number = (name: string) => (row?.[name] == null ? null : Number(row[name]));
  const ends = sample.whole ? [number('smallest'), number('largest')] : await rangeOf(db, at);
  const largest = Math.max(...ends.map((end) => Math.abs(end ?? 0)));
  const axis = numericAxis({
    type,
    values: number('values') ?? 0,
    distinct: number('distinct') ?? 0,
    smallest: ends[0] ?? null,
    largest: ends[1] ?? null,
    middle: [number('low'), number('high')],
    most: [number('lowest'), number('highest')],
    // A sample may lack the values that decide where the first cell is.
    decimals: [0, 1, 2, 3, 4, 5, 6].map(
      (k) =>
        row?.[`decimals_${k}`] === true && ends.every((end) => isDecimal(end ?? 0, k, largest)),
    ),
    atoms: found.flatMap(({ atom }) => (atom == null ? [] : [Number(atom)])),
  });
  // Whole numbers that do not repeat may name a row: that a sample cannot tell.
  const unsure = !sample.whole && axis.distinct === 1 && /INT/.test(type) && !isVector(type);
  if (await isMerged(db, at, axis)) return { ...axis, merged: true };
  return unsure ? { ...axis, distinct: await shareOf(db, at, 'reference/distinct_exact') } : axis;
}

/** Whole numbers and decimals may have more digits than a double; then several are one. */
async function isMerged(db: Duck, at: ColumnOf, { min, max, type }: Axis): Promise<boolean> {
  const isOne = min !== null && min === max && Math.abs(min) > Number.MAX_SAFE_INTEGER;
  if (!isOne || isVector(type) || !/INT|^DECIMAL/.test(type)) return false;
  const [row] = await ask(db, 'reference/distinct_exact', { ...at });
  return Number(row?.['distinct']) > 1;
}

/** The smallest and the largest finite value of all rows; null without. */
async function rangeOf(db: Duck, at: ColumnOf): Promise<(number | null)[]> {
  const ends = async (name: string) => {
    const [row] = await ask(db, name, { ...at });
    return ['smallest', 'largest'].map((end) => (row?.[end] == null ? null : Number(row[end])));
  };
  const plain = await ends('reference/range');
  const isFinite = plain.every((end) => end === null || Number.isFinite(end));
  return isFinite ? plain : ends('reference/range_finite');
}

/** Share of different values among those that are there; 0 without. */
export async function shareOf(
  db: Duck,
  at: ColumnOf,
  how: 'reference/distinct' | 'reference/distinct_exact',
): Promise<number> {
  const [row] = await ask(db, how, { ...at });
  const present = Number(row?.['present'] ?? 0);
  return present === 0 ? 0 : Math.min(1, Number(row?.['distinct']) / present);
}
