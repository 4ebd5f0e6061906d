import { shorten, xml } from './render.js';

/** One link of a feedback loop, in words. */
export interface DrawnLink {
  /** The boxes that it leads between, as `decision` and `label`. */
  from: string;
  to: string;
  state: 'seen' | 'not_seen' | 'unknown';
  /** `seen: causal`, `unknown`. */
  evidence: string;
  /** The number and who says it, or what is needed; '' for nothing. */
  strength: string;
}

const SIZE = { width: 720, height: 290 } as const;
const BOX = { width: 110, height: 44 } as const;

/** Where the four stand: a ring, clockwise from the first. */
const CORNERS = [
  { x: 130, y: 60 },
  { x: 590, y: 60 },
  { x: 590, y: 230 },
  { x: 130, y: 230 },
] as const;

const COLOURS = { seen: 'var(--warn)', not_seen: 'var(--ok)', unknown: 'var(--unknown)' } as const;
const LONGEST = 44;

/**
 * The links of a loop as a ring of SVG for a page, with the colours of its style: a full line where
 * something is seen, a thin one where nothing is, a broken one where nobody knows. For four links,
 * each of which begins where the one before ends.
 */
export function loopSvg(links: readonly DrawnLink[]): string {
  const said = links.map(({ from, to, evidence }) => `${from} to ${to}: ${evidence}`).join('; ');
  return [
    `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" role="img" `,
    `aria-label="${xml(said)}" font-size="13">`,
    ...links.map((link, place) => arrow(link, place)),
    ...links.map(({ from }, place) => box(from, place)),
    '</svg>',
  ].join('');
}

const cornerOf = (place: number) => CORNERS[place % CORNERS.length] ?? CORNERS[0];

function box(name: string, place: number): string {
  const { x, y } = cornerOf(place);
  const [left, top] = [x - BOX.width / 2, y - BOX.height / 2];
  return (
    `<rect x="${left}" y="${top}" width="${BOX.width}" height="${BOX.height}" rx="8" ` +
    `fill="var(--paper)" stroke="var(--muted)"/>` +
    `<text x="${x}" y="${y + 5}" text-anchor="middle" fill="var(--ink)" font-weight="600">` +
    `${xml(name)}</text>`
  );
}

/** From the edge of one box to that of the next, with its words beside it. */
function arrow({ state, evidence, strength }: DrawnLink, place: number): string {
  const [from, to] = [cornerOf(place), cornerOf(place + 1)];
  const isLevel = from.y === to.y;
  const way = Math.sign(isLevel ? to.x - from.x : to.y - from.y);
  const gap = (isLevel ? BOX.width : BOX.height) / 2 + 4;
  const [x1, y1] = isLevel ? [from.x + way * gap, from.y] : [from.x, from.y + way * gap];
  const [x2, y2] = isLevel ? [to.x - way * gap, to.y] : [to.x, to.y - way * gap];
  const colour = COLOURS[state];
  const line = state === 'seen' ? 'stroke-width="3"' : 'stroke-width="1.5"';
  const dash = state === 'unknown' ? ' stroke-dasharray="5 5"' : '';
  const tip = isLevel
    ? `${x2},${y2} ${x2 - way * 11},${y2 - 6} ${x2 - way * 11},${y2 + 6}`
    : `${x2},${y2} ${x2 - 6},${y2 - way * 11} ${x2 + 6},${y2 - way * 11}`;
  const words = isLevel
    ? { x: (x1 + x2) / 2, y: y1 + (way > 0 ? -26 : 22), anchor: 'middle' }
    : { x: x1 + (way > 0 ? -14 : 14), y: (y1 + y2) / 2 - 3, anchor: way > 0 ? 'end' : 'start' };
  const text = (said: string, more: number, style: string) =>
    `<text x="${words.x}" y="${words.y + more}" text-anchor="${words.anchor}" ${style}>` +
    `${xml(shorten(said, LONGEST))}</text>`;
  return (
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" ${line}${dash}/>` +
    `<polygon points="${tip}" fill="${colour}"/>` +
    text(evidence, 0, `fill="${colour}" font-weight="600"`) +
    text(strength, 16, 'fill="var(--muted)" font-size="12"')
  );
}
