import { isWhole } from '../domain/slice.js';
import type { ReportColumn } from '../charts/index.js';
import { figure, pInWords } from '../domain/judging/figures.js';
import type { Compared, ComparedColumn } from './compare.js';
import { besideOf } from './compare-beside.js';
import { figureNames, figuresOf, isBad, sliceWords, titleOf, toldOf } from './compare-words.js';
import { writePage } from './write-page.js';
import { isJudged, type Finding } from '../domain/finding.js';

/** Writes the comparison as a page of HTML; UsageError where it cannot be written. */
export async function writeComparison(compared: Compared, file: string): Promise<void> {
  const parts = compared.findings.filter((one) => !isWhole(one) && isJudged(one) && isBad(one));
  const { alert, warn, ok, unknown } = compared.counts;
  const { comparisonPage } = await import('../charts/index.js'); // only who draws loads it
  const page = comparisonPage({
    title: `${compared.input.reference} → ${compared.input.current}`,
    about: [
      titleOf(compared).join(' · '),
      `Findings: ${alert} alert, ${warn} warn, ${ok} ok, ${unknown} unknown.`,
    ],
    heads: figureNames,
    columns: compared.columns.map(reportColumn),
    parts: parts.map(({ slice, verdict, sentence }) => {
      return `${verdict}, ${sliceWords(slice)}: ${sentence}`;
    }),
    notes: besideOf(compared),
  });
  await writePage(page, file);
}

function reportColumn(compared: ComparedColumn): ReportColumn {
  const { column, verdict, findings, bins } = compared;
  return {
    name: column,
    verdict,
    figures: figuresOf(compared),
    sentences: toldOf(findings),
    bins,
    statistics: findings.filter(({ value }) => value !== null).map(statisticOf),
  };
}

function statisticOf({ check, value, pValue }: Finding): [string, string, string] {
  return [check, figure(value ?? NaN), pValue === null ? '' : pInWords(pValue, 0)];
}
