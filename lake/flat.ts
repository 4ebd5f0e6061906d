import type { Counts, Profile } from '../domain/profile.js';
import { size } from '../domain/profile.js';
import { signatureOf } from './cells.js';

/** Columns of one profile among several. */
export type Columns = Profile['columns'];

/**
 * The columns of several profiles as few tables: those of one signature in one, by `part` (number
 * of the profile), `column` and their own keys. Signature → table. A column without cells is lost.
 */
export function flatten(parts: readonly Columns[]): Record<string, Counts> {
  const groups = new Map<string, { part: number; column: string; counts: Counts }[]>();
  parts.forEach((columns, part) => {
    for (const [column, counts] of Object.entries(columns)) {
      if (size(counts) === 0) continue;
      const signature = signatureOf(counts);
      const group = groups.get(signature) ?? [];
      group.push({ part, column, counts });
      groups.set(signature, group);
    }
  });
  const tables = [...groups].map(([signature, group]) => [signature, tableOf(group)] as const);
  return Object.fromEntries(tables);
}

function tableOf(group: readonly { part: number; column: string; counts: Counts }[]): Counts {
  const first = group[0]?.counts ?? { by: {}, sums: {} };
  const length = group.reduce((sum, { counts }) => sum + size(counts), 0);
  const part = new Int32Array(length);
  const column: string[] = [];
  for (const one of group) {
    part.fill(one.part, column.length, column.length + size(one.counts));
    for (let i = 0; i < size(one.counts); i++) column.push(one.column);
  }
  const by: Counts['by'] = { part, column };
  for (const [key, cells] of Object.entries(first.by)) {
    by[key] =
      cells instanceof Int32Array
        ? filled(
            new Int32Array(length),
            group.map(({ counts }) => numbersOf(counts.by[key])),
          )
        : group.flatMap(({ counts }) => Array.from(counts.by[key] ?? [], String));
  }
  const sums = Object.keys(first.sums).map((key) => {
    const all = group.map(({ counts }) => numbersOf(counts.sums[key]));
    return [key, filled(new Float64Array(length), all)] as const;
  });
  return { by, sums: Object.fromEntries(sums) };
}

type Numbers = Int32Array | Float64Array;

/** Of one signature: nowhere are there names in the place of numbers. */
function numbersOf(cells: Counts['by'][string] | Float64Array | undefined): Numbers {
  if (cells instanceof Int32Array || cells instanceof Float64Array) return cells;
  throw new TypeError('Counts of one signature have the same keys and sums.');
}

/** `target` with `arrays` one after the other: copied as they are, no list of numbers between. */
function filled<T extends Numbers>(target: T, arrays: readonly Numbers[]): T {
  let at = 0;
  for (const array of arrays) {
    target.set(array, at);
    at += array.length;
  }
  return target;
}

/** The inverse of `flatten`, for so many profiles; the columns may come in another order. */
export function unflatten(tables: readonly Counts[], parts: number): Record<string, Counts>[] {
  const profiles = Array.from({ length: parts }, () => new Map<string, Counts>());
  for (const table of tables) {
    const { part = [], column = [], ...keys } = table.by;
    let from = 0;
    for (let row = 1; row <= column.length; row++) {
      if (part[row] === part[from] && column[row] === column[from]) continue;
      const [start, end] = [from, row];
      const cut = <T extends { slice(from: number, to: number): T }>(all: Record<string, T>) =>
        Object.fromEntries(Object.entries(all).map(([key, one]) => [key, one.slice(start, end)]));
      const profile = profiles[Number(part[from])];
      const by = cut(keys as Record<string, string[]>) as Counts['by'];
      profile?.set(String(column[from]), { by, sums: cut(table.sums) });
      from = row;
    }
  }
  // Not one by one: a column may have a name that an object has something else under.
  return profiles.map((columns) => Object.fromEntries(columns));
}
