import { z } from 'zod';
import { figure, percent } from '../domain/judging/figures.js';
import { total } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import { newcombe, wilson } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { REASONS, rejectedOf } from './rejected.js';
import type { Rejected } from './rejected.js';

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
    const gone = current.asked['idless']?.by['column'];
    if (gone !== undefined) {
      const note = `the window does not have ${Array.from(gone, String).join(', ')}, the id`;
      return noReading('not_applicable', note, { nCurrent: n });
    }
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

/** Rows turned away, and rows with a value that could not be read. */
function rejectedShare(profile: Profile): { hits: number; n: number; turned: number } {
  const turned = asked(profile, 'rows', 'unparsed') + asked(profile, 'rows', 'future');
  const n = Math.max(asked(profile, 'rows', 'received'), profile.rows);
  if (profile.asked['rows']?.sums['misread'] !== undefined) {
    return { hits: Math.min(n, turned + asked(profile, 'rows', 'misread')), n, turned };
  }
  // An older profile does not tell the rows: there are at least those of the worst column.
  const worst = Math.max(0, ...rejectedOf(profile).map((one) => one.n));
  return { hits: Math.min(n, Math.max(turned, worst)), n, turned };
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
    const before = counted ? rejectedShare(reference) : { hits: 0, n: 0, turned: 0 };
    const known = before.n > 0 ? before.hits / before.n : 0;
    const interval = before.n > 0 ? newcombe(now, before, Z99) : wilson(now, Z99);
    return reading({
      value: now.hits / now.n - known,
      ...interval,
      interval: 'confidence',
      nCurrent: now.n,
      nReference: before.n,
      details: {
        ...{ level: 0.99, rejected: now.hits, turned: now.turned, before: known },
        by: rejectedOf(current),
      },
    });
  },
  say({ nCurrent, details }) {
    const hits = Number(details['rejected']);
    const by = (details['by'] as Rejected[]).slice(0, 3);
    const list = by.map(({ column, reason, n, at }) => {
      return `${figure(n)} ${REASONS[reason] ?? reason} in ${column}${at === '' ? '' : ` (first: ${at})`}`;
    });
    const names = list.length === 0 ? '' : `: ${list.join(', ')}`;
    const share = percent(nCurrent > 0 ? hits / nCurrent : 0);
    // Where every row is judged, single values of it were none.
    if (details['turned'] === 0 && by.length > 0) {
      return `Values of ${figure(hits)} of ${figure(nCurrent)} rows could not be read (${share})${names}.`;
    }
    return `${figure(hits)} of ${figure(nCurrent)} rows were rejected or could not be read (${share})${names}.`;
  },
};
