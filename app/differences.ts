import { lastBoundary, nextBoundary } from '../calendar/windows.js';
import type { Published } from '../domain/published.js';
import type { Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';

/** What happens where the windows of a live monitor move to another grid; [] when they stay. */
export function seamOf(before: Published, after: Published, watermark: Instant): string[] {
  const { windows } = after.monitor;
  if (differences(before.monitor.windows, windows).every((one) => !MOVES.test(one))) return [];
  const start = lastBoundary(windows, watermark);
  const told = (at: Instant): string => inZone(at, windows.timezone);
  const again =
    start === watermark
      ? 'no hour is judged twice or left out'
      : `the rows from ${told(start)} to ${told(watermark)} are judged once more, none is left out`;
  return [
    `windows move: those up to ${told(watermark)} stay as they were judged, the next one is ` +
      `${told(start)} to ${told(nextBoundary(windows, start))}; ${again}`,
  ];
}

const MOVES = /^(size|timezone|align|rows)\b/;

/** Leaves that differ between two published monitors, as `path: before → after`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (!isTree(before) || !isTree(after)) {
    const texts = [before, after].map((value) =>
      value === undefined ? 'nothing' : JSON.stringify(value),
    );
    return texts[0] === texts[1] ? [] : [`${path}: ${texts.join(' → ')}`];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
  );
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
