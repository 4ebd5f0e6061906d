import type { AlertEvent, AlertKey, AlertNotice, AlertRules } from '../../domain/alert.js';
import { decideAlert } from '../../domain/alerting/reducer.js';
import { upgradeAlertHead } from '../../domain/alerting/state.js';
import type { AlertState } from '../../domain/alerting/state.js';
import type { Write } from '../../domain/audit.js';
import { usualRetry } from '../../domain/delivering/delivery.js';
import type { RetryPolicy } from '../../domain/delivering/delivery.js';
import type { Answer } from '../../domain/entity.js';
import type { Category, Mark, Verdict } from '../../domain/finding.js';
import type { Target } from '../../domain/notice.js';
import { virtualEntity } from './virtual.js';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
/** 2026-11-22T00:00:00Z */
export const start = Date.UTC(2026, 10, 22);

export const slack: Target = { channel: 'slack', address: '#ml' };
export const mail: Target = { channel: 'email', address: 'ml@example.org' };
export const lead: Target = { channel: 'email', address: 'lead@example.org' };
export const boss: Target = { channel: 'email', address: 'boss@example.org' };
export const root: Target = { channel: 'email', address: 'root@example.org' };

/** The documented defaults; the team by Slack with mail behind it, then its lead, then the boss. */
export function alertRules(
  change: { policy?: Partial<AlertRules['policy']>; route?: Partial<AlertRules['route']> } = {},
): AlertRules {
  return {
    windowSize: hour,
    policy: {
      keepFiringFor: 2,
      repeat: { critical: { every: 4 * hour, most: 6 }, warning: { every: day, most: 5 } },
      escalation: { critical: [30 * minute, hour], warning: [8 * hour] },
      chains: 3,
      ackExpires: { critical: day, warning: 3 * day },
      snoozeMax: { critical: 7 * day, warning: 30 * day },
      reopenWithin: day,
      ...change.policy,
    },
    route: {
      levels: [
        { after: { critical: 0, warning: 0 }, to: [[slack, mail]] },
        { after: { critical: 30 * minute, warning: 8 * hour }, to: [[lead]] },
        { after: { critical: hour, warning: 16 * hour }, to: [[boss]] },
      ],
      root: [root],
      ...change.route,
    },
  };
}

/** A mark on `psi(<target>)`; an alert fires at once, a warn has patience 2. */
export function mark(target: string, verdict: Verdict, more: Partial<Mark> = {}): Mark {
  const patience = verdict === 'alert' ? 1 : 2;
  const rest = { slice: '', category: 'drift', running: null, source: null } as const;
  return { check: 'psi', target, verdict, patience, ...rest, ...more };
}

export type Fate =
  | {
      outcome: 'sent' | 'refused' | 'failed' | 'doubtful' | 'suppressed';
      retryAfter?: number;
      takes?: number;
    }
  | 'lost';

/** What the n-th attempt at a channel meets; by default all is sent within 100 ms. */
export type Channels = (notice: AlertNotice, at: number) => Fate | undefined;

/** An alert entity under a virtual clock, with short words for what happens to it. */
export function virtualAlert(
  options: {
    rules?: AlertRules;
    category?: Category;
    channels?: Channels;
    retry?: RetryPolicy;
    timezone?: string;
  } = {},
) {
  const { rules = alertRules(), category = 'drift', channels = () => undefined } = options;
  const { retry = usualRetry, timezone = 'UTC' } = options;
  const key: AlertKey = { model: 'card-fraud', category };
  let acts = 0;
  let sent = 0;
  const entity = virtualEntity<AlertState, AlertEvent, Write | AlertNotice>({
    start,
    decide: ({ state, event, at, head }) =>
      decideAlert({
        ...{ rules, key, timezone, state, event, at, retry },
        head: upgradeAlertHead(head),
      }),
    channel: (effect, at) => {
      if (effect.kind !== 'notice') throw new Error(`${effect.kind} is no attempt`);
      const fate = channels(effect, at) ?? { outcome: 'sent' };
      if (fate === 'lost') return null;
      const { deliveryId, attempt } = effect;
      const { outcome, retryAfter = null, takes = 100 } = fate;
      const isEdit = effect.form === 'edit';
      const ref = outcome === 'sent' ? (isEdit ? effect.threadRef : `ts${++sent}`) : null;
      const reason = outcome === 'sent' ? null : `${effect.target.channel} says ${outcome}`;
      const id = `${deliveryId}/${attempt}`;
      const about = { deliveryId, attempt, outcome, ref, reason, retryAfter };
      return { event: { type: 'delivered', id, ...about }, takes };
    },
  });
  const windowEvent = (windowEnd: number, revision: number, marks: Mark[]): AlertEvent => {
    const id = `${windowEnd}/${revision}`;
    return { type: 'window', id, windowEnd, revision, marks, rules: 'rules-1' };
  };
  return {
    ...entity,
    rules,
    key,
    /** The window of the hour that has just ended. */
    window: (...marks: Mark[]): Answer => entity.send(windowEvent(entity.now(), 1, marks)),
    restate: (windowEnd: number, revision: number, ...marks: Mark[]): Answer =>
      entity.send(windowEvent(windowEnd, revision, marks)),
    /** An act of ana, in time, under an id of its own. */
    act: (act: { type: 'ack' | 'unack' | 'resolve' | 'comment' } & Partial<AnyAct>): Answer =>
      entity.send(actEvent(act, entity.now(), `act-${++acts}`)),
    snooze: (until: number): Answer => {
      const rest = { ...person(entity.now(), `act-${++acts}`), until };
      return entity.send({ type: 'snooze', ...rest });
    },
    assign: (to: string, chain: readonly Target[] = []): Answer =>
      entity.send({ type: 'assign', ...person(entity.now(), `act-${++acts}`), to, chain }),
    promoted: (version: string): Answer =>
      entity.send({ type: 'promoted', id: `promoted-${version}`, version }),
    /** What was attempted since the last call, as `reason form channel:address`. */
    told: (() => {
      let seen = 0;
      return (): string[] => {
        const fresh = entity.attempts.slice(seen);
        seen = entity.attempts.length;
        return fresh.map(({ effect }) => said(effect));
      };
    })(),
    head: () => {
      const head = entity.writes.findLast(({ effect }) => effect.kind === 'head');
      const value = head?.effect.kind === 'head' ? head.effect.value : null;
      const read = upgradeAlertHead(value);
      if (read === null) throw new Error('no head was written');
      return read;
    },
    status: (): string => {
      const head = entity.writes.findLast(({ effect }) => effect.kind === 'head');
      const value = head?.effect.kind === 'head' ? head.effect.value : null;
      return upgradeAlertHead(value)?.summary.status ?? 'none';
    },
    audit: (): string[] =>
      entity.writes.flatMap(({ effect }) => (effect.kind === 'audit' ? effect.record.action : [])),
  };
}

interface AnyAct {
  chain: readonly Target[];
  id: string;
  by: string;
  reason: string;
  notAfter: number;
}

function person(at: number, id: string): Omit<AnyAct, 'chain'> & { verified: boolean } {
  return { id, by: 'ana', verified: false, reason: 'looking', notAfter: at + 30 * second };
}

function actEvent(
  act: { type: 'ack' | 'unack' | 'resolve' | 'comment' } & Partial<AnyAct>,
  at: number,
  id: string,
): AlertEvent {
  return { ...person(at, id), ...act };
}

function said(effect: Write | AlertNotice): string {
  if (effect.kind !== 'notice') throw new Error(`${effect.kind} is no attempt`);
  const { reason, form, target } = effect;
  return `${reason} ${form} ${target.channel}:${target.address}`;
}
