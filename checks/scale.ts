import { figure, percent } from '../domain/judging/figures.js';
import { momentsOf } from '../domain/judging/moments.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { FEWEST_PERIODS } from '../domain/judging/usual.js';
import { total } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { predictiveTail } from '../stats/parts.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair } from './columns.js';
import type { ColumnPair } from './columns.js';
import { chanceOf, HARD_CHANCE } from './missing.js';
import { commonFactor, LEAST } from './scale-factor.js';
import type { Scale } from './scale-factor.js';
import { whatIsOpen } from './scale-open.js';
import { brokenRules } from './schema-rules.js';

/** A factor that the usual windows make likelier than this is no news. */
const USUAL = 1e-3;

/** The reference makes it this unlikely that so many rows lie on one side of one of its values. */
function isBeyondChance({ axis, current, reference }: ColumnPair, { factor, beyond }: Scale) {
  const now = numericCounts(axis, current).finite;
  const before = numericCounts(axis, reference).finite;
  // Half of the window lies beyond factor × median: how often does the reference, at most?
  const chance = chanceOf(
    { hits: Math.round(beyond.now * now), n: now },
    { hits: Math.round(beyond.before * before), n: before },
  );
  return factor > 0 && chance < HARD_CHANCE;
}

/** Usual windows differ in their means by as much. */
function isUsual(evidence: Evidence, target: string, { axis, current }: ColumnPair): boolean {
  const means = evidence.periods.flatMap(({ columns }) => {
    const mean = columns[target] === undefined ? null : momentsOf(axis, columns[target])?.mean;
    return mean == null || mean === 0 ? [] : [Math.log(Math.abs(mean))];
  });
  const now = momentsOf(axis, current)?.mean ?? 0;
  if (means.length < FEWEST_PERIODS || now === 0) return false;
  const { z: place, pValue } = predictiveTail(means, Math.log(Math.abs(now)));
  return (place < 0 ? 1 - pValue : pValue) > USUAL;
}

/**
 * Whether all values of a numeric column are the same multiple of what they were, as after a change
 * of unit: the middle 80 % moved by one common factor of 1.2 or more, or to 1 / 1.2 or less, which
 * the reference makes less likely than 1e-6. Where most values lie beyond the axis, so that only
 * their mean is known, only factors between well-known units count. Value: 0 or 1; 1 is hard. Null
 * where the rows that have a value neither show such a factor nor rule it out.
 */
export const scaleChange: Written<object> = {
  ...brokenRules,
  name: 'scale_change',
  question: 'Is every value the same multiple of what it was?',
  action: 'Find the unit that changed upstream; do not retrain on mixed units.',
  applies: (axis) => axis.kind === 'numeric',
  measure(evidence, target) {
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    if (pair.axis.kind !== 'numeric')
      return noReading('not_applicable', 'the column is not numeric');
    const rows = { nCurrent: total(pair.current), nReference: total(pair.reference) };
    const scale = commonFactor(pair);
    const isBroken =
      scale !== null &&
      Math.abs(Math.log(scale.factor)) >= LEAST &&
      isBeyondChance(pair, scale) &&
      !isUsual(evidence, target, pair);
    if (isBroken) return reading({ value: 1, ...rows, hard: 'scale', details: { ...scale } });
    const open = whatIsOpen(pair);
    return open === null || isUsual(evidence, target, pair)
      ? reading({ value: 0, ...rows })
      : noReading('insufficient_data', open, rows);
  },
  say({ hard, details, nReference }, target) {
    if (hard === null) return `${target} is on the scale that it was.`;
    const { factor, unit, quantile, beyond } = details as unknown as Scale;
    const name = quantile.p === 0.5 ? 'median' : `${100 * quantile.p} % quantile`;
    const times = factor >= 1 ? `${figure(factor)} times` : `1/${figure(1 / factor)} of`;
    const known = unit === null ? '' : `, as between ${unit}`;
    const middle =
      quantile.now === '' || quantile.before === ''
        ? ''
        : `: ${name} ${quantile.before} → ${quantile.now}`;
    const far = `${shareInWords(beyond.before, nReference)} beyond what is their ${name} now`;
    return `${target}: scale; its values are ${times} what they were${known}${middle}; ${far}.`;
  },
};

/** `0.2 % of the reference's values lie`, `none of …` where not one of them does. */
function shareInWords(share: number, rows: number): string {
  if (share * rows < 0.5) return "none of the reference's values lie";
  const words = percent(share);
  return `${words === '0 %' ? 'fewer than 0.01 %' : words} of the reference's values lie`;
}
