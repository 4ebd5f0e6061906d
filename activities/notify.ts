import type { AlertEvent, AlertNotice } from '../domain/alert.js';
import type { AlertHead } from '../domain/alerting/state.js';
import type { Finding } from '../domain/finding.js';
import type { ModelHead } from '../domain/model.js';
import type { Delivered, Notice, Target } from '../domain/notice.js';
import { alertNotice } from '../domain/alerting/notice-text.js';
import { requestNotice } from '../domain/requests/request-text.js';
import type { RetrainEffect } from '../domain/request.js';
import { actionsOf } from './actions.js';
import type { AdviceEvidence } from './advise.js';
import { modelHead, publishedOf, timezoneOf, type Deps } from './deps.js';
import { sliceHash } from './marks.js';
import { pictureOf } from './picture.js';
import { unjudgedBy } from './unjudged.js';

type RequestNotice = Extract<RetrainEffect, { kind: 'notice' }>;
type DeliveredEvent = Extract<AlertEvent, { type: 'delivered' }>;

/** Words and picture come from the lake now, so that none of them enters Temporal. */
export async function notifyOfAlert(deps: Deps, effect: AlertNotice): Promise<DeliveredEvent> {
  const all = await findingsOf(deps, effect);
  const findings = all.filter(({ category }) => category === effect.alert.category);
  const causes = all.filter(({ category, hard }) => {
    return hard !== null && category !== effect.alert.category;
  });
  const names = findings.map(({ check }) => check);
  const unjudged = await unjudgedBy(deps, effect.alert);
  const notice = alertNotice({
    notice: effect,
    findings,
    causes,
    parts: new Map(findings.map(({ slice }) => [sliceHash(slice), slice])),
    unjudged,
    timezone: await timezoneOf(deps, effect.alert.model),
    actions: await actionsOf(deps, effect.alert.model, names),
    at: deps.clock(),
  });
  const picture = await drawn(deps, effect, findings);
  return send(deps, effect, { ...notice, picture });
}

/** A notice without its picture is better than none. */
async function drawn(
  deps: Deps,
  { alert, deliveryId }: AlertNotice,
  findings: readonly Finding[],
): Promise<Notice['picture']> {
  try {
    return await pictureOf(deps, alert, findings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    deps.log('a notice goes out without its picture', { deliveryId, reason });
    return null;
  }
}

async function findingsOf(deps: Deps, { alert }: AlertNotice): Promise<readonly Finding[]> {
  const commit = await deps.lake.commitOf(alert.model, alert.lastWindow);
  if (commit === null) return []; // nothing was evaluated: that is what the notice says
  const { findings } = await deps.lake.readEvaluation(commit.file);
  return findings;
}

export async function notifyOfRequest(deps: Deps, effect: RequestNotice): Promise<DeliveredEvent> {
  const { request } = effect;
  const head = await deps.lake.readHead<ModelHead>(modelHead(request.model));
  const published = head && (await publishedOf(deps, head.monitor));
  const rules = published?.retraining ?? null;
  if (published === null || rules === null)
    throw new Error(`${request.model}: has no retraining section any more.`);
  const evidence = await deps.lake.getObject<AdviceEvidence>('evidence', request.evidence);
  const { advice, input } = evidence;
  const findings = [...input.mature.flat(), ...input.findings];
  const at = deps.clock();
  const { timezone } = published.monitor.windows;
  const notice = requestNotice({ effect, advice, findings, rules, timezone, at });
  return send(deps, effect, notice);
}

/** One attempt; whatever happens comes back as the event of its outcome. */
async function send(
  deps: Deps,
  effect: { deliveryId: string; attempt: number; doubtful: boolean; target: Target },
  notice: Notice,
): Promise<DeliveredEvent> {
  const { deliveryId, attempt, target } = effect;
  const notifier = deps.notifier(target.channel);
  const delivered: Delivered =
    notifier === null
      ? { outcome: 'refused', reason: `${target.channel} is not configured` }
      : await notifier.send(target, notice, effect.doubtful ? 'look' : 'send');
  const base = { type: 'delivered', id: `${deliveryId}/${attempt}`, deliveryId, attempt } as const;
  if (delivered.outcome === 'sent') {
    const reason =
      delivered.refused.length === 0 ? null : `refused: ${delivered.refused.join(', ')}`;
    return { ...base, outcome: 'sent', ref: delivered.ref, reason, retryAfter: null };
  }
  const { outcome, reason } = delivered;
  const retryAfter = delivered.outcome === 'failed' ? delivered.retryAfter : null;
  return { ...base, outcome, ref: null, reason, retryAfter };
}

/** True when the alert is over or answered meanwhile: a push that was planned before is stale. */
export async function isStale(deps: Deps, effect: AlertNotice): Promise<boolean> {
  if (!['firing', 'repeat', 'escalated'].includes(effect.reason)) return false;
  const { model, category, episode } = effect.alert;
  const head = await deps.lake.readEntityHead<AlertHead>(`alert/${model}/${category}`);
  if (head === null || head.summary.episode !== episode) return false;
  return ['acknowledged', 'snoozed', 'resolved', 'withdrawn', 'closed'].includes(
    head.summary.status,
  );
}
