import { layoutOf } from '../judging/distribution.js';
import type { Layout } from '../judging/distribution.js';
import type { Task } from '../model.js';
import { BIN, CATEGORY, FINE_BINS } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import type { BinnedFeature, Rows } from './rows.js';

/** Rows of one side as they were drawn; entry i of every list is row i. */
export interface Side {
  hashes: readonly number[];
  /** Numbers, or the texts of categories; null: missing. */
  columns: Readonly<Record<string, readonly (number | string | null)[]>>;
  scores: readonly (number | null)[];
  /** '' for none. */
  predicted: readonly string[];
  labels: readonly string[];
  /** The label of a regression. */
  truths: readonly (number | null)[];
}

/** A feature with what bins it: its axis, and the reference's counts. */
export interface Binned {
  name: string;
  axis: Axis;
  reference: Counts;
}

/** Both sides as rows of bins; features that a side lacks are left out. */
export function binnedRows(
  { reference, current }: { reference: Side; current: Side },
  { features, task }: { features: readonly Binned[]; task: Task },
): Rows {
  const both = <T>(of: (side: Side) => readonly T[]): T[] => [...of(reference), ...of(current)];
  const losses = (side: Side): number[] => side.labels.map((_, row) => lossOf(side, row, task));
  return {
    features: features.flatMap((feature) => {
      const [before, now] = [reference.columns[feature.name], current.columns[feature.name]];
      return before === undefined || now === undefined
        ? []
        : [binned(feature, [...before, ...now])];
    }),
    sides: both((side) => side.labels.map(() => (side === current ? 1 : 0))),
    scores: both((side) => side.scores.map((score) => score ?? NaN)),
    losses: both(losses),
    hashes: both((side) => side.hashes),
  };
}

function binned({ name, axis, reference }: Binned, values: readonly (number | string | null)[]) {
  const layout = layoutOf(axis, reference);
  const codes = values.map((value) => layout.slotOf(keyOf(axis, value)));
  return packed(name, layout, codes);
}

/** The key of a value's cell in counts. */
function keyOf(axis: Axis, value: number | string | null): number | string {
  if (axis.kind !== 'numeric') return value ?? CATEGORY.missing;
  if (value === null) return BIN.missing;
  const number = Number(value);
  if (!Number.isFinite(number)) return BIN.notFinite;
  const atom = axis.atoms.indexOf(number);
  if (atom >= 0) return BIN.atom0 - atom;
  const cell = Math.floor((number - axis.low) * axis.inverseWidth);
  return cell < 0 ? BIN.under : Math.min(cell, FINE_BINS);
}

/** Only bins that a row fills, in their order. */
function packed(name: string, { bins }: Layout, codes: readonly number[]): BinnedFeature {
  const filled = [...new Set(codes)].sort((a, b) => a - b);
  const places = new Map(filled.map((code, place) => [code, place]));
  return {
    name,
    bins: filled.map((code) => bins[code]?.label ?? ''),
    codes: Int32Array.from(codes, (code) => places.get(code) ?? 0),
  };
}

/** What the answer cost; NaN without a label or an answer. */
function lossOf({ labels, predicted, scores, truths }: Side, row: number, task: Task): number {
  if (labels[row] === '') return NaN;
  if (task === 'regression') {
    const [truth, score] = [truths[row] ?? null, scores[row] ?? null];
    return truth === null || score === null ? NaN : Math.abs(truth - score);
  }
  return predicted[row] === '' ? NaN : predicted[row] === labels[row] ? 0 : 1;
}
