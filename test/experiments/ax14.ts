import { worseSlices } from '../../domain/causes/slices.js';
import type { Rows } from '../../domain/causes/rows.js';
import { normalTail } from '../../stats/normal.js';
import { discoveries } from '../../stats/multiple.js';
import { chanceOf, normal } from './chance.js';
import type { Chance } from './chance.js';
import { plain, share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';

interface Geometry {
  /** Rows of the window and of the reference. */
  n: number;
  m: number;
  features: number;
  /** Shares of the bins of every feature. */
  bins: readonly number[];
  /** Correlation of the features with what all share. */
  together: number;
  /** Error rate everywhere, and by how much it rises everywhere. */
  base: number;
  everywhere: number;
  /** By how much more it rises in one bin of the first feature; 0: nobody is guilty. */
  d: number;
}

interface Setting {
  row: string;
  runs: number;
  series: string;
  geometry: Geometry;
  binding: boolean;
}

const EVEN = [0.2, 0.2, 0.2, 0.2, 0.2];
const usual: Geometry = {
  ...{
    n: 2000,
    m: 20_000,
    features: 30,
    bins: EVEN,
    together: 0,
    base: 0.1,
    everywhere: 0,
    d: 0.1,
  },
};
/** Bins of 35 to 5 %, features that depend on each other, errors that rise everywhere. */
const changed: Geometry = {
  ...{
    n: 5000,
    m: 10_000,
    features: 12,
    bins: [0.35, 0.2, 0.15, 0.12, 0.08, 0.05, 0.05],
    together: 0.5,
  },
  ...{ base: 0.2, everywhere: 0.03, d: 0.15 },
};

function settings(size: Size): Setting[] {
  const one = (row: string, runs: number, geometry: Geometry, binding = true): Setting => ({
    ...{ row, runs, geometry, binding, series: row.endsWith('(again)') ? 'third' : 'first' },
  });
  const small = one('n = 2,000, + 0.10', size === 'quick' ? 8 : 300, usual);
  if (size === 'quick') return [small];
  const large = { ...usual, n: 10_000 };
  return [
    small,
    one('n = 2,000, + 0.10 (again)', 300, usual),
    one('n = 10,000, + 0.05', 120, { ...large, d: 0.05 }),
    one('n = 10,000, + 0.10', 120, large),
    one('n = 10,000, nobody, + 0.05 everywhere', 120, { ...large, d: 0, everywhere: 0.05 }),
    one('n = 2,000, + 0.10, no more rows in the reference', 300, { ...usual, m: 2000 }, false),
    one('another geometry, n = 5,000, + 0.15', 200, changed, false),
  ];
}

const setup =
  '30 features of 5 bins, 150 parts of the rows; 10 % errors, which rise by so much in one of ' +
  'the parts, a fifth of the rows. n rows in the window, 20,000 in the reference. Ours: ' +
  'difference in differences against the other rows, Benjamini-Hochberg at 0.05, the clearest ' +
  'part taken away before the next is looked for. Beside it each part by itself: errors rose ' +
  'with p < 0.05, and the same with Benjamini-Hochberg. The other geometry: 12 features that ' +
  'share a factor, 7 bins of 35 to 5 %, errors are 20 % and rise by 0.03 everywhere, ' +
  '10,000 rows in the reference.';

/** One part of the rows is guilty: it is named, and what merely overlaps with it is not. */
export const ax14: Experiment = {
  id: 'AX14',
  run(size) {
    const found = settings(size).map(measure);
    return {
      id: 'AX14',
      title: 'which part of the rows the errors come from',
      setup,
      tables: [
        { title: 'Aftercare', figures: found.flatMap(({ ours }) => ours) },
        {
          title: 'Runs in which an innocent part is named',
          figures: found.flatMap(({ peers }) => peers),
        },
      ],
    };
  },
};

function measure({ row, geometry, runs, series, binding }: Setting): {
  ours: Figure[];
  peers: Figure[];
} {
  let [guilty, innocent, alone, discovered, named] = [0, 0, 0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const rows = worldOf(geometry, chanceOf(`AX14/${series}/${row}/${String(run)}`));
    const found = worseSlices(rows, []);
    const isGuilty = ({ where }: { where: object }) => 'f0' in where && where.f0 === 'bin 1';
    const isAnybody = geometry.d > 0;
    guilty += isAnybody && found.some(isGuilty) ? 1 : 0;
    innocent += found.some((slice) => !isAnybody || !isGuilty(slice)) ? 1 : 0;
    named += found.length;
    const p = alonePValues(rows);
    const blames = (flags: readonly boolean[]) =>
      flags.some((flag, place) => flag && !(isAnybody && place === 1));
    alone += blames(p.map((value) => value < 0.05)) ? 1 : 0;
    discovered += blames(discoveries(p, 0.05)) ? 1 : 0;
  }
  const at = (column: string) => ({ row, column });
  const must = <B>(bound: B) => (binding ? bound : null);
  const found =
    geometry.d === 0
      ? []
      : [
          share(
            { ...at('guilty part named'), must: must({ least: 0.9 }) },
            { hits: guilty, n: runs },
          ),
        ];
  const blamed = { ...at('innocent part named'), must: must({ most: 0.1 }) };
  return {
    ours: [
      ...found,
      share(blamed, { hits: innocent, n: runs }),
      plain(at('parts named'), named / runs),
    ],
    peers: [
      share(at('Aftercare'), { hits: innocent, n: runs }),
      share(at('each part, p < 0.05'), { hits: alone, n: runs }),
      share(at('each part, Benjamini-Hochberg'), { hits: discovered, n: runs }),
    ],
  };
}

function worldOf(geometry: Geometry, chance: Chance): Rows {
  const { n, m, features, bins, together, base, everywhere, d } = geometry;
  const rows = n + m;
  const codes = Array.from({ length: features }, () => new Uint8Array(rows));
  const losses = new Float64Array(rows);
  const cuts = bins.map((_, bin) => bins.slice(0, bin + 1).reduce((a, b) => a + b, 0));
  for (let row = 0; row < rows; row++) {
    const shared = together > 0 ? normal(chance) : 0;
    let u = 0;
    codes.forEach((code, place) => {
      if (together > 0) {
        const own = normal(chance);
        u = 1 - normalTail(Math.sqrt(together) * shared + Math.sqrt(1 - together) * own);
      } else if (place % 6 === 0) u = chance();
      let bin = 0;
      while (bin < cuts.length - 1 && u >= (cuts[bin] ?? 1)) bin += 1;
      code[row] = bin;
      // What is left of the number is a number from 0 to 1 again.
      u = (u - (cuts[bin - 1] ?? 0)) / (bins[bin] ?? 1);
    });
    const rise = row < n ? everywhere + (codes[0]?.[row] === 1 ? d : 0) : 0;
    losses[row] = chance() < base + rise ? 1 : 0;
  }
  const names = bins.map((_, bin) => `bin ${String(bin)}`);
  return {
    features: codes.map((code, f) => ({ name: `f${String(f)}`, bins: names, codes: code })),
    sides: Uint8Array.from(losses, (_, row) => (row < n ? 1 : 0)),
    scores: new Float64Array(rows),
    losses,
    hashes: Uint32Array.from(losses, (_, row) => row),
  };
}

/** Did the errors of a part rise? One-sided, each part for itself. */
function alonePValues({ features, sides, losses }: Rows): number[] {
  return features.flatMap(({ bins, codes }) => {
    const counts = bins.map(() => ({ n: 0, errors: 0, before: 0, errorsBefore: 0 }));
    for (let row = 0; row < sides.length; row++) {
      const count = counts[codes[row] ?? 0];
      if (count === undefined) continue;
      const loss = losses[row] ?? 0;
      if (sides[row] === 1) {
        count.n += 1;
        count.errors += loss;
      } else {
        count.before += 1;
        count.errorsBefore += loss;
      }
    }
    return counts.map(({ n, errors, before, errorsBefore }) => {
      if (n === 0 || before === 0) return 1;
      const pooled = (errors + errorsBefore) / (n + before);
      const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / before));
      return error === 0 ? 1 : normalTail((errors / n - errorsBefore / before) / error);
    });
  });
}
