import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../domain/window.js';
import { withDuck, type Duck } from '../lake/duck.js';
import type { Measuring } from './deps.js';

/** `run-<host>~<pid>-<random>`: the host is said in letters that a file name may have. */
const RUN = /^run-(?:(.*)~(\d+)-)?\w+$/;
/** Of other hosts nobody here can tell; no evaluation takes a week. */
const LEFT_ALONE = 7 * 86_400_000;

const host = (): string => hostname().replace(/[^A-Za-z0-9.-]/g, '_');

/** A folder of its own for one run, below the scratch folder, named after this process. */
export function makeRunFolder(scratch: string): Promise<string> {
  return mkdtemp(join(scratch, `run-${host()}~${process.pid}-`));
}

/**
 * Runs with a DuckDB and a scratch folder of its own; an abort leaves neither behind. Copies of
 * text files are kept beside it for the next run.
 */
export async function withScratch<T>(
  deps: Pick<Measuring, 'scratch' | 'duck'>,
  run: (db: Duck, folder: string) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const folder = await makeRunFolder(deps.scratch);
  const keptDirectory = join(deps.scratch, 'kept');
  const options = { ...deps.duck, tempDirectory: join(folder, 'spill'), keptDirectory };
  try {
    return await withDuck({ ...options, ...(signal && { signal }) }, (db) => run(db, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Removes the folders of runs whose process was killed: those of this host at once, others when
 * nothing was written there for a week. Returns the names of what went. A repeat finds nothing.
 */
export async function sweepScratch(scratch: string, now: Instant): Promise<string[]> {
  const gone: string[] = [];
  for (const name of await readdir(scratch)) {
    const [run, owner, pid] = RUN.exec(name) ?? [];
    if (run === undefined) continue;
    const folder = join(scratch, name);
    const isLeft = owner === host() ? !isAlive(Number(pid)) : await isOld(folder, now);
    if (!isLeft) continue;
    // Another one may sweep, too, or it is not ours to remove.
    const removed = await rm(folder, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (removed) gone.push(name);
  }
  return gone;
}

/** A process that belongs to somebody else is one, too. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isOld(folder: string, now: Instant): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && now - found.mtimeMs > LEFT_ALONE;
}
