import type { Finding } from './finding.js';
import { partWords } from './naming.js';
import { isWhole } from './slice.js';

/** Questions about rows as a whole: no column is broken there. */
const ABOUT_ROWS = new Set(['volume', 'ready', 'freshness', 'duplicates', 'rejected_rows']);

/** Something with the findings that are there because of it, in their order; often none. */
export interface Folded<T> {
  cause: T;
  because: readonly T[];
}

/**
 * What is told, with the consequences of a broken column behind the rule that names the cause: a
 * change of unit moves every distance, mean and range of its column. The other bad findings of that
 * column, in whatever part of the rows, stand behind the first of its broken rules, the widest one:
 * of all rows, of one source of rows, of another part. Another broken rule stays apart, but where
 * it is what the same check saw in a part that is no source. What a check found in all rows stands
 * for what it found alike in parts of them: no worse, and not surely more than twice as far.
 * Causes come first, all else keeps its order. Nothing is left out. `findingOf`: null for what has
 * none and is never folded. `parts`: only what was found in parts of a wider cause is folded.
 */
export function foldByCause<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding | null,
  which: 'all' | 'parts' = 'all',
): Folded<T>[] {
  const causes = causesOf(items, findingOf);
  const heads = new Set([...causes.values()].flat().map(({ item }) => item));
  const rest: Folded<T>[] = [];
  const leads = leadsOf(items, findingOf);
  for (const item of items) {
    if (heads.has(item)) continue;
    const finding = findingOf(item);
    const own = finding !== null && isBad(finding) ? (causes.get(finding.target) ?? []) : [];
    const able = own.filter((one) => which === 'all' || isWider(one.finding, finding));
    const cause = able.find((one) => one.finding.hard === finding?.hard) ?? able[0];
    const lead = finding === null ? undefined : leads.get(questionOf(finding));
    if (cause !== undefined && !ABOUT_ROWS.has(finding?.check ?? '')) cause.because.push(item);
    else if (finding !== null && lead && isAlike(finding, lead.finding)) lead.because.push(item);
    else rest.push({ cause: item, because: lead?.item === item ? lead.because : [] });
  }
  const all = [...causes.values()].flat();
  const first = items.flatMap((item) => all.find((one) => one.item === item) ?? []);
  return [...first.map(({ item, because }) => ({ cause: item, because })), ...rest];
}

const questionOf = ({ check, target }: Finding): string => `${check} ${target}`;

/** Question → what it found in all rows, where that is bad and no broken rule. */
function leadsOf<T>(items: readonly T[], findingOf: (item: T) => Finding | null) {
  const leads = new Map<string, Cause<T>>();
  for (const item of items) {
    const finding = findingOf(item);
    if (finding === null || finding.hard !== null || !isBad(finding) || !isWhole(finding)) continue;
    leads.set(questionOf(finding), { item, finding, because: [] });
  }
  return leads;
}

/** A part moved as all rows did: no worse, the same way, and not surely more than twice as far. */
function isAlike(part: Finding, whole: Finding): boolean {
  if (part.hard !== null || !isBad(part) || isWhole(part)) return false;
  if (part.verdict === 'alert' && whole.verdict !== 'alert') return false;
  const [there, here] = [whole.value ?? 0, part.value ?? 0];
  if (there * here < 0) return false;
  const least = here < 0 ? -(part.high ?? here) : (part.low ?? here);
  return least <= 2 * Math.abs(there);
}

interface Cause<T> {
  item: T;
  finding: Finding;
  because: T[];
}

/** Column → its broken rules, the widest one first. */
function causesOf<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding | null,
): Map<string, Cause<T>[]> {
  const found = items.flatMap((item): Cause<T>[] => {
    const finding = findingOf(item);
    return finding !== null && isCause(finding) ? [{ item, finding, because: [] }] : [];
  });
  found.sort((a, b) => byWidth(a.finding, b.finding));
  const causes = new Map<string, Cause<T>[]>();
  for (const one of found) {
    const { target, hard, check } = one.finding;
    const known = causes.get(target) ?? [];
    const isKnown = known.some(
      ({ finding }) =>
        finding.hard === hard || (finding.check === check && isWider(finding, one.finding)),
    );
    if (!isKnown) causes.set(target, [...known, one]);
  }
  return causes;
}

/** Widest first: all rows, a source of rows, other parts; then by the size of the effect. */
export function byWidth(a: Finding, b: Finding): number {
  return widthOf(a) - widthOf(b) || Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0);
}

/** True when a finding in a part that is no source of rows is what a wider one may explain. */
export function isWider(one: Finding, other: Finding | null): boolean {
  return other !== null && widthOf(other) === PART && widthOf(one) < PART;
}

const PART = 2;

function widthOf({ slice }: Finding): number {
  const names = Object.keys(slice);
  if (names.length === 0) return 0;
  return names.length === 1 && names[0] === 'row_source' ? 1 : PART;
}

/** Parts that are named; the others are counted. */
const NAMED_PARTS = 3;

/**
 * `4 more checks of temperature because of it: psi, ks, mean_shift`; behind a finding that is no
 * broken rule `2 parts alike: country = FR, country = DE`; null: of nothing.
 */
export function becauseWords(because: readonly Finding[], lead: Finding | null): string | null {
  const [first] = because;
  if (first === undefined) return null;
  if (lead !== null && lead.hard === null) {
    const parts = because.map(partWords);
    const more = parts.length - NAMED_PARTS;
    const named = [...parts.slice(0, NAMED_PARTS), ...(more > 0 ? [`${more} more`] : [])];
    return `${parts.length} ${parts.length === 1 ? 'part' : 'parts'} alike: ${named.join(', ')}`;
  }
  const names = [...new Set(because.map(({ check }) => check))];
  const many = `${because.length} more ${because.length === 1 ? 'check' : 'checks'}`;
  return `${many} of ${first.target} because of it: ${names.join(', ')}`;
}

const isBad = ({ verdict }: Finding): boolean => verdict === 'alert' || verdict === 'warn';

function isCause(finding: Finding): boolean {
  return finding.hard !== null && isBad(finding) && !ABOUT_ROWS.has(finding.check);
}
