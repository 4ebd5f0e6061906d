import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtProgram } from '../support/built.js';
import * as jobs from './jobs.js';

const { request } = jobs;
const key = request().key;
const pidOf = async (folder: string): Promise<number> =>
  (
    JSON.parse(await readFile(join(folder, 'trainings', key, 'pid.json'), 'utf8')) as {
      pid: number;
    }
  ).pid;
const lines = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean);

test('a job reads the request on its standard input and its last line is the result', async () => {
  await jobs.withFolder(async (folder) => {
    const script = `
      const given = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      console.log('training until', given.trainUntil);
      console.log(JSON.stringify({ ...${JSON.stringify(jobs.result)}, version: given.key }));`;
    const trainer = jobs.commandTrainer(folder, script);
    expect(await trainer.start(request())).toEqual({ ref: key, url: null });
    expect(await jobs.ended(trainer, key)).toEqual({
      state: 'succeeded',
      result: { ...jobs.result, version: key },
    });
  });
});

test('two starts at once, and one after the end, are one process', async () => {
  await jobs.withFolder(async (folder) => {
    const script = jobs.leavesTrace + jobs.printsResult;
    const [one, other] = [jobs.commandTrainer(folder, script), jobs.commandTrainer(folder, script)];
    await Promise.all([one.start(request()), other.start(request()), one.start(request())]);
    expect(await jobs.ended(one, key)).toMatchObject({ state: 'succeeded' });
    await other.start(request());
    expect(await lines(join(folder, 'ran'))).toHaveLength(1);
  });
});

test('a job outlives a starter that is killed and is adopted by the next one', async () => {
  await jobs.withFolder(async (folder) => {
    // It ends once the test lets it.
    const script = `${jobs.leavesTrace} const timer = setInterval(() => {
      if (!require('node:fs').existsSync('go')) return;
      clearInterval(timer);
      ${jobs.printsResult}
    }, 20);`;
    await writeFile(join(folder, 'job.cjs'), script);
    const starter = spawn(process.execPath, [await builtProgram('starter'), folder, key], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = new Promise((done) => starter.on('exit', (_, signal) => done(signal)));
    await new Promise((done) => starter.stdout.once('data', done)); // it has the reference
    starter.kill('SIGKILL');
    expect(await exit).toBe('SIGKILL');
    const trainer = jobs.commandTrainer(folder, 'throw new Error("a second start")');
    expect(await trainer.poll(key)).toEqual({ state: 'running', progress: null });
    expect(await trainer.start(request())).toEqual({ ref: key, url: null });
    await writeFile(join(folder, 'go'), '');
    expect(await jobs.ended(trainer, key)).toMatchObject({ state: 'succeeded' });
    expect(await lines(join(folder, 'ran'))).toHaveLength(1);
  });
});

test('an intent without a process is uncertain and is never started again', async () => {
  await jobs.withFolder(async (folder) => {
    // Its starter died right after it had written the intent down.
    const command = [process.execPath, '-e', jobs.leavesTrace];
    const intent = { key, command, cwd: folder, timeout: 60_000, killAfter: 100 };
    await mkdir(join(folder, 'trainings', key), { recursive: true });
    await writeFile(join(folder, 'trainings', key, 'intent.json'), JSON.stringify(intent));
    // Long enough for a wrong second start to show itself.
    const trainer = jobs.commandTrainer(folder, jobs.leavesTrace, { showsWithin: 2_000 });
    await expect(trainer.start(request())).rejects.toMatchObject({ outcome: 'uncertain' });
    expect(await trainer.poll(key)).toMatchObject({ state: 'lost' });
    expect(await readdir(folder)).toEqual(['trainings']);
  });
});

test('a supervisor that is killed leaves a lost training, not a running one', async () => {
  await jobs.withFolder(async (folder) => {
    const trainer = jobs.commandTrainer(folder, `${jobs.leavesTrace} setTimeout(() => {}, 60000)`);
    await trainer.start(request());
    await jobs.until(async () => (await lines(join(folder, 'ran'))).length === 1);
    const supervisor = await pidOf(folder);
    const [job] = await lines(join(folder, 'ran'));
    process.kill(supervisor, 'SIGKILL');
    await jobs.until(async () => (await trainer.poll(key)).state !== 'running');
    expect(await trainer.poll(key)).toMatchObject({ state: 'lost' });
    process.kill(Number(job), 'SIGKILL');
  });
});

test('a job that forks, ignores SIGTERM and hangs is killed with its whole group', async () => {
  await jobs.withFolder(async (folder) => {
    const hang = `process.on('SIGTERM', () => {}); ${jobs.leavesTrace} setInterval(() => {}, 1000);`;
    const fork = JSON.stringify(['-e', hang]);
    const script = `
      require('node:child_process').spawn(process.execPath, ${fork}, { stdio: 'inherit' });
      ${hang}`;
    const trainer = jobs.commandTrainer(folder, script, { killAfter: 200 });
    await trainer.start(request());
    await jobs.until(async () => (await lines(join(folder, 'ran'))).length === 2);
    await trainer.cancel(key);
    expect(await jobs.ended(trainer, key)).toMatchObject({ state: 'failed' });
    const pids = (await lines(join(folder, 'ran'))).map(Number);
    await jobs.until(() => !pids.some(jobs.alive));
  });
});

test('a job that takes longer than its timeout is stopped and says so', async () => {
  await jobs.withFolder(async (folder) => {
    const trainer = jobs.commandTrainer(folder, 'setInterval(() => {}, 1000)', { timeout: 100 });
    await trainer.start(request());
    expect(JSON.stringify(await jobs.ended(trainer, key))).toMatch(/longer than its timeout/);
  });
});

test('a cancelled job is stopped and says so', async () => {
  await jobs.withFolder(async (folder) => {
    const trainer = jobs.commandTrainer(folder, `${jobs.leavesTrace} setTimeout(() => {}, 60000)`);
    await trainer.start(request());
    await jobs.until(async () => (await lines(join(folder, 'ran'))).length === 1);
    await trainer.cancel(key);
    expect(JSON.stringify(await jobs.ended(trainer, key))).toMatch(/it was cancelled/);
    await trainer.cancel(key); // over: nothing to do
  });
});

test('secrets in the output are redacted and no key of a callback touches the disk', async () => {
  await jobs.withFolder(async (folder) => {
    const script = `
      const key = JSON.parse(require('node:fs').readFileSync(0, 'utf8')).callbackKey;
      console.log('token', process.env.TRAIN_TOKEN, 'callback', key, 'xo' + 'xb-123456789012-abc');
      console.error('password=' + process.env.TRAIN_TOKEN);
      ${jobs.printsResult}`;
    const environment = { PATH: process.env['PATH'], TRAIN_TOKEN: 'hunter2-hunter2', OTHER: 'x' };
    const trainer = jobs.commandTrainer(folder, script, { env: ['TRAIN_TOKEN'], environment });
    await trainer.start(request());
    expect(await jobs.ended(trainer, key)).toMatchObject({ state: 'succeeded' });
    const kept = await jobs.everything(join(folder, 'trainings'));
    expect(kept).toContain('token [redacted] callback [redacted] [redacted]');
    expect(kept).toContain('password=[redacted]');
    for (const secret of ['hunter2', jobs.callbackKey, 'xoxb-']) expect(kept).not.toContain(secret);
  });
});

test('a job sees the variables that its monitor lists and no others', async () => {
  await jobs.withFolder(async (folder) => {
    const script = `require('node:fs').writeFileSync('env', Object.keys(process.env).sort().join());`;
    const environment = { PATH: process.env['PATH'], WANTED: 'a', UNWANTED: 'b' };
    const trainer = jobs.commandTrainer(folder, script, { env: ['WANTED', 'ABSENT'], environment });
    await trainer.start(request());
    await jobs.ended(trainer, key);
    expect(await readFile(join(folder, 'env'), 'utf8')).toBe('PATH,WANTED');
  });
});

test('arguments are passed as they are: no shell reads them', async () => {
  await jobs.withFolder(async (folder) => {
    const script = `require('node:fs').writeFileSync('args', process.argv.slice(1).join('|'));`;
    const args = ['$(touch pwned)', '; touch pwned', '`touch pwned`'];
    const trainer = jobs.commandTrainer(folder, script, { args });
    await trainer.start(request());
    await jobs.ended(trainer, key);
    expect(await readFile(join(folder, 'args'), 'utf8')).toBe(args.join('|'));
    expect(await readdir(folder)).not.toContain('pwned');
  });
});

test('of a long output 64 KiB are kept, its beginning and its end', async () => {
  await jobs.withFolder(async (folder) => {
    const script = `
      console.log('the beginning');
      for (let i = 0; i < 4000; i++) console.log('x'.repeat(99));
      ${jobs.printsResult}`;
    const trainer = jobs.commandTrainer(folder, script);
    await trainer.start(request());
    expect(await jobs.ended(trainer, key)).toMatchObject({ state: 'succeeded' });
    const kept = await readFile(join(folder, 'trainings', key, 'stdout.log'), 'utf8');
    expect(kept).toMatch(/^the beginning\n/);
    expect(kept).toContain('… cut …');
    expect(kept.length).toBeLessThan(66_000);
  });
});

test.each([
  ['process.exit(3)', /exit code 3; see stderr\.log in /],
  ['process.kill(process.pid, "SIGKILL")', /ended by SIGKILL/],
  ['console.log("done")', /the last line of its output is not JSON/],
  ['', /the last line of its output is not JSON/],
])('a job that ends by %s has failed, with what was wrong', async (script, reason) => {
  await jobs.withFolder(async (folder) => {
    const trainer = jobs.commandTrainer(folder, script);
    await trainer.start(request());
    const state = await jobs.ended(trainer, key);
    expect(state.state).toBe('failed');
    expect(JSON.stringify(state)).toMatch(reason);
  });
});

test('a command that does not exist has failed', async () => {
  await jobs.withFolder(async (folder) => {
    const { createCommandTrainer } = await import('../../trainers/command.js');
    const trainer = createCommandTrainer({
      trigger: {
        kind: 'command',
        command: ['no-such-program'],
        cwd: null,
        env: [],
        timeout: 9_000,
      },
      trainings: join(folder, 'trainings'),
      environment: { PATH: process.env['PATH'] },
    });
    await trainer.start(request());
    expect(JSON.stringify(await jobs.ended(trainer, key))).toMatch(/could not be started/);
  });
});

test('a key that would leave the folder is refused', async () => {
  await jobs.withFolder(async (folder) => {
    const trainer = jobs.commandTrainer(folder, '');
    await expect(trainer.start(request('../elsewhere'))).rejects.toMatchObject({
      outcome: 'refused',
    });
  });
});
