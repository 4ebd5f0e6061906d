import { lookup as resolveName } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duration } from '../domain/window.js';
import { TrainerError } from './error.js';

const LONGEST_ANSWER = 64 * 1024;

/** Addresses that no trainer of the public internet has. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv4');
}
/** Of IPv6 only 2000::/3 is unicast in use; in it, tunnels and documentation are not. */
const PUBLIC6 = new BlockList();
PUBLIC6.addSubnet('2000::', 3, 'ipv6');
const PRIVATE6 = new BlockList();
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  PRIVATE6.addSubnet(net, bits, 'ipv6');
}

export type Lookup = (
  host: string,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface RequestRules {
  /** Plain http, loopback and private networks are allowed. */
  allowPrivate: boolean;
  /** The whole exchange, in ms. */
  limit: Duration;
  lookup?: Lookup;
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Says an address is outside the public internet; what is no address counts as such. */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return PRIVATE.check(address, 'ipv4');
  if (family !== 6) return true;
  return !PUBLIC6.check(address, 'ipv6') || PRIVATE6.check(address, 'ipv6');
}

/**
 * One exchange: no redirect is followed, no proxy is asked, the address is checked when it is
 * connected to. TrainerError: `refused` for an address that is not allowed, `failed` when nothing
 * can have arrived, `uncertain` when it may have.
 */
export async function exchange(
  message: { method: 'GET' | 'POST'; url: URL; headers: Record<string, string>; body: string },
  rules: RequestRules,
): Promise<Answered> {
  const { url, method, headers, body } = message;
  checkUrl(url, rules);
  const options: RequestOptions = {
    method,
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    agent: false,
    lookup: guardedLookup(rules) as NonNullable<RequestOptions['lookup']>,
    signal: AbortSignal.timeout(rules.limit),
  };
  return await new Promise((resolve, reject) => {
    let isOut = false;
    const fail = (error: unknown): void => reject(broken(error, { isOut, url, rules }));
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    const outgoing = start(url, options, (incoming) => {
      const parts: Buffer[] = [];
      let size = 0;
      incoming.on('error', fail);
      incoming.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= LONGEST_ANSWER) parts.push(part);
        else incoming.destroy(new Error('longer than 64 KiB'));
      });
      incoming.on('end', () => {
        const answer = Buffer.concat(parts).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer });
      });
    });
    outgoing.on('error', fail);
    // From here on bytes may arrive: a broken connection leaves open whether they did.
    const connected = url.protocol === 'https:' ? 'secureConnect' : 'connect';
    outgoing.on('socket', (socket) => socket.once(connected, () => (isOut = true)));
    outgoing.end(body);
  });
}

function checkUrl(url: URL, rules: RequestRules): void {
  const isHttps = url.protocol === 'https:';
  if (!isHttps && !(url.protocol === 'http:' && rules.allowPrivate)) {
    throw new TrainerError('refused', `trainer address: expected https, got ${url.protocol}`);
  }
  // A literal address never comes to the lookup.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !rules.allowPrivate && isPrivate(host)) throw notAllowed();
}

function notAllowed(): TrainerError {
  return new TrainerError(
    'refused',
    'trainer address: it lies in a private network; allow private addresses to use it',
  );
}

/** Every address that the name has is checked, at the moment of the connection. */
function guardedLookup(rules: RequestRules) {
  const look: Lookup =
    rules.lookup ?? ((host, done) => resolveName(host, { all: true }, (e, a) => done(e, a)));
  return (
    host: string,
    options: { all?: boolean },
    done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    look(host, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) done(error ?? new Error('no address'), []);
      else if (!rules.allowPrivate && addresses.some(({ address }) => isPrivate(address))) {
        done(notAllowed(), []);
      } else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** Never the address itself: its path or query may hold a secret. */
function broken(
  error: unknown,
  state: { isOut: boolean; url: URL; rules: RequestRules },
): TrainerError {
  if (error instanceof TrainerError) return error;
  const { isOut, url, rules } = state;
  const isTimeout = error instanceof Error && error.name === 'AbortError';
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  const what = isTimeout ? `no answer within ${rules.limit / 1_000} s` : `broken off (${code})`;
  return new TrainerError(isOut ? 'uncertain' : 'failed', `trainer at ${url.host}: ${what}`);
}
