import { expect, test } from 'vitest';
import { attempt } from '../../activities/attempt.js';
import type { Deps } from '../../activities/deps.js';
import type { RetrainEffect } from '../../domain/request.js';

test('training rows that are not there are said as the callback does, and not tried again', async () => {
  const monitor = { windows: { timezone: 'UTC' }, predictions: {} };
  const deps = {
    lake: {
      readHead: () => Promise.resolve({ monitor: 'm', reference: null }),
      getObject: () => Promise.resolve({ monitor }),
    },
  } as unknown as Deps;
  const result = { version: '2', reference: 'nowhere/nothere.csv', trainedUntil: 7 };
  const effect = { kind: 'promote', id: 'p', request: 'eta#1', result } as unknown as RetrainEffect;
  const event = await attempt(deps, 'retrain/eta', effect);
  const said = 'no such file (there is no folder nowhere); expected the rows it was trained on';
  expect(event).toEqual({
    ...{ type: 'promotion_failed', id: 'p', request: 'eta#1', final: true },
    reason: `nowhere/nothere.csv: ${said}`,
  });
});
