import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UnavailableError } from './errors.js';
import { buildTemporal, downloadTemporal } from './temporal-server-fetch.js';

const run = promisify(execFile);

/** The CLI that we install: server 1.29.1. */
export const TEMPORAL_CLI = '1.5.1';

export interface FindOptions {
  /** TEMPORAL_ADDRESS: a server that somebody runs; null: not set. */
  address: string | null;
  /** TEMPORAL_CLI_PATH; null: not set. */
  cliPath: string | null;
  /** Where an installed CLI is kept. */
  cacheFolder: string;
  /** One line for each miss and of progress. */
  log: (line: string) => void;
}

/** A server that runs already, or the CLI that starts one. */
export type FoundTemporal =
  | { kind: 'server'; address: string }
  | { kind: 'cli'; path: string; how: string };

interface Place {
  name: string;
  /** The CLI's path; throws why it is not there. */
  find(): Promise<string>;
}

/**
 * Looks for a Temporal server: an address, a path, PATH, our cache, the SDK's download, and last it
 * is built with Go. Each miss is named; when nothing is left the error says what to do.
 */
export async function findTemporal(options: FindOptions): Promise<FoundTemporal> {
  if (options.address !== null) return { kind: 'server', address: options.address };
  const misses: string[] = [];
  const miss = (line: string): void => {
    misses.push(line);
    options.log(line);
  };
  miss('TEMPORAL_ADDRESS: not set');
  for (const place of placesOf(options)) {
    try {
      return { kind: 'cli', path: await place.find(), how: place.name };
    } catch (error) {
      miss(`${place.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new UnavailableError(
    `no Temporal server was found. Tried:\n${misses.map((line) => `  ${line}`).join('\n')}\n` +
      'Set TEMPORAL_ADDRESS to a running server, or TEMPORAL_CLI_PATH to the Temporal CLI ' +
      '(https://docs.temporal.io/cli), or install Go and run this again.',
  );
}

function placesOf({ cliPath, cacheFolder, log }: FindOptions): Place[] {
  const folder = join(cacheFolder, `temporal-${TEMPORAL_CLI}`);
  return [
    {
      name: 'TEMPORAL_CLI_PATH',
      find: () => (cliPath === null ? Promise.reject(new Error('not set')) : workingCli(cliPath)),
    },
    { name: 'temporal on PATH', find: () => workingCli('temporal') },
    { name: 'cache', find: () => workingCli(join(folder, 'temporal')) },
    {
      name: "the SDK's download",
      find: async () => {
        const cached = join(tmpdir(), 'temporal-sdk-typescript-1.24.0');
        const isThere = await access(cached, constants.X_OK).then(
          () => true,
          () => false,
        );
        return workingCli(isThere ? cached : await downloadTemporal(TEMPORAL_CLI, folder));
      },
    },
    {
      name: 'go install',
      find: async () => workingCli(await buildTemporal({ version: TEMPORAL_CLI, folder, log })),
    },
  ];
}

/** The path, if it runs and calls itself Temporal. */
async function workingCli(path: string): Promise<string> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
    if (/temporal/i.test(stdout)) return path;
    throw new Error(`${path} --version says ${JSON.stringify(stdout.slice(0, 80))}`);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isMissing ? new Error(`${path} is not there`, { cause: error }) : error;
  }
}
