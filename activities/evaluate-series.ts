import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { reduced, seriesCounts, seriesIn, seriesWords } from '../domain/series.js';
import type { MetricsSource, Series, SeriesValue } from '../domain/series.js';
import { SourceError } from '../domain/source.js';
import type { Window } from '../domain/window.js';
import { askPrometheus } from '../sources/prometheus.js';
import { askedOf } from '../sources/locate.js';
import type { World } from '../sources/source.js';
import type { ProfiledAnew } from './evaluate-labels.js';

/** One answer may take so long. */
const TIMEOUT = 30_000;

interface Asking {
  request: { monitor: Monitor; window: Window };
  world: World;
  signal?: AbortSignal | undefined;
}

/**
 * Adds the answer `series` to a profile: what the servers of the monitor say of its window, all
 * asked at once. One that fails says why for itself alone. A value that an older evaluation has is
 * kept. Reads only.
 */
export async function withSeries(profiled: ProfiledAnew, asking: Asking): Promise<ProfiledAnew> {
  const servers = asking.request.monitor.metrics ?? [];
  if (servers.length === 0) return profiled;
  const all = servers.flatMap((server) =>
    Object.entries(server.series).map(async ([name, series]) => {
      const known = seriesIn(profiled.profile, name);
      const isKnown = known?.of === seriesWords(series) && known.lack === '';
      return [name, isKnown ? known : await valueOf(server, series, asking)] as const;
    }),
  );
  const found = seriesCounts(Object.fromEntries(await Promise.all(all)));
  const add = (one: Profile): Profile => ({ ...one, asked: { ...one.asked, series: found } });
  return { ...profiled, profile: add(profiled.profile), stored: add(profiled.stored) };
}

async function valueOf(
  server: MetricsSource,
  series: Series,
  { request: { monitor, window }, world, signal }: Asking,
): Promise<SeriesValue> {
  const of = seriesWords(series);
  const lacks = (lack: 'error' | 'none', why: string, more: Partial<SeriesValue> = {}) => {
    return { of, value: NaN, points: 0, room: 0, why, lack, warning: '', ...more };
  };
  try {
    const asked = { query: series.query, span: window, timeout: TIMEOUT };
    const { owner } = askedOf(monitor, window);
    const answer = await askPrometheus(server, asked, { owner, signal, world });
    const { warning, room } = answer;
    const points = answer.points.filter((point) => !Number.isNaN(point)).length;
    const value = reduced(answer.points, series.aggregate);
    const seen = { points, room, warning };
    if (answer.points.length === 0) return lacks('none', NO_SERIES, seen);
    if (value === null) return lacks('none', `all ${answer.points.length} points are NaN`, seen);
    const isNumber = Number.isFinite(value);
    return isNumber
      ? { of, value, why: '', lack: '', ...seen }
      : lacks('error', `its ${series.aggregate} of ${points} points is ${value}`, seen);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return lacks('error', error.message);
  }
}

const NO_SERIES = 'the server has no data of it in the window';
