import { conditionsOf, emptyRing, placeWindow } from '../alerting/conditions.js';
import type { WindowMarks } from '../alerting/conditions.js';
import type { Mark } from '../finding.js';
import type { Instant } from '../window.js';

/** One stretch of trouble of one member. */
export interface Episode {
  /** `check/target/slice` */
  member: string;
  /** End of the first and of the last window at which it fires. */
  from: Instant;
  to: Instant;
}

/** So many quiet windows end an episode, and have to lie before one begins. */
const QUIET = 3;

/** Members that fire after each window, by the alert's own rule of persistence. */
export function firingAfter(
  windows: readonly WindowMarks[],
  keepFiringFor: number,
): ReadonlySet<string>[] {
  let ring = emptyRing(-1);
  return loudOnly(windows).map((window) => {
    ring = placeWindow(ring, window, keepFiringFor).ring;
    const folds = [...conditionsOf(ring, keepFiringFor)];
    // one that recovers is held open so that nobody hears of it twice: it does not fire
    return new Set(folds.flatMap(([key, { condition }]) => (condition === 'firing' ? [key] : [])));
  });
}

/** The windows without members that are bad in none of them: those can never fire. */
export function loudOnly(windows: readonly WindowMarks[]): WindowMarks[] {
  const loud = new Set(windows.flatMap(({ marks }) => marks.filter(isBad).map(keyOf)));
  return windows.map((window) => ({
    ...window,
    marks: window.marks.filter((mark) => loud.has(keyOf(mark))),
  }));
}

/**
 * Members that are marked alike in all windows, each lot of them as its first one: they fire and
 * end together, however many there are. `times`: by that one's key, how many.
 */
export function alikeAsOne(windows: readonly WindowMarks[]): {
  windows: WindowMarks[];
  times: ReadonlyMap<string, number>;
} {
  const courses = new Map<string, string[]>();
  windows.forEach(({ marks }, place) => {
    for (const mark of marks) {
      const { category, verdict, patience, running, source } = mark;
      const course = courses.get(keyOf(mark)) ?? [];
      course.push([place, category, verdict, patience, running, source].join(' '));
      courses.set(keyOf(mark), course);
    }
  });
  const firsts = new Map<string, string>();
  const times = new Map<string, number>();
  for (const [key, course] of courses) {
    const words = course.join('\n');
    const first = firsts.get(words) ?? key;
    firsts.set(words, first);
    times.set(first, (times.get(first) ?? 0) + 1);
  }
  const only = ({ marks }: WindowMarks) => marks.filter((mark) => times.has(keyOf(mark)));
  return { windows: windows.map((window) => ({ ...window, marks: only(window) })), times };
}

/**
 * Episodes of every member: windows, oldest first, at which it fires, joined while fewer than three
 * quiet ones lie between them. What an operator would count, whatever notices went out.
 */
export function memberEpisodes(windows: readonly WindowMarks[], keepFiringFor: number): Episode[] {
  const open = new Map<string, { episode: Episode; place: number }>();
  const episodes: Episode[] = [];
  firingAfter(windows, keepFiringFor).forEach((firing, place) => {
    const at = windows[place]?.windowEnd ?? 0;
    for (const member of firing) {
      const last = open.get(member);
      if (last !== undefined && place - last.place <= QUIET) {
        last.episode.to = at;
        last.place = place;
        continue;
      }
      const episode = { member, from: at, to: at };
      episodes.push(episode);
      open.set(member, { episode, place });
    }
  });
  return episodes;
}

const keyOf = ({ check, target, slice }: Mark): string => `${check}/${target}/${slice}`;
const isBad = ({ verdict }: Mark): boolean => verdict === 'warn' || verdict === 'alert';
