import type { DeliveryRecord, Told } from '../audit.js';
import type { Delivered, Target } from '../notice.js';
import type { Duration, Instant } from '../window.js';

/** How often and how long one delivery is tried. `urgent` = critical. */
export interface RetryPolicy {
  /** Wait after the first failure; it doubles with each failure up to `longest`. */
  first: Duration;
  longest: Duration;
  /** A channel that fails this long is given up for the next one of the chain. */
  fallbackAfter: { urgent: Duration; normal: Duration };
  /** The last channel of a chain is given up after this long. */
  giveUpAfter: { urgent: Duration; normal: Duration };
  /** An attempt that has no outcome for this long is doubtful. */
  lostAfter: Duration;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** 1 s doubling to 5 min; fallback after 2 min when urgent, else 15 min; 24 h or 1 h in all. */
export const usualRetry: RetryPolicy = {
  first: second,
  longest: 5 * minute,
  fallbackAfter: { urgent: 2 * minute, normal: 15 * minute },
  giveUpAfter: { urgent: 24 * hour, normal: hour },
  lostAfter: 10 * minute,
};

/** One notice on its way to one receiver. `A`: what it is about, the entity's own business. */
export interface Delivery<A> {
  /** Base of the ids: the target at `position` is served under `deliveryIdOf`. */
  id: string;
  /** The receiver's channels in order of preference. */
  chain: readonly Target[];
  position: number;
  state: 'planned' | 'sending' | 'failed' | 'doubtful';
  /** Number of the newest attempt at this target; 0 = none yet. */
  attempt: number;
  /** An attempt at this target may have arrived. */
  doubtful: boolean;
  urgent: boolean;
  /** When this target's turn came. */
  startedAt: Instant;
  /** When it is tried next; while sending: when its outcome counts as lost. */
  nextAt: Instant;
  /** Somebody else was told that the whole chain fails. */
  told: boolean;
  /** The dead channel that this target stands in for. */
  insteadOf: { target: Target; since: Instant } | null;
  /** The same for all receivers of one notice: it goes to one address once. Absent: on its own. */
  notice?: string;
  /** Addresses to which another receiver's delivery of the same notice went. */
  heard?: readonly Target[];
  /** For its record. */
  what?: Told;
  about: A;
}

/** What became of one attempt, as it comes back in a `delivered` event. */
export interface Outcome {
  deliveryId: string;
  attempt: number;
  /** `suppressed`: it was stale when its turn came, so nothing went out. */
  outcome: Delivered['outcome'] | 'suppressed';
  ref: string | null;
  reason: string | null;
  /** Not before so many ms, when the channel said so. */
  retryAfter: Duration | null;
}

export type DeliveryNews<A> =
  | { kind: 'sent'; delivery: Delivery<A>; target: Target; ref: string | null }
  /** This target is given up as dead; when the delivery is doubtful it may have heard. */
  | { kind: 'dead'; delivery: Delivery<A>; target: Target; reason: string; since: Instant }
  /** No longer wanted; said of doubtful deliveries only: the target may have heard. */
  | { kind: 'dropped'; delivery: Delivery<A>; target: Target }
  /** Every channel of the chain fails: time to tell the root. Said once for each delivery. */
  | { kind: 'unreached'; delivery: Delivery<A>; reason: string };

/** A change of one delivery, as the lake's projection wants it. */
export type DeliveryChange = Omit<DeliveryRecord, 'entity'>;

export interface Turn<A> {
  /** What is still on its way; finished deliveries leave the state. */
  open: Delivery<A>[];
  changes: DeliveryChange[];
  news: DeliveryNews<A>[];
  /** Attempts to make now, one each. */
  attempts: Delivery<A>[];
}

/** A delivery that is due at `at`. `told`: nobody else is told when its chain fails. */
export function planDelivery<A>(
  input: Pick<Delivery<A>, 'id' | 'chain' | 'urgent' | 'about' | 'notice' | 'heard' | 'what'> & {
    at: Instant;
    told?: boolean;
  },
): Delivery<A> {
  const { at, told = false, ...own } = input;
  const start = { position: 0, state: 'planned', attempt: 0, doubtful: false } as const;
  return { ...own, ...start, startedAt: at, nextAt: at, told, insteadOf: null };
}

/** The channel whose turn it is. */
export function targetOf<A>(delivery: Delivery<A>): Target {
  const target = delivery.chain[delivery.position];
  if (target === undefined) throw new Error(`delivery ${delivery.id}: no target, expected one`);
  return target;
}

/** Stable over all attempts at one target: `<base>.<position>`, at most 64 of a-z 0-9 . - */
export function deliveryIdOf<A>(delivery: Delivery<A>): string {
  return `${delivery.id}.${delivery.position}`;
}

/** Says two targets are one address. */
export function sameTarget(a: Target, b: Target): boolean {
  return a.channel === b.channel && a.address === b.address;
}

/**
 * Base of a delivery's ids: a readable piece of the entity's name, its FNV-1a hash (names with the
 * same beginning stay apart), the episode or request and a number that is never used twice.
 */
export function deliveryBase(entity: string, episode: number, sequence: number): string {
  const name = entity.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const short = name.slice(0, 28).replace(/^-+|-+$/g, '');
  let hash = 0x811c9dc5;
  for (let i = 0; i < entity.length; i++) {
    hash = Math.imul(hash ^ entity.charCodeAt(i), 0x01000193);
  }
  return `${short}-${(hash >>> 0).toString(36)}.${episode}.${sequence}`;
}

/** The episode or request in the id of a delivery. */
export function episodeOf(deliveryId: string): number {
  return Number(deliveryId.split('.').at(-3));
}

/** The change of one delivery into `state`, for the lake. */
export function changeOf<A>(
  delivery: Delivery<A>,
  change: Pick<DeliveryChange, 'state' | 'at'> & { reason?: string | null; ref?: string | null },
): DeliveryChange {
  const { state, at, reason = null, ref = null } = change;
  const { channel, address } = targetOf(delivery);
  const { attempt, what } = delivery;
  const named = { deliveryId: deliveryIdOf(delivery), attempt, state, channel, address };
  return { ...named, reason, ref, at, ...(what === undefined ? {} : { what }) };
}
