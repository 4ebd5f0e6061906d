import type { Duration } from '../domain/window.js';

/**
 * Why a training did not start or could not be followed. `refused`: it would say no again ·
 * `failed`: worth trying again, not before `retryAfter` ms when the trainer said so · `uncertain`:
 * it may have started, and nobody can tell. No secret and nothing of an answer's body in it.
 */
export class TrainerError extends Error {
  readonly outcome: 'refused' | 'failed' | 'uncertain';
  readonly retryAfter: Duration | null;

  constructor(
    outcome: 'refused' | 'failed' | 'uncertain',
    message: string,
    retryAfter: Duration | null = null,
  ) {
    super(message);
    this.name = 'TrainerError';
    this.outcome = outcome;
    this.retryAfter = retryAfter;
  }
}

/** How a failed start comes back to the retrain entity. Anything unforeseen is uncertain. */
export function startFailure(error: unknown): {
  reason: string;
  uncertain: boolean;
  retryAfter: Duration | null;
} {
  if (!(error instanceof TrainerError)) {
    return { reason: 'the trainer broke in an unforeseen way', uncertain: true, retryAfter: null };
  }
  const { outcome, message, retryAfter } = error;
  const again = outcome === 'failed' ? (retryAfter ?? 0) : null;
  return { reason: message, uncertain: outcome === 'uncertain', retryAfter: again };
}
