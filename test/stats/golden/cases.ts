import { sharedJson } from '../../support/shared-data.js';

/** A published figure of another tool, with the rows behind it. */
export interface Case {
  id: string;
  metric: string;
  params: Record<string, unknown>;
  reference: unknown;
  current: unknown;
  /** The figure at full precision, where it could be computed again. */
  recomputed?: unknown;
  expected: unknown;
  tolerance: number;
}
export type Value = string | number | boolean | null;

export const { cases } = sharedJson<{ cases: Case[] }>('golden/golden-cases.json', { cases: [] });

/** A side of a case: given, or in a file of its own. */
export function side(given: unknown): Value[] {
  const file = (given as { file?: string } | null)?.file;
  return file === undefined ? (given as Value[]) : sharedJson<Value[]>(`golden/${file}`, []);
}

export function numbers(given: unknown): number[] {
  return side(given).filter((value) => typeof value === 'number');
}

export interface Counted {
  now: number[];
  before: number[];
}

/** Rows of each value of either side, nulls left out; sides given as counts are taken so. */
export function byValue({ current, reference }: Case): Counted {
  if (!Array.isArray(side(reference))) {
    const [a, b] = [reference as Record<string, number>, current as Record<string, number>];
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return { now: names.map((name) => b[name] ?? 0), before: names.map((name) => a[name] ?? 0) };
  }
  const [before, now] = [tallied(side(reference)), tallied(side(current))];
  const values = [...new Set([...before.keys(), ...now.keys()])].filter((value) => value !== null);
  const rows = (of: Map<Value, number>) => values.map((value) => of.get(value) ?? 0);
  return { now: rows(now), before: rows(before) };
}

function tallied(values: readonly Value[]): Map<Value, number> {
  const rows = new Map<Value, number>();
  for (const value of values) rows.set(value, (rows.get(value) ?? 0) + 1);
  return rows;
}

export function total(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0);
}
