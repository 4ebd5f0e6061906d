import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import { folderStore } from './folder.js';
import type { Lake } from './lake.js';
import { getObject, putObject } from './objects.js';
import type { Store } from './store.js';

/**
 * The lake with the commits that it held at an instant, to evaluate with; accepted levels say
 * themselves since when they are known. Nothing is written to it: what an evaluation would keep
 * goes to `folder`.
 */
export function lakeAsOf(lake: Lake, at: Instant, folder: string): Lake {
  const store = storeOver(lake.store, folder);
  const revisionsOf: Lake['revisionsOf'] = async (model, span) =>
    (await lake.revisionsOf(model, span)).filter((one) => one.committedAt <= at);
  return {
    ...lake,
    store,
    putObject: (kind, value) => putObject(store, kind, value),
    getObject: (kind, fingerprint) => getObject(store, kind, fingerprint),
    revisionsOf,
    commitsOf: async (model, span) => highest(await revisionsOf(model, span)),
  };
}

/** Of commits in the order of their windows and revisions the last one of each window. */
const highest = (commits: readonly Commit[]): Commit[] => [
  ...new Map(commits.map((one) => [one.window.end, one])).values(),
];

/** A store that is read where nothing was written since; what is written lies in `folder`. */
function storeOver(base: Store, folder: string): Store {
  const own = folderStore(folder);
  const written = new Set<string>();
  const once = async (key: string, write: () => Promise<boolean>): Promise<boolean> => {
    if ((await base.modified(key)) !== null) return false;
    written.add(key);
    return write();
  };
  const of = (key: string): Store => (written.has(key) ? own : base);
  const refused = (): never => {
    throw new TypeError('A lake as it was takes no change.');
  };
  return {
    putIfAbsent: (key, body) => once(key, () => own.putIfAbsent(key, body)),
    putFileIfAbsent: (key, file) => once(key, () => own.putFileIfAbsent(key, file)),
    get: (key) => of(key).get(key),
    modified: (key) => of(key).modified(key),
    location: (key) => of(key).location(key),
    list: (prefix) => base.list(prefix),
    scratch: () => own.scratch(),
    leftovers: () => own.leftovers(),
    replaceIf: refused,
    remove: refused,
  };
}
