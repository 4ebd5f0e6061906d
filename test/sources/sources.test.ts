import { createHash } from 'node:crypto';
import { chmod, mkdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SourceError } from '../../domain/source.js';
import type { Duck } from '../../lake/duck.js';
import { nothingAt } from '../../sources/files.js';
import { locate } from '../../sources/locate.js';
import { withFolder, writeRows } from '../support/rows.js';

const kinds = ['parquet', 'csv', 'jsonl'] as const;
type Kind = (typeof kinds)[number];

async function writeOne(db: Duck, kind: Kind, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  if (kind === 'parquet') await writeRows(db, file, 'select 1 as id, 2 as x');
  else await writeFile(file, kind === 'csv' ? 'id,x\n1,2\n' : '{"id":1,"x":2}\n');
}

const all = { span: null, timezone: 'UTC' };
const hour = 3_600_000;

for (const kind of kinds) {
  const spec = (file: string) => ({ kind, path: file, where: null });

  test(`${kind}: a path without a file is no error and no file`, async () => {
    await withFolder(async (_, folder) => {
      expect((await locate(spec(path.join(folder, 'none')), all)).files).toEqual([]);
      expect((await locate(spec(path.join(folder, '*', 'none')), all)).files).toEqual([]);
    });
  });

  test(`${kind}: a glob lists its files in order, with size, time and fingerprint`, async () => {
    await withFolder(async (db, folder) => {
      for (const name of ['b', 'a']) await writeOne(db, kind, path.join(folder, name));
      await utimes(path.join(folder, 'a'), 1_700_000_000, 1_700_000_000);
      const { files } = await locate(spec(path.join(folder, '?')), all);
      expect(files.map((file) => file.path)).toEqual([
        path.join(folder, 'a'),
        path.join(folder, 'b'),
      ]);
      expect(files[0]?.modified).toBe(1_700_000_000_000);
      expect(files[0]?.bytes).toBeGreaterThan(0);
      expect(files[0]?.footer).toMatch(/^[0-9a-f]{64}$/);
    });
  });

  test(`${kind}: a template lists the hours that a span touches in its zone, and no others`, async () => {
    await withFolder(async (db, folder) => {
      for (const at of ['2026-01-01/22', '2026-01-01/23', '2026-01-02/00', '2026-01-02/01']) {
        await writeOne(db, kind, path.join(folder, 'data', at, 'rows'));
      }
      const template = path.join(folder, 'data', '{date}', '{hour}', '*');
      const midnight = Date.UTC(2026, 0, 2);
      const span = { start: midnight - hour, end: midnight + hour };
      const names = async (timezone: string) =>
        (await locate(spec(template), { span, timezone })).files.map(({ path: file }) =>
          path.relative(path.join(folder, 'data'), path.dirname(file)),
        );
      expect(await names('UTC')).toEqual(['2026-01-01/23', '2026-01-02/00']);
      expect(await names('Europe/Paris')).toEqual(['2026-01-02/00', '2026-01-02/01']);
      expect((await locate(spec(template), all)).files).toHaveLength(4);
    });
  });

  test(`${kind}: a file with a wildcard's letters in its name is that file`, async () => {
    await withFolder(async (db, folder) => {
      const file = path.join(folder, 'rows [1] (a).x');
      await writeOne(db, kind, file);
      expect((await locate(spec(file), all)).files.map((one) => one.path)).toEqual([file]);
    });
  });

  test(`${kind}: other content has another fingerprint`, async () => {
    await withFolder(async (db, folder) => {
      const file = path.join(folder, 'rows');
      await writeOne(db, kind, file);
      const [before] = (await locate(spec(file), all)).files;
      if (kind === 'parquet') await writeRows(db, file, 'select 1 as id, 3 as x');
      else await writeFile(file, 'id,x\n1,3\n');
      const [after] = (await locate(spec(file), all)).files;
      expect(after?.footer).not.toBe(before?.footer);
    });
  });
}

test('a path without a file says which folder is missing, and what is expected', async () => {
  await withFolder(async (_, folder) => {
    const wanted = (...names: string[]) => nothingAt(path.join(folder, ...names), 'rows');
    expect(await wanted('x.csv')).toBe('no such file; expected rows');
    expect(await wanted('*.csv')).toBe('no file matches this; expected rows');
    const gone = path.join(folder, 'gone');
    const missing = ` (there is no folder ${gone}); expected rows`;
    expect(await wanted('gone', 'far', 'x.csv')).toBe(`no such file${missing}`);
    expect(await wanted('gone', '{date}', '*.csv')).toBe(`no file matches this${missing}`);
    await writeFile(gone, 'a file');
    expect(await wanted('gone', 'x.csv')).toBe(`no such file${missing}`);
    expect(await wanted()).toBe(
      `is a folder; expected a file, or files by a pattern, as "${folder}/*.parquet"`,
    );
  });
});

test('a text with zero bytes is none, whatever its name says', async () => {
  await withFolder(async (_, folder) => {
    const file = path.join(folder, 'rows.csv');
    await writeFile(file, Buffer.from('id,x\n1,2\n', 'utf16le'));
    for (const kind of ['csv', 'jsonl'] as const) {
      await expect(locate({ kind, path: file, where: null }, all)).rejects.toThrow(
        `${file}: has zero bytes in it; expected text in UTF-8`,
      );
    }
  });
});

test('a link that leads nowhere is named, and not left out', async () => {
  await withFolder(async (db, folder) => {
    await writeOne(db, 'parquet', path.join(folder, '1.parquet'));
    const link = path.join(folder, '2.parquet');
    await symlink(path.join(folder, 'nowhere'), link);
    const all = locate(
      { kind: 'parquet', path: path.join(folder, '*.parquet'), where: null },
      { span: null, timezone: 'UTC' },
    );
    const error = await all.catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).file).toBe(link);
    expect((error as SourceError).message).toContain('it is not there');
  });
});

test.each([
  ['elsewhere', (folder: string) => path.join(folder, 'of', 'somebody', 'else')],
  ['in the working folder', (folder: string) => folder],
  ['below it', (folder: string) => path.dirname(folder)],
])(
  'a link that leads nowhere is named where a folder should be, and only there: %s',
  async (_, at) => {
    await withFolder(async (db, folder) => {
      vi.spyOn(process, 'cwd').mockReturnValue(at(folder));
      onTestFinished(() => {
        vi.restoreAllMocks();
      });
      await writeOne(db, 'parquet', path.join(folder, 'dt=2026-03-01', 'x.parquet'));
      await symlink(path.join(folder, 'nowhere'), path.join(folder, 'latest'));
      await symlink(path.join(folder, 'nowhere'), path.join(folder, 'dt=2026-03-01', 'y.parquet'));
      const start = Date.UTC(2026, 2, 1);
      const span = { start, end: start + 48 * hour };
      const ask = async (pattern: string) => {
        const spec = { kind: 'parquet', path: path.join(folder, pattern), where: null } as const;
        try {
          const { files } = await locate(spec, { span, timezone: 'UTC' });
          return files.map((file) => path.relative(folder, file.path));
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError);
          return (error as SourceError).message.replace(`${folder}/`, '');
        }
      };
      const there = ['dt=2026-03-01/x.parquet'];
      for (const pattern of ['dt=*/x.parquet', 'dt={date}/x.parquet', 'dt={date}/x*.parquet']) {
        expect(await ask(pattern), pattern).toEqual(there);
      }
      await symlink(path.join(folder, 'nowhere'), path.join(folder, 'dt=2026-03-02'));
      const dead =
        'dt=2026-03-02: is a link to what is not there; expected one to a file or folder that is there';
      for (const pattern of ['dt=*/x.parquet', 'dt={date}/x.parquet', 'dt={date}/x*.parquet']) {
        expect(await ask(pattern), pattern).toBe(dead);
      }
      // A single file that is meant by its name, too.
      expect(await ask('latest')).toBe(dead.replace('dt=2026-03-02', 'latest'));
      expect(await ask('none.parquet')).toEqual([]);
    });
  },
);

test('links to files and folders that are there are followed', async () => {
  await withFolder(async (db, folder) => {
    await mkdir(path.join(folder, 'there'));
    await writeOne(db, 'parquet', path.join(folder, 'there', '1.parquet'));
    await symlink(path.join(folder, 'there'), path.join(folder, 'linked'));
    await symlink(path.join(folder, 'there', '1.parquet'), path.join(folder, 'there', '2.parquet'));
    const spec = {
      kind: 'parquet',
      path: path.join(folder, '*', '*.parquet'),
      where: null,
    } as const;
    const { files } = await locate(spec, { span: null, timezone: 'UTC' });
    const names = ['linked/1.parquet', 'linked/2.parquet', 'there/1.parquet', 'there/2.parquet'];
    expect(files.map((file) => path.relative(folder, file.path))).toEqual(names);
  });
});

test('a file and a folder that may not be read are named', async () => {
  await withFolder(async (db, folder) => {
    const closed = path.join(folder, 'closed');
    await mkdir(closed);
    await writeOne(db, 'parquet', path.join(closed, '1.parquet'));
    await chmod(folder, 0o755);
    const spec = {
      kind: 'parquet',
      path: path.join(folder, '*', '*.parquet'),
      where: null,
    } as const;
    for (const [target, mode] of [
      [path.join(closed, '1.parquet'), 0o755],
      [closed, 0o000],
    ] as const) {
      await chmod(path.join(closed, '1.parquet'), 0o000);
      await chmod(closed, mode);
      const found = asNobody(() => locate(spec, { span: null, timezone: 'UTC' }));
      const error = await found.catch((problem: unknown) => problem);
      await chmod(closed, 0o755);
      expect(error, target).toBeInstanceOf(SourceError);
      expect(path.resolve((error as SourceError).file)).toBe(target);
      expect((error as SourceError).message).toContain('there is no permission for it');
    }
  });
});

/** Root may read everything. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('a truncated Parquet file is named', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.parquet');
    await writeOne(db, 'parquet', file);
    await truncate(file, 100);
    const error = await locate({ kind: 'parquet', path: file, where: null }, all).catch(
      (problem: unknown) => problem,
    );
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain(`${file}: truncated or not Parquet (100 bytes)`);
    await truncate(file, 0);
    await expect(locate({ kind: 'parquet', path: file, where: null }, all)).rejects.toThrow(
      '0 bytes',
    );
  });
});

test('a truncated gzip file is named, for a reader of its rows would stop early', async () => {
  await withFolder(async (_, folder) => {
    const file = path.join(folder, 'rows.csv.gz');
    const whole = gzipSync(Array.from({ length: 1000 }, (__, i) => `${i * 7919}`).join('\n'));
    await writeFile(file, whole.subarray(0, whole.length - 20));
    const spec = { kind: 'csv' as const, path: file, where: null };
    await expect(locate(spec, all)).rejects.toThrow(`${file}: truncated or not gzip`);
    await writeFile(file, whole);
    const hash = createHash('sha256').update(whole).digest('hex');
    expect((await locate(spec, all)).files[0]?.footer).toBe(hash);
    // it was whole once; what stands there now is not
    await writeFile(file, whole.subarray(0, whole.length - 20));
    await expect(locate(spec, all)).rejects.toThrow(`${file}: truncated or not gzip`);
  });
});
