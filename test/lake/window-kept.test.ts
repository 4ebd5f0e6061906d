import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Located } from '../../domain/source.js';
import type { Duck } from '../../lake/duck.js';
import { withLocked } from '../../lake/lockdown.js';
import { keptCopy } from '../../lake/window-kept.js';
import { stage } from '../../lake/window-stage.js';
import { withRows } from '../../lake/window-rows.js';
import { ask } from '../../lake/ask.js';
import { locate } from '../../sources/locate.js';
import { withFolder } from '../support/rows.js';

const time = { column: 'ts', timezone: 'UTC' };
const csv = (file: string): Promise<Located> =>
  locate({ kind: 'csv', path: file, where: null }, { span: null, timezone: 'UTC' });

async function write(file: string, rows: number): Promise<Located> {
  const lines = Array.from({ length: rows }, (_, i) => `${i},2026-01-02 00:00:0${i},${i}`);
  await writeFile(file, ['id,ts,x', ...lines, ''].join('\n'));
  return csv(file);
}

/** The same database with a folder to keep copies in. */
const keeping = (db: Duck, folder: string): Duck => ({
  ...db,
  options: { ...db.options, keptDirectory: path.join(folder, 'kept') },
});

const countRows = (db: Duck, located: Located): Promise<number> =>
  withRows(db, { located, wants: {}, time }, async ({ view }) => {
    const [row] = await ask(db, 'profile/count', { rows: view });
    return Number(row?.['rows']);
  });

test('a text file is read once for all its windows, and again when it changes', () =>
  withFolder(async (db, folder) => {
    const own = keeping(db, folder);
    const file = path.join(folder, 'rows.csv');
    const before = await write(file, 3);
    expect(await countRows(own, before)).toBe(3);
    // Nothing reads the file any more: it may as well be gone.
    await rm(file);
    expect(await countRows(own, before)).toBe(3);
    const after = await write(file, 5);
    expect(await countRows(own, after)).toBe(5);
    expect(await readdir(path.join(folder, 'kept'))).toHaveLength(2);
    // A time that is read in another zone is another copy.
    const paris = await stage(own, after, { column: 'ts', timezone: 'Europe/Paris' });
    expect(paris?.files[0]?.startsWith(path.join(folder, 'kept'))).toBe(true);
    expect(await readdir(path.join(folder, 'kept'))).toHaveLength(3);
  }));

test('without a folder to keep it in, a copy goes with its evaluation', () =>
  withFolder(async (db, folder) => {
    const located = await write(path.join(folder, 'rows.csv'), 2);
    const staged = await stage(db, located, time);
    expect(await Promise.all((staged?.files ?? []).map((file) => stat(file)))).toHaveLength(1);
    await staged?.remove();
    expect(await readdir(path.join(db.options.tempDirectory, 'stage'))).toEqual([]);
  }));

test('what was not used for two hours goes, whole or half made; what is in use stays', () =>
  withFolder(async (_, folder) => {
    const kept = path.join(folder, 'kept');
    const located = await write(path.join(folder, 'rows.csv'), 2);
    const make = async (empty: string) => {
      await writeFile(path.join(empty, '0.parquet'), 'rows');
      return { files: [path.join(empty, '0.parquet')], unreadable: 1, first: null };
    };
    const first = await keptCopy(kept, { located, time }, make);
    expect(first?.unreadable).toBe(1);
    const [name = ''] = await readdir(kept);
    for (const old of ['killed.tmp', 'unused']) {
      await mkdir(path.join(kept, old));
      await writeFile(path.join(kept, old, '0.parquet'), 'rows');
      await utimes(path.join(kept, old), 1, 1);
    }
    await mkdir(path.join(kept, 'at-work.tmp'));
    // One that is used counts as new, however long ago it was made.
    await utimes(path.join(kept, name), 1, 1);
    expect(await keptCopy(kept, { located, time }, () => Promise.reject(new Error('no')))).toEqual(
      first,
    );
    const other = await write(path.join(folder, 'other.csv'), 1);
    await keptCopy(kept, { located: other, time }, make);
    const left = await readdir(kept);
    expect(left).toHaveLength(3);
    expect(left).toEqual(expect.arrayContaining([name, 'at-work.tmp']));
  }));

test('a copy that cannot be made leaves nothing, and a half made one is never read', () =>
  withFolder(async (_, folder) => {
    const kept = path.join(folder, 'kept');
    const located = await write(path.join(folder, 'rows.csv'), 2);
    const fails = keptCopy(kept, { located, time }, async (empty) => {
      await writeFile(path.join(empty, '0.parquet'), 'half');
      throw new Error('the disk is full');
    });
    await expect(fails).rejects.toThrow('the disk is full');
    expect(await readdir(kept)).toEqual([]);
  }));

test('what runs an expression of a user has no part in the copies of others', () =>
  withFolder(async (db, folder) => {
    const found = await withLocked(keeping(db, folder).options, [], (own) =>
      Promise.resolve(own.options.keptDirectory),
    );
    expect(found).toBeUndefined();
  }));
