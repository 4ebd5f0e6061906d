import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BIN } from '../../domain/profile.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { ownLabel } from '../support/outcomes.js';
import { cellsOf, sumsOf, withFolder, writeRows } from '../support/rows.js';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 2);
/** In the middle of a cell. */
const CUT = 2048.5 / 4096;
const everything = { span: null, timezone: 'UTC' };

const action = { column: 'd', wouldAct: null, censors: ['block'], alters: ['ask'], explored: 'e' };
const monitor = monitorOf({
  segments: [{ name: 'g', by: 'g', top: 2, minRows: 1 }],
  columns: {
    action,
    version: 'v',
    prediction: { kind: 'probability', column: 's', threshold: CUT },
    features: { include: [], exclude: [], overrides: {} },
  },
  labels: ownLabel(['1']),
});

const texts = (...some: string[]) => fc.option(fc.constantFrom(...some));
const rowOf = fc.record({
  // the middle of a cell, or no probability
  s: fc.oneof(
    fc.constantFrom('null', "'nan'", "'inf'", '1.5', '-0.2'),
    fc.integer({ min: 0, max: 4095 }).map((cell) => (cell + 0.5) / 4096),
    fc.constantFrom(CUT, CUT - 1e-6),
  ),
  d: texts('pass', 'block', 'ask'),
  e: fc.option(fc.boolean()),
  y: texts('1', '0', 'odd', '1 ', ''),
  v: texts('v1', 'v2', ''),
  g: texts('a', 'b', 'c'),
});
type Row = Parameters<Parameters<typeof rowOf.map>[0]>[0];

const numeric = ({ s }: Row) => (typeof s === 'number' ? s : null);

function cellOf(row: Row, step: number): number {
  const score = numeric(row);
  if (score === null) return row.s === "'nan'" || row.s === "'inf'" ? BIN.notFinite : BIN.missing;
  const cell = Math.floor(score * 4096);
  return step === 1 ? cell : Math.floor(cell / step) * step + step / 2;
}

const classOf = (row: Row) => {
  const score = numeric(row);
  return score === null ? '' : score >= CUT ? '1' : '0';
};

/** All others are negative, but for a positive one in another spelling, which is no label. */
const labelOf = ({ y }: Row) => (y === '1' ? '1' : y === '0' || y === 'odd' ? '0' : '');

/** As domain/action.ts has it, where the band is what was acted on or held out. */
function decisionOf({ d, e }: Row): string {
  if (d === null) return '';
  const acted = d !== 'pass';
  if (e === true) return acted ? 'breached' : 'explored';
  return d === 'block' ? 'censored' : acted ? 'altered' : 'free';
}

function countedBy(rows: readonly Row[], step: number): Record<string, number> {
  const cells: Record<string, number> = {};
  for (const row of rows) {
    const told = [classOf(row), labelOf(row), row.v ?? '', decisionOf(row)];
    const key = [cellOf(row, step), ...told].join(' ');
    cells[key] = (cells[key] ?? 0) + 1;
  }
  return cells;
}

const quote = (text: string | null) => (text === null ? 'null' : `'${text}'`);
const sqlOf = ({ s, d, e, y, v, g }: Row, id: number) =>
  `(${id}, ${s}::double, ${quote(d)}, ${e}::boolean, ${quote(y)}, ${quote(v)}, ${quote(g)})`;

const known: Row[] = [
  { s: 1024.5 / 4096, d: 'pass', e: false, y: '1', v: 'v1', g: 'a' },
  { s: 3072.5 / 4096, d: 'block', e: true, y: '0', v: 'v1', g: 'b' },
];

test('outcomes are those of a count row by row, whatever the rows tell, whole and in parts', async () => {
  await withFolder(async (db, folder) => {
    const file = async (name: string, rows: readonly Row[], from: number) => {
      const values = rows.map(sqlOf).join();
      const made = path.join(folder, name);
      const table = `(values ${values}) t(id, s, d, e, y, v, g)`;
      await writeRows(db, made, `select epoch_ms(${from}) as ts, * from ${table}`);
      return locate({ kind: 'parquet', path: made, where: null }, everything);
    };
    const training = await file('training.parquet', known, start - day);
    const { grid } = await buildReference(db, { monitor, located: training });
    const window = { start, end: start + day, weekday: 5 };
    const at = { window, at: window.end, knownAt: window.end, landDir: folder };
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 25 }), async (list) => {
        const rows = [...list, ...known];
        const predictions = await file('any.parquet', rows, start);
        const request = { ...at, grid, monitor, predictions, labels: null, exact: 'grid' as const };
        const slices = { g: ['a', 'b'] };
        const { profile, slices: parts } = await profileWindow(db, { ...request, slices });
        expect(cellsOf(profile.outcomes)).toEqual(countedBy(rows, 1));
        for (const name of ['a', 'b']) {
          const own = parts.find(({ slice }) => slice['g'] === name)?.outcomes;
          const some = rows.filter(({ g }) => g === name);
          expect(cellsOf(own)).toEqual(countedBy(some, 16));
        }
        expect(sumsOf(profile.asked['labels'])).toMatchObject({
          ...{ labels: rows.length, orphans: 0, keyless: 0 },
          joined: rows.filter((row) => labelOf(row) !== '').length,
          met: rows.filter(({ y }) => y !== null && y !== '').length,
          unread: rows.filter(({ y }) => y === '1 ').length,
        });
      }),
      { numRuns: 15 },
    );
  });
});
