import type { Groups } from '../domain/groups.js';
import { CATEGORY, total } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import type { Panel } from '../stats/panel.js';

/** More windows than these are not looked at. */
const MOST_WINDOWS = 24;

/** A window with what its groups got, and what came of it. */
export interface Allocation {
  start: number;
  end: number;
  groups: Groups;
  positives: number;
}

/** null: no row says whose it is, or nobody counted them. */
export function allocationOf({ asked, window }: Profile): Allocation | null {
  const { groups } = asked;
  if (groups === undefined || total(groups) === 0) return null;
  const { start, end } = window;
  return { start, end, groups, positives: total(groups, 'positives') };
}

/** The window and those before it in which so many labels are positive, oldest first. */
export function allocationsBefore(
  { current, answers, earlier }: Evidence,
  now: Allocation,
  least: number,
): Allocation[] {
  const known = (answers ?? earlier).flatMap((profile): Allocation[] => {
    const found = profile.window.end <= current.window.start ? allocationOf(profile) : null;
    return found === null || found.positives < least ? [] : [found];
  });
  return [...known.slice(1 - MOST_WINDOWS), now];
}

/** Places of the windows after which the next one begins at once. */
export const followedIn = (windows: readonly Allocation[]): number[] =>
  windows.flatMap(({ end }, place) => (windows[place + 1]?.start === end ? [place] : []));

/** What each group got and brought, of those that have a name and rows in all windows. */
export function panelOf(windows: readonly Allocation[]): { decisions: Panel; positives: Panel } {
  const rows = windows.map(({ groups }) => {
    const names = Array.from(groups.by['group'] ?? [], String);
    return new Map(names.map((name, row) => [name, row] as const));
  });
  const always = [...(rows[0]?.keys() ?? [])].filter(
    (name) => name !== CATEGORY.other && rows.every((one) => one.has(name)),
  );
  const of = (sum: 'decisions' | 'positives'): Panel =>
    always.map((name) =>
      windows.map(({ groups }, t) => groups.sums[sum]?.[rows[t]?.get(name) ?? -1] ?? 0),
    );
  return { decisions: of('decisions'), positives: of('positives') };
}
