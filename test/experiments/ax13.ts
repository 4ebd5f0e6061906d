import { conceptGap, estimatedPerformance } from '../../checks/estimated.js';
import { SCORES } from '../../checks/scores.js';
import type { Outcomes } from '../../domain/profile.js';
import { evidenceOf } from './ax13-evidence.js';
import { regressionFigures } from './ax13-regression.js';
import { chanceOf, normal } from './chance.js';
import type { Chance } from './chance.js';
import { plain, share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';

/** A world of two features; the model knows both, each with weight 1. */
interface Geometry {
  n: number;
  /** Log-odds of a row in the middle: the base rate. */
  offset: number;
  /** Weight of the second feature in the current rows. */
  weight: number;
  /** By how many sd the first feature moves. */
  moved: number;
}

interface Setting {
  row: string;
  geometry: Geometry;
  runs: number;
  must: { estimate: Bound; gap: Bound };
}

const quiet: Geometry = { n: 2000, offset: 0, weight: 1, moved: 0 };
const silent = { estimate: { most: 0.02 }, gap: { most: 0.02 } };
const concept = { estimate: { most: 0.02 }, gap: { least: 0.95 } };

function settings(size: Size): Setting[] {
  const runs = size === 'quick' ? 20 : 400;
  const of = (row: string, change: Partial<Geometry>, must: Setting['must']): Setting => {
    return { row, geometry: { ...quiet, ...change }, runs, must };
  };
  const two = [
    of('nothing changes', {}, silent),
    of('a feature counts no more', { weight: 0 }, concept),
  ];
  if (size === 'quick') return two;
  const free = { estimate: null, gap: { most: 0.02 } };
  return [
    ...two,
    of('nothing changes (again)', {}, silent),
    of('a feature counts no more (again)', { weight: 0 }, concept),
    of('a feature counts half', { weight: 0.5 }, { ...concept, gap: null }),
    of('other rows: a feature moves by 1 sd', { moved: 1 }, free),
    of('nothing changes, 5 % positives, n = 5,000', { offset: -3.8, n: 5000 }, silent),
    of(
      'a feature counts no more, 5 % positives, n = 5,000',
      { offset: -3.8, n: 5000, weight: 0 },
      { ...concept, gap: null },
    ),
    of('nothing changes, n = 300', { n: 300 }, silent),
    of('a feature counts no more, n = 300', { n: 300, weight: 0 }, { ...concept, gap: null }),
  ];
}

/** The estimate is blind to what the labels mean, and the gap sees it; other rows are none. */
export const ax13: Experiment = {
  id: 'AX13',
  run(size) {
    return {
      id: 'AX13',
      title: 'the metric without labels, and its gap when they come',
      setup:
        'A logistic model of two features that count the same, calibrated on 10,000 labelled rows; ' +
        '2,000 rows a window, half of them positive. "A feature counts no more": its weight in the ' +
        'labels goes from 1 to 0, the rows stay as they were. AUC, the defaults of ' +
        'estimated_performance (5 % lost) and concept_gap (2 %, three standard errors). An estimate ' +
        'that fires there would be wrong; a gap counts when two windows running have it. Of numbers: ' +
        'errors of sd 1 + 0.8 far + noisy, far exponential of mean 1, noisy 0.3 of the rows, an idle ' +
        'feature beside them; 5,000 labelled rows, 2,000 a window, mean absolute error.',
      tables: [
        { title: 'Share of runs that fire', figures: settings(size).flatMap(measure) },
        { title: 'Of numbers, by cells of features', figures: regressionFigures(size) },
      ],
    };
  },
};

function measure({ row, geometry, runs, must }: Setting): Figure[] {
  const hits = { estimate: 0, one: 0, two: 0 };
  let apart = 0;
  for (let run = 0; run < runs; run++) {
    const chance = chanceOf(`AX13/${row}/${String(run)}`);
    const reference = drawn(chance, { ...geometry, n: 10_000, weight: 1, moved: 0 });
    const gaps = [0, 1].map(() => {
      const evidence = evidenceOf(reference, drawn(chance, geometry));
      const estimate = estimatedPerformance.measure(evidence, '', estimatedPerformance.defaults);
      const before = Number(estimate.details['reference']);
      const isLost = (before - (estimate.value ?? NaN)) / before >= 0.05;
      if (isLost && estimatedPerformance.significant?.(estimate, 'warn') === true) hits.estimate++;
      const gap = conceptGap.measure(evidence, '', conceptGap.defaults);
      apart += Number(gap.details['estimated']) - Number(gap.details['realised']);
      return Math.abs(gap.value ?? NaN) >= 0.02 && conceptGap.significant?.(gap, 'warn') === true;
    });
    if (gaps.includes(true)) hits.one++;
    if (!gaps.includes(false)) hits.two++;
  }
  const windows = 2 * runs;
  return [
    share({ row, column: 'estimate', must: must.estimate }, { hits: hits.estimate, n: windows }),
    share({ row, column: 'gap in one window' }, { hits: hits.one, n: runs }),
    share({ row, column: 'gap in two running', must: must.gap }, { hits: hits.two, n: runs }),
    plain({ row, column: 'estimated - realised' }, apart / windows),
  ];
}

/** Rows counted as the engine counts them, by fine cells of the score. */
function drawn(chance: Chance, { n, offset, weight, moved }: Geometry): Outcomes {
  const cells = new Map<string, { bin: number; label: string; n: number; scores: number }>();
  for (let row = 0; row < n; row++) {
    const [a, b] = [normal(chance) + moved, normal(chance)];
    const score = 1 / (1 + Math.exp(-(offset + a + b)));
    const label = chance() < 1 / (1 + Math.exp(-(offset + a + weight * b))) ? '1' : '0';
    const bin = Math.floor((score - SCORES.low) * SCORES.inverseWidth);
    const cell = cells.get(`${String(bin)} ${label}`) ?? { bin, label, n: 0, scores: 0 };
    cells.set(`${String(bin)} ${label}`, cell);
    cell.n += 1;
    cell.scores += score;
  }
  const all = [...cells.values()];
  return {
    by: { score: Int32Array.from(all, ({ bin }) => bin), label: all.map(({ label }) => label) },
    sums: {
      n: Float64Array.from(all, (cell) => cell.n),
      scores: Float64Array.from(all, ({ scores }) => scores),
    },
  };
}
