import type { DeliveryRecord } from '../domain/audit.js';
import { section } from './fitted.js';
import { instantWords } from './words.js';

/** One delivery as its transitions tell it: where it stands, and what its earlier tries met. */
export interface Delivered extends DeliveryRecord {
  /** Earlier tries that may have arrived. */
  doubtful: number;
  /** Why the try before failed; null: none did. */
  failed: string | null;
}

/** What was told to whom, what became of it, and whether it may have arrived twice. */
export function noticesSection(records: readonly DeliveryRecord[], timezone: string): string[] {
  const rows = lastStates(records).map((one) => [
    instantWords(one.at, timezone),
    `${one.channel}:${one.address}`,
    stateWords(one),
    noteWords(one),
  ]);
  return section('Notices', ['AT', 'TO', 'STATE', ''], rows);
}

/**
 * One line for each delivery: its latest state, oldest delivery first. What was once sent stays
 * sent. Expects the transitions of a delivery in their order, as the lake gives them.
 */
export function lastStates(records: readonly DeliveryRecord[]): Delivered[] {
  const latest = new Map<string, Delivered>();
  for (const one of records) {
    const before = latest.get(one.deliveryId);
    if (before?.state === 'sent') continue;
    const doubtful = (before?.doubtful ?? 0) + Number(before?.state === 'doubtful');
    const failed = before?.state === 'failed' ? before.reason : (before?.failed ?? null);
    latest.set(one.deliveryId, { ...one, doubtful, failed });
  }
  return [...latest.values()].sort((a, b) => a.at - b.at);
}

/** `sent`, `sent (reply)`, `doubtful (try 3)`. */
function stateWords({ state, attempt, what }: Delivered): string {
  const form = what?.form === undefined || what.form === 'new' ? [] : [what.form];
  const more = [...form, ...(attempt > 1 ? [`try ${attempt}`] : [])];
  return more.length === 0 ? state : `${state} (${more.join(', ')})`;
}

function noteWords({ what, state, reason, doubtful, failed }: Delivered): string {
  const tries = doubtful === 1 ? 'an earlier try' : `${doubtful} earlier tries`;
  const before =
    doubtful > 0
      ? `${tries} doubtful, so it may be there more than once, under one id`
      : failed !== null && state === 'sent' && `before: ${failed}`;
  const words = [what && eventWords(what.reason), reason, before];
  return words.filter((one) => typeof one === 'string' && one !== '').join('; ');
}

/** What happened, for people, where the word of the audit and of a notice alone would not tell. */
export function eventWords(event: string): string {
  return EVENTS[event] ?? event.replaceAll('_', ' ');
}

const EVENTS: Readonly<Record<string, string>> = {
  member: 'new member',
  worse: 'got worse',
  skipped: 'level skipped',
  exhausted: 'levels over',
};
