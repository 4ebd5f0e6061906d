import { CATEGORY } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { askColumns } from './ask.js';
import type { Duck } from './duck.js';
import { isBeyond } from './profile-numeric.js';
import type { ColumnOf } from './profile-numeric.js';

/** Counts of a numeric column by `value`, every value a bin: the grid of exact statistics. */
export async function profileExact(db: Duck, at: ColumnOf, axis: Axis): Promise<Counts> {
  const every = { most: Number.MAX_SAFE_INTEGER };
  const found = await askColumns(db, 'profile/values', { ...at, ...every, keys: [] });
  const values = (found['value'] ?? []).map((value) => (value === null ? null : Number(value)));
  const counts = Float64Array.from(found['n'] ?? [], Number);
  const sums = (of: (value: number, n: number) => number) =>
    Float64Array.from(values, (value, i) => {
      const n = counts[i] ?? 0;
      return value === null || !Number.isFinite(value) ? 0 : of(value, n);
    });
  return {
    by: { value: values.map((value) => (value === null ? CATEGORY.missing : String(value))) },
    sums: {
      n: counts,
      sum: sums((value, n) => value * n),
      squares: sums((value, n) => n * (value - axis.low) ** 2),
      beyond: sums((value, n) => (isBeyond(axis, value) ? n : 0)),
    },
  };
}
