import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the download endpoint says of an archive. */
interface Archive {
  archiveUrl: string;
  fileToExtract: string;
}

/**
 * Downloads the CLI from where the SDK gets it, unpacks it with `tar` and puts it at
 * `<folder>/temporal`, whole or not at all. Gives its path; an endpoint that does not answer within
 * 10 s is an error.
 */
export async function downloadTemporal(version: string, folder: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const query = `arch=${arch}&platform=${platform}&format=tar.gz&sdk-name=sdk-typescript`;
  const info = await get(`https://temporal.download/cli/v${version}?${query}`, 10_000);
  const { archiveUrl, fileToExtract } = (await info.json()) as Archive;
  const archive = await get(archiveUrl, 300_000);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'download-'));
  try {
    const file = join(work, 'archive.tar.gz');
    await writeFile(file, new Uint8Array(await archive.arrayBuffer()));
    await finished('tar', ['-xzf', file, '-C', work, fileToExtract]);
    const path = join(folder, 'temporal');
    await rename(join(work, fileToExtract), path);
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function get(url: string, timeout: number): Promise<Response> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${new URL(url).host} cannot be reached (${why})`, { cause: error });
  }
}

/**
 * Builds the CLI with Go (about 3 minutes, once; no C compiler is needed) and puts it at
 * `<folder>/temporal`, whole or not at all. A line of progress every 10 s.
 */
export async function buildTemporal(options: {
  version: string;
  folder: string;
  log: (line: string) => void;
}): Promise<string> {
  const { version, folder, log } = options;
  await finished('go', ['version']);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'build-'));
  const start = Date.now();
  const say = (): void => {
    const seconds = Math.round((Date.now() - start) / 1_000);
    log(`go install temporal ${version}: ${seconds} s, usually about 3 minutes, once`);
  };
  say();
  const timer = setInterval(say, 10_000);
  try {
    const target = `github.com/temporalio/cli/cmd/temporal@v${version}`;
    // `env` adds to our environment, which only config/ reads.
    await finished('env', ['CGO_ENABLED=0', `GOBIN=${work}`, 'go', 'install', target]);
    const path = join(folder, 'temporal');
    await rename(join(work, 'temporal'), path);
    return path;
  } finally {
    clearInterval(timer);
    await rm(work, { recursive: true, force: true });
  }
}

/** Runs a command to its end; its last words are the error of a failure. */
async function finished(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  let code: unknown;
  try {
    [code] = (await once(child, 'close')) as unknown[];
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isMissing ? new Error(`${command} is not installed`, { cause: error }) : error;
  }
  if (code !== 0) throw new Error(`${command} ended with code ${String(code)}: ${said.trim()}`);
}
