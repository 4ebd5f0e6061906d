import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import type { Delivered, Notice, Notifier, Target } from '../domain/notice.js';
import { atom, mailOf } from './mail.js';
import { mailFailure } from './mail-outcome.js';
import { withoutSecrets } from './reason.js';

/** Mails as files, where there is no mail server. */
export interface OutboxOptions {
  /** Made when it is not there. */
  folder: string;
  from: string;
}

/** Writes `<deliveryId>.eml`, the mail that a server would get; a repeat writes the same file. */
export function outboxNotifier(options: OutboxOptions): Notifier {
  return {
    channel: 'email',
    async send(target, notice) {
      try {
        return await write(options, target, notice);
      } catch (error) {
        const delivered = mailFailure(error, { handedOver: false });
        return 'reason' in delivered
          ? { ...delivered, reason: withoutSecrets(delivered.reason, []) }
          : delivered;
      }
    },
  };
}

async function write(options: OutboxOptions, target: Target, notice: Notice): Promise<Delivered> {
  if (notice.form === 'edit') {
    return { outcome: 'refused', reason: 'email: a mail that was sent cannot be changed' };
  }
  const name = atom(notice.deliveryId);
  const mail = { ...mailOf(target, notice, options.from), baseBoundary: name };
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const { message } = await transport.sendMail(mail);
  await mkdir(options.folder, { recursive: true });
  const file = path.join(options.folder, `${name}.eml`);
  // A reader never sees half a mail.
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, message);
  await rename(partial, file);
  return { outcome: 'sent', ref: `${name}.eml`, refused: [] };
}
