import type { AdviceMark } from './advice.js';
import type { Outcome } from './delivering/delivery.js';
import type { GateResult } from './requests/gate.js';
import type { Verification } from './requests/verify.js';
import type { RetrainingPolicy } from './monitor.js';
import type { Target } from './notice.js';
import type { TrainingResult } from './retraining.js';
import type { Duration, Instant } from './window.js';

/** What a request was opened with, frozen: edits change nothing while it is open. */
export interface RetrainRules {
  policy: RetrainingPolicy;
  /** Role → people who may approve; the requester and the last editor are told apart here. */
  approvers: Readonly<Record<string, readonly string[]>>;
  /** Who edited the monitor last, null when nobody said. */
  editor: string | null;
  /** Where approvers hear of requests: one chain of fallbacks for each. */
  to: readonly Target[][];
  /** Approver → the addresses that are theirs alone; absent in older rules: not known. */
  addresses?: Readonly<Record<string, readonly Target[]>>;
  /** Where engineering hears of failures. */
  engineering: readonly Target[][];
  root: readonly Target[];
}

interface Happened {
  id: string;
}
interface Act extends Happened {
  by: string;
  verified: boolean;
  reason: string;
  notAfter: Instant;
}

export type RetrainEvent =
  | (Happened & { type: 'advice'; advice: AdviceMark; rules: string })
  /** A person opens a request by hand; `chain`: how they are reached, absent: not known. */
  | (Act & { type: 'open'; advice: AdviceMark; rules: string; chain?: readonly Target[] })
  | (Act & {
      type: 'approve' | 'reject';
      request: string;
      /** Hash of the evidence that the person saw. */
      evidence: string;
    })
  | (Act & { type: 'withdraw' | 'cancel'; request: string })
  | (Happened & { type: 'started'; request: string; ref: string; url: string | null })
  | (Happened & {
      type: 'start_failed';
      request: string;
      reason: string;
      /** It may have started, or it did and cannot be found. */
      uncertain: boolean;
      /** Worth trying again, not before this; null or absent: the trainer would say no again. */
      retryAfter?: Duration | null;
    })
  | (Happened & { type: 'progress'; request: string; progress: string | null; unseen?: true })
  | (Happened & { type: 'trained'; request: string; result: TrainingResult; via: string })
  | (Happened & { type: 'training_failed'; request: string; reason: string; via: string })
  | (Happened & { type: 'promoted'; request: string; reference: string })
  /** `final`: another try would end the same; absent: it may not. */
  | (Happened & { type: 'promotion_failed'; request: string; reason: string; final?: true })
  /** What the mature windows since its promotion say. */
  | (Happened & { type: 'verified'; request: string; verification: Verification })
  /** What became of stopping a training; `reason` null: it was told to stop. */
  | (Happened & { type: 'stopped'; request: string; reason: string | null })
  /** Its monitor was taken away. */
  | (Happened & { type: 'retired' })
  | (Happened & Outcome & { type: 'delivered' });

export type RequestStatus =
  | 'requested'
  | 'cooling'
  | 'executing'
  | 'succeeded'
  | 'failed'
  | 'gate_failed'
  | 'uncertain'
  | 'rejected'
  | 'expired'
  | 'superseded'
  | 'cancelled'
  | 'invalidated';

/** What lists, notices and the decision page say of a request. */
export interface RequestSummary {
  /** `<model>#<number>` */
  id: string;
  model: string;
  status: RequestStatus;
  openedAt: Instant;
  openedBy: string;
  reason: string;
  advice: AdviceMark;
  /** Fingerprint of the frozen evidence: a decision must name it. */
  evidence: string;
  expiresAt: Instant;
  /** Approved and cooling: training starts then. */
  startsAt: Instant | null;
  approvals: readonly { by: string; at: Instant; verified: boolean; reason: string }[];
  rejectedBy: string | null;
  /** Why it ended, in words. */
  outcome: string | null;
  /** null: it is open. */
  endedAt: Instant | null;
  supersededBy: string | null;
  training: {
    key: string;
    ref: string | null;
    url: string | null;
    startedAt: Instant;
    /** When its time is up; absent: in an older state. */
    endsBy?: Instant;
    /** Fingerprint of the rules that name its trigger. */
    rules: string;
    /** Host that a command is bound to; '' = any. */
    host: string;
  } | null;
  result: TrainingResult | null;
  gate: GateResult | null;
  /** Evidence of the same class that came while it was open, newest first, at most 5. */
  noted: readonly { evidence: string; windowEnd: Instant; revision: number }[];
  /** Trained and through the gate, but not promoted while this holds, in words; null: nothing. */
  held: string | null;
  /** Whether it helped; absent: it was not promoted, or its windows are not mature yet. */
  verified?: Verification;
  /** What to know before one decides, in words; absent: nothing. */
  warning?: string;
}

/** What lists read of the head `retrain/<model>`; the entity's whole state is in it. */
export interface RetrainHead {
  sequence: number;
  /** Newest first: the open one, if there is one, and the last 20. */
  requests: readonly RequestSummary[];
  lastSucceededAt: Instant | null;
  /** The last promotion, and the newest window that its predecessor was judged by; absent: none. */
  promoted?: { version: string; at: Instant; windowEnd: Instant };
}

export type RequestNoticeReason =
  | 'opened'
  | 'reminder'
  | 'expired'
  | 'superseded'
  | 'approved'
  | 'rejected'
  | 'started'
  | 'start_failed'
  | 'uncertain'
  | 'trained'
  | 'held'
  | 'gate_failed'
  | 'promoted'
  | 'helped'
  | 'not_helped'
  | 'failed'
  | 'cancelled'
  | 'invalidated';

interface Running {
  id: string;
  request: string;
  key: string;
  rules: string;
  ref: string;
  host: string;
}

/** The retrain entity's effects: one try each. Each is answered by the event with its `id`. */
export type RetrainEffect =
  | {
      kind: 'notice';
      deliveryId: string;
      attempt: number;
      doubtful: boolean;
      target: Target;
      threadRef: string | null;
      form: 'new' | 'reply' | 'edit';
      reason: RequestNoticeReason;
      insteadOf: Target | null;
      request: RequestSummary;
    }
  | {
      kind: 'start';
      id: string;
      request: string;
      key: string;
      rules: string;
      train: AdviceMark;
      reason?: string; // of the person who opened it by hand
      /** A command is started and followed on the host of the first try only; '' = any. */
      host: string;
    }
  | (Running & { kind: 'poll'; round: number })
  /** Tells the trainer to stop a training whose result nobody wants any more. */
  | (Running & { kind: 'stop' })
  /** Builds the new reference, writes the promotion, closes alerts. */
  | { kind: 'promote'; id: string; request: string; result: TrainingResult };
