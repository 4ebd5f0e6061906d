import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { expect, test } from 'vitest';
import { isPrivate } from '../../trainers/request.js';
import { signatureOf } from '../../trainers/signature.js';
import * as jobs from './jobs.js';

const { httpTrainer, json, request, withService } = jobs;

test('a start is one signed POST of the request with its key', async () => {
  await withService(
    (_, response) => json(response, 201, { run: { id: 42 } }),
    async (url, heard) => {
      expect(await httpTrainer(url).start(request())).toEqual({ ref: '42', url: null });
      const [one] = heard;
      if (one === undefined) throw new Error('nothing was heard');
      expect(one).toMatchObject({ method: 'POST', path: '/runs' });
      expect(JSON.parse(one.body)).toEqual(request());
      expect(one.headers['idempotency-key']).toBe(request().key);
      const timestamp = '1793600000';
      const signed = { key: 'the-secret-of-the-trigger', id: request().key, timestamp };
      expect(one.headers['webhook-signature']).toBe(signatureOf({ ...signed, body: one.body }));
    },
  );
});

test.each([
  [{ ref: null }, { location: '/runs/77?token=s3cret' }, '77', '/runs/77'],
  [{ ref: '$.run.id' }, {}, 'abc', null],
  [{ ref: null, poll: null }, {}, 'ac-eta-1-e1e1e1e1e1e1', null],
])('the reference comes from the answer, a Location header or the key', async (...row) => {
  const [trigger, headers, ref, path] = row;
  await withService(
    (_, response) => response.writeHead(202, headers).end('{"run":{"id":"abc"}}'),
    async (url) => {
      const started = await httpTrainer(url, trigger).start(request());
      expect(started).toEqual({ ref, url: path === null ? null : `${url}${path}` });
    },
  );
});

test('an accepted start without the promised reference is uncertain', async () => {
  await withService(
    (_, response) => json(response, 202, {}),
    async (url) => {
      await expect(httpTrainer(url).start(request())).rejects.toMatchObject({
        outcome: 'uncertain',
        message: 'the trainer accepted, but no reference is in its answer at run.id',
      });
    },
  );
});

test.each([
  [400, {}, 'refused', null],
  [401, {}, 'refused', null],
  [404, {}, 'refused', null],
  [302, { location: 'http://127.0.0.1:1/elsewhere' }, 'refused', null],
  [429, { 'retry-after': '7' }, 'failed', 7_000],
  [429, {}, 'failed', null],
  [500, {}, 'failed', null],
  [503, { 'retry-after': '30' }, 'failed', 30_000],
  [502, {}, 'uncertain', null],
  [504, {}, 'uncertain', null],
])('an answer %i to a start is final or worth another try', async (...row) => {
  const [status, headers, outcome, retryAfter] = row;
  await withService(
    (_, response) => response.writeHead(status, headers).end('the-secret-of-the-trigger'),
    async (url, heard) => {
      const start = httpTrainer(url).start(request());
      await expect(start).rejects.toMatchObject({ outcome, retryAfter });
      await expect(start).rejects.not.toThrow('the-secret-of-the-trigger');
      expect(heard).toHaveLength(1); // no retry of its own, no redirect followed
    },
  );
});

/** A server that takes the connection and does with it what the test wants. */
async function withSocket(
  take: Parameters<typeof createServer>[1],
  run: (url: string, server: Server) => Promise<void>,
): Promise<void> {
  const server = createServer({}, take);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  } finally {
    server.close();
  }
}

test('a connection that breaks after the request went out is uncertain', async () => {
  await withSocket(
    (socket) => socket.once('data', () => socket.destroy()),
    async (url) => {
      const start = httpTrainer(url).start(request());
      await expect(start).rejects.toMatchObject({ outcome: 'uncertain' });
    },
  );
});

test('a server that never answers is cut off and uncertain', async () => {
  await withSocket(
    (socket) => socket.on('error', () => undefined).resume(),
    async (url) => {
      const start = httpTrainer(url, {}, { limit: 100 }).start(request());
      await expect(start).rejects.toMatchObject({ outcome: 'uncertain' });
      await expect(start).rejects.toThrow(/no answer within 0\.1 s$/);
    },
  );
});

test('a server that is not there has started nothing: worth another try', async () => {
  let gone = '';
  await withSocket(
    () => undefined,
    async (url) => {
      gone = url;
      await Promise.resolve();
    },
  );
  await expect(httpTrainer(gone).start(request())).rejects.toMatchObject({ outcome: 'failed' });
});

test('an answer longer than 64 KiB is cut off', async () => {
  await withService(
    (_, response) => response.writeHead(202).end(JSON.stringify({ pad: 'x'.repeat(70_000) })),
    async (url) => {
      await expect(httpTrainer(url).start(request())).rejects.toMatchObject({
        outcome: 'uncertain',
      });
    },
  );
});

test('a look says running with its share, and never repeats other words of the trainer', async () => {
  const answers: unknown[] = [
    { state: 'QUEUED' },
    { state: 'running', progress: 0.4 },
    { state: 'running', progress: 'row 17: Jane Doe' },
  ];
  await withService(
    (_, response) => json(response, 200, answers.shift()),
    async (url, heard) => {
      const trainer = httpTrainer(url);
      expect(await trainer.poll('a/b')).toEqual({ state: 'running', progress: null });
      expect(await trainer.poll('a/b')).toEqual({ state: 'running', progress: '40 %' });
      expect(await trainer.poll('a/b')).toEqual({ state: 'running', progress: null });
      expect(heard[0]?.path).toBe('/runs/a%2Fb');
    },
  );
});

test.each([500, 502, 504, 429])(
  'a look that is answered %i is worth another look',
  async (status) => {
    await withService(
      (_, response) => json(response, status, {}),
      async (url) => {
        await expect(httpTrainer(url).poll('42')).rejects.toMatchObject({ outcome: 'failed' });
      },
    );
  },
);

test('a reference that points to another server is not followed', async () => {
  await withService(
    (_, response) => json(response, 200, { state: 'running' }),
    async (url, heard) => {
      const trainer = httpTrainer(url, { poll: { url: '{ref}', every: 1_000 } });
      expect(await trainer.poll(`${url}/runs/1`)).toMatchObject({ state: 'running' });
      await expect(trainer.poll('http://127.0.0.1:9/')).rejects.toMatchObject({
        outcome: 'refused',
      });
      expect(heard).toHaveLength(1);
    },
  );
});

test.each([
  'http://trainer.example/runs', // not https
  'https://127.0.0.1/runs',
  'https://2130706433/runs', // the same in decimal
  'https://[::1]/runs',
  'https://[::ffff:127.0.0.1]/runs',
  'https://10.1.2.3/runs',
  'https://name-that-resolves-to-private.example/runs',
  'file:///etc/passwd',
  'not a url',
])('%s is refused without leave for private addresses', async (url) => {
  const lookup = (
    _: string,
    done: (error: null, found: { address: string; family: number }[]) => void,
  ) =>
    done(null, [
      { address: '93.184.216.34', family: 4 },
      { address: '192.168.1.1', family: 4 },
    ]);
  const trainer = httpTrainer('', { url }, { allowPrivate: false, lookup });
  await expect(trainer.start(request())).rejects.toMatchObject({ outcome: 'refused' });
});

test('only unicast addresses of the public internet are not private', () => {
  const open = ['93.184.216.34', '8.8.8.8', '2606:2800:220:1::1'];
  const closed = [
    ...['0.0.0.0', '100.64.0.1', '169.254.169.254', '172.16.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'ff02::1', '::ffff:8.8.8.8', '64:ff9b::1', '2002::1'],
    'localhost',
  ];
  expect(open.filter(isPrivate)).toEqual([]);
  expect(closed.filter((address) => !isPrivate(address))).toEqual([]);
});

test('an http trainer cannot be cancelled, and says so', async () => {
  await expect(httpTrainer('http://x').cancel('1')).rejects.toMatchObject({ outcome: 'refused' });
});
