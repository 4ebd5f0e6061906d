import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Due } from '../domain/due.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Commit, Evaluation, Manifest, ManifestFile } from '../domain/run.js';
import type { Located } from '../domain/source.js';
import type { Lake } from '../lake/lake.js';
import { publishedOf } from './deps.js';

/** What was found of a window before, without the counts of its columns. */
export interface Older {
  commit: Commit;
  evaluation: Evaluation;
}

/**
 * The newest evaluation of a window below a revision (0: of any), as far as its rows could be read;
 * null: there is none. Reads only.
 */
export async function olderOf(
  lake: Lake,
  monitor: Monitor,
  { window, revision }: Pick<Due, 'window' | 'revision'>,
): Promise<Older | null> {
  if (revision === 1) return null;
  const span = { from: window.end - 1, to: window.end };
  const commits = (await lake.revisionsOf(monitor.model.id, span)).filter(
    (one) =>
      (revision === 0 || one.revision < revision) &&
      one.window.start === window.start &&
      one.error === null &&
      one.notEvaluated === null &&
      one.file !== '',
  );
  const commit = commits.at(-1);
  if (commit === undefined) return null;
  const [evaluation] = await lake.readEvaluations([commit.file], 'light');
  return evaluation === undefined ? null : { commit, evaluation };
}

/**
 * The older evaluation, where it read the source that the monitor names now: files of another one
 * are neither gone nor changed. null also where its own monitor cannot be read any more.
 */
export async function olderOfSource(
  lake: Lake,
  older: Older | null,
  now: { monitor: Monitor; fingerprint: string },
): Promise<Older | null> {
  if (older === null || older.evaluation.monitor === now.fingerprint) return older;
  const then = await publishedOf({ lake }, older.evaluation.monitor).catch(() => null);
  return isDeepStrictEqual(then?.monitor.predictions, now.monitor.predictions) ? older : null;
}

/**
 * One sentence for each file that is not what it was when the older evaluation read it. New files
 * are late rows and no change.
 */
export function changesSince({ commit, evaluation }: Older, now: Located): string[] {
  const { files = [], joins = {} } = evaluation.manifest ?? {};
  const joined = (now.joins ?? []).flatMap(({ name, located }) => {
    return changesIn(commit, joins[name] ?? [], located);
  });
  return [...changesIn(commit, files, now), ...joined];
}

function changesIn({ revision }: Commit, then: readonly ManifestFile[], now: Located): string[] {
  if (now.origin === 'pulled') return pulledAnew(then, now, revision);
  return changesOf(then, now, `since revision ${revision} was made of it`);
}

/** The same of any files; `since`: words on when they were read. */
export function changesOf(then: readonly ManifestFile[], now: Located, since: string): string[] {
  const there = new Map(now.files.map((file) => [file.path, file]));
  return then.flatMap((old) => {
    const file = there.get(old.path) ?? copyOf(old, now);
    if (file === undefined) return [`${old.path} is gone ${since}.`];
    if (isSame(old, file)) return [];
    const size = old.bytes === file.bytes ? `${old.bytes} bytes then and now` : sizes(old, file);
    return [`${old.path} has changed ${since}: ${size}.`];
  });
}

/** Copies lie in a folder of the machine that made them. */
export const isCopied = ({ origin }: Located): boolean => origin === 'fetched';

const copyOf = (old: ManifestFile, now: Located): ManifestFile | undefined =>
  isCopied(now) ? now.files.find((file) => isSame(old, file)) : undefined;

/** Rows of a query: a slice of time that holds other rows now, or other values. */
function pulledAnew(
  old: readonly ManifestFile[],
  { files, path: told }: Located,
  revision: number,
): string[] {
  const slice = ({ path: file }: ManifestFile): string => path.dirname(path.dirname(file));
  const changed = new Set(
    old.flatMap((one) => (files.some((file) => isSame(one, file)) ? [] : [slice(one)])),
  );
  return [...changed].map((one) => {
    const since = `since revision ${revision} was made of them`;
    return `the rows of ${told} in ${path.basename(one)} have changed ${since}.`;
  });
}

const sizes = (old: ManifestFile, now: ManifestFile): string =>
  `${old.bytes} bytes then, ${now.bytes} now`;

/** By the hash of its footer or content; a file too large for that by its size and time. */
export function isSame(old: ManifestFile, now: ManifestFile): boolean {
  if (old.footer !== null && now.footer !== null) return old.footer === now.footer;
  return old.bytes === now.bytes && old.modified === now.modified;
}

/**
 * The older profile without its outcomes' news, where only labels can have come since: same
 * monitor, reference, grid and files. null: everything has to be counted again.
 */
export function reusable(
  { evaluation }: Older,
  now: { monitor: string; reference: string; grid: string; predictions: Located },
): { profile: Profile; manifest: Manifest } | null {
  const { profile, manifest } = evaluation;
  if (profile === null || manifest === null) return null;
  const isSamePast =
    evaluation.monitor === now.monitor &&
    evaluation.reference === now.reference &&
    profile.grid === now.grid;
  const { files, joins = [] } = now.predictions;
  const isSameSource =
    areSame(manifest.files, files) &&
    joins.every(({ name, located }) => areSame(manifest.joins?.[name] ?? [], located.files));
  return isSamePast && isSameSource ? { profile, manifest } : null;
}

const areSame = (then: readonly ManifestFile[], now: readonly ManifestFile[]): boolean =>
  now.length === then.length &&
  then.every((old) => now.some((one) => one.path === old.path && isSame(old, one)));
