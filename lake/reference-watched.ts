import { roleColumns } from '../domain/roles.js';
import type { FeatureOverride, Monitor } from '../domain/monitor.js';
import type { Prediction } from '../domain/prediction.js';
import { isRowIndex } from '../domain/row-index.js';
import { isCountable, isVector, isWords } from './measured.js';
import { isNumber } from './window-time.js';

/** As what a column is watched. */
export type Kind = 'numeric' | 'probability' | 'categorical' | 'label' | 'text' | 'vector';
/** Columns with what they are watched as, in the order of the axes. */
export type Watched = readonly (readonly [string, Kind])[];

const KINDS = {
  value: 'numeric',
  probability: 'probability',
  label: 'label',
  ranking: 'label',
} as const satisfies Record<Prediction['kind'], Kind>;

/** The prediction, and the columns without a role that the monitor includes. */
export function watched(
  monitor: Monitor,
  types: Readonly<Record<string, string>>,
): [string, Kind][] {
  const { columns } = monitor;
  const { include, exclude, overrides } = columns.features;
  const roles = new Set([...roleColumns(monitor), ...exclude]);
  const list: [string, Kind][] = [];
  const prediction = columns.prediction;
  // Of a ranking the items are watched: which of them are shown at all.
  const answer = prediction?.ranking?.item ?? prediction?.column;
  if (prediction !== null && answer !== undefined && answer in types) {
    list.push([answer, KINDS[prediction.kind]]);
  }
  const every = Object.keys(types).filter((name) => !isRowIndex(name));
  const names = include === '*' ? every : include;
  for (const name of names) {
    const type = types[name];
    if (type === undefined || roles.has(name)) continue;
    const kind = kindOf(type, overrides[name]?.type ?? null);
    if (kind !== null) list.push([name, kind]);
  }
  return list;
}

/** null: it is not monitored. */
function kindOf(type: string, given: FeatureOverride['type']): Kind | null {
  const isText = given === 'text' || given === 'vector';
  if (isCountable(type)) return given ?? (isNumber(type) ? 'numeric' : 'categorical');
  // Whole numbers in a list are more often names of things than a vector.
  if (isVector(type) && (given === 'vector' || !/INT/.test(type))) return 'vector';
  return isText && isWords(type) ? given : null;
}
