import { importanceOf } from '../../domain/causes/importance.js';
import { mixOrRate } from '../../domain/causes/mix.js';
import { rankMoved } from '../../domain/causes/ranking.js';
import { binRows } from '../../domain/causes/rows.js';
import type { Rows } from '../../domain/causes/rows.js';
import { toldApart } from '../../domain/causes/together.js';
import { normalTail } from '../../stats/normal.js';
import { estimatePsi } from '../../stats/psi.js';
import { chanceOf, normal } from './chance.js';
import type { Chance } from './chance.js';
import { share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';

interface Geometry {
  n: number;
  features: number;
  bins: number;
  /** Answers that count as positive have at least this log-odds. */
  threshold: number;
  /** What the log-odds of all rows have added: the base rate. */
  offset: number;
  /** Weight of the first feature in the current rows; it is 1 in the reference. */
  weight: number;
  /** By how many sd the first and the third feature move. */
  moved: number;
}

interface Setting {
  row: string;
  geometry: Geometry;
  kind: 'concept' | 'other rows';
  runs: number;
  binding: boolean;
}

const still = { n: 5000, features: 5, bins: 10, threshold: 0, offset: 0, moved: 0 };
const concept: Geometry = { ...still, weight: -0.2 };
const others: Geometry = { ...still, weight: 1, moved: 1 };
const rare: Geometry = { ...concept, n: 20_000, features: 12, bins: 6, threshold: -1, offset: -2 };

function settings(size: Size): Setting[] {
  const runs = size === 'quick' ? 3 : 40;
  const one = {
    row: 'outcomes change',
    geometry: concept,
    kind: 'concept',
    runs,
    binding: true,
  } as const;
  if (size === 'quick') return [one];
  return [
    one,
    { ...one, row: 'outcomes change (again)' },
    { ...one, row: 'other rows come', geometry: others, kind: 'other rows', binding: false },
    {
      ...{ ...one, row: 'outcomes change, 12 features, n = 20,000, few positives' },
      ...{ geometry: rare, runs: 15, binding: false },
    },
  ];
}

/** What changed in the outcome is called so, and other rows are called other rows. */
export const ax15: Experiment = {
  id: 'AX15',
  run(size) {
    return {
      id: 'AX15',
      title: 'other rows, or other outcomes of the same rows',
      setup:
        'A linear model of 5 features, wrong in that one of them counts squared; 5,000 rows on ' +
        'either side. Outcomes change: the weight of the first feature goes from 1 to -0.2. Other ' +
        'rows come: two features move by 1 sd and nothing else changes. Share of the change of the ' +
        'error rate that is put down to the outcome given the row: by cells as Aftercare chooses ' +
        'them (two features that moved, else tenths of the score), by tenths of the score alone, ' +
        'and by the domain classifier on what both sides share. Mean of the runs, with its error.',
      tables: [
        { title: 'Share put down to the outcome', figures: settings(size).flatMap(measure) },
      ],
    };
  },
};

function measure({ row, geometry, kind, runs, binding }: Setting): Figure[] {
  const found = { cells: [] as number[], tenths: [] as number[], shared: [] as number[] };
  let within = 0;
  for (let run = 0; run < runs; run++) {
    const rows = worldOf(geometry, chanceOf(`AX15/${row}/${String(run)}`));
    const psi = Object.fromEntries(
      rows.features.map((feature) => {
        const { reference, current } = binRows(rows, feature);
        return [feature.name, estimatePsi([...current], [...reference], 0.01).adjusted];
      }),
    );
    const ranked = rankMoved(psi, importanceOf(rows, {}).shares).map(({ name }) => name);
    const chosen = mixOrRate(rows, ranked);
    const plainly = mixOrRate(rows, []);
    const { loss } = toldApart(rows);
    if (chosen === null || plainly === null || loss === null) continue;
    const { total, rate, mix } = chosen;
    found.cells.push(rate.value / total.value);
    found.tenths.push(plainly.rate.value / plainly.total.value);
    found.shared.push(loss.outcome / loss.total);
    const none = kind === 'concept' ? mix : rate;
    within += none.low <= 0 && none.high >= 0 ? 1 : 0;
  }
  const must: Bound = binding ? { least: 0.95 } : null;
  return [
    mean({ row, column: 'cells as chosen', must }, found.cells),
    mean({ row, column: 'tenths of the score', must: null }, found.tenths),
    mean({ row, column: 'domain classifier', must }, found.shared),
    share({ row, column: 'interval of the part that is 0 holds 0' }, { hits: within, n: runs }),
  ];
}

/** Mean of the runs with its 95 % interval. */
function mean(cell: Pick<Figure, 'row' | 'column' | 'must'>, values: readonly number[]): Figure {
  const n = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / n;
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0);
  const sd = Math.sqrt(squares / (n - 1) / n);
  const interval = { low: value - 1.96 * sd, high: value + 1.96 * sd };
  return { ...cell, value, interval, sd, kind: 'number' };
}

function worldOf(geometry: Geometry, chance: Chance): Rows {
  const { n, features, bins, threshold, offset, weight, moved } = geometry;
  const rows = 2 * n;
  const codes = Array.from({ length: features }, () => new Uint8Array(rows));
  const [scores, losses] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const isNow = row < n;
    const x = codes.map((code, place) => {
      const value = normal(chance) + (isNow && (place === 0 || place === 2) ? moved : 0);
      code[row] = Math.min(bins - 1, Math.floor(bins * (1 - normalTail(value))));
      return value;
    });
    const [a = 0, b = 0, c = 0] = x;
    const odds = offset + (isNow ? weight : 1) * a + 0.8 * b + 0.6 * c + 0.7 * (c * c - 1);
    const answer = offset + a + 0.8 * b + 0.6 * c;
    const isPositive = chance() < 1 / (1 + Math.exp(-odds));
    scores[row] = 1 / (1 + Math.exp(-answer));
    losses[row] = isPositive === answer >= threshold ? 0 : 1;
  }
  return {
    features: codes.map((code, place) => ({
      name: `x${String(place + 1)}`,
      bins: Array.from({ length: bins }, (_, bin) => `bin ${String(bin)}`),
      codes: code,
    })),
    sides: Uint8Array.from(losses, (_, row) => (row < n ? 1 : 0)),
    scores,
    losses,
    hashes: Uint32Array.from(losses, (_, row) => row),
  };
}
