import { CATEGORY } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { ask, askColumns, askNumbers } from './ask.js';
import type { Row } from './ask.js';
import { soughtIn } from './category-cells.js';
import type { Duck } from './duck.js';
import type { ColumnOf } from './profile-numeric.js';
import { keysOf, partOf, rowsByPart } from './profile-parts.js';
import type { Parts } from './window-parts.js';

/** So many categories that the reference does not know keep their name. */
const NAMED = 50;
/** Columns with more known categories are asked one by one. */
const FEW = 200;
/** Categories of a column with few that one question tells. */
const TOLD = 2_000;
/** In more parts than this, not every category of a column with few occurs. */
const MOST_FEW = 64;
/** Columns in one question. */
const TOGETHER = 30;

type Cells = { value: string; n: number }[];
/** Part → counts. */
type ByPart = Map<number, Counts>;

/** Counts of categorical columns by `value`: column → counts by part, of all rows without parts. */
export async function profileCategories(
  db: Duck,
  at: { rows: string; parts: Parts | null },
  axes: readonly (readonly [string, Axis])[],
): Promise<Map<string, ByPart>> {
  const profiles = new Map<string, ByPart>();
  const few = axes.filter(([, axis]) => axis.known.length <= FEW && axis.tail !== true);
  const wide = new Set(axes.filter((one) => !few.includes(one)));
  for (let i = 0; i < few.length; i += TOGETHER) {
    const some = few.slice(i, i + TOGETHER);
    const told = await fewCategories(db, at, some);
    some.forEach(([column, axis], index) => {
      const cells = told[index];
      if (cells === null || cells === undefined) wide.add([column, axis]);
      else profiles.set(column, fold(cells, axis));
    });
  }
  for (const [column, axis] of wide) {
    profiles.set(column, await wideCategories(db, { ...at, column }, axis));
  }
  return profiles;
}

/** A category of one part. */
interface Told {
  part: number;
  value: string;
  n: number;
}

/** The categories of each column; null where there are more than one question tells. */
async function fewCategories(
  db: Duck,
  { rows, parts }: { rows: string; parts: Parts | null },
  axes: readonly (readonly [string, Axis])[],
): Promise<(Told[] | null)[]> {
  const columns = axes.map(([column]) => column);
  const keys = keysOf(parts);
  const most = TOLD * Math.min(parts?.count ?? 1, MOST_FEW);
  const params = { rows, keys, columns, sets: columns, most };
  const found = await askColumns(db, 'profile/categories', params);
  const every = 2 ** columns.length - 1;
  // The columns of a profile have different numbers of categories; none gives no row at all.
  const told: (Told[] | null)[] = columns.map(() => []);
  const part = found[keys[0] ?? ''];
  (found['grouping'] ?? []).forEach((grouping, row) => {
    const index = columns.length - 1 - Math.log2(every - Number(grouping));
    const list = told[index];
    if (list === null || list === undefined) return;
    if (Number(found['categories']?.[row]) > most) told[index] = null;
    else {
      const value = found['value']?.[row] ?? null;
      const n = Number(found['n']?.[row]);
      const text = value === null ? CATEGORY.missing : String(value);
      list.push({ part: Number(part?.[row] ?? 0), value: text, n });
    }
  });
  return told;
}

/** Keeps what the reference knows and the most frequent others; the rest is one category. */
function fold(told: readonly Told[], axis: Axis): ByPart {
  const known = new Set([...axis.known, CATEGORY.missing]);
  const totals = new Map<string, number>();
  for (const { value, n } of told) totals.set(value, (totals.get(value) ?? 0) + n);
  const others = byFrequency(
    [...totals].filter(([value]) => !known.has(value)).map(([value, n]) => ({ value, n })),
  );
  const kept = new Set([...known, ...others.slice(0, NAMED).map(({ value }) => value)]);
  return byPart(told, (cells) => {
    const named = cells.filter(({ value }) => kept.has(value));
    const rest = cells.filter(({ value }) => !kept.has(value));
    const n = rest.reduce((sum, one) => sum + one.n, 0);
    return n === 0 ? named : [...named, { value: CATEGORY.other, n }];
  });
}

function byPart<T extends { part: number }>(
  all: readonly T[],
  cellsOf: (some: readonly T[]) => Cells,
): ByPart {
  const groups = new Map<number, T[]>();
  for (const one of all) {
    const group = groups.get(one.part);
    if (group === undefined) groups.set(one.part, [one]);
    else group.push(one);
  }
  return new Map([...groups].map(([part, some]) => [part, counts(cellsOf(some))]));
}

async function wideCategories(
  db: Duck,
  { rows, column, parts }: ColumnOf & { parts: Parts | null },
  axis: Axis,
): Promise<ByPart> {
  const keys = keysOf(parts);
  const params = { rows, column, known: axis.known, named: NAMED };
  if (axis.tail === true) {
    const { looked, ...at } = await soughtIn(db, axis);
    const found = await ask(db, 'profile/categories_tail', { ...params, ...at, keys });
    return byPart(toldOf(found, keys), (cells) => withRest(cells, looked));
  }
  const found =
    parts === null
      ? await ask(db, 'profile/categories_wide', params)
      : await ask(db, 'profile/categories_wide_parts', { ...params, keys });
  return byPart(toldOf(found, keys), byFrequency);
}

const toldOf = (found: readonly Row[], keys: readonly string[]) =>
  found.map((row) => {
    const { value, kind, n } = row;
    return {
      part: partOf(row, keys),
      kind: String(kind),
      value: value === null ? (REST[String(kind)] ?? CATEGORY.other) : String(value),
      n: Number(n),
    };
  });

/** What stands for values that have no name. */
const { missing, unseen } = CATEGORY;
const REST: Readonly<Record<string, string>> = { missing, unseen };

const byFrequency = <T extends Cells[number]>(cells: readonly T[]): T[] =>
  [...cells].sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));

/** Known categories, those that the reference lacks if looked for, and what is neither. */
function withRest(found: readonly (Cells[number] & { kind: string })[], looked: boolean): Cells {
  const told = (kind: string) => found.find((one) => one.kind === kind)?.n ?? 0;
  const present = told('present');
  const named = byFrequency(found.filter(({ kind }) => kind === 'category' || kind === 'unseen'));
  const others = present - named.reduce((sum, { n }) => sum + n, 0);
  const isRest = ({ value }: Cells[number]) => value === CATEGORY.unseen;
  return [
    ...named,
    ...(looked && !named.some(isRest) ? [{ value: CATEGORY.unseen, n: 0 }] : []),
    { value: CATEGORY.other, n: others },
    { value: CATEGORY.missing, n: told('rows') - present },
  ];
}

/** Rows with and without a value, of a column whose values say nothing together. */
export async function profileOpaque(
  db: Duck,
  { rows, column, parts }: ColumnOf & { parts: Parts | null },
): Promise<ByPart> {
  const keys = keysOf(parts);
  const found = await askNumbers(db, 'profile/present', { rows, column, keys });
  const groups = rowsByPart(found, keys);
  return new Map(
    [...groups].map(([part, [row = -1]]) => {
      const present = found['present']?.[row] ?? 0;
      const missing = (found['rows']?.[row] ?? 0) - present;
      const told = [
        { value: CATEGORY.other, n: present },
        { value: CATEGORY.missing, n: missing },
      ];
      return [part, counts(told)] as const;
    }),
  );
}

function counts(cells: Cells): Counts {
  // Of a category that was looked for it is told that it is not there.
  const there = cells.filter(({ n, value }) => n > 0 || value === CATEGORY.unseen);
  return {
    by: { value: there.map(({ value }) => value) },
    sums: { n: Float64Array.from(there, ({ n }) => n) },
  };
}
