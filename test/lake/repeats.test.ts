import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { total } from '../../domain/profile.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { countedOnce, ownLabel, rowsOf } from '../support/outcomes.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const labels = ownLabel(['1']);
const score = { kind: 'probability', column: 's', threshold: 0.5 } as const;

interface Row {
  order: string | null;
  line: number | null;
  minute: number;
  s: number;
  y: number;
}

/** The words of the documentation: which rows count. */
function counting(rows: readonly Row[], use: 'first' | 'last'): Row[] {
  return rows.filter((row, at) => {
    if (row.order === null || row.line === null) return true;
    const others = rows
      .map((one, place) => ({ ...one, place }))
      .filter((one) => {
        return one.order === row.order && one.line === row.line;
      });
    // the number of a row is its id, a text
    const sorted = others.sort(
      (a, b) => a.minute - b.minute || (String(a.place) < String(b.place) ? -1 : 1),
    );
    return (use === 'first' ? sorted[0] : sorted.at(-1))?.place === at;
  });
}

const row = fc.record({
  order: fc.constantFrom('a', 'b', null),
  line: fc.constantFrom(1, 2, null),
  minute: fc.integer({ min: 0, max: 5 }),
  s: fc.constantFrom(0.1, 0.4, 0.6, 0.9),
  y: fc.constantFrom(0, 1),
});

/** Outcomes of the rows as the engine counts them. */
const profiled = (rows: readonly Row[], use: 'first' | 'last' | null, segmented = false) =>
  withFolder(async (db, folder) => {
    const table = {
      ...{ order: rows.map(({ order }) => order), line: rows.map(({ line }) => line) },
      ...{ minute: rows.map(({ minute }) => minute), s: rows.map(({ s }) => s) },
      y: rows.map(({ y }) => y),
    };
    const sql = `select * replace (ts + to_minutes(minute::int) as ts) from (${rowsOf(table)})`;
    const file = await writeRows(db, path.join(folder, 'rows.parquet'), sql);
    const monitor = monitorOf({
      ...{ labels, segments: segmented ? [{ name: 'y', by: 'y', top: 2, minRows: 1 }] : [] },
      columns: {
        ...{ id: ['id'], entity: ['order', 'line'] },
        prediction: use === null ? score : { ...score, use },
      },
    });
    const located = await locate(
      { kind: 'parquet', path: file, where: null },
      { span: null, timezone: 'UTC' },
    );
    const { grid, profile: reference } = await buildReference(db, { monitor, located });
    const found = await profileWindow(db, {
      ...{ monitor, grid, exact: 'grid', predictions: located, labels: null, landDir: folder },
      window: { start, end: start + DAY, weekday: 5 },
      ...{ at: start + DAY, knownAt: start + DAY, slices: { y: ['0', '1'] } },
    });
    return { ...found, reference };
  });

test('of each entity the first or the last prediction counts, and all features do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('first', 'last'),
      async (rows, use) => {
        const counted = counting(rows, use);
        const [found, plain] = [await profiled(rows, use), await profiled(counted, null)];
        expect(cellsOf(found.profile.outcomes)).toEqual(cellsOf(plain.profile.outcomes));
        expect(cellsOf(found.reference.outcomes)).toEqual(cellsOf(plain.profile.outcomes));
        expect(found.profile.rows).toBe(rows.length);
        expect(total(found.profile.asked['repeats'], 'n')).toBe(rows.length - counted.length);
        expect(Object.keys(found.profile.columns)).not.toContain('order');
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

test('in parts of the rows it is the one that counts in the whole', async () => {
  const rows: Row[] = [
    { order: 'a', line: 1, minute: 0, s: 0.9, y: 0 },
    { order: 'a', line: 1, minute: 1, s: 0.1, y: 1 },
    { order: 'b', line: 1, minute: 0, s: 0.6, y: 1 },
  ];
  const { slices } = await profiled(rows, 'first', true);
  const sizes = slices.map(({ slice, outcomes }) => [slice['y'], total(outcomes, 'n')]);
  expect(Object.fromEntries(sizes)).toEqual({ 0: 1, 1: 1 });
});

test('of rows that lack the column of the entity none counts', async () => {
  const found = await countedOnce(rowsOf({ s: [0.1, 0.9], y: [0, 1] }), {
    ...{ labels, columns: { entity: ['order'], prediction: { ...score, use: 'first' } } },
  })();
  expect(found.grid.measure('accuracy')).toMatchObject({ value: null });
});
