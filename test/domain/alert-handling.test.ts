import { describe, expect, test } from 'vitest';
import { refuseAlert } from '../../domain/alerting/refuse.js';
import { upgradeAlertState } from '../../domain/alerting/state.js';
import {
  alertRules,
  day,
  hour,
  lead,
  mark,
  minute,
  root,
  second,
  slack,
  start,
  virtualAlert,
} from '../support/alerts.js';

const warn = mark('amount', 'warn');
const alert = mark('amount', 'alert');
const ok = mark('amount', 'ok');

/** An alert that has just fired and was told. */
function firing(...marks: Parameters<ReturnType<typeof virtualAlert>['window']>) {
  const it = virtualAlert();
  it.window(...(marks.length > 0 ? marks : [alert]));
  it.pass(minute);
  it.told();
  return it;
}

/** A warning that has just fired and was told. */
function warning() {
  const it = virtualAlert();
  it.window(warn);
  it.pass(minute);
  it.window(warn);
  it.pass(minute);
  it.told();
  return it;
}

describe('acknowledging', () => {
  test('stops escalation and repeats, and shows in the thread but in no mail', () => {
    const it = firing();
    it.pass(30 * minute);
    it.told();
    expect(it.act({ type: 'ack' })).toEqual({ ok: true, note: 'acknowledged card-fraud/drift#1' });
    expect(it.told()).toEqual(['acknowledged reply slack:#ml', 'acknowledged edit slack:#ml']);
    it.pass(23 * hour);
    expect(it.told()).toEqual([]);
    expect(it.head().summary).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
  });

  test('an acknowledgement before the next level is due comes in time to the second', () => {
    const it = firing();
    it.pass(29 * minute - second);
    it.act({ type: 'ack' });
    it.pass(hour);
    expect(it.told()).not.toContain('escalated new email:lead@example.org');
  });

  test('drops a notice that still waits for a dead channel', () => {
    const it = virtualAlert({
      channels: ({ target }) =>
        target.address === lead.address ? { outcome: 'failed' } : undefined,
    });
    it.window(alert);
    it.pass(30 * minute + 2 * second); // the lead's mail has failed and waits
    it.told();
    it.act({ type: 'ack' });
    it.pass(hour);
    expect(it.told()).toEqual(['acknowledged reply slack:#ml', 'acknowledged edit slack:#ml']);
  });

  test('a higher severity clears it and pushes', () => {
    const it = warning();
    it.act({ type: 'ack' });
    it.told();
    it.window(alert);
    expect(it.told()).toEqual(['worse edit slack:#ml', 'worse new slack:#ml']);
    expect(it.status()).toBe('firing');
  });

  test('a covered member that gets worse is no longer covered', () => {
    const it = firing(alert, mark('country', 'warn', { patience: 1 }));
    it.act({ type: 'ack' });
    it.pass(minute);
    it.told();
    it.window(alert, mark('country', 'alert'));
    expect(it.told()).toEqual(['worse edit slack:#ml', 'worse new slack:#ml']);
  });

  test('a member that it does not cover is new and starts level 0', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.pass(hour);
    it.told();
    it.window(alert, mark('country', 'alert'));
    it.pass(30 * minute);
    expect(it.told()).toEqual([
      'worse edit slack:#ml',
      'member new slack:#ml',
      'escalated new email:lead@example.org',
      'escalated edit slack:#ml',
    ]);
  });

  test('members that it covers may come and go in silence', () => {
    const it = firing(alert, mark('country', 'alert'));
    it.act({ type: 'ack' });
    it.pass(minute);
    it.told();
    for (const verdict of ['ok', 'ok', 'alert'] as const) {
      it.window(alert, mark('country', verdict));
      it.pass(minute);
    }
    expect(it.status()).toBe('acknowledged');
    expect(it.told()).toEqual(['better edit slack:#ml']);
  });

  test('a member of the same upstream source counts as covered for a day, later it is new', () => {
    const of = (target: string) => mark(target, 'alert', { source: 'bureau' });
    const it = firing(of('income'));
    it.act({ type: 'ack' });
    it.pass(23 * hour);
    it.told();
    it.window(of('income'), of('debt'));
    expect(it.told()).toEqual(['member reply slack:#ml', 'worse edit slack:#ml']);
    expect(it.status()).toBe('acknowledged');
    const late = firing(of('income'));
    late.act({ type: 'ack' });
    late.pass(23 * hour);
    late.act({ type: 'ack' });
    late.pass(2 * hour);
    late.told();
    late.window(of('income'), of('debt'));
    expect(late.told()).toContain('member new slack:#ml');
  });

  test('a day later it is asked about; without an answer the chain runs again from level 0', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.told();
    it.pass(day);
    expect(it.told()).toEqual(['reminder new slack:#ml']);
    it.pass(hour);
    expect(it.told()).toEqual(['unacknowledged edit slack:#ml', 'unacknowledged new slack:#ml']);
    expect(it.status()).toBe('firing');
    it.pass(30 * minute);
    expect(it.told()[0]).toBe('escalated new email:lead@example.org');
  });

  test('who acknowledged is asked by their own channels, and so is whoever else works on it', () => {
    const ana = { channel: 'email', address: 'ana@example.org' } as const;
    const bo = { channel: 'email', address: 'bo@example.org' } as const;
    const it = firing();
    it.act({ type: 'ack', chain: [ana] });
    it.pass(day);
    expect(it.told()).toContain('reminder new email:ana@example.org');
    it.act({ type: 'ack', chain: [ana] });
    it.assign('bo', [bo]);
    it.told();
    it.pass(day);
    const asked = ['reminder new email:ana@example.org', 'reminder new email:bo@example.org'];
    expect(it.told()).toEqual(asked);
    it.act({ type: 'ack', chain: [ana] });
    it.assign('ana', [ana]);
    it.told();
    it.pass(day);
    expect(it.told()).toEqual(asked.slice(0, 1));
    it.pass(hour);
    expect(it.told()).toContain('unacknowledged new slack:#ml');
  });

  test('of two who hold it, level 0 is asked in the place of the one who has no channel', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.assign('bo', [lead]);
    it.told();
    it.pass(day);
    expect(it.told()).toEqual(['reminder new slack:#ml', 'reminder new email:lead@example.org']);
  });

  test('an answer to the reminder begins a new term', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.pass(day + 30 * minute);
    it.told();
    it.act({ type: 'ack' });
    it.told();
    it.pass(day - second);
    expect(it.told()).toEqual([]);
    it.pass(second);
    expect(it.told()).toEqual(['reminder new slack:#ml']);
  });

  test('taking it back lets the deadlines run from then on', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.pass(5 * hour);
    it.told();
    it.act({ type: 'unack' });
    expect(it.told()).toEqual(['unacknowledged reply slack:#ml', 'unacknowledged edit slack:#ml']);
    it.pass(29 * minute);
    expect(it.told()).toEqual([]);
    it.pass(minute);
    expect(it.told()[0]).toBe('escalated new email:lead@example.org');
  });
});

describe('snoozing', () => {
  test('is quiet until its end; then one notice says that it still fires', () => {
    const it = firing();
    it.snooze(it.now() + 4 * hour);
    it.told();
    it.pass(4 * hour - second);
    it.window(alert);
    expect(it.told()).toEqual([]);
    it.pass(second);
    expect(it.told()).toEqual(['woken edit slack:#ml', 'woken new slack:#ml']);
  });

  test('a member of the same upstream source joins in silence', () => {
    const of = (target: string) => mark(target, 'alert', { source: 'bureau' });
    const it = firing(of('income'));
    it.snooze(it.now() + 4 * hour);
    it.told();
    it.window(of('income'), of('debt'));
    expect(it.told()).toEqual([]);
    expect(it.status()).toBe('snoozed');
  });

  test('a higher severity wakes it', () => {
    const it = warning();
    it.snooze(it.now() + 4 * hour);
    it.pass(hour);
    it.told();
    it.window(alert);
    expect(it.told()).toContain('worse new slack:#ml');
    expect(it.status()).toBe('firing');
  });

  test('resolved meanwhile, it says so quietly in the thread', () => {
    const it = firing();
    it.snooze(it.now() + 4 * hour);
    it.told();
    it.window(ok);
    it.pass(minute);
    it.window(ok);
    expect(it.told()).toEqual(['resolved reply slack:#ml', 'resolved edit slack:#ml']);
    it.pass(5 * hour);
    expect(it.told()).toEqual([]);
  });

  test('one that lasts too long or ends in the past is refused with the limit', () => {
    const it = firing();
    expect(it.snooze(it.now() + 8 * day)).toEqual({
      ok: false,
      code: 'refused',
      reason:
        'a critical alert can be snoozed until 2026-11-29 00:01 UTC, not 2026-11-30 00:01 UTC',
    });
    expect(it.snooze(it.now())).toMatchObject({ ok: false, code: 'refused' });
    expect(it.status()).toBe('firing');
  });
});

describe('closing by a person', () => {
  test('tells who heard, and stays closed while it is still bad', () => {
    const it = firing();
    it.act({ type: 'resolve' });
    expect(it.told()).toEqual(['closed reply slack:#ml', 'closed edit slack:#ml']);
    for (let i = 0; i < 3; i++) {
      it.pass(hour);
      it.window(alert);
    }
    it.pass(3 * day);
    expect(it.status()).toBe('closed');
    expect(it.told()).toEqual([]);
    expect(it.ended()).toBe(false);
  });

  test('ok and bad again opens it', () => {
    const it = firing();
    it.act({ type: 'resolve' });
    for (const mark of [ok, ok, alert]) {
      it.pass(minute);
      it.told();
      it.window(mark);
    }
    expect(it.told()).toEqual(['reopened new slack:#ml']);
  });

  test('a higher severity opens it', () => {
    const it = warning();
    it.act({ type: 'resolve' });
    it.pass(minute);
    it.window(warn);
    it.told();
    it.window(warn);
    expect(it.status()).toBe('closed');
    it.pass(minute);
    it.window(alert);
    expect(it.told()).toEqual(['reopened new slack:#ml']);
  });
});

describe('what is refused', () => {
  test('an act when nothing is open, a late one, one without a name', () => {
    const it = firing();
    expect(it.act({ type: 'unack' })).toEqual({
      ok: false,
      code: 'refused',
      reason: '#1 is neither acknowledged nor snoozed',
    });
    expect(it.act({ type: 'ack', notAfter: it.now() - 1 })).toMatchObject({ code: 'late' });
    expect(it.act({ type: 'ack', by: ' ' })).toMatchObject({ code: 'refused' });
    expect(it.act({ type: 'comment', reason: '' })).toMatchObject({ code: 'refused' });
    expect(it.assign('')).toMatchObject({ code: 'refused' });
    it.act({ type: 'resolve' });
    expect(it.act({ type: 'ack' })).toMatchObject({
      reason: 'nothing is open to ack: #1 was closed',
    });
    expect(it.audit().filter((action) => action === 'refused')).toHaveLength(6);
  });

  test('a pending alert cannot be acknowledged', () => {
    const it = virtualAlert();
    it.window(warn);
    expect(it.act({ type: 'ack' })).toMatchObject({ reason: 'nothing is open to ack' });
  });

  test('an id that was applied is a duplicate, whatever its notAfter says by now', () => {
    const it = firing();
    const notAfter = it.now() + 30 * second;
    it.act({ type: 'ack', id: 'ack-1', notAfter });
    it.pass(hour);
    const again = { type: 'ack', id: 'ack-1', by: 'ana', verified: true, reason: '' } as const;
    expect(refuseAlert(it.state(), { ...again, notAfter }, it.now())).toBeNull();
    expect(it.act({ type: 'ack', id: 'ack-1', notAfter })).toMatchObject({ code: 'duplicate' });
    const late = { ...again, id: 'ack-2', notAfter };
    expect(refuseAlert(it.state(), late, it.now())).toBe(
      'too late: it was to be applied by 2026-11-22 00:01:30 UTC, now is 2026-11-22 01:01 UTC',
    );
  });

  test('instants are told on the wall clock of the model', () => {
    const it = virtualAlert({ timezone: 'Europe/Paris' });
    it.window(alert);
    it.pass(minute);
    const until = it.now() + 8 * day;
    const words =
      'a critical alert can be snoozed until 2026-11-29 01:01 Europe/Paris, not ' +
      '2026-11-30 01:01 Europe/Paris';
    expect(it.snooze(until)).toEqual({ ok: false, code: 'refused', reason: words });
    const act = { by: 'bo', verified: false, reason: '', notAfter: it.now() + second } as const;
    expect(refuseAlert(it.state(), { ...act, type: 'snooze', id: 's', until }, it.now())).toBe(
      words,
    );
    const later = it.now() + hour;
    expect(refuseAlert(it.state(), { ...act, type: 'ack', id: 'a' }, later)).toBe(
      'too late: it was to be applied by 2026-11-22 01:01:01 Europe/Paris, now is ' +
        '2026-11-22 02:01 Europe/Paris',
    );
    it.act({ type: 'ack' });
    expect(it.act({ type: 'ack', by: 'bo' })).toMatchObject({
      note: expect.stringContaining('by ana since 2026-11-22 01:01 Europe/Paris') as string,
    });
  });

  test('the validator says what the reducer says, and lets everything else pass', () => {
    const it = firing();
    const { now } = it;
    const act = { by: 'ana', verified: false, reason: '', notAfter: now() + second };
    expect(refuseAlert(null, { ...act, type: 'ack', id: 'a' }, now())).toBe(
      'nothing is open to ack',
    );
    expect(refuseAlert(it.state(), { ...act, type: 'ack', id: 'a' }, now())).toBeNull();
    const until = now() + 40 * day;
    expect(refuseAlert(it.state(), { ...act, type: 'snooze', id: 'a', until }, now())).toMatch(
      /can be snoozed until/,
    );
    expect(refuseAlert(null, { type: 'promoted', id: 'p', version: 'v4' }, now())).toBeNull();
  });
});

describe('assigning', () => {
  const bo = { channel: 'email', address: 'bo@example.org' } as const;

  test('the assignee is told, also of how it ends', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.told();
    expect(it.assign('bo', [bo])).toEqual({ ok: true, note: 'assigned card-fraud/drift#1 to bo' });
    expect(it.told()).toEqual([
      ...['assigned reply slack:#ml', 'assigned edit slack:#ml'],
      'assigned new email:bo@example.org',
    ]);
    it.pass(minute);
    it.window(ok);
    it.pass(hour);
    it.window(ok);
    expect(it.told()).toContain('resolved reply email:bo@example.org');
  });

  test('whoever takes it themselves is told nothing, and a person without address is named', () => {
    const it = firing();
    const thread = ['assigned reply slack:#ml', 'assigned edit slack:#ml'];
    it.assign('ana', [{ channel: 'email', address: 'ana@example.org' }]);
    expect(it.told()).toEqual(thread);
    it.pass(minute);
    expect(it.assign('cy', [])).toEqual({
      ok: true,
      note: 'assigned card-fraud/drift#1 to cy; no address of cy is known: tell them yourself',
    });
    expect(it.told()).toEqual(thread);
  });
});

test('a snooze is answered with its end', () => {
  const it = firing();
  expect(it.snooze(start + 4 * hour)).toEqual({
    ok: true,
    note: 'snoozed card-fraud/drift#1 until 2026-11-22 04:00 UTC',
  });
});

describe('what is kept', () => {
  test('assigning and commenting are in the audit with actor, reason and subject', () => {
    const it = firing();
    it.assign('bo');
    it.act({ type: 'comment', reason: 'upstream was told' });
    expect(it.head().summary.assignedTo).toBe('bo');
    const records = it.writes.flatMap(({ effect }) =>
      effect.kind === 'audit' ? effect.record : [],
    );
    expect(records.at(-2)).toMatchObject({ action: 'assigned', reason: 'to bo: looking' });
    expect(records.at(-1)).toEqual({
      entity: 'alert/card-fraud/drift',
      sequence: records.length,
      at: it.now(),
      actor: { id: 'ana', via: 'cli', verified: false },
      action: 'commented',
      subject: 'card-fraud/drift#1',
      reason: 'upstream was told',
      evidence: null,
    });
    expect(records[0]).toMatchObject({
      action: 'fired',
      actor: { id: 'aftercare', via: 'workflow' },
      evidence: 'card-fraud@2026-11-22T00:00:00Z/1',
    });
  });

  test('every decision writes one head, last, with a higher sequence', () => {
    const it = firing();
    it.act({ type: 'ack' });
    it.pass(2 * day);
    const heads = it.decisions.map(({ writes }) => writes.at(-1));
    const sequences = heads.map((head) => (head?.kind === 'head' ? head.sequence : null));
    expect(sequences).toEqual(it.decisions.map((_, index) => index + 1));
    expect(it.head()).toMatchObject({ alive: true, episodes: 1 });
  });

  test('a state of a later version is refused, an absent one is a new life', () => {
    expect(upgradeAlertState(null)).toBeNull();
    const { state } = firing();
    expect(upgradeAlertState(state())).toEqual(state());
    expect(() => upgradeAlertState({ version: 2 })).toThrow(
      'alert state: expected version 1, got 2; upgrade Aftercare',
    );
  });

  test('only the last 200 ids are kept', () => {
    const it = firing();
    for (let i = 0; i < 210; i++) it.act({ type: 'comment', id: `c${i}`, reason: 'x' });
    expect(it.state()?.known).toHaveLength(200);
    expect(it.state()?.known[0]).toBe('c10');
  });
});

describe('the chain of levels', () => {
  test('tells each level at its time, three rounds of it, and then stops', () => {
    const rules = alertRules({
      policy: { repeat: { critical: { every: day, most: 0 }, warning: { every: day, most: 0 } } },
    });
    const it = virtualAlert({ rules });
    it.window(alert);
    it.pass(2 * day);
    const pushes = it.attempts.flatMap(({ at, effect }) =>
      effect.kind === 'notice' && effect.form === 'new'
        ? `${(at - start) / minute} ${effect.target.address}`
        : [],
    );
    expect(pushes).toEqual([
      '0 #ml',
      '30 lead@example.org',
      '60 boss@example.org',
      '90 #ml',
      '120 lead@example.org',
      '150 boss@example.org',
      '180 #ml',
      '210 lead@example.org',
      '240 boss@example.org',
    ]);
    expect(it.audit().filter((action) => action === 'exhausted')).toHaveLength(1);
  });

  test('a late pass tells every level that is due, each once', () => {
    const it = firing();
    it.late(65 * minute);
    expect(it.told()).toEqual([
      'escalated new email:lead@example.org',
      'escalated new email:boss@example.org',
      'escalated edit slack:#ml', // one change of the first message says both
    ]);
  });

  test('the level that is told is the one that is on record, also when a round is over', () => {
    const it = firing();
    expect(it.head().summary.level).toBe(0);
    it.pass(30 * minute);
    expect(it.head().summary).toMatchObject({ status: 'escalated', level: 1 });
    it.pass(30 * minute); // the last of three levels: the next one is level 0 of another round
    expect(it.head().summary).toMatchObject({ status: 'escalated', level: 2 });
    const levels = it.attempts.flatMap(({ effect }) =>
      effect.kind === 'notice' && effect.reason === 'escalated' && effect.form === 'new'
        ? effect.alert.level
        : [],
    );
    expect(levels).toEqual([1, 2]);
  });

  test('a level without anybody hands on to the next at once, and that is on record', () => {
    const base = alertRules().route.levels;
    const levels = base.map((level, n) => (n === 1 ? { ...level, to: [] } : level));
    const it = virtualAlert({ rules: alertRules({ route: { levels } }) });
    it.window(alert);
    it.pass(30 * minute);
    expect(it.told()).toEqual([
      'firing new slack:#ml',
      'escalated new email:boss@example.org',
      'escalated edit slack:#ml',
    ]);
    expect(it.audit()).toContain('skipped');
  });

  test('where no level has anybody, the root hears', () => {
    const it = virtualAlert({ rules: alertRules({ route: { levels: [] } }) });
    it.window(alert);
    expect(it.told()).toEqual([`firing new email:${root.address}`]);
  });

  test('repeats come every four hours, k of six, and then no more', () => {
    const levels = [{ after: { critical: 0, warning: 0 }, to: [[slack]] }];
    const it = virtualAlert({ rules: alertRules({ route: { levels } }) });
    it.window(alert);
    it.pass(3 * hour + 59 * minute);
    expect(it.told()).toEqual(['firing new slack:#ml']);
    it.pass(2 * day);
    const repeats = it.attempts.flatMap(({ at, effect }) =>
      effect.kind === 'notice' && effect.alert.repeat !== null
        ? `${(at - start) / hour} ${effect.alert.repeat.k}/${effect.alert.repeat.most}`
        : [],
    );
    expect(repeats).toEqual(['4 1/6', '8 2/6', '12 3/6', '16 4/6', '20 5/6', '24 6/6']);
  });

  test('the rules that it began with stay, whatever a later window brings', () => {
    const it = firing();
    it.window(alert);
    const later = {
      type: 'window',
      id: 'x',
      revision: 1,
      marks: [alert],
      rules: 'rules-2',
    } as const;
    it.send({ ...later, windowEnd: it.now() + 1 });
    expect(it.state()?.rules).toBe('rules-1');
  });
});
