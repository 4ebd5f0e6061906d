import { jensenShannon } from '../../stats/divergence.js';
import { homogeneity } from '../../stats/chi2.js';
import { kolmogorovTail } from '../../stats/kolmogorov.js';
import { discoveries } from '../../stats/multiple.js';
import { psiOfShares, shares } from '../../stats/psi.js';
import type { Cells, Feature } from './world.js';

/*
 * What the rules of other tools say of the same counts. They emulate the rules without running the
 * tools: Kolmogorov-Smirnov and Wasserstein on about 100 cells, missing values dropped.
 */

export interface Peer {
  name: string;
  /** The features of one window that are called drifted. */
  drifted(days: Compared): boolean[];
}

export interface Compared {
  features: readonly Feature[];
  current: readonly Cells[];
  /** The whole reference, and its windows one by one. */
  reference: readonly Cells[];
  windows: readonly (readonly Cells[])[];
}

/** Numeric: rows of cells in the order of their values. Categorical: rows of categories. */
function present(feature: Feature, cells: Cells): number[] {
  const dropped = feature.axis.kind === 'categorical' ? 1 : 2;
  return [...cells.subarray(0, cells.length - dropped)];
}

const total = (rows: readonly number[]): number => rows.reduce((sum, n) => sum + n, 0);

function ksOf(a: readonly number[], b: readonly number[]): number {
  const [n, m] = [total(a), total(b)];
  let [left, right, most] = [0, 0, 0];
  a.forEach((rows, k) => {
    left += rows;
    right += b[k] ?? 0;
    most = Math.max(most, Math.abs(left / n - right / m));
  });
  return n === 0 || m === 0 ? NaN : most;
}

function pValue(feature: Feature, current: Cells, reference: Cells): number {
  const [a, b] = [present(feature, current), present(feature, reference)];
  if (total(a) === 0) return 1;
  if (feature.axis.kind === 'categorical') return homogeneity(a, b).pValue;
  const [n, m] = [total(a), total(b)];
  return kolmogorovTail(ksOf(a, b) * Math.sqrt((n * m) / (n + m)));
}

/** Ten bins of equal size; open ends; an empty bin counts as 0.0001, as is usual. */
function psiOf(feature: Feature, current: Cells, reference: Cells): number {
  const [a, b] = [current, reference].map((cells) => tenths(feature, cells)) as [
    number[],
    number[],
  ];
  if (total(a) === 0) return 0;
  const floor = { kind: 'zero', share: 1e-4 } as const;
  return psiOfShares(shares(a, floor), shares(b, floor));
}

function tenths(feature: Feature, cells: Cells): number[] {
  const rows = present(feature, cells);
  if (feature.axis.kind === 'categorical') return rows;
  const edges = feature.axis.edges.slice(0, -1);
  const bins = edges.map(() => 0);
  rows.forEach((n, k) => {
    const from = feature.cuts[Math.min(Math.max(0, k - 1), feature.cuts.length - 2)] ?? 0;
    const bin = edges.findLastIndex((edge) => edge <= from);
    bins[bin] = (bins[bin] ?? 0) + n;
  });
  return bins;
}

/** Wasserstein's distance over the reference's standard deviation, rows in the middle of cells. */
function wassersteinOf(feature: Feature, current: Cells, reference: Cells): number {
  const [a, b] = [present(feature, current), present(feature, reference)];
  const [n, m] = [total(a), total(b)];
  if (n === 0) return 0;
  const { axis, cuts } = feature;
  const value = (cut: number) => axis.low + cut / axis.inverseWidth;
  const last = cuts.at(-1) ?? 0;
  const middles = [
    value(0),
    ...cuts.slice(0, -1).map((cut, k) => value((cut + (cuts[k + 1] ?? last)) / 2)),
    value(last),
  ];
  const mean = middles.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0) / m;
  const variance = middles.reduce((sum, x, k) => sum + (x - mean) ** 2 * (b[k] ?? 0), 0) / m;
  let [left, right, distance] = [0, 0, 0];
  middles.slice(0, -1).forEach((x, k) => {
    left += (a[k] ?? 0) / n;
    right += (b[k] ?? 0) / m;
    distance += Math.abs(left - right) * ((middles[k + 1] ?? x) - x);
  });
  return distance / Math.sqrt(variance);
}

function distance(feature: Feature, current: Cells, reference: Cells): number {
  const [a, b] = [present(feature, current), present(feature, reference)];
  const [n, m] = [total(a), total(b)];
  if (n === 0) return 0;
  return jensenShannon(
    a.map((rows) => rows / n),
    b.map((rows) => rows / m),
  );
}

const each = (
  days: Compared,
  ask: (feature: Feature, current: Cells, reference: Cells) => boolean,
): boolean[] =>
  days.features.map((feature, k) => {
    const [current, reference] = [days.current[k], days.reference[k]];
    return current !== undefined && reference !== undefined && ask(feature, current, reference);
  });

/** Mean and three standard deviations of the reference's own windows, each against all of it. */
const thresholds = new WeakMap<Compared['windows'], number[]>();

function threeSigma(days: Compared): boolean[] {
  const statistic = (feature: Feature, current: Cells, reference: Cells): number =>
    feature.axis.kind === 'categorical'
      ? distance(feature, current, reference)
      : ksOf(present(feature, current), present(feature, reference));
  const limits =
    thresholds.get(days.windows) ??
    days.features.map((feature, k) => {
      const whole = days.reference[k] ?? new Float64Array();
      const usual = days.windows.map((window) =>
        statistic(feature, window[k] ?? new Float64Array(), whole),
      );
      const mean = total(usual) / usual.length;
      const sd = Math.sqrt(total(usual.map((value) => (value - mean) ** 2)) / usual.length);
      return mean + 3 * sd;
    });
  thresholds.set(days.windows, limits);
  const found = each(days, () => true);
  return found.map((_, k) => {
    const feature = days.features[k];
    const [current, reference] = [days.current[k], days.reference[k]];
    if (!feature || !current || !reference) return false;
    return statistic(feature, current, reference) > (limits[k] ?? Infinity);
  });
}

/** The rules that people use today, in the order of the tables. */
export const peers: readonly Peer[] = [
  {
    name: 'KS / chi-square p < 0.05',
    drifted: (days) => each(days, (...sides) => pValue(...sides) < 0.05),
  },
  {
    name: 'the same, Benjamini-Hochberg',
    drifted: (days) => {
      const p = days.features.map((feature, k) => {
        const [current, reference] = [days.current[k], days.reference[k]];
        return current && reference ? pValue(feature, current, reference) : 1;
      });
      return discoveries(p, 0.05);
    },
  },
  { name: 'PSI > 0.1', drifted: (days) => each(days, (...sides) => psiOf(...sides) > 0.1) },
  {
    name: 'Evidently default',
    drifted: (days) =>
      each(days, (feature, current, reference) =>
        feature.axis.kind === 'categorical'
          ? distance(feature, current, reference) >= 0.1
          : wassersteinOf(feature, current, reference) >= 0.1,
      ),
  },
  { name: 'mean + 3 sd of KS / JS', drifted: threeSigma },
];
