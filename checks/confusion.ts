import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Confusion } from '../stats/confusion.js';
import { cutAt, scoreCells } from './scores.js';

/** Right and wrong classes, with others that are as possible where cells of scores are cut. */
export interface Confused {
  counts: Confusion;
  /** With the rows of a cut cell all on one side or the other; [] where nothing is unsure. */
  others: readonly Confusion[];
  n: number;
}

/** More cells of a confusion matrix are not written out. */
const MOST_CELLS = 400;

/**
 * Labelled rows by label and predicted class; with a threshold the classes are those of the scores
 * at or above it. A text says why there is none.
 */
export function confused(outcomes: Outcomes, threshold: number | null): Confused | string {
  const found = threshold === null ? predictedIn(outcomes) : cutIn(outcomes, threshold);
  if (typeof found === 'string') return found;
  let n = 0;
  for (const row of found.counts.rows) for (const count of row) n += count;
  return n === 0 ? 'no labelled row has a predicted class' : { ...found, n };
}

function predictedIn(outcomes: Outcomes): Omit<Confused, 'n'> {
  const { kinds, places } = kindsOf(outcomes);
  const { n = [] } = outcomes.sums;
  const sums = new Float64Array(kinds.length);
  for (let row = 0; row < places.length; row++) {
    const place = places[row] ?? -1;
    if (place >= 0) sums[place] = (sums[place] ?? 0) + (n[row] ?? 0);
  }
  const filled = kinds.map((kind, place) => ({ ...kind, n: sums[place] ?? 0 }));
  const cells = filled.filter((cell) => cell.n !== 0);
  const names = cells.flatMap(({ label, predicted }) => [label, predicted]);
  const classes = [...new Set(names)].sort();
  const rows = classes.map(() => new Float64Array(classes.length));
  for (const { label, predicted, n: count } of cells) {
    const row = rows[classes.indexOf(label)];
    if (row !== undefined) row[classes.indexOf(predicted)] = count;
  }
  return { counts: { classes, rows }, others: [] };
}

/** Labels with the classes predicted for them, and which of these a cell is of; -1: of none. */
interface Kinds {
  kinds: readonly { label: string; predicted: string }[];
  places: Int32Array;
}

/** Rows that are weighed in many ways are placed once. */
const placed = new WeakMap<Outcomes['by'], Kinds>();

function kindsOf(outcomes: Outcomes): Kinds {
  const found = placed.get(outcomes.by);
  if (found !== undefined) return found;
  const kinds: { label: string; predicted: string }[] = [];
  const known = new Map<string, Map<string, number>>();
  const places = new Int32Array(size(outcomes)).fill(-1);
  for (let row = 0; row < places.length; row++) {
    const label = String(outcomes.by['label']?.[row] ?? '');
    const predicted = String(outcomes.by['predicted']?.[row] ?? '');
    if (label === '' || predicted === '') continue;
    const of = known.get(label) ?? new Map<string, number>();
    known.set(label, of);
    const place = of.get(predicted) ?? kinds.push({ label, predicted }) - 1;
    of.set(predicted, place);
    places[row] = place;
  }
  const made = { kinds, places };
  placed.set(outcomes.by, made);
  return made;
}

/** Cut at a threshold of one's own: the classes are 1 and 0. */
function cutIn(outcomes: Outcomes, threshold: number): Omit<Confused, 'n'> | string {
  const cells = scoreCells(outcomes);
  if (cells.length === 0) return 'there are no scores to cut at a threshold';
  let [positives, negatives] = [0, 0];
  for (const cell of cells) {
    positives += cell.positives;
    negatives += cell.negatives;
  }
  const cut = cutAt(cells, threshold);
  const of = (tp: number, fp: number): Confusion => ({
    classes: ['0', '1'],
    rows: [Float64Array.of(negatives - fp, fp), Float64Array.of(positives - tp, tp)],
  });
  const counts = of(cut.positives, cut.negatives);
  const { positives: p, negatives: q } = cut.unsure;
  if (p + q === 0) return { counts, others: [] };
  const [tp, fp] = cut.above
    ? [cut.positives - p, cut.negatives - q]
    : [cut.positives, cut.negatives];
  const others = [of(tp, fp), of(tp + p, fp), of(tp, fp + q), of(tp + p, fp + q)];
  return { counts, others };
}

/** True where the classes are those of a yes and a no. */
export const isBinary = ({ classes }: Confusion): boolean =>
  classes.every((name) => name === '0' || name === '1');

/** The counts for people and programs: of a yes and a no by name, else the largest cells. */
export function confusionDetails({ classes, rows }: Confusion): Record<string, unknown> {
  const cells = classes.flatMap((label, t) =>
    classes.map((predicted, p) => ({ label, predicted, n: rows[t]?.[p] ?? 0 })),
  );
  const of = (label: string, predicted: string) =>
    cells.find((cell) => cell.label === label && cell.predicted === predicted)?.n ?? 0;
  if (isBinary({ classes, rows })) {
    return {
      truePositives: of('1', '1'),
      falsePositives: of('0', '1'),
      falseNegatives: of('1', '0'),
      trueNegatives: of('0', '0'),
    };
  }
  const filled = cells.filter(({ n }) => n > 0).sort((a, b) => b.n - a.n);
  return { classes: classes.length, confusion: filled.slice(0, MOST_CELLS) };
}

/** How far a metric can be off because cells of scores are cut; 0 where none is. */
export function boundOf(
  { counts, others }: Confused,
  of: (counts: Confusion) => number | null,
): number {
  const value = of(counts) ?? 0;
  return others.reduce((most, one) => Math.max(most, Math.abs((of(one) ?? 0) - value)), 0);
}
