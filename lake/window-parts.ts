import { ARM } from '../domain/arm.js';
import type { Arm } from '../domain/arm.js';
import type { Monitor } from '../domain/monitor.js';
import type { Slice } from '../domain/slice.js';
import type { Instant, Window } from '../domain/window.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import type { Clock } from './window-time.js';

/** A named way to part rows: by the texts of a column, or of an expression of the user's. */
export interface Dimension {
  name: string;
  by: string;
  /** So many values are slices, the largest ones; the rest is `other`. */
  top: number;
  /** Smaller slices are left out. */
  minRows: number;
  /** Texts of the slice `holdout`, all others are `treated`; absent: each text is a slice. */
  holdout?: readonly string[];
}

/** A row source has seldom more; the rest is one slice. */
const MOST_SOURCES = 8;
/** The slice of all values of a dimension that have none of their own. */
const OTHER = 'other';

/** What parts the rows of a monitor: the source of a row, its arm, and its segments. */
export function dimensionsOf({ columns, segments, windows }: Monitor): Dimension[] {
  const { rowSource, arm } = columns;
  const { minRows } = windows;
  const source = { name: 'row_source', by: rowSource ?? '', top: MOST_SOURCES, minRows };
  const { column: by = '', holdout = [] } = arm ?? {};
  const arms = { name: ARM, by, top: 2, minRows: 1, holdout };
  return [...(rowSource === null ? [] : [source]), ...(arm ? [arms] : []), ...segments];
}

/** Anything but a plain name is SQL of the user's. */
export const isExpression = ({ by, holdout }: Pick<Dimension, 'by' | 'holdout'>): boolean =>
  holdout === undefined && !/^[A-Za-z_]\w*$/.test(by);

/** Column of a view of rows that holds the text of a dimension. */
export const columnOf = ({ name }: Pick<Dimension, 'name'>): string => `slice by ${name}`;

/** Rows that are parted: every row belongs to one part, every part to some slices. */
export interface Parts {
  /** The rows, with `key` in them. */
  view: string;
  /** Column with the number of the part, INTEGER. */
  key: string;
  /** How many different parts there may be. */
  count: number;
  /** All that parts add up to, beside the whole. */
  slices: readonly PartSlice[];
  /** Numbers of the slices that a part belongs to. */
  slicesOf: (part: number) => readonly number[];
}

/** Rows of one value, of one period, or of both. */
export interface PartSlice {
  slice: Slice;
  /** The period, null: all of them. */
  period: Window | null;
  minRows: number;
}

/** The periods that the rows are cut into, and how their times are read. */
export interface Periods {
  windows: readonly Window[];
  clock: Clock;
  column: string;
}

interface PartsSpec {
  view: string;
  dimensions: readonly Dimension[];
  /** Dimension → its values, the largest first; absent: the largest ones of these rows. */
  values: Readonly<Record<string, readonly string[]>>;
  periods: Periods | null;
}

const KEY = 'part of the rows';

/** Parts rows for as long as `use` takes; null where there is nothing to part them by. */
export async function withParts<T>(
  db: Duck,
  { view, dimensions, values, periods }: PartsSpec,
  use: (parts: Parts | null) => Promise<T>,
): Promise<T> {
  if (dimensions.length === 0 && periods === null) return use(null);
  const axes: PartAxis[] = [];
  for (const dimension of dimensions) {
    if (dimension.holdout !== undefined) {
      axes.push(armAxis(columnOf(dimension), dimension.holdout));
      continue;
    }
    const told = values[dimension.name] ?? (await largest(db, view, dimension));
    axes.push(valueAxis(dimension, told));
  }
  const cuts = periods === null ? null : await periodAxis(periods);
  const all = cuts === null ? axes : [...axes, cuts];
  let stride = 1;
  const terms = all.map(({ sql, size }) => {
    const term = `(${sql}) * ${stride}`;
    stride *= size;
    return term;
  });
  const parted = fresh('parted');
  const number = `(${terms.join(' + ')})::integer as ${quoteName(KEY)}`;
  await perform(db, `create view ${parted} as select *, ${number} from ${view}`);
  try {
    const parts = { view: parted, key: KEY, count: stride };
    return await use({ ...parts, ...slicesOf(axes, periods?.windows ?? []) });
  } finally {
    await perform(db, `drop view ${parted}`);
  }
}

/** One way to number rows: 0 is nothing. */
interface PartAxis {
  sql: string;
  /** Numbers from 0 on. */
  size: number;
  /** What the numbers from 1 on stand for. */
  slices: readonly Slice[];
  minRows: number;
}

async function largest(db: Duck, rows: string, dimension: Dimension): Promise<string[]> {
  const { top: most } = dimension;
  const found = await ask(db, 'profile/parts', { rows, column: columnOf(dimension), most });
  return found.map(({ value }) => String(value));
}

function valueAxis(dimension: Dimension, values: readonly string[]): PartAxis {
  const column = quoteName(columnOf(dimension));
  const own = values.filter((value) => value !== OTHER).slice(0, dimension.top);
  // A function is asked once for each text of a dictionary, a comparison for each row.
  const found = `list_position([${own.map(quoteText).join(', ')}]::varchar[], ${column})`;
  const sql = `coalesce(${found}, case when ${column} is null then 0 else ${own.length + 1} end)`;
  const slices = [...own, OTHER].map((value) => ({ [dimension.name]: value }));
  return { sql, size: own.length + 2, slices, minRows: dimension.minRows };
}

/** A row without an arm is in neither. */
function armAxis(name: string, holdout: readonly string[]): PartAxis {
  const column = quoteName(name);
  const list = holdout.map(quoteText).join(', ');
  const arms: Arm[] = ['holdout', 'treated'];
  const sql =
    `case when coalesce(trim(${column}), '') = '' then 0 ` +
    `when ${column} in (${list}) then 1 else 2 end`;
  return { sql, size: 3, slices: arms.map((arm) => ({ [ARM]: arm })), minRows: 1 };
}

async function periodAxis({ windows, clock, column }: Periods): Promise<PartAxis> {
  const bounds: Instant[] = windows.map(({ start }) => start);
  bounds.push(windows.at(-1)?.end ?? 0);
  const cuts: string[] = [];
  for (const bound of bounds) cuts.push(await clock.cut(bound));
  const time = quoteName(column);
  // Halving: seven comparisons a row for a hundred periods.
  const pick = (from: number, to: number): string => {
    if (from === to) return String(from === cuts.length ? 0 : from);
    const middle = Math.floor((from + to) / 2);
    const [before, after] = [pick(from, middle), pick(middle + 1, to)];
    return `case when ${time} < ${cuts[middle] ?? ''} then ${before} else ${after} end`;
  };
  const sql = `case when ${time} is null then 0 else ${pick(0, cuts.length)} end`;
  return { sql, size: windows.length + 1, slices: windows.map(() => ({})), minRows: 0 };
}

function slicesOf(axes: readonly PartAxis[], windows: readonly Window[]) {
  const values = axes.flatMap(({ slices, minRows }) => slices.map((slice) => ({ slice, minRows })));
  const whole = { slice: {}, minRows: 0 };
  const slices: PartSlice[] = [
    ...values.map((one) => ({ ...one, period: null })),
    ...windows.flatMap((period) =>
      [whole, ...values].map(({ slice }) => ({ slice, minRows: 0, period })),
    ),
  ];
  const each = 1 + values.length;
  const numbers = (part: number): number[] => {
    const own: number[] = [];
    let rest = part;
    let first = 0;
    for (const { size } of axes) {
      const index = rest % size;
      if (index > 0) own.push(first + index - 1);
      rest = Math.floor(rest / size);
      first += size - 1;
    }
    if (rest === 0) return own;
    const start = values.length + (rest - 1) * each;
    return [...own, start, ...own.map((one) => start + 1 + one)];
  };
  return { slices, slicesOf: numbers };
}
