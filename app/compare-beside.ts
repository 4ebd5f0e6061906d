import { rejectedOf } from '../checks/rejected.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { measureName, testLines } from '../domain/naming.js';
import { valuesOf } from '../domain/profile.js';
import { isWhole, type Slice } from '../domain/slice.js';
import {
  amountWords,
  atOnce,
  countWords,
  isBad,
  isShort,
  toldFirst,
  toldOf,
} from './compare-words.js';
import type { Compared } from './compare.js';
import { unvariedWords } from './unvaried.js';

/** What is beside it: columns of one side, left out or unvaried ones, lines that were lost. */
export function besideOf(compared: Compared): string[] {
  const { onlyIn, leftOut, unmeasured, tables, input, findings, columns } = compared;
  const only = (['reference', 'current'] as const).flatMap((side) => {
    const names = onlyIn[side];
    return names.length === 0 ? [] : [`Only in ${input[side]}: ${names.join(', ')}`];
  });
  const unvaried = unvariedWords(findings);
  const left = leftOut.map(({ column, why }) => `Not compared: ${column} (${why})`);
  const bare = unmeasured.map(({ column, why }) => {
    const axis = tables.grid.axes[column];
    return `${column} (${axis?.distinct === 0 ? axis.type : why})`;
  });
  const measures = [...new Set(columns.flatMap(({ axis }) => measureName(axis) ?? []))];
  const measured = measures.map((measure) => {
    const own = columns.filter(({ axis }) => measureName(axis) === measure);
    return `Compared by ${measure}: ${own.map(({ column }) => column).join(', ')}`;
  });
  const lost = (['reference', 'current'] as const).flatMap((side) => {
    const lines = tables.unreadable[side];
    const values = unreadOf(compared, side).map(({ column, n }) => `${countWords(n)} of ${column}`);
    return [
      ...(lines === 0 ? [] : [`${input[side]}: ${amountWords(lines, 'line')} could not be read`]),
      ...(values.length === 0
        ? []
        : [`${input[side]}: values that could not be read: ${values.join(', ')}`]),
    ];
  });
  const rows = findings.filter((one) => one.check === 'rejected_rows' && isBad(one));
  const apart = oneSided(compared);
  const together = atOnce(findings);
  const moved = together === null ? [] : [`${together}: a sign of one change upstream.`];
  const tests = testLines(toldFirst(findings));
  const beside = [
    ...only,
    ...left,
    ...measured,
    ...(bare.length === 0 ? [] : [`Compared by type and missing values only: ${bare.join(', ')}`]),
    ...(unvaried === null ? [] : [unvaried]),
    ...lost,
    ...apart,
    ...shortOf(findings),
  ];
  return [
    ...toldOf(rows).map((text) => `${rows[0]?.verdict ?? ''}: ${text}`),
    ...moved,
    ...tests,
    ...beside,
  ];
}

/** Parts that one side has no row of, by segment: nothing can be said of them. */
function oneSided({ tables, input }: Compared): string[] {
  const { parts, come } = tables;
  const gone = parts.flatMap(({ slice, current }) => (current.rows === 0 ? [slice] : []));
  const whole = parts[0]?.current.rows === 0;
  return whole ? [] : [...onlyWords(gone, input.reference), ...onlyWords(come, input.current)];
}

function onlyWords(slices: readonly Slice[], path: string): string[] {
  return Object.entries(valuesOf(slices)).map(
    ([name, values]) => `Parts of ${name} in ${path} alone, not compared: ${values.join(', ')}`,
  );
}

/** Values of compared columns that came on one side and could not be read, most first. */
export function unreadOf(
  { whole, tables }: Compared,
  side: 'reference' | 'current',
): { column: string; n: number }[] {
  return rejectedOf(whole[side]).filter(({ column }) => tables.grid.axes[column] !== undefined);
}

/** `psi: 99 rows now and 10000 in the reference, 100 needed: amount, city`. */
function shortOf(findings: readonly Finding[]): string[] {
  const broken = new Set(findings.flatMap(({ hard, target }) => (hard === null ? [] : [target])));
  const why = new Map<string, string[]>();
  for (const one of findings) {
    if (!isShort(one) || !isJudged(one) || !isWhole(one)) continue;
    if (broken.has(one.target)) continue;
    const words = one.sentence.replace(` of ${one.target}:`, ':').replace(/\.$/, '');
    why.set(words, [...(why.get(words) ?? []), one.target]);
  }
  return [...why].map(([words, names]) => `Too little data for ${words}: ${names.join(', ')}`);
}
