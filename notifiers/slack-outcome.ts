import type { Delivered } from '../domain/notice.js';
import { codeOf, isCertificateFault, isNeverSent, quietAfterTooMany } from './reason.js';

/** A failed call of Slack's API, in our words. */
export interface SlackFault {
  /**
   * `busy`: not now; `no`: would say no again; `open`: the call may have been done; `unsent`: it
   * was not.
   */
  kind: 'busy' | 'no' | 'open' | 'unsent';
  /** Slack's code, as `channel_not_found`, or what happened. */
  word: string;
  /** ms, when Slack asked for it. */
  retryAfter: number | null;
}

const busy = new Set(['ratelimited', 'rate_limited', 'service_unavailable', 'request_timeout']);
const open = new Set(['internal_error', 'fatal_error']);

/** Reads what the client throws; the codes are those of @slack/web-api 8. */
export function slackFault(error: unknown): SlackFault {
  const of = (error instanceof Error ? error : new Error(String(error))) as Error &
    Partial<Record<string, unknown>>;
  const fault = (kind: SlackFault['kind'], word: string, retryAfter: number | null = null) => ({
    kind,
    word,
    retryAfter,
  });
  switch (of['code']) {
    case 'slack_webapi_platform_error': {
      const word = platformWord(of['data']);
      if (open.has(word)) return fault('open', word);
      return busy.has(word)
        ? fault('busy', word, word.startsWith('rate') ? quietAfterTooMany : null)
        : fault('no', word);
    }
    case 'slack_webapi_rate_limited_error':
      return fault('busy', 'too many requests', Number(of['retryAfter']) * 1000);
    case 'slack_webapi_http_error': {
      const status = Number(of['statusCode']);
      if (status === 503) return fault('busy', `HTTP ${status}`);
      if (status >= 500) return fault('open', `HTTP ${status}`);
      return fault([408, 425].includes(status) ? 'busy' : 'no', `HTTP ${status}`);
    }
    case 'slack_webapi_request_error':
      return connectionFault(of['original']);
    default:
      // A 429 without Retry-After has no code of its own.
      return of.message.startsWith('Retry header')
        ? fault('busy', 'too many requests', quietAfterTooMany)
        : fault('open', 'the answer could not be read');
  }
}

function connectionFault(original: unknown): SlackFault {
  const code = codeOf(original);
  const retryAfter = null;
  if (isCertificateFault(code)) return { kind: 'no', word: `certificate: ${code}`, retryAfter };
  if (isNeverSent(code)) return { kind: 'unsent', word: code, retryAfter };
  const isLate = original instanceof Error && original.name === 'TimeoutError';
  const word = isLate ? 'no answer in time' : code === '' ? 'the connection was lost' : code;
  return { kind: 'open', word, retryAfter };
}

function platformWord(data: unknown): string {
  const word =
    typeof data === 'object' && data !== null && 'error' in data ? String(data.error) : '';
  return /^[a-z_]{1,60}$/.test(word) ? word : 'an unknown error';
}

/** What a failed call means for the delivery; a repeat of an edit changes nothing, so that it is
 * never in doubt. */
export function slackFailure(
  error: unknown,
  call: { does: string; repeats: 'harmless' | 'twice' },
): Delivered {
  const { kind, word, retryAfter } = slackFault(error);
  const reason = `slack: ${call.does}: ${word}`;
  switch (kind) {
    case 'no':
      return { outcome: 'refused', reason };
    case 'open':
      return call.repeats === 'twice'
        ? { outcome: 'doubtful', reason }
        : { outcome: 'failed', reason, retryAfter };
    case 'busy':
    case 'unsent':
      return { outcome: 'failed', reason, retryAfter };
  }
}
