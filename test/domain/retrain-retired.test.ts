import { expect, test } from 'vitest';
import type { RetrainEvent } from '../../domain/request.js';
import * as w from './retrain-world.js';

const retired: RetrainEvent = { type: 'retired', id: 'retired/1' };
const last = (world: w.World) => world.decisions.at(-1);

test('a monitor that is taken away cancels the request that waits, tells who was asked, and ends', () => {
  const world = w.world();
  w.decide(world, w.advise());
  const before = w.told(world).length;
  w.decide(world, retired);
  expect(w.newest(world)).toMatchObject({
    status: 'cancelled',
    outcome: 'its monitor was taken away',
    endedAt: w.start,
  });
  expect(w.told(world).slice(before)).toEqual([
    'cancelled ana@example.com',
    'cancelled bo@example.com',
  ]);
  expect(world.audits.at(-1)).toMatchObject({
    actor: { id: 'policy:apply' },
    action: 'cancelled',
    subject: 'eta#1',
  });
  // The notices came back within that decision: nothing is on its way.
  expect(last(world)).toMatchObject({ done: true, wakeAt: null });
});

test('it lives while its last notices are on their way', () => {
  const waiting: RetrainEvent[] = [];
  const world = w.world({
    respond: (effect) => {
      if (effect.kind === 'notice') waiting.push(w.delivered(effect));
      return null;
    },
  });
  w.decide(world, w.advise());
  for (const event of waiting.splice(0)) w.decide(world, event);
  w.decide(world, retired);
  expect(last(world)?.done).toBe(false);
  expect(waiting).toHaveLength(2);
  for (const event of waiting.splice(0)) w.decide(world, event);
  expect(last(world)).toMatchObject({ done: true, wakeAt: null });
});

test('a training is told to stop; one that is being promoted is promoted', () => {
  const during = (kind: 'poll' | 'promote') => {
    const world = w.world({
      respond: (effect) => (effect.kind === kind ? null : w.obliging(effect)),
    });
    w.decide(world, w.advise());
    w.decide(world, w.act(world, 'approve', 'ana'));
    w.run(world, w.start + w.hour);
    w.decide(world, retired);
    return world;
  };
  const training = during('poll');
  expect(w.newest(training).status).toBe('cancelled');
  expect(w.effects(training, 'stop')).toMatchObject([{ key: 'ac-eta-1-e1e1e1e1e1e1' }]);
  expect(last(training)?.done).toBe(true);

  const promoting = during('promote');
  expect(w.newest(promoting).status).toBe('executing');
  expect(last(promoting)?.done).toBe(false);
  const [effect] = w.effects(promoting, 'promote');
  if (effect === undefined) throw new Error('nothing is promoted');
  w.decide(promoting, w.obliging(effect));
  expect(w.newest(promoting).status).toBe('succeeded');
  expect(last(promoting)?.done).toBe(true);
});

test('a monitor that is applied again asks again, under the next number', () => {
  const world = w.world();
  w.decide(world, w.advise());
  w.decide(world, retired);
  w.run(world, w.start + w.day);
  const next = { windowEnd: w.start + w.day, evidence: 'e2'.repeat(32) };
  w.decide(world, w.advise(next));
  expect(w.newest(world)).toMatchObject({ id: 'eta#2', status: 'requested' });
  expect(last(world)?.done).toBe(false);
});

test('where nothing is open it only ends', () => {
  const world = w.world();
  w.decide(world, w.advise({ action: 'none' }));
  expect(last(world)?.done).toBe(false);
  w.decide(world, retired);
  expect(last(world)).toMatchObject({ done: true, answer: { ok: true } });
  expect(w.told(world)).toEqual([]);
});
