import type { AcceptedLevel } from '../domain/level.js';
import type { Instant } from '../domain/window.js';
import type { App } from './app.js';

/** A level without its counts: what people are told of it. */
export type ToldLevel = Omit<AcceptedLevel, 'levels'>;

/** Levels of a model that have not ended at an instant, the one that ends first before others. */
export async function acceptedLevels(
  { lake }: Pick<App, 'lake'>,
  model: string,
  at: Instant,
): Promise<ToldLevel[]> {
  const all = (await lake.acceptedOf(model)).filter(({ until }) => until > at);
  return all.map(toldLevel).sort((a, b) => a.until - b.until);
}

/** A level as JSON shows it. */
export function toldLevel(level: AcceptedLevel): ToldLevel {
  const told: Partial<AcceptedLevel> = { ...level };
  delete told.levels;
  return told as ToldLevel;
}
