import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import { blankFiles } from './blank.js';
import type { Duck } from './duck.js';
import { damageWords } from './engine-words.js';
import { fresh, lacks, reader } from './window-files.js';
import { keptCopy } from './window-kept.js';
import { parsedTime } from './window-time.js';
import type { TimeSpec } from './window-time.js';

/** Rows of text, copied once as Parquet, for every later question reads them again. */
export interface Staged {
  files: readonly string[];
  /** Lines that could not be read as a row. */
  unreadable: number;
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
): Promise<{ files: string[]; unreadable: number } | null> {
  const blank = await blankFiles(located);
  const paths = located.files.filter((file) => !blank.includes(file)).map((file) => file.path);
  const files: string[] = [];
  let unreadable = 0;
  for (const part of located.kind === 'csv' ? paths.map((one) => [one]) : [paths]) {
    if (part.length === 0) continue;
    const file = path.join(folder, `${files.length}.parquet`);
    const copied = located.kind === 'jsonl' ? copyJson : copyTable;
    const lines = await copied(db, { located, paths: part, time, file });
    if (lines === null) continue;
    files.push(file);
    unreadable += lines;
  }
  return files.length === 0 ? null : { files, unreadable };
}

interface Copy {
  located: Located;
  paths: readonly string[];
  time: TimeSpec | null;
  file: string;
}

async function copyTable(db: Duck, { located, paths, time, file }: Copy): Promise<number | null> {
  const rejects = fresh('rejects');
  const scans = fresh('scans');
  const csv = located.kind === 'csv';
  const extra = csv ? `, rejects_table = '${rejects}', rejects_scan = '${scans}'` : '';
  const from = reader(located.kind, paths, extra);
  return db.use(async (connection) => {
    const parsed =
      time === null ? '' : ` replace (${parsedTime(time)} as ${quoteName(time.column)})`;
    const copy = `copy (select *${parsed} from ${from}) to ${quoteText(file)} (format parquet)`;
    try {
      // Rejected lines are listed in tables of the connection that read them.
      await connection.run(copy);
    } catch (error) {
      const described = await connection.runAndReadAll(
        `describe from ${reader(located.kind, paths)}`,
      );
      const names = (described.getRowsJS() as [string, string][]).map(([name]) => name);
      if (time === null || names.includes(time.column)) throw error;
      throw lacks(paths[0] ?? '', time.column, names.join(', '));
    }
    if (!csv) return 0;
    const counted = await connection.runAndReadAll(
      `select count(distinct (file_id, line))::double from ${rejects}`,
    );
    await connection.run(`drop table ${rejects}`);
    await connection.run(`drop table ${scans}`);
    return Number(counted.getRowsJS()[0]?.[0] ?? 0);
  });
}

async function copyJson(db: Duck, { paths, time, file }: Copy): Promise<number | null> {
  const lines = fresh('lines');
  await perform(db, `create view ${lines} as from ${reader('jsonl', paths)}`);
  try {
    const keys = await ask(db, 'window/keys', { rows: lines });
    const names = keys.flatMap(({ name }) => (name === null ? [] : [String(name)]));
    const unreadable = Number(keys.find(({ name }) => name === null)?.['n'] ?? 0);
    if (names.length === 0 && unreadable === 0) return null;
    if (names.length === 0) {
      throw new SourceError(paths[0] ?? '', null, damageWords('jsonl', 'no line is an object'));
    }
    if (time !== null && !names.includes(time.column)) {
      throw lacks(paths[0] ?? '', time.column, names.join(', '));
    }
    const fields = names.map((name) => {
      const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return `json_extract_string(json, ${quoteText(pointer)}) as ${quoteName(name)}`;
    });
    const parsed =
      time === null ? '' : ` replace (${parsedTime(time)} as ${quoteName(time.column)})`;
    await perform(
      db,
      `copy (select *${parsed} from (select ${fields.join(', ')} from ${lines} ` +
        `where json_type(json) = 'OBJECT')) to ${quoteText(file)} (format parquet)`,
    );
    return unreadable;
  } finally {
    await perform(db, `drop view ${lines}`);
  }
}
