import { addCounts } from '../domain/adding.js';
import { cellOfDelay, delayAt, NO_DELAY } from '../domain/delay.js';
import type { Delays } from '../domain/delay.js';
import { total } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import { continuedBy, happened, kaplanMeier, quantileOf } from '../stats/survival.js';
import type { Group, Step } from '../stats/survival.js';

/** Where fewer than 100 rows are followed, but for rounding, the curve says nothing more. */
const LEAST_FOLLOWED = 100 - 1e-6;

/** Which share of the rows of some windows has its label, by how long that takes. */
export interface DelayCurve {
  windows: number;
  steps: readonly Step[];
  /** Labels with a time, and those of them that are older than their prediction. */
  labels: number;
  negative: number;
}

/**
 * The curve of the rows of some windows. Where those end, by the maturity of their labels, it goes
 * on with the older windows that were looked at once more.
 */
export function delayCurve(windows: readonly Profile[]): DelayCurve {
  const of = (name: string) => addCounts(windows.flatMap(({ asked }) => asked[name] ?? []));
  const own = of('delays');
  const steps = followed(kaplanMeier(groupsOf(own)));
  return {
    windows: windows.length,
    steps: followed(continuedBy(steps, groupsOf(of('late_delays')))),
    labels: groupsOf(own).reduce((sum, { events }) => sum + events, 0),
    negative: total(own, 'negative'),
  };
}

function groupsOf({ by, sums }: Delays): Group[] {
  const groups = Array.from(by['cell'] ?? [], Number).map((time, row): Group => {
    const [n, events] = [sums['n']?.[row] ?? 0, sums['labels']?.[row] ?? 0];
    return { time, events, censored: n - events };
  });
  return groups.filter(({ time }) => time !== NO_DELAY);
}

function followed(steps: readonly Step[]): Step[] {
  const end = steps.findIndex((step) => step.followed < LEAST_FOLLOWED);
  return steps.slice(0, end < 0 ? undefined : end);
}

/** The last cell of a curve; -1: nothing was followed. */
export const lastCell = ({ steps }: DelayCurve): number => steps.at(-1)?.time ?? -1;

/** The curve up to a cell, that one with it. */
export const upTo = (curve: DelayCurve, cell: number): DelayCurve => ({
  ...curve,
  steps: curve.steps.filter(({ time }) => time <= cell),
});

/** The delay in ms by which a share of the labels on the curve is there; null: there are none. */
export function delayOf({ steps }: DelayCurve, share: number): number | null {
  const found = quantileOf(steps, share);
  return found === null ? null : delayAt(found.time, found.into);
}

/** Which share of the labels that come on the curve comes after a delay in ms. */
export function shareAfter({ steps }: DelayCurve, ms: number): number {
  const { cell, into } = cellOfDelay(ms);
  const step = steps.findLast(({ time }) => time <= cell);
  const all = happened(steps);
  if (step === undefined || all === 0) return all === 0 ? 0 : 1;
  const { before, survival } = step;
  const left = step.time === cell ? before - into * (before - survival) : survival;
  return (left - (1 - all)) / all;
}

/** Which share of the rows gets a label on the curve. */
export const comesAtAll = ({ steps }: DelayCurve): number => happened(steps);
