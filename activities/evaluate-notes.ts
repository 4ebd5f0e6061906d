import path from 'node:path';
import { total, type Profile } from '../domain/profile.js';
import { readyIn } from '../domain/ready.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import { blankFiles } from '../lake/blank.js';
import type { StoredReference } from '../lake/reference-store.js';
import { cutOff } from '../sources/line-end.js';
import { isFiles } from '../domain/source-spec.js';
import { listFiles, missingFolder } from '../sources/files.js';
import { repeatNotes, weightNotes } from './counting-notes.js';
import { labelNotes } from './label-notes.js';
import type { LabelsNoted } from './label-notes.js';
import { changesSince, type Older } from './evaluate-older.js';

const MOST_NAMED = 3;

interface Noted extends LabelsNoted {
  stored: StoredReference;
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
    ...(await noneOf(predictions)),
    ...unmarkedOf(of),
    ...(await cutOff(predictions)),
    ...(await outsideOf(of)),
    ...bareOf(of),
    ...joinNotes(of.asked, of.rows),
    ...joinNotes(of.stored.profile.asked, of.stored.rows).map((note) => `reference: ${note}`),
    ...trafficOf(of),
    ...repeatNotes(of),
    ...weightNotes(of),
    ...smallNotes(of),
    ...labelNotes(of),
    ...untoldNotes(of.stored),
    ...(older === null ? [] : changesSince(older, predictions)),
  ];
}

/** Markers that may still come: whoever looks before then does not wait for them. */
function unmarkedOf({ asked, knownAt, monitor }: Noted): string[] {
  const { missing = [], until = 0 } = readyIn({ asked }) ?? {};
  const [first] = missing;
  if (first === undefined || knownAt >= until) return [];
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const end = inZone(until, monitor.windows.timezone);
  return [`${first}${more} is not there yet (predictions.ready), and is waited for until ${end}`];
}

/** Segments that nothing of a window is compared in, for the reference cannot be parted by them. */
function untoldNotes({ profile: { asked } }: StoredReference): string[] {
  const { segment = [], why = [] } = asked['unbound']?.by ?? {};
  return Array.from(segment, String).map((name, row) => {
    const said = `segment ${name} cannot be told of the reference (${String(why[row])})`;
    return `${said}, so nothing is compared in it`;
  });
}

/** Files that are not there, or are there with nothing in them. */
async function noneOf(predictions: Located): Promise<string[]> {
  const { files, path: pattern } = predictions;
  if (files.length === 0) {
    return [`no file for the window matches ${pattern}${await missingFolder(pattern)}`];
  }
  const blank = await blankFiles(predictions);
  if (blank.length === 0) return [];
  const more = blank.length > MOST_NAMED ? ` and ${blank.length - MOST_NAMED} more` : '';
  const names = blank.slice(0, MOST_NAMED).map((file) => file.path);
  const rest = predictions.kind === 'csv' ? ', not even a header line' : '';
  return [`nothing is in ${names.join(', ')}${more}${rest}`];
}

/** Rows that became none, for they have no element to make one of. */
function bareOf({ monitor, asked }: Noted): string[] {
  const n = total(asked['bare'], 'n');
  const column = monitor.predictions.shape?.unnest ?? '';
  if (n === 0) return [];
  const rows = n === 1 ? '1 row of the files has' : `${n} rows of the files have`;
  return [`${rows} no element in ${column} (predictions.unnest) and gave no row`];
}

/** Rows without a partner in a joined source, or with several that differ, and lines of it. */
function joinNotes(asked: Profile['asked'], rows: number): string[] {
  const { by, sums } = asked['joins'] ?? { by: {}, sums: {} };
  return Array.from(by['join'] ?? [], String).flatMap((name, place) => {
    const told = (sum: string, say: (n: number) => string): string[] => {
      const n = sums[sum]?.[place] ?? 0;
      return n === 0 ? [] : [say(n)];
    };
    return [
      ...told('alone', (n) => `${n} of ${rows} rows found no row in joins.${name}`),
      ...told('conflicting', (n) => {
        return `${n} of ${rows} rows found several in joins.${name} that differ: none was joined`;
      }),
      ...told('unreadable', (n) => `lines of joins.${name} that could not be read: ${n}`),
    ];
  });
}

/** Rows that are not live: how many there are, and where they count. */
function trafficOf({ monitor: { columns }, asked }: Noted): string[] {
  const { column, shadow: values = [] } = columns.traffic ?? {};
  const [shadow = 0, neither = 0] = asked['traffic']?.sums['n'] ?? [];
  const rows = (n: number) => (n === 1 ? '1 row' : `${n} rows`);
  const lanes = Array.from(asked['lanes']?.by['value'] ?? [], String).join(', ');
  const what = lanes === '' ? `no value of ${column}` : `${column} is ${lanes}`;
  return [
    ...(shadow === 0
      ? []
      : [`${rows(shadow)} of shadow traffic (${values.join(', ')}) counted apart, and not judged`]),
    ...(neither === 0
      ? []
      : [`${rows(neither)} left out, neither live nor shadow by columns.traffic: ${what}`]),
  ];
}

/** Parts of the rows that are not looked at, by what parts them. */
function smallNotes({ monitor: { segments, windows }, asked }: Noted): string[] {
  const { by, sums } = asked['small'] ?? { by: {}, sums: {} };
  const names = [...new Set(Array.from(by['dimension'] ?? [], String))];
  return names.map((name) => {
    const parts = Array.from(by['value'] ?? [], String).flatMap((value, place) =>
      String(by['dimension']?.[place]) === name ? [`${value} (${sums['n']?.[place] ?? 0})`] : [],
    );
    const segment = segments.find((one) => one.name === name);
    const where = segment === undefined ? 'windows.min_rows' : `segments of ${name}, min_rows`;
    const more = parts.length > MOST_NAMED ? ` and ${parts.length - MOST_NAMED} more` : '';
    const least = segment?.minRows ?? windows.minRows;
    const few = `fewer than ${least} rows (${where})`;
    return `not judged, with ${few}: ${name} ${parts.slice(0, MOST_NAMED).join(', ')}${more}`;
  });
}

/** Rows that are in no window: only this window's template opens their file. */
async function outsideOf({ monitor, predictions, outside, reach }: Noted): Promise<string[]> {
  if (outside === 0 || reach === null) return [];
  const { timezone } = monitor.windows;
  const from = monitor.predictions;
  if (!isFiles(from)) return [];
  const beside = await Promise.all(
    [reach.start - 1, reach.end].map((start) =>
      listFiles(from, { span: { start, end: start + 1 }, timezone }),
    ),
  );
  const names = predictions.files.map((file) => file.path);
  // A name with two dates in it matches on both of them: other windows open the file, too.
  if (names.some((name) => beside.flat().includes(name))) return [];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const files = names.slice(0, MOST_NAMED).map((name) => path.basename(name));
  const rows = outside === 1 ? 'row' : 'rows';
  return [
    `${outside} ${rows} of ${files.join(', ')}${more} left out, here and in every other window: ` +
      `outside of what the path names on the clock of ${timezone} (windows.timezone). Do the times ` +
      'lack the UTC offset that they are meant in? Then give its zone as ' +
      'columns.timestamp.timezone. Are the files cut in another zone? Then give a glob as ' +
      'predictions.from.path, or their zone as windows.timezone.',
  ];
}
