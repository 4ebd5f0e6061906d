import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Its interpreter; or why there is none. */
export type PythonEnvironment = { python: string } | { missing: string };

/** A Python environment with some packages from PyPI, made once for this machine under its name. */
export async function pythonEnvironment(
  name: string,
  packages: readonly string[],
): Promise<PythonEnvironment> {
  const cache = join(homedir(), '.cache', 'aftercare');
  const folder = join(cache, name);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return { python };
  const own = `${folder}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    await run('python3', ['-m', 'venv', own]);
    await run(join(own, 'bin', 'pip'), ['install', '--quiet', ...packages], { timeout: 280_000 });
    // Scripts of an environment name its folder: only the interpreter is used, which does not.
    await rename(own, folder);
    return { python };
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if (existsSync(python)) return { python };
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { missing: `no ${name} here, for it comes from PyPI with Python: ${first}` };
  }
}
