import { layoutOf } from '../domain/judging/distribution.js';
import type { Bin } from '../domain/judging/distribution.js';
import { joinThinBins } from '../domain/judging/thin.js';
import type { Profile } from '../domain/profile.js';
import type { Arms, Evidence } from '../domain/score.js';
import { labelCounts } from './outcomes.js';

/** Rows of both arms in the same bins. */
export interface ArmBins {
  treated: readonly number[];
  holdout: readonly number[];
}

/** One thing that both arms have, a feature, the prediction or the label. */
export interface Compared {
  about: string;
  labels: readonly string[];
  now: ArmBins;
  /** On the reference; null: it does not know the arms, or too few rows of one. */
  before: ArmBins | null;
  /** The treated arm beside the whole reference; null: it does not have it. */
  moved: { treated: readonly number[]; reference: readonly number[] } | null;
}

/** The rows of what is compared in one profile, by bin; null: it does not have it. */
type RowsIn = (profile: Profile | null) => ArrayLike<number> | null;

interface Thing {
  about: string;
  bins: readonly Pick<Bin, 'label' | 'kind'>[];
  rowsIn: RowsIn;
}

/**
 * What both arms have in `least` rows or more and in at least two bins, and, by name, what one of
 * them has in fewer. Features count missing values, the prediction and the label do not.
 */
export function comparedIn(
  evidence: Evidence,
  arms: Arms & Record<'holdout' | 'treated', Evidence>,
  least: number,
): { compared: Compared[]; thin: string[] } {
  const compared: Compared[] = [];
  const thin: string[] = [];
  for (const thing of thingsOf(evidence, arms)) {
    const rows = sidesOf(thing, arms, 'current');
    if (rows === null) continue;
    if (Math.min(sum(rows.treated), sum(rows.holdout)) < least) {
      thin.push(thing.about);
      continue;
    }
    const old = sidesOf(thing, arms, 'reference');
    const isKnown = old !== null && Math.min(sum(old.treated), sum(old.holdout)) >= least;
    const whole = thing.rowsIn(evidence.reference);
    const one = joined(thing, { now: rows, before: isKnown ? old : null, whole });
    if (one.labels.length > 1) compared.push(one);
  }
  return { compared, thin };
}

function sidesOf({ rowsIn }: Thing, arms: Arms, side: 'current' | 'reference') {
  const [treated, holdout] = [arms.treated, arms.holdout].map((arm) => rowsIn(arm?.[side] ?? null));
  return treated == null || holdout == null ? null : { treated, holdout };
}

/** Bins that the smaller arm hardly fills go together, at all times alike. */
function joined({ about, bins }: Thing, { now, before, whole }: Sides): Compared {
  const [large, small] =
    sum(now.treated) >= sum(now.holdout) ? [now.treated, now.holdout] : [now.holdout, now.treated];
  const every = [now.treated, now.holdout, before?.treated, before?.holdout];
  const places = bins.flatMap((_bin, place) =>
    every.some((rows) => (rows?.[place] ?? 0) > 0) ? [place] : [],
  );
  const merged = joinThinBins(
    places.map((place) => {
      const { label, kind } = bins[place] ?? { label: '', kind: 'range' };
      return { label, kind, reference: large[place] ?? 0, current: small[place] ?? 0 };
    }),
  );
  const inBins = (rows: ArrayLike<number>) =>
    merged.map((bin) => bin.places.reduce((n, at) => n + (rows[places[at] ?? -1] ?? 0), 0));
  const both = ({ treated, holdout }: Sides['now']): ArmBins => {
    return { treated: inBins(treated), holdout: inBins(holdout) };
  };
  return {
    ...{ about, labels: merged.map(({ label }) => label), now: both(now) },
    before: before && both(before),
    moved: whole === null || sum(whole) === 0 ? null : movedFrom(whole, now.treated, bins),
  };
}

/** On bins of their own, as of a window and its reference. */
function movedFrom(
  whole: ArrayLike<number>,
  treated: ArrayLike<number>,
  bins: Thing['bins'],
): Compared['moved'] {
  const both = bins.map((bin, place) => {
    return { ...bin, reference: whole[place] ?? 0, current: treated[place] ?? 0 };
  });
  const merged = joinThinBins(both.filter((bin) => bin.reference + bin.current > 0));
  return {
    treated: merged.map(({ current }) => current),
    reference: merged.map(({ reference }) => reference),
  };
}

interface Sides {
  now: Record<'treated' | 'holdout', ArrayLike<number>>;
  before: Sides['now'] | null;
  whole: ArrayLike<number> | null;
}

/** Features and the prediction on the bins of the grid, and the label by its values. */
function thingsOf(evidence: Evidence, arms: Arms): Thing[] {
  const names = arms.prediction === null ? arms.features : [...arms.features, arms.prediction];
  const columns = names.flatMap((column): Thing[] => {
    const axis = evidence.grid.axes[column];
    const usual = evidence.reference?.columns[column] ?? arms.treated?.current.columns[column];
    if (axis === undefined || usual === undefined || axis.kind === 'opaque') return [];
    const layout = layoutOf(axis, usual);
    const isAnswer = column === arms.prediction;
    const rowsIn: RowsIn = (profile) => {
      const counts = profile?.columns[column];
      if (counts === undefined) return null;
      const rows = layout.rows(counts);
      return isAnswer ? rows.map((n, bin) => (isNone(layout.bins[bin]?.kind) ? 0 : n)) : rows;
    };
    return [{ about: isAnswer ? 'the prediction' : column, bins: layout.bins, rowsIn }];
  });
  const label = labelOf([evidence.current, evidence.reference]);
  return label === null ? columns : [...columns, label];
}

const isNone = (kind: Bin['kind'] | undefined): boolean =>
  kind === 'missing' || kind === 'notFinite';

/** null: there are no labels, or they are numbers, of which no bins are kept. */
function labelOf(profiles: readonly (Profile | null)[]): Thing | null {
  const countsOf = (profile: Profile | null) =>
    profile?.outcomes == null ? new Map<string, number>() : labelCounts(profile.outcomes);
  const names = [...new Set(profiles.flatMap((profile) => [...countsOf(profile).keys()]))].sort();
  if (names.length < 2) return null;
  return {
    about: 'the label',
    bins: names.map((label) => ({ label, kind: 'category' })),
    rowsIn: (profile) => {
      if (profile?.outcomes == null) return null;
      const counts = countsOf(profile);
      return names.map((name) => counts.get(name) ?? 0);
    },
  };
}

function sum(rows: ArrayLike<number>): number {
  let all = 0;
  for (let place = 0; place < rows.length; place++) all += rows[place] ?? 0;
  return all;
}
