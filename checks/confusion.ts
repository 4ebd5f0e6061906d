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
  const cells = new Map<string, Map<string, number>>();
  const names = new Set<string>();
  for (let row = 0; row < size(outcomes); row++) {
    const label = String(outcomes.by['label']?.[row] ?? '');
    const predicted = String(outcomes.by['predicted']?.[row] ?? '');
    const n = outcomes.sums['n']?.[row] ?? 0;
    if (label === '' || predicted === '' || n === 0) continue;
    names.add(label).add(predicted);
    const of = cells.get(label) ?? new Map<string, number>();
    cells.set(label, of.set(predicted, (of.get(predicted) ?? 0) + n));
  }
  const classes = [...names].sort();
  const rows = classes.map((label) =>
    Float64Array.from(classes, (predicted) => cells.get(label)?.get(predicted) ?? 0),
  );
  return { counts: { classes, rows }, others: [] };
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
