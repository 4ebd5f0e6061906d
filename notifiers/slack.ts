import { LogLevel, WebClient, type Logger } from '@slack/web-api';
import type { Delivered, Notice, Notifier, Target } from '../domain/notice.js';
import { attemptLimit, withoutSecrets } from './reason.js';
import { findDelivery, placeOf, refOf, type SlackPlace } from './slack-find.js';
import { slackMessage } from './slack-message.js';
import { slackFailure, slackFault } from './slack-outcome.js';

/** The way to one Slack workspace. */
export interface SlackOptions {
  /** Bot token: chat:write; with channels:history doubtful deliveries are looked up. */
  token: string;
  /** Address of the API, ending in a slash; null: that of Slack. */
  apiUrl?: string | null;
  /** How long one attempt may take, in ms. Default 10 s. */
  limit?: number;
}

/**
 * Posts, answers in threads, and changes first messages. A delivery that is in doubt is looked up
 * by its deliveryId before it is posted again; a bot that may not read history posts again. The
 * `ref` is `<channel id>/<ts>`.
 */
export function slackNotifier(options: SlackOptions): Notifier {
  const limit = options.limit ?? attemptLimit;
  const clientFor = (deadline: AbortSignal): WebClient =>
    new WebClient(options.token, {
      ...(options.apiUrl == null ? {} : { slackApiUrl: options.apiUrl.replace(/\/*$/, '/') }),
      timeout: limit,
      // One attempt may take several calls: the limit is for all of them.
      fetch: async (url, init) => {
        const signals = [deadline, init?.signal].filter((signal) => signal != null);
        return fetch(url, { ...init, signal: AbortSignal.any(signals) });
      },
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger: silent,
    });
  return {
    channel: 'slack',
    async send(target, notice, lookFirst) {
      const client = clientFor(AbortSignal.timeout(limit));
      const delivered = await attempt({ client, target, notice, lookFirst });
      return 'reason' in delivered
        ? { ...delivered, reason: withoutSecrets(delivered.reason, [options.token]) }
        : delivered;
    },
  };
}

interface Attempt {
  client: WebClient;
  target: Target;
  notice: Notice;
  lookFirst: 'look' | 'send';
}

async function attempt(of: Attempt): Promise<Delivered> {
  const { notice, target } = of;
  const known = notice.threadRef === null ? null : placeOf(notice.threadRef, target.address);
  if (notice.form === 'edit' && known !== null && of.lookFirst === 'send') {
    return edit(of, known);
  }
  const thread = notice.form === 'edit' ? null : known;
  if (of.lookFirst === 'look') {
    const before = await look(of, thread);
    if (before !== null) return before;
  }
  return notice.form === 'edit' && known !== null ? edit(of, known) : post(of, thread);
}

/** The delivery as it is found in the channel; null: post it. */
async function look(of: Attempt, thread: SlackPlace | null): Promise<Delivered | null> {
  try {
    const where = { address: of.target.address, thread };
    const found = await findDelivery(of.client, of.notice, where);
    return found === null ? null : { outcome: 'sent', ref: refOf(found), refused: [] };
  } catch (error) {
    // Who may not read, or finds no such thread, cannot know: at least once wins.
    if (slackFault(error).kind === 'no') return null;
    return slackFailure(error, { does: 'looking for an earlier attempt', repeats: 'harmless' });
  }
}

async function post(of: Attempt, thread: SlackPlace | null): Promise<Delivered> {
  try {
    const message = {
      ...slackMessage(of.notice),
      channel: thread?.channel ?? of.target.address,
      unfurl_links: false,
      unfurl_media: false,
      link_names: false,
      parse: 'none' as const,
    };
    const { channel, ts } = await of.client.chat.postMessage(placed(message, of.notice, thread));
    if (ts === undefined) {
      return { outcome: 'doubtful', reason: 'slack: posting: the answer names no message' };
    }
    return {
      outcome: 'sent',
      ref: refOf({ channel: channel ?? of.target.address, ts }),
      refused: [],
    };
  } catch (error) {
    if (thread !== null && goneThreads.has(slackFault(error).word)) return post(of, null);
    return slackFailure(error, { does: 'posting', repeats: 'twice' });
  }
}

/** In its thread; a push that people of the channel must see is shown there too. */
function placed<T extends object>(message: T, { form }: Notice, thread: SlackPlace | null) {
  if (thread === null) return message;
  const inThread = { ...message, thread_ts: thread.ts };
  return form === 'new' ? { ...inThread, reply_broadcast: true as const } : inThread;
}

const goneThreads = new Set(['thread_not_found', 'message_not_found']);
const goneMessages = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** A first message that is gone is followed by a new one, which the thread then hangs on. */
async function edit(of: Attempt, place: SlackPlace): Promise<Delivered> {
  try {
    await of.client.chat.update({
      ...slackMessage(of.notice),
      channel: place.channel,
      ts: place.ts,
      link_names: false,
      parse: 'none',
    });
    return { outcome: 'sent', ref: refOf(place), refused: [] };
  } catch (error) {
    if (goneMessages.has(slackFault(error).word)) return post(of, null);
    return slackFailure(error, { does: 'changing the first message', repeats: 'harmless' });
  }
}

const nothing = (): void => undefined;
const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};
