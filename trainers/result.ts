import { z } from 'zod';
import type { TrainingResult, TrainingState } from '../domain/retraining.js';

const wanted = (words: string) => ({ error: `expected ${words}` });
const count = 'a whole number, 0 or more';
const numbers = 'numbers by name, as {"roc_auc": 0.8}';
const metrics = z.record(
  z.string().max(100, wanted('a name of at most 100 characters')),
  z.number(wanted('a number')),
  wanted(numbers),
);
const name = wanted('the name of the metric, 1 to 100 characters');
const version = wanted('a text of 1 to 200 characters');
const instant = wanted('milliseconds since 1970, a whole number');
const path = wanted('the path of its training rows, 1 to 2000 characters');
const data = wanted('words on the rows of the comparison, at most 500 characters');
const shape = z.object(
  {
    version: z.string(version).min(1, version).max(200, version),
    trainedUntil: z.number(instant).int(instant),
    reference: z.string(path).min(1, path).max(2_000, path),
    rows: z.number(wanted(count)).int(wanted(count)).nonnegative(wanted(count)),
    metrics,
    championMetrics: metrics,
    data: z.string(data).max(500, data),
    difference: z.object(
      {
        metric: z.string(name).min(1, name).max(100, name),
        n: z.number(wanted(count)).int(wanted(count)).nonnegative(wanted(count)),
        sum: z.number(wanted('a number')),
        squares: z.number(wanted('a number, 0 or more')).nonnegative(wanted('a number, 0 or more')),
      },
      wanted('{metric, n, sum, squares}'),
    ),
    unweightedActed: z
      .number(wanted(count))
      .int(wanted(count))
      .nonnegative(wanted(count))
      .optional(),
  },
  wanted('{version, trainedUntil, reference, …}'),
) satisfies z.ZodType<TrainingResult>;

/**
 * A result that says what it must, or each field where it does not: what was wanted and what kind
 * of thing is there, never a text that is there.
 */
export function parseResult(
  given: unknown,
): { ok: true; result: TrainingResult } | { ok: false; faults: readonly string[] } {
  const parsed = shape.safeParse(given);
  if (parsed.success) return { ok: true, result: parsed.data };
  const faults = parsed.error.issues.map(({ path: at, message }) => {
    const where = at.length === 0 ? 'result' : at.map((one) => String(one).slice(0, 100)).join('.');
    return `${where}: ${message}, got ${kindOf(valueAt(given, at))}`;
  });
  return { ok: false, faults: [...new Set(faults)] };
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** The first faults, and how many more there are. */
export function listed(faults: readonly string[], most: number): string {
  const more = faults.length - most;
  return faults.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** The last line of a job's output as its end. */
export function endOf(lastLine: string): TrainingState {
  let given: unknown;
  try {
    given = JSON.parse(lastLine);
  } catch {
    const reason = 'the last line of its output is not JSON; print the result as one JSON line';
    return { state: 'failed', reason };
  }
  return endFrom(given);
}

/** A reported result as an end: one that is not valid is a failure that says where. */
export function endFrom(given: unknown): TrainingState {
  const parsed = parseResult(given);
  return parsed.ok
    ? { state: 'succeeded', result: parsed.result }
    : { state: 'failed', reason: `not a training result: ${listed(parsed.faults, 5)}` };
}
