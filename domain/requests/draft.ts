import type { AuditRecord } from '../audit.js';
import type { DeliveryChange, RetryPolicy } from '../delivering/delivery.js';
import type { Answer, Decision } from '../entity.js';
import type {
  RequestStatus,
  RequestSummary,
  RetrainEffect,
  RetrainEvent,
  RetrainRules,
} from '../request.js';
import { KEPT_REQUESTS, openRequest } from './state.js';
import type { RetrainState, Work } from './state.js';
import type { Duration, Instant } from '../window.js';
import { inZone } from '../zone.js';

/** An act of a person. */
export type Act = Extract<RetrainEvent, { by: string }>;
type Attempt = Decision<RetrainState, RetrainEvent, RetrainEffect>['attempts'][number];

/** One decision in the making; it lives within one call and is never shared. */
export interface Draft {
  readonly at: Instant;
  /** Host of the process that decides: a first start is bound to it. */
  readonly host: string;
  readonly retry: RetryPolicy;
  readonly rules: Readonly<Record<string, RetrainRules>>;
  state: RetrainState;
  readonly audits: AuditRecord[];
  readonly changes: DeliveryChange[];
  readonly attempts: Attempt[];
}

/** The open request with the rules that it was opened with. */
export interface Open {
  request: RequestSummary;
  work: Work;
  rules: RetrainRules;
}

export function openOf(draft: Draft): Open | null {
  const request = openRequest(draft.state);
  const { work } = draft.state;
  if (request === null || work === null) return null;
  return { request, work, rules: rulesOf(draft, work.rules) };
}

/** The request that an event of the training belongs to, while it waits for one. */
export function trainingOf(draft: Draft, request: string): Open | null {
  const open = openOf(draft);
  const isMeant = open?.request.id === request;
  const { status } = open?.request ?? {};
  return isMeant && (status === 'executing' || status === 'uncertain') ? open : null;
}

/** An instant for people, on the wall clock of the model's windows. */
export function clock({ state }: Draft, at: Instant): string {
  return inZone(at, state.timezone ?? 'UTC');
}

/** Throws when the caller did not load rules that the decision needs. */
export function rulesOf(draft: Draft, fingerprint: string): RetrainRules {
  const rules = draft.rules[fingerprint];
  if (rules !== undefined) return rules;
  throw new Error(`retrain rules ${fingerprint}: expected to be loaded, got none`);
}

/** Why no request can be opened under rules that are not there. */
export function whyNoRules(draft: Draft): string {
  return (
    `the monitor of ${draft.state.model} has no retraining section that can be read, so nothing ` +
    'says who approves and what trains; add one and run "aftercare apply"'
  );
}

/** The rules that came last, when they were loaded: who has a role now. */
export function currentRulesOf(draft: Draft): RetrainRules | null {
  const fingerprint = draft.state.currentRules;
  return fingerprint === null ? null : (draft.rules[fingerprint] ?? null);
}

/** Changes the open request's summary. */
export function changeRequest(draft: Draft, change: Partial<RequestSummary>): void {
  const [newest, ...others] = draft.state.requests;
  if (newest === undefined) return;
  draft.state = { ...draft.state, requests: [{ ...newest, ...change }, ...others] };
}

export function changeWork(draft: Draft, change: Partial<Work>): void {
  const { work } = draft.state;
  if (work !== null) draft.state = { ...draft.state, work: { ...work, ...change } };
}

/** Adds the newest request in front, with what is needed to follow it. */
export function addRequest(draft: Draft, request: RequestSummary, work: Work): void {
  const requests = [request, ...draft.state.requests].slice(0, KEPT_REQUESTS + 1);
  draft.state = { ...draft.state, requests, work, opened: draft.state.opened + 1 };
}

/** Ends the open request. */
export function endRequest(draft: Draft, status: RequestStatus, outcome: string): void {
  changeRequest(draft, { status, outcome, startsAt: null, held: null, endedAt: draft.at });
  draft.state = { ...draft.state, work: null };
}

/** The same class opens no request by itself for a while. */
export function suppress(
  draft: Draft,
  what: { class: string; for: Duration; because: string },
): void {
  const until = draft.at + what.for;
  const kept = draft.state.suppressed.filter(
    (one) => one.until > draft.at && one.class !== what.class,
  );
  const suppressed = [...kept, { class: what.class, until, because: what.because }];
  draft.state = { ...draft.state, suppressed };
}

interface Line {
  actor: AuditRecord['actor'];
  action: string;
  subject: string;
  reason?: string | null;
  evidence?: string | null;
}

export function audit(draft: Draft, line: Line): void {
  const sequence = draft.state.audited + 1;
  draft.state = { ...draft.state, audited: sequence };
  draft.audits.push({
    entity: `retrain/${draft.state.model}`,
    sequence,
    at: draft.at,
    actor: line.actor,
    action: line.action,
    subject: line.subject,
    reason: line.reason ?? null,
    evidence: line.evidence ?? null,
  });
}

/** A named policy as an actor. */
export function policy(
  name: 'advice' | 'approvals' | 'trigger' | 'gate' | 'apply',
): AuditRecord['actor'] {
  return { id: `policy:${name}`, via: 'workflow', verified: true };
}

/** `serve` verifies; the command line records what it was told. */
export function person(act: Act): AuditRecord['actor'] {
  return { id: act.by, via: act.verified ? 'api' : 'cli', verified: act.verified };
}

export function fine(note: string): Answer {
  return { ok: true, note };
}

export function no(code: Extract<Answer, { ok: false }>['code'], reason: string): Answer {
  return { ok: false, code, reason };
}
