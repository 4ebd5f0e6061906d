import type { Profile } from '../profile.js';
import type { Slice } from '../slice.js';
import type { Evidence } from '../score.js';

/** Profile of all rows → those of parts of them, by `partKey`. */
export type Parts = ReadonlyMap<Profile, ReadonlyMap<string, Profile>>;

/** The name of a slice in `Parts`. */
export const partKey = (slice: Slice): string =>
  JSON.stringify(Object.entries(slice).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Parts of one window after another, each list with the profile of all its rows first. */
export function partsOf(windows: readonly (readonly Profile[])[]): Parts {
  return new Map(
    windows.flatMap(([whole, ...parts]) =>
      whole === undefined || parts.length === 0
        ? []
        : [[whole, new Map(parts.map((one) => [partKey(one.slice), one]))] as const],
    ),
  );
}

/**
 * Of the evidence of past windows that of their parts: the same windows, each by the part's own
 * rows, as a live evaluation has it. A part that the reference does not have is left out.
 */
export function pastParts(evidence: readonly Evidence[], parts: Parts): Evidence[][] {
  // the same list for windows that have the same: what was computed of it is kept by it
  const known = new Map<readonly Profile[], Map<string, Profile[]>>();
  const periodsOf = (periods: readonly Profile[], key: string): Profile[] => {
    const lists = known.get(periods) ?? new Map<string, Profile[]>();
    known.set(periods, lists);
    const list = lists.get(key) ?? own(periods, key);
    lists.set(key, list);
    return list;
  };
  const own = (all: readonly Profile[], key: string): Profile[] =>
    all.flatMap((whole) => parts.get(whole)?.get(key) ?? []);
  return evidence.map((whole) =>
    [...(parts.get(whole.current) ?? [])].flatMap(([key, current]): Evidence[] => {
      const reference = whole.reference && parts.get(whole.reference)?.get(key);
      if (reference == null) return [];
      const periods = periodsOf(whole.periods, key);
      const earlier = own(whole.earlier, key);
      return [{ ...whole, current, reference, periods, earlier, around: null }];
    }),
  );
}
