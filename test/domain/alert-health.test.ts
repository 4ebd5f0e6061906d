import { expect, test } from 'vitest';
import { healthEvent } from '../../domain/alerting/health.js';
import type { ChannelHealth } from '../../domain/audit.js';
import { minute, start, virtualAlert } from '../support/alerts.js';

test('a channel that is down raises one alert about it; its return resolves that', () => {
  const it = virtualAlert({ category: 'notify-health' });
  const health = (state: ChannelHealth['state']): ChannelHealth => ({
    entity: 'alert/card-fraud/drift',
    channel: 'slack',
    address: '#ml',
    state,
    since: start,
    at: it.now(),
    reason: 'channel_not_found',
  });
  const rules = { fingerprint: 'rules-1', keepFiringFor: 2 };
  it.send(healthEvent(health('down'), rules));
  it.send(healthEvent(health('down'), rules));
  expect(it.told()).toEqual(['firing new slack:#ml']);
  expect(it.head().summary.members).toMatchObject([{ check: 'delivery', target: 'slack:#ml' }]);
  it.pass(minute);
  it.send(healthEvent(health('up'), rules));
  expect(it.status()).toBe('resolved');
});
