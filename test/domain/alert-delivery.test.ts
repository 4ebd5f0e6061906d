import { describe, expect, test } from 'vitest';
import type { AlertNotice } from '../../domain/alert.js';
import type { Target } from '../../domain/notice.js';
import {
  alertRules,
  boss,
  day,
  hour,
  lead,
  mail,
  mark,
  minute,
  root,
  second,
  slack,
  start,
  virtualAlert,
} from '../support/alerts.js';
import type { Channels, Fate } from '../support/alerts.js';

const alert = mark('amount', 'alert');
const ok = mark('amount', 'ok');
const warnings = [mark('amount', 'warn', { patience: 1 })];

/** Slack meets these fates in turn, then all is sent; every other channel works. */
function slackMeets(...fates: Fate[]): Channels {
  return ({ target }) => (target.channel === 'slack' ? fates.shift() : undefined);
}

/** Attempts as `seconds after the start, deliveryId's target, attempt`. */
function timeline(it: ReturnType<typeof virtualAlert>): string[] {
  return it.attempts.map(({ at, effect }) => {
    const { target, attempt } = effect as AlertNotice;
    return `${(at - start) / second} ${target.address} ${attempt}`;
  });
}

describe('a channel that says "later"', () => {
  test('429 with Retry-After 7 is tried again after 7 s, the others are not affected', () => {
    const levels = [{ after: { critical: 0, warning: 0 }, to: [[slack], [lead]] }];
    const it = virtualAlert({
      rules: alertRules({ route: { levels } }),
      channels: slackMeets({ outcome: 'failed', retryAfter: 7 * second, takes: 0 }),
    });
    it.window(alert);
    it.pass(minute);
    expect(timeline(it)).toEqual(['0 #ml 1', '0 lead@example.org 1', '7 #ml 2']);
  });

  test('without one it is tried after 1 s, doubling up to 5 min, for an hour', () => {
    const levels = [{ after: { critical: 0, warning: 0 }, to: [[slack]] }];
    const it = virtualAlert({
      rules: alertRules({ route: { levels, root: [] } }),
      channels: () => ({ outcome: 'failed', takes: 0 }),
    });
    it.window(...warnings);
    it.pass(3 * hour);
    const seconds = timeline(it).map((line) => Number(line.split(' ')[0]));
    const doubling = [0, 1, 3, 7, 15, 31, 63, 127, 255, 511];
    const every5min = [811, 1111, 1411, 1711, 2011, 2311, 2611, 2911, 3211, 3511];
    expect(seconds).toEqual([...doubling, ...every5min]);
    expect(it.state()?.deliveries).toEqual([]);
  });

  test('a warning falls back after 15 min, a critical alert after 2', () => {
    for (const [marks, after] of [
      [warnings, 15 * 60],
      [[alert], 2 * 60],
    ] as const) {
      const it = virtualAlert({
        channels: ({ target }) =>
          target.channel === 'slack' ? { outcome: 'failed', takes: 0 } : undefined,
      });
      it.window(...marks);
      it.pass(20 * minute);
      expect(timeline(it).at(-1)).toBe(`${after} ${mail.address} 1`);
      const { insteadOf, insteadSince } = it.attempts.at(-1)?.effect as AlertNotice;
      expect({ insteadOf, insteadSince }).toEqual({ insteadOf: slack, insteadSince: start });
    }
  });

  test('after a fallback the late channel gets nothing until the next event', () => {
    let isDown = true;
    const it = virtualAlert({
      channels: ({ target }) =>
        target.channel === 'slack' && isDown ? { outcome: 'failed', takes: 0 } : undefined,
    });
    it.window(alert);
    it.pass(3 * minute);
    isDown = false;
    it.told();
    it.pass(20 * minute);
    expect(it.told()).toEqual([]);
    it.window(alert, mark('country', 'alert'));
    it.pass(minute);
    expect(it.told()).toEqual(['member new slack:#ml']);
    expect((it.attempts.at(-1)?.effect as AlertNotice).threadRef).toBeNull();
  });

  test('a push that waits takes the newer words, so that the channel brings one, not two', () => {
    const it = virtualAlert({ channels: slackMeets({ outcome: 'failed', retryAfter: minute }) });
    it.window(alert);
    it.pass(10 * second);
    it.window(alert, mark('country', 'alert'));
    it.pass(5 * minute);
    expect(it.told()).toEqual(['firing new slack:#ml', 'member new slack:#ml']);
    const [first, second_] = it.attempts.map(({ effect }) => effect as AlertNotice);
    expect(second_?.deliveryId).toBe(first?.deliveryId);
    expect(second_?.alert.memberCount).toBe(2);
  });
});

describe('a channel that says "no"', () => {
  test('is not tried again: the next one of the chain hears at once', () => {
    const it = virtualAlert({ channels: slackMeets({ outcome: 'refused', takes: 0 }) });
    it.window(alert);
    it.pass(minute);
    expect(timeline(it)).toEqual(['0 #ml 1', '0 ml@example.org 1']);
  });

  test('is reported down once, and up when it takes something again', () => {
    const it = virtualAlert({
      channels: slackMeets({ outcome: 'refused', takes: 0 }, { outcome: 'refused', takes: 0 }),
    });
    it.window(alert);
    it.pass(hour + 31 * minute); // the second round asks Slack again, the third succeeds
    it.pass(90 * minute);
    const health = it.writes.flatMap(({ effect }) =>
      effect.kind === 'channel' ? effect.health : [],
    );
    expect(health).toEqual([
      {
        entity: 'alert/card-fraud/drift',
        channel: 'slack',
        address: '#ml',
        state: 'down',
        since: start,
        at: start,
        reason: 'slack says refused',
      },
      expect.objectContaining({ state: 'up', address: '#ml' }),
    ]);
  });

  test('the alert about channels reports none of its own', () => {
    const it = virtualAlert({
      category: 'notify-health',
      channels: slackMeets({ outcome: 'refused', takes: 0 }),
    });
    it.window(mark('slack', 'alert', { category: 'notify-health' }));
    it.pass(minute);
    expect(it.writes.some(({ effect }) => effect.kind === 'channel')).toBe(false);
  });

  test('when all channels of a team refuse, the root hears at once', () => {
    const it = virtualAlert({
      channels: ({ target }) =>
        [slack.address, mail.address].includes(target.address)
          ? { outcome: 'refused', takes: 0 }
          : undefined,
    });
    it.window(alert);
    it.pass(minute);
    expect(timeline(it)).toEqual(['0 #ml 1', '0 ml@example.org 1', '0 root@example.org 1']);
    expect(it.state()?.deliveries).toEqual([]);
  });

  test('when all are away for long, the root hears and the last one is still tried', () => {
    const away = 10 * minute;
    const it = virtualAlert({
      channels: ({ target }, at) =>
        target.address === root.address || at >= start + away
          ? undefined
          : { outcome: 'failed', takes: 0 },
    });
    it.window(alert);
    it.pass(20 * minute);
    const lines = timeline(it);
    expect(lines).toContain('240 root@example.org 1'); // 2 min of Slack, 2 min of mail
    expect(lines.filter((line) => line.includes('root'))).toHaveLength(1);
    expect(lines.at(-1)).toContain(mail.address);
    it.window(ok);
    it.pass(minute);
    it.told();
    it.window(ok);
    expect(it.told()).toEqual([
      'resolved reply email:root@example.org',
      'resolved reply email:ml@example.org',
    ]);
  });

  test('one receiver that fails does not bring the other one a second notice', () => {
    const levels = [{ after: { critical: 0, warning: 0 }, to: [[lead], [boss]] }];
    const it = virtualAlert({
      rules: alertRules({ route: { levels } }),
      channels: ({ target, attempt }) =>
        target.address === lead.address && attempt < 3
          ? { outcome: 'failed', takes: 0 }
          : undefined,
    });
    it.window(alert);
    it.pass(hour);
    const to = it.attempts.map(({ effect }) => (effect as AlertNotice).target.address);
    expect(to.filter((address) => address === boss.address)).toHaveLength(1);
    expect(to.filter((address) => address === lead.address)).toHaveLength(3);
  });
});

describe('an attempt that nobody knows the end of', () => {
  test('is tried again under the same id and marked doubtful, until it is known as sent', () => {
    const it = virtualAlert({
      channels: slackMeets('lost', { outcome: 'doubtful', takes: 0 }, { outcome: 'sent' }),
    });
    it.window(alert);
    it.pass(10 * minute);
    const notices = it.attempts.map(({ effect }) => effect as AlertNotice);
    expect(new Set(notices.map(({ deliveryId }) => deliveryId)).size).toBe(1);
    expect(notices.map(({ attempt, doubtful }) => [attempt, doubtful])).toEqual([
      [1, false],
      [2, true],
      [3, true],
    ]);
    const states = it.writes.flatMap(({ effect }) =>
      effect.kind === 'delivery' ? `${effect.record.attempt} ${effect.record.state}` : [],
    );
    expect(states).toEqual([
      '1 sending',
      '1 doubtful',
      '2 sending',
      '2 doubtful',
      '3 sending',
      '3 sent',
    ]);
  });

  test('is never given newer words: what is new goes out under an id of its own', () => {
    const doubtful: Fate = { outcome: 'doubtful', takes: 0 };
    const it = virtualAlert({
      channels: slackMeets(doubtful, { outcome: 'failed', retryAfter: minute, takes: 0 }),
    });
    it.window(alert);
    it.pass(10 * second);
    it.window(alert, mark('country', 'alert'));
    it.pass(2 * minute);
    expect(it.told().map((line) => line.split(' ')[0])).toEqual([
      'firing',
      'firing',
      'member',
      'firing',
    ]);
    const ids = it.attempts.map(({ effect }) => (effect as AlertNotice).deliveryId);
    expect(ids[3]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('one without any outcome for ten minutes counts as doubtful: the next channel hears', () => {
    const it = virtualAlert({ channels: slackMeets({ outcome: 'sent', takes: day }) });
    it.window(alert);
    it.pass(10 * minute - second);
    expect(it.told()).toEqual(['firing new slack:#ml']);
    it.pass(second);
    expect(it.told()).toEqual(['firing new email:ml@example.org']);
    const states = it.writes.flatMap(({ effect }) =>
      effect.kind === 'delivery' ? `${effect.record.channel} ${effect.record.state}` : [],
    );
    expect(states.slice(0, 3)).toEqual(['slack sending', 'slack doubtful', 'email sending']);
  });

  test('a late "sent" of an attempt that was thought lost ends the delivery', () => {
    const it = virtualAlert({ channels: slackMeets('lost', 'lost', 'lost') });
    it.window(alert);
    it.pass(31 * second); // the second attempt is under way
    const { deliveryId } = it.attempts[0]?.effect as AlertNotice;
    const outcome = { outcome: 'sent', ref: 'ts9', reason: null, retryAfter: null } as const;
    it.send({ type: 'delivered', id: 'late', deliveryId, attempt: 1, ...outcome });
    it.told();
    it.pass(10 * minute);
    expect(it.told()).toEqual([]);
  });

  test('whoever may have heard hears that it is over', () => {
    const it = virtualAlert({ channels: slackMeets('lost', { outcome: 'refused' }) });
    it.window(alert);
    it.pass(minute);
    it.window(ok);
    it.told();
    it.pass(minute);
    it.window(ok);
    expect(it.told()).toEqual(['resolved new slack:#ml', 'resolved reply email:ml@example.org']);
  });

  test('fired and over before anybody was told: nobody hears anything', () => {
    const it = virtualAlert({
      rules: alertRules({ policy: { keepFiringFor: 1 } }),
      channels: () => ({ outcome: 'failed', retryAfter: minute, takes: 0 }),
    });
    it.window(alert);
    it.pass(second);
    it.window(ok);
    it.pass(5 * minute);
    expect(it.told()).toEqual(['firing new slack:#ml']);
    const records = it.writes.flatMap(({ effect }) =>
      effect.kind === 'delivery' ? effect.record : [],
    );
    expect(records.at(-1)).toMatchObject({
      state: 'suppressed',
      reason: 'over before it was told',
    });
  });

  test('reopened before a level heard that it was over: that level still hears the end', () => {
    let isDown = false;
    const it = virtualAlert({
      rules: alertRules({ policy: { keepFiringFor: 1 } }),
      channels: ({ target }) =>
        isDown && target.address === lead.address
          ? { outcome: 'failed', retryAfter: 10 * minute, takes: 0 }
          : undefined,
    });
    it.window(alert);
    it.pass(31 * minute); // level 1 has heard
    isDown = true;
    it.window(ok);
    it.pass(minute);
    it.window(alert);
    isDown = false;
    it.pass(minute);
    it.told();
    it.window(ok);
    expect(it.told()).toContain('resolved reply email:lead@example.org');
  });

  test('one that was stale when its turn came ends there, and nobody is taken to have heard', () => {
    const it = virtualAlert({ channels: slackMeets({ outcome: 'suppressed', takes: 0 }) });
    it.window(alert);
    it.pass(minute);
    expect(it.state()?.deliveries).toEqual([]);
    expect(it.state()?.episode?.heard).toEqual([]);
  });

  test('over while its notice is under way: told as over once that has arrived', () => {
    const it = virtualAlert({
      rules: alertRules({ policy: { keepFiringFor: 1 } }),
      channels: slackMeets({ outcome: 'sent', takes: 5 * second }),
    });
    it.window(alert);
    it.pass(second);
    it.window(ok);
    expect(it.told()).toEqual(['firing new slack:#ml']);
    it.pass(minute);
    expect(it.told()).toEqual(['resolved reply slack:#ml', 'resolved edit slack:#ml']);
  });
});

test('a first message that is gone begins a new thread there', () => {
  const it = virtualAlert();
  it.window(alert);
  it.pass(minute);
  it.act({ type: 'ack' });
  const edit = it.attempts.at(-1)?.effect as AlertNotice;
  expect(edit.form).toBe('edit');
  const { deliveryId, attempt } = edit;
  const outcome = { outcome: 'sent', ref: 'ts-new', reason: null, retryAfter: null } as const;
  it.send({ type: 'delivered', id: 'x', deliveryId, attempt, ...outcome });
  it.act({ type: 'unack' });
  expect((it.attempts.at(-1)?.effect as AlertNotice).threadRef).toBe('ts-new');
});

test('a notice carries at most 40 members and says how many there are', () => {
  const it = virtualAlert();
  it.window(...Array.from({ length: 300 }, (_, n) => mark(`f${n}`, n < 5 ? 'alert' : 'warn')));
  const { alert } = it.attempts[0]?.effect as AlertNotice;
  expect(alert.members).toHaveLength(40);
  expect(alert.memberCount).toBe(300);
  expect(alert.members.slice(0, 5).map(({ verdict }) => verdict)).toEqual(Array(5).fill('alert'));
});

test('two owners whose mails are dead and who share a webhook: it gets one notice, and its end', () => {
  const hook: Target = { channel: 'webhook', address: 'ops' };
  const to = [
    [lead, hook],
    [boss, hook],
  ];
  const levels = [{ after: { critical: 0, warning: 0 }, to }];
  const it = virtualAlert({
    rules: alertRules({ route: { levels } }),
    channels: ({ target }) => (target.channel === 'email' ? { outcome: 'refused' } : undefined),
  });
  it.window(alert);
  it.pass(minute);
  expect(it.told().filter((one) => one.endsWith('webhook:ops'))).toEqual([
    'firing new webhook:ops',
  ]);
  it.window(ok);
  it.pass(hour);
  it.window(ok);
  it.pass(minute);
  expect(it.told()).toEqual(['resolved reply webhook:ops']);
});
