import { byColumn } from '../profile.js';
import { isWhole } from '../slice.js';
import type { Finding } from '../finding.js';
import type { Instant, Window } from '../window.js';
import { importanceOf } from './importance.js';
import type { Importance } from './importance.js';
import { mixOrRate } from './mix.js';
import type { MixOrRate } from './mix.js';
import { rankMoved } from './ranking.js';
import type { MovedFeature } from './ranking.js';
import { countSides } from './rows.js';
import type { Rows } from './rows.js';
import { worseSlices } from './slices.js';
import type { WorseSlice } from './slices.js';
import { sinceOf, timelineOf } from './timeline.js';
import type { Past, Timeline } from './timeline.js';
import { toldApart } from './together.js';
import type { ToldApart } from './together.js';

/** A bin of a feature that moved: its shares of the rows before and now. */
export interface MovedBin {
  label: string;
  reference: number;
  current: number;
}

/** A feature that moved, with its bins that moved most and since when it is bad. */
export interface MovedColumn extends MovedFeature {
  bins: readonly MovedBin[];
  /** End of the first bad window; null: it is not bad, or no earlier window is known. */
  since: Instant | null;
}

/** Features of one upstream source, as one line of the ranking. */
export interface MovedSource {
  /** null: the monitor names none. */
  source: string | null;
  /** Sum of the contributions. */
  contribution: number;
  since: Instant | null;
  features: readonly MovedColumn[];
}

/** What may be behind the findings of a window, and what that rests on. */
export interface Causes {
  moved: readonly MovedSource[];
  importance: Importance['basis'];
  /** Rows that were drawn, of the window whose labels are known and of the reference. */
  rows: { reference: number; current: number };
  /** The window that the rows are of. */
  window: Window;
  /** null: a side has no label. */
  loss: MixOrRate | null;
  slices: readonly WorseSlice[];
  apart: ToldApart;
  timeline: Timeline;
}

/** What an explanation is made from. */
export interface CausesInput {
  findings: readonly Finding[];
  /** Feature → share of importance, where the monitor says one. */
  importances: Readonly<Record<string, number | null | undefined>>;
  rows: Rows;
  window: Window;
  /** The newest window last. */
  past: readonly Past[];
}

/** Explains the findings of a window, as far as its rows and those of the reference can. */
export function causesOf({ findings, importances, rows, window, past }: CausesInput): Causes {
  const { shares, basis } = importanceOf(rows, importances);
  const whole = findings.filter(
    ({ check, slice, value }) => check === 'psi' && isWhole({ slice }) && value !== null,
  );
  const psi = byColumn(whole.map(({ target, value }) => [target, value ?? 0]));
  const ranked = rankMoved(psi, shares);
  const names = ranked.map(({ name }) => name);
  return {
    moved: bySource(ranked, { whole, past }),
    importance: basis,
    rows: countSides(rows),
    window,
    loss: mixOrRate(rows, names),
    slices: worseSlices(rows, names),
    apart: toldApart(rows),
    timeline: timelineOf(past),
  };
}

/** Features without a source are a group each. */
function bySource(
  ranked: readonly MovedFeature[],
  { whole, past }: { whole: readonly Finding[]; past: readonly Past[] },
): MovedSource[] {
  const groups = new Map<string, { source: string | null; features: MovedColumn[] }>();
  for (const feature of ranked) {
    const finding = whole.find(({ target }) => target === feature.name);
    const isBad = finding?.verdict === 'warn' || finding?.verdict === 'alert';
    const asked = finding && { check: finding.check, target: finding.target };
    const since = asked && isBad && past.length > 1 ? sinceOf(past, asked) : null;
    const source = finding?.source ?? null;
    const key = JSON.stringify(source === null ? [feature.name] : source);
    const group = groups.get(key) ?? { source, features: [] };
    group.features.push({ ...feature, bins: movedBins(finding), since });
    groups.set(key, group);
  }
  const all = [...groups.values()].map(({ source, features }) => {
    const times = features.flatMap(({ since }) => since ?? []);
    const contribution = features.reduce((sum, one) => sum + one.contribution, 0);
    return { source, contribution, since: times.length > 0 ? Math.min(...times) : null, features };
  });
  return all.sort((a, b) => b.contribution - a.contribution);
}

/** Bins that are told of a feature. */
const TOLD = 3;

function movedBins(finding: Finding | undefined): MovedBin[] {
  const bins = (finding?.details['bins'] ?? []) as (MovedBin & { term: number })[];
  const moved = [...bins].sort((a, b) => b.term - a.term).slice(0, TOLD);
  return moved.map(({ label, reference, current }) => ({ label, reference, current }));
}
