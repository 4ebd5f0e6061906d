import { formatDuration } from '../calendar/durations.js';
import type { Limit } from '../domain/limits.js';
import { isTime, type KnownCheck } from './limit-schema.js';

/** The two limits of an entry: as given, `undefined` where it takes that of the check. */
interface Limits {
  warn?: Limit | null | undefined;
  alert?: Limit | null | undefined;
}

/** Why alert would be reached before warn, in words, with the key to change; null: it is not. */
export function faultOfLimits(
  check: Pick<KnownCheck, 'worse' | 'defaults' | 'unit'>,
  given: Limits,
): { key: 'warn' | 'alert'; message: string } | null {
  const warn = given.warn === undefined ? check.defaults.warn : given.warn;
  const alert = given.alert === undefined ? check.defaults.alert : given.alert;
  if (!contradict(check.worse, warn, alert)) return null;
  const show = (limit: Limit | null) => words(limit, isTime(check) ? formatDuration : String);
  if (given.alert !== undefined) {
    const message = `expected a limit at least as bad as warn (${show(warn)}), got ${show(alert)}`;
    return { key: 'alert', message };
  }
  const message = `expected alert beside it: without one it is ${show(alert)}, got ${show(warn)}`;
  return { key: 'warn', message };
}

/** True when alert would be reached before warn. */
function contradict(worse: KnownCheck['worse'], warn: Limit | null, alert: Limit | null): boolean {
  const a = comparable(worse, warn);
  const b = comparable(worse, alert);
  return a !== null && b !== null && a.form === b.form && b.badness < a.badness;
}

function comparable(
  worse: KnownCheck['worse'],
  limit: Limit | null,
): { form: string; badness: number } | null {
  if (limit === null) return null;
  if (typeof limit === 'number') {
    return worse === 'lower'
      ? { form: 'below', badness: -limit }
      : { form: 'above', badness: limit };
  }
  if ('above' in limit) return { form: 'above', badness: limit.above };
  if ('below' in limit) return { form: 'below', badness: -limit.below };
  if ('drop' in limit) return { form: 'drop', badness: limit.drop };
  return { form: 'dropShare', badness: limit.dropShare };
}

function words(limit: Limit | null, number: (value: number) => string): string {
  if (limit === null) return 'none';
  if (typeof limit === 'number') return number(limit);
  if ('dropShare' in limit) return `a drop of ${limit.dropShare * 100} %`;
  return Object.entries(limit)
    .map(([form, value]) => `${form} ${number(value)}`)
    .join();
}
