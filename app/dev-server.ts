import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './app.js';
import { registerSearchAttributes } from './search-attributes.js';
import { endOrphan, noteServer } from './server-note.js';
import { findTemporal } from './temporal-server-find.js';
import { isHealthy, startDevServer } from './temporal-server.js';
import { connect, serverFileIn, temporalAddress } from './temporal.js';

/** A server to use: ours, or one that somebody else runs (`stop` leaves that alone). */
export interface Server {
  address: string;
  /** null: it is not ours. */
  pid: number | null;
  stop(): Promise<void>;
  exited: Promise<void>;
}

/**
 * The Temporal server to use, with our search attributes on it: the one of TEMPORAL_ADDRESS, one
 * that runs for this state folder already, or a new one whose data lies in the state folder and
 * outlives a restart. One that a killed process left behind is ended first.
 */
export async function ensureServer(
  app: App,
  options: { port: number; uiPort: number | null; progress: (line: string) => void },
): Promise<Server> {
  const { settings } = app;
  if (settings.temporal.address === null) await endOrphan(settings.state, options.progress);
  const running = await runningServer(app, options.progress);
  const server = running ?? (await startServer(app, options));
  try {
    await initTemporal(app, server.address);
  } catch (error) {
    await server.stop();
    throw error;
  }
  if (running === null) await noteServer(settings.state, server);
  return server;
}

async function runningServer(app: App, progress: (line: string) => void): Promise<Server | null> {
  const { settings } = app;
  const address = await temporalAddress(settings);
  if (address === null) return null;
  const server = { address, pid: null, stop: nothing, exited: new Promise<void>(() => undefined) };
  if (settings.temporal.address !== null) {
    progress(`TEMPORAL_ADDRESS names a server of somebody else: ${address}; none is started`);
    return server;
  }
  try {
    await isHealthy(address);
    progress(
      `Temporal runs already at ${address}${await pidWords(settings)}; it was started by another ` +
        'process and stays when this one ends',
    );
    return server;
  } catch {
    return null; // its file was left behind by a killed process
  }
}

async function pidWords(settings: App['settings']): Promise<string> {
  const noted = JSON.parse(await readFile(serverFileIn(settings.state), 'utf8')) as {
    pid?: number | null;
  };
  return noted.pid == null ? '' : `, pid ${noted.pid}`;
}

async function startServer(
  app: App,
  options: { port: number; uiPort: number | null; progress: (line: string) => void },
): Promise<Server> {
  const { settings } = app;
  const found = await findTemporal({
    address: settings.temporal.address,
    cliPath: settings.temporal.cliPath,
    cacheFolder: settings.cache,
    log: options.progress,
  });
  if (found.kind === 'server') {
    return {
      address: found.address,
      pid: null,
      stop: nothing,
      exited: new Promise(() => undefined),
    };
  }
  const server = await startDevServer({
    path: found.path,
    port: options.port,
    dbFilename: join(settings.state, 'temporal.db'),
    uiPort: options.uiPort,
    onSpawn: (spawned) => noteServer(settings.state, spawned),
  });
  return {
    ...server,
    stop: async () => {
      await rm(serverFileIn(settings.state), { force: true });
      await server.stop();
    },
  };
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

async function nothing(): Promise<void> {
  // Somebody else's server goes on.
}
