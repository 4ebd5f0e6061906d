import { z } from 'zod';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import { BIN, size } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { studentTail } from '../stats/beta.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';

const LEAST_WINDOWS = 3;
/** The target of `volume` that counts rows with a prediction. */
export const PREDICTIONS = 'predictions';

/** Earlier windows to compare with: those of the same weekday where there are enough. */
function comparable({ current, earlier }: Evidence): { windows: Profile[]; weekday: boolean } {
  const filled = earlier.filter((one) => one.rows > 0 && isAsLong(one.window, current.window));
  const same = filled.filter((profile) => profile.window.weekday === current.window.weekday);
  const weekday = same.length >= LEAST_WINDOWS && same.length < filled.length;
  return { windows: weekday ? same : filled, weekday };
}

/** False after a change of `windows.size`: days say nothing of a week, months do of a month. */
function isAsLong(one: Window, other: Window): boolean {
  const ratio = (one.end - one.start) / (other.end - other.start);
  return ratio > 0.75 && ratio < 1.34;
}

/** Rows that have a prediction; null where nobody counted. */
export function predictionsIn({ outcomes }: Profile): number | null {
  const { score, predicted } = outcomes?.by ?? {};
  if (outcomes === null || (score === undefined && predicted === undefined)) return null;
  let count = 0;
  for (let row = 0; row < size(outcomes); row++) {
    const bin = score?.[row];
    const isScored = score instanceof Int32Array ? bin !== BIN.missing : (bin ?? '') !== '';
    const isThere = score === undefined ? (predicted?.[row] ?? '') !== '' : isScored;
    if (isThere) count += outcomes.sums['n']?.[row] ?? 0;
  }
  return count;
}

/** Rows, or predictions among as many rows as the window has: fewer rows are not told twice. */
function amountOf(profile: Profile, target: string, rows: number): number | null {
  if (target !== PREDICTIONS) return profile.rows;
  const count = predictionsIn(profile);
  return count === null || profile.rows === 0 ? null : (count / profile.rows) * rows;
}

/**
 * Change of the number of rows against earlier windows: a t-test of the log-ratio. The spread is at
 * least that of counting, 1 / sqrt(rows). No rows at all is hard. Target `predictions`: of the rows
 * that have a prediction, at the number of rows of the window.
 */
export const volume: Written<object> = {
  name: 'volume',
  question: 'Do as many rows come as before?',
  unit: 'change against earlier windows, as a share of them, >= -1',
  category: 'data-quality',
  action: 'Find out whether rows are late, lost or doubled before anything else is believed.',
  over: 'model',
  needs: ['rows'],
  worse: 'either',
  kind: 'statistical',
  params: z.strictObject({}),
  defaults: { warn: 0.3, alert: null, minRows: 0, rule: 'calibrated' },
  significant: ({ pValue }) => (pValue ?? 1) < 1e-3,
  measure(evidence, target) {
    const { rows } = evidence.current;
    const { windows, weekday } = comparable(evidence);
    const before = windows.flatMap((window) => amountOf(window, target, rows) ?? []);
    const amount = amountOf(evidence.current, target, rows);
    const nReference = windows.reduce((sum, window) => sum + window.rows, 0);
    const counts = { nCurrent: amount ?? 0, nReference };
    const others = evidence.earlier.filter(
      ({ window }) => !isAsLong(window, evidence.current.window),
    );
    const details = { history: evidence.earlier.length - others.length, rows };
    if (target === PREDICTIONS && rows === 0) {
      return noReading('not_applicable', 'the window has no rows', counts);
    }
    if (amount === null) return noReading('not_applicable', 'nobody counts predictions', counts);
    if (amount === 0) {
      const hard = target === PREDICTIONS ? 'no predictions' : 'no rows';
      return reading({ value: -1, ...counts, hard, details });
    }
    return changed(amount, before, {
      otherSize: others.length,
      more: { ...counts, details: { ...details, weekday } },
    });
  },
  say({ value, pValue, nCurrent, hard, details }, target) {
    const things = target === PREDICTIONS ? 'predictions' : 'rows';
    if (hard === 'no rows') return 'No rows came in this window.';
    if (hard !== null)
      return `None of the ${figure(Number(details['rows']))} rows has a prediction.`;
    const usual = figure(Math.round(Number(details['usual'])));
    const days = details['weekday'] === true ? ' of this weekday' : '';
    const chance = pValue === null ? '' : `, ${pInWords(pValue, Number(details['history']))}`;
    const more = (value ?? 0) < 0 ? 'fewer' : 'more';
    const change = percent(Math.abs(value ?? 0));
    return `${figure(nCurrent)} ${things}, ${change} ${more} than the usual ${usual}${days} (${String(details['windows'])} windows${chance}).`;
  },
};

function changed(
  amount: number,
  before: readonly number[],
  {
    otherSize,
    more,
  }: { otherSize: number; more: Pick<Reading, 'nCurrent' | 'nReference' | 'details'> },
): Reading {
  const logs = before.filter((one) => one > 0).map(Math.log);
  const k = logs.length;
  if (k < LEAST_WINDOWS) {
    const windows = `${k} earlier ${k === 1 ? 'window' : 'windows'}, ${LEAST_WINDOWS} needed`;
    const which =
      otherSize > 0
        ? `those of another size do not count, which are ${otherSize}`
        : 'evaluated after "aftercare apply", or of a reference of kind window';
    const note = `${windows} (${which})`;
    return noReading('insufficient_data', note, more);
  }
  const usual = Math.exp(logs.reduce((sum, log) => sum + log, 0) / k);
  const change = amount / usual - 1;
  return reading({
    value: Math.abs(change) < 1e-12 ? 0 : change, // the logarithms leave a remainder
    pValue: twoSided(logs, Math.log(amount), 1 / Math.sqrt(usual)),
    ...more,
    details: { ...more.details, usual, windows: k },
  });
}

/** Never surer than counting allows, however alike the earlier windows are. */
function twoSided(logs: readonly number[], now: number, least: number): number {
  const k = logs.length;
  const mean = logs.reduce((sum, log) => sum + log, 0) / k;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  const spread = Math.max(Math.sqrt(squares / (k - 1)), least);
  const t = (now - mean) / (spread * Math.sqrt(1 + 1 / k));
  return Math.min(1, 2 * studentTail(Math.abs(t), k - 1));
}
