import type { Trainer, TrainingState, TriggerSpec } from '../domain/retraining.js';
import type { Duration } from '../domain/window.js';
import { TrainerError } from './error.js';
import { exchange } from './request.js';
import type { Answered, Lookup, RequestRules } from './request.js';
import { endFrom } from './result.js';
import { signedHeaders } from './signature.js';

export interface HttpOptions {
  /** Its `url`, `secret` and `poll.url` are values here, no references. */
  trigger: Extract<TriggerSpec, { kind: 'http' }>;
  allowPrivate: boolean;
  /** ms since 1970, for signatures. */
  clock: () => number;
  /** One exchange, in ms; 10 s. */
  limit?: Duration;
  lookup?: Lookup;
}

const STARTED = [200, 201, 202];
const RUNNING = ['running', 'queued', 'pending', 'started'];
const SUCCEEDED = ['succeeded', 'success', 'completed'];
const FAILED = ['failed', 'failure', 'error', 'cancelled', 'canceled'];
const LONGEST_REF = 500;

/**
 * Starts a training by a signed POST of the request with `Idempotency-Key`, and follows it by
 * signed GETs of `{"state": "running" | "succeeded" | "failed", "progress"?: 0..1, "result"?: …}`.
 * 429 and 5xx are worth another try; a broken connection, 502 and 504 after the request went out
 * leave it open whether a training runs; every other answer is final.
 */
export function createHttpTrainer(options: HttpOptions): Trainer {
  const { trigger, allowPrivate, clock } = options;
  const rules: RequestRules = {
    allowPrivate,
    limit: options.limit ?? 10_000,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  };
  const sign = (id: string, body: string): Record<string, string> =>
    trigger.secret === null ? {} : signedHeaders({ key: trigger.secret, id, body, now: clock() });
  return {
    kind: 'http',
    async start(request) {
      const body = JSON.stringify(request);
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': request.key,
        ...sign(request.key, body),
      };
      const url = urlOf(trigger.url);
      const answer = await exchange({ method: 'POST', url, headers, body }, rules);
      checkStatus(answer, { url, allowed: STARTED });
      return { ref: refOf(answer, options, request.key), url: locationOf(answer, url) };
    },
    async poll(ref) {
      const url = pollUrl(options, ref);
      const headers = { accept: 'application/json', ...sign(ref, '') };
      const answer = await look(async () => {
        const given = await exchange({ method: 'GET', url, headers, body: '' }, rules);
        checkStatus(given, { url, allowed: [200, 404, 410] });
        return given;
      });
      if (answer.status === 200) return stateOf(answer, url);
      return { state: 'lost', reason: `trainer at ${url.host}: it knows no such training` };
    },
    cancel: () =>
      Promise.reject(new TrainerError('refused', 'an http trainer has no address to cancel at')),
  };
}

/** A look that broke off has started nothing: it is worth another try. */
async function look(once: () => Promise<Answered>): Promise<Answered> {
  try {
    return await once();
  } catch (error) {
    const isOpen = error instanceof TrainerError && error.outcome === 'uncertain';
    throw isOpen ? new TrainerError('failed', error.message) : error;
  }
}

function urlOf(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new TrainerError(
    'refused',
    'trainer address: expected an absolute URL, got something else',
  );
}

function checkStatus(answer: Answered, by: { url: URL; allowed: readonly number[] }): void {
  const { status, headers } = answer;
  if (by.allowed.includes(status)) return;
  const what = `trainer at ${by.url.host}: answered ${status}`;
  if (status === 502 || status === 504) throw new TrainerError('uncertain', what);
  if (status >= 500 || status === 429 || status === 408 || status === 425) {
    throw new TrainerError('failed', what, retryAfterOf(headers['retry-after']));
  }
  const isRedirect = status >= 300 && status < 400;
  throw new TrainerError('refused', isRedirect ? `${what}; redirects are not followed` : what);
}

/** Seconds only: a date would need a clock that both agree on. */
function retryAfterOf(header: string | undefined): Duration | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}

function refOf(answer: Answered, options: HttpOptions, key: string): string {
  const { ref: path, poll } = options.trigger;
  const found = path === null ? lastSegment(answer, options) : valueAt(answer.body, path);
  if (found !== null) return found;
  // Without an address to look at, the key is all that a callback needs.
  if (poll === null || (path === null && !poll.url.includes('{ref}'))) return key;
  const where = path === null ? 'a Location header' : `its answer at ${path}`;
  throw new TrainerError('uncertain', `the trainer accepted, but no reference is in ${where}`);
}

function lastSegment(answer: Answered, options: HttpOptions): string | null {
  const { location } = answer.headers;
  const base = options.trigger.url;
  if (location === undefined || !URL.canParse(location, base)) return null;
  // The template is the reference alone: then the whole address is.
  if (options.trigger.poll?.url === '{ref}') return new URL(location, base).href;
  const name = new URL(location, base).pathname.split('/').filter(Boolean).at(-1);
  return name === undefined ? null : decoded(name);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a lone % is part of the name
  }
}

/** The text or number at `run.id` (or `$.run.id`) of a JSON answer; null: there is none. */
function valueAt(body: string, path: string): string | null {
  let value: unknown = jsonOf(body);
  for (const name of path.replace(/^\$\.?/, '').split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= LONGEST_REF ? text : null;
}

/** Where a person can look; without its query, which may hold a token. */
function locationOf(answer: Answered, base: URL): string | null {
  const { location } = answer.headers;
  if (location === undefined || !URL.canParse(location, base.href)) return null;
  const url = new URL(location, base.href);
  return url.origin === base.origin ? `${url.origin}${url.pathname}` : null;
}

function pollUrl(options: HttpOptions, ref: string): URL {
  const { poll, url: base } = options.trigger;
  if (poll === null) {
    throw new TrainerError('refused', 'this trainer has no poll address: its callback tells');
  }
  if (poll.url !== '{ref}') return urlOf(poll.url.replaceAll('{ref}', encodeURIComponent(ref)));
  const url = urlOf(ref);
  if (url.origin === urlOf(base).origin) return url;
  throw new TrainerError('refused', 'the reference points to another server than the trainer');
}

function stateOf(answer: Answered, url: URL): TrainingState {
  const given = jsonOf(answer.body);
  const fields =
    typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const state = typeof fields['state'] === 'string' ? fields['state'].toLowerCase() : '';
  if (SUCCEEDED.includes(state)) return endFrom(fields['result']);
  if (FAILED.includes(state)) {
    return { state: 'failed', reason: `trainer at ${url.host}: it says ${state}` };
  }
  if (RUNNING.includes(state)) {
    const { progress } = fields;
    const isShare = typeof progress === 'number' && progress >= 0 && progress <= 1;
    return { state: 'running', progress: isShare ? `${Math.round(progress * 100)} %` : null };
  }
  const known = [...RUNNING, ...SUCCEEDED, ...FAILED].join(', ');
  throw new TrainerError('failed', `trainer at ${url.host}: expected a state of ${known}`);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
