import type { Finding } from './finding.js';

/** What two findings of one question have to have in common. */
const COMPARED = [
  ...(['verdict', 'reason', 'value', 'low', 'high', 'pValue', 'nCurrent', 'nReference'] as const),
];
type Compared = (typeof COMPARED)[number];

/** A finding that is not as it was; null: it was not there, or it is not there any more. */
export interface Unlike {
  then: Finding | null;
  now: Finding | null;
  /** What is not the same, in the order verdict, reason, value, …; [] where one is null. */
  fields: readonly Compared[];
}

/** So much of a number may be lost by adding its parts up in another order. */
const ROUNDING = 1e-9;

/**
 * Findings that are not the same twice: by check, target and slice, those of then first. A number
 * is the same when it differs by less than 1e-9 of itself.
 */
export function unlikeFindings(then: readonly Finding[], now: readonly Finding[]): Unlike[] {
  const left = new Map<string, Finding[]>();
  for (const one of now) left.set(nameOf(one), [...(left.get(nameOf(one)) ?? []), one]);
  const met = then.map((one): Unlike => {
    const found = left.get(nameOf(one))?.shift() ?? null;
    const fields = found === null ? [] : COMPARED.filter((key) => !isAlike(one[key], found[key]));
    return { then: one, now: found, fields };
  });
  const added = [...left.values()].flat();
  return [
    ...met.filter((one) => one.now === null || one.fields.length > 0),
    ...added.map((one) => ({ then: null, now: one, fields: [] })),
  ];
}

function nameOf({ check, target, slice }: Finding): string {
  return JSON.stringify([check, target, Object.entries(slice).sort()]);
}

function isAlike(then: Finding[Compared], now: Finding[Compared]): boolean {
  if (typeof then !== 'number' || typeof now !== 'number') return then === now;
  const most = Math.max(Math.abs(then), Math.abs(now));
  return Object.is(then, now) || Math.abs(then - now) <= ROUNDING * most;
}
