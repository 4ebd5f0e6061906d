import { z } from 'zod';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { percent } from '../domain/judging/figures.js';
import { wilson } from '../stats/intervals.js';
import { Z95 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { BY_POINTS, metric } from './metric.js';
import type { Measured } from './metric.js';

const RANKING = {
  unit: 'mean over requests, 0 to 1',
  worse: 'lower',
  limits: BY_POINTS,
  tasks: ['ranking'],
} as const;

/** Sums over the requests of which any item has a label. */
function requestsIn(outcomes: Outcomes, names: readonly string[]): number[] {
  const sums = names.map(() => 0);
  for (let row = 0; row < size(outcomes); row++) {
    if (outcomes.by['label']?.[row] !== 'known') continue;
    names.forEach((name, at) => {
      sums[at] = (sums[at] ?? 0) + (outcomes.sums[name]?.[row] ?? 0);
    });
  }
  return sums;
}

/** A mean over requests with a normal interval: rows of one request are not independent. */
function meanOf(outcomes: Outcomes, sum: string, squared: string): Measured | string {
  const [n = 0, all = 0, squares = 0] = requestsIn(outcomes, ['requests', sum, squared]);
  if (n === 0) return 'no request has a labelled item';
  const value = all / n;
  const standardError = Math.sqrt(Math.max(0, squares / n - value * value) / n);
  const reach = Z95 * standardError;
  return {
    ...{ value, standardError, n },
    ...{ low: Math.max(0, value - reach), high: Math.min(1, value + reach) },
    ...{ trivial: null, details: { counted: 'requests' } },
  };
}

/** DCG over the best DCG that the request allows, gain = relevance; 0 without a relevant item. */
export const ndcg = metric(
  { ...RANKING, name: 'ndcg', question: 'Do the most relevant items stand at the top?' },
  (outcomes) => meanOf(outcomes, 'ndcg', 'squaredNdcg'),
);

/** Mean over requests of the precision at each relevant item; 0 without one. */
export const meanAveragePrecision = metric(
  { ...RANKING, name: 'map', question: 'Do relevant items stand before the others?' },
  (outcomes) => meanOf(outcomes, 'map', 'squaredMap'),
);

/** Mean over requests of 1 / the place of the first relevant item; 0 without one. */
export const mrr = metric(
  { ...RANKING, name: 'mrr', question: 'How far up does the first relevant item stand?' },
  (outcomes) => meanOf(outcomes, 'mrr', 'squaredMrr'),
);

/** Share of requests with a relevant item among the first k; Wilson's interval. */
export const hitRate = metric(
  {
    ...RANKING,
    name: 'hit_rate',
    question: 'How often is anything relevant among the first items?',
    unit: 'share of requests, 0 to 1',
  },
  (outcomes) => {
    const [n = 0, hits = 0] = requestsIn(outcomes, ['requests', 'hits']);
    if (n === 0) return 'no request has a labelled item';
    const value = hits / n;
    const standardError = Math.sqrt((value * (1 - value)) / n);
    const details = { hits, counted: 'requests' };
    return { value, standardError, ...wilson({ hits, n }), n, trivial: null, details };
  },
);

/**
 * Share of the reference's items that the window shows at all, at whatever place; of more than
 * 10,000 items the most frequent ones. No interval: it grows with the rows of a window.
 */
export const coverage: Written<{ column: string | null }> = {
  name: 'coverage',
  question: 'How much of the catalogue is shown?',
  unit: 'share of the items of the reference, 0 to 1',
  category: 'drift',
  action: 'Look at which items are never shown; compare windows of the same length.',
  over: 'model',
  needs: ['columns'],
  tasks: ['ranking'],
  worse: 'lower',
  kind: 'statistical',
  params: z.strictObject({ column: z.string().nullable().default(null) }),
  defaults: { column: null, warn: null, alert: null, minRows: 100, rule: 'calibrated' },
  measure({ grid, current, reference }, _target, { column }) {
    const axis = column === null ? undefined : grid.axes[column];
    const counts = column === null ? undefined : current.columns[column];
    const rows = { nCurrent: current.rows, nReference: reference?.rows ?? 0 };
    if (axis?.kind !== 'categorical' || axis.known.length === 0) {
      return noReading('no_reference', 'the reference has no items', rows);
    }
    if (counts === undefined || current.rows === 0) {
      return noReading('insufficient_data', 'the window has no items', rows);
    }
    const catalogue = new Set(axis.known);
    const shown = new Set(
      [...(counts.by['value'] ?? [])].filter(
        (item, row) => catalogue.has(String(item)) && (counts.sums['n']?.[row] ?? 0) > 0,
      ),
    );
    return reading({
      value: shown.size / catalogue.size,
      ...rows,
      details: { items: shown.size, catalogue: catalogue.size, column },
    });
  },
  say: ({ value, details }) =>
    `${percent(value ?? 0)} of the reference's ${String(details['catalogue'])} items were shown.`,
};
