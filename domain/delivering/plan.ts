import { changeOf, deliveryIdOf, targetOf } from './delivery.js';
import type { Delivery, Outcome, RetryPolicy, Turn } from './delivery.js';
import { isHeard, tellSiblings, waiting } from './siblings.js';
import type { Duration, Instant } from '../window.js';

interface Now {
  at: Instant;
  retry: RetryPolicy;
}

/**
 * Takes in the outcome of an attempt. One that belongs to no attempt under way (a repeat, a
 * delivery that is finished) changes nothing.
 */
export function settleDelivery<A>(
  input: Now & { open: readonly Delivery<A>[]; outcome: Outcome },
): Turn<A> {
  const { open, outcome, at, retry } = input;
  const turn: Turn<A> = { open: [], changes: [], news: [], attempts: [] };
  for (const delivery of open) {
    const isOurs = deliveryIdOf(delivery) === outcome.deliveryId;
    const isAwaited = delivery.state === 'sending' && delivery.attempt === outcome.attempt;
    // A late "sent" of an attempt that was thought lost still ends the delivery.
    const isMeant = isOurs && (isAwaited || outcome.outcome === 'sent');
    const next = isMeant ? settled(delivery, { ...outcome, at, retry }, turn) : delivery;
    if (next !== null) turn.open.push(next);
  }
  tellSiblings(turn, at);
  return turn;
}

/**
 * Does all that is due at `at`: tries, falls back, gives up. Attempts come out in `attempts` and
 * count as `sending` from then on.
 */
export function tryDeliveries<A>(input: Now & { open: readonly Delivery<A>[] }): Turn<A> {
  const turn: Turn<A> = { open: [], changes: [], news: [], attempts: [] };
  const { open, at, retry } = input;
  open.forEach((delivery, index) => {
    const others = [...turn.open, ...open.slice(index + 1)];
    const next = tried(delivery, { at, retry, others }, turn);
    if (next !== null) turn.open.push(next);
  });
  tellSiblings(turn, at);
  return turn;
}

/** Ends deliveries without sending them; one under way is left alone. */
export function suppressDeliveries<A>(
  open: readonly Delivery<A>[],
  why: { which: (delivery: Delivery<A>) => boolean; reason: string; at: Instant },
): Turn<A> {
  const turn: Turn<A> = { open: [], changes: [], news: [], attempts: [] };
  for (const delivery of open) {
    if (delivery.state === 'sending' || !why.which(delivery)) turn.open.push(delivery);
    else {
      const { at, reason } = why;
      turn.changes.push(changeOf(delivery, { state: 'suppressed', reason, at }));
      const target = targetOf(delivery);
      if (delivery.doubtful) turn.news.push({ kind: 'dropped', delivery, target });
    }
  }
  return turn;
}

/** The earliest instant at which `tryDeliveries` has something to do; null: nothing is open. */
export function nextTry<A>(open: readonly Delivery<A>[], retry: RetryPolicy): Instant | null {
  const times = open.map((delivery) => {
    if (delivery.state === 'planned' || delivery.state === 'sending') return delivery.nextAt;
    const { startedAt, nextAt, told } = delivery;
    const fallback = startedAt + limit(delivery, retry.fallbackAfter);
    const end = startedAt + limit(delivery, retry.giveUpAfter);
    return Math.min(nextAt, end, hasNext(delivery) || !told ? fallback : end);
  });
  return times.length === 0 ? null : Math.min(...times);
}

function settled<A>(
  delivery: Delivery<A>,
  outcome: Outcome & Now,
  turn: Turn<A>,
): Delivery<A> | null {
  const { at, ref, retry } = outcome;
  const state = outcome.outcome;
  turn.changes.push(changeOf(delivery, { state, reason: outcome.reason, ref, at }));
  const reason = outcome.reason ?? 'no reason given';
  switch (state) {
    case 'sent':
      turn.news.push({ kind: 'sent', delivery, target: targetOf(delivery), ref });
      return null;
    case 'suppressed':
      if (delivery.doubtful) {
        turn.news.push({ kind: 'dropped', delivery, target: targetOf(delivery) });
      }
      return null;
    case 'refused':
      return fallBack(delivery, { at, reason }, turn);
    case 'failed':
    case 'doubtful': {
      const doubled = retry.first * 2 ** Math.min(delivery.attempt - 1, 30);
      const wait = Math.max(Math.min(doubled, retry.longest), outcome.retryAfter ?? 0);
      const doubtful = delivery.doubtful || state === 'doubtful';
      return { ...delivery, state, doubtful, nextAt: at + wait };
    }
  }
}

function tried<A>(
  delivery: Delivery<A>,
  now: Now & { others: readonly Delivery<A>[] },
  turn: Turn<A>,
): Delivery<A> | null {
  const { at, retry } = now;
  if (at < delivery.nextAt && delivery.state === 'sending') return delivery;
  if (delivery.state === 'sending') {
    const { attempt } = delivery;
    const nothing = { ref: null, reason: 'no outcome came back', retryAfter: null };
    const lost = { deliveryId: deliveryIdOf(delivery), attempt, outcome: 'doubtful' as const };
    const next = settled(delivery, { ...lost, ...nothing, ...now }, turn);
    return next === null ? null : tried({ ...next, nextAt: at }, now, turn);
  }
  if (delivery.state !== 'planned') {
    const failing = at - delivery.startedAt;
    const reason = `unavailable for ${Math.round(failing / 1000)} s`;
    const isStale = failing >= limit(delivery, retry.fallbackAfter);
    if (isStale && hasNext(delivery)) {
      const next = fallBack(delivery, { at, reason }, turn);
      return next === null ? null : tried(next, now, turn);
    }
    if (failing >= limit(delivery, retry.giveUpAfter)) {
      return fallBack(delivery, { at, reason }, turn);
    }
    if (isStale && !delivery.told) {
      turn.news.push({ kind: 'unreached', delivery, reason });
      return tried({ ...delivery, told: true }, now, turn);
    }
  }
  if (at < delivery.nextAt) return delivery;
  if (delivery.state === 'planned') {
    if (isHeard(delivery)) {
      const reason = 'this address has the notice already';
      turn.changes.push(changeOf(delivery, { state: 'suppressed', reason, at }));
      return null;
    }
    const waits = waiting(delivery, now.others, { at, wait: retry.longest });
    if (waits !== null) return waits;
  }
  const attempt = delivery.attempt + 1;
  const nextAt = at + retry.lostAfter;
  const sending: Delivery<A> = { ...delivery, state: 'sending', attempt, nextAt };
  turn.changes.push(changeOf(sending, { state: 'sending', at }));
  turn.attempts.push(sending);
  return sending;
}

/** On to the next channel of the chain; without one the delivery ends. */
function fallBack<A>(
  delivery: Delivery<A>,
  why: { at: Instant; reason: string },
  turn: Turn<A>,
): Delivery<A> | null {
  const { at, reason } = why;
  const target = targetOf(delivery);
  turn.news.push({ kind: 'dead', delivery, target, reason, since: delivery.startedAt });
  if (!hasNext(delivery)) {
    if (!delivery.told) turn.news.push({ kind: 'unreached', delivery, reason });
    return null;
  }
  const insteadOf = delivery.insteadOf ?? { target, since: delivery.startedAt };
  const position = delivery.position + 1;
  const fresh = { state: 'planned', attempt: 0, doubtful: false } as const;
  return { ...delivery, ...fresh, position, startedAt: at, nextAt: at, insteadOf };
}

function hasNext<A>(delivery: Delivery<A>): boolean {
  return delivery.position + 1 < delivery.chain.length;
}

function limit<A>(delivery: Delivery<A>, of: { urgent: Duration; normal: Duration }): Duration {
  return delivery.urgent ? of.urgent : of.normal;
}
