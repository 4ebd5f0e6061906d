import type { Monitor } from '../domain/monitor.js';
import { addCounts, cellsAt } from '../domain/adding.js';
import { BIN, CATEGORY, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts, Grid } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import { askColumns } from './ask.js';
import type { Duck } from './duck.js';
import { centre, widen } from './grid.js';
import type { Binning } from './profile-columns.js';
import { isSourced } from './profile-label-sources.js';
import { strataOf } from './profile-decisions.js';
import { keysOf, rowsByPart } from './profile-parts.js';
import type { PartedCounts } from './profile-parts.js';
import { answersOfClasses, answersOfRankings } from './profile-answers.js';
import type { Answered } from './profile-answers.js';
import type { Parts } from './window-parts.js';

/** What a score is counted on. */
export interface Scale {
  monitor: Monitor;
  grid: Grid;
  binning: Binning;
  /** All sums of errors, also those that no check of the monitor asks for. */
  every?: boolean;
}

/** `bin` of scores that no cell can be found for, beyond what a smallint of cells can be. */
const MISSING = -40_002;
const NOT_FINITE = -40_003;

/** Groups joined predictions by score, predicted, label and what else the monitor tells. */
export async function countOutcomes(
  db: Duck,
  scale: Scale,
  { joined, parts }: { joined: string; parts: Parts | null },
): Promise<PartedCounts> {
  const { monitor, binning } = scale;
  const keys = keysOf(parts);
  const { prediction } = monitor.columns;
  const of = prediction?.ranking !== undefined ? answersOfRankings : answersOfClasses;
  if (prediction?.ranking !== undefined || prediction?.probabilities !== undefined) {
    return parted(await of(db, { monitor, binning, joined, keys }), keys, parts);
  }
  const { action, version } = monitor.columns;
  const strata = isWeighed(monitor) ? `, ${strataOf()}` : '';
  const binned = { select: `select *, ${binOf(scale)} as bin${strata} from ${joined}` };
  const pair = (name: string, column = name) => [name, column] as const;
  const told = [
    ...(action === undefined ? [] : [pair('decision')]),
    ...(isWeighed(monitor) ? [pair('propensity', 'stratum')] : []),
    ...(isSourced(monitor) ? [pair('source')] : []),
  ];
  const asked = { joined: binned, keys: [...keys, ...told.map(([, column]) => column)] };
  const found = await askColumns(db, questionOf(scale), asked);
  const texts = (name: string) => (found[name] ?? []).map((value) => String(value ?? ''));
  const bins = found['bin'] ?? [];
  const score =
    binning === 'exact'
      ? bins.map((value) => (value === null ? CATEGORY.missing : String(value)))
      : Int32Array.from(bins, (value) => cellOfBin(Number(value)));
  const sums = sumsIn(monitor, found);
  const by = {
    ...(isScored(monitor) ? { score } : {}),
    predicted: texts('predicted'),
    label: texts('label'),
    ...(version === null ? {} : { version: texts('version') }),
    ...Object.fromEntries(told.map(([name, column]) => [name, texts(column)])),
  };
  const counts = { by, sums };
  if (parts === null) {
    // Scores beyond the axis have cells of their own so far.
    const beyond = bins.some((bin) => Number(bin) < 0 || Number(bin) >= FINE_BINS);
    return { whole: beyond && binning === 'grid' ? addCounts([counts]) : counts, slices: [] };
  }
  return parted({ counts, found }, keys, parts);
}

const isWeighed = ({ columns }: Monitor): boolean => columns.action?.propensity !== undefined;

function questionOf({ monitor, every }: Scale): string {
  if (monitor.model.task !== 'regression') {
    return isWeighed(monitor) ? 'performance/outcomes_weighed' : 'performance/outcomes';
  }
  const signed = every === true || asksSigned(monitor);
  return signed ? 'performance/errors_signed' : 'performance/errors';
}

function parted({ counts, found }: Answered, keys: string[], parts: Parts | null): PartedCounts {
  if (parts === null) return { whole: counts, slices: [] };
  return { whole: addCounts([counts]), slices: slicesOf(counts, rowsByPart(found, keys), parts) };
}

/** Column of the answer → sum of the outcomes; what was not asked is not there. */
const SUMS = {
  n: 'n',
  errors: 'errors',
  squared_errors: 'squaredErrors',
  labels: 'labels',
  squared_labels: 'squaredLabels',
  weights: 'weights',
  signed: 'signed',
  signed_squares: 'signedSquares',
  relative: 'relative',
  squared_relative: 'squaredRelative',
} as const;

function sumsIn(
  { columns: { prediction }, model }: Monitor,
  found: Readonly<Record<string, ArrayLike<unknown>>>,
): Record<string, Float64Array> {
  const isProbability = prediction?.kind === 'probability' && model.task !== 'regression';
  const names = Object.entries({ ...SUMS, ...(isProbability ? { scores: 'scores' } : {}) });
  const sums = names.flatMap(([column, name]) => {
    const values = found[column];
    if (values === undefined) return [];
    return [[name, Float64Array.from(Array.from(values, Number))] as const];
  });
  return Object.fromEntries(sums);
}

/** Checks that need to know on which side the errors lie, which costs as much again. */
const SIGNED = new Set(['bias', 'mape', 'quantile_loss', 'residual_spread']);

const asksSigned = ({ checks }: Monitor): boolean => checks.some(({ check }) => SIGNED.has(check));

function slicesOf(
  counts: Counts,
  rows: ReadonlyMap<number, readonly number[]>,
  parts: Parts,
): (Counts | null)[] {
  const coarse = coarseScores(counts);
  return parts.slices.map((one, place) => {
    // of a period the edges of the scores' axis are still to be cut, and of its parts none asks
    if (one.period !== null && !isWhole(one)) return null;
    const own = [...rows].flatMap(([part, some]) =>
      parts.slicesOf(part).includes(place) ? some : [],
    );
    const cells = one.period === null ? coarse : counts;
    return own.length === 0 ? null : addCounts([cellsAt(cells, own)]);
  });
}

/** Cells of a score that are one in the outcomes of a slice: 256 are left. */
const TOGETHER = 16;

function coarseScores({ by, sums }: Counts): Counts {
  const { score } = by;
  if (!(score instanceof Int32Array)) return { by, sums };
  const coarse = score.map((bin) =>
    bin < 0 || bin >= FINE_BINS ? bin : bin - (bin % TOGETHER) + TOGETHER / 2,
  );
  return { by: { ...by, score: coarse }, sums };
}

const isScored = ({ columns: { prediction } }: Monitor): boolean =>
  prediction?.kind === 'probability' || prediction?.kind === 'value';

/** SQL of the nearest cell of a score, as in sql/profile/numeric.sql: the cheapest there is. */
function binOf({ monitor, grid, binning }: Scale): string {
  if (!isScored(monitor)) return 'null::smallint';
  if (binning === 'exact') return 'score';
  const { prediction } = monitor.columns;
  const axis = prediction?.kind === 'value' ? grid.axes[prediction.column] : undefined;
  const cells: Pick<Axis, 'low' | 'inverseWidth'> = axis ?? widen(0, 1);
  const middle = centre(cells);
  const none =
    `case when score is null then ${MISSING} when not isfinite(score) then ${NOT_FINITE} ` +
    `when score < (${middle})::double then ${BIN.under} else ${BIN.over} end`;
  const cell = `(score - (${middle})::double) * (${cells.inverseWidth})::double`;
  return `coalesce(try_cast(${cell} as smallint), ${none})`;
}

function cellOfBin(bin: number): number {
  if (bin === MISSING) return BIN.missing;
  if (bin === NOT_FINITE) return BIN.notFinite;
  if (bin < 0) return BIN.under;
  return bin < FINE_BINS ? bin : BIN.over;
}
