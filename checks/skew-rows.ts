import { z } from 'zod';
import { figure, percent } from '../domain/judging/figures.js';
import { wilson } from '../stats/intervals.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';

/** More rows than this share differ, for sure, where it is said at the higher level. */
const SURE = 0.01;

/**
 * Is a value live the one that the model would have learnt from, row by row? Judged is the upper
 * end of Wilson's interval: rows that could not be looked at may differ too. Where no row differs
 * nothing does, however few they were; and an alert needs more than its upper end, or one row of a
 * hundred would give it.
 */
export const skewRows: Written<object> = {
  name: 'skew_rows',
  question: 'Are the values of a row the same live as among the rows that the model learnt from?',
  unit: 'share of the re-joined rows whose value differs, upper 95 % bound, 0 to 1',
  category: 'data-quality',
  action: 'Compare how the feature is made in training and live, for one of the rows.',
  over: 'feature',
  ofColumn: true,
  needs: ['rows', 'training'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: { above: 0.01 }, alert: { above: 0.05 }, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind !== 'opaque',
  significant: ({ low, details }, level) =>
    level === 'warn' ? Number(details['mismatched']) > 0 : (low ?? 0) > SURE,
  measure({ current }, target) {
    const { skew_rows: asked } = current.asked;
    if (asked === undefined) {
      return noReading('no_reference', 'no training file has the rows of the window by their id');
    }
    const row = [...(asked.by['column'] ?? [])].indexOf(target);
    const n = asked.sums['n']?.[row] ?? 0;
    const rows = { nCurrent: n, nReference: n };
    if (row < 0) return noReading('no_reference', 'one side does not have the column', rows);
    if (n === 0) return noReading('not_applicable', 'no row is in the training file', rows);
    const mismatched = asked.sums['mismatched']?.[row] ?? 0;
    const { low, high } = wilson({ hits: mismatched, n });
    return reading({
      ...{ value: high, low, high, interval: 'confidence', ...rows },
      details: { mismatched, share: mismatched / n },
    });
  },
  say({ high, nCurrent, details }, target) {
    const { mismatched, share } = details;
    const most = `${percent(Number(share))}, at most ${percent(high ?? NaN)}`;
    const rows = `${figure(Number(mismatched))} of ${figure(nCurrent)} re-joined rows`;
    return `${target} differs from what the model learnt from in ${rows} (${most}).`;
  },
};
