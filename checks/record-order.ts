import { layoutOf } from '../domain/judging/distribution.js';
import { percent } from '../domain/judging/figures.js';
import { aboutWords, measureName } from '../domain/naming.js';
import type { Evidence, Reading } from '../domain/score.js';
import { estimatePsi } from '../stats/psi.js';
import { noReading, reading } from './check.js';
import { HARD_CHANCE } from './missing.js';

/** The dimension of how the rows of files stand one after another. */
export const RECORD_ORDER = 'record_order';

/** A PSI up to this is no change, as everywhere. */
const NO_CHANGE = 0.01;
/** A column that moved by less is not asked about. */
const MOVED = 0.05;
/** Without the window the files are so many times as far from the reference as with it. */
const FURTHER = 2;

/** A bin with its shares: in the reference, in the window, in the other rows, in all of them. */
interface Told {
  column: string;
  /** What of it: `length of note`. */
  about: string;
  label: string;
  before: number;
  now: number;
  others: number;
  all: number;
  /** PSI of the window. */
  moved: number;
  pValue: number;
}

/**
 * Whether a numbered window differs from the reference by the order of the records and not by its
 * population: a column that moved in it is in all rows of the files as it was, and is further from
 * that **without** the window, beyond chance. A window that is wrong makes its files worse; one
 * that holds together what elsewhere lies scattered makes them whole. Value: the PSI of the column
 * that tells it best; 0 where none does. What else is odd in such a window cannot be told apart.
 */
export function orderReading(evidence: Evidence): Reading {
  const { around, reference, current, grid } = evidence;
  const rows = { nCurrent: current.rows, nReference: around?.rows ?? 0 };
  if (around == null || reference === null) {
    return noReading('not_applicable', 'there is nothing around the window to compare it with');
  }
  const found = Object.keys(grid.axes).flatMap((column) => toldBy(evidence, column) ?? []);
  const [best] = found.sort((a, b) => b.moved - a.moved);
  const details = { dimension: RECORD_ORDER, ...best };
  return reading({ value: best?.moved ?? 0, pValue: best?.pValue ?? 1, ...rows, details });
}

/** What the check of `record_order` says, in one sentence. */
export function sayOrder({ value, details }: Reading): string {
  if (value === 0) return 'No column tells that the records stand in another order.';
  const { about, label, before, now, others, all } = details as unknown as Told;
  return (
    `The records stand in another order, the population is the same: of ${about}, ${label} is ` +
    `${percent(now)} here, ${percent(others)} of the other rows and ${percent(all)} of all rows ` +
    `of the files, ${percent(before)} in the reference.`
  );
}

/** PSI of a column over all rows of the files against the reference; null: nobody knows. */
export function wholePsi(evidence: Evidence, column: string): number | null {
  const sides = sidesOf(evidence, column);
  return sides === null ? null : estimatePsi(sides.all, sides.before, NO_CHANGE).adjusted;
}

function sidesOf({ grid, current, reference, around }: Evidence, column: string) {
  const axis = grid.axes[column];
  const counts = [reference, current, around].map((profile) => profile?.columns[column]);
  const [before, now, all] = counts;
  if (axis === undefined || axis.kind === 'opaque' || !before || !now || !all) return null;
  const layout = layoutOf(axis, before);
  const sides = [before, now, all].map((one) => [...layout.rows(one)]);
  const filled = layout.bins
    .map((_, slot) => slot)
    .filter((slot) => sides.some((side) => (side[slot] ?? 0) > 0));
  const [first = [], second = [], third = []] = sides.map((side) =>
    filled.map((slot) => side[slot] ?? 0),
  );
  const labels = filled.map((slot) => layout.bins[slot]?.label ?? '');
  return { before: first, now: second, all: third, labels };
}

function toldBy(evidence: Evidence, column: string): Told | null {
  const sides = sidesOf(evidence, column);
  if (sides === null || sides.labels.length < 2) return null;
  const { before, now, all, labels } = sides;
  const here = estimatePsi(now, before, NO_CHANGE);
  if (here.adjusted < MOVED || here.pValue >= HARD_CHANCE) return null;
  const whole = estimatePsi(all, before, NO_CHANGE).adjusted;
  const others = all.map((n, bin) => Math.max(0, n - (now[bin] ?? 0)));
  const without = estimatePsi(others, before, whole);
  const isWhole = whole <= NO_CHANGE && without.adjusted > FURTHER * whole;
  if (!isWhole || without.pValue >= HARD_CHANCE) return null;
  const shares = [before, now, others, all].map((side) => {
    const n = side.reduce((sum, rows) => sum + rows, 0);
    return side.map((rows) => rows / n);
  });
  const [was = [], is = [], elsewhere = [], everywhere = []] = shares;
  const gains = is.map((share, bin) => share - (was[bin] ?? 0));
  const bin = gains.indexOf(Math.max(...gains));
  const of = measureName(evidence.grid.axes[column] ?? {});
  return {
    about: aboutWords({ target: column, details: { of } }),
    ...{ column, label: labels[bin] ?? '', moved: here.adjusted, pValue: here.pValue },
    ...{ before: was[bin] ?? 0, now: is[bin] ?? 0 },
    ...{ others: elsewhere[bin] ?? 0, all: everywhere[bin] ?? 0 },
  };
}
