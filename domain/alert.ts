import type { Category, Mark, Verdict } from './finding.js';
import type { AlertPolicy } from './alert-policy.js';
import type { Delivered, Target } from './notice.js';
import type { Duration, Instant } from './window.js';

/** Who an alert is told to, resolved when the entity began: level → targets with fallbacks. */
export interface Route {
  /** levels[0] at once; each level a list of receivers, each a chain of fallbacks. */
  levels: readonly { after: { critical: Duration; warning: Duration }; to: readonly Target[][] }[];
  /** Told when every channel of a receiver is dead, and when nobody else is left. */
  root: readonly Target[];
}

/** What an alert entity began with; loaded by fingerprint, so that an edit changes nothing. */
export interface AlertRules {
  policy: AlertPolicy;
  route: Route;
  windowSize: Duration;
}

export interface AlertKey {
  model: string;
  category: Category;
}

interface Happened {
  /** Unique; a known id is answered from the state. */
  id: string;
}
/** An act of a person. */
interface Act extends Happened {
  by: string;
  /** `serve` authenticated the actor. */
  verified: boolean;
  reason: string;
  /** Too late after this instant. */
  notAfter: Instant;
}

export type AlertEvent =
  | (Happened & {
      type: 'window';
      windowEnd: Instant;
      revision: number;
      marks: readonly Mark[];
      /** Fingerprint of the rules for an entity that begins now. */
      rules: string;
    })
  /** A backfill that reached the newest window: its last ten, told at most once. */
  | (Happened & {
      type: 'history';
      windows: readonly { windowEnd: Instant; revision: number; marks: readonly Mark[] }[];
      /** First window of the episode that still fires; absent: it is one of these. */
      since?: Instant;
      rules: string;
    })
  | (Act & { type: 'unack' | 'resolve' | 'comment' })
  /** `chain`: how who acknowledges is asked later whether it still holds; absent: level 0 is. */
  | (Act & { type: 'ack'; chain?: readonly Target[] })
  | (Act & { type: 'snooze'; until: Instant })
  /** `chain`: how the assignee is reached, in the order of preference; absent: nobody is told. */
  | (Act & { type: 'assign'; to: string; chain?: readonly Target[] })
  | (Happened & {
      type: 'promoted';
      version: string;
      /** Categories of this model that it closes too, for the one notice that tells of all. */
      also?: readonly Category[];
      /** `channel:address` of those who hear of it by the notice of another alert. */
      toldElsewhere?: readonly string[];
    })
  /** Its monitor was taken away: nothing is evaluated any more. */
  | (Happened & { type: 'retired' })
  | (Happened & {
      type: 'delivered';
      deliveryId: string;
      attempt: number;
      /** `suppressed`: it was stale when its turn came, so nothing went out. */
      outcome: Delivered['outcome'] | 'suppressed';
      ref: string | null;
      reason: string | null;
      retryAfter: Duration | null;
    });

/** Why a notice goes out: what the text is written from. */
export type NoticeReason =
  | 'firing'
  | 'repeat'
  | 'escalated'
  | 'worse'
  | 'better'
  | 'member'
  | 'acknowledged'
  | 'unacknowledged'
  | 'snoozed'
  | 'assigned'
  | 'reminder'
  /** A snooze is over and it still fires. */
  | 'woken'
  | 'resolved'
  | 'withdrawn'
  | 'reopened'
  | 'closed';

/** Sends one notice: words come from the lake when it is sent, so none enters Temporal. */
export interface AlertNotice {
  kind: 'notice';
  deliveryId: string;
  attempt: number;
  /** This attempt may repeat one whose outcome is unknown. */
  doubtful: boolean;
  target: Target;
  /** Reference of the thread's first message at this target. */
  threadRef: string | null;
  form: 'new' | 'reply' | 'edit';
  reason: NoticeReason;
  /** Which dead channel this one stands in for, and since when that one fails. */
  insteadOf: Target | null;
  insteadSince: Instant | null;
  alert: AlertSummary;
}

/** One member as a notice sees it. */
export interface AlertMember {
  /** `check/target/slice` */
  key: string;
  check: string;
  target: string;
  slice: string;
  source: string | null;
  verdict: Verdict;
  condition: 'ok' | 'pending' | 'firing' | 'recovering';
  /** First bad window of this run of bad windows. */
  since: Instant | null;
}

/** Keys of members that a notice gives a word of their own, at most 40 of each; absent: none. */
export interface MarkedMembers {
  /** They fire and nobody was told of them in this episode. */
  fresh?: readonly string[];
  /** They were told as warnings and are alerts now. */
  worse?: readonly string[];
  /** They were told, were over, and fire again. */
  again?: readonly string[];
}

/** What a list or a notice says of an alert; no value of a row in it. */
export interface AlertSummary extends AlertKey, MarkedMembers {
  /** `<model>/<category>#<episode>` */
  id: string;
  episode: number;
  status:
    | 'pending'
    | 'firing'
    | 'acknowledged'
    | 'snoozed'
    | 'escalated'
    | 'resolved'
    | 'withdrawn'
    | 'closed'
    | 'ok';
  severity: 'warning' | 'critical';
  level: number;
  firedAt: Instant | null;
  /** End of the first and of the newest bad window. */
  firstWindow: Instant | null;
  lastWindow: Instant;
  lastRevision: number;
  /** Worst first; in a notice at most 40, the worst and what is marked. */
  members: readonly AlertMember[];
  /** How many members there are, `members` may hold fewer. */
  memberCount: number;
  /** How many of them were bad when they were last judged; absent in an older head: not known. */
  troubleCount?: number;
  /** For how many ok windows a member is watched before it is over; absent: not known. */
  watchedFor?: number;
  acknowledgedBy: string | null;
  acknowledgedAt: Instant | null;
  snoozedUntil: Instant | null;
  assignedTo: string | null;
  reopened: number;
  /** k-th repeat of at most n. */
  repeat: { k: number; most: number } | null;
  by: string | null;
  reason: string | null;
}
