import { expect, test } from 'vitest';
import type { App } from '../../app/app.js';
import { lateModels } from '../../app/watch.js';
import { firstHead } from '../../domain/model.js';
import { HOUR } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const since = Date.UTC(2026, 10, 22);

test('a model that waits for a marker is late only once the wait is over, too', async () => {
  const windows = { size: '1h', timezone: 'UTC', align: 'monday', minRows: 1 } as const;
  const lateAt = async (hours: number, ready?: { marker: string; wait: number }) => {
    const monitor = monitorOf({ windows, ...(ready && { ready }) });
    const head = firstHead({ id: 'm', hash: 'f', since, now: since });
    const lake = {
      listModelHeads: () => Promise.resolve([head]),
      getObject: () => Promise.resolve({ monitor }),
    };
    const late = await lateModels({ lake } as unknown as App, since + hours * HOUR);
    return late.map(({ dueAt }) => (dueAt - since) / HOUR);
  };
  const ready = { marker: '_SUCCESS', wait: 6 * HOUR };
  // The first window is due after an hour, and two windows late after three.
  expect(await lateAt(2.9)).toEqual([]);
  expect(await lateAt(3)).toEqual([1]);
  expect(await lateAt(8.9, ready)).toEqual([]);
  expect(await lateAt(9, ready)).toEqual([7]);
});
