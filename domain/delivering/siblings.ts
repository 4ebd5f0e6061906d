import { sameTarget, targetOf } from './delivery.js';
import type { Delivery, Turn } from './delivery.js';
import type { Target } from '../notice.js';
import type { Duration, Instant } from '../window.js';

/** Deliveries of one notice to several receivers, whose chains may meet at one address. */
function areSiblings<A>(a: Delivery<A>, b: Delivery<A>): boolean {
  return a.notice !== undefined && a.notice === b.notice && a.id !== b.id;
}

/** A sibling took the notice to this delivery's address already: nothing is left to do there. */
export function isHeard<A>(delivery: Delivery<A>): boolean {
  const target = targetOf(delivery);
  return (delivery.heard ?? []).some((one) => sameTarget(one, target));
}

/**
 * A delivery that has not begun at its address while a sibling is under way there: it looks again
 * after `wait`, or when the sibling has arrived or given up. null: the address is free.
 */
export function waiting<A>(
  delivery: Delivery<A>,
  others: readonly Delivery<A>[],
  until: { at: Instant; wait: Duration },
): Delivery<A> | null {
  const isBusy = others.some(
    (other) =>
      areSiblings(delivery, other) &&
      other.state !== 'planned' &&
      sameTarget(targetOf(other), targetOf(delivery)),
  );
  const startedAt = until.at + until.wait;
  return isBusy ? { ...delivery, startedAt, nextAt: startedAt } : null;
}

/** Lets the siblings know which addresses have the notice now, and which will never take it. */
export function tellSiblings<A>(turn: Turn<A>, at: Instant): void {
  for (const news of turn.news) {
    if (news.kind !== 'sent' && news.kind !== 'dead') continue;
    const { kind, delivery, target } = news;
    turn.open = turn.open.map((other) =>
      areSiblings(delivery, other) ? told(other, { target, kind, at }) : other,
    );
  }
}

function told<A>(
  delivery: Delivery<A>,
  news: { target: Target; kind: 'sent' | 'dead'; at: Instant },
): Delivery<A> {
  const { target, kind, at } = news;
  const isWaiting = delivery.state === 'planned' && sameTarget(targetOf(delivery), target);
  const woken = isWaiting ? { ...delivery, startedAt: at, nextAt: at } : delivery;
  return kind === 'sent' ? { ...woken, heard: [...(delivery.heard ?? []), target] } : woken;
}
