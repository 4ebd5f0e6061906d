import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabelSourceColumn } from '../../domain/label-source.js';
import type { SourceSpec } from '../../domain/monitor.js';
import type { Outcomes } from '../../domain/profile.js';
import { perform, quoteText } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder } from '../support/rows.js';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 2);
const everything = { span: null, timezone: 'UTC' };

const spec: LabelSourceColumn = {
  ...{ column: "who's", model: ["o'auto"], rule: ['7'], humanAssisted: ['ana', 'bo'] },
  ...{ humanBlind: ['audit'], blindAtRandom: false },
};

/** Row i has the i-th value, every fifth no label; two rows of each. */
const VALUES = ["'o''auto'", "'7'", "'ana'", "'bo'", "'audit'", "'court'", 'null', "' '"];
const list = VALUES.flatMap((value, place) => [
  `(${2 * place}, ${value}, '1')`,
  `(${2 * place + 1}, ${value}, ${place % 3 === 0 ? 'null' : "'0'"})`,
]);
const ROWS =
  `select id, id as x, id / 100.0 as s, y, who as "who's", timestamp '2026-01-02' as ts ` +
  `from (values ${list.join(', ')}) t(id, who, y)`;

async function profiled(
  db: Duck,
  folder: string,
  of: { kind: 'parquet' | 'csv'; sql?: string; by?: LabelSourceColumn | null },
) {
  const { kind, sql = ROWS, by = spec } = of;
  const file = path.join(folder, `rows.${kind}`);
  await perform(db, `copy (${sql}) to ${quoteText(file)} (format ${kind})`);
  const source: SourceSpec = { kind, path: file, where: null };
  const monitor = monitorOf({
    columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
    segments: [{ name: 'half', by: 'x', top: 2, minRows: 1 }],
    labels: {
      ...{ name: 'y', from: null, on: {}, value: 'y', positive: ['1'] },
      ...{ timestamp: null, matureAfter: 0 },
      ...(by && { labelSource: by }),
    },
  });
  const located = await locate(source, everything);
  const { grid, profile: reference } = await buildReference(db, { monitor, located });
  const request = {
    ...{ monitor, grid, predictions: located, labels: null, landDir: folder },
    ...{ exact: 'grid' as const, slices: { half: ['0', '1'] } },
    ...{ window: { start, end: start + day, weekday: 5 }, at: start + day, knownAt: start + day },
  };
  const found = await profileWindow(db, request);
  return { ...found, grid, reference, again: await profileOutcomes(db, request) };
}

function bySource(outcomes: Outcomes | null): Record<string, number> {
  const rows: Record<string, number> = {};
  Array.from(outcomes?.sums['n'] ?? []).forEach((n, cell) => {
    const key = String(outcomes?.by['source']?.[cell]);
    rows[key] = (rows[key] ?? 0) + n;
  });
  return rows;
}

/** Without a label nobody made one: 1, 7 and 13 have none. */
const EXPECTED = { model: 1, rule: 2, human_assisted: 3, human_blind: 2, outcome: 2, '': 6 };

describe('who made a label', () => {
  test.each(['parquet', 'csv'] as const)('is told of labels in the rows of %s', async (kind) => {
    await withFolder(async (db, folder) => {
      const { profile, reference, again, grid, slices } = await profiled(db, folder, { kind });
      expect(bySource(profile.outcomes)).toEqual(EXPECTED);
      expect(cellsOf(again.outcomes)).toEqual(cellsOf(profile.outcomes));
      expect(bySource(reference.outcomes)).toEqual(EXPECTED);
      // no feature
      expect(Object.keys(grid.axes).sort()).toEqual(['s', 'x']);
      const parts = slices.map(({ outcomes }) => Object.values(bySource(outcomes)));
      expect(parts.flat().reduce((sum, n) => sum + n, 0)).toBe(2 * VALUES.length);
    });
  });

  test('drawn at random it has a word of its own', async () => {
    await withFolder(async (db, folder) => {
      const by = { ...spec, blindAtRandom: true };
      const { profile } = await profiled(db, folder, { kind: 'parquet', by });
      const { human_blind: blind, ...others } = EXPECTED;
      expect(bySource(profile.outcomes)).toEqual({ ...others, random_blind: blind });
    });
  });

  test('is not known where the column is gone, and not asked where none is named', async () => {
    await withFolder(async (db, folder) => {
      const sql = `select * exclude ("who's") from (${ROWS})`;
      const { profile } = await profiled(db, folder, { kind: 'parquet', sql });
      expect(bySource(profile.outcomes)).toEqual({ '': 2 * VALUES.length });
      const { profile: plain } = await profiled(db, folder, { kind: 'parquet', by: null });
      expect(Object.keys(plain.outcomes?.by ?? {})).toEqual(['score', 'predicted', 'label']);
    });
  });
});
