import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { freePort, startDevServer } from '../../app/temporal-server.js';
import { watchAway } from '../../workers/away.js';
import { startCli } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { until } from '../support/namespace.js';

/** A server that answers or not, and what was said of it. */
function world() {
  const said: string[] = [];
  const server = { isThere: true, asked: 0 };
  const watch = watchAway({
    asks: async () => {
      server.asked += 1;
      await sleep(1);
      if (!server.isThere) throw new Error('connection refused');
    },
    say: (state) => void said.push(state),
    every: 5,
  });
  return { said, server, watch };
}

test('an outage is two lines, however many calls are tried again meanwhile', async () => {
  const { said, server, watch } = world();
  for (const round of [1, 2]) {
    server.isThere = false;
    const news = [...Array(64).keys()].filter(() => watch.noteRetry());
    expect(news).toEqual([0]);
    await until(() => Promise.resolve(said.length === 2 * round - 1));
    for (let call = 0; call < 64; call++) expect(watch.noteRetry()).toBe(false);
    server.isThere = true;
    await until(() => Promise.resolve(said.length === 2 * round));
    await sleep(2); // the end of the watch itself
  }
  expect(said).toEqual(['away', 'back', 'away', 'back']);
});

test('one slow call of a server that answers is no outage', async () => {
  const { said, server, watch } = world();
  watch.noteRetry();
  await until(() => Promise.resolve(server.asked === 1));
  await sleep(5);
  expect(said).toEqual([]);
});

test('whoever stops hears nothing more', async () => {
  const { said, server, watch } = world();
  server.isThere = false;
  watch.noteRetry();
  await until(() => Promise.resolve(said.length === 1));
  watch.stop();
  const { asked } = server;
  watch.noteRetry();
  await sleep(30);
  expect(said).toEqual(['away']);
  expect(server.asked).toBeLessThanOrEqual(asked + 1);
});

const cliPath = inject('temporalCli');

test.skipIf(cliPath === null)(
  'a worker says of a server that is killed and comes back two lines, with --verbose too',
  () =>
    withPlace({}, async (place) => {
      const port = await freePort();
      const dbFilename = join(place.folder, 'temporal.db');
      const start = () => startDevServer({ path: cliPath ?? '', port, dbFilename, uiPort: null });
      const env = { ...place.env, TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
      let server = await start();
      const worker = startCli(['worker', '-v', '--log-format', 'text'], { env, cwd: place.folder });
      const has = (words: string, times: number) =>
        until(() => worker.said.err.split(words).length === times + 1, `"${words}" is said`, 120);
      try {
        expect((await place.cli(['init-temporal'], env)).code).toBe(0);
        await has('worker for Temporal at', 1);
        process.kill(server.pid, 'SIGKILL');
        await server.exited;
        await has('does not answer; trying until it does', 1);
        await sleep(12_000); // each of its pollers is tried again meanwhile
        server = await start();
        await has('answers again', 1);
        const { code, err } = await worker.stop();
        expect(code).toBe(0);
        const lines = err.split('\n').filter((line) => /answer|retr/.test(line));
        // The call that was tried again first, and one that came too late to be news.
        expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(4);
      } finally {
        await worker.kill();
        await server.stop();
      }
    }),
);
