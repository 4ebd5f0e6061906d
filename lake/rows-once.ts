import { LRUCache } from 'lru-cache';
import type { Evaluation } from '../domain/run.js';
import type { Duck } from './duck.js';

type Read = (keys: readonly string[], db?: Duck) => Promise<Evaluation[]>;

/** Columns of the evaluations that are kept, all together: about 10 MB. */
const MOST_COLUMNS = 100_000;

/**
 * The same reading, of each evaluation once: a window looks at the rows of the 90 before it, and
 * the next one at all but one of them again. What was written never changes. Keeps those that were
 * asked for last.
 */
export function rowsOnce(read: Read, maxSize = MOST_COLUMNS): Read {
  const kept = new LRUCache<string, Evaluation>({ maxSize, sizeCalculation: sizeOf });
  return async (keys, db) => {
    const found = new Map(keys.map((key) => [key, kept.get(key)]));
    const unknown = [...found.keys()].filter((key) => found.get(key) === undefined);
    const fresh = unknown.length === 0 ? [] : await read(unknown, db);
    unknown.forEach((key, index) => {
      found.set(key, fresh[index]);
      kept.set(key, fresh[index]);
    });
    return keys.flatMap((key) => found.get(key) ?? []);
  };
}

function sizeOf({ profile, slices }: Evaluation): number {
  const profiles = profile === null ? [] : [profile, ...slices];
  return profiles.reduce((sum, { types }) => sum + Object.keys(types).length, 1);
}
