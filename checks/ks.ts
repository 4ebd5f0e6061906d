import { z } from 'zod';
import { exactPair } from '../domain/judging/exact.js';
import { boundsInWords, figure, pInWords } from '../domain/judging/figures.js';
import { exactValues, ksOf, numericCounts } from '../domain/judging/numeric.js';
import { kolmogorovFiniteTail } from '../stats/kolmogorov.js';
import { ksTail } from '../stats/ks-tail.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair } from './columns.js';
import { withHistory } from './psi.js';

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
    const rows = {
      nCurrent: numericCounts(pair.axis, pair.current).finite,
      nReference: numericCounts(pair.axis, pair.reference).finite,
    };
    if (rows.nCurrent === 0) return noReading('insufficient_data', 'there are no values', rows);
    if (rows.nReference === 0) {
      return noReading('no_reference', 'the reference has no values', rows);
    }
    const { low, high, at } = ksOf(pair.axis, pair.current, pair.reference);
    const effective = (rows.nCurrent * rows.nReference) / (rows.nCurrent + rows.nReference);
    const isExact =
      exactPair(pair.current, pair.reference) !== null ||
      [pair.current, pair.reference].every((side) => exactValues(side) !== null);
    const measured = reading({
      value: low,
      low,
      high,
      interval: 'bounds',
      pValue: isExact
        ? ksTail(low, [rows.nCurrent, rows.nReference])
        : kolmogorovFiniteTail(low, Math.max(1, Math.round(effective))),
      ...rows,
      details: { at },
    });
    return withHistory(measured, evidence);
  },
  say({ value, low, high, pValue, details }, target) {
    if (value === null) return `${target}: KS could not be measured.`;
    const exact = boundsInWords(low ?? 0, high ?? 1);
    const history = typeof details['history'] === 'number' ? details['history'] : 0;
    const place = typeof details['at'] === 'number' ? ` near ${figure(details['at'])}` : '';
    const chance = pValue === null ? '' : `, ${pInWords(pValue, history)}`;
    return `${target}: the distribution functions are ${figure(value)} apart${place} (KS, ${exact}${chance}).`;
  },
};
