import { MERGED } from '../checks/columns.js';
import { rejectedOf } from '../checks/rejected.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { becauseWords, foldByCause } from '../domain/folding.js';
import { figure, percent } from '../domain/judging/figures.js';
import { measureName, ruleWords, testLines } from '../domain/naming.js';
import type { Slice } from '../domain/profile.js';
import type { Compared, ComparedColumn } from './compare.js';
import { unvariedWords } from './unvaried.js';

/** What `figuresOf` gives, in its order. */
export const figureNames = ['psi', 'ks', 'tv', 'missing', 'median'] as const;

/** PSI, KS, total variation, more missing, median before → after; '' where there is none. */
export function figuresOf({ findings }: ComparedColumn): string[] {
  const valueOf = (name: string): number | null =>
    findings.find(({ check }) => check === name)?.value ?? null;
  const short = (name: string): string => {
    const value = valueOf(name);
    return value === null
      ? ''
      : Math.abs(value) >= 10
        ? figure(Math.round(value))
        : value.toFixed(3);
  };
  const missing = valueOf('missing');
  const more = missing === null || Math.abs(missing) < 5e-5 ? '' : sign(missing);
  return [short('psi'), short('ks'), short('total_variation'), more, medianOf(findings)];
}

/** Percentage points: `+1.2 pp`. */
const sign = (share: number): string =>
  `${share > 0 ? '+' : ''}${percent(share).replace('%', 'pp')}`;

function medianOf(findings: readonly Finding[]): string {
  const details = findings.find(({ check }) => check === 'mean_shift')?.details;
  const [before, now] = ['before', 'now'].map((side) => {
    const fan = (details?.[side] as { quantiles?: Record<string, unknown> } | undefined)?.quantiles;
    return typeof fan?.['p50'] === 'number' ? short(fan['p50']) : '';
  });
  return before && now ? (before === now ? before : `${before} → ${now}`) : '';
}

const short = (value: number): string => figure(Number(value.toPrecision(3)));

/** Warn or alert. */
export const isBad = ({ verdict }: { verdict: string }): boolean =>
  verdict === 'alert' || verdict === 'warn';

/** Bad findings, and why nothing could be said of a column where something should. */
function isTold(finding: Finding): boolean {
  const { verdict, check, reason } = finding;
  const isSilent = reason === 'not_applicable' && !isNamed(finding);
  const isThin = verdict === 'unknown' && check === 'psi' && !isSilent;
  return isJudged(finding) && (isBad(finding) || isThin || reason === 'error');
}

/** Said of every column that moved; here it is said once, beside them all. */
const AT_ONCE = /; (\d+ of \d+ features)( of .+?)? moved at once/;

/** What `toldOf` tells, without what a broken rule explains. */
function toldFirst(findings: readonly Finding[]): Finding[] {
  return foldByCause(findings.filter(isTold), (one) => one).map(({ cause }) => cause);
}

/** What is told of some findings, causes first, each once: a broken rule stands for the others. */
export function toldOf(findings: readonly Finding[]): string[] {
  const told = foldByCause(findings.filter(isTold), (one) => one).map(({ cause, because }) => {
    const more = becauseWords(because);
    const sentence = cause.sentence.replace(AT_ONCE, '');
    const rule = ruleWords(cause);
    return [sentence, ...(more === null ? [] : [`And ${more}.`]), ...(rule === null ? [] : [rule])];
  });
  return [...new Set(told.map((words) => words.join(' ')))];
}

/** `11 of 14 features moved at once`; null: not so many did. */
function atOnce(findings: readonly Finding[]): string | null {
  const whole = findings.filter(({ slice }) => Object.keys(slice).length === 0);
  const found = whole.flatMap(({ sentence }) => AT_ONCE.exec(sentence)?.[0] ?? []);
  return found[0]?.slice(2) ?? null;
}

/** Columns of which something could be said, were they other ones. */
const isNamed = ({ details }: Finding): boolean =>
  details['note'] === MERGED || details['note'] === 'no category is frequent enough for a bin';

/** `country = FR`. */
export function sliceWords(slice: Slice): string {
  return Object.entries(slice)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

/** Both sides, how many columns, and what the reader should know of the comparison. */
export function titleOf({ input, whole, columns }: Compared): string[] {
  const side = (path: string, rows: number): string => `${path} (${countWords(rows)} rows)`;
  return [
    `${side(input.reference, whole.reference.rows)} → ${side(input.current, whole.current.rows)}`,
    columns.length === 1 ? '1 column' : `${columns.length} columns`,
    ...(input.binning === 'exact' ? ['every value exact'] : []),
    'one-off comparison: no stated error rate',
  ];
}

/** What is beside it: columns of one side, left out or unvaried ones, lines that were lost. */
export function besideOf(compared: Compared): string[] {
  const { onlyIn, leftOut, unmeasured, tables, input, findings, columns } = compared;
  const only = (['reference', 'current'] as const).flatMap((side) => {
    const names = onlyIn[side];
    return names.length === 0 ? [] : [`Only in ${input[side]}: ${names.join(', ')}`];
  });
  const unvaried = unvariedWords(findings);
  const left = leftOut.map(({ column, why }) => `Not compared: ${column} (${why})`);
  const reasons = [...new Set(unmeasured.map(({ why }) => why))];
  const bare = reasons.map((reason) => {
    const names = unmeasured.flatMap(({ column, why }) => (why === reason ? [column] : []));
    return `Compared by type and missing values only: ${names.join(', ')} (${reason})`;
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
      ...(lines === 0 ? [] : [`${input[side]}: ${countWords(lines)} lines could not be read`]),
      ...(values.length === 0
        ? []
        : [`${input[side]}: values that could not be read: ${values.join(', ')}`]),
    ];
  });
  const together = atOnce(findings);
  const moved = together === null ? [] : [`${together}: a sign of one change upstream.`];
  const tests = testLines(toldFirst(findings));
  const beside = [
    ...only,
    ...left,
    ...measured,
    ...bare,
    ...(unvaried === null ? [] : [unvaried]),
    ...lost,
  ];
  return [...moved, ...tests, ...beside];
}

/** Values of compared columns that came on one side and could not be read, most first. */
export function unreadOf(
  { whole, tables }: Compared,
  side: 'reference' | 'current',
): { column: string; n: number }[] {
  return rejectedOf(whole[side]).filter(({ column }) => tables.grid.axes[column] !== undefined);
}

/** `12 345`: thousands apart by a thin space. */
function countWords(count: number): string {
  return count.toLocaleString('en-GB').replaceAll(',', '\u202f');
}
