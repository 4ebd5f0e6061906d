import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject, test } from 'vitest';
import {
  attributeKeys,
  registerSearchAttributes,
  searchAttributes,
} from '../../app/search-attributes.js';
import { freePort, isHealthy, startDevServer } from '../../app/temporal-server.js';
import { findTemporal, TEMPORAL_CLI } from '../../app/temporal-server-find.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';

async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-server-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A program that calls itself what it is told. */
async function program(path: string, says: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('the look-up', () => {
  test('takes a running server first and looks no further', async () => {
    const log: string[] = [];
    const found = await findTemporal({
      address: 'temporal.example:7233',
      cliPath: '/nowhere',
      cacheFolder: '/nowhere',
      log: (line) => log.push(line),
    });
    expect(found).toEqual({ kind: 'server', address: 'temporal.example:7233' });
    expect(log).toEqual([]);
  });

  test('takes the path that is set before all that is installed', () =>
    withFolder(async (folder) => {
      const cliPath = await program(join(folder, 'mine'), 'temporal version 9');
      const found = await findTemporal({
        address: null,
        cliPath,
        cacheFolder: folder,
        log: () => 0,
      });
      expect(found).toEqual({ kind: 'cli', path: cliPath, how: 'TEMPORAL_CLI_PATH' });
    }));

  test('names each miss, and takes the cache before anything is fetched', () =>
    withFolder(async (folder) => {
      const cliPath = await program(join(folder, 'wrong'), 'I am a teapot');
      const cached = join(folder, `temporal-${TEMPORAL_CLI}`, 'temporal');
      await program(cached, 'temporal version 0.0.0-DEV');
      const log: string[] = [];
      const found = await findTemporal({
        address: null,
        cliPath,
        cacheFolder: folder,
        log: (line) => log.push(line),
      });
      expect(log[0]).toBe('TEMPORAL_ADDRESS: not set');
      expect(log[1]).toBe(`TEMPORAL_CLI_PATH: ${cliPath} --version says "I am a teapot\\n"`);
      if (found.kind === 'cli' && found.how === 'temporal on PATH') return; // it is installed here
      expect(found).toEqual({ kind: 'cli', path: cached, how: 'cache' });
      expect(log[2]).toBe('temporal on PATH: temporal is not there');
    }));
});

const missing = temporalMissing();
const title = `the dev server${missing === null ? '' : `: ${missing}`}`;

describe(title, { skip: missing !== null, timeout: 90_000 }, () => {
  const path = inject('temporalCli') ?? '';

  test('keeps its data over a restart, and over being killed', () =>
    withFolder(async (folder) => {
      const options = {
        path,
        port: await freePort(),
        dbFilename: join(folder, 'state', 'temporal.db'),
        uiPort: null,
      };
      const start = { taskQueue: 'nobody', workflowId: 'w' };
      const lives = async (address: string, run: (client: Client) => Promise<unknown>) => {
        const connection = await Connection.connect({ address });
        await run(new Client({ connection }));
        await connection.close();
      };
      const first = await startDevServer(options);
      await lives(first.address, (client) => client.workflow.start('any', start));
      await first.stop();
      await expect(isHealthy(first.address)).rejects.toThrow();

      const second = await startDevServer(options);
      await lives(second.address, async (client) => {
        expect((await client.workflow.getHandle('w').describe()).status.name).toBe('RUNNING');
        await client.workflow.getHandle('w').terminate();
      });
      process.kill(second.pid, 'SIGKILL');
      await second.exited;

      const third = await startDevServer(options);
      await lives(third.address, async (client) => {
        expect((await client.workflow.getHandle('w').describe()).status.name).toBe('TERMINATED');
      });
      await third.stop();
    }));

  test('says at once why it did not start', () =>
    withFolder(async (folder) => {
      const broken = join(folder, 'temporal');
      await writeFile(broken, '#!/bin/sh\necho "port 1 is taken" >&2\nexit 3\n');
      await chmod(broken, 0o755);
      const start = startDevServer({ path: broken, port: 0, dbFilename: null, uiPort: null });
      await expect(start).rejects.toThrow(
        /did not start at 127\.0\.0\.1:\d+: it ended with code 3/,
      );
      await expect(start).rejects.toThrow(/port 1 is taken/);
      const absent = { path: join(folder, 'absent'), port: 0, dbFilename: null, uiPort: null };
      await expect(startDevServer(absent)).rejects.toThrow(/absent: not found/);
    }));

  test('search attributes are registered once; a repeat changes nothing; a clash is named', () =>
    withTemporal(async ({ connection, namespace, client }) => {
      await registerSearchAttributes(connection, namespace);
      const { customAttributes } = await connection.operatorService.listSearchAttributes({
        namespace,
      });
      expect(customAttributes).toEqual(searchAttributes);
      await client.workflow.start('any', {
        taskQueue: 'nobody',
        workflowId: 'w',
        typedSearchAttributes: [{ key: attributeKeys.model, value: 'm' }],
      });
      await connection.operatorService.removeSearchAttributes({
        namespace,
        searchAttributes: ['ModelId'],
      });
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: { ModelId: 7 as never }, // a list of keywords
      });
      await expect(registerSearchAttributes(connection, namespace)).rejects.toThrow(
        /search attribute ModelId .* has type 7; expected 2/,
      );
    }));
});
