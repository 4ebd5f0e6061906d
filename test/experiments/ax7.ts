import type { Contrast } from '../../checks/arm-words.js';
import { homogeneity } from '../../stats/chi2.js';
import { spentAt } from '../../stats/holdout.js';
import { normalTail } from '../../stats/normal.js';
import { foundIn, VALUES } from '../checks/armed.js';
import type { Armed, Rows } from '../checks/armed.js';
import { chanceOf, multinomial, normal } from './chance.js';
import type { Chance } from './chance.js';
import { plain, share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';

const USERS = 20_000;
/** Deciles of a standard normal, from below. */
const DECILES = [
  ...[-1.2815515655446004, -0.8416212335729143, -0.5244005127080409, -0.2533471031357997, 0],
  ...[0.2533471031357997, 0.5244005127080407, 0.8416212335729143, 1.2815515655446004],
];

interface Setting {
  row: string;
  /** What those with the model move by, in standard deviations a window. */
  adapts: number;
  /** Part of that that those without it move by, too. */
  spills: number;
  /** Step of the world, which moves both arms. */
  walks: number;
  /** Users held out. */
  held: number;
  /** Columns; the first one is what people adapt. */
  columns: number;
  /** Windows without the model that the reference has by arm; 0: it does not know the arms. */
  known: number;
  /** How far the arms are apart without any model. */
  apart: number;
  /** What has to be so by a window. */
  must: Readonly<Record<number, Bound>>;
}

const open = { 3: null, 6: null, 12: null };
const still = { 3: null, 6: null, 12: { most: 0.03 } };
const loop: Setting = {
  ...{ row: 'adapts by 0.05', adapts: 0.05, spills: 0, walks: 0.05, held: 1000, columns: 1 },
  ...{ known: 0, apart: 0, must: { 3: null, 6: { least: 0.95 }, 12: null } },
};
const world: Setting = { ...loop, row: 'the world moves, nobody adapts', adapts: 0, must: still };
const spilt: Setting = {
  ...{ ...loop, row: 'adapts by 0.1, and so does all of the holdout', adapts: 0.1 },
  ...{ spills: 1, must: still },
};
const biased: Setting = {
  ...{ ...world, row: 'arms apart by 0.1 from the start, told by four windows before' },
  ...{ apart: 0.1, known: 4 },
};

function settings(size: Size): Setting[] {
  if (size === 'quick') {
    const brief = (one: Setting, by: number) => ({ ...one, must: { [by]: one.must[by] ?? null } });
    return [brief(loop, 6), brief(world, 12), brief(spilt, 12)];
  }
  const like = (of: Setting, row: string, more: Partial<Setting>) => {
    return { ...of, must: open, row, ...more };
  };
  return [
    ...[loop, { ...loop, row: 'adapts by 0.05 (again)' }, world, spilt],
    like(spilt, 'adapts by 0.1, and the holdout by half of it', { spills: 0.5 }),
    like(loop, 'adapts by 0.05, 20 % held out', { held: 4000 }),
    like(loop, 'adapts by 0.02', { adapts: 0.02 }),
    like(loop, 'adapts by 0.02, 20 % held out', { adapts: 0.02, held: 4000 }),
    like(loop, 'adapts by 0.05, one window before', { known: 1 }),
    like(loop, 'adapts by 0.05, four windows before', { known: 4 }),
    like(world, 'the world moves, four windows before', { known: 4, must: still }),
    like(loop, 'adapts by 0.05, one of 20 columns', { columns: 20 }),
    like(world, 'the world moves, 20 columns', { columns: 20, must: still }),
    biased,
    like(biased, 'the same, not told', { known: 0 }),
  ];
}

/** People who answer to the model, and those who live without it. */
export const ax7: Experiment = {
  id: 'AX7',
  run: (size) => {
    const found = settings(size).map((one) => ({ one, looks: looksOf(one, size) }));
    const shares = found.filter(({ one, looks }) => one.adapts > 0 && looks.shares.length > 0);
    return {
      id: 'AX7',
      title: 'people who adapt to the model, and an arm that lives without it',
      setup:
        '20,000 users a window, each with one row and one column that is normal with sd 1, in ten ' +
        'bins; 5 % of them live without the model. The mean of all moves by a random walk of ' +
        '0.05 sd a window; from the second window on that of those with the model moves by 0.05 ' +
        'sd more. The reference is four windows before it and does not know the arms, but where ' +
        'windows before are told. Controls: nobody adapts; the holdout adapts as much as the ' +
        'others (spill-over), which no contrast can see; arms that are no random draw. Fires: ' +
        'arm_contrast at warn or alert in that window or one before. Beside it the same test, ' +
        'with the same error, of all rows of a window against the reference.',
      tables: [
        { title: 'arm_contrast has fired by window …', figures: told(found, 'arms') },
        { title: 'All rows against the reference by window …', figures: told(found, 'ordinary') },
        {
          title: 'Share of the move that is told, where it fires in the last window, median',
          figures: shares.map(({ one, looks }) => {
            return plain({ row: one.row, column: 'share' }, median(looks.shares));
          }),
        },
      ],
    };
  },
};

/** For each run the window in which something was first so; Infinity: never. */
interface Looks {
  arms: number[];
  ordinary: number[];
  shares: number[];
}

const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;

function told(
  found: readonly { one: Setting; looks: Looks }[],
  what: 'arms' | 'ordinary',
): Figure[] {
  return found.flatMap(({ one, looks }) =>
    Object.entries(one.must).map(([by, bound]) => {
      const hits = looks[what].filter((first) => first <= Number(by)).length;
      const must = what === 'arms' ? bound : null;
      return share({ row: one.row, column: `window ${by}`, must }, { hits, n: looks[what].length });
    }),
  );
}

function looksOf(setting: Setting, size: Size): Looks {
  const looks: Looks = { arms: [], ordinary: [], shares: [] };
  for (let run = 0; run < (size === 'quick' ? 20 : 600); run++) {
    const { arms, ordinary, share: last } = lookedAt(setting, run);
    looks.arms.push(arms);
    looks.ordinary.push(ordinary);
    if (last !== null) looks.shares.push(last);
  }
  return looks;
}

/** One run: when each test first fires, and the share that is told in the last window. */
function lookedAt(setting: Setting, run: number) {
  const chance = chanceOf(`AX7/${setting.row}/${String(run)}`);
  const { columns, walks, known, adapts } = setting;
  const means = Array.from({ length: columns }, () => 0);
  const before = drawn(chance, setting, { means, gone: 0, windows: known || 4 });
  const reference = wholeOf(before);
  const last = Math.max(...Object.keys(setting.must).map(Number));
  let [arms, ordinary] = [Infinity, Infinity];
  let told: number | null = null;
  for (let window = 1; window <= last; window++) {
    means.forEach((at, column) => (means[column] = at + walks * normal(chance)));
    const now = drawn(chance, setting, { means, gone: (window - 1) * adapts, windows: 1 });
    const finding = foundIn({
      ...{ now, looks: window - 1 },
      ...(known > 0 ? { before } : { reference: { columns: reference } }),
    });
    const isFiring = finding.verdict === 'warn' || finding.verdict === 'alert';
    if (isFiring) arms = Math.min(arms, window);
    const { psi, moved } = (finding.details['contrasts'] as Contrast[])[0] ?? {};
    told = isFiring && psi !== undefined && moved ? psi / moved : null;
    const level = spentAt(window, 0.01) / columns;
    const rows = wholeOf(now);
    const moves = Object.entries(rows).some(
      ([name, n]) => homogeneity(n, reference[name] ?? []).pValue < level,
    );
    if (moves) ordinary = Math.min(ordinary, window);
  }
  return { arms, ordinary, share: told };
}

interface Drawn {
  /** Of each column, of all. */
  means: readonly number[];
  /** How far those with the model have gone. */
  gone: number;
  windows: number;
}

function drawn(
  chance: Chance,
  { spills, held, apart }: Setting,
  { means, gone, windows }: Drawn,
): Required<Armed> {
  const rows = (users: number, more: number): Rows => {
    const columns = means.map((at, column) => {
      const cells = cellsAt(at + (column === 0 ? more : 0));
      return [
        `column ${String(column)}`,
        [...multinomial(chance, users * windows, cells)],
      ] as const;
    });
    return { columns: Object.fromEntries(columns) };
  };
  return { treated: rows(USERS - held, gone + apart), holdout: rows(held, spills * gone) };
}

function wholeOf({ treated, holdout }: Required<Armed>): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(treated.columns).map(([name, n]) => {
      return [name, n.map((rows, bin) => rows + (holdout.columns[name]?.[bin] ?? 0))];
    }),
  );
}

/** Probabilities of the ten bins where the mean is so. */
function cellsAt(at: number): number[] {
  const above = [1, ...DECILES.map((edge) => normalTail(edge - at)), 0];
  return VALUES.map((_, bin) => (above[bin] ?? 0) - (above[bin + 1] ?? 0));
}
