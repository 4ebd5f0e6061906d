import { z } from 'zod';
import { isKnownTo } from '../domain/judging/categories.js';
import { categoryCounts, coarseBins } from '../domain/judging/distribution.js';
import { percent, spanInWords } from '../domain/judging/figures.js';
import { exactValues, numericCounts } from '../domain/judging/numeric.js';
import { isValue } from '../domain/judging/tail.js';
import { CATEGORY, FINE_BINS, size, total } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Reading } from '../domain/score.js';
import { binomialTail } from '../stats/beta.js';
import { wilson } from '../stats/intervals.js';
import type { Share } from '../stats/intervals.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair } from './columns.js';
import type { ColumnPair } from './columns.js';
import { softened } from './missing.js';

/** Values named in a sentence. */
const NAMED = 5;

/** A share of the window's values that the reference hardly has, with what it has there. */
function shareReading(now: Share, before: Share, details: Record<string, unknown>): Reading {
  if (now.n === 0) return noReading('insufficient_data', 'there are no values');
  const { low, high } = wilson(now);
  return reading({
    value: now.hits / now.n,
    low,
    high,
    interval: 'confidence',
    pValue: binomialTail(now.hits, now.n, softened(before)),
    nCurrent: now.n,
    nReference: before.n,
    details,
  });
}

const surprising = ({ pValue }: Reading): boolean => (pValue ?? 1) < 1e-3;

/** Share of values in no category that the reference knows. */
export const unseenCategories: Written<object> = {
  name: 'unseen_categories',
  question: 'Do values come that the reference does not know?',
  unit: 'share of the values that are there, 0 to 1',
  category: 'drift',
  action: 'Decide what the new values mean; map them or train with them.',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: { above: 0.2 }, alert: null, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind === 'categorical',
  significant: surprising,
  measure(evidence, target) {
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    if (pair.axis.kind !== 'categorical') {
      return noReading('not_applicable', 'the column is not categorical');
    }
    if (!isLooked(pair)) return noReading('no_reference', NOT_LOOKED);
    const isKnown = isKnownTo(pair.axis, pair.reference);
    const now = unseenOf(pair.axis, pair.current, isKnown);
    const before = unseenOf(pair.axis, pair.reference, () => true);
    const share = expectedShare(pair, before.share);
    return shareReading(now.share, share, { values: now.values });
  },
  say({ value, details }, target) {
    const values = details['values'] as { value: string; share: number }[] | undefined;
    const names = (values ?? []).map((one) => `${one.value} ${percent(one.share)}`).join(', ');
    const list = names === '' ? '' : `: ${names}`;
    return `${target}: ${percent(value ?? 0)} of its values are unknown to the reference${list}.`;
  },
};

/** Why nothing is said of what is new among more categories than have a name. */
const NOT_LOOKED =
  'it has more than 10,000 categories, of which its reference does not tell all, for an older ' +
  'version made it: name another one';

/** False where a value without a name may be one that the reference has or one that it lacks. */
function isLooked({ axis, current }: ColumnPair): boolean {
  const now = categoryCounts(current);
  return axis.tail !== true || now.has(CATEGORY.unseen) || !now.has(CATEGORY.other);
}

/** The unknown share that has to be expected of a reference which knows all of its own values. */
function expectedShare({ axis, current, reference }: ColumnPair, share: Share): Share {
  const unseen = coarseBins(axis, current, reference).find(({ kind }) => kind === 'unseen');
  const told = (unseen?.reference ?? 0) / (1 - (axis.cells?.full ?? 0));
  return { ...share, hits: Math.max(share.hits, told) };
}

function unseenOf(
  axis: Axis,
  counts: Counts,
  isKnown: (value: string) => boolean,
): { share: Share; values: { value: string; share: number }[] } {
  const share: Share = { hits: 0, n: 0 };
  const unseen: { value: string; rows: number }[] = [];
  for (const [value, rows] of categoryCounts(counts)) {
    if (value === CATEGORY.missing) continue;
    share.n += rows;
    const isUnknown = value === CATEGORY.unseen || value === CATEGORY.other;
    const isFolded = !isValue(value) && !isUnknown;
    if (isFolded || (value === CATEGORY.other && axis.tail === true)) continue;
    if (!isUnknown && isKnown(value)) continue;
    share.hits += rows;
    if (isValue(value)) unseen.push({ value, rows });
  }
  // Some that are new lie where a known one does.
  const told = Math.min(1, share.hits / share.n / (1 - (axis.cells?.full ?? 0)));
  share.hits = share.n === 0 ? 0 : Math.round(told * share.n);
  unseen.sort((a, b) => b.rows - a.rows);
  const values = unseen
    .slice(0, NAMED)
    .map(({ value, rows }) => ({ value, share: rows / share.n }));
  return { share, values };
}

/** Share of the finite values that lie outside the reference's smallest and largest. */
export const outOfRange: Written<object> = {
  name: 'out_of_range',
  question: 'Do values come from outside the range of the reference?',
  unit: 'share of the finite values, 0 to 1',
  category: 'drift',
  action: 'Check the unit and the source of the values; the model extrapolates there.',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: { above: 0.05 }, alert: null, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind === 'numeric' && axis.of === undefined,
  significant: surprising,
  measure(evidence, target) {
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    if (pair.axis.kind !== 'numeric' || pair.axis.of !== undefined) {
      return noReading('not_applicable', 'the column is not numeric');
    }
    const now = beyond(pair.axis, pair.current);
    const before = beyond(pair.axis, pair.reference);
    return shareReading(now, before, { min: pair.axis.min, max: pair.axis.max });
  },
  say({ value, details }, target) {
    const [min, max] = [details['min'], details['max']];
    const ends = typeof min === 'number' && typeof max === 'number' ? spanInWords(min, max) : '';
    return `${target}: ${percent(value ?? 0)} of its values lie outside the reference's ${ends || 'range'}.`;
  },
};

function beyond(axis: Axis, counts: Counts): Share {
  const { fine, finite } = numericCounts(axis, counts);
  const exact = exactValues(counts);
  const [min, max] = [axis.min ?? -Infinity, axis.max ?? Infinity];
  if (exact !== null) {
    const outside = exact.values.map((value, index) =>
      value < min || value > max ? (exact.counts[index] ?? 0) : 0,
    );
    return { hits: outside.reduce((sum, rows) => sum + rows, 0), n: finite };
  }
  const hits =
    counts.sums['beyond']?.length === size(counts)
      ? total(counts, 'beyond')
      : (fine[0] ?? 0) + (fine[FINE_BINS + 1] ?? 0);
  return { hits, n: finite };
}
