import type { Counts, Profile } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
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

/**
 * The profiles of slices that have enough rows, those of periods with them; `small`: the answer of
 * a profile with those of all rows that have fewer, but some, by dimension and value.
 */
export async function slicesOf(
  db: Duck,
  { profile, parts, slices, met }: Counted,
): Promise<{ slices: Profile[]; small: Profile['asked'] }> {
  if (parts === null) return { slices: [], small: {} };
  const rows = parts.slices.map(() => 0);
  for (const row of await ask(db, 'window/parts', { rows: parts.view, part: parts.key })) {
    for (const slice of parts.slicesOf(Number(row['part']))) {
      rows[slice] = (rows[slice] ?? 0) + Number(row['n']);
    }
  }
  const few: { slice: Slice; n: number }[] = [];
  const enough = parts.slices.flatMap(({ slice, period, minRows }, index) => {
    const n = rows[index] ?? 0;
    if (n < Math.max(1, minRows)) {
      if (n > 0 && period === null) few.push({ slice, n });
      return [];
    }
    const window = period ?? profile.window;
    const columns = slices[index] ?? {};
    const outcomes = met.slices[index] ?? null;
    return [{ ...profile, window, slice, rows: n, newest: null, columns, outcomes, asked: {} }];
  });
  return { slices: enough, small: few.length === 0 ? {} : { small: smallOf(few) } };
}

function smallOf(few: readonly { slice: Slice; n: number }[]): Counts {
  const told = few.flatMap(({ slice }) => Object.entries(slice).slice(0, 1));
  return {
    by: { dimension: told.map(([name]) => name), value: told.map(([, value]) => value) },
    sums: { n: Float64Array.from(few, ({ n }) => n) },
  };
}
