import { z } from 'zod';
import { exactPair } from '../domain/judging/exact.js';
import { boundsInWords, figure, pInWords } from '../domain/judging/figures.js';
import { ksOf } from '../domain/judging/ks.js';
import { exactValues, numericCounts } from '../domain/judging/numeric.js';
import { kolmogorovFiniteTail } from '../stats/kolmogorov.js';
import { ksTail } from '../stats/ks-tail.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair, MERGED } from './columns.js';
import type { ColumnPair } from './columns.js';
import { withHistory } from './psi.js';

/** The p-value of a KS statistic of n and m values: exact where both sides are counted. */
export function chanceOfKs(
  { current, reference }: Pick<ColumnPair, 'current' | 'reference'>,
  { statistic, n, m }: { statistic: number; n: number; m: number },
): number {
  const isExact =
    exactPair(current, reference) !== null ||
    [current, reference].every((side) => exactValues(side) !== null);
  return isExact
    ? ksTail(statistic, [n, m])
    : kolmogorovFiniteTail(statistic, Math.max(1, Math.round((n * m) / (n + m))));
}

/**
 * Two-sample Kolmogorov-Smirnov statistic of the finite values, with guaranteed bounds from the
 * fine bins; exact where both sides were profiled value by value. Its p-value is scipy's
 * `ks_2samp`: exact up to 10,000 rows a side for counted values, else asymptotic, at the lower
 * bound.
 */
export const ks: Written<object> = {
  name: 'ks',
  question: 'How far apart are the distribution functions of a numeric column?',
  unit: 'share of rows, 0 to 1',
  category: 'drift',
  action: 'Find out upstream what changed; look at the values around the largest gap.',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'statistical',
  params: z.strictObject({}),
  defaults: { warn: 0.1, alert: 0.25, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind === 'numeric',
  significant: (given, level) => (given.pValue ?? 1) < (level === 'warn' ? 1e-3 : 1e-6),
  measure(evidence, target) {
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    if (pair.axis.kind !== 'numeric') {
      return noReading('not_applicable', 'the column is not numeric');
    }
    const [now, before] = [pair.current, pair.reference].map((one) =>
      numericCounts(pair.axis, one),
    );
    const rows = { nCurrent: now?.finite ?? 0, nReference: before?.finite ?? 0 };
    const leftOut = (now?.notFinite ?? 0) + (before?.notFinite ?? 0);
    if (rows.nCurrent === 0) return noReading('insufficient_data', 'there are no values', rows);
    if (rows.nReference === 0) {
      return noReading('no_reference', 'the reference has no values', rows);
    }
    if (pair.axis.merged === true) return noReading('not_applicable', MERGED, rows);
    const { low, high, at } = ksOf(pair.axis, pair.current, pair.reference);
    const measured = reading({
      value: low,
      low,
      high,
      interval: 'bounds',
      pValue: chanceOfKs(pair, { statistic: low, n: rows.nCurrent, m: rows.nReference }),
      ...rows,
      details: { at, ...(leftOut > 0 ? { leftOut } : {}) },
    });
    return withHistory(measured, evidence);
  },
  say({ value, low, high, pValue, details }, target) {
    if (value === null) return `${target}: KS could not be measured.`;
    const exact = boundsInWords(low ?? 0, high ?? 1);
    const history = typeof details['history'] === 'number' ? details['history'] : 0;
    const place = typeof details['at'] === 'number' ? ` near ${figure(details['at'])}` : '';
    const chance = pValue === null ? '' : `, ${pInWords(pValue, history)}`;
    const out = Number(details['leftOut'] ?? 0);
    const odd = out > 0 ? `, ${figure(out)} NaN or infinite left out` : '';
    return `${target}: the distribution functions are ${figure(value)} apart${place} (KS, ${exact}${chance}${odd}).`;
  },
};
