import { size } from './profile.js';
import type { Counts, Profile } from './profile.js';
import type { Duration, Instant } from './window.js';

/** What says that the files of a window are all there. */
export interface ReadyMarker {
  /** Name of a file in the folder of the window's files; may hold `{date}` and the like. */
  marker: string;
  /** How long it is waited for, from when the window would be due. */
  wait: Duration;
}

/** The markers of a window, as they were looked for. */
export interface Markers {
  /** Their paths; one for each folder or name that the window's template has. */
  all: readonly string[];
  /** Those that were not there. */
  missing: readonly string[];
  /** When waiting for them is over. */
  until: Instant;
}

/** The answer `ready` of a window. */
export function readyCounts({ all, missing, until }: Markers): Counts {
  return {
    by: { marker: all },
    sums: {
      n: Float64Array.from(all, () => 1),
      missing: Float64Array.from(all, (one) => (missing.includes(one) ? 1 : 0)),
      until: Float64Array.from(all, () => until),
    },
  };
}

/** What was found of the markers of a profile's window; null: nobody looked for any. */
export function readyIn({ asked }: Pick<Profile, 'asked'>): Markers | null {
  const counts = asked['ready'];
  if (counts === undefined) return null;
  const { by, sums } = counts;
  const all = Array.from({ length: size(counts) }, (_, row) => String(by['marker']?.[row] ?? ''));
  const missing = all.filter((_, row) => (sums['missing']?.[row] ?? 0) > 0);
  return { all, missing, until: sums['until']?.[0] ?? 0 };
}
