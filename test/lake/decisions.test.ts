import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ActionColumns, Decision } from '../../domain/action.js';
import type { SourceSpec } from '../../domain/monitor.js';
import { perform, quoteText } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import type { Binning } from '../../lake/profile-columns.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder } from '../support/rows.js';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 2);
const everything = { span: null, timezone: 'UTC' };

const action: ActionColumns = {
  ...{ column: 'd', wouldAct: 'w', explored: 'h' },
  ...{ censors: ['block'], alters: ['challenge'] },
};

const decided = ['block', 'challenge', 'allow', null] as const;
const truths = [true, false, null] as const;
type Row = { d: (typeof decided)[number]; w: boolean | null; h: boolean | null };
const rows: readonly Row[] = decided.flatMap((d) =>
  truths.flatMap((w) => truths.map((h) => ({ d, w, h }))),
);

/** What the words of domain/action.ts say of a row. */
function expected({ d, w, h }: Row, by: ActionColumns): Decision {
  const isHeld = by.explored !== null && h === true;
  const hasActed = d === 'block' || d === 'challenge';
  if (d === null) return '';
  const isIn = by.wouldAct === null ? hasActed || isHeld : w;
  if (isIn === null) return '';
  if (!isIn) return hasActed ? 'beyond' : 'free';
  if (isHeld) return hasActed ? 'breached' : 'explored';
  return d === 'block' ? 'censored' : d === 'challenge' ? 'altered' : 'missed';
}

function countedBy(by: ActionColumns): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const decision = expected(row, by);
    counts[decision] = (counts[decision] ?? 0) + 1;
  }
  return counts;
}

/** The rows as SQL, yes and no written as `yes`. */
function select(yes: 'boolean' | 'number' | 'text', from = rows): string {
  const truth = (value: boolean | null) => {
    if (value === null) return 'null';
    return { boolean: String(value), number: value ? '1.0' : '0.0', text: value ? "'Y'" : "'n'" }[
      yes
    ];
  };
  const list = from.map(({ d, w, h }, id) => {
    return `(${id}, ${d === null ? 'null' : quoteText(d)}, ${truth(w)}, ${truth(h)})`;
  });
  const cast = { boolean: 'boolean', number: 'double', text: 'varchar' }[yes];
  return (
    `select id, d, w::${cast} as w, h::${cast} as h, id / 100.0 as s, id % 2 as y, id as x, ` +
    `timestamp '2026-01-02' as ts from (values ${list.join(', ')}) t(id, d, w, h)`
  );
}

async function profiled(
  db: Duck,
  folder: string,
  of: { sql: string; kind?: 'parquet' | 'csv'; by?: ActionColumns | null; exact?: 'exact' },
) {
  const { sql, kind = 'parquet', by = action } = of;
  const exact: Binning = of.exact ?? 'grid';
  const file = path.join(folder, `rows.${kind}`);
  await perform(db, `copy (${sql}) to ${quoteText(file)} (format ${kind})`);
  const source: SourceSpec = { kind, path: file, where: null };
  const monitor = monitorOf({
    columns: {
      prediction: { kind: 'probability', column: 's', threshold: 0.5 },
      ...(by && { action: by }),
    },
    segments: [{ name: 'parity', by: 'y', top: 2, minRows: 1 }],
    labels: {
      ...{ name: 'y', from: null, on: {}, value: 'y', positive: ['1'] },
      ...{ timestamp: null, matureAfter: 0 },
    },
  });
  const located = await locate(source, everything);
  const { grid, profile: reference } = await buildReference(db, { monitor, located });
  const request = {
    ...{ monitor, grid, predictions: located, labels: null, landDir: folder },
    exact,
    ...{ window: { start, end: start + day, weekday: 5 }, at: start + day, knownAt: start + day },
    slices: { parity: ['0', '1'] },
  };
  const found = await profileWindow(db, request);
  return { ...found, grid, reference, again: await profileOutcomes(db, request) };
}

function byDecision(counts: {
  by: Record<string, ArrayLike<unknown>>;
  sums: { n?: Float64Array };
}) {
  const rows: Record<string, number> = {};
  (counts.sums.n ?? []).forEach((n, cell) => {
    const decision = String(counts.by['decision']?.[cell]);
    rows[decision] = (rows[decision] ?? 0) + n;
  });
  return rows;
}

describe('what became of a row', () => {
  test.each([
    ['boolean', 'parquet'],
    ['number', 'parquet'],
    ['text', 'parquet'],
    ['boolean', 'csv'],
    ['number', 'csv'],
    ['text', 'csv'],
  ] as const)('is told of every decision, band and holdout: %s in %s', async (yes, kind) => {
    await withFolder(async (db, folder) => {
      const { profile, reference, again, grid } = await profiled(db, folder, {
        ...{ sql: select(yes), kind },
      });
      const { outcomes } = profile;
      if (outcomes === null) throw new Error('expected outcomes');
      expect(byDecision(outcomes)).toEqual(countedBy(action));
      expect(cellsOf(again.outcomes)).toEqual(cellsOf(outcomes));
      expect(cellsOf(reference.outcomes)).toEqual(cellsOf(outcomes));
      // columns of the action are no features
      expect(Object.keys(grid.axes).sort()).toEqual(['s', 'x']);
      expect(profile.asked['undecided']).toBeUndefined();
    });
  });

  test.each([
    ['would_act', { ...action, wouldAct: null }],
    ['explored', { ...action, explored: null }],
    ['both', { ...action, wouldAct: null, explored: null }],
  ])('without %s the band is where it acted or was held out', async (_, by) => {
    await withFolder(async (db, folder) => {
      const { profile } = await profiled(db, folder, { sql: select('boolean'), by });
      expect(byDecision(profile.outcomes ?? { by: {}, sums: {} })).toEqual(countedBy(by));
    });
  });

  test('is counted for each part of the rows, and value by value', async () => {
    await withFolder(async (db, folder) => {
      const of = { sql: select('boolean') };
      const { profile, slices } = await profiled(db, folder, of);
      const parts = slices.map(({ outcomes }) => byDecision(outcomes ?? { by: {}, sums: {} }));
      expect(parts).toHaveLength(2);
      const added: Record<string, number> = {};
      for (const part of parts) {
        for (const [name, n] of Object.entries(part)) added[name] = (added[name] ?? 0) + n;
      }
      expect(added).toEqual(countedBy(action));
      const exact = await profiled(db, folder, { ...of, exact: 'exact' });
      expect(byDecision(exact.profile.outcomes ?? { by: {}, sums: {} })).toEqual(added);
      expect(profile.rows).toBe(rows.length);
    });
  });

  test('is not known where a column of the action is gone, which is named', async () => {
    await withFolder(async (db, folder) => {
      const sql = `select * exclude (h) from (${select('boolean')})`;
      const { profile } = await profiled(db, folder, { sql });
      expect(byDecision(profile.outcomes ?? { by: {}, sums: {} })).toEqual({ '': rows.length });
      expect(profile.asked['undecided']?.by['column']).toEqual(['h']);
    });
  });

  test('is asked of no monitor without actions', async () => {
    await withFolder(async (db, folder) => {
      const { profile } = await profiled(db, folder, { sql: select('boolean'), by: null });
      expect(Object.keys(profile.outcomes?.by ?? {})).toEqual(['score', 'predicted', 'label']);
      expect(Object.keys(profile.asked)).not.toContain('undecided');
    });
  });
});
