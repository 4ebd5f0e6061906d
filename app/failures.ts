import { failuresHead, type FailedRepeats } from '../activities/failures.js';
import type { Instant } from '../domain/window.js';
import type { App } from './app.js';

/** A window that could not be evaluated, and why. */
export interface Failure {
  end: Instant;
  reason: string;
}

/**
 * The windows that end in (from, to] and could not be evaluated when they were last tried, oldest
 * first: with an error instead of a result, written off, or with an older result than the last
 * try. Reads commits and one head.
 */
export async function failuresOf(
  app: App,
  model: string,
  { from, to }: { from: Instant; to: Instant },
): Promise<Failure[]> {
  const commits = await app.lake.commitsOf(model, { from, to });
  const repeats = (await app.lake.readHead<FailedRepeats>(failuresHead(model)))?.windows ?? [];
  return commits.flatMap(({ window: { end }, revision, error, notEvaluated }) => {
    const repeat = repeats.find((one) => one.end === end && one.revision > revision);
    const reason = repeat?.error ?? error ?? notEvaluated;
    return reason === null ? [] : [{ end, reason }];
  });
}
