import { formatDuration } from '../calendar/durations.js';
import { MOST_POINTS, type MetricsSource } from '../domain/series.js';
import { SourceError } from '../domain/source.js';
import type { Duration } from '../domain/window.js';
import { answerText, without } from './answer-text.js';
import { pointsOf, refusalOf, type Answered } from './prometheus-answer.js';
import { statusWords } from './request.js';
import type { Asked, World } from './source.js';

const MINUTE = 60_000;

/** One series of one span of time. */
export interface AskedSeries {
  query: string;
  span: { start: number; end: number };
  /** How long the answer may take. */
  timeout: Duration;
}

/** For whom it is asked, and how. */
export interface Whom extends Pick<Asked, 'owner'> {
  world: World;
  /** Ends what is under way. */
  signal?: AbortSignal | undefined;
}

/** Between two points of a span: what the monitor says, or a minute or more of them. */
export function stepOf({ step }: Pick<MetricsSource, 'step'>, length: Duration): Duration {
  return step ?? Math.max(1, Math.ceil(length / MINUTE / MOST_POINTS)) * MINUTE;
}

/**
 * The points of one series at start, start + step, … before the end. SourceError for a server that
 * cannot be reached, is too slow or refuses, and for an answer that is not one series; no secret is
 * in it. No point at all is no error. Reads only.
 */
export async function askPrometheus(
  spec: MetricsSource,
  { query, span, timeout }: AskedSeries,
  { owner, signal, world }: Whom,
): Promise<Answered & { room: number }> {
  const base = isSecret(spec.url) ? world.secret(spec.url, owner) : spec.url;
  const token = spec.token === null ? null : world.secret(spec.token, owner);
  const step = stepOf(spec, span.end - span.start);
  const room = Math.ceil((span.end - span.start) / step);
  const named = isSecret(spec.url) ? spec.url : placeOf(base);
  if (room > MOST_POINTS) {
    const least = formatDuration(Math.ceil((span.end - span.start) / MOST_POINTS / 1000) * 1000);
    const many = `step: ${formatDuration(step)} gives ${room} points in the window, and the server`;
    throw new SourceError(named, null, `${many} ${MOST_POINTS} at most; expected ${least} or more`);
  }
  // The last instant before the end: the point at the end belongs to the next window.
  const asked = { query, start: seconds(span.start), end: seconds(span.end - 1) };
  const url = addressOf(base, { ...asked, step: seconds(step) }, spec.url);
  const body = await get(world, url, { token, named, timeout, signal });
  return { ...pointsOf(body, named), room };
}

const isSecret = (url: string): boolean => /^(env|file):/.test(url);
const seconds = (ms: number): string => String(ms / 1000);

function placeOf(base: string): string {
  const { host, pathname } = new URL(base);
  return host + pathname.replace(/\/$/, '');
}

function addressOf(base: string, asked: Readonly<Record<string, string>>, named: string): URL {
  if (!URL.canParse(base) || !/^https?:/.test(base)) {
    throw new SourceError(named, null, 'is no address; expected http://prometheus:9090');
  }
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query_range`;
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url;
}

interface Call {
  token: string | null;
  named: string;
  timeout: Duration;
  signal: AbortSignal | undefined;
}

async function get(world: World, url: URL, { token, ...call }: Call): Promise<string> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const { status, body } = await answerText(world, url, { ...call, headers, wanted: 'one series' });
  if (status === 200) return body;
  const why = refusalOf(body);
  const words = why === '' ? '' : ` (${without(why, token)})`;
  throw new SourceError(call.named, null, `${statusWords(status)}${words}`);
}
