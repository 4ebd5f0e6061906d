import { size } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';

/** Rows, or values of one column, that were rejected for one reason. */
export interface Rejected {
  column: string;
  reason: string;
  n: number;
  /** The first of them, as `rows.csv, line 6`; '' where nobody knows. */
  at: string;
}

/** What is told of values by why they are none. */
export const REASONS: Readonly<Record<string, string>> = { no_probability: 'not from 0 to 1' };

/** What was rejected, by column and reason, most first. */
export function rejectedOf(profile: Profile): Rejected[] {
  const counts = profile.asked['rejected'];
  if (counts === undefined) return [];
  const list = Array.from({ length: size(counts) }, (_, row) => ({
    column: String(counts.by['column']?.[row] ?? ''),
    reason: String(counts.by['reason']?.[row] ?? ''),
    n: counts.sums['n']?.[row] ?? 0,
    at: String(counts.by['at']?.[row] ?? ''),
  }));
  return list.filter(({ n }) => n > 0).sort((a, b) => b.n - a.n);
}

/** Values of a column that came and could not be read: their rows have no value, yet miss none. */
export function unparsedIn(profile: Profile, column: string): number {
  return rejectedOf(profile)
    .filter((one) => one.column === column && one.reason === 'unparsed')
    .reduce((sum, { n }) => sum + n, 0);
}
