import type { IncomingMessage } from 'node:http';
import { formatDuration } from '../calendar/durations.js';
import { SourceError } from '../domain/source.js';
import type { Duration } from '../domain/window.js';
import { send, unreachableWords } from './request.js';
import type { World } from './source.js';

const MOST_BYTES = 10 * 1024 ** 2;
const MOST_WORDS = 200;

/** A server that answers with a text of its own. */
export interface TextCall {
  headers: Readonly<Record<string, string>>;
  /** What people call it: no secret. */
  named: string;
  /** How long the answer may take. */
  timeout: Duration;
  /** What the answer would hold, for people. */
  wanted: string;
  /** Ends what is under way. */
  signal?: AbortSignal | undefined;
}

/**
 * What a server answers to one GET, whatever its status: at most 10 MB. SourceError for one that
 * cannot be reached or is too slow.
 */
export async function answerText(
  world: Pick<World, 'address'>,
  url: URL,
  { headers, named, timeout, wanted, signal: ended }: TextCall,
): Promise<{ status: number; body: string }> {
  const late = AbortSignal.timeout(timeout);
  const signal = ended === undefined ? late : AbortSignal.any([ended, late]);
  const refuse = (what: string): SourceError => new SourceError(named, null, what);
  try {
    const answer = await send(world, url, { headers, signal });
    const body = await textOf(answer, { named, wanted });
    return { status: answer.statusCode ?? 0, body };
  } catch (error) {
    ended?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    if (late.aborted) throw refuse(`took longer than ${formatDuration(timeout)}`);
    throw refuse(unreachableWords(error));
  }
}

async function textOf(
  answer: IncomingMessage,
  { named, wanted }: Pick<TextCall, 'named' | 'wanted'>,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      const most = `${MOST_BYTES / 1024 ** 2} MB`;
      throw new SourceError(named, null, `answers more than ${most}; expected ${wanted}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Without a secret that a server repeats. */
export const without = (text: string, secret: string | null): string =>
  secret === null ? text : text.replaceAll(secret, '…');

/** What a server says, for a line of our own. */
export function plain(text: string): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
}

/** A body as JSON; null: it is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** A field of what may be an object; undefined: it has none. */
export function fieldOf(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  return (of as Readonly<Record<string, unknown>>)[name];
}
