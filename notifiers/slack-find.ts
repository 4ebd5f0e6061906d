import type { WebClient } from '@slack/web-api';
import type { Notice } from '../domain/notice.js';
import { eventType } from './slack-message.js';

/** A message's place: the channel's id and the message's ts. */
export interface SlackPlace {
  channel: string;
  ts: string;
}

/** `C0123/1763812800.000100`: what a delivery is remembered by; a name is no id for edits. */
export function refOf(place: SlackPlace): string {
  return `${place.channel}/${place.ts}`;
}

/** Reads `refOf` back; a bare ts belongs to the target's channel. */
export function placeOf(ref: string, address: string): SlackPlace {
  const cut = ref.indexOf('/');
  if (cut === -1) return { channel: address, ts: ref };
  return { channel: ref.slice(0, cut), ts: ref.slice(cut + 1) };
}

/** Attempts of one delivery lie within a day; an hour more for clocks that differ. */
const lookBack = 25 * 3_600_000;
const mostPages = 5;

/**
 * The message that carries the notice's deliveryId: among the replies of its thread, or among the
 * channel's messages of the last day. null: it is not there. Throws what Slack answers.
 */
export async function findDelivery(
  client: WebClient,
  notice: Notice,
  where: { address: string; thread: SlackPlace | null },
): Promise<SlackPlace | null> {
  const { thread } = where;
  const channel = thread?.channel ?? (await channelId(client, where.address));
  if (channel === null) return null;
  const oldest = String(Math.floor((notice.at - lookBack) / 1000));
  const base = { channel, oldest, include_all_metadata: true, limit: 200 };
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const paged = { ...base, ...(cursor === undefined ? {} : { cursor }) };
    const answer =
      thread === null
        ? await client.conversations.history(paged)
        : await client.conversations.replies({ ...paged, ts: thread.ts });
    const found = answer.messages?.find((message) => deliveryIdOf(message) === notice.deliveryId);
    if (found?.ts !== undefined) return { channel, ts: found.ts };
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') return null;
  }
  return null;
}

function deliveryIdOf(message: { metadata?: unknown }): string | null {
  const { metadata } = message;
  if (!isRecord(metadata) || metadata['event_type'] !== eventType) return null;
  const payload = metadata['event_payload'];
  return isRecord(payload) && typeof payload['deliveryId'] === 'string'
    ? payload['deliveryId']
    : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** History is read by id: a name is looked up, a person's direct channel opened. null: unknown. */
async function channelId(client: WebClient, address: string): Promise<string | null> {
  if (/^[CGD][A-Z0-9]{2,}$/.test(address)) return address;
  if (/^[UW][A-Z0-9]{2,}$/.test(address)) {
    return (await client.conversations.open({ users: address })).channel?.id ?? null;
  }
  const name = address.replace(/^#/, '');
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const found = answer.channels?.find((channel) => channel.name === name)?.id;
    if (found !== undefined) return found;
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') return null;
  }
  return null;
}
