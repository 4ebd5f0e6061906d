import type { Verdict } from '../domain/finding.js';
import type { DistributionBin } from './distribution.js';
import { distributionSvg } from './histogram.js';
import { clean, colours, xml } from './render.js';
import { reportStyle } from './report-style.js';

/**
 * A page of HTML that needs nothing beside it: no script, no font, no address. Follows the light or
 * dark scheme of its reader. `body` is HTML; title and lines may hold anything.
 */
export function pageOf(
  { title, about }: { title: string; about: readonly string[] },
  body: readonly string[],
): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${xml(title)}</title><style>${reportStyle}</style></head><body><main>`,
    `<h1>${xml(title)}</h1>`,
    ...about.map((line) => `<p class="about">${xml(line)}</p>`),
    ...body,
    '</main></body></html>\n',
  ].join('\n');
}

const SHAPES: Readonly<Record<Verdict, string>> = { ok: '●', warn: '▲', alert: '■', unknown: '○' };

/** A verdict as a shape and a word, in its colour. */
export const verdictHtml = (verdict: Verdict): string =>
  `<span class="${verdict}">${SHAPES[verdict]} ${verdict}</span>`;

/** Lines below a heading; '' for none. */
export function listHtml(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${xml(title)}</h2><ul>${lines.map((line) => `<li>${xml(line)}</li>`).join('')}</ul>`;
}

/** A table whose cells are HTML; the first of a row is its head. */
export function tableHtml(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((name) => `<th>${xml(name)}</th>`).join('');
  const body = rows.map(([first = '', ...rest]) => {
    return `<tr><th>${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return (
    `<div class="wide"><table class="summary"><thead><tr>${head}</tr></thead>` +
    `<tbody>${body.join('\n')}</tbody></table></div>`
  );
}

/** A distribution with the colours of the page in the place of those for paper; '' without bins. */
export function figureHtml(name: string, bins: readonly DistributionBin[]): string {
  if (bins.length === 0) return '';
  const { svg } = distributionSvg({ title: clean(name), bins, unit: 'rows' });
  const drawn = [
    [colours.ink, 'ink'],
    [colours.muted, 'muted'],
    [colours.line, 'line'],
  ].reduce((text, [colour = '', role = '']) => text.replaceAll(colour, `var(--${role})`), svg);
  return `<figure>${drawn}</figure>`;
}
