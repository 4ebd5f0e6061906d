import { mixAndRate } from '../../stats/mix.js';
import type { Cell, Part } from '../../stats/mix.js';
import { binRows, countSides, labelledRows } from './rows.js';
import type { BinnedFeature, Rows } from './rows.js';

/** Why the mean loss changed: because other rows come, or because the same rows fare worse. */
export interface MixOrRate {
  /**
   * `features`: cells are bins of the features that moved most; `score`: tenths of the answers, for
   * nothing moved. Inside bins of the score a model that is wrong somewhere looks changed when
   * other rows come, so that such a rate is within score bins only.
   */
  cells: 'features' | 'score';
  /** The features of the cells; [] for tenths of the score. */
  by: readonly string[];
  before: number;
  now: number;
  /** The change of the mean loss: mix + rate. */
  total: Part;
  /** Other rows come. */
  mix: Part;
  /** Rows of the same cell fare otherwise. */
  rate: Part;
  /** Rows with a label. */
  rows: { reference: number; current: number };
}

/** So many bins of a feature, and tenths of the score. */
const MOST_BINS = 5;
const TENTHS = 10;

/**
 * Splits the change of the mean loss over the bins of these features, at most two, else over tenths
 * of the score. null where a side has no labelled row.
 */
export function mixOrRate(all: Rows, moved: readonly string[]): MixOrRate | null {
  const rows = labelledRows(all);
  const features = moved
    .slice(0, 2)
    .flatMap((name) => rows.features.filter((feature) => feature.name === name))
    .map((feature) => fewBins(rows, feature, MOST_BINS));
  const cells = features.length > 0 ? features : [tenths(rows)];
  const found = mixAndRate(cellsOf(rows, cells));
  const whole = mixAndRate(cellsOf(rows, []));
  if (found === null || whole === null) return null;
  const count = countSides(rows);
  const mean = (side: number): number => meanLoss(rows, side);
  return {
    cells: features.length > 0 ? 'features' : 'score',
    by: features.map(({ name }) => name),
    before: mean(0),
    now: mean(1),
    total: whole.rate,
    mix: found.mix,
    rate: found.rate,
    rows: count,
  };
}

function meanLoss({ sides, losses }: Rows, side: number): number {
  let [sum, n] = [0, 0];
  for (let row = 0; row < sides.length; row++) {
    if ((sides[row] === 1 ? 1 : 0) !== side) continue;
    sum += losses[row] ?? 0;
    n += 1;
  }
  return sum / n;
}

/** Every combination of bins that has a row; without features one cell. */
function cellsOf({ sides, losses }: Rows, features: readonly BinnedFeature[]): Cell[] {
  const cells = new Map<string, { reference: Sums; current: Sums }>();
  const none = (): Sums => ({ n: 0, sum: 0, squares: 0 });
  for (let row = 0; row < sides.length; row++) {
    const key = features.map(({ codes }) => codes[row] ?? -1).join();
    const cell = cells.get(key) ?? { reference: none(), current: none() };
    const side = sides[row] === 1 ? cell.current : cell.reference;
    const loss = losses[row] ?? 0;
    side.n += 1;
    side.sum += loss;
    side.squares += loss * loss;
    cells.set(key, cell);
  }
  return [...cells.values()];
}

interface Sums {
  n: number;
  sum: number;
  squares: number;
}

/**
 * The same feature on at most so many bins: neighbours are joined while they hold an even part of
 * both sides together, in the order of the bins.
 */
export function fewBins(rows: Rows, feature: BinnedFeature, most: number): BinnedFeature {
  const { reference, current } = binRows(rows, feature);
  const filled = feature.bins.filter((_, bin) => (reference[bin] ?? 0) + (current[bin] ?? 0) > 0);
  if (filled.length <= most) return feature;
  const { reference: n, current: m } = countSides(rows);
  const weight = (bin: number): number => (reference[bin] ?? 0) / n + (current[bin] ?? 0) / m;
  let below = 0;
  const homes = feature.bins.map((_, bin) => {
    const middle = below + weight(bin) / 2;
    below += weight(bin);
    return Math.min(most - 1, Math.floor((middle / 2) * most));
  });
  const bins = Array.from({ length: most }, (_, home) => {
    const inside = feature.bins.filter((_label, bin) => homes[bin] === home);
    return inside.length > 1 ? `${inside[0] ?? ''} to ${inside.at(-1) ?? ''}` : (inside[0] ?? '');
  });
  const codes = Int32Array.from(feature.codes, (code) => homes[code] ?? 0);
  return { name: feature.name, bins, codes };
}

/** Tenths of the reference's scores; rows without a score are one more bin. */
function tenths({ scores, sides }: Rows): BinnedFeature {
  const known = Array.from(scores).filter((score, row) => sides[row] !== 1 && isFinite(score));
  known.sort((a, b) => a - b);
  const edges = Array.from(
    { length: TENTHS - 1 },
    (_, place) => known[Math.floor(((place + 1) * known.length) / TENTHS)] ?? Infinity,
  );
  const codes = Int32Array.from(scores, (score) =>
    Number.isFinite(score) ? edges.filter((edge) => score >= edge).length : TENTHS,
  );
  return { name: 'score', bins: Array.from({ length: TENTHS + 1 }, (_, code) => `${code}`), codes };
}
