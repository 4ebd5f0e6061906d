import type { AdviceMark } from '../../domain/advice.js';
import type { AuditRecord } from '../../domain/audit.js';
import type { Answer } from '../../domain/entity.js';
import type {
  RequestSummary,
  RetrainEffect,
  RetrainEvent,
  RetrainRules,
} from '../../domain/request.js';
import type { RetrainDecision } from '../../domain/requests/reducer.js';
import { decideRetrain } from '../../domain/requests/reducer.js';
import type { RetrainState } from '../../domain/requests/state.js';
import type { TrainingResult } from '../../domain/retraining.js';
import type { Instant } from '../../domain/window.js';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
export const start: Instant = Date.UTC(2026, 10, 2, 9);

export const email = (address: string) => ({ channel: 'email' as const, address });

export function rules(
  change: {
    approvals?: Partial<RetrainRules['policy']['approvals']>;
    policy?: Partial<RetrainRules['policy']>;
    approvers?: RetrainRules['approvers'];
    editor?: string | null;
    to?: RetrainRules['to'];
  } = {},
): RetrainRules {
  return {
    policy: {
      metric: 'rmse',
      cooldown: 14 * day,
      trigger: {
        kind: 'command',
        command: ['node', 'train.js'],
        cwd: null,
        env: [],
        timeout: 6 * hour,
      },
      gate: { metric: 'rmse', margin: 0 },
      ...change.policy,
      approvals: {
        quorum: [{ role: 'approvers', count: 1 }],
        fourEyes: 'auto',
        expires: 7 * day,
        reminders: [day, 3 * day, 7 * day - 4 * hour],
        cooling: 5 * minute,
        ...change.approvals,
      },
    },
    approvers: change.approvers ?? { approvers: ['ana', 'bo'] },
    editor: change.editor ?? null,
    to: change.to ?? [[email('ana@example.com')], [email('bo@example.com')]],
    addresses: { ana: [email('ana@example.com')], bo: [email('bo@example.com')] },
    engineering: [[email('platform@example.com')]],
    root: [email('root@example.com')],
  };
}

function advice(change: Partial<AdviceMark> = {}): AdviceMark {
  return {
    action: 'retrain',
    drivers: ['rmse(rmse)'],
    blockers: [],
    categories: ['performance'],
    windowEnd: start,
    revision: 1,
    evidence: 'e1'.repeat(32),
    ...change,
  };
}

export const good: TrainingResult = {
  version: 'v2',
  trainedUntil: start,
  reference: 'references/v2.csv',
  rows: 1000,
  metrics: { rmse: 9 },
  championMetrics: { rmse: 10 },
  data: '1000 newest rows',
  // mean 0.5, variance about 0.75: standard error 0.027, so the lower end is about 0.446
  difference: { metric: 'rmse', n: 1000, sum: 500, squares: 1000 },
};
/** mean 0.01 with a standard error of 0.032: an equal challenger. */
export const equal: TrainingResult = {
  ...good,
  difference: { metric: 'rmse', n: 1000, sum: 10, squares: 1000 },
};

export type Of<K extends RetrainEffect['kind']> = Extract<RetrainEffect, { kind: K }>;

/** A retrain entity under a virtual clock, with a scripted trainer and channels that deliver. */
export interface World {
  at: Instant;
  state: RetrainState | null;
  rules: Record<string, RetrainRules>;
  timezone: string;
  wakeAt: Instant | null;
  /** Every effect with the instant of its attempt. */
  effects: { at: Instant; effect: RetrainEffect }[];
  audits: AuditRecord[];
  decisions: RetrainDecision[];
  /** Answers attempts; null: no answer for now. */
  respond(effect: RetrainEffect, ifLost: RetrainEvent): RetrainEvent | null;
}

export function world(change: Partial<World> = {}): World {
  return {
    at: start,
    state: null,
    rules: { r1: rules() },
    timezone: 'UTC',
    wakeAt: null,
    effects: [],
    audits: [],
    decisions: [],
    respond: obliging,
    ...change,
  };
}

export function delivered(
  effect: Of<'notice'>,
  outcome: 'sent' | 'refused' = 'sent',
): RetrainEvent {
  const { deliveryId, attempt } = effect;
  const id = `${deliveryId}/${attempt}`;
  const rest = { ref: `ref-${deliveryId}`, reason: null, retryAfter: null };
  return { type: 'delivered', id, deliveryId, attempt, outcome, ...rest };
}

/** Everything works at once, and the challenger is better. */
export function obliging(effect: RetrainEffect): RetrainEvent | null {
  switch (effect.kind) {
    case 'notice':
      return delivered(effect);
    case 'start':
      return {
        type: 'started',
        id: effect.id,
        request: effect.request,
        ref: effect.key,
        url: null,
      };
    case 'poll':
      return { type: 'trained', id: effect.id, request: effect.request, result: good, via: 'poll' };
    case 'stop':
      return { type: 'stopped', id: effect.id, request: effect.request, reason: null };
    case 'promote':
      return { type: 'promoted', id: effect.id, request: effect.request, reference: 'ref2' };
  }
}

/** Hands one event (null: the deadline) to the reducer and performs what comes out. */
export function decide(world: World, event: RetrainEvent | null): Answer {
  const { rules, timezone, state, at } = world;
  const entity = { model: 'eta', host: 'h1', timezone };
  const decision = decideRetrain({ ...entity, rules, state, event, at, head: null });
  // What crosses Temporal is JSON.
  world.state = JSON.parse(JSON.stringify(decision.state)) as RetrainState;
  world.wakeAt = decision.wakeAt;
  world.decisions.push(decision);
  for (const write of decision.writes) if (write.kind === 'audit') world.audits.push(write.record);
  for (const { effect, ifLost } of decision.attempts) {
    world.effects.push({ at, effect: effect as RetrainEffect });
    const reply = world.respond(effect as RetrainEffect, ifLost);
    if (reply !== null) decide(world, reply);
  }
  return decision.answer;
}

/** Lets the clock run to `until`, waking the entity at each deadline. */
export function run(world: World, until: Instant): void {
  for (let turns = 0; world.wakeAt !== null && world.wakeAt <= until; turns++) {
    if (turns > 5_000) throw new Error('the entity spins');
    world.at = Math.max(world.at, world.wakeAt);
    decide(world, null);
  }
  world.at = until;
}

export function newest(world: World): RequestSummary {
  const request = world.state?.requests[0];
  if (request === undefined) throw new Error('no request was opened');
  return request;
}

export function effects<K extends RetrainEffect['kind']>(world: World, kind: K): Of<K>[] {
  return world.effects.flatMap(({ effect }) => (effect.kind === kind ? [effect as Of<K>] : []));
}

/** `reason → addresses` of the notices that went out. */
export function told(world: World): string[] {
  return effects(world, 'notice').map(({ reason, target }) => `${reason} ${target.address}`);
}

let acts = 0;
export function act(
  world: World,
  type: 'approve' | 'reject' | 'withdraw' | 'cancel',
  by: string,
  change: { reason?: string; evidence?: string; request?: string; id?: string } = {},
): RetrainEvent {
  return {
    type,
    id: change.id ?? `act-${++acts}`,
    by,
    verified: false,
    reason: change.reason ?? 'because it has to be',
    notAfter: world.at + 30 * second,
    request: change.request ?? newest(world).id,
    evidence: change.evidence ?? newest(world).evidence,
  };
}

export function advise(change: Partial<AdviceMark> = {}, using = 'r1'): RetrainEvent {
  const mark = advice(change);
  return { type: 'advice', id: `${mark.windowEnd}/${mark.evidence}`, advice: mark, rules: using };
}

export function openBy(world: World, by: string, change: Partial<AdviceMark> = {}): RetrainEvent {
  return {
    type: 'open',
    id: `open-${++acts}`,
    by,
    verified: false,
    reason: 'the new city zone',
    notAfter: world.at + 30 * second,
    advice: advice(change),
    rules: 'r1',
  };
}
