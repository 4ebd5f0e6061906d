import type { Instant } from './window.js';

/** One line of an entity's history, chained: hash = sha256(previous hash, canonical record). */
export interface AuditRecord {
  /** `alert/<model>/<category>`, `retrain/<model>`, `model/<id>`. */
  entity: string;
  /** 1, 2, … within the entity. */
  sequence: number;
  at: Instant;
  actor: { id: string; via: 'cli' | 'workflow' | 'api'; verified: boolean };
  action: string;
  subject: string;
  reason: string | null;
  evidence: string | null;
}

/** The projection of one delivery: one document per transition. */
export interface DeliveryRecord {
  deliveryId: string;
  attempt: number;
  state: 'planned' | 'sending' | 'sent' | 'refused' | 'failed' | 'doubtful' | 'suppressed';
  entity: string;
  channel: string;
  address: string;
  reason: string | null;
  ref: string | null;
  at: Instant;
  /** What it tells; absent in an older record. */
  what?: Told;
}

/** Why a notice goes out, and whether it pushes, answers in a thread or changes a message. */
export interface Told {
  reason: string;
  /** Absent: as the thread stands when it goes out. */
  form?: 'new' | 'reply' | 'edit';
}

/** One entity's experience with one address. */
export interface ChannelHealth {
  entity: string;
  channel: string;
  address: string;
  state: 'down' | 'up';
  /** Since when it fails, or works again. */
  since: Instant;
  at: Instant;
  reason: string | null;
}

/** What the entities write; performed in order, a repeat writes the same documents. */
export type Write =
  | { kind: 'audit'; record: AuditRecord }
  | { kind: 'delivery'; record: DeliveryRecord }
  /** A channel that a notice could not use, or could use again: for a `notify-health` alert. */
  | { kind: 'channel'; health: ChannelHealth }
  /** The entity's head: replaced only by a higher sequence. */
  | { kind: 'head'; entity: string; sequence: number; value: unknown };
