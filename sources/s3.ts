import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type * as SdkModule from '@aws-sdk/client-s3';
import { formatDuration } from '../calendar/durations.js';
import { SourceError } from '../domain/source.js';
import type { S3Source } from '../domain/source-spec.js';
import { folderOf, sweepCopies } from './copies.js';
import { fingerprintOf, keptCopy } from './fetched.js';
import { manifestOf } from './files.js';
import { globsOf, matcherOf, prefixOf } from './pattern.js';
import type { Asked, Source, World } from './source.js';

const LOOK_MS = 5_000;

/** Objects of an S3-compatible store; each is fetched once for each state (ETag) that it has. */
export const s3: Source<S3Source> = {
  kind: 's3',
  async locate(spec, asked, world) {
    const folder = folderOf(world.folder, spec);
    const paths = await connected(spec, { asked, world, limit: spec.timeout }, async (store) => {
      const found: string[] = [];
      for (const object of await objectsOf(store, spec, asked)) {
        const copy = await fetchObject(store, { folder, ...object });
        if (copy !== null) found.push(copy);
      }
      return found;
    });
    await sweepCopies(world.folder);
    const { path: told, where, format: kind } = spec;
    const files = await manifestOf(paths, fingerprintOf(kind));
    return { kind, path: told, where, files, origin: 'fetched' };
  },
  async look(spec, asked, world) {
    return connected(spec, { asked, world, limit: LOOK_MS }, async (store) => {
      const objects = await objectsOf(store, spec, asked);
      const newest = objects.at(-1);
      const folder = folderOf(world.folder, spec);
      const copy = newest === undefined ? null : await fetchObject(store, { folder, ...newest });
      const words = objects.length === 1 ? '1 object' : `${objects.length} objects`;
      const files = copy === null ? [] : [copy];
      return { words, isEmpty: objects.length === 0, columns: null, files };
    });
  },
};

type Sdk = typeof SdkModule;

interface Store {
  sdk: Sdk;
  client: SdkModule.S3Client;
  bucket: string;
  signal: AbortSignal;
}

async function connected<T>(
  spec: S3Source,
  { asked, world, limit }: { asked: Asked; world: World; limit: number },
  run: (store: Store) => Promise<T>,
): Promise<T> {
  const secret = (reference: string) => world.secret(reference, asked.owner);
  const { keys, region, endpoint } = spec;
  const credentials = keys && {
    accessKeyId: secret(keys.id),
    secretAccessKey: secret(keys.secret),
  };
  const sdk = await import('@aws-sdk/client-s3'); // only who needs it loads it
  const address = endpoint !== null && /^(env|file):/.test(endpoint) ? secret(endpoint) : endpoint;
  const client = new sdk.S3Client({
    region,
    ...(credentials && { credentials }),
    // Stores beside that of AWS seldom have a name for each bucket.
    ...(address !== null && { endpoint: address, forcePathStyle: true }),
    maxAttempts: 3,
  });
  const late = AbortSignal.timeout(limit);
  const signal = asked.signal === undefined ? late : AbortSignal.any([asked.signal, late]);
  try {
    return await run({ sdk, client, bucket: bucketOf(spec), signal });
  } catch (error) {
    asked.signal?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    const taken = `it took longer than ${formatDuration(limit)}; expected less, or timeout:`;
    throw new SourceError(spec.path, null, late.aborted ? taken : saidOf(error));
  } finally {
    client.destroy();
  }
}

const bucketOf = ({ path }: S3Source): string => /^s3:\/\/([^/]+)/.exec(path)?.[1] ?? '';

interface Listed {
  key: string;
  /** Names the state that the listing saw; null: the store does not say. */
  listed: string | null;
}

/** The objects that a path means for a span, by their keys. */
async function objectsOf(store: Store, spec: S3Source, asked: Asked): Promise<Listed[]> {
  const { sdk, client, bucket, signal } = store;
  const template = spec.path.slice(`s3://${bucket}/`.length);
  const found = new Map<string, string | null>();
  for (const glob of globsOf(template, asked)) {
    const [prefix, matches] = [prefixOf(glob), matcherOf(glob)];
    const pages = sdk.paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
      {
        abortSignal: signal,
      },
    );
    for await (const { Contents: objects = [] } of pages) {
      for (const { Key: key = '', ETag: etag = null } of objects) {
        if (matches(key)) found.set(key, etag);
      }
    }
  }
  return [...found.keys()].sort().map((key) => ({ key, listed: found.get(key) ?? null }));
}

/** Path of the copy of an object; null: it went since it was listed. */
async function fetchObject(
  { sdk, client, bucket, signal }: Store,
  { folder, key, listed }: Listed & { folder: string },
): Promise<string | null> {
  const name = `${bucket}/${key}`;
  const copy = await keptCopy({ folder, name }, async (etag, to) => {
    if (etag !== null && etag === listed) return 'same';
    const known = etag === null ? {} : { IfNoneMatch: etag };
    const get = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...known });
    try {
      const {
        Body: body,
        ETag: now,
        ContentLength: bytes,
      } = await client.send(get, {
        abortSignal: signal,
      });
      const file = createWriteStream(to);
      await pipeline(body as Readable, file, { signal });
      if (bytes !== undefined && file.bytesWritten !== bytes) {
        throw new SourceError(`s3://${name}`, null, `${file.bytesWritten} bytes came of ${bytes}`);
      }
      return { etag: now ?? null };
    } catch (error) {
      const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
      if ($metadata?.httpStatusCode === 304) return 'same';
      if ($metadata?.httpStatusCode === 404) return 'none';
      throw error;
    }
  });
  return copy?.file ?? null;
}

/** What the store says, without keys and signatures, which its own words may hold. */
function saidOf(error: unknown): string {
  const {
    name = '',
    code = '',
    $metadata,
  } = error as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) {
    const what = code || name;
    return name === 'CredentialsProviderError'
      ? 'this machine is nobody for AWS; expected access_key and secret_key, or a role of it'
      : `the store cannot be reached (${what}); is it up, and endpoint right?`;
  }
  if (status === 403 || status === 401) return `the store refuses the keys (${name}, ${status})`;
  if (name === 'NoSuchBucket') return 'the store has no such bucket';
  return `the store answers ${status} (${name})`;
}
