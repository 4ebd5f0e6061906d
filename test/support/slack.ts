import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake answers to one call. `drop` ends the connection before, `drop-after-accept` after
 * the message is stored; any other word is an `ok: false` code. */
type SlackStep = string;

interface SlackCall {
  method: string;
  params: Record<string, string>;
  authorization: string | undefined;
}

interface StoredMessage {
  channel: string;
  ts: string;
  thread_ts: string | null;
  text: string;
  blocks: string;
  metadata: unknown;
  edits: number;
}

/** A Slack API on loopback: stores messages, serves history, replies, edits and channel lists. */
export interface FakeSlack {
  apiUrl: string;
  calls: SlackCall[];
  messages: StoredMessage[];
  /** Steps for the next calls of a method, `chat.postMessage` unless it is named; then all is ok. */
  script: (steps: readonly SlackStep[], method?: string) => void;
  /** Names → ids, for conversations.list. */
  channels: Map<string, string>;
  /** The ts of the first message, in seconds; the others follow one second apart. */
  firstTs: number;
  /** Messages on a page of a history. */
  pageSize: number;
}

const bodies: Readonly<Record<string, [number, Record<string, string>]>> = {
  '429': [429, { 'retry-after': '7' }],
  '429-no-header': [429, {}],
  '500': [500, {}],
  '503': [503, {}],
};

export async function withSlack<T>(use: (slack: FakeSlack) => Promise<T>): Promise<T> {
  const scripts = new Map<string, SlackStep[]>();
  const slack: Omit<FakeSlack, 'apiUrl'> = {
    calls: [],
    messages: [],
    channels: new Map([['ml', 'C0ML']]),
    firstTs: 1_763_812_800,
    pageSize: 2,
    script: (steps, method = 'chat.postMessage') => void scripts.set(method, [...steps]),
  };
  const server = createServer((request, response) => {
    void answer({ slack, scripts, request, response });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use(Object.assign(slack, { apiUrl: `http://127.0.0.1:${port}/api/` }));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

interface Exchange {
  slack: Omit<FakeSlack, 'apiUrl'>;
  scripts: Map<string, SlackStep[]>;
  request: IncomingMessage;
  response: ServerResponse;
}

async function answer({ slack, scripts, request, response }: Exchange): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const method = (request.url ?? '').replace('/api/', '');
  const params = Object.fromEntries(new URLSearchParams(body));
  slack.calls.push({ method, params, authorization: request.headers.authorization });
  const step = scripts.get(method)?.shift() ?? 'ok';
  if (step === 'drop') return void request.socket.destroy();
  if (step === 'hang') return;
  const refusal = bodies[step];
  if (refusal !== undefined) {
    response.writeHead(refusal[0], refusal[1]);
    return void response.end('internal details that nobody should see');
  }
  if (step !== 'ok' && step !== 'drop-after-accept') {
    send(response, { ok: false, error: step });
    return;
  }
  const result = perform(slack, method, params);
  if (step === 'drop-after-accept') return void request.socket.destroy();
  send(response, result);
}

function send(response: ServerResponse, data: Record<string, unknown>): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(data));
}

function perform(
  slack: Omit<FakeSlack, 'apiUrl'>,
  method: string,
  params: Record<string, string>,
): Record<string, unknown> {
  const channel = idOf(slack, params['channel'] ?? '');
  switch (method) {
    case 'chat.postMessage': {
      const ts = `${slack.firstTs + slack.messages.length}.000100`;
      slack.messages.push({
        channel,
        ts,
        thread_ts: params['thread_ts'] ?? null,
        text: params['text'] ?? '',
        blocks: params['blocks'] ?? '[]',
        metadata: JSON.parse(params['metadata'] ?? 'null'),
        edits: 0,
      });
      return { ok: true, channel, ts };
    }
    case 'chat.update': {
      // Slack takes ids only here.
      const found = slack.messages.find(
        (one) => one.channel === params['channel'] && one.ts === params['ts'],
      );
      if (found === undefined) return { ok: false, error: 'message_not_found' };
      Object.assign(found, { text: params['text'], blocks: params['blocks'] });
      found.edits += 1;
      return { ok: true, channel, ts: found.ts };
    }
    case 'conversations.history':
    case 'conversations.replies': {
      const known = new Set([...slack.channels.values(), ...slack.messages.map((m) => m.channel)]);
      if (!known.has(params['channel'] ?? '')) return { ok: false, error: 'channel_not_found' };
      const thread = method === 'conversations.replies' ? (params['ts'] ?? '') : null;
      const messages = slack.messages.filter(
        (one) =>
          one.channel === channel &&
          (thread === null ? one.thread_ts === null : [one.thread_ts, one.ts].includes(thread)) &&
          Number(one.ts) >= Number(params['oldest'] ?? 0),
      );
      const from = Number(params['cursor'] ?? 0);
      const page = messages.reverse().slice(from, from + slack.pageSize);
      const end = from + slack.pageSize;
      const next = end < messages.length ? String(end) : '';
      const plain = page.map((one) => ({ ...one, metadata: undefined }));
      return {
        ok: true,
        messages: params['include_all_metadata'] === 'true' ? page : plain,
        response_metadata: { next_cursor: next },
      };
    }
    case 'conversations.list':
      return {
        ok: true,
        channels: [...slack.channels].map(([name, id]) => ({ id, name })),
      };
    case 'conversations.open':
      return { ok: true, channel: { id: `D${params['users'] ?? ''}` } };
    default:
      return { ok: false, error: 'unknown_method' };
  }
}

function idOf(slack: Pick<FakeSlack, 'channels'>, address: string): string {
  if (/^U/.test(address)) return `D${address}`;
  return slack.channels.get(address.replace(/^#/, '')) ?? address;
}
