import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  deliveryBase,
  deliveryIdOf,
  planDelivery,
  usualRetry,
} from '../../domain/delivering/delivery.js';
import type { Delivery, Outcome } from '../../domain/delivering/delivery.js';
import { nextTry, settleDelivery, tryDeliveries } from '../../domain/delivering/plan.js';
import type { Target } from '../../domain/notice.js';
import { drawn } from '../support/drawn.js';

const chain: Target[] = [
  { channel: 'slack', address: '#ml' },
  { channel: 'email', address: 'ml@example.org' },
];

test('an id is readable, at most 64 characters of a-z 0-9 . -, and another for another entity', () => {
  const id = deliveryBase('alert/card-fraud/drift', 3, 17);
  expect(id).toMatch(/^alert-card-fraud-drift-[0-9a-z]{1,7}\.3\.17$/);
  fc.assert(
    fc.property(fc.string(), fc.nat(99_999), fc.nat(9_999_999), (name, episode, sequence) => {
      const id = deliveryBase(`alert/${name}/performance`, episode, sequence);
      expect(`${id}.99`).toMatch(/^[a-z0-9.-]{1,64}$/);
    }),
  );
  const long = 'a'.repeat(60);
  expect(deliveryBase(`alert/${long}1/drift`, 1, 1)).not.toBe(
    deliveryBase(`alert/${long}2/drift`, 1, 1),
  );
});

test('every target of a chain has an id of its own', () => {
  const delivery = planDelivery({ id: 'x', chain, urgent: true, about: null, at: 0 });
  expect(deliveryIdOf(delivery)).toBe('x.0');
  expect(deliveryIdOf({ ...delivery, position: 1 })).toBe('x.1');
});

test('whatever the outcomes, it ends; nothing is sent again after "sent"; no deadline is past', () => {
  const fate = fc.constantFrom<Outcome['outcome'] | 'silence'>(
    'sent',
    'refused',
    'failed',
    'doubtful',
    'suppressed',
    'silence',
  );
  const wait = fc.integer({ min: 1, max: 600_000 });
  const run = fc.property(
    fc.infiniteStream(fc.tuple(fate, wait)),
    fc.boolean(),
    (fates, urgent) => {
      let open: Delivery<null>[] = [planDelivery({ id: 'x', chain, urgent, about: null, at: 0 })];
      const sent = new Set<string>();
      let at = 0;
      for (let steps = 0; open.length > 0; steps++) {
        expect(steps).toBeLessThan(3_000);
        const turn = tryDeliveries({ open, at, retry: usualRetry });
        ({ open } = turn);
        for (const attempt of turn.attempts) {
          const deliveryId = deliveryIdOf(attempt);
          expect(sent.has(deliveryId)).toBe(false);
          const [outcome, takes] = drawn(fates, ['sent', 1] as const);
          if (outcome === 'silence') continue;
          at += takes;
          if (outcome === 'sent') sent.add(deliveryId);
          const echo = { deliveryId, attempt: attempt.attempt, outcome };
          const nothing = { ref: null, reason: null, retryAfter: null };
          const settled = { open, outcome: { ...echo, ...nothing }, at, retry: usualRetry };
          ({ open } = settleDelivery(settled));
          expect(settleDelivery({ ...settled, open }).changes).toEqual([]); // a repeat is nothing
        }
        const next = nextTry(open, usualRetry);
        expect(next === null).toBe(open.length === 0);
        if (turn.attempts.length === 0 && next !== null) expect(next).toBeGreaterThan(at);
        at = Math.max(at, next ?? at);
      }
    },
  );
  fc.assert(run, { numRuns: 200 });
});
