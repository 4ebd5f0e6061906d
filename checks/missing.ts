import { z } from 'zod';
import { categoryCounts } from '../domain/judging/distribution.js';
import { percent } from '../domain/judging/figures.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { CATEGORY, total } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { binomialTail } from '../stats/beta.js';
import { fisherExact } from '../stats/fisher.js';
import { newcombe } from '../stats/intervals.js';
import type { Share } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { reading } from './check.js';
import type { Written } from './check.js';
import { columnPair } from './columns.js';
import { unparsedIn } from './rejected.js';
import { usualColumn, whyInWords } from './usual.js';

/** A hard rule speaks only where the reference makes the window less likely than this. */
export const HARD_CHANCE = 1e-6;

/** Rows without a value, and all rows, of a column. */
export function missingShare(axis: Axis, counts: Counts): Share {
  if (axis.kind === 'numeric') {
    const { missing, finite, notFinite } = numericCounts(axis, counts);
    return { hits: missing, n: missing + finite + notFinite };
  }
  return { hits: categoryCounts(counts).get(CATEGORY.missing) ?? 0, n: total(counts) };
}

/** A share with half a row added to both answers, so that none is impossible. */
export function softened({ hits, n }: Share): number {
  return (hits + 0.5) / (n + 1);
}

/**
 * How likely the window has so many hits, or more, as one more draw of what the reference was drawn
 * from: Fisher's exact test. A reference of few rows knows little of the share: of one it makes
 * nothing unlikely, and a half needs 20 rows without any before it is less likely than 1e-6.
 */
export function chanceOf(now: Share, before: Share): number {
  const [b, d] = [now.n - now.hits, before.n - before.hits];
  return fisherExact({ a: now.hits, b, c: before.hits, d }, 'greater');
}

function withoutUnparsed({ hits, n }: Share, { unparsed }: { unparsed: number }): Share {
  return { hits: Math.max(0, hits - unparsed), n };
}

function brokenRule(now: Share, before: Share): string | null {
  if (now.n === 0 || before.n === 0) return null;
  const live = now.hits / now.n;
  if (live < 0.5 || (live < 1 && before.hits / before.n > 0.05)) return null;
  if (chanceOf(now, before) >= HARD_CHANCE) return null;
  return live === 1 ? 'all null' : 'unavailable at prediction';
}

/**
 * Increase of the share of missing values over the reference, with Newcombe's 99 % interval; what
 * came and could not be read is not missing, `rejected_rows` tells of it. Hard: all null; half of
 * the values missing where the reference missed at most 5 %.
 */
export const missing: Written<object> = {
  name: 'missing',
  question: 'Are more values missing than in the reference?',
  unit: 'share of rows more than in the reference (0.01 is 1 percentage point, pp), -1 to 1',
  category: 'data-quality',
  action: 'Ask the source of the column why its values are missing.',
  over: 'feature',
  ofColumn: true,
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: 0.01, alert: null, minRows: 100, rule: 'calibrated' },
  // 99 % intervals of 50 rare shares exclude 0 on their own some times a day
  discoveryRate: 0.05,
  significant: ({ low, details }) => (low ?? 0) > 0 && Number(details['ratio']) >= 2,
  measure(evidence, target) {
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    const now = withoutUnparsed(missingShare(pair.axis, pair.current), {
      unparsed: unparsedIn(evidence.current, target),
    });
    const before = withoutUnparsed(missingShare(pair.axis, pair.reference), {
      unparsed: evidence.reference === null ? 0 : unparsedIn(evidence.reference, target),
    });
    const hard = brokenRule(now, before);
    const usual = hard === null ? usualShare(evidence, target) : null;
    return increase(now, usual ?? before, { hard, why: usual && whyInWords(evidence, usual) });
  },
  say({ details, hard }, target) {
    const [now, before] = [Number(details['current']), Number(details['before'])];
    const rule = hard === null ? '' : `${hard}: `;
    const { why } = details;
    const where = typeof why === 'string' ? `usually ${percent(before)} (${why})` : null;
    return `${target}: ${rule}${percent(now)} of its values are missing, ${where ?? `${percent(before)} in the reference`}.`;
  },
};

/** What is usual live: a column that misses more than in training from the start is no news. */
function usualShare(evidence: Evidence, target: string) {
  const usual = evidence.usual === 'live' ? usualColumn(evidence, target) : null;
  if (usual === null) return null;
  const share = missingShare(usual.axis, usual.pooled);
  return { ...share, mode: 'W' as const, windows: usual.parts.length };
}

function increase(now: Share, before: Share, more: { hard: string | null; why: string | null }) {
  const live = now.n > 0 ? now.hits / now.n : 0;
  const known = before.n > 0 ? before.hits / before.n : 0;
  return reading({
    value: live - known,
    ...newcombe(now, before, Z99),
    interval: 'confidence',
    pValue: now.n > 0 && before.n > 0 ? binomialTail(now.hits, now.n, softened(before)) : null,
    nCurrent: now.n,
    nReference: before.n,
    hard: more.hard,
    details: {
      ...{ level: 0.99, current: live, before: known },
      ratio: live / Math.max(known, 1 / Math.max(1, before.n)),
      ...(more.why === null ? {} : { why: more.why }),
    },
  });
}
