import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareFiles } from '../../app/compare.js';
import { perform, quoteText } from '../../lake/ask.js';
import { withDuck } from '../../lake/duck.js';
import { profileColumns } from '../../lake/profile-columns.js';
import { profileExact } from '../../lake/profile-exact.js';
import { cellsFromValues, deskFor, exactOfValues } from '../../lake/exact-values.js';
import { exactPair } from '../../domain/judging/exact.js';
import { ksOf } from '../../domain/judging/ks.js';
import { exactValues, numericCounts } from '../../domain/judging/numeric.js';
import { momentsOf, quantileOf } from '../../domain/judging/moments.js';
import { wassersteinOf } from '../../domain/judging/wasserstein.js';
import { total } from '../../domain/profile.js';
import type { Axis } from '../../domain/profile.js';

const duck = { threads: 2, memoryLimitMb: 300 };

const axis: Axis = {
  ...{ kind: 'numeric', low: -1, inverseWidth: 1024, atoms: [0.25], edges: [0, 1024, 4096] },
  ...{ known: [], min: -0.9, max: 0.9, type: 'DOUBLE', distinct: 1 },
};

/** Values around a middle, one of them heavy, some missing, some not finite, some off the axis. */
const table = (name: string, seed: number) =>
  `create table ${name} as select case when i % 50 = 0 then null when i % 97 = 0 then 'nan'::double
   when i % 101 = 0 then '-inf'::double when i % 9 = 0 then 0.25 when i % 211 = 0 then 7.5
   else (hash(i, ${seed})::double / 18446744073709551616) * 2 - 1 + ${seed} / 100 end as x
   from range(4000) t(i)`;

const desk = deskFor({ reference: 4_000, current: 4_000 });

describe('a column looked at value by value without keeping the values', () => {
  test('has the figures of the same column counted by its values', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-sorted-'));
    try {
      await withDuck({ ...duck, tempDirectory: folder }, async (db) => {
        await perform(db, table('a', 1));
        await perform(db, table('b', 2));
        const side = (view: string) => ({ view, rows: 4_000 });
        const pair = { column: 'x', axis, reference: side('a'), current: side('b') };
        const sorted = await exactOfValues(db, pair, desk);
        if (sorted === null) throw new Error('no value holds half of the rows');
        const [before, now] = [
          await profileExact(db, { rows: 'a', column: 'x' }, axis),
          await profileExact(db, { rows: 'b', column: 'x' }, axis),
        ];
        expect(exactPair(sorted.current, sorted.reference)).not.toBeNull();
        const { current, reference } = sorted;
        expect(ksOf(axis, current, reference)).toEqual(ksOf(axis, now, before));
        const [found, wanted] = [
          wassersteinOf(axis, current, reference),
          wassersteinOf(axis, now, before),
        ];
        expect(found.value).toBeCloseTo(wanted.value, 12);
        expect([found.low, found.high]).toEqual([found.value, found.value]);
        for (const [mine, other] of [
          [current, now],
          [reference, before],
        ] as const) {
          expect(numericCounts(axis, mine)).toEqual(numericCounts(axis, other));
          expect(total(mine, 'beyond')).toBe(total(other, 'beyond'));
          expect(total(mine, 'sum')).toBeCloseTo(total(other, 'sum'), 8);
          const [a, b] = [momentsOf(axis, mine), momentsOf(axis, other)];
          expect(a?.mean).toBeCloseTo(b?.mean ?? NaN, 12);
          expect(a?.sd).toBeCloseTo(b?.sd ?? NaN, 12);
          expect([a?.n, a?.median]).toEqual([b?.n, b?.median]);
          expect(quantileOf(axis, mine, 0.9)).toBe(quantileOf(axis, other, 0.9));
          expect(exactValues(mine)).toBeNull();
        }
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('has the cells that grouping it gives', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-sorted-'));
    try {
      await withDuck({ ...duck, tempDirectory: folder }, async (db) => {
        await perform(db, table('a', 1));
        const found = await cellsFromValues(db, { axis, column: 'x', view: 'a', rows: 4_000 });
        const grouped = await profileColumns(
          db,
          { view: 'a', types: { x: 'DOUBLE' } },
          { grid: { id: '', axes: { x: axis } }, binning: 'grid' },
        );
        const wanted = grouped['x'];
        expect(found.by).toEqual(wanted?.by);
        expect(Object.keys(found.sums)).toEqual(Object.keys(wanted?.sums ?? {}));
        expect(found.sums['n']).toEqual(wanted?.sums['n']);
        // In the cells where the reference begins and ends, grouping cannot tell what is beyond.
        const out = await db.use((connection) =>
          connection.runAndReadAll(
            'select count(*)::double from a where isfinite(x) and abs(x) > 0.9',
          ),
        );
        expect(total(found, 'beyond')).toBe(Number(out.getRows()[0]?.[0]));
        for (const name of ['sum', 'squares', 'cubes']) {
          found.sums[name]?.forEach((value, row) => {
            expect(value).toBeCloseTo(wanted?.sums[name]?.[row] ?? NaN, 8);
          });
        }
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('is counted by its values where one of them holds half of the rows', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-sorted-'));
    try {
      await withDuck({ ...duck, tempDirectory: folder }, async (db) => {
        await perform(db, 'create table a as select range::double as x from range(100)');
        await perform(db, 'create table b as select greatest(x, 60) as x from a');
        const side = (view: string) => ({ view, rows: 100 });
        const pair = { column: 'x', axis, reference: side('a'), current: side('b') };
        expect(await exactOfValues(db, pair, desk)).toBeNull();
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('gives a comparison of many rows its exact distances', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-sorted-'));
    try {
      const file = (name: string) => path.join(folder, `${name}.parquet`);
      await withDuck({ ...duck, tempDirectory: folder }, async (db) => {
        // The second side is the first, moved by an eighth of its range of 1.
        for (const [name, more] of [
          ['a', 0],
          ['b', 0.125],
        ] as const) {
          await perform(
            db,
            `copy (select range / 32768::double + ${more} as x, range % 3 as y from range(32768))
             to ${quoteText(file(name))} (format parquet)`,
          );
        }
      });
      const { columns } = await compareFiles({
        ...{ reference: file('a'), current: file('b'), columns: ['x', 'y'], segments: [] },
        ...{ checks: null, binning: 'exact', duck },
      });
      const of = (column: string, check: string) =>
        columns
          .find((one) => one.column === column)
          ?.findings.find((finding) => finding.check === check);
      expect(of('x', 'ks')?.value).toBe(0.125);
      expect(of('x', 'ks')?.high).toBe(of('x', 'ks')?.low);
      expect(of('x', 'wasserstein')?.value).toBeCloseTo(0.125, 12);
      expect(of('y', 'ks')?.value).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
