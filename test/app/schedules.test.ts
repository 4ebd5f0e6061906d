import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { putSchedule } from '../../app/put-schedule.js';
import { bellOf, bellWords } from '../../app/schedules.js';
import type { Monitor } from '../../domain/monitor.js';
import { until } from '../support/namespace.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';

const ON_TIME = { rings: 'on time', paused: null, lake: 'this one' } as const;

const hour = 3_600_000;
const monitorOf = (size: string, timezone: string, lag: number): Monitor =>
  ({
    model: { id: 'churn' },
    schedule: { lag, catchup: 7 * 24 * hour },
    windows: { size, timezone, align: 'monday', minRows: 1 },
  }) as unknown as Monitor;

test('an hourly window rings hourly, its lag after the hour, with six minutes of jitter', () => {
  const bell = bellOf(monitorOf('1h', 'UTC', hour / 4));
  expect(bell).toEqual({ every: hour, offset: hour / 4, jitter: 6 * 60_000 });
  expect(bellWords(bell)).toBe('hourly at :15');
});

test.each([
  ['1d', 'UTC', 2 * hour, 'daily 02:00 UTC'],
  // Midnight in Paris is 23:00 UTC in winter and 22:00 in summer: the later one, plus the lag.
  ['1d', 'Europe/Paris', 2 * hour, 'daily 01:00 UTC'],
  // Midnight in New York is 05:00 UTC in winter and 04:00 in summer.
  ['1w', 'America/New_York', 0, 'daily 05:00 UTC'],
  ['1mo', 'Asia/Kolkata', 0, 'daily 18:30 UTC'],
])('a window of %s in %s rings daily', (size, timezone, lag, words) => {
  expect(bellWords(bellOf(monitorOf(size, timezone, lag)))).toBe(words);
});

const missing = temporalMissing() !== null;

/** Does something right before the next update of a Schedule reaches the server; counts them. */
function beforeUpdate(client: Client, act: () => Promise<unknown>): { updates: number } {
  const { workflowService } = client.connection;
  const send = workflowService.updateSchedule.bind(workflowService);
  const seen = { updates: 0 };
  workflowService.updateSchedule = (async (request: Parameters<typeof send>[0]) => {
    seen.updates += 1;
    if (seen.updates === 1) await act();
    return send(request);
  }) as typeof send;
  return seen;
}

test.skipIf(missing)('a pause that comes while a Schedule is made anew stays, and it is', () =>
  withTemporal(async ({ client }) => {
    await putSchedule(client, monitorOf('1d', 'UTC', 2 * hour), ON_TIME);
    const handle = client.schedule.getHandle('evaluate/churn');
    const seen = beforeUpdate(client, () => handle.pause('ana: the source moves'));
    await putSchedule(client, monitorOf('1d', 'UTC', 3 * hour), ON_TIME);
    const { state, spec } = await handle.describe();
    expect(state).toMatchObject({ paused: true, note: 'ana: the source moves' });
    expect(spec.intervals).toEqual([{ every: 24 * hour, offset: 3 * hour }]);
    expect(seen.updates).toBe(2);
  }),
);

test.skipIf(missing)('the end of a pause that comes meanwhile stays, too', () =>
  withTemporal(async ({ client }) => {
    await putSchedule(client, monitorOf('1d', 'UTC', 2 * hour), ON_TIME);
    const handle = client.schedule.getHandle('evaluate/churn');
    await handle.pause('ana: the source moves');
    beforeUpdate(client, () => handle.unpause('ana: it moved'));
    await putSchedule(client, monitorOf('1h', 'UTC', 0), ON_TIME);
    const { state, spec } = await handle.describe();
    expect(state).toMatchObject({ paused: false, note: 'ana: it moved' });
    expect(spec.intervals).toEqual([{ every: hour, offset: 0 }]);
  }),
);

test.skipIf(missing)('a server that refuses what came too late is asked anew', () =>
  withTemporal(async ({ client }) => {
    await putSchedule(client, monitorOf('1d', 'UTC', 2 * hour), ON_TIME);
    const mismatch = { code: 9, details: 'mismatched conflict token', metadata: {} };
    const refusal = Object.assign(new Error('9 FAILED_PRECONDITION'), mismatch);
    beforeUpdate(client, () => Promise.reject(refusal));
    await putSchedule(client, monitorOf('1d', 'UTC', 0), ON_TIME);
    const { spec } = await client.schedule.getHandle('evaluate/churn').describe();
    expect(spec.intervals).toEqual([{ every: 24 * hour, offset: 0 }]);
  }),
);

test.skipIf(missing)(
  'a Schedule rings at once when it is asked to, and not while it is paused',
  () =>
    withTemporal(async ({ client }) => {
      const monitor = monitorOf('1d', 'UTC', 2 * hour);
      await putSchedule(client, monitor, ON_TIME);
      const handle = client.schedule.getHandle('evaluate/churn');
      const rung = async () => {
        const { info, raw } = await handle.describe();
        return info.numActionsTaken + Number(raw.info?.bufferSize ?? 0);
      };
      await handle.pause('ana: the source moves');
      await putSchedule(client, monitor, { ...ON_TIME, rings: 'now' });
      expect(await rung()).toBe(0);
      await handle.unpause('ana: it moved');
      await putSchedule(client, monitor, { ...ON_TIME, rings: 'now' });
      await until(async () => (await rung()) === 1, 'it rang');
    }),
);

test.skipIf(missing)('a Schedule that is as the monitor says is not touched', () =>
  withTemporal(async ({ client }) => {
    const monitor = monitorOf('1w', 'Europe/Paris', hour);
    await putSchedule(client, monitor, ON_TIME);
    const handle = client.schedule.getHandle('evaluate/churn');
    const before = await handle.describe();
    const seen = beforeUpdate(client, () => Promise.resolve());
    await putSchedule(client, monitor, ON_TIME);
    expect(seen.updates).toBe(0);
    expect((await handle.describe()).raw.conflictToken).toEqual(before.raw.conflictToken);
  }),
);
