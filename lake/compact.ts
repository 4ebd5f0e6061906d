import { randomUUID } from 'node:crypto';
import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import { bind } from './ask.js';
import { commitNames } from './commits.js';
import type { CommitName } from './commits.js';
import type { Files } from './evaluations.js';
import { manifestKey, monthOf, NOTHING_MERGED } from './manifest.js';
import type { MergeManifest } from './manifest.js';
import { encodeName, getJson, parseJson, windowName } from './store.js';
import type { Store } from './store.js';

const DAY = 86_400_000;
/** Fewer files than this are not worth a merge. */
export const FEWEST = 8;

/** What one compaction did. */
export interface Compaction {
  /** Files that were merged into others. */
  merged: number;
  /** Files that were deleted, a day after they were merged. */
  deleted: number;
}

/**
 * Merges the committed evaluations of a model: those of a day that is over, and of a month that is
 * over. A new manifest sends readers to the merged file; the old files stay for another day, so
 * that no reader misses or sees a row twice. May die at any moment and be repeated: at worst a file
 * stays that nobody reads. Repeated without new commits it changes nothing.
 */
export async function compact(files: Files, model: string, now: Instant): Promise<Compaction> {
  const done: Compaction = { merged: 0, deleted: 0 };
  const months = new Map<string, CommitName[]>();
  for (const name of await commitNames(files.store, model)) {
    const month = monthOf(name.end);
    months.set(month, [...(months.get(month) ?? []), name]);
  }
  for (const [month, names] of months) {
    const did = await compactMonth(files, { model: encodeName(model), month, names, now });
    done.merged += did.merged;
    done.deleted += did.deleted;
  }
  return done;
}

interface Month {
  /** As in keys. */
  model: string;
  month: string;
  names: readonly CommitName[];
  now: Instant;
}

const MOST_TRIES = 10;

async function compactMonth(files: Files, month: Month): Promise<Compaction> {
  const { store } = files;
  const key = manifestKey(month.model, month.month);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const stored = await store.get(key);
    const old = stored === null ? NOTHING_MERGED : parseJson<MergeManifest>(key, stored.body);
    const due = old.retired.filter(({ at }) => at + DAY <= month.now);
    for (const file of due) await store.remove(file.key);
    const { next, merged } = await mergePeriods(files, month, old);
    const retired = next.retired.filter((file) => !due.includes(file));
    const done = { merged, deleted: due.length };
    if (merged === 0 && due.length === 0) return done;
    const body = JSON.stringify({ ...next, retired });
    if (await store.replaceIf(key, stored?.etag ?? null, body)) return done;
  }
  throw new Error(`The manifest ${key} changed ${MOST_TRIES} times during a compaction.`);
}

async function mergePeriods(files: Files, month: Month, old: MergeManifest) {
  const places = await placesOf(files.store, month.names, old);
  let next = old;
  let merged = 0;
  for (const [period, keys] of periodsOf(month, [...places.keys()])) {
    const sources = new Set(keys.map((key) => places.get(key) ?? key));
    if (sources.size < FEWEST) continue;
    const key = `merged/${month.model}/${period}-${randomUUID().slice(0, 8)}.parquet`;
    await merge(files, { key, keys, sources });
    merged += sources.size;
    const gone = [...sources].map((source) => ({ key: source, at: month.now }));
    next = {
      version: 1,
      merged: [...next.merged.filter((one) => !sources.has(one.key)), { key, holds: keys }],
      retired: [...next.retired, ...gone],
    };
  }
  return { next, merged };
}

/** Evaluation key → the file that holds it; reads only the commits that no merged file covers. */
async function placesOf(
  store: Store,
  names: readonly CommitName[],
  manifest: MergeManifest,
): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  const covered = new Set<string>();
  for (const { key, holds } of manifest.merged) {
    for (const held of holds) {
      places.set(held, key);
      covered.add(held.split('/').slice(2).join('/').split('-')[0] ?? '');
    }
  }
  for (const { key, end, revision } of names) {
    if (covered.has(`${windowName(end)}/${revision}`)) continue;
    const commit = await getJson<Commit>(store, key);
    if (commit !== null && commit.file !== '') places.set(commit.file, commit.file);
  }
  return new Map([...places].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The month when it is over, otherwise its days that are over: name → evaluation keys. */
function periodsOf({ month, now }: Month, keys: readonly string[]): Map<string, string[]> {
  const first = new Date(`${month}-01T00:00:00Z`);
  const isOver = first.setUTCMonth(first.getUTCMonth() + 1) <= now;
  if (isOver) return new Map([[month, [...keys]]]);
  const days = new Map<string, string[]>();
  for (const key of keys) {
    // evaluations/<model>/20261122T000000Z/…
    const date = key.split('/')[2] ?? '';
    const day = `${month}-${date.slice(6, 8)}`;
    if (Date.parse(`${day}T00:00:00Z`) + DAY <= now) days.set(day, [...(days.get(day) ?? []), key]);
  }
  return days;
}

interface Merge {
  key: string;
  keys: readonly string[];
  sources: ReadonlySet<string>;
}

async function merge({ store, db }: Files, { key, keys, sources }: Merge): Promise<void> {
  const path = await store.scratch();
  const locations = [...sources].map((source) => store.location(source));
  const { sql, bound } = bind('lake/merge', { path, files: locations, keys });
  await db.use((connection) => connection.run(sql, bound));
  await store.putFileIfAbsent(key, path);
}
