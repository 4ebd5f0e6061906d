import { BAND, HELD, OUTSIDE } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import { addCounts, cellsAt } from '../domain/adding.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { groupOf, isComparable } from './decisions.js';
import type { Group } from './decisions.js';
import { alike, scaled } from './jackknife.js';
import type { Alike } from './jackknife.js';
import { apartFrom, heldCells, tooUneven, weighed } from './propensities.js';
import type { HeldCell } from './propensities.js';

/** Labelled rows that stand for others. */
export interface Standing extends Alike {
  /** Held out at random; else not acted on outside of the band. */
  held: boolean;
}

/** What all metrics of a window are corrected by. */
interface Counted {
  windows: readonly Outcomes[];
  isBinary: boolean;
  held: Group;
  lacking: { why?: string } | null;
  /** The labelled rows that count, each as often as it stands for others, and their groups. */
  standing: () => { outcomes: Outcomes; groups: readonly Standing[] };
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
  const factorAt = (place: number): number => factors[places[place] ?? 0] ?? 0;
  return { outcomes: scaled(cellsAt(all, places), factorAt), groups };
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
  { groups, weights }: { groups: readonly Standing[]; weights: Float64Array },
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
function groupsOf(outcomes: Outcomes, weights: Float64Array): Standing[] {
  const { decision, label, propensity } = outcomes.by;
  const { n } = outcomes.sums;
  const cells = { held: [] as number[], free: [] as number[] };
  for (let cell = 0; cell < size(outcomes); cell++) {
    if ((n?.[cell] ?? 0) === 0 || label?.[cell] === '') continue;
    const of = (decision?.[cell] ?? '') as Decision;
    if (of === 'free') cells.free.push(cell);
    else if (HELD.includes(of) && isComparable(String(propensity?.[cell] ?? ''))) {
      cells.held.push(cell);
    }
  }
  const sumOf = (some: readonly number[], power: number): number =>
    some.reduce((sum, cell) => sum + (n?.[cell] ?? 0) * (weights[cell] ?? 0) ** power, 0);
  return (['held', 'free'] as const).flatMap((side) =>
    alike(outcomes, cells[side]).map((some) => ({
      ...{ cells: some, weight: sumOf(some, 1), squares: sumOf(some, 2), held: side === 'held' },
    })),
  );
}
