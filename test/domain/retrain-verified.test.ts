import { expect, test } from 'vitest';
import { requestNotice } from '../../domain/requests/request-text.js';
import type { RetrainEvent } from '../../domain/request.js';
import type { Verification } from '../../domain/requests/verify.js';
import * as w from './retrain-world.js';

const later = (days: number): number => w.start + days * w.day;
const slack = { channel: 'slack' as const, address: 'C1' };

function promoted(change: Partial<w.World> = {}): w.World {
  const world = w.world(change);
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  w.run(world, later(1));
  expect(w.newest(world).status).toBe('succeeded');
  return world;
}

const found = (verdict: Verification['verdict']): Verification => ({
  ...{ metric: 'rmse', before: 10, after: 9, promised: 1, recovered: 0.5, verdict },
  gain: { value: 1, low: 0.5, high: 1.5 },
  sentence: `it is ${verdict}`,
});

const verified = (verdict: Verification['verdict'], request = 'eta#1'): RetrainEvent => ({
  ...{ type: 'verified', id: `verified/${request}`, request, verification: found(verdict) },
});

test('whether it helped is kept with the request, in the audit trail, once', () => {
  const world = promoted();
  w.decide(world, w.advise({ action: 'none', evidence: 'e2'.repeat(32) }));
  const before = w.told(world).length;
  expect(w.decide(world, verified('helped'))).toEqual({ ok: true, note: 'eta#1: it is helped' });
  expect(w.newest(world)).toMatchObject({ status: 'succeeded', verified: found('helped') });
  expect(world.audits.at(-1)).toMatchObject({
    ...{ action: 'verified', subject: 'eta#1', reason: 'it is helped' },
    ...{ actor: { id: 'policy:advice' }, evidence: 'e2'.repeat(32) },
  });
  const { length } = world.audits;
  expect(w.decide(world, verified('not_helped'))).toMatchObject({ ok: false, code: 'duplicate' });
  expect(world.audits).toHaveLength(length);
  // Nobody has to act, so nobody is mailed.
  expect(w.told(world)).toHaveLength(before);
});

test('that it helped is read in the thread, that it did not is mailed too', () => {
  const rules = { r1: w.rules({ to: [[w.email('ana@example.com')], [slack]] }) };
  const outcomes = (['helped', 'not_helped', 'open'] as const).map((verdict) => {
    const world = promoted({ rules });
    const before = world.effects.length;
    w.decide(world, verified(verdict));
    return world.effects.slice(before).flatMap(({ effect }) => {
      return effect.kind === 'notice' ? [`${effect.reason} ${effect.target.channel}`] : [];
    });
  });
  expect(outcomes).toEqual([['helped slack'], ['not_helped email', 'not_helped slack'], []]);
});

test('what was not promoted waits for no verification', () => {
  const world = w.world();
  w.decide(world, w.advise());
  expect(w.decide(world, verified('helped'))).toMatchObject({ ok: false, code: 'duplicate' });
  expect(w.decide(world, verified('helped', 'eta#7'))).toMatchObject({ code: 'duplicate' });
});

test('while another request is open it is noted, not told', () => {
  const world = promoted();
  w.decide(world, w.openBy(world, 'ana'));
  expect(w.newest(world).id).toBe('eta#2');
  const before = w.told(world).length;
  w.decide(world, verified('not_helped'));
  expect(w.told(world)).toHaveLength(before);
  expect(world.state?.requests[1]).toMatchObject({ id: 'eta#1', verified: found('not_helped') });
  expect(w.newest(world).verified).toBeUndefined();
});

test('a retraining that did not help says with what numbers, and what to do instead', () => {
  const world = promoted();
  const sentence =
    'the retraining did not help: RMSE 10 before, 11 in the first two mature windows with v2, −1';
  const verification = { ...found('not_helped'), sentence };
  w.decide(world, { ...verified('not_helped'), verification } as RetrainEvent);
  const effect = w.effects(world, 'notice').at(-1);
  if (effect === undefined) throw new Error('nobody was told');
  const given = { effect, advice: null, rules: w.rules(), timezone: 'UTC', at: world.at };
  const { subject, text, severity } = requestNotice(given);
  expect(subject).toBe(
    '[eta] the retraining did not help (eta#1): RMSE 10 before, 11 in the first two mature windows ' +
      'with v2, −1',
  );
  expect(severity).toBe('warning');
  expect(text.split('\n').slice(0, 4)).toEqual([
    'eta#1: the retraining did not help.',
    'RMSE 10 before, 11 in the first two mature windows with v2, −1.',
    'What to do: look for another cause before the next retraining: a broken input, a loop, a world ' +
      'that the features do not show.',
    '',
  ]);
});
