import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { startTraining } from '../../activities/training.js';
import type { TrainingRequest } from '../../domain/retraining.js';

type Start = Parameters<typeof startTraining>[1];

/** What a trainer is told of a start. */
async function toldOf(change: Partial<Start>): Promise<TrainingRequest | undefined> {
  const told: TrainingRequest[] = [];
  const trigger = { kind: 'command', timeout: 1 };
  const model = { id: 'eta', owners: { model: 'ml' } };
  const deps = {
    lake: { getObject: () => Promise.resolve({ monitor: { model, retraining: { trigger } } }) },
    trainer: () => ({
      start: (request: TrainingRequest) => {
        told.push(request);
        return Promise.resolve({ ref: 'r', url: null });
      },
    }),
    callback: () => null,
  } as unknown as Deps;
  const train = { windowEnd: 7, drivers: ['predictions drifted', 'km out of range'] };
  const effect = {
    kind: 'start',
    id: 's',
    request: 'eta#1',
    key: 'k',
    rules: 'r',
    host: '',
    train,
  };
  await startTraining(deps, { ...effect, ...change } as unknown as Start);
  return told[0];
}

const evidence = 'predictions drifted, km out of range';

test("a trainer is given the person's reason beside the evidence", async () => {
  const reason = 'the fleet has changed';
  expect(await toldOf({ reason })).toMatchObject({ reason, evidence });
});

test('a request that the advice opened has the evidence as its reason', async () => {
  expect(await toldOf({})).toMatchObject({ reason: evidence, evidence });
});
