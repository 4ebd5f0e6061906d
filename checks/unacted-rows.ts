import { BAND, HELD, OUTSIDE } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import { addCounts, cellsAt } from '../domain/adding.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { groupOf, isComparable } from './decisions.js';
import type { Group } from './decisions.js';
import { apartFrom, heldCells, tooUneven, weighed } from './propensities.js';
import type { HeldCell } from './propensities.js';
import { keyAt } from './scores.js';
import { tenths } from './tenths.js';

/** Rows that change a metric alike: one label, one class, scores of a tenth. */
export interface Alike {
  cells: readonly number[];
  /** Held out at random; else not acted on outside of the band. */
  held: boolean;
  /** Σ of their weights, and of the squares of these. */
  weight: number;
  squares: number;
}

/** What all metrics of a window are corrected by. */
interface Counted {
  windows: readonly Outcomes[];
  isBinary: boolean;
  held: Group;
  lacking: { why?: string } | null;
  /** The labelled rows that count, each as often as it stands for others, and their groups. */
  standing: () => { outcomes: Outcomes; groups: readonly Alike[] };
}

const counted = new WeakMap<Outcomes, Counted>();

/** Kept for as long as the outcomes of the newest of the windows: every metric asks for it. */
export function countedOf(own: Outcomes, windows: readonly Outcomes[]): Counted {
  const found = counted.get(own);
  const isSame = found?.windows.every((one, place) => one === windows[place]) === true;
  if (found !== undefined && isSame && found.windows.length === windows.length) return found;
  const made = countIn(windows);
  counted.set(own, made);
  return made;
}

function countIn(windows: readonly Outcomes[]): Counted {
  const [first] = windows;
  const outcomes = windows.length === 1 && first !== undefined ? first : addCounts(windows);
  const labels = new Set(Array.from(outcomes.by['label'] ?? [], String));
  const isBinary = [...labels].every((label) => ['', '0', '1'].includes(label));
  const held = groupOf([outcomes], HELD, isComparable);
  const cells = heldCells([outcomes], 'band');
  const lacking = lackingIn(outcomes, { held, cells });
  let kept: ReturnType<Counted['standing']> | null = null;
  const standing = () => (kept ??= standingIn(outcomes, cells));
  return { windows, isBinary, held, lacking, standing };
}

function standingIn(all: Outcomes, held: readonly HeldCell[]) {
  const weights = weightsOf(all, held);
  const found = groupsOf(all, weights);
  const factors = factorsOf(all, { groups: found, weights });
  // Rows acted on and rows without a label stand for none: they need not be weighed again.
  const places = found.flatMap(({ cells }) => cells);
  const at = new Map(places.map((cell, place) => [cell, place]));
  const groups = found.map((group) => {
    return { ...group, cells: group.cells.map((cell) => at.get(cell) ?? 0) };
  });
  const factor = Float64Array.from(places, (cell) => factors[cell] ?? 0);
  return { outcomes: scaled(cellsAt(all, places), factor), groups };
}

/** Why nothing can be corrected, in words where it is no small number; null: it can. */
function lackingIn(
  outcomes: Outcomes,
  { held, cells }: { held: Group; cells: readonly HeldCell[] },
): { why?: string } | null {
  const apart = apartFrom([outcomes]);
  if (apart !== null) return { why: apart };
  const free = groupOf([outcomes], ['free']);
  if (held.positives < LEAST_POSITIVES || free.labelled === 0) return {};
  const why = tooUneven(weighed(cells));
  return why === null ? null : { why };
}

/** For how many rows one of each cell stands; 0 of those that stand for none. */
function factorsOf(
  outcomes: Outcomes,
  { groups, weights }: { groups: readonly Alike[]; weights: Float64Array },
): Float64Array {
  const stands = (held: boolean) => {
    const all = groupOf([outcomes], held ? BAND : OUTSIDE).rows;
    return all / weightIn(groups.filter((one) => one.held === held));
  };
  const [band, free] = [stands(true), stands(false)];
  const factors = new Float64Array(size(outcomes));
  for (const { held, cells } of groups) {
    for (const cell of cells) factors[cell] = (held ? band : free) * (weights[cell] ?? 0);
  }
  return factors;
}

/** Weight of a row of each cell: 1 of those that are not held out, or all held out alike. */
function weightsOf(outcomes: Outcomes, held: readonly HeldCell[]): Float64Array {
  const weights = new Float64Array(size(outcomes)).fill(1);
  for (const { cell, n, weight } of held) weights[cell] = weight / n;
  return weights;
}

export const weightIn = (groups: readonly { weight: number }[]): number =>
  groups.reduce((sum, { weight }) => sum + weight, 0);

/** The labelled rows that count, in groups. */
function groupsOf(outcomes: Outcomes, weights: Float64Array): Alike[] {
  const { decision, label, predicted, score, propensity } = outcomes.by;
  const kinds = new Map<string, { key: number; n: number; cell: number }[]>();
  for (let cell = 0; cell < size(outcomes); cell++) {
    const n = outcomes.sums['n']?.[cell] ?? 0;
    const of = (decision?.[cell] ?? '') as Decision;
    const held = HELD.includes(of);
    if (n === 0 || label?.[cell] === '' || !(held || of === 'free')) continue;
    if (held && !isComparable(String(propensity?.[cell] ?? ''))) continue;
    const kind = `${String(held)} ${String(label?.[cell])} ${String(predicted?.[cell])}`;
    const rows = kinds.get(kind) ?? [];
    rows.push({ key: (score && keyAt(score, cell)) ?? -Infinity, n, cell });
    kinds.set(kind, rows);
  }
  return [...kinds].flatMap(([kind, rows]) =>
    tenths(rows).map((tenth): Alike => ({
      cells: tenth.map(({ cell }) => cell),
      weight: tenth.reduce((sum, { n, cell }) => sum + n * (weights[cell] ?? 0), 0),
      squares: tenth.reduce((sum, { n, cell }) => sum + n * (weights[cell] ?? 0) ** 2, 0),
      held: kind.startsWith('true'),
    })),
  );
}

function scaled({ by, sums }: Outcomes, factors: Float64Array): Outcomes {
  const scale = (sum: Float64Array) => sum.map((one, cell) => one * (factors[cell] ?? 0));
  return {
    by,
    sums: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, scale(sum)])),
  };
}
