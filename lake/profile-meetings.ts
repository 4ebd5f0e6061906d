import type { Monitor } from '../domain/monitor.js';
import { addCounts, cellsAt } from '../domain/adding.js';
import { CATEGORY, FINE_BINS } from '../domain/profile.js';
import type { Counts } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import { askColumns } from './ask.js';
import type { Duck } from './duck.js';
import { isSourced } from './profile-label-sources.js';
import { strataOf } from './profile-decisions.js';
import { alikeOf } from './profile-alike.js';
import type { OwnRows } from './profile-alike.js';
import { keysOf, rowsByPart } from './profile-parts.js';
import type { PartedCounts } from './profile-parts.js';
import { answersOfClasses, answersOfRankings } from './profile-answers.js';
import type { Answered } from './profile-answers.js';
import { binOf, cellOfBin, coarseScores, isScored, TOGETHER } from './profile-score-cells.js';
import type { Scale } from './profile-score-cells.js';
import { sumsOfWeights } from './profile-weights.js';
import type { Parts } from './window-parts.js';

/** Joined predictions, the parts of them, and, where they hold their own labels, the rows. */
export interface Met {
  joined: string;
  parts: Parts | null;
  own: OwnRows | null;
}

/** Groups joined predictions by score, predicted, label and what else the monitor tells. */
export async function countOutcomes(db: Duck, scale: Scale, met: Met): Promise<PartedCounts> {
  const { monitor, binning } = scale;
  const { joined, parts } = met;
  const { prediction } = monitor.columns;
  const of = prediction?.ranking !== undefined ? answersOfRankings : answersOfClasses;
  const keys = keysOf(parts);
  if (prediction?.ranking !== undefined || prediction?.probabilities !== undefined) {
    return parted(await of(db, { monitor, binning, joined, keys }), parts);
  }
  const isCut = parts?.slices.some(({ period }) => period !== null) === true;
  if (parts === null || isCut || met.own === null || binning === 'exact') {
    return parted(await countedBy(db, scale, { ...met, keys, step: 1 }), parts);
  }
  // All cells of a score in all parts at once are more groups than a cache holds.
  const whole = await countedBy(db, scale, { ...met, keys: [], step: 1 });
  const some = await countedBy(db, scale, { ...met, keys, step: TOGETHER });
  return { whole: parted(whole, null).whole, slices: parted(some, parts).slices };
}

/** One answer: of rows by what parts them, `step` cells of a score in one. */
async function countedBy(
  db: Duck,
  scale: Scale,
  { joined, own, keys, step }: Met & { keys: readonly string[]; step: number },
): Promise<Answered> {
  const { monitor, binning } = scale;
  const { action, version } = monitor.columns;
  const strata = isWeighed(monitor) ? `, ${strataOf()}` : '';
  const bin = (score: string) => binOf(scale, { score, step });
  const each = `*, ${bin('score')} as bin, 1 as n, score as scores${strata}`;
  const select =
    own === null ? `select ${each} from ${joined}` : alikeOf(monitor, own, { keys, bin });
  const pair = (name: string, column = name) => [name, column] as const;
  const told = [
    ...(action === undefined ? [] : [pair('decision')]),
    ...(isWeighed(monitor) ? [pair('propensity', 'stratum')] : []),
    ...(isSourced(monitor) ? [pair('source')] : []),
  ];
  const asked = { joined: { select }, keys: [...keys, ...told.map(([, column]) => column)] };
  const found = await askColumns(db, questionOf(scale), asked);
  const texts = (name: string) => (found[name] ?? []).map((value) => String(value ?? ''));
  const bins = found['bin'] ?? [];
  const score =
    binning === 'exact'
      ? bins.map((value) => (value === null ? CATEGORY.missing : String(value)))
      : Int32Array.from(bins, (value) => cellOfBin(Number(value), step));
  const by = {
    ...(isScored(monitor) ? { score } : {}),
    predicted: texts('predicted'),
    label: texts('label'),
    ...(version === null ? {} : { version: texts('version') }),
    ...Object.fromEntries(told.map(([name, column]) => [name, texts(column)])),
  };
  const weighed = await sumsOfWeights(db, monitor, {
    joined: { select: `select *, ${bin('score')} as bin${strata} from ${joined}` },
    ...{ keys: asked.keys, cells: bins.length },
  });
  const counts = { by, sums: { ...sumsIn(monitor, found), ...weighed } };
  // Scores beyond the axis have cells of their own so far.
  const beyond = bins.some((cell) => Number(cell) < 0 || Number(cell) * step >= FINE_BINS);
  const isAdded = keys.length === 0 && beyond && binning === 'grid';
  return { counts: isAdded ? addCounts([counts]) : counts, found };
}

const isWeighed = ({ columns }: Monitor): boolean => columns.action?.propensity !== undefined;

function questionOf({ monitor, every }: Scale): string {
  if (monitor.model.task !== 'regression') {
    return isWeighed(monitor) ? 'performance/outcomes_weighed' : 'performance/outcomes';
  }
  const signed = every === true || asksSigned(monitor);
  return signed ? 'performance/errors_signed' : 'performance/errors';
}

function parted({ counts, found }: Answered, parts: Parts | null): PartedCounts {
  if (parts === null) return { whole: counts, slices: [] };
  const slices = slicesOf(counts, rowsByPart(found, keysOf(parts)), parts);
  return { whole: addCounts([counts]), slices };
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
