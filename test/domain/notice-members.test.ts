import { describe, expect, test } from 'vitest';
import type { AlertNotice } from '../../domain/alert.js';
import type { UnjudgedWindow } from '../../domain/alerting/unjudged.js';
import { decideAlert } from '../../domain/alerting/reducer.js';
import type { AlertNoticeInput } from '../../domain/alerting/notice-text-told.js';
import { alertNotice } from '../../domain/alerting/notice-text.js';
import type { Finding } from '../../domain/finding.js';
import { day, hour, mark, minute, start, virtualAlert } from '../support/alerts.js';

const limits = { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' } as const;

function drifted(target: string, value: number): Finding {
  const verdict = value >= 0.25 ? 'alert' : value >= 0.05 ? 'warn' : 'ok';
  return {
    ...{ check: 'psi', target, slice: {}, value, low: null, high: null, interval: null },
    ...{ pValue: null, nCurrent: 500, nReference: 1_000, reason: null, hard: null, details: {} },
    ...{ run: 'r', window: { start: start - day, end: start, weekday: 6 }, revision: 1 },
    ...{ category: 'drift', verdict, rule: `psi >= ${value}`, patience: 1, running: null, limits },
    ...{ sentence: `"${target}" moved: PSI ${value}.`, source: null, inputs: 'i' },
  } as const;
}

/** The newest notice of an alert, as it is written. */
function written(
  it: ReturnType<typeof virtualAlert>,
  findings: readonly Finding[] = [],
  unjudged: readonly UnjudgedWindow[] = [],
  more: Partial<AlertNoticeInput> = {},
) {
  return alertNotice({
    notice: newest(it),
    findings,
    actions: {},
    unjudged,
    timezone: 'UTC',
    at: it.now(),
    ...more,
  });
}

function newest(it: ReturnType<typeof virtualAlert>): AlertNotice {
  const news = it.attempts.filter(
    ({ effect }) => effect.kind === 'notice' && effect.form !== 'edit',
  );
  const effect = news.at(-1)?.effect;
  if (effect?.kind !== 'notice') throw new Error('nobody was told');
  return effect;
}

describe('the members of a notice', () => {
  test('the worst is the one that is furthest over its limit, whatever its name', () => {
    const it = virtualAlert();
    it.window(mark('distance_km', 'alert'), mark('age', 'warn'), mark('zone', 'alert'));
    const found = [drifted('distance_km', 0.26), drifted('age', 0.2), drifted('zone', 2.1)];
    const { subject, text, facts } = written(it, found);
    expect(subject).toContain('card-fraud zone drifted: PSI 2.1 (limit 0.25) and 2 more, since');
    expect(facts).toContainEqual({ label: 'Worst', value: 'zone drifted: PSI 2.1 (limit 0.25)' });
    const order = text.split('\n').filter((line) => line.startsWith('- '));
    expect(order.map((line) => /"(\w+)"/.exec(line)?.[1])).toEqual(['zone', 'distance_km', 'age']);
  });

  test('the test of the worst is said once, with what to do, and not when it is over', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('zone', 'alert'));
    const told = [drifted('amount', 0.5), drifted('zone', 2.1)].map((one) => ({
      ...one,
      test: `chi-square of ${one.target}`,
    }));
    const { text } = written(it, told);
    expect(text.split('\n').filter((line) => line.startsWith('Test of'))).toEqual([
      'Test of psi of zone: chi-square of zone.',
    ]);
    expect(text).toMatch(/- alert: "zone" moved: PSI 2\.1\. \(limit 0\.25\)/);
    const notice = { ...newest(it), reason: 'resolved' } as const;
    expect(written(it, told, [], { notice }).text).not.toContain('Test of');
  });

  test('of more than a notice carries the worst ones are kept, whatever their names', () => {
    const names = Array.from({ length: 60 }, (_, i) => `f${String(i + 10)}`);
    const values = new Map(names.map((name, i) => [name, 0.5 + i / 100]));
    const of = (name: string) => {
      const value = values.get(name) ?? 0;
      return mark(name, 'alert', { excess: value / 0.25 });
    };
    const it = virtualAlert();
    it.window(...names.map(of));
    const found = names.map((name) => drifted(name, values.get(name) ?? 0));
    const first = written(it, found);
    expect(newest(it).alert.members).toHaveLength(40);
    expect(first.subject).toContain('card-fraud f69 drifted: PSI 1.09');
    expect(first.facts).toContainEqual({
      label: 'Worst',
      value: 'f69 drifted: PSI 1.09 (limit 0.25)',
    });
    expect(first.text.split('\n').find((line) => line.startsWith('- '))).toContain('"f69"');
    expect(it.head().summary.members[0]?.key).toBe('psi/f69/');

    // As many new ones as it carries, all less bad: the worst of all is told as that.
    it.pass(hour);
    const more = Array.from({ length: 45 }, (_, i) => `a${String(i + 10)}`);
    for (const [i, name] of more.entries()) values.set(name, 0.26 + i / 1_000);
    it.window(...[...names, ...more].map(of));
    const second = written(
      it,
      [...values].map(([name, value]) => drifted(name, value)),
    );
    expect(second.subject).toContain('CRITICAL new: card-fraud a54 drifted: PSI 0.304');
    expect(second.facts).toContainEqual({
      label: 'Worst',
      value: 'f69 drifted: PSI 1.09 (limit 0.25)',
    });
  });

  test('what is ok again and only watched is said apart and not counted', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('zone', 'alert'));
    it.pass(hour);
    it.window(mark('amount', 'alert'), mark('zone', 'ok'), mark('age', 'alert'));
    const { subject, text } = written(it, [drifted('amount', 0.5), drifted('age', 0.4)]);
    expect(subject).toContain('age drifted: PSI 0.4 (limit 0.25) and 1 more, since');
    expect(text).toContain('- ok again, watched for 2 windows: zone drifted');
    expect(text).not.toMatch(/- ok:|more:/);
    const notice = newest(it);
    const once = { ...notice, alert: { ...notice.alert, watchedFor: 1 } };
    expect(written(it, [], [], { notice: once }).text).toContain(
      '- ok again, watched for 1 window: zone drifted',
    );
  });

  test('what is new is marked and named in the subject', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'));
    it.pass(hour);
    it.window(mark('amount', 'alert'), mark('zone', 'alert'));
    const { subject, text } = written(it, [drifted('amount', 2), drifted('zone', 0.3)]);
    expect(subject).toMatch(
      /^CRITICAL new: card-fraud zone drifted: PSI 0\.3 .* and 1 more, since/,
    );
    expect(text).toContain('something new fires, marked as new.');
    const lines = text.split('\n').filter((line) => line.startsWith('- '));
    expect(lines.map((line) => line.slice(0, 12))).toEqual(['- new, alert', '- alert: "am']);
  });

  test('what is new after an acknowledgement is marked, too', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'));
    it.act({ type: 'ack' });
    it.pass(hour);
    it.window(mark('amount', 'alert'), mark('zone', 'alert'));
    const { text } = written(it, [drifted('amount', 2), drifted('zone', 0.3)]);
    expect(text).toContain('- new, alert: "zone" moved');
    expect(text).not.toContain('psi/zone/');
  });

  test('what a mail listed as a warning is not new when it fires, and is no mail again', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('zone', 'warn'));
    expect(written(it, [drifted('amount', 2), drifted('zone', 0.1)]).text).toContain('"zone"');
    it.pass(3_000); // a catch-up: the next window is there in seconds
    it.told();
    it.window(mark('amount', 'alert'), mark('zone', 'warn'));
    expect(it.told()).toEqual(['worse edit slack:#ml']);
    it.pass(hour);
    it.act({ type: 'ack' });
    expect(it.status()).toBe('acknowledged');
  });

  test('what was listed as a warning and becomes an alert is told as worse, never as new', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('zone', 'warn'));
    it.pass(3_000);
    it.told();
    it.window(mark('amount', 'alert'), mark('zone', 'alert'));
    expect(it.told()).toEqual(['worse new slack:#ml', 'worse edit slack:#ml']);
    const { subject, text } = written(it, [drifted('amount', 2), drifted('zone', 0.3)]);
    expect(subject).toMatch(/^CRITICAL worse: card-fraud zone drifted: PSI 0\.3 /);
    expect(text).toContain('it got worse.');
    expect(text).toContain('- worse, alert: "zone" moved');
    expect(text).not.toContain('- new');
  });

  test('what rises to critical with a listed warning beside it is not new either', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'warn', { patience: 1 }), mark('zone', 'warn'));
    it.pass(hour);
    it.window(mark('amount', 'alert'), mark('zone', 'alert'), mark('age', 'alert'));
    const { text } = written(it, [drifted('amount', 2), drifted('zone', 0.3), drifted('age', 1)]);
    const lines = text.split('\n').filter((line) => line.startsWith('- '));
    expect(lines.map((line) => line.slice(0, 14))).toEqual([
      '- worse, alert',
      '- new, alert: ',
      '- worse, alert',
    ]);
  });

  test('what was over and fires again in one episode is told as such', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('zone', 'alert'));
    for (const verdict of ['ok', 'ok', 'alert'] as const) {
      it.pass(hour / 4);
      it.window(mark('amount', 'alert'), mark('zone', verdict));
    }
    const { subject, text } = written(it, [drifted('amount', 2), drifted('zone', 0.3)]);
    expect(subject).toMatch(/^CRITICAL again: card-fraud zone drifted/);
    expect(text).toContain('some of it fires again, marked as again.');
    expect(text).toContain('- again, alert: "zone" moved');
  });

  test('what was listed where nothing arrived is new all the same', () => {
    const refused = { outcome: 'refused', takes: 0 } as const;
    let isDead = true;
    const it = virtualAlert({ channels: () => (isDead ? refused : undefined) });
    it.window(mark('amount', 'alert'), mark('zone', 'warn'));
    it.pass(3_000);
    isDead = false;
    it.window(mark('amount', 'alert'), mark('zone', 'warn'));
    expect(written(it).text).toContain('- new, warn: zone drifted');
  });

  test('a state of before anything was kept reads as if nothing was listed', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('zone', 'warn'));
    it.pass(minute);
    const state = structuredClone(it.state());
    if (state?.episode == null) throw new Error('no episode');
    expect(state.episode.listed).toEqual({ 'psi/amount/': 'alert', 'psi/zone/': 'warn' });
    delete state.episode.listed;
    const marks = [mark('amount', 'alert'), mark('zone', 'warn')];
    const at = it.now();
    const event = {
      type: 'window',
      id: 'w',
      windowEnd: at,
      revision: 1,
      marks,
      rules: 'r',
    } as const;
    const { rules, key } = it;
    const { attempts } = decideAlert({ rules, key, timezone: 'UTC', state, event, at, head: null });
    expect(attempts[0]?.effect).toMatchObject({ alert: { fresh: ['psi/zone/'] } });
  });

  test('a promotion closes it without a claim that anything is over', () => {
    const it = virtualAlert();
    it.window(mark('zone', 'alert'));
    it.pass(hour / 4);
    it.promoted('v-2');
    const { text } = written(it);
    expect(text).toContain('closed: v-2 was promoted; not judged since.');
    expect(text).toContain('- not judged since: zone drifted');
    expect(text).not.toMatch(/over:|Reason:/);
  });

  test('a person who takes an acknowledgement over hears whose it was', () => {
    const it = virtualAlert();
    it.window(mark('zone', 'alert'));
    it.act({ type: 'ack', by: 'bo' });
    it.pass(hour);
    expect(it.act({ type: 'ack', by: 'ana' })).toEqual({
      ok: true,
      note:
        'acknowledged card-fraud/drift#1, now by ana; ' +
        'it was acknowledged by bo since 2026-11-22 00:00 UTC',
    });
    expect(it.act({ type: 'ack', by: 'ana' })).toMatchObject({
      note: 'acknowledged again card-fraud/drift#1',
    });
  });
});

describe('the numbers and parts in a notice', () => {
  const limit = { warn: { dropShare: 0.1 }, alert: null, minRows: 100, rule: 'fixed' } as const;
  const metric = (check: string, before: number, now: number): Finding => ({
    ...drifted(check, now),
    ...{ check, category: 'performance', verdict: 'warn', limits: limit },
    ...{ details: { reference: before }, sentence: `${check} is ${now}.` },
  });
  const bad = (check: string) =>
    mark(check, 'warn', { check, category: 'performance', patience: 1 });

  test('metrics say what they were and are, in the subject too', () => {
    const it = virtualAlert({ category: 'performance' });
    it.window(bad('mae'), bad('rmse'));
    const found = [metric('mae', 12.1, 15.3), metric('rmse', 18, 24.25)];
    expect(written(it, found).subject).toBe(
      'WARNING: card-fraud MAE 12.1 → 15.3 (limit 10 % worse than the reference), ' +
        'RMSE 18 → 24.25, since 2026-11-22 00:00 UTC',
    );
  });

  test('where a subject has no room for a limit it is left out, never cut in its bracket', () => {
    const it = virtualAlert({ category: 'performance' });
    it.window(bad('accuracy'), bad('roc_auc'));
    const found = [metric('accuracy', 0.691, 0.526), metric('roc_auc', 0.75, 0.71)];
    const { alert, ...notice } = newest(it);
    const model = 'a-model-with-a-rather-long-name-of-its-own';
    const { subject } = written(it, found, [], {
      notice: { ...notice, alert: { ...alert, model } },
    });
    expect(subject).toBe(
      'WARNING: a-model-with-a-rather-long-name-of-its-… accuracy 69.1 % → 52.6 %, ' +
        'AUC 0.75 → 0.71, since 2026-11-22 00:00 UTC',
    );
  });

  test('a member in a part of the rows has its number and names the part', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert', { slice: 'abc' }), mark('zone', 'alert', { slice: 'def' }));
    const slice = { row_source: 'eu' };
    const { subject, text, data } = written(it, [{ ...drifted('amount', 2), slice }], [], {
      parts: new Map([['abc', slice]]),
    });
    expect(subject).toContain('amount drifted, in source eu: PSI 2 (limit 0.25) and 1 more');
    expect(text).toContain('- alert: In source eu: "amount" moved: PSI 2.');
    expect(text).toContain('- alert: zone drifted, in one segment');
    expect(JSON.stringify(data)).toContain('In source eu: ');
  });

  const scale = (category: 'drift' | 'data-quality'): Finding => ({
    ...drifted('amount', 1),
    ...{ check: 'scale_change', verdict: 'alert', hard: 'scale', rule: 'scale', category },
    sentence: 'amount: scale; its values are 100 times what they were.',
  });
  const ks = (): Finding => ({ ...drifted('amount', 0.9), check: 'ks' });

  test('what a change of unit moves stands behind it, in one line', () => {
    const it = virtualAlert();
    const of = (check: string) => mark('amount', 'alert', { check });
    it.window(of('psi'), of('ks'), of('scale_change'), mark('zone', 'alert'));
    const found = [drifted('amount', 2), ks(), scale('drift'), drifted('zone', 0.3)];
    const lines = written(it, found).text.split('\n');
    expect(lines.slice(2, 4)).toEqual([
      '- alert: amount: scale; its values are 100 times what they were. (scale); ' +
        'and 2 more checks of amount because of it: psi, ks',
      '- alert: "zone" moved: PSI 0.3. (limit 0.25)',
    ]);
    expect(lines.join('\n')).not.toContain('more: aftercare');
  });

  test('also where another alert tells of the change of unit', () => {
    const it = virtualAlert();
    it.window(mark('amount', 'alert'), mark('amount', 'alert', { check: 'ks' }));
    const causes = [scale('data-quality')];
    const lines = written(it, [drifted('amount', 2), ks()], [], { causes }).text.split('\n');
    expect(lines.slice(2, 4)).toEqual([
      '- alert: "amount" moved: PSI 2. (limit 0.25); ' +
        'because of data-quality: amount: scale; its values are 100 times what they were; ' +
        'and 1 more check of amount because of it: ks',
      '',
    ]);
  });
});

describe('the health of checks', () => {
  const evaluation = (verdict: 'ok' | 'alert' | 'unknown') =>
    mark('window', verdict, { check: 'evaluation', category: 'check-health' });

  test('it fires until no window is failed, and ends with the repair of the last one', () => {
    const it = virtualAlert({ category: 'check-health' });
    it.window(evaluation('alert'));
    for (let n = 0; n < 4; n++) {
      it.pass(hour);
      it.window(evaluation('unknown'));
      expect(it.status()).toMatch(/firing|escalated/);
    }
    it.restate(start, 2, evaluation('ok'));
    expect(it.status()).toBe('resolved');
  });

  test('a failure of long ago, or one that was written off, ends with the next good window', () => {
    const it = virtualAlert({ category: 'check-health' });
    it.window(evaluation('alert'));
    for (let n = 0; n < 12; n++) {
      it.pass(hour);
      it.window(evaluation('unknown'));
    }
    expect(it.restate(start, 2, evaluation('ok')).ok).toBe(true);
    expect(it.status()).toBe('escalated');
    it.pass(hour);
    it.window(evaluation('ok'));
    expect(it.status()).toBe('resolved');
  });

  test('its notice says which window, which file and column, and what to do', () => {
    const it = virtualAlert({ category: 'check-health' });
    it.window(evaluation('alert'));
    const reason = 'data/day.csv: no column "scored_at"';
    const window = { end: start, start: start - day, reason, triedUntil: start + 7 * day };
    const { subject, text } = written(it, [], [window]);
    expect(subject).toBe(
      'CRITICAL: card-fraud windows not evaluated: data/day.csv: no column "scored_at", ' +
        'since 2026-11-22 00:00 UTC',
    );
    expect(text).toContain(`- alert: the window that ended 2026-11-22 00:00 UTC: ${reason}`);
    expect(text).toContain('until 2026-11-29 00:00 UTC; now: aftercare run card-fraud --watch');
    const { text: gone } = written(it, [], [{ ...window, triedUntil: null }]);
    const span = '2026-11-21T00:00:00Z..2026-11-22T00:00:00Z';
    expect(gone).toContain(`aftercare backfill card-fraud ${span}`);
  });
});
