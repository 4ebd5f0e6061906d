import type { Advice } from '../advice.js';
import type { Notice } from '../notice.js';
import type { RequestNoticeReason, RequestSummary, RetrainEffect } from '../request.js';

/** The colour of a notice. */
export const SEVERITY: Readonly<Record<RequestNoticeReason, Notice['severity']>> = {
  opened: 'warning',
  reminder: 'warning',
  expired: 'info',
  superseded: 'info',
  approved: 'info',
  rejected: 'info',
  started: 'info',
  start_failed: 'critical',
  uncertain: 'critical',
  trained: 'info',
  held: 'warning',
  gate_failed: 'warning',
  promoted: 'resolved',
  helped: 'resolved',
  not_helped: 'warning',
  failed: 'critical',
  cancelled: 'info',
  invalidated: 'info',
};

/** What happened, in a clause. */
export const SAYS: Readonly<Record<RequestNoticeReason, string>> = {
  opened: 'Retrain? An answer is needed',
  reminder: 'Retrain? Still waiting for an answer',
  expired: 'expired; nothing is trained',
  superseded: 'superseded: the evidence changed',
  approved: 'approved; the training starts soon',
  rejected: 'rejected',
  started: 'the training has started',
  start_failed: 'the training could not be started yet',
  uncertain: 'the training may be running and cannot be found',
  trained: 'trained; the challenger passed the gate',
  held: 'the promotion is held',
  gate_failed: 'the challenger did not pass the gate',
  promoted: 'the challenger is promoted',
  helped: 'the retraining helped',
  not_helped: 'the retraining did not help',
  failed: 'the retraining failed',
  cancelled: 'cancelled',
  invalidated: 'no longer valid; nothing is trained',
};

/**
 * Model, what happened, which request and why; not cut. A question to approvers says how bad it is:
 * the first reason of the advice, where there is one.
 */
export function subjectOf(
  effect: Pick<Extract<RetrainEffect, { kind: 'notice' }>, 'request' | 'reason'>,
  advice: Advice | null = null,
): string {
  const { request, reason } = effect;
  const first = request.openedBy === 'policy:advice' ? advice?.reasons[0]?.text : undefined;
  const because =
    reason === 'opened' || reason === 'reminder'
      ? (first?.replace(/\.$/, '') ?? becauseOf(request))
      : reason === 'approved'
        ? approvalWords(request).join(', ')
        : reason === 'helped' || reason === 'not_helped'
          ? verifiedWords(request)
          : (request.outcome ?? '');
  return `[${request.model}] ${SAYS[reason]} (${request.id})${because === '' ? '' : `: ${because}`}`;
}

/** What the windows since say, without the verdict in front. */
export function verifiedWords({ verified }: RequestSummary): string {
  return verified?.sentence.replace(/^[^:]*: /, '') ?? '';
}

/** Why there is a request, in a few words: a person's own, else what drives the advice. */
export function becauseOf({ openedBy, reason, advice }: RequestSummary): string {
  const isByPerson = openedBy !== 'policy:advice';
  return isByPerson ? reason : advice.drivers.slice(0, 2).join(', ') || reason;
}

/** `by ana: the new zone is in the data`, one for each approval. */
export function approvalWords({ approvals }: RequestSummary): string[] {
  return approvals.map(({ by, reason }) => `by ${by}${reason === '' ? '' : `: ${reason}`}`);
}
