import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { Delivered, Notifier } from '../../domain/notice.js';
import { emailNotifier } from '../../notifiers/email.js';
import { outboxNotifier } from '../../notifiers/outbox.js';
import { slackNotifier } from '../../notifiers/slack.js';
import { webhookNotifier } from '../../notifiers/webhook.js';
import { aNotice, hostile, targets } from '../support/notices.js';
import { withSlack, type FakeSlack } from '../support/slack.js';
import { withSmtp, type FakeSmtp } from '../support/smtp.js';
import { withReceiver, type Receiver } from '../support/webhook.js';

const secrets = ['xoxb-1234-very-secret', 'pass-very-secret', 'path-very-secret', 'whsec_c2VjcmV0'];

/** A channel with a real server behind it that behaves as a situation says. */
interface Channel {
  name: Notifier['channel'];
  situations: Record<Situation, (use: (way: Way) => Promise<void>) => Promise<void>>;
}
interface Way {
  notifier: Notifier;
  /** Ids by which the far end knows the deliveries that it took, in order. */
  seen: () => string[];
  /** All that the far end got, as text. */
  got: () => string;
  /** What of it would do something at the far end. */
  alive: () => string[];
}
type Situation = 'well' | 'busy' | 'broken' | 'refusing' | 'silent' | 'gone';

/** Long, but where the far end is silent: a busy machine must not look like one. */
const patient = 20_000;
const hasty = 1_000;

function email(smtp: FakeSmtp, limit = patient): Way {
  const smtpUrl = `smtp://user:${secrets[1] ?? ''}@127.0.0.1:${smtp.port}`;
  return {
    notifier: emailNotifier({ smtpUrl, from: 'aftercare@example.com', limit }),
    seen: () => smtp.mails.map(({ mail }) => mail.messageId ?? ''),
    got: () => smtp.mails.map(({ mail }) => `${mail.text ?? ''}${String(mail.html)}`).join('\n'),
    alive: () =>
      smtp.mails.flatMap(({ mail, to }) => [
        ...[mail.bcc, mail.cc].filter((header) => header !== undefined).map(() => 'a header'),
        ...to.filter((one) => one !== 'ana@example.com'),
        ...(String(mail.html).match(/<script|<img src="?x|<a /gi) ?? []),
      ]),
  };
}
const login = { user: 'user', pass: secrets[1] ?? '' };

function slack(fake: FakeSlack, limit = patient): Way {
  return {
    notifier: slackNotifier({ token: secrets[0] ?? '', apiUrl: fake.apiUrl, limit }),
    seen: () =>
      fake.calls.flatMap(({ method, params }) =>
        method === 'chat.postMessage' ? [params['metadata'] ?? ''] : [],
      ),
    got: () => JSON.stringify(fake.messages),
    alive: () =>
      fake.messages.flatMap(({ text, blocks }) => {
        const read = [text, ...mrkdwnOf(JSON.parse(blocks))];
        return read.flatMap((part) => part.match(/<[^>]*>?/g) ?? []);
      }),
  };
}

function webhook(receiver: Receiver, limit = patient): Way {
  const url = `http://localhost:${receiver.port}/${secrets[2] ?? ''}`;
  return {
    notifier: webhookNotifier({
      webhook: async () => Promise.resolve({ url, secret: secrets[3] ?? '' }),
      allowPrivate: true,
      limit,
    }),
    seen: () => receiver.calls.map(({ headers }) => String(headers['idempotency-key'])),
    got: () => receiver.calls.map(({ body }) => body).join('\n'),
    alive: () =>
      receiver.calls.flatMap(({ body, headers }) => [
        ...Object.keys(headers).filter((header) => header === 'bcc'),
        ...((JSON.parse(body) as { text: string }).text === hostile ? [] : ['not the text']),
      ]),
  };
}

/** Texts that Slack reads as markup. */
function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  return withReceiver([], async ({ port }) => Promise.resolve(port));
}

const channels: Channel[] = [
  {
    name: 'email',
    situations: {
      well: async (use) => withSmtp({ login }, async (smtp) => use(email(smtp))),
      busy: async (use) => withSmtp({ login, data: 451 }, async (smtp) => use(email(smtp))),
      broken: async (use) => withSmtp({ greeting: 421 }, async (smtp) => use(email(smtp))),
      refusing: async (use) =>
        withSmtp({ login: { ...login, pass: 'other' } }, async (smtp) => use(email(smtp))),
      silent: async (use) =>
        withSmtp({ login, data: 'hang' }, async (smtp) => use(email(smtp, 2_500))),
      gone: async (use) => use(email({ port: await freePort(), mails: [], senders: [] })),
    },
  },
  {
    name: 'slack',
    situations: {
      well: async (use) => withSlack(async (fake) => use(slack(fake))),
      busy: async (use) => scripted(['429', '429'], use),
      broken: async (use) => scripted(['500', '500'], use),
      refusing: async (use) => scripted(['channel_not_found'], use),
      silent: async (use) => scripted(['hang'], use, hasty),
      gone: async (use) =>
        withSlack(async (fake) =>
          use(slack({ ...fake, apiUrl: `http://127.0.0.1:${await freePort()}/api/` })),
        ),
    },
  },
  {
    name: 'webhook',
    situations: {
      well: async (use) => withReceiver([], async (receiver) => use(webhook(receiver))),
      busy: async (use) => withReceiver([429, 429], async (receiver) => use(webhook(receiver))),
      broken: async (use) => withReceiver([502, 503], async (receiver) => use(webhook(receiver))),
      refusing: async (use) => withReceiver([403], async (receiver) => use(webhook(receiver))),
      silent: async (use) =>
        withReceiver(['hang'], async (receiver) => use(webhook(receiver, hasty))),
      gone: async (use) =>
        use(webhook({ port: await freePort(), url: '', calls: [], flooded: () => 0 })),
    },
  },
];

async function scripted(
  steps: string[],
  use: (way: Way) => Promise<void>,
  limit = patient,
): Promise<void> {
  return withSlack(async (fake) => {
    fake.script(steps);
    await use(slack(fake, limit));
  });
}

function secretsIn(delivered: Delivered): string[] {
  const text = JSON.stringify(delivered);
  const forms = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
  return forms.filter((form) => text.includes(form));
}

describe.each(channels)('the $name notifier', ({ name, situations }) => {
  const target = targets[name];

  test('sends once, and says under which reference', async () => {
    await situations.well(async ({ notifier, seen }) => {
      const delivered = await notifier.send(target, aNotice(), 'send');
      expect(delivered).toMatchObject({ outcome: 'sent', refused: [] });
      expect(delivered.outcome === 'sent' && delivered.ref).toMatch(/./);
      expect(seen()).toHaveLength(1);
      expect(notifier.channel).toBe(name);
    });
  });

  test('sends a repeat under the same id, which is the deliveryId, and another under its own', async () => {
    await situations.well(async ({ notifier, seen }) => {
      const first = aNotice();
      await notifier.send(target, first, 'send');
      await notifier.send(target, { ...first, at: first.at + 60_000 }, 'send');
      await notifier.send(target, aNotice({ deliveryId: 'another.2.0' }), 'send');
      const [one, two, three] = seen();
      expect(one).toContain(first.deliveryId);
      expect(two).toBe(one);
      expect(three).toContain('another.2.0');
    });
  });

  test('asks for a later try when the channel is busy, and tries no second time itself', async () => {
    await situations.busy(async ({ notifier, seen }) => {
      const delivered = await notifier.send(target, aNotice(), 'send');
      expect(delivered.outcome).toBe('failed');
      expect(seen().length).toBeLessThanOrEqual(1);
    });
  });

  test('asks for a later try when the far end is broken', async () => {
    await situations.broken(async ({ notifier }) => {
      const { outcome } = await notifier.send(target, aNotice(), 'send');
      expect(['failed', 'doubtful']).toContain(outcome);
    });
  });

  test('takes a no for a no', async () => {
    await situations.refusing(async ({ notifier }) => {
      expect((await notifier.send(target, aNotice(), 'send')).outcome).toBe('refused');
    });
  });

  test('stops after its limit, and does not know whether it arrived', async () => {
    await situations.silent(async ({ notifier }) => {
      const delivered = await notifier.send(target, aNotice(), 'send');
      expect(delivered.outcome).toBe('doubtful');
    });
  });

  test('knows that nothing arrived where nobody listens', async () => {
    await situations.gone(async ({ notifier }) => {
      const delivered = await notifier.send(target, aNotice(), 'send');
      expect(delivered).toMatchObject({ outcome: 'failed' });
      expect(delivered.outcome === 'failed' && delivered.reason).toContain('ECONNREFUSED');
    });
  });

  test('names the channel in every reason, no secret and no answer of the far end', async () => {
    for (const situation of ['busy', 'broken', 'refusing', 'silent', 'gone'] as const) {
      await situations[situation](async ({ notifier }) => {
        const delivered = await notifier.send(target, aNotice(), 'send');
        expect(delivered.outcome, situation).not.toBe('sent');
        expect(secretsIn(delivered), situation).toEqual([]);
        const reason = 'reason' in delivered ? delivered.reason : '';
        expect(reason, situation).toContain(name);
        expect(reason).not.toContain('internal details');
      });
    }
  });

  test('sends text that is nothing but text', async () => {
    await situations.well(async ({ notifier, got, alive }) => {
      const facts = [{ label: hostile, value: hostile }];
      const delivered = await notifier.send(
        target,
        aNotice({ subject: hostile, text: hostile, facts }),
        'send',
      );
      expect(delivered.outcome).toBe('sent');
      expect(got()).toContain('evil.example');
      expect(alive()).toEqual([]);
    });
  });
});

test('the outbox keeps the mail as a file that a repeat writes again byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-outbox-'));
  try {
    const notifier = outboxNotifier({ folder: join(folder, 'new'), from: 'aftercare@localhost' });
    const notice = aNotice({ picture: { png: new Uint8Array([1, 2, 3]), alt: 'income moved' } });
    const first = await notifier.send(targets.email, notice, 'send');
    const file = join(folder, 'new', `${notice.deliveryId}.eml`);
    const before = await readFile(file);
    expect(first).toEqual({ outcome: 'sent', ref: `${notice.deliveryId}.eml`, refused: [] });
    expect(await notifier.send(targets.email, notice, 'look')).toEqual(first);
    expect((await readFile(file)).equals(before)).toBe(true);
    expect(await readdir(join(folder, 'new'))).toEqual([`${notice.deliveryId}.eml`]);
    const mail = await simpleParser(before);
    expect(mail.subject).toBe(notice.subject);
    expect(mail.messageId).toBe(`<d.${notice.deliveryId}@localhost>`);
    const away = { ...notice, deliveryId: '../../etc/passwd' };
    expect(await notifier.send(targets.email, away, 'send')).toMatchObject({ outcome: 'sent' });
    expect(await readdir(join(folder, 'new'))).toHaveLength(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an outbox that cannot be written fails with a reason and does not throw', async () => {
  const notifier = outboxNotifier({ folder: '/dev/null/outbox', from: 'aftercare@localhost' });
  const delivered = await notifier.send(targets.email, aNotice(), 'send');
  expect(delivered).toMatchObject({ outcome: 'failed' });
  expect(delivered.outcome === 'failed' && delivered.reason).toContain('ENOTDIR');
});
