import { studentTail } from './beta.js';

/** Values of groups (outer) in periods (inner), of all groups in all periods. */
export type Panel = readonly (readonly number[])[];

/** How one value goes with another in the same group and period. */
export interface Slope {
  value: number;
  /** HC1. */
  standardError: number;
  /** One-sided, of "no slope, or below 0", by Student's t. */
  pValue: number;
}

/** A panel without the means of its groups and of its periods, as one list. */
function demeaned(panel: Panel): Float64Array {
  const groups = panel.length;
  const periods = panel[0]?.length ?? 0;
  const ofPeriod = new Float64Array(periods);
  const ofGroup = panel.map((row) => row.reduce((sum, one) => sum + one, 0) / periods);
  for (const row of panel) row.forEach((one, t) => add(ofPeriod, t, one / groups));
  const mean = ofGroup.reduce((sum, one) => sum + one, 0) / groups;
  const values = new Float64Array(groups * periods);
  panel.forEach((row, g) =>
    row.forEach((one, t) => {
      values[g * periods + t] = one - (ofGroup[g] ?? 0) - (ofPeriod[t] ?? 0) + mean;
    }),
  );
  return values;
}

function add(values: Float64Array, at: number, more: number): void {
  values[at] = (values[at] ?? 0) + more;
}

const products = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, one, i) => sum + one * (b[i] ?? 0), 0);

/** What is left of values is rounding where its squares are less than this part of theirs. */
const ROUNDING = 1e-20;

/**
 * Slope of `y` on `x` with effects of groups and periods, and where `beside` is given next to it:
 * least squares of the values without the means of both. null: too few values, or `x` does not vary
 * by itself within groups.
 */
export function slopeOf(y: Panel, x: Panel, beside: Panel | null = null): Slope | null {
  const groups = y.length;
  const periods = y[0]?.length ?? 0;
  const others = beside === null ? null : demeaned(beside);
  const free = (groups - 1) * (periods - 1) - (beside === null ? 1 : 2);
  if (free < 1) return null;
  // by Frisch, Waugh and Lovell: of y and x what the value beside them does not explain
  const [left, own] = [demeaned(y), demeaned(x)].map((one) => without(one, others));
  if (left === undefined || own === undefined) return null;
  const square = products(own, own);
  const all = Float64Array.from(x.flat());
  if (!(square > ROUNDING * products(all, all))) return null;
  const value = products(own, left) / square;
  let meat = 0;
  own.forEach((one, i) => (meat += (one * ((left[i] ?? 0) - value * one)) ** 2));
  const standardError = Math.sqrt((meat * ((groups * periods) / free)) / square ** 2);
  const t = standardError === 0 ? Math.sign(value) * Infinity : value / standardError;
  return { value, standardError, pValue: oneSided(t, free) };
}

/** P(T >= t); all of it without a slope. */
function oneSided(t: number, free: number): number {
  if (Number.isNaN(t)) return 1;
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  return studentTail(t, free);
}

function without(values: Float64Array, other: Float64Array | null): Float64Array {
  const square = other === null ? 0 : products(other, other);
  if (other === null || square === 0) return values;
  const slope = products(values, other) / square;
  return values.map((one, i) => one - slope * (other[i] ?? 0));
}
