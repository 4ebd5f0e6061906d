import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RetrainEffect, RetrainEvent } from '../../domain/request.js';
import { decideRetrain } from '../../domain/requests/reducer.js';
import { hasQuorum } from '../../domain/requests/approvers.js';
import { isOpen } from '../../domain/requests/state.js';
import * as w from './retrain-world.js';

const people = ['ana', 'bo', 'chris', 'mallory'];
const two = w.rules({
  approvals: { quorum: [{ role: 'approvers', count: 2 }] },
  approvers: { approvers: ['ana', 'bo', 'chris'] },
});

/**
 * One thing that happens: somebody acts, an advice comes, time passes, an attempt ends or is lost,
 * the monitor is taken away.
 */
type Happening =
  | { kind: 'act'; type: 'approve' | 'reject' | 'withdraw' | 'cancel'; by: string }
  | { kind: 'open'; by: string }
  | { kind: 'advice'; action: 'none' | 'retrain' | 'fix_data' | 'unknown'; drift: boolean }
  | { kind: 'pass'; minutes: number }
  | { kind: 'retired' }
  | { kind: 'answer'; which: number; how: 'well' | 'lost' | 'equal' | 'again' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      type: fc.constantFrom('approve', 'approve', 'approve', 'reject', 'withdraw', 'cancel'),
      by: fc.constantFrom(...people),
    }),
  },
  fc.record({ kind: fc.constant('open' as const), by: fc.constantFrom(...people) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('advice' as const),
      action: fc.constantFrom('retrain', 'retrain', 'retrain', 'none', 'fix_data', 'unknown'),
      drift: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      minutes: fc.constantFrom(1, 6, 60, 1_440),
    }),
  },
  fc.record({ kind: fc.constant('retired' as const) }),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat(20),
      how: fc.constantFrom('well', 'well', 'lost', 'equal', 'again'),
    }),
  },
);

interface Open {
  effect: RetrainEffect;
  ifLost: RetrainEvent;
}

/** Lets it all happen; attempts end late, in any order, twice, or never. */
function happen(happenings: readonly Happening[], kind: 'command' | 'http'): w.World {
  const open: Open[] = [];
  const done: RetrainEvent[] = [];
  const http = { ...two.policy, trigger: { kind: 'http', url: 'x', secret: null, ref: null } };
  const policy =
    kind === 'command'
      ? two.policy
      : ({
          ...http,
          trigger: { ...http.trigger, poll: null, timeout: w.day },
        } as typeof two.policy);
  const world = w.world({
    rules: { r1: { ...two, policy } },
    respond: (effect, ifLost) => {
      if (effect.kind === 'notice') return w.delivered(effect);
      open.push({ effect, ifLost });
      return null;
    },
  });
  happenings.forEach((one, n) => {
    if (one.kind === 'pass') w.run(world, world.at + one.minutes * w.minute);
    else if (one.kind === 'retired') w.decide(world, { type: 'retired', id: `retired-${n}` });
    else if (one.kind === 'advice') {
      const categories = one.drift ? (['drift', 'performance'] as const) : undefined;
      const mark = { action: one.action, windowEnd: w.start + n, evidence: `evidence-${n}-long` };
      w.decide(world, w.advise({ ...mark, ...(categories && { categories }) }));
    } else if (one.kind === 'open')
      w.decide(world, w.openBy(world, one.by, { evidence: `by-${n}` }));
    else if (one.kind === 'act') {
      if (world.state?.requests[0] !== undefined) w.decide(world, w.act(world, one.type, one.by));
    } else {
      const event = one.how === 'again' ? done[one.which % Math.max(done.length, 1)] : answer(one);
      if (event !== undefined) {
        done.push(event);
        w.decide(world, event);
      }
    }
  });
  return world;

  function answer(one: Extract<Happening, { kind: 'answer' }>): RetrainEvent | undefined {
    const [taken] = open.splice(one.which % Math.max(open.length, 1), 1);
    if (taken === undefined) return undefined;
    if (one.how === 'lost') return taken.ifLost;
    const event = w.obliging(taken.effect) ?? taken.ifLost;
    return one.how === 'equal' && event.type === 'trained' ? { ...event, result: w.equal } : event;
  }
}

/** The way to a promotion; stories begin with a part of it, and then anything happens. */
const straight: readonly Happening[] = [
  { kind: 'advice', action: 'retrain', drift: false },
  { kind: 'act', type: 'approve', by: 'ana' },
  { kind: 'act', type: 'approve', by: 'bo' },
  { kind: 'pass', minutes: 6 },
  { kind: 'answer', which: 0, how: 'well' },
  { kind: 'pass', minutes: 1 },
  { kind: 'answer', which: 0, how: 'well' },
];
const stories = fc
  .tuple(fc.nat(straight.length), fc.array(happening, { minLength: 5, maxLength: 40 }))
  .map(([steps, rest]) => [...straight.slice(0, steps), ...rest]);
const kinds = fc.constantFrom('command' as const, 'http' as const);
const runs = { numRuns: 150 };

test('whatever happens: one key for each request, and an http training is started once', () => {
  let starts = 0;
  fc.assert(
    fc.property(stories, kinds, (story, kind) => {
      const world = happen(story, kind);
      const started = w.effects(world, 'start');
      starts += started.length;
      const requests = new Set(started.map(({ request }) => request));
      expect(new Set(started.map(({ request, key }) => `${request} ${key}`)).size).toBe(
        requests.size,
      );
      if (kind === 'http') expect(started).toHaveLength(requests.size);
    }),
    runs,
  );
  expect(starts).toBeGreaterThan(50); // the stories do get so far
});

test('whatever happens: a start only after the quorum, a promotion only through the gate', () => {
  let promotions = 0;
  fc.assert(
    fc.property(stories, kinds, (story, kind) => {
      const world = happen(story, kind);
      promotions += w.effects(world, 'promote').length;
      for (const { attempts, state } of world.decisions) {
        for (const { effect } of attempts) {
          if (effect.kind !== 'start' && effect.kind !== 'promote') continue;
          const request = state.requests.find(({ id }) => id === effect.request);
          const by = request?.approvals.map((one) => one.by) ?? [];
          expect(hasQuorum(two, by)).toBe(true);
          expect(by).not.toContain(request?.openedBy);
          expect(by).not.toContain('mallory');
          if (effect.kind === 'promote') {
            expect(request?.gate?.passed).toBe(true);
            expect(state.advice?.action).not.toBe('fix_data');
          }
        }
      }
    }),
    runs,
  );
  expect(promotions).toBeGreaterThan(5);
});

test('whatever happens: one open request at most, an unbroken audit, a later deadline', () => {
  fc.assert(
    fc.property(stories, kinds, (story, kind) => {
      const world = happen(story, kind);
      expect(world.audits.map(({ sequence }) => sequence)).toEqual(
        world.audits.map((_, i) => i + 1),
      );
      for (const { state, wakeAt } of world.decisions) {
        expect(state.requests.filter(isOpen).length).toBeLessThanOrEqual(1);
        expect(state.requests.slice(1).some(isOpen)).toBe(false);
        expect(wakeAt === null || wakeAt > 0).toBe(true);
      }
      const ids = w.effects(world, 'notice').map((one) => `${one.deliveryId}/${one.attempt}`);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    runs,
  );
});

test('the same decision again gives the same state, effects and writes, and changes no input', () => {
  fc.assert(
    fc.property(stories, kinds, (story, kind) => {
      const world = happen(story, kind);
      const event = w.advise({ windowEnd: w.start + 999, evidence: 'again' });
      const { rules, state } = world;
      const at = world.at + w.minute;
      const entity = { model: 'eta', host: 'h1', timezone: 'UTC' };
      const input = { ...entity, rules, state, event, at, head: null };
      const before = JSON.stringify(input);
      const [one, other] = [decideRetrain(input), decideRetrain(input)];
      expect(JSON.stringify(one)).toBe(JSON.stringify(other));
      expect(JSON.stringify(input)).toBe(before);
      expect(one.wakeAt === null || one.wakeAt > at).toBe(true);
    }),
    { numRuns: 100 },
  );
});
