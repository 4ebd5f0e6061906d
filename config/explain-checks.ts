import { formatDuration } from '../calendar/durations.js';
import { figure, lossInWords } from '../domain/judging/figures.js';
import type { Limit } from '../domain/limits.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import { seriesWords } from '../domain/series.js';
import { inZone } from '../domain/zone.js';
import { snakeCase } from './checks-schema.js';
import { isTime } from './limit-schema.js';
import type { KnownChecks } from './monitor.js';

/** A value that holds, with its path in the file. */
export type Line = readonly [path: string, value: string];

/** The servers of a monitor that know of its system, and what they are asked for. */
export function metricsLines({ metrics = [] }: Monitor): Line[] {
  return metrics.flatMap(({ kind, url, token, step, series }, index): Line[] => {
    const at = (key: string): string => `metrics.${index}.${key}`;
    return [
      [at('kind'), kind],
      [at('url'), url],
      [at('token'), token ?? 'none'],
      [at('step'), step === null ? '1m, or as long as the window needs' : formatDuration(step)],
      ...Object.entries(series).map(([name, one]): Line => [
        at(`series.${name}`),
        seriesWords(one),
      ]),
    ];
  });
}

/** The segments and events of a monitor. */
export function partLines({ segments, events, windows }: Monitor): Line[] {
  const parts = segments.map(
    ({ name, by, top, minRows }) => `${name} by ${by}, top ${top}, min_rows ${minRows}`,
  );
  const times = events.map(({ name, start, end, effect, repeats }) => {
    const [from, to] = [start, end].map((at) => inZone(at, windows.timezone));
    const words = `${name} ${from} to ${to}, ${effect}`;
    return repeats === null ? words : `${words}, ${repeats}`;
  });
  return [
    ['segments', parts.length === 0 ? 'none' : parts.join('; ')],
    ['events', times.length === 0 ? 'none' : times.join('; ')],
  ];
}

/** One entry of the checks, with the limits that hold. */
export function checkLine(spec: CheckSpec, known: KnownChecks): Line {
  const check = known.checks.find(({ name }) => name === spec.check);
  const number = check !== undefined && isTime(check) ? formatDuration : String;
  const params = Object.entries(spec.params).map(
    ([name, value]) => `${snakeCase(name)} ${JSON.stringify(value)}`,
  );
  const parts = [
    spec.targets === null ? 'all' : list(spec.targets),
    ...(spec.against === null ? [] : [`against ${spec.against}`]),
    `warn ${limit(spec.warn, spec.check, number)}`,
    `alert ${limit(spec.alert, spec.check, number)}`,
    `min_rows ${spec.minRows}`,
    ...(spec.rule === 'fixed' ? ['rule fixed'] : []),
    ...(spec.running === null ? [] : [`for ${spec.running}`]),
    ...(spec.every === null ? [] : [`every ${formatDuration(spec.every)}`]),
    ...params,
  ];
  return [`checks[${spec.name ?? spec.check}]`, parts.join(' · ')];
}

function limit(given: Limit | null, check: string, number: (value: number) => string): string {
  if (given === null) return 'none';
  if (typeof given === 'number') return number(given);
  if ('dropShare' in given) return `drop ${figure(given.dropShare * 100)}%`;
  if ('drop' in given) return `drop ${lossInWords(check, given.drop)}`;
  return 'above' in given ? `above ${number(given.above)}` : `below ${number(given.below)}`;
}

/** Words in a row; `none` without any. */
export function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
