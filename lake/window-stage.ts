import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import { blankFiles } from './blank.js';
import type { Duck } from './duck.js';
import { damageWords } from './engine-words.js';
import { fresh, lacks, reader, refuseTwins } from './window-files.js';
import { firstNoObject, notText, oddLine } from './text-faults.js';
import { quotesOf } from './csv-quotes.js';
import { isText } from './window-casts.js';
import { keptCopy } from './window-kept.js';
import type { Copy } from './window-kept.js';
import { parsedTime } from './window-time.js';
import type { TimeSpec } from './window-time.js';

/** Rows of text, copied once as Parquet, for every later question reads them again. */
export interface Staged extends Copy {
  remove: () => Promise<void>;
}

/**
 * Copies rows to Parquet files of texts, with the event time read as an instant (null: it is
 * none). null when the files hold nothing, not even a header. Writes files of its own below the
 * temporary folder, or keeps the copy for the next evaluation where there is a folder for that.
 */
export async function stage(
  db: Duck,
  located: Located,
  time: TimeSpec | null,
): Promise<Staged | null> {
  const { keptDirectory, tempDirectory } = db.options;
  if (keptDirectory !== undefined) {
    const folder = path.resolve(keptDirectory);
    const kept = await keptCopy(folder, { located, time }, (empty) =>
      copyInto(db, { located, time, folder: empty }),
    );
    if (kept !== null) return { ...kept, remove: () => Promise.resolve() };
  }
  const folder = path.resolve(tempDirectory, 'stage', randomUUID());
  await mkdir(folder, { recursive: true });
  const remove = () => rm(folder, { recursive: true, force: true });
  const copied = await copyInto(db, { located, time, folder }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  if (copied !== null) return { ...copied, remove };
  await remove();
  return null;
}

async function copyInto(
  db: Duck,
  { located, time, folder }: { located: Located; time: TimeSpec | null; folder: string },
): Promise<Copy | null> {
  const blank = await blankFiles(located);
  const paths = located.files.filter((file) => !blank.includes(file)).map((file) => file.path);
  const copy: Copy = { files: [], unreadable: 0, first: null };
  // Texts one by one: each has to be readable by itself, and names its lines that are no row.
  for (const part of isText(located.kind) ? paths.map((one) => [one]) : [paths]) {
    const [first] = part;
    if (first === undefined) continue;
    const file = path.join(folder, `${copy.files.length}.parquet`);
    const copied = { parquet: copyTable, csv: copyTable, jsonl: copyJson }[located.kind];
    const rejects = await copied(db, {
      ...{ kind: located.kind, paths: part, path: first, time, file },
    });
    if (rejects === null) continue;
    copy.files = [...copy.files, file];
    copy.unreadable += rejects.lines;
    if (rejects.lines > 0) copy.first ??= { file: first, line: rejects.first };
  }
  return copy.files.length === 0 ? null : copy;
}

interface Part {
  kind: Located['kind'];
  paths: readonly string[];
  /** The first of them. */
  path: string;
  time: TimeSpec | null;
  file: string;
}

/** Lines of a file that are no row, and the number of the first, null where it is not known. */
interface Rejects {
  lines: number;
  first: number | null;
}

async function copyTable(db: Duck, part: Part): Promise<Rejects> {
  const { kind, paths, path, time, file } = part;
  if (kind !== 'csv') {
    await perform(db, copyOf(`from ${reader(kind, paths)}`, { time, file }));
    return { lines: 0, first: null };
  }
  const binary = await notText(path);
  if (binary !== null) throw new SourceError(path, null, `cannot be read as csv: ${binary}`);
  try {
    return await copyCsv(db, part);
  } catch (error) {
    const odd = error instanceof SourceError ? null : await oddLine(path);
    if (odd === null) throw error;
    throw new SourceError(path, null, `cannot be read as csv: ${odd}`);
  }
}

async function copyCsv(db: Duck, { kind, paths, path, time, file }: Part): Promise<Rejects> {
  const [rejects, scans] = [fresh('rejects'), fresh('scans')];
  const quotes = await quotesOf(path);
  const extra = `${quotes}, rejects_table = '${rejects}', rejects_scan = '${scans}'`;
  return db.use(async (connection) => {
    const described = await connection.runAndReadAll(
      `describe from ${reader(kind, paths, quotes)}`,
    );
    const names = (described.getRowsJS() as [string, string][]).map(([name]) => name);
    // The engine would take another case for the same name.
    if (time !== null && !names.includes(time.column)) {
      throw lacks(path, time.column, names.join(', '));
    }
    // Rejected lines are listed in tables of the connection that read them.
    await connection.run(copyOf(`from ${reader(kind, paths, extra)}`, { time, file }));
    const counted = await connection.runAndReadAll(
      `select count(distinct (file_id, line))::double, min(line)::double from ${rejects}`,
    );
    await connection.run(`drop table ${rejects}`);
    await connection.run(`drop table ${scans}`);
    const [lines, first] = counted.getRowsJS()[0] ?? [];
    return { lines: Number(lines ?? 0), first: first == null ? null : Number(first) };
  });
}

async function copyJson(db: Duck, { paths, path, time, file }: Part): Promise<Rejects | null> {
  const lines = fresh('lines');
  await perform(db, `create view ${lines} as from ${reader('jsonl', paths)}`);
  try {
    const keys = await ask(db, 'window/keys', { rows: lines });
    const names = keys.flatMap(({ name }) => (name === null ? [] : [String(name)]));
    const unreadable = Number(keys.find(({ name }) => name === null)?.['n'] ?? 0);
    if (names.length === 0 && unreadable === 0) return null;
    if (names.length === 0) {
      throw new SourceError(path, null, damageWords('jsonl', 'no line is an object'));
    }
    refuseTwins(path, names);
    if (time !== null && !names.includes(time.column)) {
      throw lacks(path, time.column, names.join(', '));
    }
    const fields = names.map((name) => {
      const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return `json_extract_string(json, ${quoteText(pointer)}) as ${quoteName(name)}`;
    });
    const objects = `select ${fields.join(', ')} from ${lines} where json_type(json) = 'OBJECT'`;
    await perform(db, copyOf(`from (${objects})`, { time, file }));
    const first = unreadable === 0 ? null : await firstNoObject(path);
    return { lines: unreadable, first };
  } finally {
    await perform(db, `drop view ${lines}`);
  }
}

/** SQL that copies rows as Parquet, with the event time read as an instant. */
function copyOf(from: string, { time, file }: Pick<Part, 'time' | 'file'>): string {
  const isRead = time !== null && time.as !== 'texts';
  const parsed = isRead ? ` replace (${parsedTime(time)} as ${quoteName(time.column)})` : '';
  return `copy (select *${parsed} ${from}) to ${quoteText(file)} (format parquet)`;
}
