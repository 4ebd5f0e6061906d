import type { Headers } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../domain/notice.js';
import { emailNotifier, type EmailOptions } from '../../notifiers/email.js';
import { certificates } from '../support/certificates.js';
import { aNotice, targets } from '../support/notices.js';
import { withSmtp, type FakeSmtp } from '../support/smtp.js';

const from = 'Aftercare <aftercare@example.com>';

async function sendTo(
  smtp: FakeSmtp,
  change: { notice?: Notice; url?: string; ca?: string; to?: string; limit?: number } = {},
) {
  const options: EmailOptions = {
    smtpUrl: change.url ?? `smtp://127.0.0.1:${smtp.port}`,
    from,
    limit: change.limit ?? 20_000,
    ...(change.ca === undefined ? {} : { ca: change.ca }),
  };
  const target = change.to === undefined ? targets.email : { ...targets.email, address: change.to };
  return emailNotifier(options).send(target, change.notice ?? aNotice(), 'send');
}

function header(headers: Headers | undefined, name: string): string {
  return JSON.stringify(headers?.get(name));
}

describe('a mail', () => {
  test('has the words as text and as HTML, and is known as sent by a machine', async () => {
    await withSmtp({}, async (smtp) => {
      const notice = aNotice();
      await sendTo(smtp);
      const mail = smtp.mails[0]?.mail;
      expect(mail?.subject).toBe(notice.subject);
      expect(mail?.from?.text).toContain('aftercare@example.com');
      expect(mail?.text).toContain('psi(income) is 0.312');
      expect(mail?.text).toContain('Owner: team:growth-ml');
      expect(mail?.html).toContain('psi(income) is 0.312');
      expect(mail?.html).toContain('<li');
      expect(header(mail?.headers, 'auto-submitted')).toBe('"auto-generated"');
      expect(header(mail?.headers, 'x-auto-response-suppress')).toBe('"All"');
    });
  });

  test('of one thread answers the same message, whatever its own id is', async () => {
    await withSmtp({}, async (smtp) => {
      await sendTo(smtp);
      const reply = aNotice({ deliveryId: 'alert-churn-drift-1x2y3z.1.5.0', form: 'reply' });
      await sendTo(smtp, { notice: reply });
      const [first, second] = smtp.mails.map(({ mail }) => mail);
      expect(first?.messageId).toBe('<d.alert-churn-drift-1x2y3z.1.4.0@example.com>');
      expect(second?.messageId).toBe('<d.alert-churn-drift-1x2y3z.1.5.0@example.com>');
      expect(first?.inReplyTo).toBe('<ep.churn.drift.1@example.com>');
      expect(second?.inReplyTo).toBe(first?.inReplyTo);
      expect(second?.references).toEqual(first?.references);
    });
  });

  test('carries its picture inside, with its sentence where pictures are off', async () => {
    await withSmtp({}, async (smtp) => {
      const picture = {
        png: new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
        alt: 'income: 0–10 60 % → 20 %',
      };
      await sendTo(smtp, { notice: aNotice({ picture }) });
      const mail = smtp.mails[0]?.mail;
      expect(mail?.attachments).toHaveLength(1);
      const [attached] = mail?.attachments ?? [];
      expect(attached?.contentType).toBe('image/png');
      expect(attached?.contentDisposition).toBe('inline');
      expect(attached?.content.equals(Buffer.from(picture.png))).toBe(true);
      expect(mail?.html).toContain('<img src="data:image/png;base64,iVBORw=="');
      expect(smtp.mails[0]?.raw).toContain(`Content-ID: <${attached?.cid ?? 'none'}>`);
      expect(mail?.text).toContain(picture.alt);
      expect(mail?.html).toContain('alt="income: 0–10 60 % → 20 %"');
    });
  });

  test('is at most 2,800 characters of text with its picture and facts, commands and all', async () => {
    await withSmtp({}, async (smtp) => {
      const show = 'aftercare alerts show churn/drift#1';
      const lines = Array.from({ length: 8 }, (_, i) => `- alert: f${i} ${'moved '.repeat(52)}`);
      const text = [...lines, '- and 292 more', '', show].join('\n');
      expect(text.length).toBeLessThanOrEqual(2_800);
      const picture = { png: new Uint8Array([0x89]), alt: 'f0: 0–10 60 % → 20 %' };
      const facts = [{ label: 'Worst', value: 'f0 drifted: PSI 2.1' }];
      const most = { label: 'Long', value: 'x'.repeat(200) };
      await sendTo(smtp, { notice: aNotice({ text, picture, facts: [...facts, most, most] }) });
      const sent = smtp.mails[0]?.mail.text ?? '';
      expect(sent.length).toBeGreaterThan(2_000);
      expect(sent.length).toBeLessThanOrEqual(2_800);
      expect(sent).toContain(`- and 292 more\n\n${show}\n\n${picture.alt}\n\nWorst: f0 drifted`);
    });
  });

  test('cannot be changed once it was sent', async () => {
    await withSmtp({}, async (smtp) => {
      const delivered = await sendTo(smtp, { notice: aNotice({ form: 'edit' }) });
      expect(delivered.outcome).toBe('refused');
      expect(smtp.mails).toHaveLength(0);
    });
  });
});

describe('a mail server', () => {
  test('that refuses one of two recipients has the mail, and the refused one is named', async () => {
    await withSmtp({ refuse: { 'gone@example.com': 550 } }, async (smtp) => {
      const delivered = await sendTo(smtp, { to: 'ana@example.com, gone@example.com' });
      expect(delivered).toMatchObject({ outcome: 'sent', refused: ['gone@example.com'] });
      expect(smtp.mails[0]?.to).toEqual(['ana@example.com']);
    });
  });

  test.each([
    [550, 'refused'],
    [451, 'failed'],
  ])('that answers the only recipient with %i makes it %s', async (code, outcome) => {
    await withSmtp({ refuse: { 'ana@example.com': code } }, async (smtp) => {
      const delivered = await sendTo(smtp);
      expect(delivered.outcome).toBe(outcome);
      expect('reason' in delivered && delivered.reason).toContain('no such user here');
    });
  });

  test('that answers the message with 554 refuses it, with 452 it may take it later', async () => {
    await withSmtp({ data: 554 }, async (smtp) => {
      expect((await sendTo(smtp)).outcome).toBe('refused');
    });
    await withSmtp({ data: 452 }, async (smtp) => {
      expect((await sendTo(smtp)).outcome).toBe('failed');
    });
  });

  test('that dies after the message leaves it in doubt, and the repeat has the same id', async () => {
    let isFirst = true;
    const data = (): 'die' | undefined => {
      const answer = isFirst ? 'die' : undefined;
      isFirst = false;
      return answer;
    };
    await withSmtp({ data }, async (smtp) => {
      expect((await sendTo(smtp)).outcome).toBe('doubtful');
      expect((await sendTo(smtp)).outcome).toBe('sent');
      const [one, two] = smtp.mails.map(({ mail }) => mail.messageId);
      expect(two).toBe(one);
    });
  });

  test('with a wrong certificate is refused at once, and nothing is sent', async () => {
    for (const tls of ['start', 'implicit'] as const) {
      await withSmtp({ tls }, async (smtp) => {
        const scheme = tls === 'start' ? 'smtp' : 'smtps';
        const url = `${scheme}://localhost:${smtp.port}?requireTLS=true`;
        const delivered = await sendTo(smtp, { url });
        expect(delivered.outcome, tls).toBe('refused');
        expect('reason' in delivered && delivered.reason).toContain('certificate');
        expect(smtp.senders).toEqual([]);
      });
    }
  });

  test('with a certificate of a trusted authority gets the mail through TLS', async () => {
    const { ca } = certificates();
    for (const tls of ['start', 'implicit'] as const) {
      await withSmtp({ tls, login: { user: 'ana', pass: 'p@ss word' } }, async (smtp) => {
        const scheme = tls === 'start' ? 'smtp' : 'smtps';
        const url = `${scheme}://ana:p%40ss%20word@localhost:${smtp.port}?requireTLS=true`;
        expect(await sendTo(smtp, { url, ca })).toMatchObject({ outcome: 'sent' });
        expect(smtp.mails[0]?.secure, tls).toBe(true);
      });
    }
  });

  test('from which STARTTLS was taken away gets nothing in clear', async () => {
    await withSmtp({ tls: 'none' }, async (smtp) => {
      const url = `smtp://localhost:${smtp.port}?requireTLS=true`;
      const delivered = await sendTo(smtp, { url });
      expect(delivered).toMatchObject({ outcome: 'refused' });
      expect('reason' in delivered && delivered.reason).toContain('nothing is sent in clear');
      expect(smtp.senders).toEqual([]);
    });
  });

  test('on another machine must speak TLS without being asked to', async () => {
    await withSmtp({ tls: 'none' }, async (smtp) => {
      // 0.0.0.0 reaches this machine by a name that does not say so.
      const delivered = await sendTo(smtp, { url: `smtp://0.0.0.0:${smtp.port}` });
      expect(delivered.outcome).toBe('refused');
      const open = await sendTo(smtp, { url: `smtp://0.0.0.0:${smtp.port}?requireTLS=false` });
      expect(open.outcome).toBe('sent');
    });
  });

  test('that lets nobody in is a no that does not repeat the password', async () => {
    await withSmtp({ login: { user: 'ana', pass: 'right' } }, async (smtp) => {
      const url = `smtp://ana:wr0ng-secret@127.0.0.1:${smtp.port}`;
      const delivered = await sendTo(smtp, { url });
      expect(delivered.outcome).toBe('refused');
      expect('reason' in delivered && delivered.reason).toMatch(/535.*\[redacted\]/);
      expect(JSON.stringify(delivered)).not.toContain('wr0ng-secret');
    });
  });

  test('is never asked about an address that is none', async () => {
    await withSmtp({}, async (smtp) => {
      for (const to of ['ana', 'ana@x\r\nRCPT TO:<eve@x>', '"a b"@example.com', '']) {
        expect((await sendTo(smtp, { to })).outcome, to).toBe('refused');
      }
      expect(smtp.senders).toEqual([]);
    });
  });

  test('has a URL of its own kind, which no error repeats', () => {
    const make = () => emailNotifier({ smtpUrl: 'https://u:secret@example.com', from });
    expect(make).toThrow('expected smtp://user:password@host:port');
    expect(make).not.toThrow('secret@');
  });
});
