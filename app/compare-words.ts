import { MERGED } from '../checks/columns.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { becauseWords, foldByCause } from '../domain/folding.js';
import { figure, percent } from '../domain/judging/figures.js';
import { ruleWords } from '../domain/naming.js';
import { isWhole, type Slice } from '../domain/slice.js';
import type { Compared, ComparedColumn } from './compare.js';

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
    const middle = middleOf(details?.[side] as Side | undefined);
    return middle === null ? '' : short(middle);
  });
  return before && now ? (before === now ? before : `${before} → ${now}`) : '';
}

/** Of a column of one value the bins know its mean better. */
function middleOf(side: Side | undefined): number | null {
  const median = side?.quantiles?.['p50'];
  if (typeof median !== 'number') return null;
  const { mean, sd } = side ?? {};
  return mean !== undefined && sd !== undefined && sd <= 1e-9 * Math.abs(mean) ? mean : median;
}

interface Side {
  mean?: number;
  sd?: number;
  quantiles?: Record<string, unknown>;
}

const short = (value: number): string => figure(Number(value.toPrecision(3)));

/** Warn or alert. */
export const isBad = ({ verdict }: { verdict: string }): boolean =>
  verdict === 'alert' || verdict === 'warn';

/** Bad findings, and why nothing could be said of a column where something should. */
function isTold(finding: Finding): boolean {
  const { verdict, check, reason } = finding;
  const isSilent = reason === 'not_applicable' && !isNamed(finding);
  const isThin = verdict === 'unknown' && check === 'psi' && !isSilent && !isShort(finding);
  return isJudged(finding) && (isBad(finding) || isThin || reason === 'error');
}

/** Too few rows: said once of all columns that are there. */
export const isShort = ({ reason, check }: Finding): boolean =>
  check === 'psi' && reason === 'insufficient_data';

/** Said of every column that moved; here it is said once, beside them all. */
const AT_ONCE = /; (\d+ of \d+ features)( of .+?)? moved at once/;

/** What `toldOf` tells, without what a broken rule explains. */
export function toldFirst(findings: readonly Finding[]): Finding[] {
  return foldByCause(findings.filter(isTold), (one) => one).map(({ cause }) => cause);
}

/** What is told of some findings, causes first, each once: a broken rule stands for the others. */
export function toldOf(findings: readonly Finding[]): string[] {
  const told = foldByCause(findings.filter(isTold), (one) => one).map(({ cause, because }) => {
    const more = becauseWords(because, cause);
    const sentence = cause.sentence.replace(AT_ONCE, '');
    const rule = ruleWords(cause);
    return [sentence, ...(more === null ? [] : [`And ${more}.`]), ...(rule === null ? [] : [rule])];
  });
  return [...new Set(told.map((words) => words.join(' ')))];
}

/** `11 of 14 features moved at once`; null: not so many did. */
export function atOnce(findings: readonly Finding[]): string | null {
  const whole = findings.filter(isWhole);
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
  const side = (path: string, rows: number): string => `${path} (${amountWords(rows, 'row')})`;
  return [
    `${side(input.reference, whole.reference.rows)} → ${side(input.current, whole.current.rows)}`,
    columns.length === 1 ? '1 column' : `${columns.length} columns`,
    ...(input.binning === 'exact' ? ['every value exact'] : []),
    'one-off comparison: no stated error rate',
  ];
}

/** `1 row`, `12 rows`. */
export function amountWords(count: number, noun: string): string {
  return `${countWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12 345`: thousands apart by a thin space. */
export function countWords(count: number): string {
  return count.toLocaleString('en-GB').replaceAll(',', '\u202f');
}
