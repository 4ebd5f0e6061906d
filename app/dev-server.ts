import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.js';
import { UnavailableError } from './errors.js';
import { registerSearchAttributes } from './search-attributes.js';
import { claim, endOrphan, holderOf, noteServer, release } from './server-note.js';
import { findTemporal } from './temporal-server-find.js';
import { freePort, isFree, isHealthy, startDevServer } from './temporal-server.js';
import { connect } from './temporal.js';

/** A server to use: ours, or one that somebody else runs (`stop` leaves that alone). */
export interface Server {
  address: string;
  /** null: it is not ours. */
  pid: number | null;
  stop(): Promise<void>;
  exited: Promise<void>;
}

interface EnsureOptions {
  /** 0: any free one. */
  port: number;
  /** null: no pages. */
  uiPort: number | null;
  progress: (line: string) => void;
}

const LOOK_EVERY = 200;

/**
 * The Temporal server to use, with our search attributes on it: the one of TEMPORAL_ADDRESS, one
 * that runs for this state folder already, or a new one whose data lies in the state folder and
 * outlives a restart. What a killed process left behind is ended first. UnavailableError when the
 * port is somebody else's.
 */
export async function ensureServer(app: App, options: EnsureOptions): Promise<Server> {
  const { address } = app.settings.temporal;
  if (address === null) return ownServer(app, options);
  options.progress(`TEMPORAL_ADDRESS names a server of somebody else: ${address}; none is started`);
  await initTemporal(app, address);
  return others(address);
}

/** One of this state folder, which one process at a time starts and ends. */
async function ownServer(app: App, options: EnsureOptions): Promise<Server> {
  const { state } = app.settings;
  const address = `127.0.0.1:${options.port === 0 ? await freePort() : options.port}`;
  for (let isSaid = false; ;) {
    const holder = await holderOf(state);
    if (holder === null) {
      await endOrphan(state, options.progress);
      if (await claim(state, address)) break;
    } else if (holder.runs) {
      options.progress(
        `Temporal runs already at ${holder.address}, pid ${holder.pid ?? '?'}; process ` +
          `${holder.owner.pid} has started it, and it stays when this one ends`,
      );
      return others(holder.address);
    } else if (!isSaid) {
      options.progress(
        `waiting for process ${holder.owner.pid}, which starts or ends the server of ${state}`,
      );
      isSaid = true;
    }
    await sleep(LOOK_EVERY);
  }
  try {
    return await startServer(app, address, options);
  } catch (error) {
    await release(state);
    throw error;
  }
}

async function startServer(app: App, address: string, options: EnsureOptions): Promise<Server> {
  const { state, cache, temporal } = app.settings;
  const port = Number(address.split(':').at(-1));
  await refuseTaken(state, port);
  const found = await findTemporal({
    address: null,
    cliPath: temporal.cliPath,
    cacheFolder: cache,
    log: options.progress,
  });
  if (found.kind === 'server') throw new Error('a server of its own was asked for');
  const server = await startDevServer({
    path: found.path,
    port,
    dbFilename: join(state, 'temporal.db'),
    uiPort: options.uiPort,
    onSpawn: ({ pid }) => noteServer(state, { address, pid, runs: false }),
  });
  const { pid } = server;
  const stop = async (): Promise<void> => {
    const ending = noteServer(state, { address, pid, runs: false });
    await ending.catch(() => undefined); // the folder is gone, and with it whoever looks there
    await server.stop();
    await release(state);
  };
  try {
    await initTemporal(app, address);
    await noteServer(state, { address, pid, runs: true });
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...server, stop };
}

/** A port that is taken is not ours: ours was ended, or its process has the folder. */
async function refuseTaken(state: string, port: number): Promise<void> {
  if (await isFree(port)) return;
  const address = `127.0.0.1:${port}`;
  const [who, use] = await isHealthy(address).then(
    () => ['a Temporal server', `, or use that one: TEMPORAL_ADDRESS=${address}`],
    () => ['a program', ''],
  );
  throw new UnavailableError(
    `${address} is taken by ${who} that was not started for ${state}. ` +
      `Choose another port with --temporal-port${use}.`,
  );
}

/** A server that others start and end. */
function others(address: string): Server {
  const exited = new Promise<void>(() => undefined);
  return { address, pid: null, stop: () => Promise.resolve(), exited };
}

/** The one init step of every server: our search attributes. A repeat changes nothing. */
export async function initTemporal(app: App, address: string): Promise<void> {
  const connection = await connect(address, app.settings);
  try {
    await registerSearchAttributes(connection, app.settings.temporal.namespace);
  } finally {
    await connection.close();
  }
}
