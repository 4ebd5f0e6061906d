import type { AdviceMark } from '../advice.js';
import type { Delivery } from '../delivering/delivery.js';
import type { Answer } from '../entity.js';
import type { Target } from '../notice.js';
import type { RequestNoticeReason, RequestSummary, RetrainEvent, RetrainHead } from '../request.js';
import type { Instant } from '../window.js';

/** What one notice of a request is about; its words are written when it is sent. */
export interface RequestAbout {
  reason: RequestNoticeReason;
  request: string;
  /** Told when every channel of the receiver is dead. */
  root: readonly Target[];
}

/** An effect of the training itself; at most one is planned or under way. */
export type Step = 'start' | 'poll' | 'promote';

/** How far the open request has come, beside what its summary says. */
export interface Work {
  /** Fingerprint of the rules that it was opened with. */
  rules: string;
  /** Reminders whose time has passed. */
  reminded: number;
  approvedAt: Instant | null;
  next: { step: Step; at: Instant } | null;
  /** The effect under way: the event with its id ends it. */
  pending: { id: string; step: Step; since: Instant } | null;
  /** Tries made of each step. */
  tries: Readonly<Record<Step, number>>;
  /** Looks at the training in a row that broke off; absent: none. */
  unseen?: number;
}

/**
 * The retrain entity of one model, and its head `retrain/<model>`: they are the same document, so
 * that an entity whose workflow is gone goes on from its head.
 */
export interface RetrainState extends RetrainHead {
  version: 1;
  model: string;
  /** Of the model's windows, in which instants are told; absent: in an older state. */
  timezone?: string;
  /** Audit records written. */
  audited: number;
  /** Requests ever opened: the number of the newest. */
  opened: number;
  /** Notices ever planned, for ids that are never used twice. */
  noticed: number;
  work: Work | null;
  /** How whoever asked for the newest request is reached; absent, []: not, or as an approver. */
  requester?: readonly Target[];
  /** The newest advice. */
  advice: AdviceMark | null;
  /** Fingerprint of the rules that came last: who has a role now. */
  currentRules: string | null;
  /** Classes of advice that open no request for a while. */
  suppressed: readonly { class: string; until: Instant; because: string }[];
  /** Acts of people with the answers that they got, newest last, at most 200. */
  known: readonly { id: string; answer: Answer }[];
  deliveries: readonly Delivery<RequestAbout>[];
  /** Its monitor was taken away, and none was applied since; absent: there is one. */
  retired?: true;
  /** First message of each request at each target, where replies go. */
  threads: readonly { request: string; target: string; ref: string }[];
}

/** Requests kept beside the open one. */
export const KEPT_REQUESTS = 20;
export const KEPT_IDS = 200;
export const KEPT_THREADS = 50;

export function initialRetrainState(model: string): RetrainState {
  return {
    version: 1,
    model,
    sequence: 0,
    audited: 0,
    opened: 0,
    noticed: 0,
    requests: [],
    work: null,
    advice: null,
    currentRules: null,
    suppressed: [],
    lastSucceededAt: null,
    known: [],
    deliveries: [],
    threads: [],
  };
}

/** A state of any earlier version in today's form; throws on what no version wrote. */
export function upgradeRetrainState(state: unknown): RetrainState {
  if (typeof state === 'object' && state !== null && 'version' in state && state.version === 1) {
    return state as RetrainState;
  }
  const given =
    typeof state === 'object' && state !== null ? Object.keys(state).join() : typeof state;
  throw new Error(`retrain state: expected version 1, got ${given}`);
}

const ENDED = new Set([
  'succeeded',
  'failed',
  'gate_failed',
  'rejected',
  'expired',
  'superseded',
  'cancelled',
  'invalidated',
]);

export function isOpen(request: RequestSummary): boolean {
  return !ENDED.has(request.status);
}

/** The open request; null: there is none. */
export function openRequest(state: RetrainState): RequestSummary | null {
  const newest = state.requests[0];
  return newest !== undefined && isOpen(newest) ? newest : null;
}

/** What an advice needs to know of the retrainings. */
export interface RetrainFacts {
  running: boolean;
  lastSucceededAt: Instant | null;
  /** What the last ones brought back of what was lost, newest first; absent: none is verified. */
  recovered?: readonly number[];
}

/** Retrainings that say what the next one may bring back. */
const KEPT_SHARES = 5;

export function retrainFacts(state: RetrainState | null): RetrainFacts {
  const open = state === null ? null : openRequest(state);
  const running = open !== null && (open.status === 'executing' || open.status === 'uncertain');
  const shares = state?.requests.flatMap(({ verified }) => verified?.recovered ?? []) ?? [];
  const recovered = shares.slice(0, KEPT_SHARES);
  return {
    ...{ running, lastSucceededAt: state?.lastSucceededAt ?? null },
    ...(recovered.length === 0 ? {} : { recovered }),
  };
}

/** Fingerprints of the rules that a decision on this event needs. */
export function rulesNeeded(state: RetrainState | null, event: RetrainEvent | null): string[] {
  const given = event !== null && 'rules' in event ? [event.rules] : [];
  const kept = [state?.work?.rules, state?.currentRules].filter((one) => typeof one === 'string');
  return [...new Set([...kept, ...given])];
}

/** What has to stay the same for two advices to be one question; the blockers are compared too. */
export function classOf(advice: AdviceMark): string {
  return [advice.action, ...[...advice.categories].sort()].join('+');
}
