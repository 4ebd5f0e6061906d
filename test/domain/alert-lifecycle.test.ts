import { describe, expect, test } from 'vitest';
import type { AlertNotice } from '../../domain/alert.js';
import {
  alertRules,
  day,
  hour,
  lead,
  mail,
  mark,
  minute,
  start,
  virtualAlert,
} from '../support/alerts.js';

const warn = mark('amount', 'warn');
const alert = mark('amount', 'alert');
const ok = mark('amount', 'ok');
const unknown = mark('amount', 'unknown');

describe('when an alert fires', () => {
  test('a warn fires at the second bad window of three, and not before', () => {
    const it = virtualAlert();
    it.window(warn);
    expect(it.status()).toBe('pending');
    it.pass(hour);
    it.window(ok);
    expect(it.status()).toBe('pending');
    it.pass(hour);
    expect(it.told()).toEqual([]);
    it.window(warn);
    expect(it.status()).toBe('firing');
    expect(it.told()).toEqual(['firing new slack:#ml']);
  });

  test('two ok windows after one bad one end the pending alert, and nobody is told', () => {
    const it = virtualAlert();
    it.window(warn);
    it.pass(hour);
    it.window(ok);
    expect(it.ended()).toBe(false);
    it.pass(hour);
    it.window(ok);
    expect(it.ended()).toBe(true);
    expect(it.status()).toBe('ok');
    expect(it.told()).toEqual([]);
  });

  test('an alert fires at once, and so does a warn with patience 1', () => {
    for (const bad of [alert, mark('amount', 'warn', { patience: 1 })]) {
      const it = virtualAlert();
      it.window(bad);
      expect(it.told()).toEqual(['firing new slack:#ml']);
    }
  });

  test('with `for: 2` bad, ok, bad is still pending; two running fire', () => {
    const running = { running: 2 };
    const it = virtualAlert();
    for (const verdict of ['alert', 'ok', 'alert'] as const) {
      it.window(mark('amount', verdict, running));
      it.pass(hour);
    }
    expect(it.status()).toBe('pending');
    expect(it.told()).toEqual([]);
    it.window(mark('amount', 'alert', running));
    expect(it.status()).toBe('firing');
  });

  test('both members that go bad in one window are told in one notice', () => {
    const it = virtualAlert();
    it.window(alert, mark('country', 'alert'));
    expect(it.told()).toEqual(['firing new slack:#ml']);
    expect(it.head().summary.members.map((member) => member.target)).toEqual(['amount', 'country']);
  });

  test('the same window again, or an older revision of it, is dropped', () => {
    const it = virtualAlert();
    const end = it.now();
    it.restate(end, 2, alert);
    it.told();
    expect(it.restate(end, 2, ok)).toMatchObject({ ok: false, code: 'duplicate' });
    expect(it.restate(end, 1, ok)).toMatchObject({ ok: false, code: 'duplicate' });
    expect(it.status()).toBe('firing');
    expect(it.told()).toEqual([]);
  });
});

describe('while it fires', () => {
  test('one ok window neither resolves it nor tells it again (keep_firing_for 2)', () => {
    const it = virtualAlert();
    it.window(alert);
    it.told();
    for (const mark of [ok, alert]) {
      it.pass(10 * minute);
      it.window(mark);
    }
    expect(it.status()).toBe('firing');
    expect(it.told()).toEqual([]);
  });

  test('windows that are unknown or empty change nothing; healthy ones then resolve it', () => {
    const it = virtualAlert();
    it.window(alert);
    it.pass(minute);
    it.told();
    for (const marks of [[unknown], [], [unknown], [ok]]) {
      it.pass(minute);
      it.window(...marks);
      expect(it.status()).toBe('firing');
    }
    expect(it.told()).toEqual([]);
    it.pass(minute);
    it.window(ok);
    expect(it.status()).toBe('resolved');
  });

  test('whoever heard that it fires hears that it is resolved, on the same channel', () => {
    const it = virtualAlert();
    it.window(alert);
    it.pass(hour); // level 1 at 30 min, level 2 at 60 min
    expect(it.told()).toEqual([
      'firing new slack:#ml',
      'escalated new email:lead@example.org',
      'escalated edit slack:#ml',
      'escalated new email:boss@example.org',
      'escalated edit slack:#ml',
    ]);
    it.window(ok);
    it.pass(minute);
    it.window(ok);
    expect(it.told()).toEqual([
      'resolved reply slack:#ml',
      'resolved edit slack:#ml',
      'resolved reply email:lead@example.org',
      'resolved reply email:boss@example.org',
    ]);
    it.pass(hour);
    expect(it.told()).toEqual([]);
  });

  test('a new member pushes, one of the same upstream source within a day only replies', () => {
    const it = virtualAlert();
    it.window(mark('income', 'alert', { source: 'bureau' }));
    it.pass(minute);
    it.told();
    it.window(
      mark('income', 'alert', { source: 'bureau' }),
      mark('debt', 'alert', { source: 'bureau' }),
    );
    expect(it.told()).toEqual(['member reply slack:#ml', 'worse edit slack:#ml']);
    it.pass(minute);
    it.window(alert);
    expect(it.told()).toEqual(['member new slack:#ml', 'worse edit slack:#ml']);
  });

  test('a rise in severity starts at level 0 with the critical deadlines', () => {
    const it = virtualAlert();
    it.window(warn);
    it.pass(minute);
    it.window(warn);
    it.pass(minute);
    expect(it.head().summary.severity).toBe('warning');
    it.told();
    it.window(alert);
    it.pass(29 * minute);
    expect(it.told()).toEqual(['worse edit slack:#ml', 'worse new slack:#ml']);
    it.pass(minute);
    expect(it.told()).toEqual(['escalated new email:lead@example.org', 'escalated edit slack:#ml']);
  });

  test('severity never goes down within an episode', () => {
    const it = virtualAlert();
    it.window(alert);
    it.pass(minute);
    it.window(warn);
    expect(it.head().summary).toMatchObject({ severity: 'critical', status: 'firing' });
  });
});

describe('after it was resolved', () => {
  const resolved = () => {
    const it = virtualAlert();
    it.window(alert);
    for (let i = 0; i < 2; i++) {
      it.pass(minute);
      it.window(ok);
    }
    it.pass(minute);
    it.told();
    expect(it.status()).toBe('resolved');
    return it;
  };

  test('a breach within the reopen window goes on in the same thread', () => {
    const it = resolved();
    it.pass(2 * hour);
    it.window(alert);
    expect(it.told()).toEqual(['reopened new slack:#ml']);
    const { effect } = it.attempts.at(-1) ?? {};
    expect(effect).toMatchObject({ threadRef: 'ts1', alert: { episode: 1, reopened: 1 } });
  });

  test('a breach after it is a new episode, numbered on from the head', () => {
    const it = resolved();
    it.pass(30 * hour);
    expect(it.ended()).toBe(true);
    it.window(alert);
    expect(it.told()).toEqual(['firing new slack:#ml']);
    const { effect } = it.attempts.at(-1) ?? {};
    expect(effect).toMatchObject({ threadRef: null, alert: { episode: 2, reopened: 0 } });
    const sequences = it.writes.flatMap(({ effect: write }) =>
      write.kind === 'audit' ? write.record.sequence : [],
    );
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  test('the reopen window is two windows where those are longer than it', () => {
    const it = virtualAlert({ rules: { ...alertRules(), windowSize: 7 * day } });
    it.window(alert);
    for (let i = 0; i < 2; i++) {
      it.pass(7 * day);
      it.window(ok);
    }
    it.pass(13 * day);
    expect(it.ended()).toBe(false);
    it.window(alert);
    expect(it.head().summary).toMatchObject({ episode: 1, reopened: 1 });
  });

  test('only a level that heard the end and nothing since is spared a second end', () => {
    const it = resolved();
    it.window(alert);
    it.pass(minute);
    it.window(ok);
    it.pass(minute);
    it.window(ok);
    expect(it.told()).toEqual([
      'reopened new slack:#ml',
      'resolved reply slack:#ml',
      'resolved edit slack:#ml',
    ]);
  });
});

describe('restatements', () => {
  test('labels that turn the only bad window ok withdraw the alert, told to who heard', () => {
    const it = virtualAlert();
    it.window(alert);
    it.pass(hour);
    it.window(ok);
    it.told();
    it.restate(start, 2, ok);
    expect(it.status()).toBe('withdrawn');
    expect(it.told()).toContain('withdrawn reply slack:#ml');
    expect(it.told()).toEqual([]);
  });

  test('labels that turn only the newest window ok resolve it: the older one was bad', () => {
    const it = virtualAlert({ rules: alertRules({ policy: { keepFiringFor: 1 } }) });
    it.window(alert);
    it.pass(hour);
    it.window(alert);
    it.restate(start + hour, 2, ok);
    expect(it.status()).toBe('resolved');
  });

  test('labels that turn an older window bad raise the alert', () => {
    const it = virtualAlert();
    it.window(warn);
    it.pass(hour);
    it.window(ok);
    it.restate(start + hour, 2, warn);
    expect(it.told()).toEqual(['firing new slack:#ml']);
  });

  test('an earlier beginning moves the start of the episode back', () => {
    const it = virtualAlert();
    it.window(warn, mark('country', 'ok'));
    it.pass(hour);
    it.window(ok, mark('country', 'alert'));
    expect(it.head().summary.firstWindow).toBe(start + hour);
    it.restate(start, 2, warn, mark('country', 'alert'));
    expect(it.head().summary.firstWindow).toBe(start);
  });

  test('what is older than ten windows is remembered: that it fires, and since when', () => {
    const it = virtualAlert();
    it.window(alert);
    for (let i = 0; i < 15; i++) {
      it.pass(minute);
      it.window(unknown);
    }
    expect(it.status()).toBe('firing');
    for (let i = 0; i < 15; i++) {
      it.pass(minute);
      it.window(alert);
    }
    expect(it.head().summary.members).toMatchObject([{ condition: 'firing', since: start }]);
  });

  test('a window older than the last ten moves nothing', () => {
    const it = virtualAlert();
    it.window(warn);
    for (let i = 0; i < 11; i++) {
      it.pass(hour);
      it.window(mark('country', 'alert'));
    }
    it.told();
    const before = it.head().summary;
    expect(it.restate(start, 2, alert)).toEqual({
      ok: true,
      note: 'older than what can still change',
    });
    expect(it.head().summary).toEqual(before);
    expect(it.told()).toEqual([]);
  });
});

describe('promotions and histories', () => {
  test('a promotion closes drift, tells it, and the new model begins without a past', () => {
    const it = virtualAlert();
    it.window(warn);
    it.pass(minute);
    it.window(warn);
    it.pass(minute);
    it.told();
    it.promoted('v4');
    expect(it.status()).toBe('closed');
    expect(it.told()).toEqual(['closed reply slack:#ml', 'closed edit slack:#ml']);
    it.pass(minute);
    it.window(warn);
    expect(it.status()).toBe('closed'); // one warn under the new reference is only pending
    it.pass(minute);
    it.window(warn);
    expect(it.told()).toEqual(['reopened new slack:#ml']);
  });

  test('whoever hears of a promotion by another alert is not told once more', () => {
    const it = virtualAlert({
      rules: alertRules({
        route: { levels: [{ after: { critical: 0, warning: 0 }, to: [[mail], [lead]] }] },
      }),
    });
    it.window(mark('amount', 'alert'));
    it.pass(minute);
    it.told();
    it.send({
      type: 'promoted',
      id: 'promoted/v4',
      version: 'v4',
      toldElsewhere: ['email:ml@example.org'],
    });
    expect(it.status()).toBe('closed');
    expect(it.told()).toEqual(['closed reply email:lead@example.org']);
  });

  test('the one notice of a promotion names what it closes beside', () => {
    const reasons: (string | null)[] = [];
    const channels = (notice: AlertNotice) => {
      reasons.push(notice.alert.reason);
      return undefined;
    };
    const it = virtualAlert({ channels });
    it.window(mark('amount', 'alert'));
    it.pass(minute);
    it.send({ type: 'promoted', id: 'promoted/v4', version: 'v4', also: ['drift', 'staleness'] });
    expect(reasons.at(-1)).toBe('v4 was promoted, which closes drift and staleness too');
  });

  test('the end by a promotion or a prune tells of the newest bad window, not of the newest', () => {
    for (const end of ['promoted', 'retired'] as const) {
      const last: number[] = [];
      const channels = ({ alert }: AlertNotice) => {
        last.push(alert.lastWindow);
        return undefined;
      };
      const it = virtualAlert({ channels });
      it.window(mark('amount', 'alert'));
      it.pass(60 * minute);
      const [bad = 0] = last;
      it.window(mark('amount', 'ok'));
      it.pass(minute);
      if (end === 'promoted') it.promoted('v4');
      else it.send({ type: 'retired', id: 'retired/1' });
      expect(it.status()).toBe('closed');
      expect(bad).toBeGreaterThan(0);
      expect(last.at(-1)).toBe(bad);
    }
  });

  test('a promotion leaves data-quality open', () => {
    const it = virtualAlert({ category: 'data-quality' });
    it.window(mark('amount', 'alert', { category: 'data-quality' }));
    it.told();
    it.promoted('v4');
    expect(it.status()).toBe('firing');
    expect(it.told()).toEqual([]);
  });

  test('a monitor that is taken away closes its alert, of any category, and it is silent', () => {
    for (const category of ['data-quality', 'drift', 'check-health'] as const) {
      const reasons: (string | null)[] = [];
      const channels = ({ alert }: AlertNotice) => {
        reasons.push(alert.reason);
        return undefined;
      };
      const it = virtualAlert({ category, channels });
      it.window(mark('amount', 'alert', { category }));
      it.pass(minute);
      it.act({ type: 'ack' });
      it.told();
      const event = { type: 'retired', id: 'retired/1' } as const;
      expect(it.send(event)).toEqual({ ok: true, note: 'closed' });
      expect(it.status()).toBe('closed');
      expect(it.told()).toEqual(['closed reply slack:#ml', 'closed edit slack:#ml']);
      expect(reasons.at(-1)).toBe('its monitor was taken away');
      expect(it.send(event)).toMatchObject({ ok: false, code: 'duplicate' });
      expect(it.head().alive).toBe(true); // its last notices are on their way
      it.pass(minute);
      expect(it.head().alive).toBe(false);
      expect(it.told()).toEqual([]);
    }
  });

  test.each([
    ['in a new life, as the next episode', minute, 2],
    ['in the same one, while its last notices go out', 0, 1],
  ])('a monitor that is applied again is judged again %s', (_, wait, episode) => {
    const it = virtualAlert();
    it.pass(3 * hour);
    it.window(mark('amount', 'alert'));
    it.pass(minute);
    it.send({ type: 'retired', id: 'retired/1' });
    it.pass(wait);
    expect(it.ended()).toBe(wait > 0);
    // Windows that were told before count again, too: they are evaluated anew.
    it.restate(start, 1, mark('amount', 'alert'));
    expect(it.status()).toBe('firing');
    expect(it.head().summary.episode).toBe(episode);
    it.restate(start + hour, 1, mark('amount', 'ok'));
    it.restate(start + 2 * hour, 1, mark('amount', 'ok'));
    expect(it.status()).toBe('resolved');
  });

  test('a monitor that is taken away ends what is pending, too, and nobody hears of it', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'warn'));
    expect(it.status()).toBe('pending');
    expect(it.send({ type: 'retired', id: 'retired/1' })).toMatchObject({ ok: true });
    expect(it.head().alive).toBe(false);
    expect(it.told()).toEqual([]);
  });

  const history = (verdicts: readonly ('ok' | 'warn' | 'alert')[]) => ({
    type: 'history' as const,
    id: 'history-1',
    rules: 'rules-1',
    windows: verdicts.map((verdict, index) => ({
      windowEnd: start - (verdicts.length - 1 - index) * hour,
      revision: 1,
      marks: [mark('amount', verdict)],
    })),
  });

  test('a history that still fires is told once', () => {
    const it = virtualAlert();
    it.send(history(['ok', 'warn', 'ok', 'alert', 'alert', 'warn', 'ok', 'alert', 'warn', 'warn']));
    it.send(history(['alert', 'alert']));
    expect(it.told()).toEqual(['firing new slack:#ml']);
    expect(it.head().summary.firstWindow).toBe(start - 8 * hour);
  });

  test('a history says since when it fires, though the windows that it brings are newer', () => {
    const it = virtualAlert();
    it.send({ ...history(['alert', 'alert']), since: start - 30 * hour });
    expect(it.head().summary.firstWindow).toBe(start - 30 * hour);
    expect(it.told()).toEqual(['firing new slack:#ml']);
  });

  test('a history that is over is told to nobody and leaves nothing alive', () => {
    const it = virtualAlert();
    it.send(history(['alert', 'alert', 'alert', 'ok', 'ok']));
    expect(it.told()).toEqual([]);
    expect(it.ended()).toBe(true);
    expect(it.head().alive).toBe(false);
  });
});
