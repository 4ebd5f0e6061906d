import type { Monitor } from '../domain/monitor.js';
import type { Counts } from '../domain/profile.js';
import { askColumns } from './ask.js';
import type { Duck } from './duck.js';
import type { Binning } from './profile-columns.js';

type Columns = Awaited<ReturnType<typeof askColumns>>;
type Value = Columns[string][number];

/** Counts, and the answer that they are from, for what parts their rows. */
export interface Answered {
  counts: Counts;
  found: Columns;
}

interface From {
  monitor: Monitor;
  binning: Binning;
  /** Predictions with their labels. */
  joined: string;
  keys: string[];
}

/** Cells of a class's probability, numbered as those of scores in slices are: 256 of 4,096. */
const CELLS = 256;
const TOGETHER = 16;

/** The classes that have probabilities, in one order everywhere. */
export const classesOf = ({ columns: { prediction } }: Monitor): string[] =>
  Object.keys(prediction?.probabilities ?? {}).sort();

/**
 * Outcomes of several classes with their probabilities: predictions by predicted class and label
 * (`table` ''), labelled ones by the place of their label (`place`), and all by the probability of
 * each class (`class`). Only the first have `n`, the others `rows`.
 */
export async function answersOfClasses(
  db: Duck,
  { monitor, binning, joined, keys }: From,
): Promise<Answered> {
  const from = { joined, keys, classes: classesOf(monitor) };
  const cells = binning === 'exact' ? 0 : CELLS;
  const met = await askColumns(db, 'performance/surprises', from);
  const places = await askColumns(db, 'performance/places', from);
  const classes = await askColumns(db, 'performance/classes', { ...from, cells });
  const found = together(
    [
      { ...met, table: named(met, '') },
      { ...places, table: named(places, 'place'), predicted: places['place'] ?? [] },
      { ...classes, table: named(classes, 'class'), predicted: classes['class'] ?? [] },
    ],
    [
      ...keys,
      'table',
      'predicted',
      'label',
      'version',
      'answer',
      'chance',
      ...SUMS.map(([name]) => name),
    ],
  );
  const by = {
    table: texts(found, 'table'),
    predicted: texts(found, 'predicted'),
    label: texts(found, 'label'),
    answer: texts(found, 'answer'),
    chance: texts(found, 'chance').map((text) => (binning === 'exact' ? text : cellOf(text))),
    ...versionOf(monitor, found),
  };
  return { found, counts: { by, sums: sumsOf(found, SUMS) } };
}

const SUMS = [
  ['n', 'n'],
  ['rows', 'rows'],
  ['rated', 'rated'],
  ['loss', 'loss'],
  ['squared_loss', 'squaredLoss'],
] as const;

/** The number of a cell as that of its middle among 4,096; '' of none. */
const cellOf = (text: string): string =>
  text === '' ? '' : String(Number(text) * TOGETHER + TOGETHER / 2);

/** Outcomes of rankings: sums over requests, of those with a label and those without any. */
export async function answersOfRankings(
  db: Duck,
  { monitor, joined, keys }: From,
): Promise<Answered> {
  const k = monitor.columns.prediction?.ranking?.k ?? 0;
  const found = await askColumns(db, 'performance/rankings', { joined, keys, k });
  const by = { label: texts(found, 'label'), ...versionOf(monitor, found) };
  return { found, counts: { by, sums: sumsOf(found, REQUESTS) } };
}

const REQUESTS = [
  ['n', 'n'],
  ['requests', 'requests'],
  ['ndcg', 'ndcg'],
  ['squared_ndcg', 'squaredNdcg'],
  ['map', 'map'],
  ['squared_map', 'squaredMap'],
  ['mrr', 'mrr'],
  ['squared_mrr', 'squaredMrr'],
  ['hits', 'hits'],
] as const;

const named = (columns: Columns, name: string): Value[] =>
  Array.from(columns['version'] ?? [], () => name);

/** Answers below each other, with null where one of them has no such column. */
function together(answers: readonly Columns[], names: readonly string[]): Columns {
  const columns = names.map((name) => [
    name,
    answers.flatMap((one) => one[name] ?? Array.from(one['version'] ?? [], (): Value => null)),
  ]);
  return Object.fromEntries(columns) as Columns;
}

const texts = (found: Columns, name: string): string[] =>
  (found[name] ?? []).map((value) => String(value ?? ''));

function versionOf({ columns }: Monitor, found: Columns): { version?: string[] } {
  return columns.version === null ? {} : { version: texts(found, 'version') };
}

function sumsOf(
  found: Columns,
  names: readonly (readonly [column: string, sum: string])[],
): Record<string, Float64Array> {
  const sums = names.map(([column, name]) => [
    name,
    Float64Array.from(found[column] ?? [], (value) => Number(value ?? 0)),
  ]);
  return Object.fromEntries(sums) as Record<string, Float64Array>;
}
