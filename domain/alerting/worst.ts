import type { AlertMember } from '../alert.js';
import type { Finding, Verdict } from '../finding.js';
import { isWhole, type Slice } from '../slice.js';

/** Worst first. */
const verdicts: readonly Verdict[] = ['alert', 'warn', 'unknown', 'ok'];

/**
 * How many times over its limit a finding is, >= 1, whichever side is worse; Infinity for a broken
 * rule, 1 where the limit is a loss against the reference, 0 where nothing was crossed.
 */
export function excessOf({ hard, value, verdict, limits }: Finding): number {
  if (verdict !== 'alert' && verdict !== 'warn') return 0;
  if (hard !== null) return Infinity;
  const limit = limits[verdict];
  if (value === null || limit === null) return 0;
  if (typeof limit === 'object' && ('drop' in limit || 'dropShare' in limit)) return 1;
  const bound = typeof limit === 'number' ? limit : 'above' in limit ? limit.above : limit.below;
  const ratio = Math.abs(value / bound);
  return Number.isNaN(ratio) ? 1 : Math.max(ratio, 1 / ratio);
}

/** Findings by verdict, then by how far they are over their limits; all rows before segments. */
export function worstFindings(findings: readonly Finding[]): Finding[] {
  const isPart = (finding: Finding) => Number(!isWhole(finding));
  return [...findings].sort(
    (a, b) =>
      verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
      descending(excessOf(a), excessOf(b)) ||
      isPart(a) - isPart(b),
  );
}

/**
 * Members with their findings, the worst first: firing before pending before what is ok again, then
 * by verdict, then by how far over the limit, then all rows before segments.
 */
export function worstFirst(
  members: readonly AlertMember[],
  findings: readonly Finding[],
  parts: ReadonlyMap<string, Slice> = new Map<string, Slice>(),
): { member: AlertMember; finding: Finding | null }[] {
  const rank = ({ condition, verdict }: AlertMember) =>
    condition === 'ok' ? 3 : verdict === 'ok' ? 2 : condition === 'pending' ? 1 : 0;
  const excess = (finding: Finding | null) => (finding === null ? 0 : excessOf(finding));
  return members
    .map((member) => ({ member, finding: findingOf(member, findings, parts) }))
    .sort(
      (a, b) =>
        rank(a.member) - rank(b.member) ||
        verdicts.indexOf(a.member.verdict) - verdicts.indexOf(b.member.verdict) ||
        descending(excess(a.finding), excess(b.finding)) ||
        Number(a.member.slice !== '') - Number(b.member.slice !== ''),
    );
}

/** Slices are told apart by hashes: without the slice behind it a member has no number. */
function findingOf(
  { check, target, slice }: AlertMember,
  findings: readonly Finding[],
  parts: ReadonlyMap<string, Slice>,
): Finding | null {
  const part = slice === '' ? {} : parts.get(slice);
  if (part === undefined) return null;
  const found = findings.find(
    (one) => one.check === check && one.target === target && isSameSlice(one.slice, part),
  );
  return found ?? null;
}

function isSameSlice(one: Slice, other: Slice): boolean {
  const names = Object.keys(one);
  const isLike = names.every((name) => one[name] === other[name]);
  return isLike && names.length === Object.keys(other).length;
}

/** Two infinities are equal. */
function descending(a: number, b: number): number {
  return a === b ? 0 : b - a;
}
