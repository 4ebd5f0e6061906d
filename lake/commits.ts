import { LRUCache } from 'lru-cache';
import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import { decodeName, encodeName, getJson, windowName, windowOfName } from './store.js';
import type { Store } from './store.js';

/** Windows by their end: from < end <= to; both open when left out. */
export interface Span {
  from?: Instant;
  to?: Instant;
}

/** One committed revision, as its key names it. */
export interface CommitName {
  key: string;
  model: string;
  end: Instant;
  revision: number;
}

const folder = (model: string) => `commits/${encodeName(model)}/`;

/** `commits/<model>/<window end>-<revision>.json`: all of a model's windows in one listing. */
export function commitKey(model: string, end: Instant, revision: number): string {
  if (!Number.isSafeInteger(revision) || revision < 1) {
    throw new RangeError(`A revision is 1, 2, …; got ${revision} for ${model}.`);
  }
  return `${folder(model)}${windowName(end)}-${revision}.json`;
}

/** null: not the key of a commit. */
export function parseCommitKey(key: string): CommitName | null {
  const parts = /^commits\/([^/]+)\/(\w+)-(\d+)\.json$/.exec(key);
  const [, model = '', name = '', revision = ''] = parts ?? [];
  const end = windowOfName(name);
  if (parts === null || Number.isNaN(end)) return null;
  return { key, model: decodeName(model), end, revision: Number(revision) };
}

/**
 * Makes an evaluation visible, once: the first commit of a (model, window, revision) stands, and is
 * returned, whoever wrote it. A repeat changes nothing.
 */
export async function commit(store: Store, made: Commit): Promise<Commit> {
  const key = commitKey(made.model, made.window.end, made.revision);
  if (await store.putIfAbsent(key, JSON.stringify(made))) return made;
  return (await getJson<Commit>(store, key)) ?? made;
}

/** All committed revisions, by window end and revision, ascending; reads names only. */
export async function commitNames(store: Store, model: string, span: Span = {}) {
  const { from = -Infinity, to = Infinity } = span;
  const names = (await store.list(folder(model)))
    .map(parseCommitKey)
    .filter((name) => name !== null)
    .filter(({ end }) => end > from && end <= to);
  return names.sort((a, b) => a.end - b.end || a.revision - b.revision);
}

/** The highest revision of each. */
function highest(names: readonly CommitName[]): CommitName[] {
  return [...new Map(names.map((name) => [name.end, name])).values()];
}

/** Marks of the commits that are kept, all together: about 30 MB. */
const MOST_MARKS = 100_000;
/** Each window looks at all before it, and what was committed never changes. */
const read = new WeakMap<Store, LRUCache<string, Commit>>();

function readOf(store: Store): LRUCache<string, Commit> {
  const kept =
    read.get(store) ??
    new LRUCache({ maxSize: MOST_MARKS, sizeCalculation: ({ marks }) => 1 + marks.length });
  read.set(store, kept);
  return kept;
}

async function readAll(store: Store, names: readonly CommitName[]): Promise<Commit[]> {
  const kept = readOf(store);
  const commits = await Promise.all(
    names.map(async ({ key }) => kept.get(key) ?? getJson<Commit>(store, key)),
  );
  names.forEach(({ key }, index) => kept.set(key, commits[index] ?? undefined));
  return commits.filter((one) => one !== null);
}

/** The highest revision of every window whose end lies in the span, oldest first. */
export async function commitsOf(store: Store, model: string, span: Span = {}): Promise<Commit[]> {
  return readAll(store, highest(await commitNames(store, model, span)));
}

/** Every revision of the span's windows, oldest first. */
export async function revisionsOf(store: Store, model: string, span: Span = {}): Promise<Commit[]> {
  return readAll(store, await commitNames(store, model, span));
}

/** The highest revisions of the newest `n` windows, of those of a span, oldest first. */
export async function newest(
  store: Store,
  model: string,
  { n, ...span }: { n: number } & Span,
): Promise<Commit[]> {
  const names = highest(await commitNames(store, model, span));
  return readAll(store, names.slice(Math.max(0, names.length - n)));
}

/** One revision of a window, the highest when none is named; null: not committed. */
export async function commitOf(
  store: Store,
  model: string,
  { end, revision }: { end: Instant; revision?: number | undefined },
): Promise<Commit | null> {
  if (revision !== undefined) return getJson<Commit>(store, commitKey(model, end, revision));
  const names = await commitNames(store, model, { from: end - 1, to: end });
  const last = names.at(-1);
  return last === undefined ? null : getJson<Commit>(store, last.key);
}

/** Models with a commit, sorted. */
export async function committedModels(store: Store): Promise<string[]> {
  const models = (await store.list('commits/')).map((key) => parseCommitKey(key)?.model);
  return [...new Set(models.filter((model) => model !== undefined))].sort();
}
