import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { guarded, saidSafely } from '../../activities/guard.js';
import { SourceError } from '../../domain/source.js';
import { TrainerError } from '../../trainers/error.js';

const marker = 'Conversion Error: could not convert "0049-marker" to DOUBLE';

function world() {
  const logged: Record<string, unknown>[] = [];
  const deps = { log: (_: string, fields?: Record<string, unknown>) => logged.push(fields ?? {}) };
  return { deps: deps as { log: (message: string, fields?: object) => void }, logged };
}

async function failureOf(error: unknown): Promise<{ failure: unknown; log: string }> {
  const { deps, logged } = world();
  const verbs = guarded(deps, { tell: () => Promise.reject(error as Error) });
  const failure = await verbs.tell().catch((thrown: unknown) => thrown);
  return { failure, log: JSON.stringify(logged) };
}

test('what a verb throws names its kind and a reference, and the log has the rest', async () => {
  const { failure, log } = await failureOf(new RangeError(marker));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  const { message, type, stack, cause } = failure as ApplicationFailure;
  expect(message).toMatch(/^tell failed \(RangeError\); .* under [0-9a-f]{8}$/);
  expect({ type, cause }).toEqual({ type: 'RangeError', cause: undefined });
  expect(`${message}${stack ?? ''}`).not.toContain('marker');
  expect(log).toContain('0049-marker');
  expect(log).toContain(message.slice(-8));
});

test('what is no error, or calls itself as it likes, gives nothing away either', async () => {
  const named = Object.assign(new Error(marker), { name: marker });
  for (const error of [marker, { message: marker }, named, null]) {
    const { failure } = await failureOf(error);
    expect(JSON.stringify({ ...(failure as object) })).not.toContain('marker');
    expect((failure as Error).message).not.toContain('marker');
  }
});

test('a source at fault is named with its file and column', () => {
  const error = new SourceError('/data/a.parquet', 'amount', marker);
  const said = saidSafely(world().deps, 'the promotion', error);
  expect(said).toContain('the promotion failed (SourceError at /data/a.parquet, column "amount")');
  expect(said).not.toContain('marker');
});

test('a trainer says itself what is wrong, for it knows no row and no secret', () => {
  const error = new TrainerError('refused', 'trainer at example.org: answered 403');
  expect(saidSafely(world().deps, 'the stop', error)).toBe('trainer at example.org: answered 403');
});

test('a cancellation, and a failure made for Temporal, pass as they are', async () => {
  for (const error of [
    new CancelledFailure('cancelled'),
    ApplicationFailure.nonRetryable('no such column', 'BadConfig'),
  ]) {
    expect((await failureOf(error)).failure).toBe(error);
  }
});

test('what a verb gives is given on', async () => {
  const verbs = guarded(world().deps, { double: (n: number) => Promise.resolve(2 * n) });
  expect(await verbs.double(21)).toBe(42);
});
