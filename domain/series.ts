import type { Counts, Profile } from './profile.js';
import { size } from './profile.js';
import type { Duration, Window } from './window.js';

/** As many points as Prometheus gives of one series. */
export const MOST_POINTS = 11_000;

/** How the points of a window become its one number. */
export const aggregates = ['max', 'mean', 'min', 'sum', 'last'] as const;

/** A query whose answer is one series, and what its points come to in a window. */
export interface Series {
  query: string;
  aggregate: (typeof aggregates)[number];
}

/** A server that is asked how the system of a model does. */
export interface MetricsSource {
  kind: 'prometheus';
  /** Where its API begins, without `/api/v1`, or the secret reference of that. */
  url: string;
  /** Secret reference of a bearer token. */
  token: string | null;
  /** Between two points; null: a minute, or longer where that gives too many. */
  step: Duration | null;
  /** By names that no other source of the monitor has. */
  series: Readonly<Record<string, Series>>;
}

/** What a series came to in one window. */
export interface SeriesValue {
  /** Which series it is: a changed query is another one. */
  of: string;
  /** NaN where `why` says so. */
  value: number;
  /** Points that are numbers, and how many the window has room for. */
  points: number;
  room: number;
  /** Why there is no value, in words; '' where there is one. */
  why: string;
  /** `error`: another try may give one; `none`: there is no data. '' where there is one. */
  lack: '' | 'error' | 'none';
  /** What the server warns of beside its answer; ''. */
  warning: string;
}

/** `max of rate(errors[5m])`: tells one series from another. */
export const seriesWords = ({ aggregate, query }: Series): string => `${aggregate} of ${query}`;

/**
 * The number of a window; NaN among its points are none. null: none of them is a number. Infinite
 * where a point is.
 */
export function reduced(points: readonly number[], aggregate: Series['aggregate']): number | null {
  const numbers = points.filter((point) => !Number.isNaN(point));
  const last = numbers.at(-1);
  if (last === undefined) return null;
  const sum = (): number => numbers.reduce((all, one) => all + one, 0);
  switch (aggregate) {
    case 'max':
      return numbers.reduce((most, one) => Math.max(most, one));
    case 'min':
      return numbers.reduce((least, one) => Math.min(least, one));
    case 'sum':
      return sum();
    case 'mean':
      return sum() / numbers.length;
    case 'last':
      return last;
  }
}

/** The answer `series` of a window, by the names of its series. */
export function seriesCounts(all: Readonly<Record<string, SeriesValue>>): Counts {
  const values = Object.values(all);
  const sum = (of: (one: SeriesValue) => number) => Float64Array.from(values, of);
  return {
    by: {
      series: Object.keys(all),
      of: values.map((one) => one.of),
      why: values.map((one) => one.why),
      lack: values.map((one) => one.lack),
      warning: values.map((one) => one.warning),
    },
    sums: {
      n: sum(() => 1),
      value: sum((one) => one.value),
      points: sum((one) => one.points),
      room: sum((one) => one.room),
    },
  };
}

/** What a series came to in the window of a profile; null: nobody asked then. */
export function seriesIn({ asked }: Pick<Profile, 'asked'>, name: string): SeriesValue | null {
  const counts = asked['series'];
  if (counts === undefined) return null;
  const { by, sums } = counts;
  const cell = Array.from({ length: size(counts) }, (_, at) => at).find(
    (at) => by['series']?.[at] === name,
  );
  if (cell === undefined) return null;
  const text = (key: string): string => String(by[key]?.[cell] ?? '');
  const number = (key: string): number => sums[key]?.[cell] ?? NaN;
  return {
    ...{ of: text('of'), why: text('why'), lack: text('lack') as SeriesValue['lack'] },
    ...{ value: number('value'), points: number('points'), room: number('room') },
    warning: text('warning'),
  };
}

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;

/**
 * True for the window of one week before: seven days earlier, to an hour for days that a clock
 * change makes longer or shorter, and about as long.
 */
export function isWeekBefore(one: Window, { start, end }: Window): boolean {
  const off = Math.abs(start - one.start - WEEK);
  const longer = Math.abs(end - start - (one.end - one.start));
  return off <= (end - start > HOUR ? HOUR : 0) && longer <= HOUR;
}
