import { lastBoundary, windowEndingAt } from '../calendar/windows.js';
import { evaluateChecks } from '../checks/evaluate.js';
import { checkNamed } from '../checks/index.js';
import { measures } from '../domain/events.js';
import type { Monitor } from '../domain/monitor.js';
import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Commit } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import type { Window } from '../domain/window.js';
import type { StoredReference } from '../lake/reference-store.js';

/** So many windows at most are profiled for a look by hand. */
const MOST = 31;
const DAYS_OF_WEEK = 7;

/** Which of the windows before one: the last so many, of its weekday only or of any. */
export interface Which {
  windows: number;
  weekday: boolean;
}

/** Windows that nobody had evaluated: profiles, oldest first, all rows before the parts of each. */
export interface Unjudged {
  parts: (readonly Profile[])[];
  /** Left out, for their own data are broken. */
  broken: number;
}

/** What windows that nobody has evaluated are looked at with. */
export interface Looked {
  monitor: Monitor;
  window: Window;
  before: readonly Commit[];
  which: Which;
  stored: StoredReference;
}

/** False for a window with an alert in its own data: it says nothing of what is usual. */
export const isSound = ({ marks }: Pick<Commit, 'marks'>): boolean =>
  !marks.some(({ category, verdict }) => category === 'data-quality' && verdict === 'alert');

/**
 * The last windows of the grid before one that nobody has evaluated, of at most 31 that are looked
 * at; one without files or rows is left out, and so is one with a broken column, beside the window
 * that the grid was made of, if fewer than half are. None where windows have no time.
 */
export async function profiledEarlier(
  from: Looked,
  profile: (window: Window) => Promise<readonly Profile[]>,
): Promise<Unjudged> {
  const known = new Set(from.before.map(({ window }) => window.end));
  const found: Unjudged = { parts: [], broken: 0 };
  const odd: (readonly Profile[])[] = [];
  for (const window of windowsBefore(from)) {
    if (found.parts.length === from.which.windows) break;
    if (known.has(window.end) || !measures(from.monitor, window, from.window)) continue;
    const parts = await orNone(profile(window));
    const [whole] = parts;
    if (whole === undefined || whole.rows === 0) continue;
    if (isBroken(parts, from)) odd.unshift(parts);
    else found.parts.unshift(parts);
  }
  // Where most of them are odd beside what they are held against, that is what is odd.
  if (odd.length <= found.parts.length) return { ...found, broken: odd.length };
  return { parts: odd.slice(-from.which.windows), broken: found.parts.length };
}

async function orNone(parts: Promise<readonly Profile[]>): Promise<readonly Profile[]> {
  try {
    return await parts;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return [];
  }
}

/** Whether a broken rule of the monitor would have kept the window from being a measure. */
function isBroken(
  [whole, ...slices]: readonly Profile[],
  { monitor, stored: { grid, profile, slices: parts } }: Looked,
): boolean {
  if (whole === undefined) return true;
  const { window } = whole;
  const checks = monitor.checks.filter(({ check, against }) => {
    const { category, over } = checkNamed(check);
    return against === null && over === 'feature' && category === 'data-quality';
  });
  const evidence = (current: Profile, reference: Profile) => ({
    ...{ at: window.end, knownAt: window.end, grid, current, reference, references: {} },
    ...{ periods: [], usual: null, earlier: [] },
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
  });
  const marks = evaluateChecks({
    ...{ monitor: { ...monitor, checks }, window, run: '', revision: 0, inputs: '', shown: [] },
    evidence: evidence(whole, profile),
    slices: slices.flatMap((current) => {
      const reference = parts.find(({ slice }) => isSameSlice(slice, current.slice));
      return reference === undefined ? [] : [evidence(current, reference)];
    }),
  });
  return marks.some(({ category, verdict }) => category === 'data-quality' && verdict === 'alert');
}

/** Newest first. */
function windowsBefore({ monitor: { windows: grid }, window, which }: Looked): Window[] {
  const found: Window[] = [];
  if (grid.rows !== undefined) return found;
  let end = lastBoundary(grid, window.start);
  for (let step = 0; step < MOST * DAYS_OF_WEEK && found.length < MOST; step++) {
    const one = windowEndingAt(grid, end);
    if (!which.weekday || one.weekday === window.weekday) found.push(one);
    end = one.start;
  }
  return found;
}
