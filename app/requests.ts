import type { Client } from '@temporalio/client';
import type { AdviceEvidence } from '../activities/advise.js';
import { publishedOf, timezoneOf } from '../activities/deps.js';
import type { AuditRecord } from '../domain/audit.js';
import type { Answer } from '../domain/entity.js';
import type { RequestSummary, RetrainEvent, RetrainHead } from '../domain/request.js';
import { retrainId, workflowTypes } from '../workflows/messages.js';
import type { App } from './app.js';
import { appliedHead } from './bell.js';
import { act, actNow, type Actor } from './entities.js';
import { UsageError } from './errors.js';

/** A request with its frozen evidence and its history. */
export interface RequestStory {
  request: RequestSummary;
  evidence: AdviceEvidence;
  audit: readonly AuditRecord[];
  /** Of the model's windows, in which instants are told. */
  timezone: string;
}

const ENDED = ['succeeded', 'failed', 'gate_failed', 'rejected', 'expired', 'superseded'];
const CLOSED = new Set([...ENDED, 'cancelled', 'invalidated']);

/** It waits for somebody, or its training runs. */
function isOpenRequest({ status }: RequestSummary): boolean {
  return !CLOSED.has(status);
}

/** Requests by their heads: open ones first, the newest first. */
export async function listRequests(app: App, which: 'open' | 'all'): Promise<RequestSummary[]> {
  const heads = await app.lake.listEntityHeads<RetrainHead>('retrain/');
  return heads
    .flatMap(({ value }) => value.requests)
    .filter((request) => which === 'all' || isOpenRequest(request))
    .sort((a, b) => Number(isOpenRequest(b)) - Number(isOpenRequest(a)) || b.openedAt - a.openedAt);
}

/** `<model>#<number>`, or `<model>` for its newest; UsageError that lists what there is. */
export async function findRequest(app: App, id: string): Promise<RequestSummary> {
  const all = await listRequests(app, 'all');
  const found = all.find((one) => one.id === id) ?? all.find((one) => one.model === id);
  if (found !== undefined) return found;
  const known = all.map((request) => request.id).join(', ');
  throw new UsageError(
    `No request "${id}". ${known === '' ? `There is none at all in the lake ${app.settings.lake}.` : `Known: ${known}.`}`,
  );
}

/** The request, the evidence that it was opened with, and who did what. */
export async function showRequest(app: App, id: string): Promise<RequestStory> {
  const request = await findRequest(app, id);
  const [evidence, audit, timezone] = await Promise.all([
    app.lake.getObject<AdviceEvidence>('evidence', request.evidence),
    app.lake.auditOf(retrainId(request.model)),
    timezoneOf(app, request.model),
  ]);
  const own = audit.filter(({ subject }) => subject === request.id);
  return { request, evidence, audit: own, timezone };
}

/** Approves, rejects, withdraws or cancels; `evidence`: the hash that the person saw. */
export async function decideRequest(
  client: Client,
  request: RequestSummary,
  input: {
    actor: Actor;
    decision: 'approve' | 'reject' | 'withdraw' | 'cancel';
    evidence: string;
  },
): Promise<Answer> {
  const { actor, decision, evidence } = input;
  const common = { ...actNow(actor), request: request.id };
  const event: RetrainEvent =
    decision === 'approve' || decision === 'reject'
      ? { ...common, type: decision, evidence }
      : { ...common, type: decision };
  return act(client, { workflowId: retrainId(request.model), startAs: null }, event);
}

/** Opens a request by hand, on the newest advice's evidence. */
export async function openRequest(
  app: App,
  client: Client,
  input: { model: string; actor: Actor },
): Promise<Answer> {
  const head = await appliedHead(app, input.model);
  if (head.advice === null) {
    throw new UsageError(
      `Model "${input.model}" has no evaluated window yet, so there is no evidence to decide on. ` +
        `Run "aftercare run ${input.model} --watch" first.`,
    );
  }
  const { retraining } = await publishedOf(app, head.monitor);
  if (retraining === null) {
    throw new UsageError(
      `Model "${input.model}" has no retraining section in its monitor: nothing says who approves ` +
        'and what trains. Add one and run "aftercare apply".',
    );
  }
  const event: RetrainEvent = {
    ...actNow(input.actor),
    type: 'open',
    advice: head.advice.mark,
    rules: head.monitor,
  };
  const to = { workflowId: retrainId(input.model), startAs: workflowTypes.retrain };
  return act(client, to, event);
}
