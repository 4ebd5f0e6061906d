import type { TrainingState } from '../domain/retraining.js';
import { listed, parseResult } from './result.js';

type End = Extract<TrainingState, { state: 'succeeded' | 'failed' }>;

const WANTED = 'expected {"state": "succeeded", "result": …} or {"state": "failed"}';
/** Faults that an answer names. */
const NAMED = 20;

/**
 * The end that a genuine callback reports: `{"state": "succeeded", "result": …}` or
 * `{"state": "failed"}`; or why it reports none, with each field that is wrong.
 */
export function endInCallback(
  rawBody: string,
): { ok: true; end: End } | { ok: false; reason: string } {
  let given: unknown;
  try {
    given = JSON.parse(rawBody);
  } catch {
    return { ok: false, reason: `${WANTED}, got no JSON` };
  }
  if (typeof given !== 'object' || given === null || !('state' in given)) {
    return { ok: false, reason: `${WANTED}, got no state` };
  }
  if (given.state === 'failed') {
    return { ok: true, end: { state: 'failed', reason: 'its callback says failed' } };
  }
  if (given.state !== 'succeeded') return { ok: false, reason: `${WANTED}, got another state` };
  const parsed = parseResult('result' in given ? given.result : undefined);
  if (parsed.ok) return { ok: true, end: { state: 'succeeded', result: parsed.result } };
  return { ok: false, reason: `not a training result: ${listed(parsed.faults, NAMED)}` };
}
