import type { Compared, ComparedColumn } from '../app/compare.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { figure, percent } from '../domain/judging/figures.js';
import { exitWords } from './exit-codes.js';
import { countLine, cut, table, verdictWord, wrap } from './output.js';
import { countWords } from './words.js';

/** So many columns are listed one by one; the others are calm and counted. */
const MOST = 60;
const WIDTH = 80;

/**
 * The comparison for people, at most 80 columns wide: one line per column, the largest change
 * first, and below a bad one what was found of it.
 */
export function comparisonTable(
  compared: Compared,
  { exitCode, detail }: { exitCode: number; detail: 'brief' | 'every' },
): string {
  const { counts, findings } = compared;
  const shown = findings.filter((one) => one.verdict === 'ok' && !isJudged(one)).length;
  return [
    wrap(titleOf(compared), WIDTH, ''),
    '',
    ...columnLines(compared.columns, detail),
    ...partLines(findings),
    ...besideLines(compared),
    '',
    ` ${countLine(counts, shown)}`,
    `exit ${exitCode} (${exitWords(exitCode)})`,
  ].join('\n');
}

function titleOf({ input, whole, columns }: Compared): string {
  const side = (path: string, rows: number): string => `${path} (${countWords(rows)} rows)`;
  return [
    `${side(input.reference, whole.reference.rows)} → ${side(input.current, whole.current.rows)}`,
    columns.length === 1 ? '1 column' : `${columns.length} columns`,
    ...(input.binning === 'exact' ? ['every value exact'] : []),
    'one-off comparison: no stated error rate',
  ].join(' · ');
}

const HEAD = ['COLUMN', 'PSI', 'KS', 'TV', 'MISSING', 'MEDIAN', 'VERDICT'];

function columnLines(all: readonly ComparedColumn[], detail: 'brief' | 'every'): string[] {
  const listed = detail === 'every' ? all : all.filter((one, i) => i < MOST || isBad(one));
  const cells = listed.map((one) => [
    cut(one.column, 22),
    ...figuresOf(one),
    verdictWord(one.verdict),
  ]);
  const [header = '', ...rows] = table(HEAD, cells).split('\n');
  const body = rows.flatMap((row, i) => {
    const sentences = (listed[i]?.findings ?? []).filter(isTold).map(({ sentence }) => sentence);
    return [row, ...[...new Set(sentences)].map((text) => wrap(text, WIDTH, '   '))];
  });
  const left = all.length - listed.length;
  const more = left > 0 ? [` … and ${left} more without a finding (--verbose lists them)`] : [];
  return [header, ...body, ...more];
}

const isBad = ({ verdict }: { verdict: string }): boolean =>
  verdict === 'alert' || verdict === 'warn';

/** Bad findings, and why nothing could be said of a column where something should. */
function isTold(finding: Finding): boolean {
  const { verdict, check, reason } = finding;
  const isThin = verdict === 'unknown' && check === 'psi' && reason !== 'not_applicable';
  return isJudged(finding) && (isBad(finding) || isThin);
}

/** PSI, KS, total variation, more missing, median before → after; '' where there is none. */
function figuresOf({ findings }: ComparedColumn): string[] {
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
  return [short('psi'), short('ks'), short('total_variation'), more, cut(medianOf(findings), 19)];
}

/** Percentage points: `+1.2 %`. */
const sign = (share: number): string => `${share > 0 ? '+' : ''}${percent(share)}`;

function medianOf(findings: readonly Finding[]): string {
  const details = findings.find(({ check }) => check === 'mean_shift')?.details;
  const [before, now] = ['before', 'now'].map((side) => {
    const fan = (details?.[side] as { quantiles?: Record<string, unknown> } | undefined)?.quantiles;
    return typeof fan?.['p50'] === 'number' ? short(fan['p50']) : '';
  });
  return before && now ? (before === now ? before : `${before} → ${now}`) : '';
}

const short = (value: number): string => figure(Number(value.toPrecision(3)));

/** What is bad in parts of the rows. */
function partLines(findings: readonly Finding[]): string[] {
  const bad = findings.filter(
    (one) => Object.keys(one.slice).length > 0 && isBad(one) && isJudged(one),
  );
  if (bad.length === 0) return [];
  const lines = bad.map(({ slice, verdict, sentence }) => {
    const words = Object.entries(slice).map(([name, value]) => `${name} = ${value}`);
    return `${verdictWord(verdict)} ${words.join(', ')}\n${wrap(sentence, WIDTH, '   ')}`;
  });
  return ['', ' In parts of the rows:', ...lines.map((line) => ` ${line}`)];
}

function besideLines({ onlyIn, leftOut, tables, input }: Compared): string[] {
  const only = (['reference', 'current'] as const).flatMap((side) => {
    const names = onlyIn[side];
    return names.length === 0 ? [] : [`Only in ${input[side]}: ${names.join(', ')}`];
  });
  const left = leftOut.map(({ column, why }) => `Not compared: ${column} (${why})`);
  const lost = (['reference', 'current'] as const).flatMap((side) => {
    const lines = tables.unreadable[side];
    return lines === 0 ? [] : [`${input[side]}: ${countWords(lines)} lines could not be read`];
  });
  const all = [...only, ...left, ...lost];
  return all.length === 0 ? [] : ['', ...all.map((text) => wrap(text, WIDTH, ' '))];
}
