import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Trainer } from '../../domain/retraining.js';
import { startFailure, TrainerError } from '../../trainers/error.js';
import * as jobs from './jobs.js';

interface Bench {
  trainer: Trainer;
  /** Secrets that the trainer knows. */
  secrets: readonly string[];
  /** Trainings that really began. */
  begun: () => Promise<number>;
  /** The request as the job got it. */
  got: () => Promise<unknown>;
}
type Job = 'good' | 'bad result' | 'fails';
interface Kind {
  kind: Trainer['kind'];
  withBench: (job: Job, run: (bench: Bench) => Promise<void>) => Promise<void>;
}

const badResult = { ...jobs.result, rows: 'many', difference: { metric: 'rmse' } };

/** Of a command: one line on its standard input. */
const KEEPS_REQUEST = `{
  const fs = require('node:fs');
  fs.writeFileSync('request', fs.readFileSync(0, 'utf8').split('\\n')[0]);
}`;

const command: Kind = {
  kind: 'command',
  withBench: (job, run) =>
    jobs.withFolder(async (folder) => {
      const print = (value: unknown): string =>
        `console.log(${JSON.stringify(JSON.stringify(value))});`;
      const fails = 'console.error(process.env.TRAIN_TOKEN); process.exit(1);';
      const ends = { good: print(jobs.result), 'bad result': print(badResult), fails };
      const environment = { PATH: process.env['PATH'], TRAIN_TOKEN: 'hunter2-hunter2' };
      const script = KEEPS_REQUEST + jobs.leavesTrace + ends[job];
      const options = { env: ['TRAIN_TOKEN'], environment };
      const trainer = jobs.commandTrainer(folder, script, options);
      const begun = async (): Promise<number> =>
        (await jobs.everything(folder)).split('\n').filter((line) => /^\d+$/.test(line)).length;
      const got = async (): Promise<unknown> =>
        JSON.parse(await readFile(join(folder, 'request'), 'utf8'));
      await run({ trainer, secrets: ['hunter2-hunter2', jobs.callbackKey], begun, got });
    }),
};

/** A service that keeps to `Idempotency-Key`. */
const http: Kind = {
  kind: 'http',
  withBench: (job, run) => {
    const known = new Map<string, string>();
    const ends = {
      good: { state: 'succeeded', result: jobs.result },
      'bad result': { state: 'succeeded', result: badResult },
      fails: { state: 'failed', reason: 'the-secret-of-the-trigger' },
    };
    return jobs.withService(
      (heard, response) => {
        const key = String(heard.headers['idempotency-key']);
        if (heard.method === 'POST') {
          if (!known.has(key)) known.set(key, `run-${known.size + 1}`);
          jobs.json(response, 202, { run: { id: known.get(key) } });
          return;
        }
        const isKnown = [...known.values()].some((id) => heard.path === `/runs/${id}`);
        jobs.json(response, isKnown ? 200 : 404, isKnown ? ends[job] : {});
      },
      (url, heard) =>
        run({
          trainer: jobs.httpTrainer(url),
          secrets: ['the-secret-of-the-trigger', jobs.callbackKey],
          begun: () => Promise.resolve(known.size),
          got: () => Promise.resolve(JSON.parse(heard[0]?.body ?? '')),
        }),
    );
  },
};

describe.each([command, http])('every trainer: $kind', ({ withBench }) => {
  test('starts a training once for each key and gives the same reference again', async () => {
    await withBench('good', async ({ trainer, begun }) => {
      const [first, second] = [
        await trainer.start(jobs.request()),
        await trainer.start(jobs.request()),
      ];
      expect(second).toEqual(first);
      await jobs.ended(trainer, first.ref);
      expect(await begun()).toBe(1);
    });
  });

  test('hands the request over as it is, with what to train on', async () => {
    await withBench('good', async ({ trainer, got }) => {
      const { ref } = await trainer.start(jobs.request());
      await jobs.ended(trainer, ref);
      expect(await got()).toEqual(jobs.request());
    });
  });

  test('gives back the result as the job reported it', async () => {
    await withBench('good', async ({ trainer }) => {
      const { ref } = await trainer.start(jobs.request());
      const state = await jobs.ended(trainer, ref);
      expect(state).toEqual({ state: 'succeeded', result: jobs.result });
    });
  });

  test('says where a result is wrong, and none of its values', async () => {
    await withBench('bad result', async ({ trainer }) => {
      const { ref } = await trainer.start(jobs.request());
      const state = await jobs.ended(trainer, ref);
      expect(state.state).toBe('failed');
      const text = JSON.stringify(state);
      expect(text).toMatch(/rows: expected a whole number.*difference\.n: /);
      expect(text).not.toContain('many');
    });
  });

  test('a training that it does not know is lost', async () => {
    await withBench('good', async ({ trainer }) => {
      expect(await trainer.poll('ac-eta-9-nothing')).toMatchObject({ state: 'lost' });
    });
  });

  test('no secret is in a failure', async () => {
    await withBench('fails', async ({ trainer, secrets }) => {
      const { ref } = await trainer.start(jobs.request());
      const text = JSON.stringify(await jobs.ended(trainer, ref));
      expect(text).toContain('failed');
      for (const secret of secrets) expect(text).not.toContain(secret);
    });
  });
});

test.each([
  [new TrainerError('refused', 'no'), { reason: 'no', uncertain: false, retryAfter: null }],
  [new TrainerError('failed', 'busy'), { reason: 'busy', uncertain: false, retryAfter: 0 }],
  [new TrainerError('failed', 'busy', 7), { reason: 'busy', uncertain: false, retryAfter: 7 }],
  [new TrainerError('uncertain', '?'), { reason: '?', uncertain: true, retryAfter: null }],
])('a failed start comes back as what it means for the request', (error, failure) => {
  expect(startFailure(error)).toEqual(failure);
});

test('an unforeseen error of a start is uncertain and tells nothing of itself', () => {
  expect(startFailure(new Error(`open ${join('/', 'secret')}`))).toEqual({
    reason: 'the trainer broke in an unforeseen way',
    uncertain: true,
    retryAfter: null,
  });
});
