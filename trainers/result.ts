import { z } from 'zod';
import type { TrainingResult, TrainingState } from '../domain/retraining.js';

const metrics = z.record(z.string().max(100), z.number());
const shape = z.object({
  version: z.string().min(1).max(200),
  trainedUntil: z.number().int(),
  reference: z.string().min(1).max(2_000),
  rows: z.number().int().nonnegative(),
  metrics,
  championMetrics: metrics,
  data: z.string().max(500),
  difference: z.object({
    metric: z.string().min(1).max(100),
    n: z.number().int().nonnegative(),
    sum: z.number(),
    squares: z.number().nonnegative(),
  }),
}) satisfies z.ZodType<TrainingResult>;

/** A result that says what it must, or where it does not: never what it says there. */
function parseResult(
  given: unknown,
): { ok: true; result: TrainingResult } | { ok: false; reason: string } {
  const parsed = shape.safeParse(given);
  if (parsed.success) return { ok: true, result: parsed.data };
  const issues = parsed.error.issues.slice(0, 5).map(({ path, message }) => {
    const where = path.length === 0 ? 'the result' : path.map(String).join('.');
    return `${where}: ${message}`;
  });
  return { ok: false, reason: `not a training result: ${issues.join('; ')}` };
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
    : { state: 'failed', reason: parsed.reason };
}
