import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { openLake, type Lake } from '../../lake/lake.js';
import { root, runCli, startCli, type CliRun, type Env } from './cli.js';
import { withTemporal } from './temporal.js';

/** A lake, a state folder and an outbox of a test's own, and the command line over them. */
export interface Place {
  folder: string;
  env: Env;
  lake: Lake;
  /** Runs a command in this process. */
  cli(args: readonly string[], more?: Env): Promise<CliRun>;
  /** Runs it with `--json` and gives what it printed; throws when that is no JSON. */
  json(args: readonly string[], more?: Env): Promise<unknown>;
}

/** Folders of a test's own, taken away afterwards; commands run in `cwd`. */
export async function withPlace<T>(
  options: { env?: Env; cwd?: string },
  run: (place: Place) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-e2e-'));
  const env = {
    AFTERCARE_LAKE: join(folder, 'lake'),
    AFTERCARE_STATE: join(folder, 'state'),
    AFTERCARE_OUTBOX: join(folder, 'outbox'),
    AFTERCARE_SECRETS_DIR: join(folder, 'secrets'),
    AFTERCARE_CONFIG_DIR: join(folder, 'monitors'),
    AFTERCARE_LOG_LEVEL: 'error',
    ...options.env,
  };
  const cwd = options.cwd ?? folder;
  const cli: Place['cli'] = (args, more = {}) => runCli(args, { cwd, env: { ...env, ...more } });
  const json: Place['json'] = async (args, more) => {
    const { code, out, err } = await cli([...args, '--json'], more);
    try {
      return JSON.parse(out) as unknown;
    } catch {
      throw new Error(`aftercare ${args.join(' ')} (exit ${code}) printed no JSON: ${out}${err}`);
    }
  };
  try {
    return await run({ folder, env, lake: openLake(env.AFTERCARE_LAKE), cli, json });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** As `withPlace`, with a namespace of its own on the run's Temporal server. */
export async function withLivePlace<T>(
  options: { env?: Env; cwd?: string },
  run: (place: Place & { client: Client }) => Promise<T>,
): Promise<T> {
  return withTemporal(({ address, namespace, client }) => {
    const temporal = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    return withPlace({ ...options, env: { ...temporal, ...options.env } }, (place) =>
      run({ ...place, client }),
    );
  });
}

/** `aftercare worker` as a process of its own while `run` runs; it has to end well at the end. */
export async function withWorkerProcess<T>(
  place: Pick<Place, 'env'>,
  run: () => Promise<T>,
): Promise<T> {
  const worker = startCli(['worker'], { env: place.env, cwd: root });
  let result: T;
  try {
    const died = worker.ended.then(({ err }) => {
      throw new Error(`the worker ended: ${err}`);
    });
    result = await Promise.race([run(), died]);
  } catch (error) {
    await worker.kill();
    throw error;
  }
  const { code, err } = await worker.stop();
  if (code !== 0) throw new Error(`the worker ended with ${code}: ${err}`);
  return result;
}
