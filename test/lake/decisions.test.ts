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

describe('how likely a row was held out', () => {
  const weighed: ActionColumns = { ...action, propensity: 'p' };
  const chances = [null, '-0.1', '0', '0.4', '0.5', '0.75', '0.95', '0.9999', '1', '1.2', 'nan'];
  const kinds = rows
    .filter(({ w }) => w !== null)
    .flatMap((row) => chances.map((p): Row & { p: string | null } => ({ ...row, p })));
  const sql = (cast: 'double' | 'varchar') => {
    const list = kinds.map(({ d, w, h, p }, id) => {
      const texts = [d, p].map((text) => (text === null ? 'null' : quoteText(text)));
      return `(${id}, ${texts[0]}, ${w}::boolean, ${h}::boolean, ${texts[1]})`;
    });
    return (
      `select id, d, w, h, p::${cast} as p, id / 1000.0 as s, id % 2 as y, id as x, ` +
      `timestamp '2026-01-02' as ts from (values ${list.join(', ')}) t(id, d, w, h, p)`
    );
  };

  /** What the words of domain/action.ts say. */
  function stratumOf(row: Row & { p: string | null }): string {
    const decision = expected(row, action);
    if (['', 'free', 'beyond'].includes(decision)) return '';
    const held = 1 - Number(row.p ?? NaN);
    if (!(held >= 0 && held <= 1)) return 'none';
    const isHeld = decision === 'explored' || decision === 'breached';
    if (held === 0) return isHeld ? 'none' : 'certain';
    if (held === 1 && (decision === 'censored' || decision === 'altered')) return 'none';
    return String(Math.min(80, Math.round(-8 * Math.log2(held))));
  }

  const expectedSums = () => {
    const sums: Record<string, [n: number, weights: number]> = {};
    for (const row of kinds) {
      const stratum = stratumOf(row);
      const [n, weights] = (sums[stratum] ??= [0, 0]);
      const own = /\d/.test(stratum) ? 1 / (1 - Number(row.p)) : 0;
      sums[stratum] = [n + 1, weights + own];
    }
    return sums;
  };

  function sumsIn(all: readonly ({ by: object; sums: object } | null)[]) {
    const sums: Record<string, [number, number]> = {};
    for (const one of all) {
      const { by, sums: own } = one as {
        by: Record<string, string[]>;
        sums: Record<string, Float64Array>;
      };
      by['propensity']?.forEach((stratum, cell) => {
        const [n, weights] = (sums[stratum] ??= [0, 0]);
        sums[stratum] = [n + (own['n']?.[cell] ?? NaN), weights + (own['weights']?.[cell] ?? NaN)];
      });
    }
    return sums;
  }

  function expectSums(found: ReturnType<typeof sumsIn>): void {
    const wanted = expectedSums();
    // 0, 0.4, 0.5, 0.75, 0.95, 0.9999
    expect(Object.keys(wanted).sort()).toEqual(
      ['', 'certain', 'none', '0', '6', '8', '16', '35', '80'].sort(),
    );
    expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
    for (const [stratum, [n, weights]] of Object.entries(wanted)) {
      expect(found[stratum]?.[0]).toBe(n);
      expect(found[stratum]?.[1]).toBeCloseTo(weights, 6);
    }
  }

  test.each(['parquet', 'csv'] as const)('is counted with its weights: %s', async (kind) => {
    await withFolder(async (db, folder) => {
      const of = { sql: sql(kind === 'csv' ? 'varchar' : 'double'), kind, by: weighed };
      const { profile, slices, again, grid, reference } = await profiled(db, folder, of);
      expectSums(sumsIn([profile.outcomes]));
      expectSums(sumsIn(slices.map(({ outcomes }) => outcomes)));
      expectSums(sumsIn([reference.outcomes]));
      expect(cellsOf(again.outcomes)).toEqual(cellsOf(profile.outcomes));
      expect(Object.keys(grid.axes).sort()).toEqual(['s', 'x']);
      // what is not from 0 to 1 is told: two of eleven, whatever the row is
      const rejected = cellsOf(profile.asked['rejected']);
      expect(rejected).toMatchObject({ 'p no_probability': (2 * kinds.length) / chances.length });
      const exact = await profiled(db, folder, { ...of, exact: 'exact' });
      expectSums(sumsIn([exact.profile.outcomes]));
    });
  });

  test('leaves decisions as they are, and is unknown where its column is gone', async () => {
    await withFolder(async (db, folder) => {
      const plain = await profiled(db, folder, { sql: sql('double') });
      const { profile } = await profiled(db, folder, { sql: sql('double'), by: weighed });
      expect(byDecision(profile.outcomes ?? { by: {}, sums: {} })).toEqual(
        byDecision(plain.profile.outcomes ?? { by: {}, sums: {} }),
      );
      expect(plain.profile.outcomes?.by['propensity']).toBeUndefined();
      expect(plain.profile.outcomes?.sums['weights']).toBeUndefined();
      const without = `select * exclude (p) from (${sql('double')})`;
      const gone = await profiled(db, folder, { sql: without, by: weighed });
      expect(gone.profile.asked['undecided']?.by['column']).toEqual(['p']);
      expect(sumsIn([gone.profile.outcomes])).toEqual({ '': [kinds.length, 0] });
    });
  });
});
