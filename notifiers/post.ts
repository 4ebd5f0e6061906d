import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { HostAddress } from './network-guard.js';

/** Bytes of an answer that are read, for the sake of the connection, and thrown away. */
const mostAnswer = 64 * 1024;

/** What an answer says without its body, which is never looked at. */
export interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/** How far a call came. */
export interface PostProgress {
  /** The connection stood: what follows may have been read. */
  connected: boolean;
}

/** One POST to an address that was checked. No redirect is followed, no proxy asked. */
export interface Post {
  url: URL;
  to: HostAddress;
  headers: Record<string, string>;
  body: string;
  /** Certificates of the authorities to trust, PEM; null: those of Node. */
  ca: string | null;
  signal: AbortSignal;
  progress: PostProgress;
}

/** Sends it. Throws what the connection says, `AbortError` when the signal ends it. */
export async function post(call: Post): Promise<Answer> {
  const { url, to, signal, progress } = call;
  const pinned: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [{ address: to.address, family: to.family }]);
    else done(null, to.address, to.family);
  };
  const length = String(Buffer.byteLength(call.body));
  const options = {
    method: 'POST',
    lookup: pinned,
    agent: false as const,
    signal,
    headers: { ...call.headers, 'content-length': length },
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, ...(call.ca === null ? {} : { ca: call.ca }) })
        : http.request(url, options);
    const ready = url.protocol === 'https:' ? 'secureConnect' : 'connect';
    request.once('socket', (socket) => socket.once(ready, () => (progress.connected = true)));
    request.once('error', reject);
    request.once('response', (response) => {
      const { statusCode = 0, headers } = response;
      const answer = { status: statusCode, retryAfter: headers['retry-after'] };
      let read = 0;
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > mostAnswer) response.destroy();
      });
      // The status stands, whatever becomes of the body.
      response.once('error', () => resolve(answer));
      response.once('close', () => resolve(answer));
    });
    request.end(call.body);
  });
}
