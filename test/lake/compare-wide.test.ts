import path from 'node:path';
import { expect, test } from 'vitest';
import { compareFiles } from '../../app/compare.js';
import { compareMonitor } from '../../app/compare-monitor.js';
import { total } from '../../domain/profile.js';
import { compareTables } from '../../lake/compare.js';
import { locate } from '../../sources/locate.js';
import { withFolder, writeRows } from '../support/rows.js';

const COLUMNS = 320;

/** 320 columns, one of them a date; the first and the last move by `shift`. */
const wide = (shift: number): string => {
  const list = Array.from({ length: COLUMNS }, (_, c) => {
    const by = c === 0 || c === COLUMNS - 1 ? shift : 0;
    if (c === 300) return `date '2026-01-01' + i::integer as c300`;
    return c % 10 === 9 && c !== COLUMNS - 1
      ? `'k' || (hash(i, ${c}) % 4) as c${c}`
      : `(hash(i, ${c}) % 100000) / 70000 + ${by} as c${c}`;
  });
  return `select case when i % 3 = 0 then 'a' else 'b' end as g, ${list.join(', ')}
    from range(600) t(i)`;
};

test('a wide table is looked at 250 columns at a time, and none of its counts are kept', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(db, path.join(folder, 'a.parquet'), wide(0));
    const located = await locate(
      { kind: 'parquet', path: file, where: null },
      { span: null, timezone: 'UTC' },
    );
    const monitor = compareMonitor({ columns: null, checks: [], all: [] });
    const sides = { reference: located, current: located };
    const request = { monitor, ...sides, segments: ['g'], binning: 'grid' as const };
    const looks: { columns: number; parts: (string | undefined)[]; rows: number[] }[] = [];
    const kept = await compareTables(db, request, ({ grid, parts }) => {
      const [first = ''] = Object.keys(grid.axes);
      looks.push({
        columns: Object.keys(grid.axes).length,
        parts: parts.map(({ slice }) => slice['g']),
        rows: parts.map(({ current }) => total(current.columns[first])),
      });
      return Promise.resolve();
    });
    const seen = { parts: [undefined, 'b', 'a'], rows: [600, 400, 200] };
    expect(looks).toEqual([250, 71].map((columns) => ({ columns, ...seen })));
    // Columns that are not counted come last.
    const names = Array.from({ length: COLUMNS }, (_, c) => `c${c}`).filter(
      (one) => one !== 'c300',
    );
    expect(Object.keys(kept.grid.axes)).toEqual(['g', ...names, 'c300']);
    expect(kept.parts.map(({ reference, current }) => [reference, current])).toMatchObject([
      [{ rows: 600 }, { rows: 600 }],
      [{ rows: 400 }, { rows: 400 }],
      [{ rows: 200 }, { rows: 200 }],
    ]);
    for (const { reference, current } of kept.parts) {
      expect([reference.columns, current.columns]).toEqual([{}, {}]);
    }
  });
}, 60_000);

test('columns that were looked at apart are judged together, in the order of the checks', async () => {
  await withFolder(async (db, folder) => {
    const reference = await writeRows(db, path.join(folder, 'a.parquet'), wide(0));
    const current = await writeRows(db, path.join(folder, 'b.parquet'), wide(0.3));
    const compared = await compareFiles({
      ...{ reference, current, columns: null, segments: [], checks: ['psi', 'missing'] },
      ...{ binning: 'grid', duck: { threads: 2, memoryLimitMb: 400 } },
    });
    const { findings, columns } = compared;
    const bad = findings.filter(({ verdict }) => verdict === 'alert').map(({ target }) => target);
    expect(bad).toEqual(['c0', 'c319']);
    expect(
      columns
        .slice(0, 2)
        .map(({ column }) => column)
        .sort(),
    ).toEqual(['c0', 'c319']);
    const last = findings.findLastIndex(({ check }) => check === 'missing');
    const first = findings.findIndex(({ check }) => check === 'psi');
    expect([last, first, findings.length]).toEqual([320, 321, 641]);
    expect(columns.find(({ column }) => column === 'c319')?.bins.length).toBeGreaterThan(5);
    expect(compared.unmeasured.map(({ column }) => column)).toEqual(['c300']);
  });
}, 60_000);
