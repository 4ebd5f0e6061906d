import type { Monitor } from '../domain/monitor.js';
import type { Grid } from '../domain/profile.js';
import type { Instant } from '../domain/window.js';
import type { Binning } from './profile-columns.js';
import { isSourced } from './profile-label-sources.js';
import { lossCells, lossNames } from './profile-losses.js';
import type { LossesAsked } from './profile-losses.js';
import { carriedOf, predictionOf } from './profile-predicted.js';
import { isKnown } from './profile-projections.js';
import type { Relation } from './profile-projections.js';

/** Rows of predictions, and on what they are counted. */
interface Told {
  monitor: Monitor;
  grid: Grid;
  binning: Binning;
  rows: Relation;
  knownAt: Instant;
  every?: boolean;
}

/** SQL of what a prediction tells, and the names of it that go along with its label. */
export function toldOf(spec: Told, key: string): Record<'told' | 'carried', string> {
  const { monitor, rows } = spec;
  const cells = lossesAsked(spec);
  const names = `score, predicted, version${carriedOf(monitor)}${lossNames(cells)}`;
  return { told: `${predictionOf(monitor, rows)}${lossCells(cells)}${key}`, carried: names };
}

/** Counted value by value, nothing is counted by cells. */
export const lossesAsked = ({
  monitor,
  grid,
  every,
  binning,
  rows: { types },
}: Told): LossesAsked => ({
  ...{ monitor, every, types },
  grid: binning === 'grid' ? grid : { ...grid, losses: [] },
});

/** Each prediction holds its label. */
export function inside(
  {
    label,
    told,
    carried,
    key,
    from,
  }: Record<'label' | 'told' | 'carried' | 'key' | 'from', string>,
  { knownAt, monitor }: Told,
): string {
  const known = isKnown(knownAt);
  const source = isSourced(monitor) ? `, case when ${known} then source else '' end as source` : '';
  return (
    `select ${carried}${key}, case when ${known} then value else '' end as label, ` +
    `case when ${known} then truth end as truth${source} from (select ${told}, ${label} from ${from})`
  );
}
