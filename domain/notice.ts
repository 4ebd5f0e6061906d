import type { Instant } from './window.js';

/** One address: a channel kind and whom it reaches there. */
export interface Target {
  channel: 'email' | 'slack' | 'webhook';
  /** Mail address, Slack channel or user id, webhook name. */
  address: string;
}

/** What one person is told, once, through one channel: ready to be sent. */
export interface Notice {
  /** Stable over retries: Message-ID, Idempotency-Key, Slack metadata. At most 64 characters. */
  deliveryId: string;
  /** The conversation: mails and Slack replies of one thread share it. */
  thread: string;
  /** Reference of the thread's first message in this channel (Slack ts), null for the first. */
  threadRef: string | null;
  /** `new` pushes; `reply` goes into the thread; `edit` changes the thread's first message. */
  form: 'new' | 'reply' | 'edit';
  /** At most 130 characters. */
  subject: string;
  /** Plain text, at most 2,800 characters. */
  text: string;
  severity: 'warning' | 'critical' | 'resolved' | 'info';
  /** Lines of `label: value` beside the text. */
  facts: readonly { label: string; value: string }[];
  /** A picture of the drifted feature. */
  picture: { png: Uint8Array; alt: string } | null;
  /** For webhooks: the same as data. */
  data: Record<string, unknown>;
  at: Instant;
}

/** What became of one attempt. */
export type Delivered =
  /** `ref`: Slack ts, mail response, webhook status. */
  | { outcome: 'sent'; ref: string; refused: readonly string[] }
  /** Would say no again. */
  | { outcome: 'refused'; reason: string }
  /** Worth trying again, not before retryAfter (ms) when the channel said so. */
  | { outcome: 'failed'; reason: string; retryAfter: number | null }
  /** It may have arrived: nobody can tell. */
  | { outcome: 'doubtful'; reason: string };

/** What every notifier offers. */
export interface Notifier {
  channel: Target['channel'];
  /** One attempt, at most 10 s, never a retry of its own; a known deliveryId is looked up first
   * where the channel can be read and `lookFirst` asks for it. Never throws. */
  send(target: Target, notice: Notice, lookFirst: 'look' | 'send'): Promise<Delivered>;
}
