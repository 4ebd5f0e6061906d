import type { Check } from '../check.js';
import { figure, lossInWords, valueInWords } from './figures.js';
import type { Limit } from '../limits.js';
import type { Reading } from '../score.js';

/**
 * True when a value has crossed a limit. A number is crossed when reached, on the side that the
 * check calls worse (`either`: as a distance from 0); `above` and `below` are strict; a drop counts
 * from `details.reference`, null without one.
 */
export function crossed(reading: Reading, limit: Limit, worse: Check['worse']): boolean | null {
  const value = reading.value ?? NaN;
  if (typeof limit === 'number') {
    if (worse === 'lower') return value <= limit;
    return (worse === 'either' ? Math.abs(value) : value) >= limit;
  }
  if ('above' in limit) return value > limit.above;
  if ('below' in limit) return value < limit.below;
  const reference = reading.details['reference'];
  if (typeof reference !== 'number' || !Number.isFinite(reference)) return null;
  const change = value - reference;
  const loss = worse === 'lower' ? -change : worse === 'either' ? Math.abs(change) : change;
  if ('drop' in limit) return loss >= limit.drop;
  // Of a reference of 0 any loss is more than any share; none is no loss.
  return loss > 0 && loss >= limit.dropShare * Math.abs(reference);
}

/** `1 d 2 h` → `1d 2h`: a length as monitor files and the tables of limits have it. */
function asWritten(words: string): string {
  return words.replace(/(\d) (d|h|min|s)\b/g, (_, count: string, unit: string) => {
    return `${count}${unit === 'min' ? 'm' : unit}`;
  });
}

/** `psi >= 0.25`, `freshness >= 6h`, `mae worse than the reference by >= 0.02`. */
export function limitInWords(check: string, limit: Limit, worse: Check['worse']): string {
  const words = (value: number): string => asWritten(valueInWords(check, value));
  if (typeof limit === 'number') {
    if (worse === 'lower') return `${check} <= ${words(limit)}`;
    return worse === 'either' ? `|${check}| >= ${words(limit)}` : `${check} >= ${words(limit)}`;
  }
  if ('above' in limit) return `${check} > ${words(limit.above)}`;
  if ('below' in limit) return `${check} < ${words(limit.below)}`;
  if ('drop' in limit)
    return `${check} worse than the reference by >= ${lossInWords(check, limit.drop)}`;
  return `${check} worse than the reference by >= ${figure(limit.dropShare * 100)} %`;
}
