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

/** Two receivers of one notice, each with a mailbox of its own and one webhook behind both. */
const hook: Target = { channel: 'webhook', address: 'ops' };
const pair = (): Delivery<null>[] =>
  ['ana', 'bo'].map((name) =>
    planDelivery({
      id: name,
      chain: [{ channel: 'email', address: `${name}@example.org` }, hook],
      urgent: true,
      about: null,
      at: 0,
      notice: 'n1',
    }),
  );

/** Runs to the end; `outcomeAt` is what an attempt at an address meets 100 ms later. */
function runPair(
  outcomeAt: (address: string, at: number) => Outcome['outcome'],
  open: Delivery<null>[] = pair(),
): { attempts: string[]; ends: string[] } {
  const attempts: string[] = [];
  const ends: string[] = [];
  let at = 0;
  for (let steps = 0; open.length > 0 && steps < 200; steps++) {
    const turn = tryDeliveries({ open, at, retry: usualRetry });
    ({ open } = turn);
    const settle = (changes: typeof turn.changes) => {
      for (const one of changes)
        if (one.state !== 'sending') ends.push(`${one.deliveryId} ${one.state}`);
    };
    settle(turn.changes);
    for (const attempt of turn.attempts) {
      const target = attempt.chain[attempt.position] ?? hook;
      attempts.push(`${attempt.id} ${target.address}`);
      at += 100;
      const deliveryId = deliveryIdOf(attempt);
      const outcome = outcomeAt(target.address, at);
      const about = { deliveryId, attempt: attempt.attempt, outcome, ref: null };
      const settled = settleDelivery({
        open,
        outcome: { ...about, reason: null, retryAfter: null },
        at,
        retry: usualRetry,
      });
      ({ open } = settled);
      settle(settled.changes);
    }
    at = Math.max(at, nextTry(open, usualRetry) ?? at);
  }
  expect(open).toEqual([]);
  return { attempts, ends };
}

test('two receivers that fall back to one address: the notice goes there once', () => {
  const { attempts, ends } = runPair((address) => (address === 'ops' ? 'sent' : 'refused'));
  expect(attempts).toEqual(['ana ana@example.org', 'bo bo@example.org', 'ana ops']);
  expect(ends).toEqual(['ana.0 refused', 'bo.0 refused', 'ana.1 sent', 'bo.1 suppressed']);
});

test('one that falls back after the other one was told there ends without another', () => {
  // bo's mailbox fails for two minutes first; ana's refuses at once.
  const { attempts, ends } = runPair((address) =>
    address === 'ops' ? 'sent' : address.startsWith('bo') ? 'failed' : 'refused',
  );
  expect(attempts.filter((one) => one.endsWith('ops'))).toEqual(['ana ops']);
  expect(ends.at(-1)).toBe('bo.1 suppressed');
});

test('an address that refuses the one is still tried for the other, who has channels behind it', () => {
  const boss: Target = { channel: 'email', address: 'boss@example.org' };
  const open = pair().map((one) =>
    one.id === 'bo' ? { ...one, chain: [...one.chain, boss] } : one,
  );
  const { attempts } = runPair(
    (address) => (address === 'boss@example.org' ? 'sent' : 'refused'),
    open,
  );
  expect(attempts).toEqual([
    'ana ana@example.org',
    'bo bo@example.org',
    'ana ops',
    'bo ops',
    'bo boss@example.org',
  ]);
});

test('other notices, and other addresses, are not affected', () => {
  const open = pair().map((one, index) => ({ ...one, notice: `n${index}` }));
  const { attempts } = runPair((address) => (address === 'ops' ? 'sent' : 'refused'), open);
  expect(attempts.filter((one) => one.endsWith('ops'))).toEqual(['ana ops', 'bo ops']);
  const alone = runPair(() => 'sent');
  expect(alone.attempts).toEqual(['ana ana@example.org', 'bo bo@example.org']);
});
