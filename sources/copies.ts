import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ManifestFile } from '../domain/run.js';
import type { Landing } from '../domain/source.js';
import type { SourceSpec } from '../domain/source-spec.js';
import type { Instant } from '../domain/window.js';

/** Copies are removed beyond so many bytes, those first that were not used for longest. */
const MOST_BYTES = 20 * 1024 ** 3;
/** No evaluation takes so long: what was used since is left alone, and so is what is being made. */
const IN_USE_MS = 2 * 3_600_000;

/** The folder of the copies of one source, whatever is made of its rows or joined to them. */
export function folderOf(folder: string, spec: SourceSpec): string {
  const said = JSON.stringify({ ...spec, where: null, shape: undefined, joins: undefined });
  return path.join(folder, `${spec.kind}-${hash(said)}`);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Rows that were pulled once. */
interface Slice {
  pulledAt: Instant;
  files: readonly ManifestFile[];
}

/** Which copy is wanted. */
interface Wanted {
  /** `<folder of the source>/<slice>`. */
  folder: string;
  isEnough: (pulledAt: Instant) => boolean;
  now: Instant;
}

/** The files of a copy that is new enough; null: there is none. */
export async function readSlice({
  folder,
  isEnough,
}: Wanted): Promise<readonly ManifestFile[] | null> {
  const file = path.join(folder, 'slice.json');
  const now = new Date();
  try {
    const slice = JSON.parse(await readFile(file, 'utf8')) as Slice;
    if (!isEnough(slice.pulledAt)) return null;
    for (const one of slice.files) await stat(one.path);
    await utimes(file, now, now);
    return slice.files;
  } catch {
    return null; // not there, or a file of it is gone: pulled anew
  }
}

/**
 * Makes the copy of a slice by `pull`, which writes files into an empty folder. A copy appears
 * whole or not at all, whatever dies; the same rows have the same path and fingerprint whenever
 * they are pulled, in whatever order they came.
 */
export async function keptSlice({
  folder,
  now,
  pull,
}: Wanted & {
  pull: (empty: string) => Promise<readonly Landing[]>;
}): Promise<readonly ManifestFile[]> {
  const own = path.join(folder, `${randomUUID()}.tmp`);
  await mkdir(own, { recursive: true });
  try {
    const landings = await pull(own);
    const name = hash(landings.reduce((sum, one) => sum + BigInt(one.sum), 0n).toString());
    const kept = path.join(folder, name);
    // There already: these rows were pulled before, or by another attempt that was faster.
    await rename(own, kept).catch(() => undefined);
    const files = await filesOf(kept, now);
    await writeSlice(folder, { pulledAt: now, files });
    await removeOlder(folder, name);
    return files;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function filesOf(kept: string, now: Instant): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const name of (await readdir(kept)).sort()) {
    const file = path.join(kept, name);
    const footer = createHash('sha256')
      .update(`${path.basename(kept)} ${name}`)
      .digest('hex');
    files.push({ path: file, bytes: (await stat(file)).size, modified: now, footer });
  }
  return files;
}

async function writeSlice(folder: string, slice: Slice): Promise<void> {
  const file = path.join(folder, 'slice.json');
  const own = `${file}.${randomUUID()}.tmp`;
  await writeFile(own, JSON.stringify(slice));
  await rename(own, file);
}

/** Removes older rows of a slice that nobody can be reading any more, and what a kill left. */
async function removeOlder(folder: string, but: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === but || name === 'slice.json') continue;
    const one = path.join(folder, name);
    const found = await stat(one).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > IN_USE_MS) await remove(one);
  }
}

const remove = (one: string) => rm(one, { recursive: true, force: true });

/** Removes the copies that were not used for longest until the rest fits; returns its bytes. */
export async function sweepCopies(folder: string, most = MOST_BYTES): Promise<number> {
  const found: { folder: string; used: number; bytes: number }[] = [];
  for (const source of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(path.join(folder, source)).catch(() => [])) {
      found.push(await usageOf(path.join(folder, source, name)));
    }
  }
  let bytes = found.reduce((sum, one) => sum + one.bytes, 0);
  for (const one of found.sort((a, b) => a.used - b.used)) {
    if (bytes <= most || Date.now() - one.used <= IN_USE_MS) break;
    await remove(one.folder);
    bytes -= one.bytes;
  }
  return bytes;
}

async function usageOf(folder: string): Promise<{ folder: string; used: number; bytes: number }> {
  let [bytes, used] = [0, 0];
  for (const entry of await readdir(folder, { recursive: true }).catch(() => [])) {
    const found = await stat(path.join(folder, entry)).catch(() => null);
    if (found?.isFile() !== true) continue;
    bytes += found.size;
    used = Math.max(used, found.mtimeMs);
  }
  return { folder, used, bytes };
}
