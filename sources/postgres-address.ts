import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { SourceError } from '../domain/source.js';

const CONNECT_MS = 10_000;
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'];
const wanted = 'expected postgres://user:password@host:5432/database?sslmode=verify-full';

/**
 * How a server is reached, from its address, with sslmode and sslrootcert as libpq has them but for
 * one thing: without sslmode the connection is encrypted and the certificate verified, save on
 * this machine. Throws SourceError that says nothing of the address.
 */
export async function clientConfig(address: string, named: string): Promise<ClientConfig> {
  const refuse = (what: string): SourceError => new SourceError(named, null, what);
  if (!URL.canParse(address)) throw refuse(`its url is no address; ${wanted}`);
  const url = new URL(address);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw refuse(`its url is no address; ${wanted}`);
  const host = url.searchParams.get('host') ?? url.hostname.replaceAll(/^\[|\]$/g, '');
  const mode = url.searchParams.get('sslmode') ?? (isHere(host) ? 'disable' : 'verify-full');
  if (!MODES.includes(mode)) {
    throw refuse(`its url has an unknown sslmode; expected ${MODES.join(', ')}`);
  }
  const root = url.searchParams.get('sslrootcert');
  const ca = root === null ? null : await readFile(root, 'utf8').catch(() => null);
  if (root !== null && ca === null) throw refuse('the sslrootcert of its url cannot be read');
  const text = (part: string): string => decodeURIComponent(part);
  return {
    host: text(host),
    port: url.port === '' ? 5432 : Number(url.port),
    user: text(url.username),
    password: text(url.password),
    database: text(url.pathname.slice(1)),
    ssl: mode === 'disable' ? false : tls(mode, ca),
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'aftercare',
  };
}

function tls(mode: string, ca: string | null): ConnectionOptions {
  const trusted = ca === null ? {} : { ca };
  if (mode === 'require') return { ...trusted, rejectUnauthorized: ca !== null };
  // verify-ca: by whom it is signed, not for which name.
  if (mode === 'verify-ca') return { ...trusted, checkServerIdentity: () => undefined };
  return trusted;
}

const isHere = (host: string): boolean =>
  /^(|localhost|127(\.\d+){3}|::1)$/.test(host) || decodeURIComponent(host).startsWith('/');
