import { CATEGORY } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { ask, askColumns, askNumbers } from './ask.js';
import type { Row } from './ask.js';
import type { Duck } from './duck.js';
import type { ColumnOf } from './profile-numeric.js';

/** So many categories that the reference does not know keep their name. */
const NAMED = 50;
/** Columns with more known categories are asked one by one. */
const FEW = 200;
/** Categories of a column with few that one question tells. */
const TOLD = 2_000;
/** Columns in one question. */
const TOGETHER = 30;

type Cells = { value: string; n: number }[];

/** Counts of categorical columns by `value`: column → counts. */
export async function profileCategories(
  db: Duck,
  rows: string,
  axes: readonly (readonly [string, Axis])[],
): Promise<Record<string, Counts>> {
  const profiles: Record<string, Counts> = {};
  const few = axes.filter(([, axis]) => axis.known.length <= FEW && axis.tail !== true);
  const wide = new Set(axes.filter((one) => !few.includes(one)));
  for (let i = 0; i < few.length; i += TOGETHER) {
    const part = few.slice(i, i + TOGETHER);
    const told = await fewCategories(db, rows, part);
    part.forEach(([column, axis], index) => {
      const cells = told[index];
      if (cells === null || cells === undefined) wide.add([column, axis]);
      else profiles[column] = counts(fold(cells, axis));
    });
  }
  for (const [column, axis] of wide) {
    profiles[column] = await wideCategories(db, { rows, column }, axis);
  }
  return profiles;
}

/** The categories of each column; null where there are more than one question tells. */
async function fewCategories(
  db: Duck,
  rows: string,
  axes: readonly (readonly [string, Axis])[],
): Promise<(Cells | null)[]> {
  const columns = axes.map(([column]) => column);
  const params = { rows, columns, sets: columns, most: TOLD };
  const found = await askColumns(db, 'profile/categories', params);
  const every = 2 ** columns.length - 1;
  // The columns of a profile have different numbers of categories; none gives no row at all.
  const cells: (Cells | null)[] = columns.map(() => []);
  const groups = (found['grouping'] ?? []).map(Number);
  groups.forEach((grouping, row) => {
    const index = columns.length - 1 - Math.log2(every - grouping);
    const list = cells[index];
    if (list === null || list === undefined) return;
    if (Number(found['categories']?.[row]) > TOLD) cells[index] = null;
    else {
      const value = found['value']?.[row] ?? null;
      const n = Number(found['n']?.[row]);
      list.push({ value: value === null ? CATEGORY.missing : String(value), n });
    }
  });
  return cells;
}

/** Keeps what the reference knows and the most frequent others; the rest is one category. */
function fold(cells: Cells, axis: Axis): Cells {
  const known = new Set([...axis.known, CATEGORY.missing]);
  let named = 0;
  let rest = 0;
  const kept = cells.filter(({ value, n }) => {
    if (known.has(value) || named++ < NAMED) return true;
    rest += n;
    return false;
  });
  return rest === 0 ? kept : [...kept, { value: CATEGORY.other, n: rest }];
}

async function wideCategories(db: Duck, at: ColumnOf, axis: Axis): Promise<Counts> {
  const params = { ...at, known: axis.known };
  if (axis.tail === true) {
    const found = await ask(db, 'profile/categories_tail', params);
    return counts(withRest(cellsOf(found)));
  }
  const found = await ask(db, 'profile/categories_wide', { ...params, named: NAMED });
  return counts(byFrequency(cellsOf(found)));
}

type Found = { kind: string; value: string; n: number }[];

const cellsOf = (found: readonly Row[]): Found =>
  found.map(({ value, kind, n }) => ({
    kind: String(kind),
    value:
      kind === 'category' ? String(value) : kind === 'missing' ? CATEGORY.missing : CATEGORY.other,
    n: Number(n),
  }));

const byFrequency = <T extends Cells[number]>(cells: readonly T[]): T[] =>
  [...cells].sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));

/** What is neither a known category nor missing. */
function withRest(found: Found): Cells {
  const known = byFrequency(found.filter(({ kind }) => kind === 'category'));
  const told = (kind: string) => found.find((one) => one.kind === kind)?.n ?? 0;
  const present = told('present');
  const named = known.reduce((sum, { n }) => sum + n, 0);
  return [
    ...known,
    { value: CATEGORY.other, n: present - named },
    { value: CATEGORY.missing, n: told('rows') - present },
  ];
}

/** Rows with and without a value, of a column whose values say nothing together. */
export async function profileOpaque(db: Duck, at: ColumnOf): Promise<Counts> {
  const found = await askNumbers(db, 'profile/present', { ...at });
  const present = found['present']?.[0] ?? 0;
  const missing = (found['rows']?.[0] ?? 0) - present;
  return counts([
    { value: CATEGORY.other, n: present },
    { value: CATEGORY.missing, n: missing },
  ]);
}

function counts(cells: Cells): Counts {
  const there = cells.filter(({ n }) => n > 0);
  return {
    by: { value: there.map(({ value }) => value) },
    sums: { n: Float64Array.from(there, ({ n }) => n) },
  };
}
