import type { AlertEvent } from '../alert.js';
import type { ChannelHealth } from '../audit.js';
import type { Mark } from '../finding.js';

/**
 * What the `notify-health` alert of a model is told of a channel: one member for each address, bad
 * while it is down. As many ok windows as a member needs to resolve stand for its return, since
 * channels have no windows of their own. The same health gives the same event.
 */
export function healthEvent(
  health: ChannelHealth,
  rules: { fingerprint: string; keepFiringFor: number },
): AlertEvent {
  const { entity, channel, address, state, at } = health;
  const mark: Mark = {
    check: 'delivery',
    target: `${channel}:${address}`,
    slice: '',
    category: 'notify-health',
    verdict: state === 'down' ? 'alert' : 'ok',
    patience: 1,
    running: null,
    source: null,
  };
  const length = state === 'down' ? 1 : Math.max(1, rules.keepFiringFor);
  const windows = Array.from({ length }, (_, index) => ({
    windowEnd: at + index,
    revision: 1,
    marks: [mark],
  }));
  const id = `${state}/${entity}/${channel}:${address}/${at}`;
  return { type: 'history', id, windows, rules: rules.fingerprint };
}
