import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { startTraining } from '../../activities/training.js';
import type { TrainingRequest } from '../../domain/retraining.js';

type Start = Parameters<typeof startTraining>[1];

/** What a trainer is told of a start. */
async function startedBy(change: Partial<Start>, advice: object | null = {}) {
  const told: TrainingRequest[] = [];
  const trigger = { kind: 'command', timeout: 1 };
  const model = { id: 'eta', owners: { model: 'ml' } };
  const deps = {
    lake: {
      getObject: (kind: string, hash: string) => {
        if (kind !== 'evidence')
          return Promise.resolve({ monitor: { model, retraining: { trigger } } });
        return advice === null || hash !== 'e1'
          ? Promise.reject(new Error('ENOENT: no such file'))
          : Promise.resolve({ advice });
      },
    },
    trainer: () => ({
      start: (request: TrainingRequest) => {
        told.push(request);
        return Promise.resolve({ ref: 'r', url: null });
      },
    }),
    callback: () => null,
  } as unknown as Deps;
  const train = {
    windowEnd: 7,
    drivers: ['predictions drifted', 'km out of range'],
    evidence: 'e1',
  };
  const effect = {
    kind: 'start',
    id: 's',
    request: 'eta#1',
    key: 'k',
    rules: 'r',
    host: '',
    train,
  };
  const event = await startTraining(deps, { ...effect, ...change } as unknown as Start);
  return { told, event };
}

const toldOf = async (
  change: Partial<Start>,
  advice?: object,
): Promise<TrainingRequest | undefined> => (await startedBy(change, advice)).told[0];

const evidence = 'predictions drifted, km out of range';

test("a trainer is given the person's reason beside the evidence", async () => {
  const reason = 'the fleet has changed';
  expect(await toldOf({ reason })).toMatchObject({ reason, evidence });
});

test('a request that the advice opened has the evidence as its reason', async () => {
  expect(await toldOf({})).toMatchObject({ reason: evidence, evidence });
});

test('a trainer is given what to train on, as the frozen evidence says; null where it does not', async () => {
  const trainOn = { from: 3, until: 6, exclude: [{ what: 'km broken', from: 4, to: 5 }] };
  expect(await toldOf({}, { trainOn })).toMatchObject({ trainUntil: 7, trainOn });
  expect(await toldOf({}, {})).toMatchObject({ trainUntil: 7, trainOn: null });
});

test('nothing starts without the evidence that was approved, and it is tried again', async () => {
  const { told, event } = await startedBy({}, null);
  expect(told).toEqual([]);
  expect(event).toEqual({
    ...{ type: 'start_failed', id: 's', request: 'eta#1', uncertain: false, retryAfter: 0 },
    reason: 'the evidence e1 cannot be read',
  });
});
