import type { Notice } from '../domain/notice.js';
import { looks } from './mail-page.js';

/** Slack's limits, with room to spare: a section's text 3,000, a header 150, a field 2,000. */
const longest = { section: 2_800, header: 150, field: 300 };
const mostFacts = 10;

/** A block of a message: the part of Slack's types that is used here. */
type SlackBlock =
  | { type: 'header'; text: PlainText }
  | { type: 'section'; text: Mrkdwn }
  | { type: 'section'; fields: PlainText[] }
  | { type: 'context'; elements: PlainText[] };

interface PlainText {
  type: 'plain_text';
  text: string;
  emoji: false;
}
interface Mrkdwn {
  type: 'mrkdwn';
  text: string;
  verbatim: true;
}

/** What is posted or put in place of the first message. */
export interface SlackMessage {
  /** For notifications and screen readers. */
  text: string;
  blocks: SlackBlock[];
  metadata: { event_type: string; event_payload: { deliveryId: string } };
}

/** Name of the metadata by which a delivery is found again. */
export const eventType = 'aftercare_notice';

/** The message of a notice; nothing of its text is a mention, a link or a style. */
export function slackMessage(notice: Notice): SlackMessage {
  const title = clean(titleOf(notice));
  const facts = notice.facts.slice(0, mostFacts);
  const blocks: SlackBlock[] = [
    { type: 'header', text: plain(title, longest.header) },
    ...(notice.text.trim() === '' ? [] : [section(notice.text)]),
    ...(facts.length === 0
      ? []
      : [
          {
            type: 'section' as const,
            fields: facts.map(({ label, value }) => plain(`${label}: ${value}`, longest.field)),
          },
        ]),
    ...(notice.picture === null
      ? []
      : [{ type: 'context' as const, elements: [plain(notice.picture.alt, longest.section)] }]),
  ];
  return {
    text: escapedWithin(title, longest.section),
    blocks,
    metadata: { event_type: eventType, event_payload: { deliveryId: notice.deliveryId } },
  };
}

/** Shape, word, subject; one that opens with a word of its own, as CRITICAL, needs no other. */
function titleOf({ severity, subject }: Notice): string {
  const { shape, word } = looks[severity];
  return /^[A-Z]{4,}[ :]/.test(subject) ? `${shape} ${subject}` : `${shape} ${word} · ${subject}`;
}

function section(text: string): SlackBlock {
  const body = text.split(/\r?\n/).map(clean).join('\n');
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: escapedWithin(body, longest.section), verbatim: true },
  };
}

/** `plain_text` knows neither mentions nor links, so that nothing has to be escaped in it. */
function plain(text: string, most: number): PlainText {
  const one = clean(text).trim();
  const cut = one.length <= most ? one : `${one.slice(0, most - 1)}…`;
  return { type: 'plain_text', text: cut === '' ? ' ' : cut, emoji: false };
}

function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ');
}

/** Escapes the three characters that Slack reads as markup; `<!channel>` becomes text. */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cut before it is escaped, so that no entity is cut in half. */
function escapedWithin(text: string, most: number): string {
  const escaped = escapeMrkdwn(text);
  if (escaped.length <= most) return escaped;
  let length = 0;
  let kept = '';
  for (const letter of text) {
    const part = escapeMrkdwn(letter);
    if (length + part.length > most - 1) break;
    length += part.length;
    kept += part;
  }
  return `${kept}…`;
}
