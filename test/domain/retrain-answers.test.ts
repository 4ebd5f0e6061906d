import { expect, test } from 'vitest';
import { decideRetrain } from '../../domain/requests/reducer.js';
import { refuseRetrain } from '../../domain/requests/refuse.js';
import type { RetrainEvent } from '../../domain/request.js';
import type { RetrainState } from '../../domain/requests/state.js';
import { barred, hasQuorum } from '../../domain/requests/approvers.js';
import * as w from './retrain-world.js';

function opened(change: Partial<w.World> = {}): w.World {
  const world = w.world(change);
  w.decide(world, w.advise());
  return world;
}

test('the advice retrain opens a request with frozen evidence and tells the approvers once', () => {
  const world = opened();
  expect(w.newest(world)).toMatchObject({
    id: 'eta#1',
    status: 'requested',
    openedBy: 'policy:advice',
    evidence: 'e1'.repeat(32),
    expiresAt: w.start + 7 * w.day,
  });
  expect(w.told(world)).toEqual(['opened ana@example.com', 'opened bo@example.com']);
});

test.each(['none', 'consider', 'fix_data', 'investigate_loop', 'unknown'] as const)(
  'the advice %s opens nothing',
  (action) => {
    const world = w.world();
    w.decide(world, w.advise({ action }));
    expect(world.state?.requests).toEqual([]);
  },
);

test('of an approval and a rejection at once one wins, and both attempts are in the audit', () => {
  const world = opened();
  const [approve, reject] = [w.act(world, 'approve', 'ana'), w.act(world, 'reject', 'bo')];
  expect(w.decide(world, approve)).toMatchObject({ ok: true });
  expect(w.decide(world, reject)).toEqual({
    ok: false,
    code: 'conflict',
    reason: 'eta#1: already approved by ana at 2026-11-02 09:00 UTC; it is cooling',
  });
  expect(world.audits.map(({ action, actor }) => `${action} ${actor.id}`)).toEqual([
    'opened policy:advice',
    'approved ana',
    'reject refused bo',
  ]);
});

test('the loser of a race against a rejection hears who rejected and when', () => {
  const world = opened();
  w.decide(world, w.act(world, 'reject', 'ana', { reason: 'a sale explains it' }));
  expect(w.decide(world, w.act(world, 'approve', 'bo'))).toEqual({
    ok: false,
    code: 'conflict',
    reason: 'eta#1: already rejected by ana at 2026-11-02 09:00 UTC',
  });
  expect(w.newest(world)).toMatchObject({
    status: 'rejected',
    outcome: 'by ana: a sale explains it',
  });
});

test('the same decision again is answered as the first one and counts once', () => {
  const world = opened({
    rules: { r1: w.rules({ approvals: { quorum: [{ role: 'approvers', count: 2 }] } }) },
  });
  const click = w.act(world, 'approve', 'ana');
  const first = w.decide(world, click);
  expect(w.decide(world, click)).toEqual(first); // the same id
  expect(w.decide(world, w.act(world, 'approve', 'ana'))).toMatchObject({ ok: true }); // a new one
  expect(w.newest(world)).toMatchObject({ status: 'requested', approvals: [{ by: 'ana' }] });
  expect(w.decide(world, w.act(world, 'reject', 'ana'))).toMatchObject({ code: 'conflict' });
});

test('a known id is answered from the state, also after its time', () => {
  const world = opened();
  const approve = w.act(world, 'approve', 'ana');
  const first = w.decide(world, approve);
  world.at += w.hour;
  expect(refuseRetrain(world.state, approve, world.at)).toBeNull();
  expect(w.decide(world, approve)).toEqual(first);
});

test('a decision that comes after notAfter is never applied, and its id stays late', () => {
  const world = opened();
  const approve = w.act(world, 'approve', 'ana');
  world.at += 31 * w.second;
  expect(refuseRetrain(world.state, approve, world.at)).toMatch(
    /^late: .* until 2026-11-02 09:00:30 UTC/,
  );
  expect(w.decide(world, approve)).toMatchObject({ ok: false, code: 'late' });
  expect(w.newest(world).approvals).toEqual([]);
  expect(w.decide(world, approve)).toMatchObject({ ok: false, code: 'late' });
});

test('instants are told on the wall clock of the model', () => {
  const world = opened({ timezone: 'Europe/Paris' });
  const reason = (event: RetrainEvent) => w.decide(world, event) as { reason?: string };
  expect(w.decide(world, w.openBy(world, 'bo'))).toMatchObject({
    reason: 'eta#1 is open already, by policy:advice at 2026-11-02 10:00 Europe/Paris',
  });
  expect(w.decide(world, w.act(world, 'approve', 'ana'))).toMatchObject({
    note: 'eta#1: approved; the training starts at 2026-11-02 10:05 Europe/Paris',
  });
  expect(reason(w.act(world, 'reject', 'bo')).reason).toBe(
    'eta#1: already approved by ana at 2026-11-02 10:00 Europe/Paris; it is cooling',
  );
  const late = w.act(world, 'withdraw', 'ana');
  world.at += 31 * w.second;
  const words = 'to be decided until 2026-11-02 10:00:30 Europe/Paris, it is 2026-11-02 10:00:31';
  expect(refuseRetrain(world.state, late, world.at)).toBe(`late: ${words} Europe/Paris`);
  // A state of before the zone was kept.
  const older: Partial<RetrainState> = { ...world.state };
  delete older.timezone;
  expect(refuseRetrain(older, late, world.at)).toContain('2026-11-02 09:00:30 UTC');
  expect(reason(late).reason).toBe(`too late: ${words} Europe/Paris`);
});

test('the requester cannot approve where two eligible people exist', () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana'));
  expect(w.decide(world, w.act(world, 'approve', 'ana'))).toEqual({
    ok: false,
    code: 'refused',
    reason: 'ana opened this request and cannot approve it; others who can: bo',
  });
  expect(w.decide(world, w.act(world, 'approve', 'bo'))).toMatchObject({ ok: true });
});

test('whoever may not approve is not asked, and hears how it ends', () => {
  const toBo = ['opened bo@example.com', 'reminder bo@example.com'];
  const end = ['rejected ana@example.com', 'rejected bo@example.com'];
  const byEditor = w.world({ rules: { r1: w.rules({ editor: 'ana' }) } });
  w.decide(byEditor, w.advise());
  const byRequester = w.world();
  w.decide(byRequester, w.openBy(byRequester, 'ana'));
  for (const world of [byEditor, byRequester]) {
    w.run(world, w.start + 2 * w.day);
    w.decide(world, w.act(world, 'reject', 'bo'));
    expect(w.told(world)).toEqual([...toBo, ...end]);
  }
});

test('all are asked where nobody but the requester could be, or four eyes are off', () => {
  const both = ['opened ana@example.com', 'opened bo@example.com'];
  const alone = w.rules({ approvers: { approvers: ['ana'] } });
  for (const rules of [alone, w.rules({ approvals: { fourEyes: 'off' } })]) {
    const world = w.world({ rules: { r1: rules } });
    w.decide(world, w.openBy(world, 'ana'));
    expect(w.told(world)).toEqual(both);
  }
  // Bo can be reached nowhere: rather ana than nobody.
  const world = w.world({ rules: { r1: w.rules({ to: [[w.email('ana@example.com')]] }) } });
  w.decide(world, w.openBy(world, 'ana'));
  expect(w.told(world)).toEqual(['opened ana@example.com']);
});

test('a shared channel is asked, and falls back to those alone who may approve', () => {
  const shared = { channel: 'slack', address: '#ml' } as const;
  const rules = w.rules({ to: [[shared, w.email('ana@example.com'), w.email('bo@example.com')]] });
  const respond: w.World['respond'] = (effect) =>
    effect.kind === 'notice'
      ? w.delivered(effect, effect.target.channel === 'slack' ? 'refused' : 'sent')
      : null;
  const world = w.world({ rules: { r1: rules }, respond });
  w.decide(world, w.openBy(world, 'ana'));
  w.run(world, w.start + w.hour);
  expect(w.told(world)).toEqual(['opened #ml', 'opened bo@example.com']);
});

test('the requester may reject: separation of duties is about approvals', () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana'));
  const reason = 'it was opened by mistake';
  expect(w.decide(world, w.act(world, 'reject', 'ana', { reason }))).toEqual({
    ok: true,
    note: 'eta#1: rejected by ana',
  });
  expect(w.newest(world)).toMatchObject({ status: 'rejected', rejectedBy: 'ana' });
});

test('an approval before the quorum is answered with what is still needed, and of whom', () => {
  const approvers = { approvers: ['ana', 'bo', 'cy', 'di'] };
  const quorum = [{ role: 'approvers', count: 3 }];
  const world = w.world({ rules: { r1: w.rules({ approvers, approvals: { quorum } }) } });
  w.decide(world, w.openBy(world, 'ana'));
  expect(w.decide(world, w.act(world, 'approve', 'bo'))).toEqual({
    ok: true,
    note: 'eta#1: approved by bo; 2 more approvals are needed (cy, di)',
  });
  expect(w.decide(world, w.act(world, 'approve', 'cy'))).toEqual({
    ok: true,
    note: 'eta#1: approved by cy; 1 more approval is needed (di)',
  });
  w.run(world, w.start + 8 * w.day);
  expect(w.newest(world)).toMatchObject({
    status: 'expired',
    outcome: 'approved in time by bo and cy only; 1 more approval was needed (di)',
  });
});

test('a cancellation without a reason ends in no colon', () => {
  const world = opened();
  w.decide(world, w.act(world, 'cancel', 'ana', { reason: '' }));
  expect(w.newest(world).outcome).toBe('cancelled by ana');
  const again = opened();
  w.decide(again, w.act(again, 'cancel', 'ana', { reason: 'a sale' }));
  expect(w.newest(again).outcome).toBe('cancelled by ana: a sale');
});

test('the requester may approve alone where nobody else is eligible, or where four eyes are off', () => {
  const one = { r1: w.rules({ approvers: { approvers: ['ana'] } }) };
  const off = { r1: w.rules({ approvals: { fourEyes: 'off' } }) };
  for (const rules of [one, off]) {
    const world = w.world({ rules });
    w.decide(world, w.openBy(world, 'ana'));
    expect(w.decide(world, w.act(world, 'approve', 'ana'))).toMatchObject({ ok: true });
  }
});

test('the last editor cannot approve, unless the quorum could not be reached otherwise', () => {
  const three = w.rules({ approvers: { approvers: ['ana', 'bo', 'chris'] }, editor: 'bo' });
  expect(barred(three, 'ana')).toEqual(['ana', 'bo']);
  expect(barred(w.rules({ editor: 'bo' }), 'ana')).toEqual(['ana']);
});

test('somebody who is no approver is refused by name and recorded', () => {
  const world = opened();
  expect(w.decide(world, w.act(world, 'approve', 'mallory'))).toEqual({
    ok: false,
    code: 'refused',
    reason: 'mallory is not an approver of this request; approvers: ana, bo',
  });
  expect(world.audits.at(-1)).toMatchObject({
    action: 'approve refused',
    actor: { id: 'mallory' },
  });
});

test('one person in two roles counts once', () => {
  const quorum = [
    { role: 'leads', count: 1 },
    { role: 'platform', count: 1 },
  ];
  const approvers = { leads: ['ana', 'bo'], platform: ['ana', 'chris'] };
  const both = w.rules({ approvals: { quorum }, approvers });
  expect(hasQuorum(both, ['ana'])).toBe(false);
  expect(hasQuorum(both, ['ana', 'bo'])).toBe(true); // ana moves to platform
  expect(hasQuorum(both, ['bo', 'chris'])).toBe(true);
  const world = opened({ rules: { r1: both } });
  w.decide(world, w.act(world, 'approve', 'ana'));
  expect(w.newest(world).status).toBe('requested');
  w.decide(world, w.act(world, 'approve', 'bo'));
  expect(w.newest(world).status).toBe('cooling');
});

test('a rejection without ten characters of reason is refused before and in the reducer', () => {
  const world = opened();
  const reject = w.act(world, 'reject', 'ana', { reason: ' no       ' });
  expect(refuseRetrain(world.state, reject, world.at)).toMatch(/at least 10 characters/);
  expect(w.decide(world, reject)).toMatchObject({ ok: false, code: 'refused' });
  expect(w.newest(world).status).toBe('requested');
});

test('a decision on other evidence is a conflict; twelve characters name the evidence', () => {
  const world = opened();
  const other = w.act(world, 'approve', 'ana', { evidence: 'f'.repeat(64) });
  expect(w.decide(world, other)).toEqual({
    ok: false,
    code: 'conflict',
    reason:
      'evidence changed: eta#1 rests on e1e1e1e1e1e1, the decision names ffffffffffff; look again',
  });
  const eleven = w.act(world, 'approve', 'ana', { evidence: 'e1e1e1e1e1e' });
  expect(w.decide(world, eleven)).toMatchObject({ code: 'conflict' });
  const twelve = w.act(world, 'approve', 'ana', { evidence: 'e1e1e1e1e1e1' });
  expect(w.decide(world, twelve)).toMatchObject({ ok: true });
});

test('an approval can be taken back until the quorum is there', () => {
  const world = opened({
    rules: { r1: w.rules({ approvals: { quorum: [{ role: 'approvers', count: 2 }] } }) },
  });
  w.decide(world, w.act(world, 'approve', 'ana'));
  expect(w.decide(world, w.act(world, 'withdraw', 'ana'))).toMatchObject({ ok: true });
  expect(w.newest(world).approvals).toEqual([]);
  w.decide(world, w.act(world, 'approve', 'bo'));
  w.decide(world, w.act(world, 'approve', 'ana'));
  expect(w.decide(world, w.act(world, 'withdraw', 'ana'))).toMatchObject({ code: 'conflict' });
});

test('an approver who loses the role loses the approval, at the quorum', () => {
  const quorum = [{ role: 'approvers', count: 2 }];
  const approvers = { approvers: ['ana', 'bo', 'chris'] };
  const world = opened({ rules: { r1: w.rules({ approvals: { quorum }, approvers }) } });
  w.decide(world, w.act(world, 'approve', 'ana'));
  world.rules['r2'] = w.rules({ approvals: { quorum }, approvers: { approvers: ['bo', 'chris'] } });
  w.decide(world, w.advise({ windowEnd: w.start + w.day, evidence: 'e2' }, 'r2'));
  w.decide(world, w.act(world, 'approve', 'bo'));
  expect(w.newest(world)).toMatchObject({ status: 'requested', approvals: [{ by: 'bo' }] });
  expect(world.audits.at(-1)).toMatchObject({ action: 'approval dropped' });
  expect(w.decide(world, w.act(world, 'approve', 'ana'))).toMatchObject({ code: 'refused' });
  w.decide(world, w.act(world, 'approve', 'chris'));
  expect(w.newest(world).status).toBe('cooling');
});

test('an approver who loses the role while it cools sends the request back', () => {
  const world = opened();
  w.decide(world, w.act(world, 'approve', 'ana'));
  world.rules['r2'] = w.rules({ approvers: { approvers: ['bo'] } });
  w.decide(world, w.advise({ windowEnd: w.start + w.day, evidence: 'e2' }, 'r2'));
  w.run(world, w.start + w.hour);
  expect(w.newest(world)).toMatchObject({ status: 'requested', approvals: [] });
  expect(w.effects(world, 'start')).toEqual([]);
});

test('an edit of the policy changes nothing for the open request', () => {
  const two = { quorum: [{ role: 'approvers', count: 2 }] };
  const world = opened({ rules: { r1: w.rules({ approvals: two }) } });
  world.rules['r2'] = w.rules({ approvers: { approvers: ['ana', 'bo', 'chris'] } });
  w.decide(world, w.advise({ windowEnd: w.start + w.day, evidence: 'e2' }, 'r2'));
  w.decide(world, w.act(world, 'approve', 'ana'));
  expect(w.newest(world).status).toBe('requested');
  expect(w.decide(world, w.act(world, 'approve', 'chris'))).toMatchObject({ code: 'refused' });
});

test('cancelled while cooling: nothing is started', () => {
  const world = opened();
  w.decide(world, w.act(world, 'approve', 'ana'));
  expect(w.decide(world, w.act(world, 'cancel', 'mallory'))).toMatchObject({ code: 'refused' });
  expect(w.decide(world, w.act(world, 'cancel', 'bo'))).toMatchObject({ ok: true });
  w.run(world, w.start + 2 * w.day);
  expect(w.newest(world).status).toBe('cancelled');
  expect(w.effects(world, 'start')).toEqual([]);
});

const carla = [{ channel: 'email' as const, address: 'carla@example.com' }];

test('whoever asked without being an approver hears the decision and how it ended', () => {
  const asked = (by: string): w.World => {
    const world = w.world();
    w.decide(world, { ...w.openBy(world, by), chain: carla } as RetrainEvent);
    return world;
  };
  const hears = (world: w.World) => w.told(world).filter((one) => one.includes('carla'));

  const rejected = asked('carla');
  expect(hears(rejected)).toEqual([]);
  w.decide(rejected, w.act(rejected, 'reject', 'bo'));
  expect(hears(rejected)).toEqual(['rejected carla@example.com']);

  const approved = asked('carla');
  w.decide(approved, w.act(approved, 'approve', 'bo'));
  w.run(approved, w.start + 2 * w.day);
  expect(hears(approved)).toEqual(['approved carla@example.com', 'promoted carla@example.com']);

  // The next one is asked for by the advice: carla has nothing to do with it.
  w.decide(approved, w.advise({ windowEnd: w.start + 20 * w.day, evidence: 'e9' }));
  approved.at = w.start + 30 * w.day;
  w.decide(approved, w.act(approved, 'reject', 'bo'));
  expect(hears(approved)).toHaveLength(2);
});

test('an approver who asked hears it where approvers do, and not twice', () => {
  const world = w.world();
  w.decide(world, { ...w.openBy(world, 'ana'), chain: carla } as RetrainEvent);
  w.decide(world, w.act(world, 'reject', 'bo'));
  expect(w.told(world).filter((one) => one.startsWith('rejected'))).toEqual([
    'rejected ana@example.com',
    'rejected bo@example.com',
  ]);
});

test('a second request by hand is a conflict that names the open one', () => {
  const world = opened();
  expect(w.decide(world, w.openBy(world, 'bo'))).toEqual({
    ok: false,
    code: 'conflict',
    reason: 'eta#1 is open already, by policy:advice at 2026-11-02 09:00 UTC',
  });
});

test('an unknown request is gone, with those that are known', () => {
  const world = opened();
  const approve = w.act(world, 'approve', 'ana', { request: 'eta#7' });
  expect(refuseRetrain(world.state, approve, world.at)).toBe(
    'gone: no request eta#7; known: eta#1',
  );
  expect(w.decide(world, approve)).toMatchObject({ code: 'gone' });
});

const entity = { model: 'eta', host: 'h1', timezone: 'UTC' };

test('an entity whose workflow is gone goes on from its head', () => {
  const world = opened();
  const event = w.act(world, 'approve', 'ana');
  const { rules, at } = world;
  const head = world.state;
  const input = { ...entity, rules, state: null, event, at, head };
  const decision = decideRetrain(input);
  expect(decision.answer).toMatchObject({ ok: true });
  expect(decision.state.requests[0]).toMatchObject({ id: 'eta#1', status: 'cooling' });
});

test('a state of no known version is refused by what it holds', () => {
  const input = { ...entity, rules: {}, event: null, at: 0, head: null };
  expect(() => decideRetrain({ ...input, state: { version: 9 } })).toThrow(
    'retrain state: expected version 1, got version',
  );
});
