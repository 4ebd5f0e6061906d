import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { labelDelay } from '../../checks/label-delay.js';
import { cellOfDelay, NO_DELAY } from '../../domain/delay.js';
import type { LabelSource } from '../../domain/monitor.js';
import type { Counts } from '../../domain/profile.js';
import type { FileSource } from '../../domain/source-spec.js';
import type { Duck } from '../../lake/duck.js';
import { profileDelays } from '../../lake/profile-delays.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const start = Date.UTC(2026, 0, 2);
const everything = { span: null, timezone: 'UTC' };

const csv = async (folder: string, name: string, lines: readonly string[]): Promise<FileSource> => {
  const file = path.join(folder, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return { kind: 'csv', path: file, where: null };
};

/** Cell → predictions, labelled ones, and those whose label is older. */
const cellsOf = (delays: Counts | null | undefined) =>
  Object.fromEntries(
    Array.from(delays?.by['cell'] ?? [], String).map((cell, row) => {
      const sums = ['n', 'labels', 'negative'].map((name) => delays?.sums[name]?.[row]);
      return [cell, sums];
    }),
  );

const cell = (ms: number): number => cellOfDelay(ms).cell;

/** What is counted of a window that is known nine days after its start. */
async function counted(
  db: Duck,
  folder: string,
  of: { rows: readonly string[]; labels: readonly string[] | null; matureAfter?: number },
) {
  const predictions = await csv(folder, 'rows.csv', of.rows);
  const from = of.labels === null ? null : await csv(folder, 'labels.csv', of.labels);
  const own: LabelSource = {
    ...{ name: 'y', from, on: { id: 'key' }, value: 'value', positive: ['yes'] },
    ...{ timestamp: 'known', matureAfter: of.matureAfter ?? DAY },
  };
  const { defaults } = labelDelay;
  const spec = { check: 'label_delay', name: null, against: null, targets: null, ...defaults };
  const monitor = monitorOf({
    predictions,
    labels: own,
    columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
    checks: [{ ...spec, running: null, every: null, params: {} }],
  });
  const located = await locate(predictions, everything);
  const { grid, profile: reference } = await buildReference(db, { monitor, located });
  const request = {
    ...{ monitor, grid, window: { start, end: start + DAY, weekday: 5 }, at: start + DAY },
    ...{ knownAt: start + 9 * DAY, predictions: located, exact: 'grid' as const, landDir: folder },
    labels: from === null ? null : await locate(from, everything),
  };
  const { profile } = await profileWindow(db, request);
  const { asked } = await profileOutcomes(db, request);
  expect(reference.asked).not.toHaveProperty('delays');
  expect(asked['delays']).toEqual(profile.asked['delays']);
  expect(await profileDelays(db, request)).toEqual(profile.asked['delays']);
  return cellsOf(profile.asked['delays']);
}

const ROWS = ['id,ts,s', ...Array.from({ length: 10 }, (_, i) => `${i},2026-01-02T00:00:00Z,0.4`)];

test('labels of a file count by their delay, rows without one by how long they have waited', () =>
  withLakeAndDuck((_, db) =>
    withFolder(async (folder) => {
      const labels = [
        ...['key,value,known', '1,yes,2026-01-03T00:00:00Z', '2,no,2026-01-03T01:00:00+01:00'],
        // the first of several, one that is still to come, one that is none, one of no prediction
        ...[
          '3,no,2026-01-05T00:00:00Z',
          '3,yes,2026-01-04T00:00:00Z',
          '4,yes,2026-02-01T00:00:00Z',
        ],
        ...['5,,2026-01-03T00:00:00Z', '77,yes,2026-01-03T00:00:00Z'],
        // without a time, with one that is none, and before its prediction
        ...['6,yes,', '7,yes,soon', '8,no,2026-01-01T00:00:00Z'],
      ];
      expect(await counted(db, folder, { rows: ROWS, labels })).toEqual({
        [NO_DELAY]: [1, 1, 0],
        0: [1, 1, 1],
        [cell(DAY)]: [2, 2, 0],
        [cell(2 * DAY)]: [1, 1, 0],
        // 0, 4, 5, 7, 9
        [cell(9 * DAY)]: [5, 0, 0],
      });
    }),
  ));

test('a label without a time counts as known only once labels are mature', () =>
  withLakeAndDuck((_, db) =>
    withFolder(async (folder) => {
      const labels = ['key,value,known', '1,yes,', '2,yes,2026-01-03T00:00:00Z'];
      const early = { rows: ROWS, labels, matureAfter: 30 * DAY };
      expect(await counted(db, folder, early)).toEqual({
        [cell(DAY)]: [1, 1, 0],
        [cell(9 * DAY)]: [9, 0, 0],
      });
    }),
  ));

test('labels of the predictions themselves count alike', () =>
  withLakeAndDuck((_, db) =>
    withFolder(async (folder) => {
      const rows = [
        'id,ts,s,value,known',
        '0,2026-01-02T00:00:00Z,0.4,yes,2026-01-02T00:00:30Z',
        '1,2026-01-02T00:00:00Z,0.4,no,2026-01-03T00:00:00Z',
        '2,2026-01-02T00:00:00Z,0.4,no,2026-02-03T00:00:00Z',
        '3,2026-01-02T12:00:00Z,0.4,,',
      ];
      expect(await counted(db, folder, { rows, labels: null })).toEqual({
        0: [1, 1, 0],
        [cell(DAY)]: [1, 1, 0],
        [cell(8.5 * DAY)]: [1, 0, 0],
        [cell(9 * DAY)]: [1, 0, 0],
      });
    }),
  ));

test('delays lie in the cells that domain/delay.ts names', () =>
  withLakeAndDuck((_, db) =>
    withFolder(async (folder) => {
      const seconds = [59, 60, 61, 120, 3_600, 7_201, 86_400, 600_000];
      const rows = ['id,ts,s', ...seconds.map((_, id) => `${id},2026-01-02T00:00:00Z,0.4`)];
      const labels = seconds.map(
        (late, id) => `${id},yes,${new Date(start + late * 1000).toISOString()}`,
      );
      const found = await counted(db, folder, { rows, labels: ['key,value,known', ...labels] });
      const cells = seconds.map((late) => cell(late * 1000));
      expect(Object.keys(found).map(Number)).toEqual([...new Set(cells)].sort((a, b) => a - b));
      // 60 and 61 s are in one
      expect(found[1]).toEqual([2, 2, 0]);
    }),
  ));
