import type { Verdict } from '../domain/finding.js';
import type { DistributionBin } from './distribution.js';
import { distributionSvg } from './histogram.js';
import { clean, colours, xml } from './render.js';
import { reportStyle } from './report-style.js';

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

const SHAPES: Readonly<Record<Verdict, string>> = { ok: '●', warn: '▲', alert: '■', unknown: '○' };

/**
 * A page of HTML that needs nothing beside it: no script, no font, no address. Follows the light or
 * dark scheme of its reader.
 */
export function comparisonPage(report: Report): string {
  const { title, about, heads, columns, parts, notes } = report;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${xml(title)}</title><style>${reportStyle}</style></head><body><main>`,
    `<h1>${xml(title)}</h1>`,
    ...about.map((line) => `<p class="about">${xml(line)}</p>`),
    summary(heads, columns),
    list('In parts of the rows', parts),
    list('Beside the comparison', notes),
    '<h2>Columns</h2>',
    ...columns.slice(0, MOST_PICTURES).map(section),
    columns.length > MOST_PICTURES
      ? `<p class="about">${columns.length - MOST_PICTURES} more columns are in the table only.</p>`
      : '',
    '</main></body></html>\n',
  ].join('\n');
}

const word = (verdict: Verdict): string =>
  `<span class="${verdict}">${SHAPES[verdict]} ${verdict}</span>`;

function summary(heads: readonly string[], columns: readonly ReportColumn[]): string {
  const head = ['column', ...heads, 'verdict'].map((name) => `<th>${xml(name)}</th>`).join('');
  const rows = columns.map(({ name, figures, verdict }, place) => {
    const cells = figures.map((text) => `<td>${xml(text)}</td>`).join('');
    const to = place < MOST_PICTURES ? `<a href="#c${place}">${xml(name)}</a>` : xml(name);
    return `<tr><th>${to}</th>${cells}<td>${word(verdict)}</td></tr>`;
  });
  const body = rows.join('\n');
  return `<div class="wide"><table class="summary"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${title}</h2><ul>${lines.map((line) => `<li>${xml(line)}</li>`).join('')}</ul>`;
}

function section({ name, verdict, sentences, bins, statistics }: ReportColumn, place: number) {
  const rows = statistics.map(
    ([what, value, p]) => `<tr><th>${xml(what)}</th><td>${xml(value)}</td><td>${xml(p)}</td></tr>`,
  );
  const head = '<thead><tr><th>statistic</th><th>value</th><th>p-value</th></tr></thead>';
  return [
    `<section id="c${place}"><h3>${xml(name)} ${word(verdict)}</h3>`,
    ...sentences.map((text) => `<p>${xml(text)}</p>`),
    bins.length === 0 ? '' : `<figure>${picture(name, bins)}</figure>`,
    `<details><summary>All statistics</summary><table>${head}<tbody>${rows.join('')}</tbody></table>`,
    '</details></section>',
  ].join('\n');
}

/** The picture with the colours of the page in the place of those for paper. */
function picture(name: string, bins: readonly DistributionBin[]): string {
  const { svg } = distributionSvg({ title: clean(name), bins, unit: 'rows' });
  return [
    [colours.ink, 'ink'],
    [colours.muted, 'muted'],
    [colours.line, 'line'],
  ].reduce((text, [colour = '', role = '']) => text.replaceAll(colour, `var(--${role})`), svg);
}
