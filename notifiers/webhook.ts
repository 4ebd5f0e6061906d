import type { Delivered, Notice, Notifier } from '../domain/notice.js';
import {
  checkedAddress,
  ForbiddenAddressError,
  systemResolver,
  type AllowPrivate,
  type Resolve,
} from './network-guard.js';
import { post, type Answer, type PostProgress } from './post.js';
import {
  attemptLimit,
  codeOf,
  isCertificateFault,
  quietAfterTooMany,
  retryAfterOf,
  withoutSecrets,
} from './reason.js';
import { signatureHeaders } from './signature.js';

/** A named webhook with its secrets resolved. */
export interface Webhook {
  url: string;
  /** Signs the calls; null: they are not signed. */
  secret: string | null;
}

/** How webhooks are called. */
export interface WebhookOptions {
  /** The webhook of a name; null: there is none. What it throws is a refusal. */
  webhook: (name: string) => Promise<Webhook | null>;
  /** Default false. Only there plain http is allowed. */
  allowPrivate?: AllowPrivate;
  /** Default: the system's resolver. */
  resolve?: Resolve;
  /** Certificates of the authorities to trust, PEM; absent: those of Node. */
  ca?: string;
  /** How long one attempt may take, in ms. Default 10 s. */
  limit?: number;
  /** Now, in ms, for the signature; default the clock. */
  clock?: () => number;
}

/**
 * Posts a notice as JSON, signed, under an Idempotency-Key that is the same for every attempt. The
 * URL may hold a secret, so that reasons name the webhook alone.
 */
export function webhookNotifier(options: WebhookOptions): Notifier {
  return {
    channel: 'webhook',
    async send(target, notice) {
      const name = target.address;
      const who = `webhook ${withoutSecrets(name, [])}`;
      const progress: PostProgress = { connected: false };
      const secrets: string[] = [];
      try {
        const webhook = await options.webhook(name);
        if (webhook === null) return refused(`${who}: there is no webhook of this name`);
        secrets.push(...secretsOf(webhook));
        const answer = await call({ options, webhook, notice, progress });
        return delivered(who, answer, (options.clock ?? Date.now)());
      } catch (error) {
        return failure(error, progress, (words) => `${who}: ${withoutSecrets(words, secrets)}`);
      }
    },
  };
}

interface Call {
  options: WebhookOptions;
  webhook: Webhook;
  notice: Notice;
  progress: PostProgress;
}

async function call({ options, webhook, notice, progress }: Call): Promise<Answer> {
  // The limit is for the look-up of the name, too.
  const signal = AbortSignal.timeout(options.limit ?? attemptLimit);
  const url = urlOf(webhook.url);
  const { allowPrivate = false, resolve = systemResolver, clock = Date.now } = options;
  const to = await inTime(checkedAddress(url, { allowPrivate, resolve }), signal);
  const body = bodyOf(notice);
  const signed = signatureHeaders({ id: notice.deliveryId, at: clock(), body }, webhook.secret);
  const headers = {
    ...signed,
    'content-type': 'application/json',
    'idempotency-key': notice.deliveryId,
    'user-agent': 'aftercare',
    ...credentialsOf(url),
  };
  return post({ url, to, headers, body, ca: options.ca ?? null, signal, progress });
}

/** The notice as data, and its words beside it; the same for every attempt but `at`. */
function bodyOf(notice: Notice): string {
  const { deliveryId, thread, form, subject, text, severity, facts, data } = notice;
  const at = new Date(notice.at).toISOString();
  return JSON.stringify({
    version: 1,
    ...{ deliveryId, thread, form, severity, at, subject, text, facts, data },
  });
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ForbiddenAddressError('expected a URL as https://host/path, got something else');
  }
  return url;
}

function credentialsOf(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new DOMException('no answer in time', 'TimeoutError'));
    signal.addEventListener('abort', late, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

function delivered(who: string, answer: Answer, now: number): Delivered {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: 'sent', ref: String(status), refused: [] };
  const reason = `${who}: was answered with HTTP ${status}`;
  const isBusy = status === 408 || status === 425 || status === 429 || status >= 500;
  if (!isBusy) return refused(status < 400 ? `${reason}; redirects are not followed` : reason);
  const asked = retryAfterOf(answer.retryAfter, now);
  return {
    outcome: 'failed',
    reason,
    retryAfter: asked ?? (status === 429 ? quietAfterTooMany : null),
  };
}

function failure(
  error: unknown,
  progress: PostProgress,
  words: (text: string) => string,
): Delivered {
  if (error instanceof ForbiddenAddressError) return refused(words(error.message));
  const code = codeOf(error);
  if (isCertificateFault(code)) return refused(words(`certificate not trusted (${code})`));
  const isLate = error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name);
  const what = isLate ? 'no answer in time' : code === '' ? 'cannot be called' : code;
  if (progress.connected) return { outcome: 'doubtful', reason: words(what) };
  // Without a code it is no fault of the net: the name or its secret cannot be resolved.
  if (code === '' && !isLate) return refused(words(error instanceof Error ? error.message : what));
  return { outcome: 'failed', reason: words(what), retryAfter: null };
}

function refused(reason: string): Delivered {
  return { outcome: 'refused', reason };
}

/** All of the URL but its host, and the secret. */
function secretsOf(webhook: Webhook): string[] {
  const url = URL.canParse(webhook.url) ? new URL(webhook.url) : null;
  const parts = url === null ? [] : [url.username, url.password, url.pathname + url.search];
  return [webhook.url, webhook.secret ?? '', ...parts, ...(url?.searchParams.values() ?? [])];
}
