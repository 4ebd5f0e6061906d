import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDevServer } from '../app/temporal-server.js';
import type { DevServer } from '../app/temporal-server.js';
import { findTemporal } from '../app/temporal-server-find.js';
import { readSettings } from '../config/settings.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A server for all test files, each in a namespace of its own; or why there is none. */
    temporal: { address: string } | { missing: string };
    /** The Temporal CLI, for tests that need a server of their own; null: none. */
    temporalCli: string | null;
    /** A folder for what test files build once for all of them. */
    shared: string;
  }
}

/** The same look-up as the product's, without its first step: tests never touch a real server. */
export async function findCli(): Promise<string> {
  const { TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env;
  const { temporal, cache } = readSettings({ TEMPORAL_CLI_PATH, XDG_CACHE_HOME });
  const found = await findTemporal({
    address: null,
    cliPath: temporal.cliPath,
    cacheFolder: cache,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  if (found.kind === 'server') throw new Error('the look-up of tests takes no address');
  return found.path;
}

let server: DevServer | null = null;
let shared: string | null = null;

/** One dev server for the whole run, in memory; tests are told where it is, or why there is none. */
export async function setup(project: TestProject): Promise<void> {
  shared = await mkdtemp(join(tmpdir(), 'aftercare-shared-'));
  project.provide('shared', shared);
  let path: string;
  try {
    path = await findCli();
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error);
    process.stderr.write(`tests that need Temporal are skipped: ${missing}\n`);
    project.provide('temporal', { missing });
    project.provide('temporalCli', null);
    return;
  }
  project.provide('temporalCli', path);
  const existing = process.env['AFTERCARE_TEST_TEMPORAL_ADDRESS'];
  if (existing === undefined) {
    // The server is written in Go: memory is there, the cores are what tests wait for.
    process.env['GOGC'] ??= '400';
    server = await startDevServer({ path, port: 0, dbFilename: null, uiPort: null });
  }
  project.provide('temporal', { address: existing ?? server?.address ?? '' });
}

export async function teardown(): Promise<void> {
  await server?.stop();
  if (shared !== null) await rm(shared, { recursive: true, force: true, maxRetries: 5 });
}
