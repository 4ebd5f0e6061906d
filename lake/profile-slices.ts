import type { Counts, Profile } from '../domain/profile.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import type { Parts } from './window-parts.js';

/** What was counted of parted rows. */
interface Counted {
  /** Of all rows. */
  profile: Profile;
  parts: Parts | null;
  /** Coarse columns of every slice. */
  slices: readonly Record<string, Counts>[];
  met: { slices: readonly (Counts | null)[] };
}

/** The profiles of slices that have enough rows, those of periods with them. */
export async function slicesOf(
  db: Duck,
  { profile, parts, slices, met }: Counted,
): Promise<Profile[]> {
  if (parts === null) return [];
  const rows = parts.slices.map(() => 0);
  for (const row of await ask(db, 'window/parts', { rows: parts.view, part: parts.key })) {
    for (const slice of parts.slicesOf(Number(row['part']))) {
      rows[slice] = (rows[slice] ?? 0) + Number(row['n']);
    }
  }
  return parts.slices.flatMap(({ slice, period, minRows }, index) => {
    const n = rows[index] ?? 0;
    if (n < Math.max(1, minRows)) return [];
    const window = period ?? profile.window;
    const columns = slices[index] ?? {};
    const outcomes = met.slices[index] ?? null;
    return [{ ...profile, window, slice, rows: n, newest: null, columns, outcomes, asked: {} }];
  });
}
