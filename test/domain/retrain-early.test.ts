import { expect, test } from 'vitest';
import * as w from './retrain-world.js';

/** A world whose challenger was promoted a day after the advice. */
function promoted(cooldown = 14 * w.day) {
  const world = w.world({ rules: { r1: w.rules({ policy: { cooldown } }) } });
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  w.run(world, w.start + w.day);
  expect(world.state?.requests[0]?.status).toBe('succeeded');
  return world;
}

test('a request by hand after a promotion says whose evidence it has, and the cooldown', () => {
  const world = promoted();
  const answer = w.decide(world, w.openBy(world, 'ana'));
  const warning =
    'its evidence is of the version that v2 replaced at 2026-11-02 09:05:02 UTC; ' +
    'cooldown until 2026-11-16 09:05:02 UTC';
  expect(answer).toEqual({ ok: true, note: `eta#2 is open. Mind: ${warning}` });
  expect(world.state?.requests[0]?.warning).toBe(warning);
});

test('the advice opens nothing on the evidence of the version that was replaced', () => {
  const world = promoted(0);
  const again = w.advise({ evidence: 'e2'.repeat(32) });
  expect(w.decide(world, again)).toMatchObject({
    note: expect.stringContaining('of the version that v2 replaced') as string,
  });
  const later = w.advise({ evidence: 'e3'.repeat(32), windowEnd: w.start + 2 * w.day });
  expect(w.decide(world, later)).toEqual({ ok: true, note: 'eta#2 is open' });
  expect(world.state?.requests[0]?.warning).toBeUndefined();
});

test('by mail two people hear what is asked, who decided and why, and how it ended', () => {
  const world = promoted();
  const told = w.effects(world, 'notice').map(({ reason, target }) => [reason, target.address]);
  expect(told).toEqual(
    ['opened', 'approved', 'promoted'].flatMap((reason) => [
      [reason, 'ana@example.com'],
      [reason, 'bo@example.com'],
    ]),
  );
});
