import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HttpSource, S3Source } from '../../domain/source-spec.js';
import { jsonLines } from '../../sources/json-lines.js';
import { locate } from '../../sources/locate.js';
import { isThere, markersOf } from '../../sources/markers.js';
import { matcherOf } from '../../sources/pattern.js';
import { withFolder } from '../support/lake.js';
import { BUCKET, objectStoreMissing, withObjectStore } from '../support/moto.js';
import { testWorld, type TestWorld } from '../support/world.js';

const day = Date.UTC(2026, 2, 1);
const asked = {
  ...{ span: { start: day, end: day + 2 * 86_400_000 }, timezone: 'UTC', owner: 'team:ml' },
};

async function withAnswers(
  listener: RequestListener,
  use: (of: { spec: HttpSource; origin: string; world: TestWorld }) => Promise<void>,
): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spec: HttpSource = {
    ...{ kind: 'http', path: `${origin}/rows.csv`, format: 'csv', where: null, token: null },
    ...{ timeout: 5_000, mostBytes: 1_000 },
  };
  try {
    await withFolder((folder) => use({ spec, origin, world: testWorld(folder) }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('http: an answer that was not changed is not sent again', async () => {
  const seen: (string | undefined)[] = [];
  await withAnswers(
    (request, response) => {
      seen.push(request.headers['if-none-match']);
      response.setHeader('etag', '"one"');
      if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end();
      else response.end('id\n1\n');
    },
    async ({ spec, world }) => {
      const first = await locate(spec, asked, world);
      const second = await locate(spec, asked, world);
      expect(second.files).toEqual(first.files);
      expect(await readFile(first.files[0]?.path ?? '', 'utf8')).toBe('id\n1\n');
      expect(seen).toEqual([undefined, '"one"']);
    },
  );
});

test('http: what is too long is refused, also when it is small on its way', async () => {
  const long = gzipSync(Buffer.alloc(5_000_000));
  await withAnswers(
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(long),
    async ({ spec, world }) => {
      await expect(locate({ ...spec, mostBytes: 2 * 1024 ** 2 }, asked, world)).rejects.toThrow(
        'is longer than 2 MB; expected less, or max_size:',
      );
    },
  );
});

test('http: a part that breaks off is an error, and nothing is kept of it', async () => {
  let breaks = true;
  await withAnswers(
    (_, response) => {
      response.writeHead(200, { 'content-length': '8' });
      if (!breaks) return response.end('id\n1\n2\n\n');
      response.write('id\n1');
      setTimeout(() => response.destroy(), 50);
      return undefined;
    },
    async ({ spec, world }) => {
      await expect(locate(spec, asked, world)).rejects.toThrow('cannot be reached');
      breaks = false;
      const { files } = await locate(spec, asked, world);
      expect(files.map(({ bytes }) => bytes)).toEqual([8]);
    },
  );
});

test('http: 404 is no rows of a partition, and an error of an address without one', async () => {
  await withAnswers(
    (request, response) => {
      if (request.url === '/2026-03-02.csv') response.end('id\n2\n');
      else response.writeHead(404).end('not here');
    },
    async ({ spec, origin, world }) => {
      const { files } = await locate({ ...spec, path: `${origin}/{date}.csv` }, asked, world);
      expect(files.map(({ bytes }) => bytes)).toEqual([5]);
      await expect(locate(spec, asked, world)).rejects.toThrow('/rows.csv: answers 404');
    },
  );
});

test('http: a private address is refused unless it is opened; redirects are not followed', async () => {
  await withAnswers(
    (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    async ({ spec, world }) => {
      await expect(locate(spec, asked, world)).rejects.toThrow(
        'answers 302, and redirects are not followed',
      );
      world.allowPrivate = false;
      await expect(locate(spec, asked, world)).rejects.toThrow('private address');
    },
  );
});

test('a JSON array becomes an object a line, whatever is in it and however it is cut', async () => {
  const lines = async (json: string, sizes: readonly number[]) => {
    const bytes = Buffer.from(json);
    const chunks: Buffer[] = [];
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    const out = await text(Readable.from(chunks).pipe(jsonLines()));
    const whole = out.split('\n').filter((line) => line.trim() !== '');
    return whole.map((line) => JSON.parse(line) as unknown);
  };
  expect(await lines('[]', [1])).toEqual([]);
  expect(await lines('{"a": 1}\n{"a": 2}\n', [3])).toEqual([{ a: 1 }, { a: 2 }]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(undefined, 2),
      async (rows, sizes, indent) => {
        const same = JSON.parse(JSON.stringify(rows)) as unknown;
        expect(await lines(JSON.stringify(rows, null, indent), sizes)).toEqual(same);
      },
    ),
    { numRuns: 100 },
  );
});

test('a glob of keys means what a glob of files does', () => {
  const which = (glob: string) =>
    ['a/b.csv', 'a/c/b.csv', 'a/b.csv.gz', 'a/bXcsv', 'a/b1.csv'].filter(matcherOf(glob));
  expect(which('a/*.csv')).toEqual(['a/b.csv', 'a/b1.csv']);
  expect(which('a/**/*.csv')).toEqual(['a/b.csv', 'a/c/b.csv', 'a/b1.csv']);
  expect(which('a/b?.csv')).toEqual(['a/b1.csv']);
  expect(which('a/b[0-9].{csv,gz}')).toEqual(['a/b1.csv']);
  expect(which('a/b.csv')).toEqual(['a/b.csv']);
});

const why = await objectStoreMissing();
const named = why === null ? '' : ` (${why})`;

test.skipIf(why !== null)(`s3: only the objects of a span, each once for each ETag${named}`, () =>
  withObjectStore((store) =>
    withFolder(async (folder) => {
      const world = testWorld(folder);
      Object.assign(world.secrets, { 'env:ID': 'an-id', 'env:KEY': 'a-very-secret-key' });
      const spec: S3Source = {
        ...{ kind: 's3', path: `s3://${BUCKET}/dt={date}/*.csv`, format: 'csv', where: null },
        ...{ endpoint: store.endpoint, region: 'us-east-1', timeout: 10_000 },
        keys: { id: 'env:ID', secret: 'env:KEY' },
      };
      const gets = (): string[] =>
        store.requests().flatMap((one) => /^GET \/scores\/(\S+\.csv)\S* \d+/.exec(one)?.[1] ?? []);
      for (const date of ['02-28', '03-01', '03-02', '03-03']) {
        await store.put(`dt=2026-${date}/a.csv`, `id\n${date}\n`);
      }
      const bodies = async () => {
        const { files } = await locate(spec, asked, world);
        return Promise.all(files.map(async ({ path }) => readFile(path, 'utf8')));
      };
      expect(await bodies()).toEqual(['id\n03-01\n', 'id\n03-02\n']);
      await store.put('dt=2026-03-02/a.csv', 'id\nnew\n');
      await store.put('dt=2026-03-01/b.csv', 'id\nlate\n');
      expect((await bodies()).sort()).toEqual(['id\n03-01\n', 'id\nlate\n', 'id\nnew\n']);
      await store.remove('dt=2026-03-01/a.csv');
      expect((await bodies()).sort()).toEqual(['id\nlate\n', 'id\nnew\n']);
      const marker = { marker: '_SUCCESS', wait: 1 };
      const there = async () =>
        Promise.all(
          markersOf(spec, marker, asked).map((path) => isThere(spec, path, { asked, world })),
        );
      await store.put('dt=2026-03-02/_SUCCESS', '');
      expect(await there()).toEqual([false, true]);
      const [first, changed] = ['dt%3D2026-03-01/a.csv', 'dt%3D2026-03-02/a.csv'];
      const plain = gets().map((key) => key.replaceAll('=', '%3D'));
      expect(plain.filter((key) => key === first)).toHaveLength(1);
      expect(plain.filter((key) => key === changed)).toHaveLength(2);
    }),
  ),
);
