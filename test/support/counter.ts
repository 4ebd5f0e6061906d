import type { Answer, Decision } from '../../domain/entity.js';

/** A small reducer with all that the loop must carry: windows, acts, levels, deliveries. */
export interface CounterState {
  sequence: number;
  windows: readonly number[];
  level: number;
  /** When the next level is reached; null: acknowledged, or nothing to escalate. */
  levelAt: number | null;
  deliveries: Readonly<
    Record<string, { attempts: number; outcome: string; retryAt: number | null }>
  >;
  answers: Readonly<Record<string, Answer>>;
  closed: boolean;
}

export type CounterEvent =
  | { id: string; type: 'window'; windowEnd: number; ballast?: string }
  | { id: string; type: 'ack'; notAfter: number }
  | { id: string; type: 'note' | 'close' }
  | { id: string; type: 'delivered'; delivery: string; outcome: 'sent' | 'refused' | 'lost' };

export type CounterEffect =
  | {
      kind: 'decided';
      sequence: number;
      eventId: string | null;
      event: CounterEvent | null;
      at: number;
    }
  | { kind: 'head'; sequence: number; state: CounterState }
  | { kind: 'notice'; delivery: string; attempt: number };

export interface CounterRules {
  /** Milliseconds between levels. */
  step: number;
  levels: number;
  retry: number;
}

/** Of the entities whose worker is killed. */
export const killRules: CounterRules = { step: 2_500, levels: 4, retry: 700 };

const empty: CounterState = {
  sequence: 0,
  windows: [],
  level: -1,
  levelAt: null,
  deliveries: {},
  answers: {},
  closed: false,
};

/** Handles the event and everything that is due at `at`; a known id is answered from the state. */
export function decideCounter(
  rules: CounterRules,
  state: CounterState | null,
  happened: { event: CounterEvent | null; at: number },
): Decision<CounterState, CounterEvent, CounterEffect> {
  const { event, at } = happened;
  const known = event === null ? undefined : state?.answers[event.id];
  const before = state ?? empty;
  const next = known === undefined ? due(rules, take(rules, before, happened), at) : before;
  const sequence = before.sequence + 1;
  const answer: Answer =
    known === undefined
      ? { ok: true, note: `decided as ${sequence}` }
      : { ok: false, code: 'duplicate', reason: 'known' };
  const answers = event === null ? next.answers : { ...next.answers, [event.id]: known ?? answer };
  const after = { ...next, sequence, answers };
  return {
    state: after,
    answer,
    wakeAt: wakeAt(after),
    done: after.closed,
    eventId: event?.id ?? null,
    writes: [
      { kind: 'decided', sequence, eventId: event?.id ?? null, event, at },
      { kind: 'head', sequence, state: after },
    ],
    attempts: newAttempts(before, after),
  };
}

function take(
  rules: CounterRules,
  state: CounterState,
  { event, at }: { event: CounterEvent | null; at: number },
): CounterState {
  if (event === null) return state;
  switch (event.type) {
    case 'window': {
      const windows = [...state.windows, event.windowEnd];
      if (state.level >= 0) return { ...state, windows };
      return tellLevel({ ...state, windows }, 0, rules.levels > 1 ? at + rules.step : null);
    }
    case 'note':
      return state;
    case 'ack':
      return { ...state, levelAt: null };
    case 'close':
      return { ...state, closed: true, levelAt: null };
    case 'delivered': {
      const delivery = state.deliveries[event.delivery];
      if (delivery === undefined) return state;
      const retryAt = event.outcome === 'sent' ? null : at + rules.retry;
      const deliveries = {
        ...state.deliveries,
        [event.delivery]: { ...delivery, outcome: event.outcome, retryAt },
      };
      return { ...state, deliveries };
    }
  }
}

function tellLevel(state: CounterState, level: number, levelAt: number | null): CounterState {
  const deliveries = {
    ...state.deliveries,
    [`level-${level}`]: { attempts: 1, outcome: 'sending', retryAt: null },
  };
  return { ...state, level, levelAt, deliveries };
}

function due(rules: CounterRules, state: CounterState, at: number): CounterState {
  let next = state;
  while (next.levelAt !== null && next.levelAt <= at) {
    const level = next.level + 1;
    next = tellLevel(next, level, level + 1 < rules.levels ? next.levelAt + rules.step : null);
  }
  for (const [id, delivery] of Object.entries(next.deliveries)) {
    if (delivery.retryAt === null || delivery.retryAt > at) continue;
    const again = { attempts: delivery.attempts + 1, outcome: 'sending', retryAt: null };
    next = { ...next, deliveries: { ...next.deliveries, [id]: again } };
  }
  return next;
}

function wakeAt(state: CounterState): number | null {
  const times = [state.levelAt, ...Object.values(state.deliveries).map((one) => one.retryAt)];
  const set = times.filter((time) => time !== null);
  return set.length === 0 || state.closed ? null : Math.min(...set);
}

function newAttempts(
  before: CounterState,
  after: CounterState,
): { effect: CounterEffect; ifLost: CounterEvent }[] {
  return Object.entries(after.deliveries).flatMap(([delivery, { attempts: attempt }]) => {
    if ((before.deliveries[delivery]?.attempts ?? 0) >= attempt) return [];
    const effect: CounterEffect = { kind: 'notice', delivery, attempt };
    const id = `${delivery}/${attempt}`;
    return [{ effect, ifLost: { id, type: 'delivered', delivery, outcome: 'lost' } }];
  });
}

/** For the validator: late acts are refused, known ids pass before. */
export function refuseCounter(
  state: CounterState | null,
  event: CounterEvent,
  at: number,
): string | null {
  if (state?.answers[event.id] !== undefined) return null;
  if (event.type !== 'ack') return null;
  if (event.notAfter < at) return `too late: not after ${event.notAfter}, it is ${at}`;
  return state === null || state.level < 0 ? 'nothing to acknowledge' : null;
}
