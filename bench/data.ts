import type { Duck } from '../lake/duck.js';
import { perform, quoteText } from '../lake/ask.js';

/** First event time of the measured window, which lasts a day. */
export const start = Date.UTC(2026, 0, 1);
/** A day in milliseconds. */
export const DAY = 86_400_000;

/** How many columns of each kind a file has, beside those of every row. */
interface Shape {
  first: readonly (keyof ReturnType<typeof firstOf>)[];
  normal: number;
  amount: number;
  idle: number;
  share: number;
  whole: number;
  count: number;
  kind: number;
  /** Texts of up to 100,000 values. */
  code: number;
  born: 0 | 1;
}

const wide: Shape = {
  ...{ first: ['id', 'scored_at', 'score'], normal: 12, amount: 6, idle: 4, share: 3, whole: 4 },
  ...{ count: 4, kind: 10, code: 3, born: 1 },
};

/**
 * `window`: 50 columns of predictions. `features`: 50 features beside id, time and score. `peers`:
 * a time and 48 columns to compare: 35 numbers, 10 and 3 texts. `small`: 20 columns. `narrow`: 10.
 * `loop`: no features, but what decisions and their labels are told by.
 */
export const shapes = {
  window: wide,
  features: { ...wide, normal: 17, born: 0 },
  peers: { ...wide, first: ['scored_at'], normal: 14, born: 0 },
  small: {
    ...{ first: [], normal: 6, amount: 3, idle: 2, share: 1, whole: 1, count: 1, kind: 5 },
    ...{ code: 1, born: 0 },
  },
  narrow: {
    ...{ first: ['scored_at', 'score'], normal: 4, amount: 1, idle: 1, share: 0, whole: 0 },
    ...{ count: 0, kind: 2, code: 0, born: 0 },
  },
  loop: {
    first: ['scored_at', 'score', 'decision', 'explored', 'label', 'version', 'segment'],
    ...{ normal: 0, amount: 0, idle: 0, share: 0, whole: 0, count: 0, kind: 0, code: 0, born: 0 },
  },
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof shapes;

/** A number in (0, 1) that depends on the row, the column and the seed only. */
const uniform = (column: string, seed: number): string =>
  `((hash(i, ${quoteText(column)}, ${seed})::double + 1) / 18446744073709551617.0)`;

/** Nulls in every third column of numbers, 2 to 5 % of the rows. */
const holes = (value: string, column: string, index: number): string =>
  index % 3 === 0
    ? `case when ${uniform(`hole ${column}`, index)} < ${0.02 + (index % 4) / 100} then null else ${value} end`
    : value;

/**
 * Columns that are no features. A model blocks the twentieth of the rows with the highest scores,
 * but for one in twenty of these; labels of blocked rows come for one in ten.
 */
function firstOf({ seed, from, step }: Placed) {
  const score = uniform('score', seed);
  const [acts, held] = [`(${score} > 0.95)`, `(${uniform('held out', seed)} < 0.05)`];
  const seen = `(not ${acts} or ${held} or ${uniform('verified', seed)} < 0.1)`;
  return {
    id: 'i',
    scored_at: `make_timestamp(${from * 1000} + i * ${step})`,
    score,
    decision: `case when ${acts} and not ${held} then 'block' else 'pass' end`,
    explored: `(${acts} and ${held})`,
    label: `case when ${seen} then ${uniform('label', seed)} < ${score} * ${score} / 4 end`,
    version: `case when i % 2 = 0 then 'v1' else 'v2' end`,
    segment: `'region ' || (hash(i, 'segment', ${seed}) % 8)::varchar`,
  };
}

interface Placed {
  seed: number;
  from: number;
  step: number;
}

/** The generated columns: name and SQL of the value, in terms of the row number i. */
function columnsOf(shape: Shape, { seed, from, step }: Placed) {
  const first = firstOf({ seed, from, step });
  const list: [string, string][] = shape.first.map((name) => [name, first[name]]);
  const add = (prefix: string, count: number, value: (name: string) => string) => {
    for (let n = 0; n < count; n++) {
      const name = `${prefix}_${n}`;
      list.push([name, holes(value(name), name, list.length)]);
    }
  };
  // The mean moves a little with the seed.
  const normal = (name: string) =>
    `(sqrt(-2 * ln(${uniform(name, seed)})) * cos(2 * pi() * ${uniform(`angle ${name}`, seed)}) + ${(seed % 10) / 20})`;
  const idle = (name: string) =>
    `case when ${uniform(`idle ${name}`, seed)} < 0.6 then 0 else round(-20 * ln(${uniform(name, seed)}), 1) end`;
  add('normal', shape.normal, normal);
  add('amount', shape.amount, (name) => `round(exp(${normal(name)} * 0.8 + 2), 2)`);
  add('idle', shape.idle, idle);
  add('share', shape.share, (name) => uniform(name, seed));
  add('whole', shape.whole, (name) => `floor(${uniform(name, seed)} * 100)`);
  add(
    'count',
    shape.count,
    (name) => `(${uniform(name, seed)} * 10 ** (1 + ${name.slice(-1)}))::integer`,
  );
  const text = (name: string, values: number) =>
    `'${name.slice(0, 4)} ' || (hash(i, '${name}', ${seed}) % ${values})::varchar`;
  for (let n = 0; n < shape.kind; n++) list.push([`kind_${n}`, text(`kind_${n}`, 3 + 3 * n)]);
  for (let n = 0; n < shape.code; n++) list.push([`code_${n}`, text(`code_${n}`, 100_000)]);
  const born = `timestamp '2025-01-01' + to_seconds((hash(i, 'born') % 10000000)::int)`;
  return shape.born === 0 ? list : [...list, ['born', born] as [string, string]];
}

/** A file to be made: the same rows for the same words. */
export interface FileWords {
  file: string;
  rows: number;
  seed: number;
  shape: ShapeName;
  /** First event time; absent: `start`. */
  from?: number;
  /** Days over which the event times spread; absent: one. */
  days?: number;
}

/** Writes a zstd Parquet file in order of event time. */
export async function makeFile(db: Duck, words: FileWords): Promise<void> {
  const { file, rows, seed, shape, from = start, days = 1 } = words;
  const step = Math.floor((days * DAY * 1000) / rows);
  const list = columnsOf(shapes[shape], { seed, from, step });
  await perform(
    db,
    `copy (select ${list.map(([name, value]) => `${value} as ${name}`).join(', ')} ` +
      `from (select range as i from range(${rows}))) ` +
      `to ${quoteText(file)} (format parquet, compression zstd)`,
  );
}
