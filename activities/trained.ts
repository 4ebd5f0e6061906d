import type { Trained } from '../domain/advising/input.js';
import { handlingOf } from '../domain/advising/handled.js';
import type { Monitor } from '../domain/monitor.js';
import type { Handled } from '../domain/score.js';
import type { Instant } from '../domain/window.js';
import type { Measuring } from './deps.js';

/**
 * What the version that was registered last, up to an instant, says of rows acted on; null: there
 * is none, or the monitor does not ask. Reads only.
 */
export async function trainedOf(
  deps: Pick<Measuring, 'lake'>,
  { model, retraining }: Monitor,
  knownAt: Instant,
): Promise<Trained | null> {
  return retraining?.loop === undefined ? null : newestTrained(deps, model.id, knownAt);
}

/** The same, whether the monitor asks or not. Reads only. */
export async function newestTrained(
  { lake }: Pick<Measuring, 'lake'>,
  model: string,
  knownAt: Instant,
): Promise<Trained | null> {
  const versions = await lake.versionsOf(model);
  const newest = versions.filter(({ at }) => at <= knownAt).at(-1);
  if (newest === undefined) return null;
  const unweightedActed = newest.training?.unweightedActed ?? null;
  return { version: newest.version, unweightedActed };
}

/** Whether training handles the loop, as was known at an instant; null: it does not. Reads only. */
export async function handledBy(
  deps: Pick<Measuring, 'lake'>,
  monitor: Monitor,
  knownAt: Instant,
): Promise<Handled | null> {
  return handlingOf(monitor.retraining, await trainedOf(deps, monitor, knownAt)).handled;
}
