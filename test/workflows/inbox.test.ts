import { expect, test } from 'vitest';
import type { Answer, Decision } from '../../domain/entity.js';
import { answer, receive } from '../../workflows/inbox.js';
import type { Run } from '../../workflows/inbox.js';

interface Event {
  id: string;
}

const run = (): Run<number, Event, never> => ({
  workflowId: 'alert/m/drift',
  state: 0,
  wakeAt: null,
  done: false,
  inbox: [],
  early: new Map(),
  waiting: [],
  inFlight: 0,
  decided: 0,
  full: false,
});
const yes = (note: string): Answer => ({ ok: true, note });
const decided = (eventId: string | null, note: string): Decision<number, Event, never> => ({
  state: 1,
  answer: yes(note),
  wakeAt: null,
  done: false,
  eventId,
  writes: [],
  attempts: [],
});

test('a decision answers the event that it names, wherever that stands in the inbox', () => {
  const one = run();
  const [a, b] = [receive(one, { id: 'a' }), receive(one, { id: 'b' })];
  answer(one, decided('b', 'of b'));
  expect([a.answer, b.answer]).toEqual([undefined, yes('of b')]);
  expect(one.inbox).toEqual([a]);
});

test('an event that was decided before it arrived has its answer when it does', () => {
  const one = run();
  const a = receive(one, { id: 'a' });
  answer(one, decided('b', 'of b'));
  expect([a.answer, one.inbox]).toEqual([undefined, [a]]);
  expect(receive(one, { id: 'b' }).answer).toEqual(yes('of b'));
  expect(one.inbox).toEqual([a]);
  expect(receive(one, { id: 'b' }).answer).toBeUndefined(); // a second one waits for its own
});

test('of two events with one id a decision takes the first, and the deadline takes none', () => {
  const one = run();
  const [first, second] = [receive(one, { id: 'a' }), receive(one, { id: 'a' })];
  answer(one, decided(null, 'of the deadline'));
  answer(one, decided('a', 'of the first'));
  expect([first.answer, second.answer]).toEqual([yes('of the first'), undefined]);
  expect(one.inbox).toEqual([second]);
});
