import { slopeOf } from '../stats/panel.js';
import type { Panel, Slope } from '../stats/panel.js';

/** How decisions and the positive labels they bring drive each other from window to window. */
export interface LoopGain {
  /** Slope of ln positives on ln decisions, of ln decisions in the next window on ln positives. */
  links: { labels: Slope; decisions: Slope };
  /** Product of the two; 0 where one is not above 0. */
  gain: number;
}

/** Logarithms of counts and a half, so that none counts, too. */
export const logs = (panel: Panel): Panel =>
  panel.map((row) => row.map((one) => Math.log(one + 0.5)));

/** Of windows of a panel, and of the windows after them. */
export const before = (panel: Panel, windows: readonly number[]): Panel =>
  panel.map((row) => windows.map((t) => row[t] ?? 0));
export const after = (panel: Panel, windows: readonly number[]): Panel =>
  panel.map((row) => windows.map((t) => row[t + 1] ?? 0));

/**
 * The two links, with effects of groups and windows, of logarithms; `followed`: windows whose next
 * one in the panel is the next one in time. null: one side does not vary by itself within groups.
 */
export function loopGain(
  decisions: Panel,
  positives: Panel,
  followed: readonly number[],
): LoopGain | null {
  const links = {
    labels: slopeOf(positives, decisions),
    decisions: slopeOf(after(decisions, followed), before(positives, followed)),
  };
  if (links.labels === null || links.decisions === null) return null;
  const { labels, decisions: back } = links;
  const gain = labels.value > 0 && back.value > 0 ? labels.value * back.value : 0;
  return { links: { labels, decisions: back }, gain };
}

/** Both links are there: the larger one of their one-sided p-values. */
export const bothLinks = ({ links }: LoopGain): number =>
  Math.max(links.labels.pValue, links.decisions.pValue);
