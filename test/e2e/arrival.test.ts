import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ring } from '../../app/bell.js';
import { modelStatuses } from '../../app/status.js';
import { statusText } from '../../cli/status.js';
import { iso } from '../../domain/window.js';
import { withWorld, writeWindows, fileOf, monitorOf, NOON } from '../support/crash-world.js';
import type { World } from '../support/crash-world.js';
import { HOUR } from '../support/lake.js';
import { until } from '../support/namespace.js';
import { withFolder, writeRows } from '../support/rows.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';

const missing = temporalMissing();
const title = `markers are waited for, late rows looked for${missing === null ? '' : `: ${missing}`}`;

const teams = `people: { ana: { email: ana@example.com } }
teams:
  ml: { members: [ana], channels: [email] }
  platform: { members: [ana], channels: [email] }
  leads: { members: [ana], channels: [email] }
root: team:platform
`;

const monitor = monitorOf('m', 'ml').replace(
  '{hour}.parquet" } }',
  `{hour}.parquet" },
  ready: { marker: "{hour}.done", wait: 2h },
  late: { reread: [2h], restate_above: 10% } }`,
);

const markerOf = (folder: string, hours: number): string =>
  fileOf(folder, hours).replace(/parquet$/, 'done');

/** So many rows in the window that ends `hours` before noon. */
async function rewrite(folder: string, hours: number, rows: number): Promise<void> {
  const start = NOON - (hours + 1) * HOUR;
  await withFolder((db) =>
    writeRows(
      db,
      fileOf(folder, hours),
      `select i::integer as id, (i % 7)::double as x, (i % 5)::double as p,
        (i % 5 + i % 3)::double as y,
        make_timestamp((${start} + i * 1000)::bigint * 1000) as ts from range(${rows}) t(i)`,
    ),
  );
}

/** Works at an hour after noon until something holds. */
async function working(world: World, hour: number, holds: () => Promise<boolean>): Promise<void> {
  const environment = { AFTERCARE_NOW: iso(NOON + hour * HOUR) };
  const workers = await world.workHere({ environment });
  await ring(world.app, world.temporal.client, 'm');
  await until(holds, `it holds ${hour} h after noon`, 60);
  await workers.stop();
}

const resultsOf = async ({ app }: World) =>
  (await app.lake.revisionsOf('m')).map(({ window, revision, rows, marks }) => [
    (window.end - NOON) / HOUR,
    revision,
    rows,
    marks.find(({ check }) => check === 'ready')?.verdict,
  ]);

test.skipIf(missing !== null)(title, { timeout: 120_000 }, () =>
  withTemporal((temporal) =>
    withWorld({ temporal, teams, monitors: { m: monitor } }, async (world) => {
      const { app, folder } = world;
      await writeWindows(
        folder,
        [1, 0, -1, -2, -3].map((hours) => [hours, 'good'] as const),
      );
      await writeFile(markerOf(folder, 1), '');
      await world.apply(NOON - 2 * HOUR);

      // The second window waits, and says for what; a marker is all that it takes.
      const isWaiting = async () => (await world.head('m')).waiting?.end === NOON;
      const isMarked = async () => (await world.head('m')).watermark === NOON;
      await working(world, 0.5, async () => {
        if (!(await isWaiting())) return false;
        expect(await resultsOf(world)).toEqual([[-1, 1, 300, 'ok']]);
        const text = statusText(await modelStatuses(app), NOON + HOUR / 2);
        const waits = `m: the window to 2026-03-02 12:00 UTC is waiting for ${markerOf(folder, 0)}`;
        // A long path is broken over lines.
        const bare = (words: string) => words.replaceAll(/\s+/g, '');
        expect(bare(text)).toContain(bare(`${waits}, until 2026-03-02 14:00 UTC.`));
        await writeFile(markerOf(folder, 0), '');
        await until(isMarked, 'it is evaluated', 30);
        return true;
      });
      expect((await world.head('m')).waiting).toBeNull();

      // A fifth more rows are judged, a hundredth more are noted. Nobody marked the third window:
      // after the wait it is judged as it is.
      await rewrite(folder, 1, 360);
      await rewrite(folder, 0, 303);
      for (const hours of [-2, -3]) await writeFile(markerOf(folder, hours), '');
      await working(world, 3, async () => (await world.head('m')).watermark === NOON + 3 * HOUR);
      expect(await resultsOf(world)).toEqual([
        [-1, 1, 300, 'ok'],
        [-1, 2, 360, 'ok'],
        [0, 1, 300, 'ok'],
        [1, 1, 300, 'alert'],
        [2, 1, 300, 'ok'],
        [3, 1, 300, 'ok'],
      ]);
      const late = '3 rows came late (1 % of 300): not judged again, at most 10 %';
      expect((await world.head('m')).reread).toEqual([
        { after: 2 * HOUR, end: NOON, note: `${late} (predictions.late.restate_above)` },
      ]);
      const [, again] = await app.lake.revisionsOf('m');
      expect(again?.notes).toContain('60 rows came late (20 % of 300): judged again');
    }),
  ),
);
