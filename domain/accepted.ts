import type { Check } from './check.js';
import type { Finding } from './finding.js';
import type { AcceptedLevel, AcceptedMark } from './level.js';
import type { Grid, Profile } from './profile.js';
import { isWhole, type Slice } from './slice.js';
import type { Evidence } from './score.js';
import { iso, type Instant, type Window } from './window.js';
import { inZone } from './zone.js';

type Asked = Pick<Finding, 'check' | 'target'> & {
  /** When the rows of a reference begin that a level may be older than; absent: it is not. */
  since?: Instant;
};

/** `<model>@<window end>/<check>/<target>`, with `/<name>=<value>` for each part of a slice. */
export function findingId(
  model: string,
  { window, check, target, slice }: Pick<Finding, 'window' | 'check' | 'target' | 'slice'>,
): string {
  const parts = Object.entries(slice).map(([name, value]) => `/${name}=${value}`);
  return `${model}@${iso(window.end)}/${check}/${target}${parts.sort().join('')}`;
}

/**
 * Why a level of this finding cannot be accepted, in words; null: it can. There is a level where a
 * column, the predictions or the number of rows are compared with what they were.
 */
export function refusal(
  finding: Pick<Finding, 'check' | 'category' | 'target' | 'hard' | 'verdict'>,
  over: Check['over'],
): string | null {
  const { check, category, target, hard, verdict } = finding;
  if (category === 'performance' || over === 'label' || over === 'metric') {
    return `${check} is about labels: no level of it is ever accepted; what a model gets wrong stays`;
  }
  if (verdict !== 'warn' && verdict !== 'alert') return `${check} of ${target} is ${verdict}`;
  if (hard === 'column missing' || hard === 'no rows') {
    return `${hard}: there is no level to accept; a column that is gone for good leaves the monitor`;
  }
  if (check === 'volume' || over === 'feature' || over === 'score') return null;
  return `${check} compares with no level that could be another; its limits are in the monitor`;
}

/** True when a window is measured by what was accepted. */
export function holds(
  mark: Pick<AcceptedMark, 'from' | 'until'>,
  window: Pick<Window, 'start'>,
): boolean {
  return window.start >= mark.from && window.start < mark.until;
}

/** Levels without those that a newer one of the same part stands before, wherever it is asked. */
export function newestOf<L extends AcceptedMark & Pick<AcceptedLevel, 'at'>>(
  levels: readonly L[],
): L[] {
  return levels.filter(
    (level) =>
      !levels.some(
        (other) => other.at > level.at && isAbout(other, level) && isSame(other.slice, level.slice),
      ),
  );
}

/** What an advice needs of the levels that began by a window: they may hold for older ones. */
export function marksOfLevels(
  levels: readonly AcceptedLevel[],
  window: Pick<Window, 'start'>,
): AcceptedMark[] {
  return levels
    .filter(({ from }) => from <= window.start)
    .map(({ finding, check, target, slice, effect, from, until }) => {
      return { finding, check, target, slice, effect, from, until };
    });
}

/** True when a finding was judged before its level was accepted: it counts for no advice. */
export function isAnswered(finding: Finding, accepted: readonly AcceptedMark[]): boolean {
  if (finding.category === 'performance' || finding.details['accepted'] !== undefined) return false;
  return accepted.some(
    (mark) => isAbout(mark, finding) && covers(mark, finding.slice) && holds(mark, finding.window),
  );
}

/** The level that measures a target of this evidence, the newest one; null: its reference does. */
function levelOf(evidence: Evidence, asked: Asked): AcceptedLevel | null {
  const { current, grid, knownAt } = evidence;
  const found = (evidence.accepted ?? []).filter(
    (level) =>
      isAbout(level, asked) &&
      level.at <= knownAt &&
      (asked.since === undefined || asked.since < level.from) &&
      covers(level, current.slice) &&
      holds(level, current.window) &&
      partOf(level, current.slice)?.grid === grid.id,
  );
  return found.reduce<AcceptedLevel | null>(
    (newest, one) => (newest === null || one.at > newest.at ? one : newest),
    null,
  );
}

/**
 * The evidence as a check of this target sees it: where a level was accepted, that window is the
 * reference, and nothing else is usual; of earlier windows those since then count. A reference
 * whose rows are all of that window or later ones stays, and a level of another grid, as a new
 * reference makes one, holds no longer.
 */
export function withAccepted(evidence: Evidence, asked: Asked): Evidence {
  const level = levelOf(evidence, asked);
  const reference = level === null ? null : partOf(level, evidence.current.slice);
  if (level === null || reference === null) return evidence;
  const earlier = evidence.earlier.filter(({ window }) => window.start >= level.from);
  const grid = gridOf(evidence.grid, reference, asked.target);
  const versus = 'the accepted level';
  return { ...evidence, grid, reference, periods: [], usual: null, earlier, versus };
}

/**
 * Findings that say which accepted level measured them, with its date on the clock of `timezone`;
 * `since`: check → when the rows of its reference begin, of those that have one of their own.
 */
export function sayAccepted(
  findings: readonly Finding[],
  evidence: Evidence,
  { since, timezone }: { since: ReadonlyMap<string, Instant>; timezone: string },
): Finding[] {
  if ((evidence.accepted ?? []).length === 0) return [...findings];
  return findings.map((finding) => {
    const current = { ...evidence.current, slice: finding.slice };
    const begins = since.get(finding.check);
    const asked = { ...finding, ...(begins === undefined ? {} : { since: begins }) };
    const level = levelOf({ ...evidence, current }, asked);
    if (level === null || finding.category === 'performance') return finding;
    const { by, at, effect, reason, until, finding: accepted } = level;
    const [day] = inZone(at, timezone).split(' ');
    const words = `Measured by the level accepted by ${by} on ${day} (${effect}).`;
    const details = {
      ...finding.details,
      accepted: { finding: accepted, by, effect, reason, until },
    };
    return { ...finding, details, sentence: `${finding.sentence} ${words}` };
  });
}

/** A level is of a column, for every check of it; the number of rows is asked about by one. */
function isAbout(mark: Asked, { check, target }: Asked): boolean {
  return mark.target === target && (target !== 'rows' || mark.check === check);
}

/** A level of all rows measures the slices too, each by its own part. */
function covers({ slice }: Pick<AcceptedMark, 'slice'>, of: Slice): boolean {
  return isWhole({ slice }) || isSame(slice, of);
}

function partOf({ levels }: AcceptedLevel, slice: Slice): Profile | null {
  return levels.find((one) => isSame(one.slice, slice)) ?? null;
}

function isSame(one: Slice, other: Slice): boolean {
  const names = Object.keys(one);
  const isLike = names.every((name) => one[name] === other[name]);
  return isLike && names.length === Object.keys(other).length;
}

/** The grid with the target as it is now: its type, and the categories that are known since. */
function gridOf(grid: Grid, level: Profile, target: string): Grid {
  const axis = grid.axes[target];
  if (axis === undefined) return grid;
  const values = axis.kind === 'categorical' ? (level.columns[target]?.by['value'] ?? []) : [];
  const seen = Array.from<string | number, string>(values, String);
  const known = [...new Set([...axis.known, ...seen.filter((one) => !one.startsWith('\u0000'))])];
  const type = level.types[target] ?? axis.type;
  return { ...grid, axes: { ...grid.axes, [target]: { ...axis, known, type } } };
}
