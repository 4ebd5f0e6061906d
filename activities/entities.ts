import { upgradeAlertHead, upgradeAlertState } from '../domain/alerting/state.js';
import { healthEvent } from '../domain/alerting/health.js';
import { decideAlert } from '../domain/alerting/reducer.js';
import type { AlertEvent } from '../domain/alert.js';
import type { ChannelHealth, Write } from '../domain/audit.js';
import type { Decision } from '../domain/entity.js';
import type { Category } from '../domain/finding.js';
import type { RetrainEvent, RetrainRules } from '../domain/request.js';
import { decideRetrain } from '../domain/requests/reducer.js';
import { rulesNeeded, upgradeRetrainState } from '../domain/requests/state.js';
import type { Instant } from '../domain/window.js';
import { noteBlocked } from './blocked.js';
import { publishedOf, timezoneOf, watchedHead, type Deps } from './deps.js';

type Anything = Decision<unknown, { id: string }, unknown>;

/** Who asks, with all that it remembers; `state` null: a new life, which goes on from its head. */
export interface Asked {
  workflowId: string;
  state: unknown;
  event: unknown;
  at: Instant;
}

/**
 * The reducer with its policy, loaded by the fingerprint that the entity began with; reads the
 * newest head when `state` is null. Safe to repeat. One that throws leaves a note of that in the
 * lake, until the entity writes its next head.
 */
export async function decide(deps: Deps, asked: Asked): Promise<Anything> {
  try {
    return await decided(deps, asked);
  } catch (error) {
    await noteBlocked(deps, asked.workflowId, { error, at: asked.at });
    throw error;
  }
}

async function decided(deps: Deps, asked: Asked): Promise<Anything> {
  const head = asked.state === null ? await deps.lake.readEntityHead(asked.workflowId) : null;
  const { kind, model, category } = entityOf(asked.workflowId);
  const timezone = await timezoneOf(deps, model);
  return kind === 'alert'
    ? decideForAlert(deps, asked, { key: { model, category }, timezone, head })
    : decideForRetrain(deps, asked, { model, timezone, head });
}

async function decideForAlert(
  deps: Deps,
  asked: Asked,
  entity: { key: { model: string; category: Category }; timezone: string; head: unknown },
) {
  const state = upgradeAlertState(asked.state);
  const event = asked.event as AlertEvent | null;
  const given = event !== null && 'rules' in event ? event.rules : null;
  const own = state?.rules ?? null;
  const fingerprint = state?.retired === true ? (given ?? own) : (own ?? given);
  if (fingerprint === null) return nothingOpen(asked);
  const { alerts } = await publishedOf(deps, fingerprint);
  const head = upgradeAlertHead(entity.head);
  const rules = alerts[entity.key.category];
  const { at } = asked;
  return decideAlert({ rules, ...entity, state, event, at, head, ...retryOf(deps) });
}

/**
 * A message that came after the end of the entity that it was meant for, and began a new one: there
 * are no rules to decide by and nothing to decide, so it ends again at once and writes nothing.
 */
function nothingOpen({ state, event, workflowId }: Asked): Anything {
  const eventId = (event as { id: string } | null)?.id ?? null;
  const reason = `nothing is open at ${workflowId}`;
  const answer = { ok: false, code: 'gone', reason } as const;
  return { state, answer, wakeAt: null, done: true, eventId, writes: [], attempts: [] };
}

async function decideForRetrain(
  deps: Deps,
  asked: Asked,
  entity: { model: string; timezone: string; head: unknown },
) {
  const known = asked.state ?? entity.head;
  const event = asked.event as RetrainEvent | null;
  const before = known === null ? null : upgradeRetrainState(known);
  const rules: Record<string, RetrainRules> = {};
  for (const fingerprint of rulesNeeded(before, event)) {
    const isOwn = rulesNeeded(before, null).includes(fingerprint);
    // Whatever a person sends is answered: it must not block the entity for everybody.
    const isClaimed = !isOwn && event !== null && 'by' in event;
    const retraining = await retrainingOf(deps, fingerprint, isClaimed ? 'claimed' : 'known');
    if (retraining !== null) rules[fingerprint] = retraining;
  }
  const { state, at } = asked;
  return decideRetrain({ ...entity, host: deps.host, rules, state, event, at, ...retryOf(deps) });
}

/** null: the monitor has no retraining section, or what was only claimed is not there. */
async function retrainingOf(
  deps: Deps,
  fingerprint: string,
  origin: 'known' | 'claimed',
): Promise<RetrainRules | null> {
  try {
    return (await publishedOf(deps, fingerprint)).retraining;
  } catch (error) {
    if (origin === 'claimed') return null;
    throw error;
  }
}

function retryOf({ retry }: Deps): Pick<Deps, 'retry'> {
  return retry === undefined ? {} : { retry };
}

/** `alert/<model>/<category>` or `retrain/<model>`, taken apart. */
export function entityOf(workflowId: string): {
  kind: 'alert' | 'retrain';
  model: string;
  category: Category;
} {
  const [kind, model = '', category = 'drift'] = workflowId.split('/');
  return { kind: kind === 'alert' ? 'alert' : 'retrain', model, category: category as Category };
}

/** Performs the writes in order; a repeat writes the same documents. */
export async function write(deps: Deps, writes: readonly Write[]): Promise<void> {
  for (const one of writes) {
    if (one.kind === 'audit') await deps.lake.appendAudit(one.record);
    else if (one.kind === 'delivery') await deps.lake.putDelivery(one.record);
    else if (one.kind === 'head') {
      await deps.lake.putEntityHead(one.entity, one.sequence, one.value);
    } else await tellChannel(deps, one.health);
  }
}

/**
 * A channel that failed, or works again, as a `notify-health` alert of the same model: engineering
 * hears of it on another channel. It is told in real time, for it belongs to no window.
 */
async function tellChannel(deps: Deps, health: ChannelHealth): Promise<void> {
  const { model } = entityOf(health.entity);
  const head = await watchedHead(deps, model);
  if (head === null) return;
  const { alerts } = await publishedOf(deps, head.monitor);
  const { keepFiringFor } = alerts['notify-health'].policy;
  const event = healthEvent(health, { fingerprint: head.monitor, keepFiringFor });
  await deps.entities.tellAlert(model, 'notify-health', event);
}
