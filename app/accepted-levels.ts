import { isWhole } from '../domain/slice.js';
import type { Finding } from '../domain/finding.js';
import type { AcceptedLevel } from '../domain/level.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Instant } from '../domain/window.js';
import { acceptable } from './accept.js';
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

/**
 * One finding for each column that somebody may plausibly accept, of all rows where there is one:
 * its level then holds for every check of the column. None of a column with a broken rule, nor of
 * the predictions while there is one: what broke is mended, not accepted.
 */
export function plausible(
  findings: readonly Finding[],
  specs: readonly CheckSpec[] = [],
): Finding[] {
  const broken = new Set(findings.filter(isBroken).map(({ target }) => target));
  const isConsequence = ({ target, check }: Finding) =>
    broken.has(target) || (broken.size > 0 && check === 'prediction_drift');
  const offered = acceptable(findings, specs).filter((finding) => !isConsequence(finding));
  const isPart = (finding: Finding) => Number(!isWhole(finding));
  const targets = [...new Set(offered.map(({ target }) => target))];
  return targets.flatMap((target) => {
    const own = offered.filter((finding) => finding.target === target);
    return own.sort((a, b) => isPart(a) - isPart(b)).slice(0, 1);
  });
}

const isBroken = ({ hard, verdict, category }: Finding): boolean =>
  hard !== null && verdict === 'alert' && category === 'data-quality';
