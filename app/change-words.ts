import { isGiven, monitorLines } from '../config/explain.js';
import { snakeCase } from '../config/checks-schema.js';
import type { Monitor } from '../domain/monitor.js';
import { differences } from './differences.js';
import { hearingWords, type Side } from './hearing-words.js';

/**
 * What changes between two published monitors, for people: a line for each changed key of the
 * monitor file, `retraining.cooldown: 7d → 14d`, then who hears what. [] when nothing does.
 * `given`: what the file says now; of a new section only that is told, not its defaults.
 */
export function changeWords(before: Side, after: Side, given: unknown): string[] {
  const all = differences(before.published, after.published);
  if (all.length === 0) return [];
  try {
    const words = readableWords(before, after, given);
    return words.length > 0 ? words : [`no key of the file, but ${cut(all[0] ?? '')}`];
  } catch {
    // What an older version published may lack what this one has words for.
    return all;
  }
}

function readableWords(before: Side, after: Side, given: unknown): string[] {
  const [was, is] = [before.published.monitor, after.published.monitor];
  const told = fileWords(was, is, given);
  const raw = differences(was, is);
  const floor = `min_rows ${was.windows.minRows} → min_rows ${is.windows.minRows}`;
  // Most checks take it from the windows: what changed is that one key.
  const own = told.filter(({ path, text }) => !path.startsWith('checks[') || text !== floor);
  return [
    ...own.map(({ path, text }) => `${path}: ${text}`),
    ...untold(
      raw,
      told.map(({ path }) => path),
    ),
    ...hearingWords(before, after),
  ];
}

interface Told {
  path: string;
  text: string;
}

function fileWords(before: Monitor, after: Monitor, given: unknown): Told[] {
  const [old, now] = [new Map(monitorLines(before)), new Map(monitorLines(after))];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path): Told[] => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    if (path === 'retraining' || path === 'labels') {
      return [{ path, text: is === undefined ? 'new' : 'taken away' }];
    }
    const section = path.split('.')[0] ?? '';
    if (now.has(section) && is === undefined) return [];
    if (old.has(section) && was === undefined && !isGiven(given, path)) return [];
    return [{ path, text: pairWords(was, is) }];
  });
}

/** `7d → 14d`; of a row of words those that differ, of a long one only. */
function pairWords(was: string | undefined, is: string | undefined): string {
  if (was === undefined || is === undefined) {
    return `${cut(was ?? 'nothing')} → ${cut(is ?? 'nothing')}`;
  }
  const between = [' · ', ', '].find((mark) => was.includes(mark) && is.includes(mark));
  const isShort = was.length + is.length < SHORT;
  if (between === undefined || (between === ', ' && isShort)) return `${cut(was)} → ${cut(is)}`;
  const [left, right] = [was.split(between), is.split(between)];
  const only = (of: readonly string[], other: readonly string[]): string =>
    cut(of.filter((word) => !other.includes(word)).join(between) || 'nothing');
  const [gone, come] = [only(left, right), only(right, left)];
  return gone === come ? 'in another order' : `${gone} → ${come}`;
}

const SHORT = 60;

function cut(text: string): string {
  const letters = Array.from(text);
  return letters.length <= SHORT ? text : `${letters.slice(0, SHORT - 1).join('')}…`;
}

const SECTIONS = new Set([
  ...['model', 'schedule', 'windows', 'columns', 'reference', 'retraining', 'alerts'],
]);

/** What no line tells, one for each key: `retraining.trigger: env.0: nothing → "A"`. */
function untold(raw: readonly string[], told: readonly string[]): string[] {
  const byKey = new Map<string, string[]>();
  for (const line of raw) {
    const end = line.indexOf(': ');
    const parts = line.slice(0, end).split('.');
    const depth = parts[1] === 'features' ? 3 : SECTIONS.has(parts[0] ?? '') ? 2 : 1;
    const key = parts.slice(0, depth).map(snakeCase).join('.');
    if (told.some((path) => path.startsWith(key))) continue;
    const rest = parts.slice(depth).join('.');
    const words = rest === '' ? line.slice(end + 2) : `${rest}${line.slice(end)}`;
    byKey.set(key, [...(byKey.get(key) ?? []), words]);
  }
  return [...byKey].map(([key, [first = '', ...more]]) => {
    const rest = more.length === 0 ? '' : ` (and ${more.length} more; --json tells all)`;
    return `${key}: ${cut(first)}${rest}`;
  });
}
