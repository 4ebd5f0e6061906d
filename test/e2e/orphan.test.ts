import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { processStart } from '../../app/process-start.js';
import { freePort } from '../../app/temporal-server.js';
import { startCli } from '../support/cli.js';
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
  const file = join(state, 'temporal.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Note) : null;
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
  { cwd, state, moment }: { cwd: string; state: string; moment: (note: Note) => boolean },
): Promise<void> {
  const first = startCli(args, { env, cwd });
  const before = await noted(state, moment);
  await first.kill();
  const second = startCli(args, { env, cwd });
  try {
    const after = await noted(state, (note) => note.runs && note.owner.pid !== before.owner.pid);
    if (before.pid !== null) expect(await processStart(before.pid)).toBeNull();
    expect(await processStart(after.pid ?? 0)).not.toBeNull();
  } catch (error) {
    throw new Error(`the second said: ${second.said.err}`, { cause: error });
  } finally {
    await second.stop();
  }
  expect(noteOf(state)).toBeNull();
}

test.skipIf(missing).each(moments)(
  'a dev-server that is killed %s is followed by the next at the same port',
  limit,
  (_, moment) =>
    withPlace({}, async ({ folder: cwd }) => {
      const args = ['dev-server', '--port', String(await freePort())];
      await killAndStart(args, { cwd, state: join(cwd, STATE), moment });
    }),
);

test.skipIf(missing)('so is one whose server was up, which ends by itself', limit, () =>
  withPlace({}, async ({ folder: cwd }) => {
    const state = join(cwd, STATE);
    const args = ['dev-server', '--port', String(await freePort())];
    const first = startCli(args, { env, cwd });
    const { pid } = await noted(state, isUp);
    expect(await processStart(pid ?? 0)).not.toBeNull();
    await first.kill();
    await until(async () => (await processStart(pid ?? 0)) === null, 'the server is gone', 20);
    const second = startCli(args, { env, cwd });
    await noted(state, (note) => note.runs && note.pid !== pid);
    expect((await second.stop()).err).not.toContain('ending');
  }),
);

test.skipIf(missing)('so is an up', limit, () =>
  withPlace({}, async ({ folder: cwd }) => {
    const args = ['up', '--port', '0', '--temporal-port', String(await freePort())];
    await killAndStart(args, { cwd, state: join(cwd, STATE), moment: isUp });
  }),
);

test.skipIf(missing)('and a demo', limit, () =>
  withPlace({}, async ({ folder: cwd }) => {
    const state = join(cwd, '.aftercare/demo', STATE);
    await killAndStart(['demo', '--days', '30'], { cwd, state, moment: isUp });
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
    withPlace({}, async ({ folder: cwd }) => {
      const state = join(cwd, STATE);
      const args = ['dev-server', '--port', String(await freePort())];
      const first = startCli(args, { env, cwd });
      const { pid } = await noted(state, isUp);
      process.kill(guardOf(pid ?? 0), 'SIGKILL');
      await first.kill();
      const second = startCli(args, { env, cwd });
      try {
        await noted(state, (note) => note.runs && note.pid !== pid);
        expect(second.said.err).toContain(`pid ${pid}: the process that had started it was killed`);
        expect(await processStart(pid ?? 0)).toBeNull();
      } finally {
        await second.stop();
      }
    }),
);

test.skipIf(missing)('of two starts at once one starts the server, the other uses it', limit, () =>
  withPlace({}, async ({ folder: cwd }) => {
    const state = join(cwd, STATE);
    const both = [0, 1].map(() => startCli(['dev-server', '--port', '0'], { env, cwd }));
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
  withPlace({}, async ({ folder: cwd }) => {
    const program = createServer().listen(0, '127.0.0.1');
    await once(program, 'listening');
    const taken = (program.address() as { port: number }).port;
    const refused = async (port: string) => {
      const given = { env: { ...env, AFTERCARE_TEMPORAL_PORT: port, AFTERCARE_PORT: '0' }, cwd };
      const { code, err } = await startCli(['dev-server'], given).ended;
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
      const theirs = startCli(['dev-server', '--port', '0'], { env, cwd: folder });
      const { address } = await noted(join(folder, STATE), isUp);
      expect(await refused(address.split(':')[1] ?? '')).toContain(
        `${address} is taken by a Temporal server that was not started for ${STATE}. ` +
          `Choose another port with --temporal-port, or use that one: TEMPORAL_ADDRESS=${address}.`,
      );
      await theirs.stop();
    });
  }),
);
