import { formatDuration } from '../calendar/durations.js';
import type { Limit } from '../domain/limits.js';
import { isTime, takesDrop, type KnownCheck } from './limit-schema.js';

/** A limit as a monitor file says it: `0.25`, `24h`, `{ drop: 5% }`. */
export function limitText(limit: Limit, check: Pick<KnownCheck, 'unit'>): string {
  const number = (value: number): string => (isTime(check) ? formatDuration(value) : String(value));
  if (typeof limit === 'number') return number(limit);
  if ('dropShare' in limit) return `{ drop: ${limit.dropShare * 100}% }`;
  if ('drop' in limit) return `{ drop: ${limit.drop} }`;
  return 'above' in limit
    ? `{ above: ${number(limit.above)} }`
    : `{ below: ${number(limit.below)} }`;
}

/** A limit that a check takes, as text: its own default where it has one. */
export function limitExample(check: KnownCheck, key: 'warn' | 'alert'): string {
  const { warn, alert } = check.defaults;
  const own = key === 'warn' ? (warn ?? alert) : (alert ?? warn);
  if (own !== null) return limitText(own, check);
  if (isTime(check)) return '30d';
  return takesDrop(check) ? '{ drop: 5% }' : '0.05';
}
