import { BAND, CHANCE, HELD } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import { figure } from '../domain/judging/figures.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { LEAST_EFFECTIVE } from '../stats/holdout.js';
import type { Share } from '../stats/intervals.js';
import { isComparable, strataOf } from './decisions.js';

/** Labelled rows of one cell that were held out at random. */
export interface HeldCell {
  cell: number;
  n: number;
  isPositive: boolean;
  /** Σ of their weights; n where all rows held out have the same one. */
  weight: number;
}

/** Weights that differ by less are the same one, rounded. */
const SAME = 1e-9;

/**
 * The labelled rows held out, weighted for the rows that they stand for: all of the band, by
 * 1 / (1 - p), p the propensity, or those acted on, by p / (1 - p). Those whose propensity is none
 * stand for no row, and are left out.
 */
export function heldCells(all: readonly Outcomes[], standFor: 'band' | 'acted'): HeldCell[] {
  const cells: HeldCell[] = [];
  for (const { by, sums } of all) {
    for (let cell = 0; cell < size({ by, sums }); cell++) {
      const [n, label] = [sums['n']?.[cell] ?? 0, by['label']?.[cell] ?? ''];
      const isHeld = HELD.includes((by['decision']?.[cell] ?? '') as Decision);
      if (n === 0 || label === '' || !isHeld) continue;
      if (!isComparable(String(by['propensity']?.[cell] ?? ''))) continue;
      const weights = by['propensity'] === undefined ? n : (sums['weights']?.[cell] ?? 0);
      const isAll = standFor === 'band' || by['propensity'] === undefined;
      cells.push({ cell, n, isPositive: label === '1', weight: isAll ? weights : weights - n });
    }
  }
  const each = cells.map(({ n, weight }) => weight / n);
  const [least, most] = [
    each.reduce((a, b) => Math.min(a, b), Infinity),
    each.reduce((a, b) => Math.max(a, b), 0),
  ];
  const areEven = most > 0 && most - least <= SAME * most;
  return areEven ? cells.map((one) => ({ ...one, weight: one.n })) : cells;
}

/** A positive rate of weighted rows. */
export interface Weighed {
  /** As of so many rows of equal weight that its standard error is the same. */
  share: Share;
  /** (Σ w)² / Σ w² (Kish, 1965): so many rows of equal weight know as much. */
  effective: number;
  areEven: boolean;
}

/**
 * Σ w y / Σ w (Hájek), with standard error √Σ (w (y - it))² / Σ w. Its `share` is of n rows for
 * Wilson's interval (Korn and Graubard, 1998), n = rate (1 - rate) / standard error², at most the
 * effective ones. Rows of a cell weigh alike.
 */
export function weighed(cells: readonly HeldCell[]): Weighed {
  const [yes, no] = [true, false].map((is) => {
    const sum = { n: 0, weight: 0, squares: 0 };
    for (const { n, weight, isPositive } of cells) {
      if (isPositive !== is) continue;
      sum.n += n;
      sum.weight += weight;
      sum.squares += (weight * weight) / n;
    }
    return sum;
  }) as [Sums, Sums];
  const n = yes.n + no.n;
  const areEven = cells.every((one) => one.weight === one.n);
  if (areEven) return { share: { hits: yes.n, n }, effective: n, areEven };
  const all = yes.weight + no.weight;
  if (all === 0) return { share: { hits: 0, n: 0 }, effective: 0, areEven };
  const rate = yes.weight / all;
  const effective = all ** 2 / (yes.squares + no.squares);
  const variance = ((1 - rate) ** 2 * yes.squares + rate ** 2 * no.squares) / all ** 2;
  const alike = variance === 0 ? effective : (rate * (1 - rate)) / variance;
  const rows = Math.min(effective, alike);
  return { share: { hits: rate * rows, n: rows }, effective, areEven };
}

type Sums = Record<'n' | 'weight' | 'squares', number>;

/** So few of the band may have no row held out that stands for them. */
const MOST_APART = 0.01;

/**
 * Why rows held out cannot stand for all of the band, and what to do; null: they can. Rows that are
 * acted on in any case would have other rates than those that are not.
 */
export function apartFrom(all: readonly Outcomes[]): string | null {
  const strata = strataOf(all, BAND);
  const rows = [...strata.values()].reduce((sum, one) => sum + one.rows, 0);
  const certain = strata.get(CHANCE.certain)?.rows ?? 0;
  const none = strata.get(CHANCE.none)?.rows ?? 0;
  if (certain + none <= MOST_APART * rows) return null;
  return (
    `of ${figure(rows)} rows where the model would act ${figure(certain)} have a propensity of 1 ` +
    `and ${figure(none)} none that can be, so that no row held out stands for them: hold some of ` +
    'all rows out, and log how likely each was acted on'
  );
}

/** Why weighted rows know too little, and what to do; null: they know enough. */
export function tooUneven({ areEven, effective }: Weighed): string | null {
  if (areEven || effective >= LEAST_EFFECTIVE) return null;
  return (
    'weighted by one over their chance, the rows held out know as much as ' +
    `${figure(effective)} of equal weight, ${LEAST_EFFECTIVE} are needed: hold out more of the rows ` +
    'with a high propensity'
  );
}
