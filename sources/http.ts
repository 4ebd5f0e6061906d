import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { isTemplate } from '../calendar/partitions.js';
import { formatDuration } from '../calendar/durations.js';
import { SourceError } from '../domain/source.js';
import type { HttpSource } from '../domain/source-spec.js';
import { folderOf, sweepCopies } from './copies.js';
import { fingerprintOf, keptCopy } from './fetched.js';
import { manifestOf } from './files.js';
import { jsonLines } from './json-lines.js';
import { globsOf } from './pattern.js';
import { send, statusWords, unreachableWords } from './request.js';
import type { Asked, Source, World } from './source.js';

const LOOK_MS = 5_000;

/** Files that an HTTP server answers with, one for each partition of a template. */
export const httpSource: Source<HttpSource> = {
  kind: 'http',
  async locate(spec, asked, world) {
    const folder = folderOf(world.folder, spec);
    const paths: string[] = [];
    for (const url of addressesOf(spec, asked, world)) {
      const copy = await keptCopy({ folder, name: url.href }, (etag, to) =>
        get({ spec, asked, world, limit: spec.timeout }, url, { etag, to }),
      );
      if (copy !== null) paths.push(copy.file);
    }
    await sweepCopies(world.folder);
    const { path: told, where, format: kind } = spec;
    const files = await manifestOf(paths, fingerprintOf(kind));
    return { kind, path: told, where, files, origin: 'pulled' };
  },
  async look(spec, asked, world) {
    const [url] = addressesOf(spec, { ...asked, span: asked.span ?? today(world) }, world);
    if (url === undefined) return { words: 'no address', isEmpty: true, columns: null, files: [] };
    const found = await get({ spec, asked, world, limit: LOOK_MS }, url, { etag: null, to: null });
    const isEmpty = found === 'none';
    return { words: isEmpty ? 'nothing there' : 'answers', isEmpty, columns: null, files: [] };
  },
};

const isSecret = (path: string): boolean => /^(env|file):/.test(path);

function today({ clock }: World): { start: number; end: number } {
  const now = clock();
  return { start: now - 1, end: now };
}

function addressesOf(spec: HttpSource, asked: Asked, world: World): URL[] {
  const template = isSecret(spec.path) ? world.secret(spec.path, asked.owner) : spec.path;
  // Every date there is cannot be asked for.
  const { span } = asked;
  return globsOf(template, { ...asked, span: span ?? today(world) }).map((address) => {
    if (URL.canParse(address) && /^https?:/.test(address)) return new URL(address);
    throw new SourceError(spec.path, null, 'is no address; expected https://…');
  });
}

interface Call {
  spec: HttpSource;
  asked: Asked;
  world: World;
  limit: number;
}

/**
 * One GET of an address that was checked; no redirect is followed, no proxy asked. A partition
 * may not be there (404); an address without a template has to be.
 */
async function get(
  call: Call,
  url: URL,
  { etag, to }: { etag: string | null; to: string | null },
): Promise<{ etag: string | null } | 'same' | 'none'> {
  const { spec, asked, limit } = call;
  const late = AbortSignal.timeout(limit);
  const signal = asked.signal === undefined ? late : AbortSignal.any([asked.signal, late]);
  const named = isSecret(spec.path) ? spec.path : url.host + url.pathname;
  const refuse = (what: string): SourceError => new SourceError(named, null, what);
  try {
    const answer = await send(call.world, url, { headers: headersOf(call, etag), signal });
    const { statusCode: status = 0, headers } = answer;
    const isNone = status === 204 || (isTemplate(spec.path) && (status === 404 || status === 410));
    if (status === 304 || isNone) {
      answer.destroy();
      return isNone ? 'none' : 'same';
    }
    if (status !== 200) {
      answer.destroy();
      throw refuse(statusWords(status));
    }
    if (to === null) answer.destroy();
    else await save(answer, { spec, to, signal, named });
    return { etag: headers.etag ?? null };
  } catch (error) {
    asked.signal?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    if (late.aborted) {
      throw refuse(`took longer than ${formatDuration(limit)}; expected less, or timeout:`);
    }
    throw refuse(unreachableWords(error));
  }
}

function headersOf({ spec, asked, world }: Call, etag: string | null) {
  return {
    'accept-encoding': 'gzip, br',
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(spec.token && { authorization: `Bearer ${world.secret(spec.token, asked.owner)}` }),
  };
}

async function save(
  answer: IncomingMessage,
  of: { spec: HttpSource; to: string; signal: AbortSignal; named: string },
): Promise<void> {
  const { spec, to, signal, named } = of;
  const steps: Transform[] = [];
  const encoding = answer.headers['content-encoding'];
  if (encoding === 'gzip') steps.push(createGunzip());
  if (encoding === 'br') steps.push(createBrotliDecompress());
  steps.push(bounded(spec.mostBytes, named));
  if (spec.format === 'jsonl' && !/\.(gz|zst)$/.test(to)) steps.push(jsonLines());
  await pipeline([answer, ...steps, createWriteStream(to)], { signal });
}

/** Counts what was unpacked: a small answer may hold a large file. */
function bounded(most: number, named: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const problem = `is longer than ${Math.round(most / 1024 ** 2)} MB; expected less, or max_size:`;
      done(bytes > most ? new SourceError(named, null, problem) : null, chunk);
    },
  });
}
