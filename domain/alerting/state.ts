import type { AlertKey, AlertRules, AlertSummary, MarkedMembers, NoticeReason } from '../alert.js';
import { emptyRing } from './conditions.js';
import type { MemberName, Ring } from './conditions.js';
import type { Delivery, RetryPolicy } from '../delivering/delivery.js';
import type { Write } from '../audit.js';
import type { AlertPolicy } from '../alert-policy.js';
import type { Target } from '../notice.js';
import type { Instant } from '../window.js';

/** What people did about an open episode. `covers`: what they saw; `chain`: how to reach them. */
type Handling =
  | { kind: 'open' }
  | {
      kind: 'acknowledged';
      by: string;
      at: Instant;
      reason: string;
      covers: Covers;
      remindedAt: Instant | null;
      chain?: readonly Target[];
    }
  | { kind: 'snoozed'; by: string; until: Instant; reason: string; covers: Covers };

/** By member key, the worst verdict that is covered. */
export type Covers = Readonly<Record<string, 'warn' | 'alert'>>;

/** How far the chain of levels has run, and what began it while other members fired already. */
export interface Escalation extends MarkedMembers {
  startedAt: Instant;
  /** Index of the level that comes next in this round. */
  next: number;
  /** Rounds of the whole chain that are over. */
  round: number;
  exhausted: boolean;
  /** What the first level is told. */
  opening: NoticeReason;
  repeats: number;
  repeatAt: Instant | null;
  /** The level that was told last; absent: none of this chain, or in an older state. */
  told?: number;
}

/** One address that was told of this episode. */
export interface Heard {
  target: Target;
  /** Reference of the thread's first message there; null: unknown. */
  ref: string | null;
  /** It was told that it is over, after the last time that it was told that it fires. */
  over: boolean;
}

export interface EpisodeMember {
  name: MemberName;
  firedAt: Instant;
  /** The worst verdict of the episode. */
  verdict: 'warn' | 'alert';
  isFiring: boolean;
}

export interface Episode {
  number: number;
  firedAt: Instant;
  firstWindow: Instant;
  ended: { at: Instant; how: 'resolved' | 'withdrawn' | 'closed' } | null;
  reopened: number;
  /** The worst of the episode: it never goes down. */
  severity: 'warning' | 'critical';
  members: Record<string, EpisodeMember>;
  handling: Handling;
  escalation: Escalation;
  heard: Heard[];
  assignedTo: string | null;
  /** How the assignee is reached; absent: not known. */
  assignedChain?: readonly Target[];
  /** Closed by a person while these fired: they are silent until ok or until they get worse. */
  muted: Covers;
  /** Members that a push named which went out, also those that did not fire yet; absent: none. */
  listed?: Covers;
  /** The newest bad window, where no window is remembered any more; absent: windows tell it. */
  lastBad?: Instant;
}

/** What one delivery of an alert is about. */
export interface About extends MarkedMembers {
  reason: NoticeReason;
  form: 'new' | 'reply' | 'edit';
  /** It says that the alert fires: it must reach somebody, and is dropped once that is over. */
  isPush: boolean;
  by: string | null;
  why: string | null;
  repeat: { k: number; most: number } | null;
  /** Members that the newest attempt of a push names; absent: no attempt yet. */
  listed?: Covers;
}

/** All that an alert entity remembers; plain JSON, carried over every continue-as-new. */
export interface AlertState {
  version: 1;
  key: AlertKey;
  /** Fingerprint of the rules that it began with; null: no window came yet. */
  rules: string | null;
  /** Its monitor was taken away, and no window came since; absent: there is one. */
  retired?: true;
  /** The policy's, so that a snooze can be refused without the rules. */
  snoozeMax: AlertPolicy['snoozeMax'];
  /** Of the model's windows, in which instants are told; absent: in an older state. */
  timezone?: string;
  /** Audit records so far, over all lives of this entity. */
  records: number;
  /** Decisions so far: the sequence of its head. */
  decisions: number;
  /** Deliveries planned in this life. */
  planned: number;
  ring: Ring;
  /** The newest window, and its newest revision. */
  lastWindow: Instant;
  lastRevision: number;
  /** Number of the newest episode, over all lives. */
  episodes: number;
  /** The newest episode of this life. */
  episode: Episode | null;
  deliveries: Delivery<About>[];
  /** Channels that failed, as `channel:address`, since when. */
  down: Record<string, Instant>;
  /** Ids of the newest 200 events of people and promotions that were applied. */
  known: string[];
}

/** `head/alert/<model>/<category>`: what lists read, and what the next life goes on from. */
export interface AlertHead {
  version: 1;
  sequence: number;
  records: number;
  episodes: number;
  /** It wants to hear of every window, the ok ones too. */
  alive: boolean;
  summary: AlertSummary;
}

/** One decision in the making: the rules' functions write into it. */
export interface Draft {
  state: AlertState;
  rules: AlertRules;
  retry: RetryPolicy;
  at: Instant;
  /** What caused it: the run's name, when a window did. */
  evidence: string | null;
  /** An episode that begins now did so by then: older windows said so; absent: none did. */
  since?: Instant;
  writes: Write[];
  attempts: Delivery<About>[];
  /** Receivers that were pushed to by this decision: nobody hears twice of one event. */
  pushed: Set<string>;
}

/** `alert/<model>/<category>` */
export function alertEntity(key: AlertKey): string {
  return `alert/${key.model}/${key.category}`;
}

/** A new life of the entity: episodes and audit records count on from the head of the last one. */
export function newAlertState(key: AlertKey, head: AlertHead | null): AlertState {
  return {
    version: 1,
    key,
    rules: null,
    snoozeMax: { critical: 0, warning: 0 },
    records: head?.records ?? 0,
    decisions: head?.sequence ?? 0,
    planned: 0,
    ring: emptyRing(-1),
    lastWindow: 0,
    lastRevision: 0,
    episodes: head?.episodes ?? 0,
    episode: null,
    deliveries: [],
    down: {},
    known: [],
  };
}

/** The state as this version knows it; null stays null; throws on one from a later version. */
export function upgradeAlertState(state: unknown): AlertState | null {
  if (state === null || state === undefined) return null;
  if (versionOf(state) === 1) return state as AlertState;
  throw new Error(`alert state: expected version 1, got ${said(state)}; upgrade Aftercare`);
}

/** The head as this version knows it; null stays null; throws on one from a later version. */
export function upgradeAlertHead(head: unknown): AlertHead | null {
  if (head === null || head === undefined) return null;
  if (versionOf(head) === 1) return head as AlertHead;
  throw new Error(`alert head: expected version 1, got ${said(head)}; upgrade Aftercare`);
}

const versionOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;

const said = (value: unknown): string =>
  typeof versionOf(value) === 'number' ? String(versionOf(value)) : 'none';
