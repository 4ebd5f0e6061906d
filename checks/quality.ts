import { z } from 'zod';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import { total } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { studentTail } from '../stats/beta.js';
import { newcombe, wilson } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { rejectedOf } from './rejected.js';
import type { Rejected } from './rejected.js';

const LEAST_WINDOWS = 3;

/** Earlier windows to compare with: those of the same weekday where there are enough. */
function comparable({ current, earlier }: Evidence): { rows: number[]; weekday: boolean } {
  const filled = earlier.filter((profile) => profile.rows > 0);
  const same = filled.filter((profile) => profile.window.weekday === current.window.weekday);
  const weekday = same.length >= LEAST_WINDOWS && same.length < filled.length;
  return { rows: (weekday ? same : filled).map((profile) => profile.rows), weekday };
}

/**
 * Change of the number of rows against earlier windows: a t-test of the log-ratio. The spread is at
 * least that of counting, 1 / sqrt(rows). No rows at all is hard.
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
  measure(evidence) {
    const { rows } = evidence.current;
    const { rows: before, weekday } = comparable(evidence);
    const counts = { nCurrent: rows, nReference: before.reduce((sum, n) => sum + n, 0) };
    const history = evidence.earlier.length;
    if (rows === 0) {
      return reading({ value: -1, ...counts, hard: 'no rows', details: { history } });
    }
    if (before.length < LEAST_WINDOWS) {
      const note = `${before.length} earlier windows, ${LEAST_WINDOWS} needed`;
      return noReading('insufficient_data', note, counts);
    }
    const logs = before.map(Math.log);
    const k = logs.length;
    const mean = logs.reduce((sum, log) => sum + log, 0) / k;
    const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
    const usual = Math.exp(mean);
    const spread = Math.max(Math.sqrt(squares / (k - 1)), 1 / Math.sqrt(usual));
    const t = (Math.log(rows) - mean) / (spread * Math.sqrt(1 + 1 / k));
    return reading({
      value: rows / usual - 1,
      pValue: Math.min(1, 2 * studentTail(Math.abs(t), k - 1)),
      ...counts,
      details: { usual, windows: k, weekday, history },
    });
  },
  say({ value, pValue, nCurrent, hard, details }) {
    if (hard !== null) return 'No rows came in this window.';
    const usual = figure(Math.round(Number(details['usual'])));
    const days = details['weekday'] === true ? ' of this weekday' : '';
    const chance = pValue === null ? '' : `, ${pInWords(pValue, Number(details['history']))}`;
    const more = (value ?? 0) < 0 ? 'fewer' : 'more';
    const change = percent(Math.abs(value ?? 0));
    return `${figure(nCurrent)} rows, ${change} ${more} than the usual ${usual}${days} (${String(details['windows'])} windows${chance}).`;
  },
};

function asked(profile: Profile | null, answer: string, sum: string): number {
  return total(profile?.asked[answer], sum);
}

/** Share of the rows that repeat an id of the window. */
export const duplicates: Written<object> = {
  name: 'duplicates',
  question: 'Does the same id come more than once?',
  unit: 'share of rows, 0 to 1',
  category: 'data-quality',
  action: 'Find the delivery that ran twice; counts and metrics are off by these rows.',
  over: 'model',
  needs: ['rows'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: { above: 0 }, alert: 0.01, minRows: 1, rule: 'calibrated' },
  measure({ current, reference }) {
    const n = asked(current, 'rows', 'accepted') || current.rows;
    const hits = asked(current, 'rows', 'duplicates');
    if (n === 0) return noReading('insufficient_data', 'the window has no rows');
    return reading({
      value: hits / n,
      ...wilson({ hits, n }),
      interval: 'confidence',
      nCurrent: n,
      nReference: reference?.rows ?? 0,
      details: { duplicates: hits },
    });
  },
  say: ({ value, details }) =>
    `${figure(Number(details['duplicates']))} rows repeat an id that came before (${percent(value ?? 0)}).`,
};

/** Rows turned away, or rows with a value that could not be read in the worst column. */
function rejectedShare(profile: Profile): { hits: number; n: number } {
  const turned = asked(profile, 'rows', 'unparsed') + asked(profile, 'rows', 'future');
  const worst = Math.max(0, ...rejectedOf(profile).map(({ n }) => n));
  const n = Math.max(asked(profile, 'rows', 'received'), profile.rows);
  return { hits: Math.min(n, Math.max(turned, worst)), n };
}

/**
 * Increase of the share of rows that could not be read, or that claim to come from the future, over
 * the reference; Newcombe's 99 % interval.
 */
export const rejectedRows: Written<object> = {
  name: 'rejected_rows',
  question: 'Are rows or values rejected?',
  unit: 'share of the rows received more than in the reference (0.01 is 1 pp), -1 to 1',
  category: 'data-quality',
  action: 'Look at the rows of the columns named here, at their source.',
  over: 'model',
  needs: ['rows'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: 0.005, alert: 0.05, minRows: 1, rule: 'calibrated' },
  significant: ({ low }) => (low ?? 0) > 0,
  measure({ current, reference }) {
    const now = rejectedShare(current);
    if (now.n === 0) return noReading('insufficient_data', 'the window has no rows');
    // A reference counts no rows that it turned away: what it could not read was no reason to stop.
    const counted = reference?.asked['rows'] !== undefined;
    const before = counted ? rejectedShare(reference) : { hits: 0, n: 0 };
    const known = before.n > 0 ? before.hits / before.n : 0;
    const interval = before.n > 0 ? newcombe(now, before, Z99) : wilson(now, Z99);
    return reading({
      value: now.hits / now.n - known,
      ...interval,
      interval: 'confidence',
      nCurrent: now.n,
      nReference: before.n,
      details: { level: 0.99, rejected: now.hits, before: known, by: rejectedOf(current) },
    });
  },
  say({ nCurrent, details }) {
    const hits = Number(details['rejected']);
    const by = (details['by'] as Rejected[]).slice(0, 3);
    const list = by.map(({ column, reason, n }) => `${figure(n)} ${reason} in ${column}`);
    const names = list.length === 0 ? '' : `: ${list.join(', ')}`;
    const share = percent(nCurrent > 0 ? hits / nCurrent : 0);
    return `${figure(hits)} of ${figure(nCurrent)} rows were rejected or could not be read (${share})${names}.`;
  },
};
