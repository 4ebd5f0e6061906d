import type { TrainingState } from '../domain/retraining.js';
import { endFrom } from './result.js';

/**
 * The end that a genuine callback reports: `{"state": "succeeded", "result": …}` or
 * `{"state": "failed"}`. A result that is not valid is a failure that says where; null: the body
 * reports no end.
 */
export function endInCallback(rawBody: string): TrainingState | null {
  let given: unknown;
  try {
    given = JSON.parse(rawBody);
  } catch {
    return null;
  }
  if (typeof given !== 'object' || given === null || !('state' in given)) return null;
  if (given.state === 'succeeded') return endFrom('result' in given ? given.result : undefined);
  if (given.state === 'failed') return { state: 'failed', reason: 'its callback says failed' };
  return null;
}
