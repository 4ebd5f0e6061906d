import * as Plot from '@observablehq/plot';
import {
  distributionSentence,
  isCategorical,
  joinedBins,
  largestCategories,
  percent,
  shares,
  type DistributionBin,
  type Share,
} from './distribution.js';
import { clean, colours, fontFamily, plotSvg, png, shorten, twoLines, xml } from './render.js';

/** What the picture of one column's distribution is drawn from. */
export interface Distribution {
  /** The column; cut after 60 characters. */
  title: string;
  /** Bins in the order of the axis, or categories. */
  bins: readonly DistributionBin[];
  /** What the weights count, as `rows`: the caption says "share of" it. */
  unit: string;
}

/** A picture for a page or a mail: 552 px wide on the page, 1104 in the file. */
export interface Picture {
  png: Uint8Array;
  /** The picture in words, with its numbers. */
  alt: string;
}

/** Width on the page, in px: fits a mail of 600 px. */
const pictureWidth = 552;

const head = 52;
const foot = 12;

/** Upright bars in order for a numeric column, one labelled row for each category of others.
 * Draws the reference (slate, wide) and the current window (blue, narrow, in front) over the same
 * bins, as shares of their rows. Takes some 30 ms. Throws a RangeError for weights below 0. */
export function distributionPicture(distribution: Distribution): Picture {
  const { svg, alt } = distributionSvg(distribution);
  return { png: png(svg), alt };
}

/** The same picture as SVG text, for pages and reports. */
export function distributionSvg(distribution: Distribution): { svg: string; alt: string } {
  const title = shorten(clean(distribution.title), 60);
  const all = shares(distribution.bins).map((bin) => ({ ...bin, label: clean(bin.label) }));
  const categorical = isCategorical(distribution.bins);
  const drawn = categorical ? largestCategories(all) : joinedBins(all);
  const body = drawn.length === 0 ? '' : categorical ? rows(drawn) : columns(drawn);
  const height = head + foot + (drawn.length === 0 ? 0 : heightOf(drawn, categorical));
  const alt = distributionSentence(title, categorical ? drawn : all);
  return { svg: frame({ title, unit: clean(distribution.unit), body, height, alt }), alt };
}

function heightOf(bins: readonly Share[], categorical: boolean): number {
  return categorical ? 16 + bins.length * 30 : 210;
}

const style = { fontFamily, fontSize: '11px', color: colours.muted };

interface Bar extends Share {
  /** Labels may repeat; places do not. */
  place: number;
}

function placed(bins: readonly Share[]): Bar[] {
  return bins.map((bin, place) => ({ ...bin, place }));
}

function columns(bins: readonly Share[]): string {
  const bars = placed(bins);
  const ticks = visibleTicks(bars);
  const labelOf = (place: number): string => {
    const { label = '', alone = false } = bars[place] ?? {};
    return alone ? twoLines(label, 14) : shorten(label, 14);
  };
  const hasLines = ticks.some((place) => labelOf(place).includes('\n'));
  return plotSvg({
    width: pictureWidth,
    height: heightOf(bins, false),
    marginLeft: 44,
    marginRight: hasLines ? 38 : 16, // what stands apart is last: half of its label is beside it
    marginTop: 10,
    marginBottom: hasLines ? 40 : 28,
    style,
    x: {
      type: 'band',
      padding: 0.12,
      label: null,
      ticks,
      tickSize: 0,
      tickFormat: labelOf,
    },
    y: { label: null, ticks: 4, tickSize: 0, tickFormat: (share: number) => wholePercent(share) },
    marks: [
      Plot.gridY({ ticks: 4, stroke: colours.line, strokeOpacity: 1 }),
      Plot.barY(bars, { x: 'place', y: 'reference', fill: colours.reference }),
      Plot.barY(bars, { x: 'place', y: 'current', fill: colours.current, ...slim(bars) }),
      Plot.ruleY([0], { stroke: colours.muted }),
    ],
  });
}

/** The front bar leaves a fifth of the one behind it visible on either side. */
function slim(bars: readonly Bar[]): { insetLeft: number; insetRight: number } {
  const inset = Math.max(1, ((pictureWidth - 60) / bars.length) * 0.2);
  return { insetLeft: inset, insetRight: inset };
}

/** As many labels as fit beside each other, evenly spaced. */
function visibleTicks(bars: readonly Bar[]): number[] {
  const longest = Math.max(...bars.map((bar) => Math.min(14, bar.label.length)));
  const fit = Math.max(2, Math.floor((pictureWidth - 60) / (longest * 6.2 + 10)));
  const step = Math.ceil(bars.length / fit);
  const rest = bars.length - bars.filter((bar) => bar.alone).length;
  // The label of missing values is always there, so the one before it may have to go.
  return bars
    .filter(
      (bar) =>
        bar.alone || (bar.place % step === 0 && (rest === bars.length || bar.place + step <= rest)),
    )
    .map((bar) => bar.place);
}

function rows(bins: readonly Share[]): string {
  const bars = placed(bins);
  const longest = Math.max(...bars.map((bar) => Math.min(24, bar.label.length)));
  const end = Math.max(...bars.map((bar) => Math.max(bar.reference, bar.current)), 0.01);
  return plotSvg({
    width: pictureWidth,
    height: heightOf(bins, true),
    marginLeft: 24 + longest * 6.2,
    marginRight: 108,
    marginTop: 8,
    marginBottom: 8,
    style,
    x: { domain: [0, end], axis: null },
    y: {
      type: 'band',
      padding: 0.25,
      label: null,
      tickSize: 0,
      tickFormat: (place: number) => shorten(bars[place]?.label ?? '', 24),
    },
    marks: [
      Plot.barX(bars, { y: 'place', x: 'reference', fill: colours.reference }),
      Plot.barX(bars, {
        y: 'place',
        x: 'current',
        fill: colours.current,
        insetTop: 5,
        insetBottom: 5,
      }),
      Plot.ruleX([0], { stroke: colours.muted }),
      Plot.text(bars, {
        y: 'place',
        x: end,
        dx: 10,
        textAnchor: 'start',
        fill: colours.ink,
        text: (bar: Bar) => `${percent(bar.reference)} → ${percent(bar.current)}`,
      }),
    ],
  });
}

function wholePercent(share: number): string {
  return `${+(share * 100).toFixed(1)} %`;
}

interface Frame {
  title: string;
  unit: string;
  body: string;
  height: number;
  alt: string;
}

/** Title, key and plot; drawn here because Plot's own title and legend are no SVG. */
function frame({ title, unit, body, height, alt }: Frame): string {
  const key = (x: number, side: 'reference' | 'current'): string =>
    `<rect x="${x}" y="33" width="10" height="10" rx="2" fill="${colours[side]}"/>` +
    `<text x="${x + 15}" y="42" font-size="11" fill="${colours.muted}">${side}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureWidth}" height="${height}"`,
    ` viewBox="0 0 ${pictureWidth} ${height}" role="img" aria-label="${xml(alt)}"`,
    ` font-family="${fontFamily}">`,
    `<text x="16" y="22" font-size="14" font-weight="700" fill="${colours.ink}">`,
    `${xml(title)}</text>`,
    key(16, 'reference'),
    key(96, 'current'),
    `<text x="${pictureWidth - 16}" y="42" font-size="11" text-anchor="end" `,
    `fill="${colours.muted}">share of ${xml(unit)}</text>`,
    `<g transform="translate(0 ${head})">${body}</g></svg>`,
  ].join('');
}
