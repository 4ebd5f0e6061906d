import { ACTED, BAND } from '../domain/action.js';
import { figure } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { groupOf, isDecided, lastOutcomes } from './decisions.js';
import type { Measured } from './held.js';
import { slopes } from './jackknife.js';
import { countedOf, weightIn } from './unacted-rows.js';
import type { Standing } from './unacted-rows.js';

/**
 * What a metric would be if nobody acted, of the last four windows as one: labelled rows held out
 * stand for all rows where the model would act, labelled rows not acted on for all others, rows
 * acted on for none. Its standard error is the infinitesimal jackknife's within both, by groups of
 * rows that are alike. Rows held out weigh 1 / (1 − propensity), where these differ (Hájek).
 * `details` of a metric: `corrected`, or `unacted`, why there is none; {} where nothing was decided
 * by the model.
 */
export function corrected(
  evidence: Evidence,
  of: (outcomes: Outcomes) => Measured | string,
): { corrected?: object; unacted?: object } {
  const { outcomes: own } = evidence.current;
  if (!isDecided(own) || groupOf([own], BAND).rows === 0) return {};
  // value by value the windows before are not known
  const windows = evidence.binning === 'exact' ? [own] : lastOutcomes(evidence);
  const { isBinary, held, lacking, standing } = countedOf(own, windows);
  if (!isBinary) return {};
  if (lacking !== null) {
    const acted = groupOf([own], ACTED).labelled;
    const known = { acted, held: held.rows, positives: held.positives, windows: windows.length };
    return { unacted: { ...known, ...lacking } };
  }
  const { outcomes, groups } = standing();
  const whole = of(outcomes);
  if (typeof whole === 'string') return {};
  const found = slopes(outcomes, groups, of);
  const changes = groups.map((group, place) => ({ ...group, by: found[place] ?? 0 }));
  const variance = [true, false].reduce((sum, is) => {
    return sum + varianceOf(changes.filter((one) => one.held === is));
  }, 0);
  const { value, trivial } = whole;
  const standardError = Math.sqrt(variance);
  return {
    corrected: { value, trivial, standardError, held: held.labelled, windows: windows.length },
  };
}

/** Of weights whose sum is fixed, by what the value changes with each group of them. */
function varianceOf(changes: readonly (Standing & { by: number })[]): number {
  const all = weightIn(changes);
  const by = changes.reduce((sum, one) => sum + one.by, 0);
  return changes.reduce((sum, { by: own, weight, squares }) => {
    // what the group has, less what all lose by its part of the sum; of each row by its weight
    return sum + (own / weight - by / all) ** 2 * squares;
  }, 0);
}

const inWindows = (windows: number): string =>
  windows === 1 ? '' : ` in ${figure(windows)} windows`;

/** `; corrected for rows acted on …`: what `corrected` says beside a metric; '' where nothing. */
export function sayCorrected({ details }: Reading): string {
  const found = details['corrected'] as Record<
    'value' | 'standardError' | 'held' | 'windows',
    number
  >;
  if ('corrected' in details) {
    return (
      `; corrected for rows acted on, by an estimate from ${figure(found.held)} held out at ` +
      `random${inWindows(found.windows)}, it is ${figure(found.value)} ` +
      `(standard error ${figure(found.standardError)})`
    );
  }
  if (!('unacted' in details)) return '';
  const { acted, held, positives, windows } = details['unacted'] as Record<
    'acted' | 'held' | 'positives' | 'windows',
    number
  >;
  const { why } = details['unacted'] as { why?: string };
  const more =
    why !== undefined
      ? `; ${why}`
      : held === 0
        ? ''
        : `; ${positives === 1 ? '1 positive is' : `${figure(positives)} positives are`} held out ` +
          `at random${inWindows(windows)}, ${LEAST_POSITIVES} are needed to correct it`;
  if (acted === 0) return `; performance is measured on the un-acted slice only${more}`;
  return (
    `; labels are as they came, and those of ${figure(acted)} rows acted on may be what acting ` +
    `made of them: performance is known on the un-acted slice only${more}`
  );
}
