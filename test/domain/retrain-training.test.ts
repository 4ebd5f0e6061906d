import { expect, test } from 'vitest';
import type { RetrainEffect, RetrainEvent } from '../../domain/request.js';
import * as w from './retrain-world.js';

const later = (days: number): number => w.start + days * w.day;

function approved(change: Partial<w.World> = {}): w.World {
  const world = w.world(change);
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  return world;
}

/** Answers of the trainer that differ from those of an obliging one. */
const trainer =
  (script: Partial<Record<RetrainEffect['kind'], w.World['respond']>>): w.World['respond'] =>
  (effect, ifLost) =>
    (script[effect.kind] ?? w.obliging)(effect, ifLost);

const http = w.rules({
  policy: {
    trigger: {
      kind: 'http',
      url: 'env:RETRAIN_URL',
      secret: null,
      ref: 'run.id',
      poll: { url: 'https://t.example/{ref}', every: 30 * w.second },
      timeout: 6 * w.hour,
    },
  },
});

test('approved, cooled, trained, through the gate, promoted: in this order, once', () => {
  const world = approved();
  w.run(world, later(1));
  const request = w.newest(world);
  expect(request).toMatchObject({
    status: 'succeeded',
    outcome: 'v2 is promoted',
    training: { key: 'ac-eta-1-e1e1e1e1e1e1', ref: 'ac-eta-1-e1e1e1e1e1e1', host: 'h1' },
    gate: { passed: true },
  });
  expect(world.audits.map(({ action }) => action)).toEqual([
    'opened',
    'approved',
    'start intended',
    'started',
    'trained',
    'judged',
    'promoted',
  ]);
  const steps = world.effects.map(({ effect }) => effect.kind).filter((kind) => kind !== 'notice');
  expect(steps).toEqual(['start', 'poll', 'promote']);
  expect(world.audits.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('nothing starts before the cooling is over, and the intent is written before the start', () => {
  const world = approved();
  w.run(world, w.start + 5 * w.minute - 1);
  expect(w.newest(world).status).toBe('cooling');
  const intents = world.decisions.length;
  w.run(world, w.start + 5 * w.minute + 10);
  const [intent, start] = world.decisions.slice(intents);
  expect(intent?.writes).toMatchObject([
    { kind: 'audit', record: { action: 'start intended' } },
    { kind: 'head', value: { requests: [{ status: 'executing' }] } },
  ]);
  expect(intent?.attempts).toEqual([]);
  expect(start?.attempts).toMatchObject([{ effect: { kind: 'start' } }]);
});

test('without an answer for seven days the request expires, untrained, after three reminders', () => {
  const world = w.world();
  w.decide(world, w.advise());
  w.run(world, later(10));
  expect(w.newest(world)).toMatchObject({ status: 'expired', endedAt: later(7) });
  const reminders = world.effects.flatMap(({ at, effect }) =>
    effect.kind === 'notice' && effect.reason === 'reminder' ? [at - w.start] : [],
  );
  const [first, second, third] = [w.day, 3 * w.day, 7 * w.day - 4 * w.hour];
  expect(reminders).toEqual([first, first, second, second, third, third]); // two approvers
  expect(w.effects(world, 'start')).toEqual([]);
  expect(w.told(world).slice(-2)).toEqual(['expired ana@example.com', 'expired bo@example.com']);
  expect(w.decide(world, w.act(world, 'approve', 'ana'))).toMatchObject({ code: 'gone' });
});

test('an expiry that fell due before an approval arrived comes first', () => {
  const world = w.world();
  w.decide(world, w.advise());
  world.at = later(7); // nobody woke it
  expect(w.decide(world, w.act(world, 'approve', 'ana'))).toMatchObject({ code: 'gone' });
  expect(w.newest(world).status).toBe('expired');
});

test('a sleep over several reminders gives one', () => {
  const world = w.world();
  w.decide(world, w.advise());
  world.at = later(4);
  w.decide(world, null);
  expect(w.told(world).filter((line) => line.startsWith('reminder'))).toHaveLength(2);
});

test.each([
  ['expired', later(7), w.day],
  ['rejected', w.start, 7 * w.day],
] as const)('after a request is %s the same class is quiet for a while', (status, ended, quiet) => {
  const world = w.world();
  w.decide(world, w.advise());
  if (status === 'rejected') w.decide(world, w.act(world, 'reject', 'ana'));
  w.run(world, ended);
  expect(w.newest(world).status).toBe(status);
  w.run(world, ended + quiet - 1);
  w.decide(world, w.advise({ windowEnd: later(20), evidence: 'e2' }));
  expect(world.state?.requests).toHaveLength(1);
  w.run(world, ended + quiet);
  w.decide(world, w.advise({ windowEnd: later(21), evidence: 'e3' }));
  expect(world.state?.requests).toHaveLength(2);
});

test('another class is not quiet', () => {
  const world = w.world();
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'reject', 'ana'));
  const categories = ['drift', 'performance'] as const;
  w.decide(world, w.advise({ windowEnd: later(1), evidence: 'e2', categories }));
  expect(w.newest(world)).toMatchObject({ id: 'eta#2', status: 'requested' });
});

test('while one is open the same question is noted beside it, and the evidence stays', () => {
  const world = w.world();
  w.decide(world, w.advise());
  for (let n = 1; n <= 7; n++)
    w.decide(world, w.advise({ windowEnd: later(n), evidence: `x${n}` }));
  expect(world.state?.requests).toHaveLength(1);
  expect(w.newest(world).evidence).toBe('e1'.repeat(32));
  expect(w.newest(world).noted.map(({ evidence }) => evidence)).toEqual(
    ['x7', 'x6', 'x5', 'x4', 'x3'], // the newest five
  );
});

test('an older advice, and the same one again, change nothing', () => {
  const world = w.world();
  w.decide(world, w.advise({ windowEnd: later(1) }));
  const before = world.state;
  w.decide(world, w.advise({ windowEnd: later(1) }));
  w.decide(world, w.advise({ windowEnd: later(0), action: 'none', evidence: 'e0' }));
  expect(world.state).toEqual(before);
});

test('changed categories supersede: approvals stay behind, a late answer hears the new id', () => {
  const quorum = [{ role: 'approvers', count: 2 }];
  const world = w.world({ rules: { r1: w.rules({ approvals: { quorum } }) } });
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  const old = w.newest(world);
  const categories = ['drift', 'performance'] as const;
  w.decide(world, w.advise({ windowEnd: later(1), evidence: 'e2'.repeat(32), categories }));
  expect(world.state?.requests).toMatchObject([
    { id: 'eta#2', status: 'requested', approvals: [], evidence: 'e2'.repeat(32) },
    { id: 'eta#1', status: 'superseded', supersededBy: 'eta#2' },
  ]);
  const change = { request: old.id, evidence: old.evidence };
  for (const by of ['ana', 'bo']) {
    expect(w.decide(world, w.act(world, 'approve', by, change))).toEqual({
      ok: false,
      code: 'gone',
      reason: 'eta#1 was superseded by eta#2',
    });
  }
});

test.each(['none', 'consider', 'fix_data'] as const)(
  'approved, and then the advice is %s while it cools: invalidated',
  (action) => {
    const world = approved();
    w.decide(world, w.advise({ windowEnd: later(1), evidence: 'e2', action, drivers: [] }));
    w.run(world, later(2));
    expect(w.newest(world)).toMatchObject({
      status: 'invalidated',
      outcome: `the advice is now ${action}: no finding`,
    });
    expect(w.effects(world, 'start')).toEqual([]);
  },
);

test('a source that is down (unknown) leaves an open request as it is', () => {
  const world = approved();
  w.decide(world, w.advise({ windowEnd: later(1), evidence: 'e2', action: 'unknown' }));
  expect(w.newest(world).status).toBe('cooling');
});

test('a person may ask for more than the advice says, but not on broken data', () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana', { action: 'consider', categories: ['drift'] }));
  w.decide(world, w.advise({ windowEnd: later(1), evidence: 'e2', action: 'none' }));
  expect(w.newest(world).status).toBe('requested');
  w.decide(world, w.advise({ windowEnd: later(2), evidence: 'e3', action: 'fix_data' }));
  expect(w.newest(world).status).toBe('invalidated');
});

test('a request that was opened on broken data does not start while it is broken', () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana', { action: 'fix_data', drivers: ['schema(income)'] }));
  w.decide(world, w.act(world, 'approve', 'bo'));
  w.run(world, later(1));
  expect(w.newest(world)).toMatchObject({
    status: 'invalidated',
    outcome: 'the advice is now fix_data: schema(income)',
  });
});

test('no request by advice within the cooldown after a success; a person may still ask', () => {
  const world = approved();
  w.run(world, later(1));
  const done = world.state?.lastSucceededAt ?? 0;
  w.run(world, done + 14 * w.day - 1);
  w.decide(world, w.advise({ windowEnd: later(13), evidence: 'e2' }));
  expect(world.state?.requests).toHaveLength(1);
  w.decide(world, w.openBy(world, 'ana', { windowEnd: later(13), evidence: 'e2' }));
  expect(w.newest(world).id).toBe('eta#2');
});

test('an equal challenger fails the gate: nothing is promoted and the approvers hear it', () => {
  const world = approved({
    respond: trainer({
      poll: (effect) =>
        effect.kind !== 'poll'
          ? null
          : {
              type: 'trained',
              id: effect.id,
              request: effect.request,
              result: w.equal,
              via: 'poll',
            },
    }),
  });
  w.run(world, later(1));
  expect(w.newest(world)).toMatchObject({ status: 'gate_failed', gate: { passed: false } });
  expect(w.effects(world, 'promote')).toEqual([]);
  expect(w.told(world)).toContain('gate_failed ana@example.com');
  expect(world.state?.lastSucceededAt).toBeNull();
});

test('callback and poll both report: the first one counts', () => {
  const world = approved({ respond: trainer({ poll: () => null }) });
  w.run(world, w.start + 10 * w.minute);
  const [poll] = w.effects(world, 'poll');
  const request = w.newest(world).id;
  const trained = { type: 'trained' as const, request };
  const first = w.decide(world, { ...trained, id: 'cb', result: w.good, via: 'callback' });
  expect(first).toMatchObject({ ok: true });
  const again = { ...trained, id: poll?.id ?? '', result: w.equal, via: 'poll' };
  expect(w.decide(world, again)).toMatchObject({ ok: false, code: 'duplicate' });
  w.run(world, later(1));
  expect(w.newest(world)).toMatchObject({ status: 'succeeded', result: w.good });
  expect(w.effects(world, 'promote')).toHaveLength(1);
});

test('a running command is looked at after 2 s, then less and less often, five minutes at most', () => {
  const world = approved({ respond: trainer({ poll: (_, ifLost) => ifLost }) });
  w.run(world, w.start + w.hour);
  const looks = world.effects.filter(({ effect }) => effect.kind === 'poll').map(({ at }) => at);
  const waits = looks.slice(1).map((at, i) => at - (looks[i] ?? 0));
  const wanted = [4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * w.second);
  expect(waits.slice(0, 9)).toEqual(wanted);
});

test('a training that does not end in its time is told to stop and has failed', () => {
  const world = approved({ respond: trainer({ poll: (_, ifLost) => ifLost }) });
  w.run(world, later(1));
  expect(w.newest(world)).toMatchObject({
    status: 'failed',
    outcome: 'the training failed: it did not end within 6h',
  });
  expect(w.effects(world, 'stop')).toMatchObject([{ ref: 'ac-eta-1-e1e1e1e1e1e1', host: 'h1' }]);
  expect(w.told(world)).toContain('failed platform@example.com');
});

test('a failed training is told to engineering and to the approvers', () => {
  const world = approved({
    respond: trainer({
      poll: (effect) =>
        effect.kind !== 'poll'
          ? null
          : {
              type: 'training_failed',
              id: effect.id,
              request: effect.request,
              reason: 'exit code 3',
              via: 'poll',
            },
    }),
  });
  w.run(world, later(1));
  expect(w.newest(world)).toMatchObject({
    status: 'failed',
    outcome: 'the training failed: exit code 3',
  });
  expect(w.told(world).slice(-3)).toEqual([
    'failed platform@example.com',
    'failed ana@example.com',
    'failed bo@example.com',
  ]);
});

test('a start of which nobody knows is never repeated with an http trainer: a person is asked', () => {
  const world = approved({
    rules: { r1: http },
    respond: trainer({ start: (_, ifLost) => ifLost }),
  });
  w.run(world, later(3));
  expect(w.effects(world, 'start')).toHaveLength(1);
  expect(w.newest(world).status).toBe('uncertain');
  expect(w.told(world)).toContain('uncertain platform@example.com');
  const { id: request } = w.newest(world);
  w.decide(world, { type: 'trained', id: 'cb', request, result: w.good, via: 'callback' });
  expect(w.newest(world).status).toBe('succeeded'); // the callback settles it
});

test('an uncertain training can be cancelled by a person', () => {
  const world = approved({
    rules: { r1: http },
    respond: trainer({ start: (_, ifLost) => ifLost }),
  });
  w.run(world, later(1));
  expect(w.decide(world, w.act(world, 'cancel', 'bo'))).toMatchObject({ ok: true });
  expect(w.newest(world).status).toBe('cancelled');
});

test('a lost start of a command is looked up by the same key on the same host', () => {
  let tries = 0;
  const start: w.World['respond'] = (effect, ifLost) => (++tries < 3 ? ifLost : w.obliging(effect));
  const world = approved({ respond: trainer({ start }) });
  w.run(world, later(1));
  expect(w.newest(world).status).toBe('succeeded');
  const starts = w.effects(world, 'start');
  expect(new Set(starts.map(({ key, host }) => `${key} ${host}`)).size).toBe(1);
  expect(new Set(starts.map(({ id }) => id)).size).toBe(3);
});

test('a command that cannot be found five times over asks a person', () => {
  const world = approved({ respond: trainer({ start: (_, ifLost) => ifLost }) });
  w.run(world, later(1));
  expect(w.effects(world, 'start')).toHaveLength(5);
  expect(w.newest(world).status).toBe('uncertain');
});

const refused = (retryAfter: number | null): w.World['respond'] =>
  trainer({
    start: (effect) =>
      effect.kind !== 'start'
        ? null
        : {
            type: 'start_failed',
            id: effect.id,
            request: effect.request,
            reason: 'answered 503',
            uncertain: false,
            retryAfter,
          },
  });

test('a trainer that is down is tried for 24 h, told of once, and then invalidated', () => {
  const world = approved({ respond: refused(0) });
  w.run(world, later(3));
  expect(w.newest(world)).toMatchObject({
    status: 'invalidated',
    outcome: 'it was approved, but could not be started within 24 h',
  });
  expect(w.newest(world).endedAt).toBeGreaterThanOrEqual(later(1));
  expect(w.newest(world).endedAt).toBeLessThan(later(1) + 6 * w.minute);
  const failures = w.told(world).filter((line) => line === 'start_failed platform@example.com');
  expect(failures).toHaveLength(1);
});

test('a trainer that would say no again fails the request at once', () => {
  const world = approved({ respond: refused(null) });
  w.run(world, later(1));
  expect(w.effects(world, 'start')).toHaveLength(1);
  expect(w.newest(world).status).toBe('failed');
});

test('a start that succeeds after the request was cancelled is told to stop', () => {
  const world = approved({ respond: trainer({ start: () => null }) });
  w.run(world, w.start + 10 * w.minute);
  const [start] = w.effects(world, 'start');
  if (start === undefined) throw new Error('nothing was started');
  w.decide(world, w.act(world, 'cancel', 'bo'));
  const { id, request } = start;
  w.decide(world, { type: 'started', id, request, ref: 'run-7', url: null });
  expect(w.effects(world, 'stop')).toMatchObject([{ ref: 'run-7' }]);
  expect(w.newest(world).status).toBe('cancelled');
});

test('broken data while a training runs holds the promotion until it is repaired', () => {
  const world = approved({ respond: trainer({ poll: () => null }) });
  w.run(world, w.start + 10 * w.minute);
  const drivers = ['schema(income)'];
  w.decide(world, w.advise({ windowEnd: later(1), evidence: 'e2', action: 'fix_data', drivers }));
  expect(w.newest(world).status).toBe('executing');
  const { id: request } = w.newest(world);
  w.decide(world, { type: 'trained', id: 'cb', request, result: w.good, via: 'callback' });
  expect(w.newest(world)).toMatchObject({
    status: 'executing',
    held: 'the advice is fix_data: schema(income)',
  });
  w.decide(world, w.advise({ windowEnd: later(2), evidence: 'e3', action: 'unknown' }));
  w.run(world, later(2));
  expect(w.effects(world, 'promote')).toEqual([]); // unknown repairs nothing
  w.decide(world, w.advise({ windowEnd: later(3), evidence: 'e4', action: 'none' }));
  expect(w.newest(world)).toMatchObject({ status: 'succeeded', held: null });
});

test('a promotion without an outcome is repeated, and given up after five tries', () => {
  const world = approved({ respond: trainer({ promote: (_, ifLost) => ifLost }) });
  w.run(world, later(1));
  expect(w.effects(world, 'promote')).toHaveLength(5);
  expect(w.newest(world)).toMatchObject({
    status: 'failed',
    outcome: 'not promoted: the attempt was lost',
  });
});

test.each([
  [{ final: true }, 'data/a.csv: no such file', 1, 'not promoted: data/a.csv: no such file'],
  [{}, 'the promotion failed (RangeError)', 5, 'the promotion failed (RangeError)'],
] as const)('a promotion that failed %o is tried so often', (final, reason, tries, outcome) => {
  const type = 'promotion_failed';
  const promote = (_: RetrainEffect, lost: RetrainEvent): RetrainEvent =>
    lost.type === type ? { ...lost, reason, ...final } : lost;
  const world = approved({ respond: trainer({ promote }) });
  w.run(world, later(1));
  expect(w.effects(world, 'promote')).toHaveLength(tries);
  expect(w.newest(world)).toMatchObject({ status: 'failed', outcome });
});

test('of a monitor without a trigger nobody is asked; what a person opens starts nothing', () => {
  const world = w.world({ rules: { r1: w.rules({ policy: { trigger: null } }) } });
  expect(w.decide(world, w.advise())).toMatchObject({
    ok: true,
    note: 'no request: the monitor names no retraining.trigger',
  });
  w.decide(world, w.openBy(world, 'bo'));
  w.decide(world, w.act(world, 'approve', 'ana'));
  w.run(world, later(1));
  expect(w.newest(world)).toMatchObject({
    status: 'invalidated',
    outcome: 'the monitor names no retraining.trigger: nothing was started',
  });
});

test('dead channels go to the root, which hears once and whose place it takes', () => {
  const world = w.world({
    respond: (effect) =>
      effect.kind === 'notice' && effect.target.address !== 'root@example.com'
        ? w.delivered(effect, 'refused')
        : w.obliging(effect),
  });
  w.decide(world, w.advise());
  w.run(world, w.start + w.minute);
  const toRoot = w
    .effects(world, 'notice')
    .filter(({ target }) => target.address.startsWith('root'));
  expect(toRoot).toMatchObject([{ reason: 'opened', insteadOf: { address: 'ana@example.com' } }]);
});

test('later notices of a request are replies in its thread', () => {
  const world = approved();
  const notices = w.effects(world, 'notice');
  expect(notices.map(({ reason, form }) => `${reason} ${form}`)).toEqual([
    'opened new',
    'opened new',
    'approved reply',
    'approved reply',
  ]);
  expect(notices[2]?.threadRef).toBe(`ref-${notices[0]?.deliveryId ?? ''}`);
});

test('the last twenty requests are kept beside the open one', () => {
  const world = w.world();
  for (let n = 0; n < 25; n++) {
    w.decide(world, w.openBy(world, 'ana', { windowEnd: later(n), evidence: `evidence-${n}` }));
    w.decide(world, w.act(world, 'cancel', 'ana'));
  }
  expect(world.state?.requests).toHaveLength(21);
  expect(w.newest(world).id).toBe('eta#25');
});

test('an http training is looked at every `every`; less often only while looks break off', () => {
  let looked = 0;
  const isBroken = () => looked > 20 && looked <= 24;
  const world = approved({
    rules: { r1: http },
    respond: trainer({
      poll: (effect, ifLost) => {
        looked++;
        if (effect.kind !== 'poll' || isBroken()) return ifLost;
        return { type: 'progress', id: effect.id, request: effect.request, progress: null };
      },
    }),
  });
  w.run(world, w.start + w.hour);
  const looks = world.effects.filter(({ effect }) => effect.kind === 'poll').map(({ at }) => at);
  const waits = looks.slice(1).map((at, i) => (at - (looks[i] ?? 0)) / w.second);
  expect(waits.slice(0, 20)).toEqual(Array<number>(20).fill(30));
  expect(waits.slice(20, 26)).toEqual([60, 120, 240, 300, 30, 30]);
});

test.each([
  [40 * w.second, '40s'],
  [90 * w.minute, '1h 30m'],
  [2 * w.day + 500, '2d 500ms'],
])('a training that is given up names its timeout as given', (timeout, words) => {
  const { trigger } = w.rules().policy;
  if (trigger === null) throw new Error('no trigger');
  const rules = { r1: w.rules({ policy: { trigger: { ...trigger, timeout } } }) };
  const world = approved({ rules, respond: trainer({ poll: (_, ifLost) => ifLost }) });
  w.run(world, later(4));
  const request = w.newest(world);
  expect(request.outcome).toBe(`the training failed: it did not end within ${words}`);
  const lasted = (request.endedAt ?? 0) - (request.training?.startedAt ?? 0);
  expect(lasted).toBe(timeout + 2 * w.minute); // an end that is reported a little late counts
});

test("the trainer is given the person's reason; of a request that the advice opened, none", () => {
  const byAdvice = approved();
  w.run(byAdvice, later(1));
  expect(w.effects(byAdvice, 'start')[0]).not.toHaveProperty('reason');
  const byHand = w.world();
  w.decide(byHand, w.openBy(byHand, 'ana'));
  w.decide(byHand, w.act(byHand, 'approve', 'bo'));
  w.run(byHand, later(1));
  expect(w.effects(byHand, 'start')[0]?.reason).toBe(w.newest(byHand).reason);
});
