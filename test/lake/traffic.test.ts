import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { total } from '../../domain/profile.js';
import { SourceError } from '../../domain/source.js';
import type { FileKind } from '../../domain/source-spec.js';
import { SHADOW } from '../../domain/traffic.js';
import { perform, quoteText } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { ownLabel } from '../support/outcomes.js';
import { cellsOf, withFolder } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const window = { start, end: start + DAY, weekday: 5 };
const traffic = { column: 'lane', live: ['a', '1'], shadow: ['b'] };

interface Row {
  lane: string | null;
  id: number | null;
  /** Hours from the start of the window. */
  hour: number | null;
  score: number;
}

/** Profiles rows as they stand in a file; its number goes by which files differ. */
async function profiled(
  { db, folder, kind = 'parquet' }: { db: Duck; folder: string; kind?: FileKind },
  rows: readonly Row[],
  columns = 'lane',
) {
  const values = rows.map(({ lane, id, hour, score }, at) => {
    const time = hour === null ? 'null' : `timestamp '2026-01-02' + to_minutes(${hour * 60})`;
    const text = lane === null ? 'null' : quoteText(lane);
    return `(${text}, ${String(id)}, ${time}, ${score}, ${at % 2}, ${at})`;
  });
  const file = path.join(folder, `rows.${kind}`);
  const table = `(values ${values.join(', ')}) t(${columns}, id, ts, s, y, x)`;
  await perform(db, `copy (from ${table}) to ${quoteText(file)} (format ${kind})`);
  const monitor = monitorOf({
    columns: { traffic, prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
    labels: ownLabel(['1']),
  });
  const from = { kind, path: file, where: null };
  const predictions = await locate(from, { span: null, timezone: 'UTC' });
  const { grid, profile: reference } = await buildReference(db, { monitor, located: predictions });
  const request = {
    ...{ monitor, grid, window, at: window.end, knownAt: window.end, landDir: folder },
    ...{ predictions, exact: 'grid' as const, labels: null },
  };
  return { ...(await profileWindow(db, request)), reference, request };
}

/** The words of columns.traffic, on a row. */
function kindOf({ lane }: Row): 'live' | 'shadow' | 'neither' {
  if (lane !== null && traffic.live.includes(lane)) return 'live';
  return lane !== null && traffic.shadow.includes(lane) ? 'shadow' : 'neither';
}

const isIn = ({ id, hour }: Row) => id !== null && hour !== null && hour >= 0 && hour < 24;

const row: fc.Arbitrary<Row> = fc.record({
  lane: fc.constantFrom('a', '1', 'b', 'c', ' a', null),
  id: fc.constantFrom(1, 2, 3, null),
  hour: fc.constantFrom(-1, 0, 23, 24, 30, null),
  score: fc.constantFrom(0.2, 0.7),
});
/** The reference has to have a row. */
const first: Row = { lane: 'a', id: 9, hour: 5, score: 0.7 };

describe('live and shadow traffic', () => {
  test('part the rows of a window by the words of the monitor, whatever else they are', () =>
    withFolder(async (db, folder) => {
      await fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (more) => {
          const rows = [first, ...more];
          const of = (kind: string) => rows.filter((one) => kindOf(one) === kind);
          const { profile, slices, request } = await profiled({ db, folder }, rows);
          expect(profile.rows).toBe(of('live').filter(isIn).length);
          const n = (kind: string) => of(kind).filter(isIn).length;
          const counted = [profile, ...slices].map(({ outcomes }) => total(outcomes));
          expect(counted).toEqual([n('live'), n('shadow')].slice(0, 1 + slices.length));
          const beside = { shadow: n('shadow'), neither: n('neither') };
          const none = beside.shadow + beside.neither === 0;
          expect(cellsOf(profile.asked['traffic'])).toEqual(none ? {} : beside);
          expect(slices.map(({ slice, rows: all }) => [slice, all])).toEqual(
            beside.shadow === 0 ? [] : [[SHADOW, beside.shadow]],
          );
          // what is wrong with rows is told of live ones
          const timeless = of('live').filter(({ hour }) => hour === null).length;
          const nameless = of('live').filter((one) => one.id === null && isIn({ ...one, id: 1 }));
          const future = of('live').filter(({ hour }) => hour !== null && hour > 24).length;
          const sums = profile.asked['rows']?.sums ?? {};
          expect(sums['unparsed']?.[0]).toBe(timeless + nameless.length);
          expect(sums['future']?.[0]).toBe(future);
          const again = await profileOutcomes(db, request);
          expect(cellsOf(again.outcomes)).toEqual(cellsOf(profile.outcomes));
          expect(again.slices.map(({ outcomes }) => cellsOf(outcomes))).toEqual(
            slices.map(({ outcomes }) => cellsOf(outcomes)),
          );
        }),
        { numRuns: 8 },
      );
    }));

  test.each(['csv', 'parquet'] as const)('are told of a %s file, and of a reference', (kind) =>
    withFolder(async (db, folder) => {
      const rows = ['a', 'b', '1', 'c', null, 'b', 'a'].map((lane, id) => ({
        ...{ lane, id, hour: 5, score: id / 10 },
      }));
      const { profile, slices, reference } = await profiled({ db, folder, kind }, rows);
      expect([profile.rows, reference.rows]).toEqual([3, 3]);
      // live are rows 0, 2 and 6, which x numbers
      expect([total(profile.outcomes), total(profile.columns['x'], 'sum')]).toEqual([3, 8]);
      expect(total(reference.columns['x'], 'sum')).toBe(8);
      expect(profile.columns['lane']).toBeUndefined();
      expect(cellsOf(profile.asked['lanes'])).toEqual({ c: 1 });
      expect(slices.map(({ columns, rows: n }) => [columns, n])).toEqual([[{}, 2]]);
    }),
  );

  test('cannot be told where the column is gone: that is an error and no empty window', () =>
    withFolder(async (db, folder) => {
      const gone = profiled({ db, folder }, [first], 'other');
      await expect(gone).rejects.toThrow(SourceError);
      await expect(gone).rejects.toThrow(/lane.*is missing; the columns are other, id/s);
    }));
});
