import { ACTED, BAND, HELD, OUTSIDE } from '../domain/action.js';
import { addCounts } from '../domain/adding.js';
import { figure } from '../domain/judging/figures.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import type { Decision } from '../domain/action.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { groupOf, isComparable, isDecided, lastOutcomes } from './decisions.js';
import type { Group } from './decisions.js';
import type { Measured } from './held.js';
import { apartFrom, heldCells, tooUneven, weighed } from './propensities.js';
import type { HeldCell } from './propensities.js';
import { keyAt } from './scores.js';
import { tenths } from './tenths.js';

/** Rows that change a metric alike: one label, one class, scores of a tenth. */
interface Alike {
  cells: readonly number[];
  /** Held out at random; else not acted on outside of the band. */
  held: boolean;
  /** Σ of their weights, and of the squares of these. */
  weight: number;
  squares: number;
}

/** By how much the mass of some rows is changed to see what a metric makes of it. */
const STEP = 1e-3;

/**
 * What a metric would be if nobody acted, of the last four windows as one: labelled rows held out
 * stand for all rows where the model would act, labelled rows not acted on for all others, rows
 * acted on for none. Its standard error is the infinitesimal jackknife's within both, by groups of
 * rows that are alike. Rows held out weigh 1 / (1 − propensity), where these differ (Hájek).
 * `details` of a metric: `corrected`, or `unacted`, why there is none; {} where nothing was decided
 * by the model.
 */
export function corrected(
  evidence: Evidence,
  of: (outcomes: Outcomes) => Measured | string,
): { corrected?: object; unacted?: object } {
  const { outcomes: own } = evidence.current;
  if (!isDecided(own) || groupOf([own], BAND).rows === 0) return {};
  // value by value the windows before are not known
  const windows = evidence.binning === 'exact' ? [own] : lastOutcomes(evidence);
  const outcomes = windows.length === 1 ? own : addCounts(windows);
  const labels = new Set(Array.from(outcomes.by['label'] ?? [], String));
  const isBinary = [...labels].every((label) => ['', '0', '1'].includes(label));
  if (!isBinary) return {};
  const held = groupOf([outcomes], HELD, isComparable);
  const cells = heldCells([outcomes], 'band');
  const lacking = lackingIn(outcomes, { held, cells });
  if (lacking !== null) {
    const acted = groupOf([own], ACTED).labelled;
    const known = { acted, held: held.rows, positives: held.positives, windows: windows.length };
    return { unacted: { ...known, ...lacking } };
  }
  const weights = weightsOf(outcomes, cells);
  const groups = groupsOf(outcomes, weights);
  const factors = factorsOf(outcomes, { groups, weights });
  const whole = of(scaled(outcomes, factors));
  if (typeof whole === 'string') return {};
  const changes = groups.map((group) => {
    const more = factors.slice();
    for (const cell of group.cells) more[cell] = (more[cell] ?? 0) * (1 + STEP);
    const one = of(scaled(outcomes, more));
    return { ...group, by: typeof one === 'string' ? 0 : (one.value - whole.value) / STEP };
  });
  const variance = [true, false].reduce((sum, is) => {
    return sum + varianceOf(changes.filter((one) => one.held === is));
  }, 0);
  const { value, trivial } = whole;
  const standardError = Math.sqrt(variance);
  return {
    corrected: { value, trivial, standardError, held: held.labelled, windows: windows.length },
  };
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

const weightIn = (groups: readonly { weight: number }[]): number =>
  groups.reduce((sum, { weight }) => sum + weight, 0);

/** Of weights whose sum is fixed, by what the value changes with each group of them. */
function varianceOf(changes: readonly (Alike & { by: number })[]): number {
  const all = weightIn(changes);
  const by = changes.reduce((sum, one) => sum + one.by, 0);
  return changes.reduce((sum, { by: own, weight, squares }) => {
    // what the group has, less what all lose by its part of the sum; of each row by its weight
    return sum + (own / weight - by / all) ** 2 * squares;
  }, 0);
}

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

const inWindows = (windows: number): string =>
  windows === 1 ? '' : ` in ${figure(windows)} windows`;

/** `; corrected for rows acted on …`: what `corrected` says beside a metric; '' where nothing. */
export function sayCorrected({ details }: Reading): string {
  const found = details['corrected'] as Record<
    'value' | 'standardError' | 'held' | 'windows',
    number
  >;
  if ('corrected' in details) {
    return (
      `; corrected for rows acted on, by an estimate from ${figure(found.held)} held out at ` +
      `random${inWindows(found.windows)}, it is ${figure(found.value)} ` +
      `(standard error ${figure(found.standardError)})`
    );
  }
  if (!('unacted' in details)) return '';
  const { acted, held, positives, windows } = details['unacted'] as Record<
    'acted' | 'held' | 'positives' | 'windows',
    number
  >;
  const { why } = details['unacted'] as { why?: string };
  const more =
    why !== undefined
      ? `; ${why}`
      : held === 0
        ? ''
        : `; ${positives === 1 ? '1 positive is' : `${figure(positives)} positives are`} held out ` +
          `at random${inWindows(windows)}, ${LEAST_POSITIVES} are needed to correct it`;
  if (acted === 0) return `; performance is measured on the un-acted slice only${more}`;
  return (
    `; labels are as they came, and those of ${figure(acted)} rows acted on may be what acting ` +
    `made of them: performance is known on the un-acted slice only${more}`
  );
}
