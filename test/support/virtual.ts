import { expect } from 'vitest';
import type { Answer, Decision } from '../../domain/entity.js';

/** What a scripted channel makes of one effect: the event that comes back, and after how long. */
export interface Echo<E> {
  event: E;
  takes: number;
}

export interface Virtual<S, E, F> {
  /** The clock, epoch ms. */
  now: () => number;
  /** Lets an event happen now; gives the reducer's answer. */
  send: (event: E) => Answer;
  /** Time during which nobody looks (workers are down); then the deadline is decided, late. */
  late: (duration: number) => void;
  /** Lets time pass: deadlines and outcomes come in their order. */
  pass: (duration: number) => void;
  state: () => S | null;
  /** The entity has ended; the next event begins a new life, from the last head. */
  ended: () => boolean;
  /** Every attempt that was made, in order. */
  attempts: { at: number; effect: F }[];
  writes: { at: number; effect: F }[];
  decisions: Decision<S, E, F>[];
}

/**
 * Runs a reducer the way the loop does, under a virtual clock and with a scripted channel: no
 * server, no real time. A decision must be plain JSON and must never want to wake in the past.
 */
export function virtualEntity<S, E extends { id: string }, F>(options: {
  start: number;
  decide(input: { state: S | null; event: E | null; at: number; head: unknown }): Decision<S, E, F>;
  /** null: the attempt is lost, so `ifLost` comes back after 30 s. */
  channel(effect: F, at: number): Echo<E> | null;
}): Virtual<S, E, F> {
  let now = options.start;
  let state: S | null = null;
  let wakeAt: number | null = null;
  let done = false;
  let head: unknown = null;
  const waiting: { at: number; event: E }[] = [];
  const attempts: { at: number; effect: F }[] = [];
  const writes: { at: number; effect: F }[] = [];
  const decisions: Decision<S, E, F>[] = [];

  const decide = (event: E | null): Answer => {
    if (done && waiting.length === 0) state = null;
    const decision = options.decide({ state, event, at: now, head });
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
    if (decision.wakeAt !== null) expect(decision.wakeAt).toBeGreaterThan(now);
    ({ state, wakeAt, done } = decision);
    decisions.push(decision);
    for (const effect of decision.writes) {
      writes.push({ at: now, effect });
      const write = effect as { kind?: string; value?: unknown };
      if (write.kind === 'head') head = write.value;
    }
    for (const { effect, ifLost } of decision.attempts) {
      attempts.push({ at: now, effect });
      const echo = options.channel(effect, now) ?? { event: ifLost, takes: 30_000 };
      waiting.push({ at: now + echo.takes, event: echo.event });
      waiting.sort((a, b) => a.at - b.at);
    }
    return decision.answer;
  };

  const pass = (duration: number): void => {
    const until = now + duration;
    for (;;) {
      const outcome = waiting[0]?.at ?? Infinity;
      const next = Math.min(outcome, wakeAt ?? Infinity);
      if (next > until) break;
      now = Math.max(now, next);
      if (outcome <= (wakeAt ?? Infinity)) decide(waiting.shift()?.event ?? null);
      else decide(null);
    }
    now = until;
  };

  const late = (duration: number): void => {
    now += duration;
    if (wakeAt !== null && wakeAt <= now) decide(null);
  };

  return {
    now: () => now,
    send: decide,
    pass,
    late,
    state: () => state,
    ended: () => done && waiting.length === 0,
    attempts,
    writes,
    decisions,
  };
}
