import path from 'node:path';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { cutOff } from '../sources/line-end.js';
import { listFiles } from '../sources/locate.js';
import { labelNotes } from './label-notes.js';
import type { LabelsNoted } from './label-notes.js';
import { changesSince, type Older } from './evaluate-older.js';

const MOST_NAMED = 3;

interface Noted extends LabelsNoted {
  predictions: Located;
  older: Older | null;
  /** Rows of the files beyond `reach`. */
  outside: number;
  /** The time of all windows that open one of the files; null: that of every row. */
  reach: { start: Instant; end: Instant } | null;
}

/** What people have to know of the files that a window opened; [] when nothing is odd. */
export async function notesOf(of: Noted): Promise<string[]> {
  const { predictions, older } = of;
  return [
    ...(predictions.files.length > 0 ? [] : [`no file for the window matches ${predictions.path}`]),
    ...(await cutOff(predictions)),
    ...(await outsideOf(of)),
    ...labelNotes(of),
    ...(older === null ? [] : changesSince(older, predictions)),
  ];
}

/** Rows that are in no window: only this window's template opens their file. */
async function outsideOf({ monitor, predictions, outside, reach }: Noted): Promise<string[]> {
  if (outside === 0 || reach === null) return [];
  const { timezone } = monitor.windows;
  const beside = await Promise.all(
    [reach.start - 1, reach.end].map((start) =>
      listFiles(monitor.predictions, { span: { start, end: start + 1 }, timezone }),
    ),
  );
  const names = predictions.files.map((file) => file.path);
  // A name with two dates in it matches on both of them: other windows open the file, too.
  if (names.some((name) => beside.flat().includes(name))) return [];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const files = names.slice(0, MOST_NAMED).map((name) => path.basename(name));
  const [rows, are] = outside === 1 ? ['row', 'lies'] : ['rows', 'lie'];
  return [
    `${outside} ${rows} of ${files.join(', ')}${more} ${are} outside of what the path names on the ` +
      `clock of ${timezone} (windows.timezone) and in no window. Are the files cut in another ` +
      'zone? Then give a glob as predictions.from.path, or their zone as windows.timezone.',
  ];
}
