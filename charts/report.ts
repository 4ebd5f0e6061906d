import type { Verdict } from '../domain/finding.js';
import type { DistributionBin } from './distribution.js';
import { figureHtml, listHtml, pageOf, tableHtml, verdictHtml } from './page.js';
import { xml } from './render.js';

/** One column of a comparison, in words and bins. */
export interface ReportColumn {
  name: string;
  verdict: Verdict;
  /** One cell under each head of the report. */
  figures: readonly string[];
  /** What was found, in sentences. */
  sentences: readonly string[];
  bins: readonly DistributionBin[];
  /** Every statistic that was computed, as texts: name, value, p-value. */
  statistics: readonly (readonly [string, string, string])[];
}

/** A comparison as a page. All texts may hold anything: they are inert on the page. */
export interface Report {
  title: string;
  /** What stands below the title, one line each. */
  about: readonly string[];
  heads: readonly string[];
  /** In the order of the page. */
  columns: readonly ReportColumn[];
  /** Findings of parts of the rows, one sentence each. */
  parts: readonly string[];
  /** What was not compared, and why. */
  notes: readonly string[];
}

/** So many columns are drawn: every picture takes 10 KB. */
const MOST_PICTURES = 100;

/** A page of HTML that needs nothing beside it (see pageOf). */
export function comparisonPage(report: Report): string {
  const { heads, columns, parts, notes } = report;
  return pageOf(report, [
    summary(heads, columns),
    listHtml('In parts of the rows', parts),
    listHtml('Beside the comparison', notes),
    '<h2>Columns</h2>',
    ...columns.slice(0, MOST_PICTURES).map(section),
    columns.length > MOST_PICTURES
      ? `<p class="about">${columns.length - MOST_PICTURES} more columns are in the table only.</p>`
      : '',
  ]);
}

function summary(heads: readonly string[], columns: readonly ReportColumn[]): string {
  const rows = columns.map(({ name, figures, verdict }, place) => {
    const to = place < MOST_PICTURES ? `<a href="#c${place}">${xml(name)}</a>` : xml(name);
    return [to, ...figures.map(xml), verdictHtml(verdict)];
  });
  return tableHtml(['column', ...heads, 'verdict'], rows);
}

function section({ name, verdict, sentences, bins, statistics }: ReportColumn, place: number) {
  const rows = statistics.map(
    ([what, value, p]) => `<tr><th>${xml(what)}</th><td>${xml(value)}</td><td>${xml(p)}</td></tr>`,
  );
  const head = '<thead><tr><th>statistic</th><th>value</th><th>p-value</th></tr></thead>';
  return [
    `<section id="c${place}"><h3>${xml(name)} ${verdictHtml(verdict)}</h3>`,
    ...sentences.map((text) => `<p>${xml(text)}</p>`),
    figureHtml(name, bins),
    `<details><summary>All statistics</summary><table>${head}<tbody>${rows.join('')}</tbody></table>`,
    '</details></section>',
  ].join('\n');
}
