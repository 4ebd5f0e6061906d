import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeliveryRecord } from '../../domain/audit.js';
import { withLake } from '../support/lake.js';

const record = (part: Partial<DeliveryRecord>): DeliveryRecord => ({
  deliveryId: 'd1',
  attempt: 1,
  state: 'sending',
  entity: 'alert/churn/drift',
  channel: 'email',
  address: 'ana@example.org',
  reason: null,
  ref: null,
  at: 1,
  ...part,
});

test('a late sending never hides sent, in whatever order the transitions arrive', () => {
  const transitions = [
    record({ state: 'planned' }),
    record({ state: 'sending' }),
    record({ state: 'failed' }),
    record({ attempt: 2, state: 'sending' }),
    record({ attempt: 2, state: 'sent', ref: '250 ok' }),
    record({ attempt: 3, state: 'sending' }),
  ];
  return fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(transitions, { minLength: 6 }), (order) =>
      withLake(async (lake) => {
        for (const one of order) await lake.putDelivery(one);
        expect(await lake.deliveryState('alert/churn/drift', 'd1')).toEqual(transitions[4]);
        expect(await lake.deliveriesOf('alert/churn/drift')).toEqual(transitions);
      }),
    ),
    { numRuns: 10 },
  );
});

test('before anything was sent, the newest attempt and its latest state count', () =>
  withLake(async (lake) => {
    await lake.putDelivery(record({ state: 'failed' }));
    await lake.putDelivery(record({ attempt: 2, state: 'planned' }));
    const stateOf = async () => (await lake.deliveryState('alert/churn/drift', 'd1'))?.state;
    expect(await stateOf()).toBe('planned');
    await lake.putDelivery(record({ attempt: 2, state: 'doubtful' }));
    await lake.putDelivery(record({ attempt: 2, state: 'sending' }));
    expect(await stateOf()).toBe('doubtful');
  }));

test('a repeated transition keeps the first document, and ids that begin alike keep apart', () =>
  withLake(async (lake) => {
    await lake.putDelivery(record({ at: 1 }));
    await lake.putDelivery(record({ at: 2 }));
    await lake.putDelivery(record({ deliveryId: 'd1~x', state: 'sent' }));
    expect((await lake.deliveryState('alert/churn/drift', 'd1'))?.at).toBe(1);
    expect(await lake.deliveryState('alert/churn/drift', 'd')).toBeNull();
    expect(await lake.deliveriesOf('alert/churn/kpi')).toEqual([]);
  }));
