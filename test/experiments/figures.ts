import { poissonInterval } from '../../stats/poisson.js';
import { wilson } from '../../stats/intervals.js';

/** What a figure has to be; `null`: it is only reported. */
export type Bound = { most: number } | { least: number } | null;

/** One measured number: a cell of a table. */
export interface Figure {
  row: string;
  column: string;
  value: number;
  /** 95 % interval: exact for counts, Wilson's for shares; null where there is none. */
  interval: { low: number; high: number } | null;
  must: Bound;
  /** What chance alone moves it by: one standard deviation at the bound. */
  sd: number;
  kind: 'share' | 'rate' | 'number';
}

export interface Measured {
  id: string;
  title: string;
  /** How it was done, in sentences. */
  setup: string;
  tables: readonly { title: string; figures: readonly Figure[] }[];
}

/** `quick` runs in the test suite; `full` is what is published. */
export type Size = 'quick' | 'full';

export interface Experiment {
  id: string;
  run(size: Size): Measured;
}

/** A share of `n` trials. */
export function share(
  cell: { row: string; column: string; must?: Bound },
  { hits, n }: { hits: number; n: number },
): Figure {
  const { must = null } = cell;
  const p = must === null ? hits / n : limitOf(must);
  const sd = Math.sqrt((p * (1 - p)) / n);
  const interval = wilson({ hits, n });
  return { ...cell, must, value: hits / n, interval, sd, kind: 'share' };
}

/** Events in each of `runs` spans, on average. */
export function rate(
  cell: { row: string; column: string; must?: Bound },
  { count, runs }: { count: number; runs: number },
): Figure {
  const { must = null } = cell;
  const { low, high } = poissonInterval(count);
  const sd = Math.sqrt((must === null ? count / runs : limitOf(must)) / runs);
  const interval = { low: low / runs, high: high / runs };
  return { ...cell, must, value: count / runs, interval, sd, kind: 'rate' };
}

/** A number without an interval of its own. */
export function plain(cell: { row: string; column: string }, value: number): Figure {
  return { ...cell, value, interval: null, must: null, sd: 0, kind: 'number' };
}

const limitOf = (must: Exclude<Bound, null>): number => ('most' in must ? must.most : must.least);

/** Figures that are not what they must be, beyond `sds` standard deviations of chance. */
export function broken({ tables }: Measured, sds: number): string[] {
  return tables
    .flatMap(({ figures }) => figures)
    .filter(({ value, must, sd }) => {
      if (must === null) return false;
      return 'most' in must ? value > must.most + sds * sd : value < must.least - sds * sd;
    })
    .map((figure) => `${figure.row}, ${figure.column}: ${words(figure)}`);
}

/** `0.95 [0.88, 0.98] (at least 0.95)` */
function words(figure: Figure): string {
  const { value, interval } = figure;
  const range = interval === null ? '' : ` [${short(interval.low)}, ${short(interval.high)}]`;
  return `${short(value)}${range}${goalOf(figure)}`;
}

function goalOf({ must }: Figure): string {
  if (must === null) return '';
  return 'most' in must ? ` (at most ${must.most})` : ` (at least ${must.least})`;
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 10 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size < 0.0995 && size > 0 ? 3 : 2);
}

/** Tables of Markdown: rows in the order of their first figure, columns likewise. */
export function markdown({ id, title, setup, tables }: Measured): string {
  const parts = tables.map(tableOf);
  return [`## ${id}: ${title}`, '', setup, '', parts.join('\n\n'), ''].join('\n');
}

/** A goal that all figures of a column share stands at its head, others beside their figures. */
function tableOf({ title, figures }: Measured['tables'][number]): string {
  const rows = [...new Set(figures.map(({ row }) => row))];
  const columns = [...new Set(figures.map(({ column }) => column))];
  const shared = new Map(
    columns.map((column) => {
      const goals = new Set(figures.filter((one) => one.column === column).map(goalOf));
      return [column, goals.size === 1 ? [...goals].join('') : ''];
    }),
  );
  const cell = (row: string, column: string) => {
    const found = figures.find((one) => one.row === row && one.column === column);
    if (found === undefined) return '';
    return words(shared.get(column) === '' ? found : { ...found, must: null });
  };
  return [
    `**${title}**`,
    '',
    `| | ${columns.map((column) => `${column}${shared.get(column) ?? ''}`).join(' | ')} |`,
    `|-|${columns.map(() => '-').join('|')}|`,
    ...rows.map((row) => `| ${row} | ${columns.map((one) => cell(row, one)).join(' | ')} |`),
  ].join('\n');
}
