import { expect, test } from 'vitest';
import { alertTable, answersTo, storyText } from '../../cli/alert-story.js';
import { pastSection } from '../../cli/past-episodes.js';
import { lastStates, noticesSection } from '../../cli/notices.js';
import type { AlertSummary } from '../../domain/alert.js';
import type { DeliveryRecord } from '../../domain/audit.js';
import { refuseAlert } from '../../domain/alerting/refuse.js';
import type { Finding } from '../../domain/finding.js';
import { day, hour, mark, start, virtualAlert } from '../support/alerts.js';

const plain = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
const delivery = (
  deliveryId: string,
  state: DeliveryRecord['state'],
  change: Partial<DeliveryRecord> = {},
): DeliveryRecord => ({
  deliveryId,
  attempt: 1,
  state,
  entity: 'alert/card-fraud/drift',
  channel: 'slack',
  address: '#ml',
  reason: null,
  ref: null,
  at: start,
  ...change,
});

const finding: Finding = {
  ...{ check: 'psi', target: 'amount', slice: {}, value: 2.1, low: null, high: null },
  ...{ interval: null, pValue: null, nCurrent: 500, nReference: 1_000, reason: null, hard: null },
  ...{ details: {}, run: 'r', window: { start: start - hour, end: start, weekday: 6 } },
  ...{ revision: 1, category: 'drift', verdict: 'alert', rule: 'psi >= 0.25', patience: 1 },
  limits: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  ...{ running: null, sentence: 'moved', source: null, inputs: 'i' },
};

test('a past episode of windows of a live alert is told as the same trouble', () => {
  const past = {
    ...{ model: 'm', category: 'drift', timezone: 'UTC', number: 1, severity: 'warning' },
    ...{ from: start, to: start + 3 * day, members: ['psi/amount/all'], reopened: 0 },
    historic: true,
  } as unknown as Parameters<typeof pastSection>[0][number];
  const live = (change: Partial<AlertSummary>) =>
    ({ model: 'm', category: 'drift', firstWindow: start + 2 * day, ...change }) as AlertSummary;
  const told = (alert: AlertSummary) => plain(pastSection([past], [alert]).join(' '));
  const same = 'the same trouble';
  expect(told(live({ lastWindow: start + 4 * day }))).toContain(same);
  expect(told(live({ lastWindow: start + 4 * day, category: 'system' }))).not.toContain(same);
  const later = { firstWindow: start + 4 * day, lastWindow: start + 5 * day };
  expect(told(live(later))).not.toContain(same);
  expect(plain(pastSection([past]).join(' '))).not.toContain(same);
});

test('a past episode that no window ended goes to the end of its backfill', () => {
  const past = {
    ...{ model: 'm', category: 'drift', timezone: 'UTC', number: 1, severity: 'warning' },
    ...{ from: start, to: null, members: ['psi/amount/all'], reopened: 0, historic: true },
  } as unknown as Parameters<typeof pastSection>[0][number];
  const told = plain(pastSection([past]).join(' '));
  expect(told).toContain('2026-11-22 00:00 UTC → end of the backfill');
});

test('one line for each delivery, with its last state', () => {
  const late = { attempt: 2, at: start + 2_000 };
  const given = [
    delivery('a.1.10.0', 'sending', { at: start + 9_000 }),
    delivery('a.1.10.0', 'sent', { at: start + 9_500 }),
    delivery('a.1.2.0', 'sending'),
    delivery('a.1.2.0', 'doubtful', { at: start + 1_000 }),
    delivery('a.1.2.0', 'sending', late),
    delivery('a.1.2.0', 'sent', late),
    delivery('a.1.3.0', 'sent', { at: start + 3_000 }),
    delivery('a.1.3.0', 'sending', { attempt: 2, at: start + 4_000 }), // sent stays sent
  ];
  expect(lastStates(given).map((one) => [one.deliveryId, one.state, one.attempt])).toEqual([
    ['a.1.2.0', 'sent', 2],
    ['a.1.3.0', 'sent', 1],
    ['a.1.10.0', 'sent', 1],
  ]);
});

test('a notice says what it tells, in which form, and what its earlier tries met', () => {
  const later = (n: number) => ({ at: start + n * 1_000 });
  const told = (reason: string, form: 'new' | 'reply' | 'edit') => ({ what: { reason, form } });
  const mail = { channel: 'email', address: 'a@x.org' };
  const doubtful = [1, 2, 3, 4].map((attempt) =>
    delivery('a.1.1.0', 'doubtful', { ...mail, attempt, ...told('firing', 'new') }),
  );
  const reason = 'connection refused';
  const given = [
    ...doubtful,
    delivery('a.1.1.0', 'sent', { ...mail, attempt: 5, ...told('firing', 'new') }),
    delivery('a.1.2.0', 'failed', { reason, ...told('repeat', 'new'), ...later(2) }),
    delivery('a.1.2.0', 'sent', { attempt: 2, ...told('repeat', 'new'), ...later(2) }),
    delivery('a.1.3.0', 'sent', { ...told('acknowledged', 'reply'), ...later(3) }),
    delivery('a.1.4.0', 'sent', { ...told('acknowledged', 'edit'), ...later(4) }),
    delivery('a.1.5.0', 'doubtful', later(5)),
  ];
  const lines = noticesSection(given, 'UTC').slice(3).map(plain);
  expect(lines.map((line) => line.replace(/^ 2026-11-22 [\d:]+ UTC\s+/, ''))).toEqual([
    'email:a@x.org  sent (try 5)',
    '   firing; 4 earlier tries doubtful, so it may be there more than once, under\n   one id',
    'slack:#ml      sent (try 2)',
    '   repeat; before: connection refused',
    'slack:#ml      sent (reply)  acknowledged',
    'slack:#ml      sent (edit)   acknowledged',
    'slack:#ml      doubtful',
  ]);
});

test('who works on it and until when it is snoozed is said in the list and above the story', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  it.assign('bo');
  it.snooze(start + 4 * hour);
  const alert = it.head().summary;
  const row = plain(alertTable([alert], start + hour)).split('\n')[1];
  expect(row).toBe(' card-fraud/drift  ■ alert  snoozed, ends in 3h  bo   amount drifted  1h ago');
  const none = { past: [], findings: [], deliveries: [], audit: [] };
  const text = plain(storyText({ alert, ...none, timezone: 'UTC' }, start + hour));
  expect(text).toContain('\nSnoozed by ana until 2026-11-22 04:00 UTC: looking.\n');
  expect(text).toContain('\nAssigned to bo.\n');
  const over = plain(
    storyText({ alert: { ...alert, status: 'resolved' }, ...none, timezone: 'UTC' }, start),
  );
  expect(over).not.toContain('Assigned to');
});

test('what is offered is what the rules would not refuse, and nothing that is done already', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  const steps = [
    () => undefined,
    () => it.act({ type: 'ack' }),
    () => it.snooze(it.now() + hour),
    () => it.act({ type: 'unack' }),
    () => it.act({ type: 'resolve' }),
  ];
  const offered = steps.map((step) => {
    step();
    const lines = answersTo(it.head().summary).slice(2);
    const verbs = lines.map((line) => /alerts (\w+) card-fraud\/drift/.exec(line)?.[1] ?? '');
    for (const type of verbs) {
      const rest = { id: 'x', by: 'ana', verified: false, reason: '', notAfter: it.now() };
      const act = { type, ...rest, until: it.now() + 4 * hour } as never;
      expect(refuseAlert(it.state(), act, it.now()), type).toBeNull();
    }
    return `${it.status()}: ${verbs.join(' ')}`;
  });
  expect(offered).toEqual([
    'firing: ack snooze',
    'acknowledged: snooze unack resolve',
    'snoozed: ack unack resolve',
    'firing: ack snooze',
    'closed: ',
  ]);
});

test('a list names troubles in words and fits into 80 columns', () => {
  const it = virtualAlert();
  it.window(
    mark('prediction', 'alert', { check: 'prediction_drift' }),
    ...['distance_km', 'zone', 'hour_of_day', 'minutes_since'].map((name) => mark(name, 'alert')),
  );
  const { summary } = it.head();
  const alerts: AlertSummary[] = [
    { ...summary, model: 'delivery-eta' },
    { ...summary, model: 'credit-risk', category: 'data-quality', acknowledgedBy: 'ana' },
  ];
  const text = plain(alertTable(alerts, start + hour));
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toContain('predictions drifted');
  expect(text).not.toMatch(/\w\(\w/);
});

test('an acknowledged alert does not ask to be acknowledged again', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  it.act({ type: 'ack' });
  const alert = it.head().summary;
  const deliveries = [delivery('a.0', 'sending'), delivery('a.0', 'sent')];
  const text = plain(
    storyText(
      { alert, past: [], findings: [], deliveries, audit: [], timezone: 'UTC' },
      start + hour,
    ),
  );
  expect(text).not.toContain('alerts ack ');
  expect(text).toContain('aftercare alerts snooze card-fraud/drift --for 4h --as <you>');
  expect(text.match(/slack:#ml/g)).toHaveLength(1);
});

test('a window that could not be read is explained with its file, column and remedy', () => {
  const it = virtualAlert({ category: 'check-health' });
  it.window(mark('window', 'alert', { check: 'evaluation', category: 'check-health' }));
  const alert = it.head().summary;
  const reason = 'data/2026-11-21.parquet: no column "scored_at"; there are id, score';
  const unjudged = [{ end: start, start: start - day, reason, triedUntil: start + 7 * day }];
  const story = {
    alert,
    past: [],
    findings: [],
    deliveries: [],
    audit: [],
    unjudged,
    timezone: 'UTC',
  };
  const text = plain(storyText(story, start + hour));
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain(`the window that ended 2026-11-22 00:00 UTC: ${reason}`);
  expect(flat).toContain('What to do: Make the source readable. Every run tries the window again');
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('the story has what the mail has, and its history names members in words', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  it.pass(hour);
  it.window(mark('amount', 'ok'), mark('distance_to_the_next_station_km', 'alert'));
  const audit = it.writes.flatMap(({ effect }) => (effect.kind === 'audit' ? effect.record : []));
  const sentence = '"distance_to_the_next_station_km" moved: PSI 2.1, median 4 → 9';
  const found = { ...finding, target: 'distance_to_the_next_station_km', sentence };
  const alert = it.head().summary;
  const actions = { psi: 'Find out upstream what changed.' };
  const story = {
    alert,
    past: [],
    findings: [found],
    deliveries: [],
    audit,
    actions,
    timezone: 'UTC',
  };
  const text = plain(storyText(story, start + 2 * hour));
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain(
    'Since the window that ended 2026-11-22 00:00 UTC; the newest bad one ended',
  );
  expect(flat).toContain('it hits 500 rows in that window');
  expect(text.split(sentence)).toHaveLength(2); // once
  expect(flat).toContain('- ok again, still watched: amount drifted');
  expect(flat).toContain('What to do: Find out upstream what changed.');
  expect(text.split('Answer it:')[0]).not.toContain('psi/');
  expect(flat).toContain('new member distance_to_the_next_station_km drifted');
});

test('what is ok again in several parts of the rows is one line', () => {
  const it = virtualAlert();
  const parts = ['', 'hash1', 'hash2'];
  it.window(...parts.map((slice) => mark('age', 'alert', { slice })), mark('amount', 'alert'));
  it.pass(hour);
  it.window(...parts.map((slice) => mark('age', 'ok', { slice })), mark('amount', 'alert'));
  const alert = it.head().summary;
  const text = plain(
    storyText(
      { alert, past: [], findings: [], deliveries: [], audit: [], timezone: 'UTC' },
      start + 2 * hour,
    ),
  );
  expect(text.match(/still watched/g)).toHaveLength(1);
  expect(text).toContain('still watched: age drifted, also in 2 parts of the rows');
});

test('a column whose broken rule another alert tells is not offered for acceptance', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  const story = {
    alert: it.head().summary,
    past: [],
    findings: [finding],
    deliveries: [],
    audit: [],
    timezone: 'UTC',
  };
  expect(storyText(story, start + hour)).toContain('aftercare accept card-fraud@');
  const broken = { check: 'scale_change', hard: 'scale', category: 'data-quality' } as const;
  const scale: Finding = { ...finding, ...broken };
  expect(storyText({ ...story, causes: [scale] }, start + hour)).not.toContain('aftercare accept');
});

test('the story is told on the wall clock of the model, also over a clock change', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  const alert = { ...it.head().summary, firstWindow: Date.UTC(2026, 9, 24, 22) };
  const none = { past: [], findings: [], deliveries: [], audit: [] };
  const text = plain(storyText({ alert, ...none, timezone: 'Europe/Paris' }, start + hour));
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain('Since the window that ended 2026-10-25 00:00 Europe/Paris;');
  expect(flat).toContain('the newest bad one ended 2026-11-22 01:00 Europe/Paris.');
});
