import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { SourceError } from '../../domain/source.js';
import type { Duck } from '../../lake/duck.js';
import { listColumns } from '../../lake/schema.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

const day = Date.UTC(2026, 0, 1);
const window = { start: day, end: day + 86_400_000, weekday: 4 };
const everything = { span: null, timezone: 'UTC' };

async function rowsWhere(db: Duck, folder: string, where: string): Promise<number> {
  await mkdir(path.join(folder, 'data'), { recursive: true });
  const file = path.join(folder, 'data', 'rows.parquet');
  await writeRows(
    db,
    file,
    `select i as id, timestamp '2026-01-01' as ts, i::double as x,
      case when i < 3 then 'prod' else 'test' end as env from range(10) t(i)`,
  );
  const spec = { kind: 'parquet' as const, path: file, where: null };
  const monitor = monitorOf({});
  const { grid } = await buildReference(db, { monitor, located: await locate(spec, everything) });
  const { profile } = await profileWindow(db, {
    monitor,
    grid,
    window,
    at: window.end,
    knownAt: window.end,
    predictions: await locate({ ...spec, where }, everything),
    labels: null,
    exact: 'grid',
    landDir: path.join(folder, 'land'),
  });
  return profile.rows;
}

test('where keeps the rows for which it holds', async () => {
  await withFolder(async (db, folder) => {
    expect(await rowsWhere(db, folder, "env = 'prod'")).toBe(3);
    expect(await rowsWhere(db, folder, 'x > 4 -- a remark')).toBe(5);
    expect(await rowsWhere(db, folder, 'id in (select 1)')).toBe(1);
  });
});

test('a sub-select in where reads no file but those of its source, also none beside them', async () => {
  await withFolder(async (db, folder) => {
    const secret = path.join(folder, 'secret.txt');
    const beside = path.join(folder, 'data', 'secret.txt');
    await writeFile(secret, 'password');
    await mkdir(path.dirname(beside));
    await writeFile(beside, 'password');
    for (const where of [
      `(select content from read_text('${secret}')) is not null`,
      `(select content from read_text('${beside}')) is not null`,
      `(select count(*) from read_text('${folder}/data/*')) > 0`,
      `id in (select length(content) from read_blob('${folder}/*'))`,
      `(select count(*) from read_csv('${folder}/data/../secret.txt')) > 0`,
      `(select count(*) from glob('/etc/*')) > 0`,
    ]) {
      await expect(rowsWhere(db, folder, where), where).rejects.toThrow(
        /: it may read no other file$/,
      );
    }
  });
});

test('a where that never ends is given up after a minute, with the expression', async () => {
  // The clock of the limit alone: the engine works on.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await withFolder(async (db, folder) => {
      const endless =
        'id in (with recursive n(i) as (select 1 union all select i + 1 from n) select i from n)';
      const found = rowsWhere(db, folder, endless).catch((problem: unknown) => problem);
      // The statements before it have limits, too, but end at once.
      for (let looks = 0; looks < 20;) {
        await sleep(50);
        looks = vi.getTimerCount() > 0 ? looks + 1 : 0;
      }
      let over: unknown = null;
      void found.then((error) => {
        over = error;
      });
      await vi.advanceTimersByTimeAsync(59_000);
      expect(over).toBeNull();
      while (over === null) {
        await vi.advanceTimersByTimeAsync(1000);
        await nextTurn();
      }
      expect(over).toEqual(
        new SourceError(
          path.join(folder, 'data', 'rows.parquet'),
          null,
          `where: ${JSON.stringify(endless)} is not answered within 61 s; ` +
            'expected an expression over one row at a time',
        ),
      );
    });
  } finally {
    vi.useRealTimers();
  }
});

test('where is one expression: no statement, no closing bracket, no syntax error gets by', async () => {
  await withFolder(async (db, folder) => {
    for (const where of [
      "x = 1); copy (select 1) to '/tmp/aftercare-evil.parquet'; --",
      'true) union all select * from rows where (true',
      "x = 'a') or (1 = 1",
      'x = ?',
      'x = $1',
      'true) limit (1',
      'true) group by (x',
      'x = ',
      '',
    ]) {
      const error = await rowsWhere(db, folder, where).catch((problem: unknown) => problem);
      expect(error, where).toBeInstanceOf(SourceError);
      expect(String(error)).toContain(`where: ${JSON.stringify(where)}`);
    }
  });
});

test('a column that where names and no file has is told, with the expression', async () => {
  await withFolder(async (db, folder) => {
    await expect(rowsWhere(db, folder, 'envv = 1')).rejects.toThrow(
      /rows\.parquet: where: "envv = 1": there is no column "envv"$/,
    );
  });
});

test('columns are listed with their types, of texts with what they can be read as', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'a.csv');
    await writeFile(
      file,
      'id,ts,n,x,code,on\n1,2026-01-01,1,1.5,007,true\n2,2026-01-02,2,2,012,FALSE\n',
    );
    const located = await locate({ kind: 'csv', path: file, where: null }, everything);
    expect(await listColumns(db, located)).toEqual({
      id: 'BIGINT',
      ts: 'TIMESTAMP WITH TIME ZONE',
      n: 'BIGINT',
      x: 'DOUBLE',
      code: 'VARCHAR',
      on: 'BOOLEAN',
    });
  });
});
