import type { Counts } from '../domain/profile.js';
import type { Misread } from './profile-misread.js';
import type { Rows } from './window-rows.js';

/** Sums of one answer without cells. */
export function answerRows(sums: Readonly<Record<string, number>>): Counts {
  const one = Object.entries(sums).map(([name, n]) => [name, Float64Array.of(n)] as const);
  return { by: {}, sums: { n: Float64Array.of(1), ...Object.fromEntries(one) } };
}

/** Values that were rejected, by column and reason, and where the first of them is. */
export function answerRejected(all: readonly Misread[]): Counts {
  const some = all.filter(({ n }) => n > 0);
  return {
    by: {
      column: some.map(({ column }) => column),
      reason: some.map(({ reason }) => reason),
      ...(some.some(({ at }) => at) ? { at: some.map(({ at = '' }) => at) } : {}),
    },
    sums: { n: Float64Array.from(some, ({ n }) => n) },
  };
}

/** Segments that cannot be told; nothing where all can. */
export function answerUnbound(all: Rows['unbound']): Record<string, Counts> {
  if (all.length === 0) return {};
  const by = {
    segment: all.map(({ segment }) => segment),
    column: all.map(({ column }) => column),
    why: all.map(({ why }) => why),
  };
  return { unbound: { by, sums: { n: new Float64Array(all.length).fill(1) } } };
}

/** Columns that are not there. */
export function answerGone(columns: readonly string[]): Counts {
  return { by: { column: columns }, sums: { n: new Float64Array(columns.length).fill(1) } };
}
