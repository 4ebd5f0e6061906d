import { expect, test } from 'vitest';
import { alertTable, answersTo, lastStates, storyText } from '../../cli/alert-story.js';
import type { AlertSummary } from '../../domain/alert.js';
import type { DeliveryRecord } from '../../domain/audit.js';
import { refuseAlert } from '../../domain/alerting/refuse.js';
import { hour, mark, start, virtualAlert } from '../support/alerts.js';

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
    storyText({ alert, past: [], findings: [], deliveries, audit: [] }, start + hour),
  );
  expect(text).not.toContain('alerts ack ');
  expect(text).toContain('aftercare alerts snooze card-fraud/drift --for 4h --as <you>');
  expect(text.match(/slack:#ml/g)).toHaveLength(1);
});
