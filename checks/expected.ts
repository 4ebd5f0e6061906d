import { cellsAt } from '../domain/adding.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { isotonic, shareAt } from '../stats/isotonic.js';
import type { Curve, HitsAt } from '../stats/isotonic.js';
import { keyAt, middleOf } from './scores.js';
import { tenths } from './tenths.js';

/** Rows of which something can be expected, by cells that are called labelled with it. */
export interface Expected {
  outcomes: Outcomes;
  /** Share of the scored rows that lie beyond what the reference has labels for. */
  outside: number;
  /**
   * Where labelled rows are weighed to the cells of features: how many rows of even weight say as
   * much as they (Kish), and how many there are. Absent: the score alone tells.
   */
  weighed?: { features: readonly string[]; effective: number; of: number };
}

/** Which rows are asked about: all that have a score, or those that have a label. */
export type Cohort = 'scored' | 'labelled';

/**
 * What the labels of a window's rows would be if they still hung on the score as they do on the
 * reference's labelled rows: each cell of rows in the shares of its labels, or with the mean errors
 * of its predictions. A text says why nothing can be expected.
 */
export function expectedOutcomes(
  current: Outcomes,
  reference: Outcomes,
  cohort: Cohort,
): Expected | string {
  const rows = rowsOf(current, cohort);
  if (rows.length === 0) return 'no row has a score';
  return reference.sums['errors'] === undefined
    ? ofClasses(current, reference, rows)
    : ofErrors(current, reference, rows);
}

interface Row {
  row: number;
  key: number;
  n: number;
}

function rowsOf(outcomes: Outcomes, cohort: Cohort): Row[] {
  const { score: keys, label: labels } = outcomes.by;
  const rows: Row[] = [];
  if (keys === undefined) return rows;
  for (let row = 0; row < size(outcomes); row++) {
    const [key, n] = [keyAt(keys, row), outcomes.sums['n']?.[row] ?? 0];
    const isAsked = cohort === 'scored' || (labels?.[row] ?? '') !== '';
    if (key !== null && n !== 0 && isAsked) rows.push({ row, key, n });
  }
  return rows;
}

/** Share of the rows at places beyond the ends. */
function outsideOf(rows: readonly Row[], placeOf: (row: Row) => number, ends: [number, number]) {
  let [n, outside] = [0, 0];
  for (const row of rows) {
    const place = placeOf(row);
    n += row.n;
    if (place < ends[0] || place > ends[1]) outside += row.n;
  }
  return outside / n;
}

/** A score this close to one with labels is not beyond them: cells of slices are as wide. */
const NEAR = 1 / 256;

/** Confidence-based estimation: the share of positives by score, made never to fall. */
function ofClasses(
  current: Outcomes,
  reference: Outcomes,
  rows: readonly Row[],
): Expected | string {
  const isBinned = reference.by['score'] instanceof Int32Array;
  if (isBinned && reference.sums['scores'] === undefined) return 'the scores are no probabilities';
  const curve = calibrated(reference);
  const [first, last] = [curve.values[0], curve.values.at(-1)];
  if (first === undefined || last === undefined) return 'no labelled row of before has a score';
  const places = rows.map(({ row }) => row);
  const place = middleOf(current);
  const labels = rows.map(({ key, n }) => {
    const positives = n * shareAt(curve, place(key));
    return [positives, n - positives] as const;
  });
  const outcomes = {
    by: {
      ...cellsAt(current, [...places, ...places]).by,
      label: [...places.map(() => '1'), ...places.map(() => '0')],
    },
    sums: { n: Float64Array.from([...labels.map(([a]) => a), ...labels.map(([, b]) => b)]) },
  };
  const outside = outsideOf(rows, ({ key }) => place(key), [first - NEAR, last + NEAR]);
  return { outcomes, outside };
}

/** A reference is asked for each window, and by each check that estimates. */
const curves = new WeakMap<Outcomes, Curve>();

function calibrated(reference: Outcomes): Curve {
  const curve = curves.get(reference) ?? calibrate(reference);
  curves.set(reference, curve);
  return curve;
}

function calibrate(reference: Outcomes): Curve {
  const place = middleOf(reference);
  const points = new Map<number, HitsAt>();
  for (const { row, key, n } of rowsOf(reference, 'labelled')) {
    const point = points.get(key) ?? { value: place(key), hits: 0, n: 0 };
    point.n += n;
    if (reference.by['label']?.[row] === '1') point.hits += n;
    points.set(key, point);
  }
  return isotonic([...points.values()].sort((a, b) => a.value - b.value));
}

const ERROR_SUMS = ['errors', 'squaredErrors', 'labels', 'squaredLabels'] as const;

/** Direct loss estimation from the prediction alone: the mean errors of each tenth of them. */
function ofErrors(current: Outcomes, reference: Outcomes, rows: readonly Row[]): Expected | string {
  const known = rowsOf(reference, 'labelled').sort((a, b) => a.key - b.key);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined)
    return 'no labelled row of before has a prediction';
  const groups = tenths(known).map((tenth) => errorsOf(reference, tenth));
  const groupAt = (key: number) => groups.find(({ to }) => key <= to) ?? groups.at(-1);
  const sums = ERROR_SUMS.map((name) => [
    name,
    Float64Array.from(rows, ({ key, n }) => {
      const group = groupAt(key);
      return group === undefined ? NaN : (n * group.sums[name]) / group.n;
    }),
  ]);
  const n = Float64Array.from(rows, (row) => row.n);
  const places = rows.map(({ row }) => row);
  const by = { ...cellsAt(current, places).by, label: places.map(() => 'known') };
  const outside = outsideOf(rows, ({ key }) => key, [first.key, last.key]);
  return {
    outcomes: { by, sums: { n, ...(Object.fromEntries(sums) as Outcomes['sums']) } },
    outside,
  };
}

interface Tenth {
  /** The largest key in it. */
  to: number;
  n: number;
  sums: Record<(typeof ERROR_SUMS)[number], number>;
}

function errorsOf(reference: Outcomes, rows: readonly Row[]): Tenth {
  const sums = { errors: 0, squaredErrors: 0, labels: 0, squaredLabels: 0 };
  for (const { row } of rows)
    for (const name of ERROR_SUMS) sums[name] += reference.sums[name]?.[row] ?? 0;
  const n = rows.reduce((sum, one) => sum + one.n, 0);
  return { to: rows.at(-1)?.key ?? NaN, n, sums };
}
