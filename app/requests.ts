import type { Client } from '@temporalio/client';
import type { AdviceEvidence } from '../activities/advise.js';
import { publishedOf, timezoneOf } from '../activities/deps.js';
import type { AuditRecord, DeliveryRecord } from '../domain/audit.js';
import type { Answer } from '../domain/entity.js';
import type { RequestSummary, RetrainEvent, RetrainHead, RetrainRules } from '../domain/request.js';
import { episodeOf } from '../domain/delivering/delivery.js';
import { numberOf } from '../domain/requests/notices.js';
import { openRequest as openOne, type RetrainState } from '../domain/requests/state.js';
import { retrainId, workflowTypes } from '../workflows/messages.js';
import type { App } from './app.js';
import { appliedHead } from './bell.js';
import { act, actNow, type Actor } from './entities.js';
import { UsageError } from './errors.js';
import { reachOf } from './people.js';
import { unknownId } from './unknown-id.js';

/** A request with its frozen evidence and its history. */
export interface RequestStory {
  request: RequestSummary;
  evidence: AdviceEvidence;
  audit: readonly AuditRecord[];
  /** What was told of it, and whether it arrived. */
  deliveries: readonly DeliveryRecord[];
  /** The rules that it was opened with: who decides; null: it waits for nobody. */
  rules: RetrainRules | null;
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

/** `<model>#<number>`, or `<model>` for its newest; UsageError that names what there is. */
export async function findRequest(app: App, id: string): Promise<RequestSummary> {
  const all = await listRequests(app, 'all');
  const found = all.find((one) => one.id === id) ?? all.find((one) => one.model === id);
  if (found !== undefined) return found;
  throw unknownId(app, { what: 'request', id, known: all.map((one) => one.id) });
}

/** The request, the evidence that it was opened with, who decides, and who did what. */
export async function showRequest(app: App, id: string): Promise<RequestStory> {
  const request = await findRequest(app, id);
  const entity = retrainId(request.model);
  const [evidence, audit, deliveries, rules, timezone] = await Promise.all([
    app.lake.getObject<AdviceEvidence>('evidence', request.evidence),
    app.lake.auditOf(entity),
    app.lake.deliveriesOf(entity),
    rulesOf(app, request),
    timezoneOf(app, request.model),
  ]);
  const own = audit.filter(({ subject }) => subject === request.id);
  const number = numberOf(request.id);
  const told = deliveries.filter(({ deliveryId }) => episodeOf(deliveryId) === number);
  return { request, evidence, audit: own, deliveries: told, rules, timezone };
}

/** What an open request was opened with; null: it waits for nobody. */
async function rulesOf(app: App, request: RequestSummary): Promise<RetrainRules | null> {
  const head = await app.lake.readEntityHead<RetrainState>(retrainId(request.model));
  if (head?.work == null || openOne(head)?.id !== request.id) return null;
  return (await publishedOf(app, head.work.rules)).retraining;
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
  const to = { workflowId: retrainId(request.model), startAs: null };
  const answer = await act(client, to, event);
  // Nobody is there to answer: the request says itself how it ended.
  if (answer.ok || answer.code !== 'gone' || isOpenRequest(request)) return answer;
  const how = request.outcome === null ? '' : `: ${request.outcome}`;
  return { ...answer, reason: `${request.id} is ${request.status}${how}` };
}

/** Opens a request by hand, on the newest advice's evidence. */
export async function openRequest(
  app: App,
  client: Client,
  input: { model: string; actor: Actor },
): Promise<Answer> {
  const head = await appliedHead(app, input.model);
  if (head.advice === null) {
    if (head.windows.length > 0) {
      throw new UsageError(
        `Model "${input.model}" has no advice yet: its first pass is under way and gives it at its ` +
          'end. Look with "aftercare status", then repeat.',
      );
    }
    throw new UsageError(
      `Model "${input.model}" has no evaluated window yet, so there is no evidence to decide on. ` +
        `Run "aftercare run ${input.model} --watch" once a window is due, or evaluate older ones ` +
        `with "aftercare backfill ${input.model} <from>..<to>".`,
    );
  }
  const { retraining } = await publishedOf(app, head.monitor);
  if (retraining === null) {
    throw new UsageError(
      `Model "${input.model}" has no retraining section in its monitor: nothing says who approves ` +
        'and what trains. Add one and run "aftercare apply".',
    );
  }
  if (retraining.policy.trigger === null) {
    throw new UsageError(
      `The monitor of "${input.model}" names no retraining.trigger: nothing would start once it is ` +
        'approved. Add one and run "aftercare apply".',
    );
  }
  const event: RetrainEvent = {
    ...actNow(input.actor),
    type: 'open',
    advice: head.advice.mark,
    rules: head.monitor,
    chain: await reachOf(app, input.actor.by),
  };
  const to = { workflowId: retrainId(input.model), startAs: workflowTypes.retrain };
  return act(client, to, event);
}
