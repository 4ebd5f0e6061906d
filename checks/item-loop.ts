import type { Items } from '../domain/items.js';
import { figure } from '../domain/judging/figures.js';
import { CATEGORY, total } from '../domain/profile.js';
import { slopeOf } from '../stats/panel.js';
import type { Panel, Slope } from '../stats/panel.js';
import { after, before, bothLinks, logs, loopGain } from './loop-gain.js';
import type { LoopGain } from './loop-gain.js';

/** Fewer items, or positives of a window, or of an item in a window, tell nothing of a loop. */
const LEAST = { items: 4, positives: 30, each: 2 } as const;
/** A loop is suspected from these on, where both links are beyond chance. */
const GAIN = 0.2;
const PARTIAL = 0.3;
const LEVEL = 0.01;

/** How exposure and positives of the same items drive each other from window to window. */
export interface ItemLoop extends LoopGain {
  /** Slope of ln exposure on that of the window before, beside ln of the positive rate there. */
  partial: Slope;
  items: number;
  windows: number;
  /** Both links are beyond chance, and gain and partial slope large enough. */
  suspected: boolean;
}

/** Cells of the items that have a name, by name. */
function namedIn(items: Items): Map<string, { n: number; positives: number }> {
  const { n, positives } = items.sums;
  const cells = Array.from(items.by['item'] ?? [], String).map(
    (item, row) => [item, { n: n?.[row] ?? 0, positives: positives?.[row] ?? 0 }] as const,
  );
  return new Map(cells.filter(([item]) => item !== CATEGORY.other));
}

/**
 * The loop in windows that follow each other, oldest first: least squares with effects of items and
 * windows, over the items that have a name in all of them; one that is not shown tells nothing. A
 * text says why nothing can be told.
 */
export function loopOf(windows: readonly Items[]): ItemLoop | string {
  if (windows.some((one) => total(one, 'positives') < LEAST.positives)) {
    return `a window has fewer than ${LEAST.positives} positive labels`;
  }
  const named = windows.map(namedIn);
  const always = [...(named[0]?.keys() ?? [])].filter((item) =>
    named.every((one) => one.has(item)),
  );
  if (always.length < LEAST.items) {
    return `${always.length} items are shown in all windows, ${LEAST.items} needed`;
  }
  const of = (what: 'n' | 'positives') =>
    always.map((item) => named.map((one) => one.get(item)?.[what] ?? 0));
  const [shown, hits] = [of('n'), of('positives')];
  const cells = always.length * windows.length;
  const each = hits.flat().reduce((sum, one) => sum + one, 0) / cells;
  if (each < LEAST.each) {
    return `positive labels an item and window: ${figure(each)} on average, ${LEAST.each} needed`;
  }
  return found(shown, hits) ?? 'the exposure of no item varies';
}

function found(shown: Panel, hits: Panel): ItemLoop | null {
  const [exposure, positives] = [logs(shown), logs(hits)];
  const rates = exposure.map((row, g) => row.map((one, t) => (positives[g]?.[t] ?? 0) - one));
  const windows = shown[0]?.length ?? 0;
  const followed = Array.from({ length: windows - 1 }, (_, t) => t);
  const known = loopGain(exposure, positives, followed);
  const earlier = before(exposure, followed);
  const partial = slopeOf(after(exposure, followed), earlier, before(rates, followed));
  if (known === null || partial === null) return null;
  const areSure = bothLinks(known) < LEVEL;
  return {
    ...{ ...known, partial, items: shown.length, windows },
    suspected: areSure && known.gain >= GAIN && partial.value > PARTIAL,
  };
}

/** What a loop says of who concentrates exposure; nothing of it is a proof. */
export function sayLoop(loop: ItemLoop | string): string {
  if (typeof loop === 'string') return `Whether this reinforces itself cannot be told: ${loop}.`;
  const gain = `gain ${figure(loop.gain)}`;
  if (loop.suspected) {
    return (
      `Suspected self-reinforcing allocation, ${gain}: items that are shown more get more positive ` +
      'labels, and are shown more for that, at the same rate of them, too. Items that become ' +
      'popular by themselves can look like it; rows shown at random would tell.'
    );
  }
  return (
    `No sign that it reinforces itself (${gain}, by the exposure before ` +
    `${figure(loop.partial.value)}).`
  );
}
