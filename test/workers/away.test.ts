import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchAway } from '../../workers/away.js';
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
    for (let call = 0; call < 64; call++) watch.noteRetry();
    await until(() => Promise.resolve(said.length === 2 * round - 1));
    for (let call = 0; call < 64; call++) watch.noteRetry();
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
