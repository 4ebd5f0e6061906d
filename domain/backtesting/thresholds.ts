import type { Check } from '../check.js';
import type { Limit } from '../limits.js';
import type { CheckSpec, Monitor } from '../monitor.js';

/** A warn limit of one check that is tried. */
export interface Threshold {
  /** The name that its findings carry. */
  check: string;
  value: number;
}

/**
 * The monitor with another warn limit, in the form that it has (`{ above }`, `{ drop }`), or
 * without one the alert limit. An alert limit that would come before it moves along.
 */
export function withThreshold(
  monitor: Monitor,
  { check, value }: Threshold,
  worse: Check['worse'],
): Monitor {
  const checks = monitor.checks.map((spec) => {
    if ((spec.name ?? spec.check) !== check || !hasLimits(spec)) return spec;
    const alert = spec.alert === null ? null : notBefore(spec.alert, value, worse);
    return { ...spec, warn: reshaped(spec.warn ?? spec.alert, value), alert };
  });
  return { ...monitor, checks };
}

/** False for columns that the monitor shows and does not judge: no threshold is tried on them. */
export function hasLimits({ warn, alert }: CheckSpec): boolean {
  return warn !== null || alert !== null;
}

function reshaped(limit: Limit | null, value: number): Limit {
  if (limit === null || typeof limit === 'number') return value;
  if ('above' in limit) return { above: value };
  if ('below' in limit) return { below: value };
  return 'drop' in limit ? { drop: value } : { dropShare: value };
}

function notBefore(alert: Limit, value: number, worse: Check['worse']): Limit {
  if (typeof alert === 'number') {
    return worse === 'lower' ? Math.min(alert, value) : Math.max(alert, value);
  }
  if ('above' in alert) return { above: Math.max(alert.above, value) };
  if ('below' in alert) return { below: Math.min(alert.below, value) };
  if ('drop' in alert) return { drop: Math.max(alert.drop, value) };
  return { dropShare: Math.max(alert.dropShare, value) };
}
