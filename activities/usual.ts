import type { ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Commit } from '../domain/run.js';
import type { Lake } from '../lake/lake.js';
import { encodeName } from '../lake/store.js';
import { coarseOnce } from '../lake/usual-profiles.js';

/** So many windows after a reference was pinned say what is usual of live ones. */
const FIRST = 28;

/** The windows that are usual, as they were when the last of them was there. */
interface Usual {
  version: 1;
  windows: readonly Pick<Commit, 'file' | 'window' | 'revision'>[];
}

/**
 * The first 28 windows since a reference was pinned, for ever the same once they are there: which
 * revisions they are is written once, by whoever looks first. [] before that, and for a window that
 * is older than the last of them. `commits`: those before the window, oldest first.
 */
async function firstWindows(
  lake: Lake,
  { monitor, pin, commits }: { monitor: Monitor; pin: ReferencePin; commits: readonly Commit[] },
): Promise<readonly Pick<Commit, 'file'>[]> {
  const could = commits.filter(
    (commit) =>
      commit.window.end > pin.since &&
      commit.reference === pin.fingerprint &&
      isFull(monitor, commit),
  );
  if (could.length < FIRST) return [];
  const key = usualKey({ monitor, pin });
  const windows = could
    .slice(0, FIRST)
    .map(({ file, window, revision }) => ({ file, window, revision }));
  const made: Usual = { version: 1, windows };
  const standing = await lake.store.get(key);
  if (standing !== null)
    return (JSON.parse(new TextDecoder().decode(standing.body)) as Usual).windows;
  if (await lake.store.putIfAbsent(key, JSON.stringify(made))) return windows;
  return firstWindows(lake, { monitor, pin, commits });
}

/**
 * The first window that was judged: of a model that was promoted, the first one since. [] before
 * that. Other words about a reference do not begin anew: what moved meanwhile did not start so.
 */
export function startOf({
  monitor,
  pin,
  commits,
}: {
  monitor: Monitor;
  pin: ReferencePin;
  commits: readonly Commit[];
}): readonly Commit[] {
  const since = pin.version === null ? -Infinity : pin.since;
  return commits
    .filter((commit) => commit.window.end > since && isFull(monitor, commit))
    .slice(0, 1);
}

/**
 * The first 28 windows and their slices with coarse counts; [] where they are not there yet. They
 * are read window by window once, and from one document ever after.
 */
export async function usualProfiles(
  lake: Lake,
  of: { monitor: Monitor; pin: ReferencePin; commits: readonly Commit[] },
): Promise<readonly Profile[]> {
  const first = await firstWindows(lake, of);
  if (first.length === 0) return [];
  return coarseOnce(lake.store, usualKey(of, 'profiles'), async () =>
    (
      await lake.readEvaluations(
        first.map(({ file }) => file),
        'coarse',
      )
    ).flatMap(({ profile, slices }) => (profile === null ? [] : [profile, ...slices])),
  );
}

/** Lake key of what is usual of a model under a reference. */
export function usualKey({ monitor, pin }: { monitor: Monitor; pin: ReferencePin }, what?: string) {
  const name = `${pin.fingerprint.slice(0, 16)}-${pin.since}`;
  const suffix = what === undefined ? '' : `-${what}`;
  return `usual/${encodeName(monitor.model.id)}/${name}${suffix}.json`;
}

/** False for a window that was not judged, or on too few rows. */
export const isFull = ({ windows }: Monitor, { error, notEvaluated, rows }: Commit): boolean =>
  error === null && notEvaluated === null && rows >= windows.minRows;
