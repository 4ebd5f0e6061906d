import { isWhole } from '../domain/slice.js';
import type { Compared, ComparedColumn } from '../app/compare.js';
import { besideOf } from '../app/compare-beside.js';
import {
  figureNames,
  figuresOf,
  isBad,
  sliceWords,
  titleOf,
  toldOf,
} from '../app/compare-words.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { exitWords } from './exit-codes.js';
import { fitted } from './fitted.js';
import { countLine, cut, verdictWord, wrap } from './output.js';

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
    wrap(titleOf(compared).join(' · '), WIDTH, ''),
    '',
    ...columnLines(compared.columns, detail),
    ...partLines(findings),
    ...besideLines(compared),
    '',
    ` ${countLine(counts, shown)}`,
    `exit ${exitCode} (${exitWords(exitCode)})`,
  ].join('\n');
}

const HEAD = ['COLUMN', ...figureNames.map((name) => name.toUpperCase()), 'VERDICT'];

function columnLines(all: readonly ComparedColumn[], detail: 'brief' | 'every'): string[] {
  const listed = detail === 'every' ? all : all.filter((one, i) => i < MOST || isBad(one));
  const cells = listed.map((one) => [
    cut(one.column, 22),
    ...figuresOf(one),
    verdictWord(one.verdict),
  ]);
  const [header = '', ...rows] = fitted(HEAD, cells, 'COLUMN').split('\n');
  const body = rows.flatMap((row, i) => {
    const sentences = toldOf(listed[i]?.findings ?? []);
    return [row, ...sentences.map((text) => wrap(text, WIDTH, '   '))];
  });
  const left = all.length - listed.length;
  const more = left > 0 ? [` … and ${left} more without a finding (--verbose lists them)`] : [];
  return [header, ...body, ...more];
}

/** What is bad in parts of the rows. */
function partLines(findings: readonly Finding[]): string[] {
  const bad = findings.filter((one) => !isWhole(one) && isBad(one) && isJudged(one));
  if (bad.length === 0) return [];
  const parts = [...new Set(bad.map(({ slice }) => sliceWords(slice)))];
  const lines = parts.flatMap((part) => {
    const own = bad.filter(({ slice }) => sliceWords(slice) === part);
    const worst = own.some(({ verdict }) => verdict === 'alert') ? 'alert' : 'warn';
    return [
      ` ${verdictWord(worst)} ${cut(part, WIDTH - 10)}`,
      ...toldOf(own).map((text) => wrap(text, WIDTH, '   ')),
    ];
  });
  return ['', ' In parts of the rows:', ...lines];
}

function besideLines(compared: Compared): string[] {
  const all = besideOf(compared);
  return all.length === 0 ? [] : ['', ...all.map((text) => wrap(text, WIDTH, ' '))];
}
