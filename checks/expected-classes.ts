import { FINE_BINS, size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { wilson } from '../stats/intervals.js';
import { isotonic, shareAt } from '../stats/isotonic.js';
import type { Curve } from '../stats/isotonic.js';
import { Z95 } from '../stats/normal.js';
import { isByValue, oneVersusRest } from './class-chances.js';
import type { Cohort } from './expected.js';
import type { Measured } from './held.js';

/** Metrics of several classes that follow from what is expected of each. */
export const ESTIMABLE_OF_CLASSES = ['roc_auc', 'accuracy', 'precision', 'recall', 'f1'] as const;
export type NameOfClasses = (typeof ESTIMABLE_OF_CLASSES)[number];

/** Rows by the probability of a class. */
interface Cell {
  name: string;
  /** Its number, or the probability itself. */
  chance: string;
  place: number;
  n: number;
  label: string;
  isAnswer: boolean;
}

/** What is expected of a class. */
interface Expected {
  /** Rows that are it, rows that were answered with it, and those of these that are it. */
  rows: number;
  answers: number;
  right: number;
}

/** True where the probabilities of classes were counted. */
export const isOfClasses = ({ by }: Outcomes): boolean => by['chance'] !== undefined;

function cellsOf(outcomes: Outcomes): Cell[] {
  const { table, predicted, chance, label, answer } = outcomes.by;
  const width = isByValue(outcomes) ? 1 : FINE_BINS;
  const cells: Cell[] = [];
  for (let row = 0; row < size(outcomes); row++) {
    if (table?.[row] !== 'class') continue;
    const own = String(chance?.[row] ?? '');
    cells.push({
      ...{ name: String(predicted?.[row] ?? ''), chance: own, place: Number(own) / width },
      ...{ n: outcomes.sums['rows']?.[row] ?? 0, label: String(label?.[row] ?? '') },
      isAnswer: answer?.[row] === '1',
    });
  }
  return cells;
}

/** A reference is asked for each window. */
const curves = new WeakMap<Outcomes, ReadonlyMap<string, Curve>>();

/** Class → the share of rows that are it, by its probability, of labelled rows. */
function calibrated(reference: Outcomes): ReadonlyMap<string, Curve> {
  const found = curves.get(reference);
  if (found !== undefined) return found;
  const points = new Map<string, Map<number, { value: number; hits: number; n: number }>>();
  for (const { name, place, n, label } of cellsOf(reference)) {
    if (label === '') continue;
    const own = points.get(name) ?? new Map<number, { value: number; hits: number; n: number }>();
    points.set(name, own);
    const point = own.get(place) ?? { value: place, hits: 0, n: 0 };
    own.set(place, point);
    point.n += n;
    if (label === '1') point.hits += n;
  }
  const made = new Map(
    [...points].map(([name, own]) => {
      return [name, isotonic([...own.values()].sort((a, b) => a.value - b.value))] as const;
    }),
  );
  curves.set(reference, made);
  return made;
}

/** A probability this close to one with labels is not beyond them, as of scores. */
const NEAR = 1 / 256;

/**
 * A metric of several classes, were each row of a class as often as its probability said on the
 * reference's labelled rows (confidence-based estimation, each class against the others; the sums
 * of all classes are brought to the number of rows). Mean of the classes; its error is that of the
 * metric on the reference, `known`, for as many rows. `outside`: share of the rows whose answer is
 * given with a probability beyond those. A text says why nothing can be expected.
 */
export function estimateOfClasses(
  { current, before }: { current: Outcomes; before: Outcomes },
  { cohort, name, known }: { cohort: Cohort; name: NameOfClasses; known: Measured },
): { estimated: Measured; outside: number } | string {
  const cells = cellsOf(current).filter(({ label }) => cohort === 'scored' || label !== '');
  if (cells.length === 0) return 'no row has a probability of a class';
  const byClass = calibrated(before);
  if (byClass.size === 0) return 'no labelled row of before has a probability of a class';
  const chances = cells.map(({ name: of, place }) => {
    const curve = byClass.get(of);
    return curve === undefined ? 0 : shareAt(curve, place);
  });
  const classes = new Map<string, Expected & { all: number }>();
  let outside = 0;
  cells.forEach(({ name: of, n, isAnswer, place }, at) => {
    const own = classes.get(of) ?? { rows: 0, answers: 0, right: 0, all: 0 };
    classes.set(of, own);
    own.all += n;
    own.rows += n * (chances[at] ?? 0);
    if (!isAnswer) return;
    own.answers += n;
    own.right += n * (chances[at] ?? 0);
    const { values } = byClass.get(of) ?? { values: [] };
    const [first = Infinity, last = -Infinity] = [values[0], values.at(-1)];
    if (place < first - NEAR || place > last + NEAR) outside += n;
  });
  if (![...classes.values()].some(({ answers }) => answers > 0)) {
    return 'no row is answered with a class that has a probability';
  }
  const n = Math.max(...[...classes.values()].map(({ all }) => all));
  const sum = sumOf([...classes.values()].map(({ rows }) => rows));
  const found = [...classes.values()].map(({ rows, answers, right }): Expected => {
    return { answers, rows: (rows * n) / sum, right: Math.min(answers, (right * n) / sum) };
  });
  const share = { outside: outside / sumOf(found.map(({ answers }) => answers)) };
  if (name === 'roc_auc') {
    const estimated = oneVersusRest(asOutcomes(cells, chances), 'macro');
    return typeof estimated === 'string' ? estimated : { estimated, ...share };
  }
  return { estimated: measuredBy(name, found, known), ...share };
}

/** Each cell as rows of its class and of others. */
function asOutcomes(cells: readonly Cell[], chances: readonly number[]): Outcomes {
  const twice = <T>(of: (cell: Cell, at: number) => T) => [...cells.map(of), ...cells.map(of)];
  return {
    by: {
      table: twice(() => 'class'),
      predicted: twice(({ name }) => name),
      chance: twice(({ chance }) => chance),
      label: [...cells.map(() => '1'), ...cells.map(() => '0')],
    },
    sums: {
      n: new Float64Array(2 * cells.length),
      rows: Float64Array.from([
        ...cells.map(({ n }, at) => n * (chances[at] ?? 0)),
        ...cells.map(({ n }, at) => n * (1 - (chances[at] ?? 0))),
      ]),
    },
  };
}

function measuredBy(
  name: Exclude<NameOfClasses, 'roc_auc'>,
  classes: readonly Expected[],
  known: Measured,
): Measured {
  const answers = sumOf(classes.map((one) => one.answers));
  const hits = sumOf(classes.map(({ right }) => right));
  if (name === 'accuracy') {
    const value = hits / answers;
    const standardError = Math.sqrt((value * (1 - value)) / answers);
    const ends = wilson({ hits, n: answers });
    return { value, standardError, ...ends, n: answers, trivial: null, details: {} };
  }
  const value = sumOf(classes.map((one) => ratioOf(name, one))) / classes.length;
  const standardError = known.standardError * Math.sqrt(known.n / answers);
  const reach = Z95 * standardError;
  return {
    ...{ value, standardError, n: answers, trivial: null, details: {} },
    ...{ low: Math.max(0, value - reach), high: Math.min(1, value + reach) },
  };
}

/** Of one class; 0 / 0 is 0, as in the metric. */
function ratioOf(name: 'precision' | 'recall' | 'f1', { rows, answers, right }: Expected): number {
  const [top, all] = {
    precision: [right, answers] as const,
    recall: [right, rows] as const,
    f1: [2 * right, rows + answers] as const,
  }[name];
  return all > 0 ? top / all : 0;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
