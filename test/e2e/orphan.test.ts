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

const moments: readonly [string, (note: Note) => boolean][] = [
  ['before its server is there', ({ pid }) => pid === null],
  ['while its server starts', ({ pid, runs }) => pid !== null && !runs],
];
const isUp = ({ runs }: Note): boolean => runs;

/** Kills what these words start at a moment, and starts it again; it has to come up. */
async function killAndStart(
  args: readonly string[],
  { start, state, moment }: { start: Start; state: string; moment: (note: Note) => boolean },
): Promise<void> {
  const first = start(args);
  const before = await noted(state, moment);
  await first.kill();
  const second = start(args);
  try {
    const after = await noted(state, (note) => note.runs && note.owner.pid !== before.owner.pid);
    if (before.pid !== null) expect(await processStart(before.pid)).toBeNull();
    expect(await processStart(after.pid ?? 0)).not.toBeNull();
  } catch (error) {
    throw new Error(`the second said: ${second.said.err}`, { cause: error });
  }
  // Only what says that it runs takes its note away: of a stop before that the next start does.
  const says = args[0] !== 'demo';
  if (says) await until(() => second.said.err.includes('Temporal at '), `${args[0] ?? ''} runs`);
  await second.stop();
  const left = noteOf(state);
  if (says || left === null) expect(left).toBeNull();
  else expect(await processStart(left.owner.pid)).toBeNull();
}

test.skipIf(missing).each(moments)(
  'a dev-server that is killed %s is followed by the next at the same port',
  limit,
  (_, moment) =>
    withStarts(async ({ cwd, start }) => {
      const args = ['dev-server', '--port', String(await freePort())];
      await killAndStart(args, { start, state: join(cwd, STATE), moment });
    }),
);

test.skipIf(missing)('so is one whose server was up, which ends by itself', limit, () =>
  withStarts(async ({ cwd, start }) => {
    const state = join(cwd, STATE);
    const args = ['dev-server', '--port', String(await freePort())];
    const first = start(args);
    const { pid } = await noted(state, isUp);
    expect(await processStart(pid ?? 0)).not.toBeNull();
    await first.kill();
    await until(async () => (await processStart(pid ?? 0)) === null, 'the server is gone', 20);
    const second = start(args);
    await noted(state, (note) => note.runs && note.pid !== pid);
    expect((await second.stop()).err).not.toContain('ending');
  }),
);

test.skipIf(missing)('so is an up', limit, () =>
  withStarts(async ({ cwd, start }) => {
    const args = ['up', '--port', '0', '--temporal-port', String(await freePort())];
    await killAndStart(args, { start, state: join(cwd, STATE), moment: isUp });
  }),
);

test.skipIf(missing)('and a demo', limit, () =>
  withStarts(async ({ cwd, start }) => {
    const state = join(cwd, '.aftercare/demo', STATE);
    await killAndStart(['demo', '--days', '30'], { start, state, moment: isUp });
  }),
);

/** What ends a server whose owner is gone: a child of the server's process. */
function guardOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

test.skipIf(missing || !existsSync('/proc/self/task'))(
  'a server that does not end then is ended by the next start',
  limit,
  () =>
    withStarts(async ({ cwd, start }) => {
      const state = join(cwd, STATE);
      const args = ['dev-server', '--port', String(await freePort())];
      const first = start(args);
      const { pid } = await noted(state, isUp);
      process.kill(guardOf(pid ?? 0), 'SIGKILL');
      await first.kill();
      const second = start(args);
      await noted(state, (note) => note.runs && note.pid !== pid);
      expect(second.said.err).toContain(`pid ${pid}: the process that had started it was killed`);
      expect(await processStart(pid ?? 0)).toBeNull();
      await second.stop();
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
