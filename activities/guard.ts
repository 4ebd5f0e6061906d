import { randomUUID } from 'node:crypto';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { SourceError } from '../domain/source.js';
import { TrainerError } from '../trainers/error.js';
import type { Deps } from './deps.js';

/**
 * A failure in words that Temporal may keep. An error of an engine may repeat a value of a row or a
 * secret, so only its kind gets out, with the reference under which the log has all of it.
 */
export function saidSafely(deps: Pick<Deps, 'log'>, what: string, error: unknown): string {
  if (error instanceof TrainerError) return error.message; // has neither, by its contract
  const reference = randomUUID().slice(0, 8);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  deps.log(`${what} failed`, { reference, error: detail });
  const where = error instanceof SourceError ? ` at ${placeOf(error)}` : '';
  return `${what} failed (${kindOf(error)}${where}); the worker's log says why, under ${reference}`;
}

function placeOf({ file, column }: SourceError): string {
  return column === null ? file : `${file}, column "${column}"`;
}

/** A class name of ours or the platform's; an error's own `name` may be anything. */
function kindOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : 'no error';
}

/** What a cancelled activity throws from Node's own functions. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

type Verb = (...args: never[]) => Promise<unknown>;

/**
 * The same verbs, whose failures say nothing of a row or a secret. Cancellations, and failures that
 * were made for Temporal, pass as they are.
 */
export function guarded<T extends object>(deps: Pick<Deps, 'log'>, verbs: T): T {
  const entries = Object.entries(verbs as Record<string, Verb>).map(([name, verb]) => [
    name,
    async (...args: never[]): Promise<unknown> => {
      try {
        return await verb(...args);
      } catch (error) {
        if (error instanceof TemporalFailure || isAbort(error)) throw error;
        const message = saidSafely(deps, name, error);
        throw ApplicationFailure.create({ message, type: kindOf(error) });
      }
    },
  ]);
  return Object.fromEntries(entries) as T;
}
