import type { Evaluation } from '../domain/run.js';

type Read = (keys: readonly string[]) => Promise<Evaluation[]>;

/** Columns of the evaluations that are kept, all together: about 10 MB. */
const MOST_COLUMNS = 100_000;

/**
 * The same reading, of each evaluation once: a window looks at the rows of the 90 before it, and
 * the next one at all but one of them again. What was written never changes. Keeps those that were
 * asked for last.
 */
export function rowsOnce(read: Read, mostColumns = MOST_COLUMNS): Read {
  const kept = new Map<string, Evaluation>();
  let columns = 0;
  return async (keys) => {
    const unknown = [...new Set(keys)].filter((key) => !kept.has(key));
    const fresh = unknown.length === 0 ? [] : await read(unknown);
    const found = new Map<string, Evaluation>();
    for (const key of keys) {
      const evaluation = kept.get(key) ?? fresh[unknown.indexOf(key)];
      if (evaluation === undefined) throw new Error(`The lake holds no evaluation ${key}.`);
      found.set(key, evaluation);
    }
    for (const [key, evaluation] of found) {
      columns += kept.delete(key) ? 0 : sizeOf(evaluation);
      kept.set(key, evaluation);
    }
    for (const [oldest, evaluation] of kept) {
      if (columns <= mostColumns) break;
      kept.delete(oldest);
      columns -= sizeOf(evaluation);
    }
    return keys.map((key) => found.get(key) as Evaluation);
  };
}

function sizeOf({ profile, slices }: Evaluation): number {
  const profiles = profile === null ? [] : [profile, ...slices];
  return profiles.reduce((sum, { types }) => sum + Object.keys(types).length, 1);
}
