import type { Finding } from './finding.js';

/** Questions about rows as a whole: no column is broken there. */
const ABOUT_ROWS = new Set(['volume', 'freshness', 'duplicates', 'rejected_rows']);

/** Something with the findings that are there because of it, in their order; often none. */
export interface Folded<T> {
  cause: T;
  because: readonly T[];
}

/**
 * What is told, with the consequences of a broken column behind the rule that names the cause: a
 * change of unit moves every distance, mean and range of its column. The other bad findings of that
 * column, in whatever part of the rows, stand behind the first of its broken rules, which is of all
 * rows where there is one; another broken rule stays apart. Causes come first, all else keeps its
 * order. Nothing is left out. `findingOf`: null for what has none and is never folded.
 */
export function foldByCause<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding | null,
): Folded<T>[] {
  const causes = new Map<string, { item: T; finding: Finding; because: T[] }[]>();
  for (const item of byWhole(items, findingOf)) {
    const finding = findingOf(item);
    if (finding === null || !isCause(finding)) continue;
    const known = causes.get(finding.target) ?? [];
    if (known.some((one) => one.finding.hard === finding.hard)) continue;
    causes.set(finding.target, [...known, { item, finding, because: [] }]);
  }
  const heads = new Set([...causes.values()].flat().map(({ item }) => item));
  const rest: Folded<T>[] = [];
  for (const item of items) {
    if (heads.has(item)) continue;
    const finding = findingOf(item);
    const own = finding !== null && isBad(finding) ? (causes.get(finding.target) ?? []) : [];
    const cause = own.find((one) => one.finding.hard === finding?.hard) ?? own[0];
    if (cause === undefined || ABOUT_ROWS.has(finding?.check ?? '')) {
      rest.push({ cause: item, because: [] });
    } else cause.because.push(item);
  }
  const all = [...causes.values()].flat();
  const first = items.flatMap((item) => all.find((one) => one.item === item) ?? []);
  return [...first.map(({ item, because }) => ({ cause: item, because })), ...rest];
}

/** `4 more checks of temperature because of it: psi, ks, mean_shift`; null: of nothing. */
export function becauseWords(because: readonly Finding[]): string | null {
  const [first] = because;
  if (first === undefined) return null;
  const names = [...new Set(because.map(({ check }) => check))];
  const many = `${because.length} more ${because.length === 1 ? 'check' : 'checks'}`;
  return `${many} of ${first.target} because of it: ${names.join(', ')}`;
}

const isBad = ({ verdict }: Finding): boolean => verdict === 'alert' || verdict === 'warn';

function isCause(finding: Finding): boolean {
  return finding.hard !== null && isBad(finding) && !ABOUT_ROWS.has(finding.check);
}

/** Those of all rows before those of parts. */
function byWhole<T>(items: readonly T[], findingOf: (item: T) => Finding | null): T[] {
  const isPart = (item: T) => Number(Object.keys(findingOf(item)?.slice ?? {}).length > 0);
  return [...items].sort((a, b) => isPart(a) - isPart(b));
}
