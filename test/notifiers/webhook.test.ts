import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  isPublic,
  type AllowPrivate,
  type HostAddress,
  type Resolve,
} from '../../notifiers/network-guard.js';
import { webhookNotifier } from '../../notifiers/webhook.js';
import { certificates } from '../support/certificates.js';
import { aNotice, targets } from '../support/notices.js';
import { withReceiver } from '../support/webhook.js';

interface Sent {
  secret?: string | null;
  allowPrivate?: AllowPrivate;
  resolve?: Resolve;
  ca?: string;
  limit?: number;
  clock?: () => number;
}

async function send(url: string, { secret = null, ...rest }: Sent = {}) {
  const webhook = async () => Promise.resolve({ url, secret });
  const notifier = webhookNotifier({ webhook, allowPrivate: true, limit: 20_000, ...rest });
  return notifier.send(targets.webhook, aNotice(), 'send');
}

const loopback: HostAddress = { address: '127.0.0.1', family: 4 };

describe('a webhook', () => {
  test('is signed as Standard Webhooks says, over id, time and body', async () => {
    await withReceiver([], async ({ url, calls }) => {
      const clock = () => 1_763_812_800_500;
      const delivered = await send(url, { secret: 'whsec_MfKQ9r8GKYqrTwjU', clock });
      expect(delivered).toEqual({ outcome: 'sent', ref: '200', refused: [] });
      const headers: IncomingHttpHeaders = calls[0]?.headers ?? {};
      const body = calls[0]?.body ?? '';
      const id = aNotice().deliveryId;
      expect(headers['webhook-id']).toBe(id);
      expect(headers['idempotency-key']).toBe(id);
      expect(headers['webhook-timestamp']).toBe('1763812800');
      const key = Buffer.from('MfKQ9r8GKYqrTwjU', 'base64');
      const expected = createHmac('sha256', key)
        .update(`${id}.1763812800.${body}`)
        .digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${expected}`);
      expect(headers['content-type']).toBe('application/json');
    });
  });

  test('signs as the published example of Standard Webhooks', async () => {
    const { signatureHeaders } = await import('../../notifiers/signature.js');
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: 1_614_265_330_000,
      body: '{"test": 2432232314}',
    };
    expect(signatureHeaders(message, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('carries the notice as data', async () => {
    await withReceiver([], async ({ url, calls }) => {
      await send(url);
      const notice = aNotice();
      expect(JSON.parse(calls[0]?.body ?? '')).toEqual({
        version: 1,
        deliveryId: notice.deliveryId,
        thread: notice.thread,
        form: 'new',
        severity: 'critical',
        at: '2025-11-22T12:00:00.000Z',
        subject: notice.subject,
        text: notice.text,
        facts: notice.facts,
        data: notice.data,
      });
      expect(calls[0]?.headers['webhook-signature']).toBeUndefined();
    });
  });

  test.each([
    [204, { outcome: 'sent', ref: '204' }],
    [301, { outcome: 'refused' }],
    [400, { outcome: 'refused' }],
    [404, { outcome: 'refused' }],
    [410, { outcome: 'refused' }],
    [408, { outcome: 'failed', retryAfter: null }],
    [425, { outcome: 'failed', retryAfter: null }],
    [429, { outcome: 'failed', retryAfter: 30_000 }],
    [500, { outcome: 'failed', retryAfter: null }],
    [503, { outcome: 'failed', retryAfter: null }],
  ])('that answers %i is read as it is meant', async (status, expected) => {
    await withReceiver([status], async ({ url }) => {
      expect(await send(url)).toMatchObject(expected);
    });
  });

  test('says itself when it wants to be called again, in seconds or by date', async () => {
    const now = Date.UTC(2025, 10, 22, 12);
    const date = new Date(now + 90_000).toUTCString();
    const steps = ['11', date].map((value) => ({ status: 503, headers: { 'retry-after': value } }));
    await withReceiver(steps, async ({ url }) => {
      const clock = () => now;
      expect(await send(url, { clock })).toMatchObject({ retryAfter: 11_000 });
      expect(await send(url, { clock })).toMatchObject({ retryAfter: 90_000 });
    });
  });

  test('that hangs up after it was called leaves the delivery in doubt', async () => {
    await withReceiver(['drop'], async ({ url }) => {
      expect((await send(url)).outcome).toBe('doubtful');
    });
  });

  test('whose answer has no end is cut off after 64 KiB, and counts', async () => {
    await withReceiver(['flood'], async ({ url, flooded }) => {
      expect((await send(url)).outcome).toBe('sent');
      // What buffers of both sides hold is more than 64 KiB and far less than the flood.
      expect(flooded()).toBeLessThan(20_000_000);
    });
  });

  test('over TLS must show a certificate that is trusted', async () => {
    await withReceiver(
      [],
      async ({ url, calls }) => {
        expect(await send(url)).toMatchObject({ outcome: 'refused' });
        expect(calls).toHaveLength(0);
        expect(await send(url, { ca: certificates().ca })).toMatchObject({ outcome: 'sent' });
      },
      'tls',
    );
  });

  test('that nobody knows, or whose secret is not there, is refused in words', async () => {
    const none = webhookNotifier({ webhook: async () => Promise.resolve(null) });
    expect(await none.send(targets.webhook, aNotice(), 'send')).toEqual({
      outcome: 'refused',
      reason: 'webhook pager: there is no webhook of this name',
    });
    const fails = webhookNotifier({
      webhook: async () => Promise.reject(new Error('env:PAGER_SECRET is not set')),
    });
    expect(await fails.send(targets.webhook, aNotice(), 'send')).toEqual({
      outcome: 'refused',
      reason: 'webhook pager: env:PAGER_SECRET is not set',
    });
  });
});

describe('the guard of the network', () => {
  const refusedUrls = [
    'http://127.0.0.1:PORT/',
    'https://127.0.0.1:PORT/',
    'https://2130706433:PORT/',
    'https://0x7f.1:PORT/',
    'https://0177.0.0.1:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://[64:ff9b::7f00:1]:PORT/',
    'https://localhost:PORT/',
    'https://localhost.:PORT/',
    'ftp://localhost:PORT/',
    'no url',
  ];

  test.each(refusedUrls)('refuses %s, and nobody is called', async (template) => {
    await withReceiver([], async ({ port, calls }) => {
      const url = template.replace('PORT', String(port));
      const resolve: Resolve = async () => Promise.resolve([loopback]);
      const delivered = await send(url, { allowPrivate: false, resolve });
      expect(delivered).toMatchObject({ outcome: 'refused' });
      expect(calls).toHaveLength(0);
    });
  });

  test('refuses a name of which one address is private', async () => {
    await withReceiver([], async ({ port, calls }) => {
      const resolve: Resolve = async () =>
        Promise.resolve([{ address: '93.184.216.34', family: 4 }, loopback]);
      const delivered = await send(`https://hooks.example.com:${port}/`, {
        allowPrivate: false,
        resolve,
      });
      expect(delivered).toMatchObject({ outcome: 'refused' });
      expect('reason' in delivered && delivered.reason).toContain('private address');
      expect(calls).toHaveLength(0);
    });
  });

  test('connects to the address that it checked, whatever the name says a moment later', async () => {
    await withReceiver([], async ({ port, calls }) => {
      let asked = 0;
      // The first answer is allowed and leads nowhere, the later ones lead to the receiver.
      const resolve: Resolve = async () => {
        asked += 1;
        return Promise.resolve([asked === 1 ? { address: '127.9.9.9', family: 4 } : loopback]);
      };
      const rules = { allowPrivate: ['127.9.9.9/32'], resolve };
      const delivered = await send(`http://hooks.example.com:${port}/`, rules);
      expect(delivered.outcome).toBe('failed');
      expect(asked).toBe(1);
      expect(calls).toHaveLength(0);
    });
  });

  test('opens only the ranges that the operator names', async () => {
    await withReceiver([], async ({ url, port, calls }) => {
      const resolve: Resolve = async () => Promise.resolve([loopback]);
      expect((await send(url, { allowPrivate: ['10.0.0.0/8'], resolve })).outcome).toBe('refused');
      expect(calls).toHaveLength(0);
      const open = ['127.0.0.0/8', 'fd00::/8'];
      expect((await send(url, { allowPrivate: open, resolve })).outcome).toBe('sent');
      const mapped = `http://[::ffff:127.0.0.1]:${port}/`;
      expect((await send(mapped, { allowPrivate: ['10.0.0.0/8'] })).outcome).toBe('refused');
      expect((await send(url, { allowPrivate: ['10.0.0.0'], resolve })).outcome).toBe('refused');
    });
  });

  test('wants TLS to public addresses even where private ones are open', async () => {
    const resolve: Resolve = async () => Promise.resolve([{ address: '93.184.216.34', family: 4 }]);
    const delivered = await send('http://hooks.example.com/', { resolve });
    expect(delivered).toMatchObject({ outcome: 'refused' });
    expect('reason' in delivered && delivered.reason).toContain('expected https, got http');
  });

  test('follows no redirect, not even to itself', async () => {
    await withReceiver([{ status: 307, headers: { location: '/' } }], async ({ url, calls }) => {
      const delivered = await send(url);
      expect(delivered).toMatchObject({ outcome: 'refused' });
      expect(calls).toHaveLength(1);
    });
  });

  test('does not wait for a resolver that never answers', async () => {
    const resolve: Resolve = async () => new Promise(() => undefined);
    const delivered = await send('https://hooks.example.com/', { resolve, limit: 100 });
    expect(delivered).toMatchObject({ outcome: 'failed' });
  });

  test.each([
    ['8.8.8.8', true],
    ['1.1.1.1', true],
    ['2606:4700:4700::1111', true],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['169.254.1.1', false],
    ['172.31.255.255', false],
    ['172.32.0.1', true],
    ['192.168.0.1', false],
    ['192.0.2.1', false],
    ['198.19.0.1', false],
    ['203.0.113.9', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['0.0.0.0', false],
    ['::', false],
    ['::1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['2001:db8::1', false],
    ['2001::1', false],
    ['2002:7f00:1::', false],
    ['::ffff:8.8.8.8', false],
    ['64:ff9b::808:808', false],
    ['nonsense', false],
  ])('says of %s that it is public: %s', (address, expected) => {
    expect(isPublic(address)).toBe(expected);
  });
});
