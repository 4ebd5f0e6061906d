import { z } from 'zod';
import { categoryCounts } from '../domain/judging/distribution.js';
import { figure, percent } from '../domain/judging/figures.js';
import { edgeOf, exactValues, numericCounts } from '../domain/judging/numeric.js';
import { measureName } from '../domain/naming.js';
import { isValue } from '../domain/judging/tail.js';
import type { ValueCounts } from '../domain/judging/numeric.js';
import { CATEGORY, FINE_BINS, size, total } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';
import { chanceOf, HARD_CHANCE, missingShare } from './missing.js';
import { binValues } from './one-value.js';
import type { BinValue } from './one-value.js';

/** A broken rule: its name, and what was seen in words that complete "amount: …". */
export interface Broken {
  rule: string;
  seen: string;
}

/** What checks of broken rules have in common: each is hard, whatever the rows and the limits. */
export const brokenRules = {
  unit: 'broken rules, 0 or 1',
  category: 'data-quality',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: null, alert: 1, minRows: 0, rule: 'calibrated' },
} as const;

/** Rows of one value, or of one fine bin, on both sides. */
interface Cell {
  value: string | number;
  current: number;
  reference: number;
  holds: BinValue['holds'];
}

function nameOf({ value, holds }: Cell): string {
  const text = String(value);
  const shown = text.trim() === text && text !== '' ? text : JSON.stringify(text);
  const name = typeof value === 'number' ? figure(value) : shown;
  return holds === 'about' ? `about ${name}` : name;
}

/** True when one cell of the window may hold half of its rows: else no value dominates. */
function isPeaked({ current }: ColumnPair): boolean {
  const { n } = current.sums;
  if (n === undefined) return false;
  const half = 0.5 * total(current);
  return n.some((rows) => rows >= half);
}

/** Non-missing cells of a column, both sides. */
function cellsOf({ axis, current, reference }: ColumnPair): Cell[] {
  return axis.kind === 'numeric'
    ? numericCells(axis, current, reference)
    : categoryCells(current, reference);
}

function numericCells(axis: Axis, current: Counts, reference: Counts): Cell[] {
  const exact = [exactValues(current), exactValues(reference)];
  if (exact[0] && exact[1]) return valueCells(exact[0], exact[1]);
  const [now, before] = [numericCounts(axis, current), numericCounts(axis, reference)];
  const held = binValues(axis, current, reference);
  const cells: Cell[] = axis.atoms.map((value, index) => ({
    value,
    current: now.atoms[index] ?? 0,
    reference: before.atoms[index] ?? 0,
    holds: 'one',
  }));
  now.fine.forEach((rows, cell) => {
    const other = before.fine[cell] ?? 0;
    if (rows + other === 0) return;
    const bin = Math.min(FINE_BINS, cell - 1);
    const inside = held.get(bin);
    cells.push({
      value: inside?.value ?? edgeOf(axis, Math.max(0, bin)),
      current: rows,
      reference: other,
      holds: inside?.holds ?? 'several',
    });
  });
  return cells;
}

function valueCells(now: ValueCounts, before: ValueCounts): Cell[] {
  const rows = (side: ValueCounts) =>
    new Map(side.values.map((value, index) => [value, side.counts[index] ?? 0]));
  const [current, reference] = [rows(now), rows(before)];
  return [...new Set([...current.keys(), ...reference.keys()])].map((value) => ({
    value,
    current: current.get(value) ?? 0,
    reference: reference.get(value) ?? 0,
    holds: 'one',
  }));
}

function categoryCells(current: Counts, reference: Counts): Cell[] {
  const [now, before] = [categoryCounts(current), categoryCounts(reference)];
  return [...new Set([...now.keys(), ...before.keys()])].filter(isValue).map((value) => ({
    value,
    current: now.get(value) ?? 0,
    reference: before.get(value) ?? 0,
    holds: 'one',
  }));
}

/** The column has one value where the reference had five or more. */
export function constant(pair: ColumnPair): Broken | null {
  const missing = missingShare(pair.axis, pair.current).hits > 0 ? 1 : 0;
  if (size(pair.current) - missing !== 1) return null;
  const cells = cellsOf(pair);
  const filled = cells.filter((cell) => cell.current > 0);
  const [only] = filled;
  const known = cells.filter((cell) => cell.reference > 0);
  if (filled.length !== 1 || only?.holds !== 'one' || known.length < 5) return null;
  if (categoryCounts(pair.current).has(CATEGORY.other)) return null;
  const top = known.reduce((most, cell) => Math.max(most, cell.reference), 0);
  const n = known.reduce((sum, cell) => sum + cell.reference, 0);
  const now = { hits: only.current, n: only.current };
  if (chanceOf(now, { hits: top, n }) >= HARD_CHANCE) return null;
  const of = measureName(pair.axis);
  const seen = of === null ? 'every value' : `the ${of} of every value`;
  return { rule: 'constant', seen: `${seen} is ${nameOf(only)}` };
}

/** One value's share is up by 50 points: a default that fills in. */
export function defaultFillsIn(pair: ColumnPair): Broken | null {
  if (!isPeaked(pair)) return null;
  const cells = cellsOf(pair);
  const n = missingShare(pair.axis, pair.current).n;
  const m = missingShare(pair.axis, pair.reference).n;
  for (const cell of cells) {
    const [now, before] = [cell.current / n, cell.reference / m];
    if (cell.holds === 'several' || now - before < 0.5) continue;
    const hits = { hits: cell.current, n };
    if (chanceOf(hits, { hits: cell.reference, n: m }) >= HARD_CHANCE) continue;
    const of = measureName(pair.axis);
    const name = of === null ? nameOf(cell) : `the ${of} ${nameOf(cell)}`;
    const seen = `${name} went from ${percent(before)} to ${percent(now)} of the rows`;
    return { rule: 'one value fills in', seen };
  }
  return null;
}
