import { ACTED, HELD } from '../domain/action.js';
import { figure } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Table } from '../stats/fisher.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { groupOf, isComparable, strataOf } from './decisions.js';
import type { Group } from './decisions.js';
import { moreWords } from './holdout.js';
import { heldCells, weighed } from './propensities.js';
import type { Weighed } from './propensities.js';

/** Rows acted on and rows held out that could have been the other. */
export interface Sides {
  acted: Group;
  held: Group;
  /** Those held out, weighted for those acted on. */
  standing: Weighed;
  /** Held out and acted on, by how likely they were held out. */
  tables: readonly Table[];
  /** Rows of both that are left out: without a propensity, or with one of 1. */
  apart: number;
}

/** The rows acted on and held out of all windows. */
export function sidesOf(all: readonly Outcomes[]): Sides {
  const [acted, held] = [groupOf(all, ACTED, isComparable), groupOf(all, HELD, isComparable)];
  const [those, others] = [strataOf(all, HELD), strataOf(all, ACTED)];
  const tables = [...those].flatMap(([stratum, { positives: a, labelled }]) => {
    const other = others.get(stratum);
    if (other === undefined || !isComparable(stratum)) return [];
    const { positives: c } = other;
    return [{ a, b: labelled - a, c, d: other.labelled - c }];
  });
  const apart = groupOf(all, [...ACTED, ...HELD], (stratum) => !isComparable(stratum)).rows;
  return { ...{ acted, held, tables, apart }, standing: weighed(heldCells(all, 'acted')) };
}

/** Why the holdout says nothing, with what is missing; null: it says something. */
export function tooThin({ acted, held, standing, apart }: Sides): string | null {
  if (apart > 0 && (held.rows === 0 || acted.rows === 0)) {
    const side = held.rows === 0 ? 'held out at random' : 'acted on';
    return `none of the rows ${side} has a propensity that lets others be set beside it`;
  }
  if (held.labelled === 0) {
    return `none of the ${figure(held.rows)} rows held out at random has a label`;
  }
  if (acted.labelled === 0) {
    return (
      `none of the ${figure(acted.rows)} rows acted on has a label, so that nothing can be set ` +
      'beside the rows held out; what their labels would be is known from those alone'
    );
  }
  if (standing.share.n === 0) return 'none of the labelled rows held out could have been acted on';
  const rate = Math.max(held.positives / held.labelled, acted.positives / acted.labelled);
  const expected = held.labelled * rate;
  if (expected >= LEAST_POSITIVES) return null;
  return (
    `${figure(expected)} positives are expected among ${figure(held.labelled)} labelled rows held ` +
    `out at random, ${LEAST_POSITIVES} are needed${moreWords(rate, held.labelled)}`
  );
}
