import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as Plot from '@observablehq/plot';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';

/** The colours of the house: the same on pages, in reports and in mails. */
export const colours = {
  reference: '#8a94a6',
  current: '#2563eb',
  ink: '#111827',
  muted: '#4b5563',
  line: '#e5e7eb',
  paper: '#ffffff',
} as const;

/** Family name of the font that is shipped beside this file. */
export const fontFamily = 'DejaVu Sans Condensed';

/** Pixels of the picture for one pixel on the page, so that it is sharp on dense screens. */
const density = 2;

/** What it takes to be drawn and put into a page or a mail. */
interface SvgElement {
  outerHTML: string;
}

/** Draws a plot as SVG text without a browser. Legends and titles are not for it: they would
 * turn the picture into a page. */
export function plotSvg(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>') as { document: unknown };
  const drawn: unknown = Plot.plot(Object.assign({}, options, { document }));
  return (drawn as SvgElement).outerHTML;
}

/** Turns SVG text into a PNG, `density` pixels for each of its own; only the shipped font. */
export function png(svg: string): Uint8Array {
  const picture = new Resvg(svg, {
    background: colours.paper,
    fitTo: { mode: 'zoom', value: density },
    font: { loadSystemFonts: false, fontFiles: fonts(), defaultFontFamily: fontFamily },
  });
  return picture.render().asPng();
}

/** Makes text inert inside XML. */
export function xml(text: string): string {
  return clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Text without control characters and lone surrogates, which no XML can hold. */
export function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ');
}

/** At most `most` characters, the rest as an ellipsis. */
export function shorten(text: string, most: number): string {
  const letters = Array.from(text);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

function fonts(): string[] {
  return ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf'].map(fontFile);
}

/** A label of more than `most` characters on two lines, broken between words where it can be. */
export function twoLines(text: string, most: number): string {
  const end = text.lastIndexOf(' ', most);
  if (text.length <= most || end < 1) return shorten(text, most);
  return `${text.slice(0, end)}\n${shorten(text.slice(end + 1), most)}`;
}

/** The fonts lie in the source tree; the compiled file runs from dist/charts. */
function fontFile(name: string): string {
  const places = [`./fonts/${name}`, `../../charts/fonts/${name}`];
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `charts: the font ${name} is missing; looked for ${paths.join(' and ')}. ` +
        'Install Aftercare again: the font is part of it.',
    );
  }
  return found;
}
