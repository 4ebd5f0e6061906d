import { Connection } from '@temporalio/client';
import { findTemporal } from '../app/temporal-server-find.js';
import { startDevServer } from '../app/temporal-server.js';
import { readSettings } from '../config/settings.js';

/** Runs with a Temporal dev server of its own, in memory or a file; it is stopped afterwards. */
export async function withServer<T>(
  { namespaces, file }: { namespaces: readonly string[]; file: string | null },
  run: (server: { connection: Connection; address: string }) => Promise<T>,
): Promise<T> {
  const { temporal, cache } = readSettings();
  const cli = await findTemporal({
    ...{ address: null, cliPath: temporal.cliPath, cacheFolder: cache },
    ...{ log: (line) => process.stderr.write(`${line}\n`) },
  });
  if (cli.kind === 'server') throw new Error('a server of its own was asked for');
  const server = await startDevServer({
    ...{ path: cli.path, port: 0, dbFilename: file, uiPort: null, namespaces },
  });
  const connection = await Connection.connect({ address: server.address });
  try {
    return await run({ connection, address: server.address });
  } finally {
    await connection.close();
    await server.stop();
  }
}
