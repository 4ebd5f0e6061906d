import type { Monitor } from '../domain/monitor.js';
import { BIN, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts, Grid } from '../domain/profile.js';
import { centre, widen } from './grid.js';
import type { Binning } from './profile-columns.js';

/** What a score is counted on. */
export interface Scale {
  monitor: Monitor;
  grid: Grid;
  binning: Binning;
  /** All sums of errors, also those that no check of the monitor asks for. */
  every?: boolean;
}

/** `bin` of scores that no cell can be found for, beyond what a smallint of cells can be. */
const MISSING = -40_000;
const NOT_FINITE = -40_016;

export const isScored = ({ columns: { prediction } }: Monitor): boolean =>
  prediction?.kind === 'probability' || prediction?.kind === 'value';

/** SQL of the nearest cell of a score, as in sql/profile/numeric.sql: the cheapest there is. */
export function binOf(
  { monitor, grid, binning }: Scale,
  { score, step }: { score: string; step: number },
): string {
  if (!isScored(monitor)) return 'null::smallint';
  if (binning === 'exact') return score;
  const { prediction } = monitor.columns;
  const axis = prediction?.kind === 'value' ? grid.axes[prediction.column] : undefined;
  const cells: Pick<Axis, 'low' | 'inverseWidth'> = axis ?? widen(0, 1);
  const middle = centre(cells);
  const none =
    `case when ${score} is null then ${MISSING} when not isfinite(${score}) then ${NOT_FINITE} ` +
    `when ${score} < (${middle})::double then ${BIN.under} else ${BIN.over} end`;
  const cell = `(${score} - (${middle})::double) * (${cells.inverseWidth})::double`;
  const bin = `coalesce(try_cast(${cell} as smallint), ${none})`;
  return step === 1 ? bin : `(${bin}) >> ${Math.log2(step)}`;
}

/** The first one of `step` cells. */
export function cellOfBin(bin: number, step: number): number {
  if (bin === MISSING / step) return BIN.missing;
  if (bin === NOT_FINITE / step) return BIN.notFinite;
  if (bin < 0) return BIN.under;
  return bin * step < FINE_BINS ? bin * step : BIN.over;
}

/** Cells of a score that are one in the outcomes of a slice: 256 are left. */
export const TOGETHER = 16;

export function coarseScores({ by, sums }: Counts): Counts {
  const { score } = by;
  if (!(score instanceof Int32Array)) return { by, sums };
  const coarse = score.map((bin) =>
    bin < 0 || bin >= FINE_BINS ? bin : bin - (bin % TOGETHER) + TOGETHER / 2,
  );
  return { by: { ...by, score: coarse }, sums };
}
