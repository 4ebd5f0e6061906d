import { percent, pInWords } from '../domain/judging/figures.js';
import { quantileInWords } from '../domain/judging/moments.js';
import type { Quantile } from '../domain/judging/moments.js';
import type { Reading } from '../domain/score.js';

/** Bins named in a sentence. */
const NAMED = 3;

/** One bin of the details: shares of all rows, and its part of the PSI. */
export interface BinShare {
  label: string;
  reference: number;
  current: number;
  term: number;
}

/** The bins that moved most, as `US 6.6 % → 0 %, AA 9 % → 18 %`; '' where none did. */
function topBins(given: Reading): string {
  const bins = Array.isArray(given.details['bins']) ? (given.details['bins'] as BinShare[]) : [];
  return [...bins]
    .sort((a, b) => b.term - a.term)
    .slice(0, NAMED)
    .filter((bin) => bin.term > 0)
    .map((bin) => `${bin.label} ${percent(bin.reference)} → ${percent(bin.current)}`)
    .join(', ');
}

/**
 * `AIRLINE moved (PSI 0.31 [0.2, 0.4], p < 1e-4): US 6.6 % → 0 %; mean 4.1 → 5.2; against 28 usual
 * days.`
 */
export function sayMoved(given: Reading, target: string): string {
  const { value, low, high, pValue, details } = given;
  if (value === null) return `${target}: PSI could not be measured.`;
  const history = typeof details['history'] === 'number' ? details['history'] : 0;
  const range = low === null || high === null ? '' : ` [${short(low)}, ${short(high)}]`;
  const chance = pValue === null ? '' : `, ${pInWords(pValue, history)}`;
  const moved = (pValue ?? 1) < 0.05 && value >= 0.02 ? 'moved' : 'is as before';
  const bins = topBins(given);
  const why = typeof details['why'] === 'string' ? `; ${details['why']}` : '';
  const measured = `${target} ${moved} (PSI ${short(value)}${range}${chance})`;
  return `${measured}${bins && ': '}${bins}${middles(details)}${why}.`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function middles(details: Reading['details']): string {
  const sides = [details['before'], details['now']] as (
    | { mean?: Quantile | null; median?: Quantile | null }
    | null
    | undefined
  )[];
  const parts = (['mean', 'median'] as const).flatMap((name) => {
    const [before, now] = sides.map((side) => quantileInWords(side?.[name]));
    return before && now ? [`${name} ${before} → ${now}`] : [];
  });
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}
