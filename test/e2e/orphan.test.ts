import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { processStart } from '../../app/process-start.js';
import { freePort } from '../../app/temporal-server.js';
import { startCli, type CliProcess, type Env } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { until } from '../support/namespace.js';

const cliPath = inject('temporalCli');
const missing = cliPath === null;
const env = { TEMPORAL_CLI_PATH: cliPath ?? '', AFTERCARE_LOG_LEVEL: 'error' };
const limit = { timeout: 120_000 };
const STATE = '.aftercare/state';

interface Note {
  address: string;
  pid: number | null;
  runs: boolean;
  owner: { pid: number };
}

/** What is written down of the server of a state folder; null: nothing. */
function noteOf(state: string): Note | null {
  try {
    return JSON.parse(readFileSync(join(state, 'temporal.json'), 'utf8')) as Note;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null;
    throw error;
  }
}

type Start = (args: readonly string[], more?: { env?: Env; cwd?: string }) => CliProcess;

/** A folder to start commands in; none of them is left when it is over, however it ends. */
function withStarts<T>(run: (place: { cwd: string; start: Start }) => Promise<T>): Promise<T> {
  return withPlace({}, async ({ folder: cwd }) => {
    const all: CliProcess[] = [];
    const start: Start = (args, more = {}) => {
      const place = { cwd: more.cwd ?? cwd, env: { ...env, ...more.env } };
      const started = startCli(args, place);
      all.push(started);
      return started;
    };
    try {
      return await run({ cwd, start });
    } finally {
      await Promise.all(all.map((one) => one.kill()));
    }
  });
}

/** The first note of which that holds; looks often, for some moments are short. */
async function noted(state: string, holds: (note: Note) => boolean): Promise<Note> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const note = noteOf(state);
    if (note !== null && holds(note)) return note;
    await sleep(5);
  }
  throw new Error(`no such note came; there is ${JSON.stringify(noteOf(state))}`);
}

const isUp = ({ runs }: Note): boolean => runs;

/** Starts it where another was killed; gives it and its note once its server runs. */
async function follow(
  args: readonly string[],
  { start, state, killed }: { start: Start; state: string; killed: Note },
): Promise<{ next: CliProcess; note: Note }> {
  const next = start(args);
  try {
    const note = await noted(state, (one) => one.runs && one.owner.pid !== killed.owner.pid);
    if (killed.pid !== null) expect(await processStart(killed.pid)).toBeNull();
    expect(await processStart(note.pid ?? 0)).not.toBeNull();
    return { next, note };
  } catch (error) {
    throw new Error(`the next said: ${next.said.err}`, { cause: error });
  }
}

/** Only what says that it runs takes its note away: of a stop before that the next start does. */
async function stopAndLook(next: CliProcess, state: string): Promise<void> {
  await until(() => next.said.err.includes('Temporal at '), 'it says that it runs');
  await next.stop();
  expect(noteOf(state)).toBeNull();
}

/** What ends a server whose owner is gone: a child of the server's process. */
function guardOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

test.skipIf(missing)(
  'a dev-server that is killed at any moment is followed by the next at the same port',
  limit,
  () =>
    withStarts(async ({ cwd, start }) => {
      const state = join(cwd, STATE);
      const args = ['dev-server', '--port', String(await freePort())];
      const before = start(args);
      await noted(state, ({ pid }) => pid === null);
      await before.kill();

      const starting = start(args);
      let killed = await noted(state, ({ pid, runs }) => pid !== null && !runs);
      await starting.kill();

      const up = await follow(args, { start, state, killed });
      await up.next.kill();
      killed = up.note;
      await until(async () => (await processStart(killed.pid ?? 0)) === null, 'it ends alone', 20);

      const last = await follow(args, { start, state, killed });
      expect(last.next.said.err).not.toContain('ending');
      await stopAndLook(last.next, state);
    }),
);

test.skipIf(missing || !existsSync('/proc/self/task'))(
  'a server that does not end when its starter is killed is ended by the next start',
  limit,
  () =>
    withStarts(async ({ cwd, start }) => {
      const state = join(cwd, STATE);
      const args = ['dev-server', '--port', String(await freePort())];
      const first = start(args);
      const killed = await noted(state, isUp);
      process.kill(guardOf(killed.pid ?? 0), 'SIGKILL');
      await first.kill();
      const { next } = await follow(args, { start, state, killed });
      const words = `pid ${killed.pid}: the process that had started it was killed`;
      expect(next.said.err).toContain(words);
      await stopAndLook(next, state);
    }),
);

test.skipIf(missing)('an up that is killed is followed by the next', limit, () =>
  withStarts(async ({ cwd, start }) => {
    const state = join(cwd, STATE);
    const args = ['up', '--port', '0', '--temporal-port', String(await freePort())];
    const first = start(args);
    const killed = await noted(state, isUp);
    await first.kill();
    const { next } = await follow(args, { start, state, killed });
    await stopAndLook(next, state);
  }),
);

test.skipIf(missing)(
  'a demo that is killed is followed by the next, which leaves no process when it is stopped',
  limit,
  () =>
    withStarts(async ({ cwd, start }) => {
      const state = join(cwd, '.aftercare/demo', STATE);
      const args = ['demo', '--days', '2'];
      const first = start(args);
      const killed = await noted(state, isUp);
      await first.kill();
      const { next, note } = await follow(args, { start, state, killed });
      await until(() => next.said.err.includes('evaluated up to'), 'a window is evaluated', 60);
      const { code, err } = await next.stop();
      expect(code).toBe(130);
      expect(err).toContain('stopping');
      expect(await processStart(note.pid ?? 0)).toBeNull();
    }),
);

test.skipIf(missing)('of two starts at once one starts the server, the other uses it', limit, () =>
  withStarts(async ({ cwd, start }) => {
    const state = join(cwd, STATE);
    const both = [0, 1].map(() => start(['dev-server', '--port', '0']));
    const { owner, address, pid } = await noted(state, isUp);
    const other = await Promise.race(both.map(({ ended }) => ended));
    expect(other.code).toBe(0);
    expect(other.err).toContain(
      `Temporal runs already at ${address}, pid ${pid}; process ${owner.pid} has started it`,
    );
    expect(other.err).toContain('Nothing was started.');
    expect(await processStart(pid ?? 0)).not.toBeNull();
    await Promise.all(both.map((one) => one.stop()));
    expect(noteOf(state)).toBeNull();
  }),
);

test.skipIf(missing)('a port that others have is refused, with whose it is and what to do', () =>
  withStarts(async ({ cwd, start }) => {
    const program = createServer().listen(0, '127.0.0.1');
    await once(program, 'listening');
    const taken = (program.address() as { port: number }).port;
    const refused = async (port: string) => {
      const given = { AFTERCARE_TEMPORAL_PORT: port, AFTERCARE_PORT: '0' };
      const { code, err } = await start(['dev-server'], { env: given }).ended;
      expect(code).toBe(3);
      expect(noteOf(join(cwd, STATE))).toBeNull();
      return err;
    };
    expect(await refused(String(taken))).toContain(
      `error: 127.0.0.1:${taken} is taken by a program that was not started for ` +
        `${STATE}. Choose another port with --temporal-port.`,
    );
    program.close();

    await withPlace({}, async ({ folder }) => {
      const theirs = start(['dev-server', '--port', '0'], { cwd: folder });
      const { address } = await noted(join(folder, STATE), isUp);
      expect(await refused(address.split(':')[1] ?? '')).toContain(
        `${address} is taken by a Temporal server that was not started for ${STATE}. ` +
          `Choose another port with --temporal-port, or use that one: TEMPORAL_ADDRESS=${address}.`,
      );
      await theirs.stop();
    });
  }),
);
