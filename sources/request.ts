import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { World } from './source.js';

/** One GET to the one address of its host that may be called; no redirect is followed. */
export async function send(
  world: Pick<World, 'address'>,
  url: URL,
  { headers, signal }: { headers: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<http.IncomingMessage> {
  const to = await world.address(url);
  const pinned: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [to]);
    else done(null, to.address, to.family);
  };
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const own = { 'user-agent': 'aftercare', ...headers };
    const call = request(url, { lookup: pinned, agent: false, signal, headers: own });
    call.once('error', reject);
    call.once('response', resolve);
    call.end();
  });
}

/** `answers 302, and redirects are not followed`: a status that is no success. */
export function statusWords(status: number): string {
  const isRedirect = status >= 300 && status < 400;
  return `answers ${status}${isRedirect ? ', and redirects are not followed' : ''}`;
}

/** Why a server was not reached; says nothing of its address. */
export function unreachableWords(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return name === 'ForbiddenAddressError' ? message : `cannot be reached (${code ?? name})`;
}
