import { conceptGap, estimatedPerformance } from '../../checks/estimated.js';
import { lossCell, lossColumns, LOSS_KEYS } from '../../domain/losses.js';
import type { LossColumn } from '../../domain/loss-axis.js';
import type { Axis, Counts, Outcomes } from '../../domain/profile.js';
import { FINE_BINS } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { evidenceOf } from './ax13-evidence.js';
import { chanceOf, normal } from './chance.js';
import type { Chance } from './chance.js';
import { plain, share } from './figures.js';
import type { Bound, Figure, Size } from './figures.js';

/** A model whose errors are (1 + 0.8 far + noisy) e: far exponential, noisy 0 or 1, e normal. */
interface World {
  reference: number;
  n: number;
  /** Mean of `far`; share of the noisy rows. */
  far: number;
  noisy: number;
  /** How much larger errors are in the same rows. */
  more: number;
}

interface Setting {
  row: string;
  world: World;
  runs: number;
  must: Record<'inside' | 'gap', Bound>;
}

const usual: World = { reference: 5000, n: 2000, far: 1, noisy: 0.3, more: 1 };
const silent = { inside: { least: 0.9 }, gap: { most: 0.02 } };
const concept = { inside: null, gap: { least: 0.95 } };

function settings(size: Size): Setting[] {
  const runs = size === 'quick' ? 10 : 200;
  const of = (row: string, change: Partial<World>, must: Setting['must']): Setting => {
    return { row, world: { ...usual, ...change }, runs, must };
  };
  const three = [
    of('nothing changes', {}, silent),
    of('rows are farther by half', { far: 1.5 }, silent),
    of('the same rows, errors × 1.3', { more: 1.3 }, concept),
  ];
  if (size === 'quick') return three;
  const free = { inside: null, gap: null };
  return [
    ...three,
    of('rows are farther by half, and 60 % noisy', { far: 1.5, noisy: 0.6 }, silent),
    of('rows are twice as far', { far: 2 }, free),
    of('rows are farther by half, errors × 1.3', { far: 1.5, more: 1.3 }, concept),
    of('rows are farther by half, n = 300', { far: 1.5, n: 300 }, silent),
    of('rows are farther by half, reference of 1,000', { far: 1.5, reference: 1000 }, free),
    of('rows are four times as far', { far: 4 }, free),
  ];
}

/** Other rows are in the interval and no gap; other errors of the same rows are a gap. */
export const regressionFigures = (size: Size): Figure[] => settings(size).flatMap(measure);

function measure({ row, world, runs, must }: Setting): Figure[] {
  const counts = { inside: 0, told: 0, two: 0 };
  let apart = 0;
  for (let run = 0; run < runs; run++) {
    const chance = chanceOf(`AX13/regression/${row}/${String(run)}`);
    const { reference: n } = world;
    const before = drawn(chance, { ...usual, n });
    const losses = lossColumns(before, { id: '', axes: axesOf(before) }, 'answer');
    const gaps = [0, 1].map(() => {
      const now = drawn(chance, world);
      const evidence = evidenceOn({ before, now }, losses);
      const params = { ...estimatedPerformance.defaults, metric: 'mae' as const };
      const found = estimatedPerformance.measure(evidence, '', params);
      if (found.value === null) return false;
      const realised = now.losses.reduce((sum, loss) => sum + loss, 0) / now.losses.length;
      counts.told += 1;
      apart += found.value / realised - 1;
      if (realised >= (found.low ?? NaN) && realised <= (found.high ?? NaN)) counts.inside += 1;
      const gap = conceptGap.measure(evidence, '', { ...conceptGap.defaults, metric: 'mae' });
      return Math.abs(gap.value ?? NaN) >= 0.02 && conceptGap.significant?.(gap, 'warn') === true;
    });
    if (!gaps.includes(false)) counts.two += 1;
  }
  const { told, inside, two } = counts;
  return [
    share({ row, column: 'estimated' }, { hits: told, n: 2 * runs }),
    ...(told === 0
      ? []
      : [
          share({ row, column: 'realised inside', must: must.inside }, { hits: inside, n: told }),
          plain({ row, column: 'estimated / realised - 1' }, apart / told),
        ]),
    share({ row, column: 'gap in two running', must: must.gap }, { hits: two, n: runs }),
  ];
}

/** Rows as they are; `idle` tells nothing. */
interface Drawn {
  losses: number[];
  predictions: number[];
  columns: Record<'far' | 'noisy' | 'idle', number[]>;
}

function drawn(chance: Chance, { n, far, noisy, more }: World): Drawn {
  const rows: Drawn = { losses: [], predictions: [], columns: { far: [], noisy: [], idle: [] } };
  for (let row = 0; row < n; row++) {
    const x = -far * Math.log(chance());
    const isNoisy = chance() < noisy ? 1 : 0;
    rows.columns.far.push(x);
    rows.columns.noisy.push(isNoisy);
    rows.columns.idle.push(chance());
    rows.predictions.push(normal(chance));
    rows.losses.push(Math.abs(more * (1 + 0.8 * x + isNoisy) * normal(chance)));
  }
  return rows;
}

function axesOf({ predictions, columns }: Drawn): Record<string, Axis> {
  const axis = (values: readonly number[]): Axis => ({
    ...{ kind: 'numeric', low: 0, inverseWidth: FINE_BINS, atoms: [], edges: [], known: [] },
    ...{ min: Math.min(...values), max: Math.max(...values), type: 'DOUBLE', distinct: 1 },
  });
  const all = { ...columns, answer: predictions };
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, axis(values)]));
}

function evidenceOn(of: { before: Drawn; now: Drawn }, losses: LossColumn[]): Evidence {
  const sides = [of.before, of.now].map((rows) => countedOn(rows, losses));
  const [before, now] = sides;
  if (before === undefined || now === undefined) throw new Error('two sides were counted');
  const evidence = evidenceOf(before.outcomes, now.outcomes);
  const withLosses = <P extends Evidence['current']>(profile: P, own: Counts): P => ({
    ...profile,
    asked: { losses: own },
  });
  return {
    ...evidence,
    grid: { ...evidence.grid, losses },
    current: withLosses(evidence.current, now.losses),
    reference: evidence.reference && withLosses(evidence.reference, before.losses),
  };
}

/** Rows counted as the engine counts them, by the cells of these columns. */
function countedOn(
  { losses, predictions, columns }: Drawn,
  by: readonly LossColumn[],
): { losses: Counts; outcomes: Outcomes } {
  const values: Readonly<Record<string, readonly number[]>> = { ...columns, answer: predictions };
  const cells = new Map<string, { codes: number[]; n: number; sum: number; squares: number }>();
  losses.forEach((loss, row) => {
    const codes = by.map(({ column, cells: axis }) =>
      lossCell(axis, values[column]?.[row] ?? null),
    );
    const key = codes.join();
    const cell = cells.get(key) ?? { codes, n: 0, sum: 0, squares: 0 };
    cells.set(key, cell);
    cell.n += 1;
    cell.sum += loss;
    cell.squares += loss ** 2;
  });
  const all = [...cells.values()];
  const sums = {
    n: Float64Array.from(all, ({ n }) => n),
    errors: Float64Array.from(all, ({ sum }) => sum),
    squaredErrors: Float64Array.from(all, ({ squares }) => squares),
    labels: new Float64Array(all.length),
    squaredLabels: Float64Array.from(all, ({ n }) => n),
  };
  const keys = LOSS_KEYS.slice(0, by.length).map((name, place) => {
    return [name, Int32Array.from(all, ({ codes }) => codes[place] ?? 0)] as const;
  });
  const label = all.map(() => 'known');
  const score = Int32Array.from(all, ({ codes }) => codes[0] ?? 0);
  return {
    losses: { by: { ...Object.fromEntries(keys), label }, sums },
    outcomes: { by: { score, label }, sums },
  };
}
