import type { AlertEvent, AlertKey, AlertNotice, AlertRules } from '../alert.js';
import { applyAct } from './acts.js';
import { conditionsOf, emptyRing, placeWindow } from './conditions.js';
import type { Placed, WindowMarks } from './conditions.js';
import { followWindows } from './episode.js';
import { nextDeadline, reopenWithin, runDeadlines } from './escalation.js';
import { attemptOf, settleOutcome, tryAll } from './heard.js';
import { promoted, retired } from './outside.js';
import { record } from './record.js';
import { refusalOf } from './refuse.js';
import { alertEntity, newAlertState } from './state.js';
import type { AlertHead, AlertState, Draft } from './state.js';
import { headOf } from './summary.js';
import type { Write } from '../audit.js';
import { usualRetry } from '../delivering/delivery.js';
import type { RetryPolicy } from '../delivering/delivery.js';
import { okay } from '../entity.js';
import type { Answer, Decision } from '../entity.js';
import type { Category } from '../finding.js';
import { iso } from '../window.js';
import type { Instant } from '../window.js';

/** What the alert reducer sees. */
export interface AlertInput {
  /** Of the fingerprint in `state.rules`, or in the event when the state has none. */
  rules: AlertRules;
  key: AlertKey;
  /** Of the model's windows, in which instants are told. */
  timezone: string;
  /** null: a new life of the entity. */
  state: AlertState | null;
  /** null: a deadline. */
  event: AlertEvent | null;
  at: Instant;
  /** The newest head of this entity; looked at only when `state` is null. */
  head: AlertHead | null;
  retry?: RetryPolicy;
}

/** Ids of applied events that are kept. */
const mostKnown = 200;

/**
 * The alert entity's rules: what one event, or the deadline, does to it. Pure: the same input gives
 * the same decision. Every decision does all that is due at `at`.
 */
export function decideAlert(
  input: AlertInput,
): Decision<AlertState, AlertEvent, Write | AlertNotice> {
  const { key, timezone, event, at, head, retry = usualRetry } = input;
  const rules = rulesFor(key.category, input.rules);
  const state = { ...structuredClone(input.state ?? newAlertState(key, head)), timezone };
  const none = { evidence: null, writes: [], attempts: [] };
  const draft: Draft = { state, rules, retry, at, ...none, pushed: new Set<string>() };
  const answer = event === null ? okay('deadline') : applied(draft, event);
  runDeadlines(draft);
  tryAll(draft);
  state.decisions += 1;
  const done = isDone(state, rules, at);
  const value = headOf(state, rules.policy.keepFiringFor, !done);
  const { writes } = draft;
  writes.push({ kind: 'head', entity: alertEntity(key), sequence: state.decisions, value });
  const attempts = draft.attempts.map((delivery) => attemptOf(draft, delivery));
  const wakeAt = done ? null : nextDeadline(draft);
  return { state, answer, wakeAt, done, eventId: event?.id ?? null, writes, attempts };
}

/** The health of checks is ok only when no window is failed: there is nothing left to watch. */
function rulesFor(category: Category, rules: AlertRules): AlertRules {
  if (category !== 'check-health') return rules;
  return { ...rules, policy: { ...rules.policy, keepFiringFor: 1 } };
}

function applied(draft: Draft, event: AlertEvent): Answer {
  const { state, at } = draft;
  if (state.known.includes(event.id)) {
    return { ok: false, code: 'duplicate', reason: `${event.id} was applied already` };
  }
  switch (event.type) {
    case 'window':
      return takeWindows(draft, [event], event);
    case 'history':
      if (event.since !== undefined) draft.since = event.since;
      return takeWindows(draft, event.windows, event);
    case 'delivered':
      settleOutcome(draft, event);
      return okay(event.outcome);
    case 'promoted':
      remember(draft, event.id);
      return promoted(draft, event);
    case 'retired':
      remember(draft, event.id);
      return retired(draft);
    case 'ack':
    case 'unack':
    case 'resolve':
    case 'snooze':
    case 'assign':
    case 'comment': {
      const refusal = refusalOf(state, event, at);
      if (refusal !== null) {
        const reason = `${event.type}: ${refusal.reason}`;
        record(draft, 'refused', { reason, actor: event });
        return { ok: false, ...refusal };
      }
      remember(draft, event.id);
      return okay(applyAct(draft, event));
    }
  }
}

/** Windows into the ring, then one look at where the members stand. */
function takeWindows(
  draft: Draft,
  windows: readonly WindowMarks[],
  event: { id: string; type: string; rules: string },
): Answer {
  const { state, rules } = draft;
  const first = windows.length === 0 ? 0 : Math.min(...windows.map((window) => window.windowEnd));
  startWith(draft, event, first);
  const placed = new Set<Placed>();
  for (const window of windows) {
    const step = placeWindow(state.ring, window, rules.policy.keepFiringFor);
    state.ring = step.ring;
    placed.add(step.placed);
    if (step.placed === 'newer' || step.placed === 'restated') {
      draft.evidence = `${state.key.model}@${iso(window.windowEnd)}/${window.revision}`;
    }
  }
  const newest = state.ring.entries.at(-1);
  state.lastWindow = newest?.windowEnd ?? state.lastWindow;
  state.lastRevision = newest?.revision ?? state.lastRevision;
  if (placed.has('newer') || placed.has('restated')) {
    followWindows(draft, !placed.has('newer'));
    return okay(placed.has('newer') ? 'newer' : 'restated');
  }
  if (placed.has('duplicate')) {
    return { ok: false, code: 'duplicate', reason: 'this revision of the window is known' };
  }
  return okay('older than what can still change');
}

/** The first window of a life: it brings the rules, and nothing older than it counts. */
function startWith(draft: Draft, event: { type: string; rules: string }, first: Instant): void {
  const { state, rules } = draft;
  if (state.rules === null || state.retired === true) {
    delete state.retired;
    state.rules = event.rules;
    state.snoozeMax = rules.policy.snoozeMax;
    if (state.ring.settledUntil < 0) state.ring = emptyRing(first - 1);
  }
  // A backfill's windows are complete: they may stand before the first one that was told.
  const isUnfolded = Object.keys(state.ring.base).length === 0 && state.ring.entries.length < 10;
  if (event.type === 'history' && isUnfolded && state.episode === null) {
    state.ring = { ...state.ring, settledUntil: Math.min(state.ring.settledUntil, first - 1) };
  }
}

/** All members ok, nothing on its way, and too late to reopen; or no monitor, and nothing is. */
function isDone(state: AlertState, rules: AlertRules, at: Instant): boolean {
  if (state.deliveries.length > 0) return false;
  if (state.retired === true) return true;
  const { episode } = state;
  const folds = conditionsOf(state.ring, rules.policy.keepFiringFor);
  if ([...folds.values()].some(({ condition }) => condition !== 'ok')) return false;
  if (episode === null) return true;
  return episode.ended !== null && at >= episode.ended.at + reopenWithin(rules);
}

function remember(draft: Draft, id: string): void {
  draft.state.known = [...draft.state.known, id].slice(-mostKnown);
}
