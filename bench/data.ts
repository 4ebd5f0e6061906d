import type { Duck } from '../lake/duck.js';
import { perform, quoteText } from '../lake/ask.js';

/** First event time of the generated window, which lasts a day. */
export const start = Date.UTC(2026, 0, 1);

/** A number in (0, 1) that depends on the row, the column and the seed only. */
const uniform = (column: string, seed: number): string =>
  `((hash(i, ${quoteText(column)}, ${seed})::double + 1) / 18446744073709551617.0)`;

/** Nulls in every third column of numbers, 2 to 5 % of the rows. */
const holes = (value: string, column: string, index: number): string =>
  index % 3 === 0
    ? `case when ${uniform(`hole ${column}`, index)} < ${0.02 + (index % 4) / 100} then null else ${value} end`
    : value;

/** The generated columns: name and SQL of the value, in terms of the row number i. */
function columns(seed: number): [string, string][] {
  const list: [string, string][] = [
    ['id', 'i'],
    ['scored_at', `timestamp '2026-01-01' + to_microseconds(i * (86400000000 // rows))`],
    ['score', uniform('score', seed)],
  ];
  const add = (count: number, prefix: string, value: (name: string) => string) => {
    for (let n = 0; n < count; n++) {
      const name = `${prefix}_${n}`;
      list.push([name, holes(value(name), name, list.length)]);
    }
  };
  const normal = (name: string) =>
    `(sqrt(-2 * ln(${uniform(name, seed)})) * cos(2 * pi() * ${uniform(`angle ${name}`, seed)}) + ${seed / 20})`;
  add(12, 'normal', normal);
  add(6, 'amount', (name) => `round(exp(${normal(name)} * 0.8 + 2), 2)`);
  add(
    4,
    'idle',
    (name) =>
      `case when ${uniform(`idle ${name}`, seed)} < 0.6 then 0 else round(-20 * ln(${uniform(name, seed)}), 1) end`,
  );
  add(3, 'share', (name) => uniform(name, seed));
  add(4, 'whole', (name) => `floor(${uniform(name, seed)} * 100)`);
  add(4, 'count', (name) => `(${uniform(name, seed)} * 10 ** (1 + ${name.slice(-1)}))::integer`);
  for (let n = 0; n < 10; n++) {
    list.push([`kind_${n}`, `'kind ' || (hash(i, 'kind ${n}', ${seed}) % ${3 + 3 * n})::varchar`]);
  }
  for (let n = 0; n < 3; n++) {
    list.push([`code_${n}`, `'code ' || (hash(i, 'code ${n}', ${seed}) % 100000)::varchar`]);
  }
  list.push(['born', `timestamp '2025-01-01' + to_seconds((hash(i, 'born') % 10000000)::int)`]);
  return list;
}

/** Writes a zstd Parquet file of 50 columns; the same rows for the same seed. */
export async function makeFile(
  db: Duck,
  { file, rows, seed }: { file: string; rows: number; seed: number },
): Promise<void> {
  const list = columns(seed).map(([name, value]) => `${value} as ${name}`);
  if (list.length !== 50) throw new Error(`the benchmark has ${list.length} columns, not 50`);
  await perform(
    db,
    `copy (select ${list.join(', ')} from (select range as i, ${rows} as rows from range(${rows}))) ` +
      `to ${quoteText(file)} (format parquet, compression zstd)`,
  );
}
