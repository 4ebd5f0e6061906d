import http, { type IncomingHttpHeaders, type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificates } from './certificates.js';

/** A status, with headers where they matter; `drop`: read and hung up; `hang`: never answered;
 * `flood`: an answer without an end. */
export type WebhookStep =
  | number
  | { status: number; headers: Record<string, string> }
  | 'drop'
  | 'hang'
  | 'flood';

export interface Receiver {
  port: number;
  url: string;
  calls: { path: string; headers: IncomingHttpHeaders; body: string }[];
  /** Bytes that a flood could get rid of. */
  flooded: () => number;
}

/** A receiver of webhooks on loopback that answers by a script, then with 200. */
export async function withReceiver<T>(
  steps: readonly WebhookStep[],
  use: (receiver: Receiver) => Promise<T>,
  tls: 'plain' | 'tls' = 'plain',
): Promise<T> {
  const script = [...steps];
  const calls: Receiver['calls'] = [];
  let bytes = 0;
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      calls.push({ path: request.url ?? '', headers: request.headers, body });
      const step = script.shift() ?? 200;
      if (step === 'drop') return request.socket.destroy();
      if (step === 'hang') return;
      if (step === 'flood') {
        response.writeHead(200);
        const chunk = Buffer.alloc(16_384, 'x');
        const pour = (): void => {
          if (response.destroyed || bytes > 50_000_000) return void response.end();
          bytes += chunk.length;
          if (response.write(chunk)) setImmediate(pour);
          else response.once('drain', pour);
        };
        pour();
        return;
      }
      const { status, headers } = typeof step === 'number' ? { status: step, headers: {} } : step;
      response.writeHead(status, headers);
      response.end('internal details that nobody should see');
    });
  };
  const server =
    tls === 'tls' ? https.createServer(certificates(), listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${tls === 'tls' ? 'https' : 'http'}://localhost:${port}/hook`;
  try {
    return await use({ port, url, calls, flooded: () => bytes });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
