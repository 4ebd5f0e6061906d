import type { z } from 'zod';
import { kindOfPath } from '../domain/source.js';
import type { FileKind, SourceSpec } from '../domain/source-spec.js';
import type { Columns } from '../domain/monitor.js';
import type { SourceGiven } from './source-keys.js';

const MINUTE = 60_000;
const GB = 1024 ** 3;

type Key = Exclude<keyof SourceGiven, 'kind' | 'where'>;

/** Which keys go with a kind, beside `kind` and `where`; the first ones must be there. */
const KEYS: Readonly<Record<SourceSpec['kind'], { must: readonly Key[]; may: readonly Key[] }>> = {
  parquet: { must: ['path'], may: [] },
  csv: { must: ['path'], may: [] },
  jsonl: { must: ['path'], may: [] },
  postgres: { must: ['url'], may: ['table', 'query', 'timeout', 'overlap'] },
  duckdb: { must: ['path'], may: ['table', 'query', 'timeout'] },
  s3: {
    must: ['path'],
    may: ['format', 'endpoint', 'region', 'access_key', 'secret_key', 'timeout'],
  },
  http: { must: ['url'], may: ['format', 'token', 'timeout', 'max_size'] },
};

const EXAMPLES: Partial<Record<Key, string>> = {
  path: 'path: data/scores/*.parquet',
  url: 'url: env:SCORES_URL',
  table: 'table: scores',
  format: 'format: csv',
  secret_key: 'secret_key: env:S3_SECRET',
  access_key: 'access_key: env:S3_KEY',
};

type Said = (key: Key, message: string) => void;

/** A source as the engine knows it; an issue for each key that is missing or of another kind. */
export function toSource(given: SourceGiven, context: z.RefinementCtx): SourceSpec | null {
  let faults = 0;
  const say: Said = (key, message) => {
    faults++;
    context.addIssue({ code: 'custom', path: [key], message });
  };
  const kind = given.kind ?? (given.path === undefined ? null : kindOfPath(given.path));
  if (kind === null) {
    say(
      'path',
      'expected a path that ends in .parquet, .csv or .jsonl, or kind: parquet, csv or jsonl ' +
        'beside it',
    );
    return null;
  }
  checkKeys(kind, given, say);
  const found = faults > 0 ? null : built(kind, given, say);
  return faults > 0 ? null : found;
}

function checkKeys(kind: SourceSpec['kind'], given: SourceGiven, say: Said): void {
  const { must, may } = KEYS[kind];
  const missing = (key: Key) => say(key, `missing. Example: ${EXAMPLES[key] ?? key}`);
  for (const key of must) if (given[key] === undefined) missing(key);
  const known: readonly string[] = [...must, ...may, 'kind', 'where'];
  for (const key of Object.keys(given) as Key[]) {
    if (given[key] === undefined || known.includes(key)) continue;
    say(key, `expected none: kind ${kind} has ${known.join(', ')}`);
  }
  if (!may.includes('query')) return;
  if ((given.query === undefined) === (given.table === undefined)) {
    const got = given.query === undefined ? 'neither' : 'both';
    say('table', `expected either table or query, got ${got}. Example: table: scores`);
  }
}

function built(kind: SourceSpec['kind'], given: SourceGiven, say: Said): SourceSpec {
  const { path = '', table = null, query = null, timeout = 10 * MINUTE } = given;
  const where = given.where ?? null;
  const common = { path, where, timeout };
  const rows = { ...common, table, query, time: null };
  switch (kind) {
    case 'postgres': {
      const { url = '', overlap = 24 * 60 * MINUTE } = given;
      if (!/^(env|file):/.test(url)) say('url', 'expected a secret as env:NAME or file:PATH');
      return { kind, ...rows, path: table ?? 'query', url, overlap };
    }
    case 'duckdb':
      return { kind, ...rows };
    case 's3':
      return { kind, ...common, ...s3Of(given, say) };
    case 'http': {
      const { url = '', token = null, max_size: mostBytes = GB } = given;
      return { kind, ...common, path: url, format: formatOf(url, given, say), token, mostBytes };
    }
    case 'parquet':
    case 'csv':
    case 'jsonl': {
      const wrong = schemeFault(path);
      if (wrong !== null) say('path', wrong);
      return { kind, path, where };
    }
  }
}

/** Of a path that is an address, which source it is of. */
function schemeFault(path: string): string | null {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path) ?? [];
  switch (scheme?.toLowerCase()) {
    case undefined:
      return null;
    case 's3':
      return 'expected a path of files: s3:// needs from: { kind: s3, path }';
    case 'http':
    case 'https':
      return `expected a path of files: ${scheme}:// needs from: { kind: http, url }`;
    default:
      return `expected a path of files: ${scheme}:// is not available yet in this version`;
  }
}

function s3Of(given: SourceGiven, say: Said) {
  const { path = '', access_key: id, secret_key: secret, endpoint = null } = given;
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]+\/./.test(path)) {
    say('path', `expected s3://bucket/key, got ${JSON.stringify(path)}`);
  }
  if ((id === undefined) !== (secret === undefined)) {
    const key = id === undefined ? 'access_key' : 'secret_key';
    say(key, `missing: access_key and secret_key go together. Example: ${EXAMPLES[key] ?? ''}`);
  }
  const keys = id === undefined || secret === undefined ? null : { id, secret };
  const { region = 'us-east-1' } = given;
  return { format: formatOf(path, given, say), endpoint, region, keys };
}

/** What the files are; told by the ending of a path or an address. */
function formatOf(place: string, given: SourceGiven, say: Said): FileKind {
  const bare = place.startsWith('env:') ? '' : place.replace(/[?#].*$/s, '');
  const format = given.format ?? kindOfPath(bare);
  if (format === null) say('format', 'missing, and no ending tells it. Example: format: csv');
  return format ?? 'csv';
}

/** A source of rows with an event time: a database is asked for a span of it. */
export function timed(spec: SourceSpec, time: Columns['timestamp'] | null): SourceSpec {
  return spec.kind === 'postgres' || spec.kind === 'duckdb' ? { ...spec, time } : spec;
}
