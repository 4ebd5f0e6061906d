import type { SendMailOptions } from 'nodemailer';
import { cut, cutLines } from '../domain/alerting/notice-text-cut.js';
import type { Notice, Target } from '../domain/notice.js';
import { pictureCid } from './mail-blocks.js';
import { mailPage } from './mail-page.js';

const address = /^[^\s@<>,;"()\\]+@[^\s@<>,;"()\\]+$/;

const longestText = 2_800;
/** What is left to the words of a notice, however long its facts are. */
const leastWords = 400;

/** An address or a sender that is none: the mail would be refused for ever. */
export class AddressError extends Error {
  override name = 'AddressError';
}

/** The addresses of a target: one, or several with commas between; AddressError for others. */
function addressesOf(target: Target): string[] {
  const addresses = target.address.split(',').map((one) => one.trim());
  for (const one of addresses) {
    if (!address.test(one)) {
      throw new AddressError(
        `expected a mail address, got ${JSON.stringify(one)}. Example: ana@example.com`,
      );
    }
  }
  return addresses;
}

/**
 * The mail of a notice, the same for every attempt: its Message-ID comes from the deliveryId, its
 * thread from the notice's, so that stores and readers know a repeat and an answer.
 */
export function mailOf(target: Target, notice: Notice, from: string): SendMailOptions {
  const host = hostOf(from);
  const thread = `<ep.${atom(notice.thread)}@${host}>`;
  return {
    from,
    to: addressesOf(target).map((one) => ({ name: '', address: one })),
    subject: oneLine(notice.subject),
    messageId: `<d.${atom(notice.deliveryId)}@${host}>`,
    inReplyTo: thread,
    references: [thread],
    date: new Date(notice.at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text: plainText(notice),
    html: mailPage(notice),
    attachments: pictureOf(notice),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * The mail in plain text: the same words, the picture as its sentence. Of what is too long together
 * the longest lines of the words give way.
 */
function plainText(notice: Notice): string {
  const facts = notice.facts.map(({ label, value }) => `${oneLine(label)}: ${oneLine(value)}`);
  const behind = [
    notice.picture === null ? '' : oneLine(notice.picture.alt),
    facts.join('\n'),
  ].filter((part) => part !== '');
  const rest = behind.map((part) => `\n\n${part}`).join('');
  const room = Math.max(leastWords, longestText - rest.length - 1);
  const words = cutLines(notice.text.split('\n'), room);
  return `${cut(`${words}${rest}`, longestText - 1)}\n`;
}

function pictureOf({ picture }: Notice): SendMailOptions['attachments'] {
  if (picture === null) return [];
  const content = Buffer.from(picture.png);
  const contentDisposition = 'inline' as const;
  return [
    {
      filename: 'distribution.png',
      content,
      contentType: 'image/png',
      cid: pictureCid,
      contentDisposition,
    },
  ];
}

/** Control characters and line separators become spaces: nothing can begin a header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ').trim();
}

/** What may stand before the @ of a Message-ID. */
export function atom(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/\.{2,}|^\.|\.$/g, '-');
}

/** The host of the sender, for Message-IDs: the same on every machine. */
function hostOf(from: string): string {
  const host = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1];
  if (host === undefined) {
    throw new AddressError(
      `expected a sender with a mail address, got ${JSON.stringify(from)}. ` +
        'Example: Aftercare <aftercare@example.com>',
    );
  }
  return host;
}
