import { formatDuration } from '../calendar/durations.js';
import type { Finding } from '../domain/finding.js';
import { INCREASES, LENGTHS, lossInWords, SHARES } from '../domain/judging/figures.js';
import type { Limit } from '../domain/limits.js';
import type { Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';

/** Checks whose value is in a unit that may be as small as it likes. */
const IN_UNITS = new Set(['wasserstein', 'mae', 'rmse', 'quantile_loss', 'residual_spread']);

/**
 * The value of a finding for people: `0.312`, `2h 10m`, `12.5 %`, `0.3 pp` (percentage points more
 * than in the reference), of `volume` the rows themselves; '' when there is none.
 */
export function valueWords({
  check,
  value,
  nCurrent,
}: Pick<Finding, 'check' | 'value' | 'nCurrent'>): string {
  if (check === 'volume') return `${countWords(nCurrent)} ${nCurrent === 1 ? 'row' : 'rows'}`;
  if (value === null) return '';
  // Rounding leaves a remainder where a value is 0.
  return numberWords(check, Math.abs(value) < 1e-12 && !IN_UNITS.has(check) ? 0 : value);
}

function numberWords(check: string, value: number): string {
  if (LENGTHS.has(check)) return formatDuration(value);
  if (SHARES.has(check)) return `${Number((value * 100).toPrecision(3))} %`;
  if (INCREASES.has(check)) return `${Number((value * 100).toPrecision(3))} pp`;
  if (Number.isInteger(value) && Math.abs(value) >= 1) return value.toLocaleString('en-GB');
  return String(Number(value.toPrecision(3)));
}

const EXPECTED = 'expected: ';

/** The name of the known event that a finding is put down to; null: to none. */
export function expectedBy({ rule }: Pick<Finding, 'rule'>): string | null {
  return rule.startsWith(EXPECTED) ? rule.slice(EXPECTED.length) : null;
}

/** `0.05 / 0.25`, `drop 0.02 / 0.05`: warn and alert; '' when nothing is judged. */
export function limitsWords({ check, limits }: Pick<Finding, 'check' | 'limits'>): string {
  const { warn, alert } = limits;
  if (warn === null && alert === null) return '';
  const [low, high] = [limitWords(check, warn), limitWords(check, alert)];
  return `${low} / ${low.startsWith(DROP) ? high.replace(DROP, '') : high}`;
}

const DROP = 'drop ';

function limitWords(check: string, limit: Limit | null): string {
  if (limit === null) return '–';
  if (typeof limit === 'number') return numberWords(check, limit);
  if ('above' in limit) return `> ${numberWords(check, limit.above)}`;
  if ('below' in limit) return `< ${numberWords(check, limit.below)}`;
  if ('drop' in limit) return `${DROP}${lossInWords(check, limit.drop)}`;
  return `${DROP}${Number((limit.dropShare * 100).toPrecision(3))} %`;
}

/** `12 345`: thousands apart by a thin space. */
export function countWords(count: number): string {
  return count.toLocaleString('en-GB').replaceAll(',', '\u202f');
}

/** `1 window`, `12 windows`. */
export function amountWords(count: number, noun: string): string {
  return `${countWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const MINUTE = 60_000;

/** `3h ago`, `in 5m`, `now`. */
export function agoWords(at: Instant, now: Instant): string {
  const gap = Math.abs(now - at);
  if (gap < 1_000) return 'now';
  // What began a moment ago still lasts as long as was said.
  const away = at > now && gap >= MINUTE ? Math.ceil(gap / MINUTE) * MINUTE : gap;
  const coarse = formatDuration(away).split(' ')[0] ?? '';
  return at <= now ? `${coarse} ago` : `in ${coarse}`;
}

/** `2026-11-22 02:00 Europe/Paris`: on the wall clock of the zone of a model's windows. */
export function instantWords(at: Instant, timezone: string): string {
  return inZone(at, timezone);
}

/** `paused by ana until 2026-11-22 02:00 UTC`; without an end, until somebody resumes it. */
export function pausedWords(
  { by, until }: { by: string; until: Instant | null },
  timezone: string,
): string {
  return `paused by ${by}${until === null ? '' : ` until ${instantWords(until, timezone)}`}`;
}
