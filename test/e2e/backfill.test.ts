import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { someTeams } from '../support/config.js';
import { withLivePlace, type Place } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { temporalMissing } from '../support/temporal.js';
import { withWorkersHere } from '../support/workers-here.js';

const missing = temporalMissing();
const title = `backfill by the command line${missing === null ? '' : `: ${missing}`}`;

const MONITOR = `version: 1
model: { id: churn, owners: team:growth-ml }
windows: { size: 1d, timezone: Europe/Paris }
predictions: { from: { path: "data/{date}.csv" } }
columns: { timestamp: scored_at }
reference: { drift: { kind: training, path: data/training.csv } }
`;

/** Two hundred rows of a day of March 2026. */
function rowsOf(day: number): string {
  const start = Date.UTC(2026, 2, day);
  const lines = Array.from({ length: 200 }, (_, i) => {
    const time = new Date(start + i * 5 * 60_000).toISOString();
    return `${time},${1_000 + (i % 40)},${i % 3 === 0 ? 'FR' : 'DE'}`;
  });
  return ['scored_at,income,country', ...lines, ''].join('\n');
}

/** Files of the first four days, and the monitor; a backfill knows windows up to 5 March. */
async function prepare({ folder }: Place): Promise<void> {
  await mkdir(join(folder, 'monitors'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'monitors/teams.yaml'), someTeams);
  await writeFile(join(folder, 'monitors/churn.yaml'), MONITOR);
  await writeFile(join(folder, 'data/training.csv'), rowsOf(1));
  for (const day of [1, 2, 3, 4]) {
    await writeFile(join(folder, `data/2026-03-0${day}.csv`), rowsOf(day));
  }
}

// No row comes in the last hours of the days.
const FOUND = ' Windows: ▲ 4 warn; see "aftercare alerts list"\n';
const noTime = 'when,income,country\n2026-03-02T10:00:00Z,1000,FR\n';

describe(title, { skip: missing !== null, timeout: 400_000 }, () => {
  test('a window that can no longer be read is told with its file and local time: exit 3', () =>
    withLivePlace({ env: { AFTERCARE_NOW: '2026-03-05T06:00:00Z' } }, async (place) => {
      await prepare(place);
      expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
      const span = '2026-03-01..2026-03-05';
      await withWorkersHere(place, async () => {
        const idle = await place.cli(['run', 'churn', '--watch']);
        expect({ ...idle, out: idle.out.replaceAll(/\s+/g, ' ').trim() }).toMatchObject({
          code: 0,
          out:
            'churn: no window was due yet; look with "aftercare status churn". Older ones: ' +
            'aftercare backfill churn <from>..<to>.',
        });
        const first = await place.cli(['backfill', 'churn', span, '--watch']);
        expect(first).toMatchObject({
          code: 0,
          out: 'churn: the backfill is done: 4 windows evaluated.\n' + FOUND,
        });
        await writeFile(join(place.folder, 'data/2026-03-02.csv'), noTime);
        const again = await place.cli(['backfill', 'churn', span, '--again', '--watch']);
        expect(again.code).toBe(3);
        expect(again.out).toMatch(/3 windows evaluated, 1 failed\.\n/);
        expect(again.out.endsWith(FOUND)).toBe(true); // the older result of the failed one stands
        const told = again.out.replaceAll(/\s+/g, ' ');
        expect(told).toMatch(
          /window to 2026-03-03 00:00 Europe\/Paris.*2026-03-02\.csv.*scored_at.*is missing/,
        );
        const document = await place.json(['backfill', 'churn', span, '--again', '--watch']);
        expect(document).toMatchObject({
          version: 1,
          evaluated: 3,
          failed: 1,
          failures: [{ end: expect.stringMatching(/^2026-03-02T23:00:00/) as string }],
          exitCode: 3,
        });
      });
    }));

  test('a span in which no evaluated window lies is wrong usage, and so is a second backfill', () =>
    withLivePlace({ env: { AFTERCARE_NOW: '2026-03-05T06:00:00Z' } }, async (place) => {
      await prepare(place);
      expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
      for (const [span, words] of [
        ['2026-03-03..2026-03-01', /ends after it begins/],
        ['2026-03-03..2026-03-03', /ends after it begins/],
        [
          '2026-03-03T06:00..2026-03-03T18:00',
          /No window of 1d lies in \[2026-03-03 06:00 Europe\/Paris, 2026-03-03 18:00 Europe\/Paris\)/,
        ],
        ['2027-01-01..2027-02-01', /No window of 1d .*evaluated live/],
      ] as const) {
        const { code, err } = await place.cli(['backfill', 'churn', span]);
        expect(code, span).toBe(2);
        expect(err).toMatch(words);
      }
      // No worker takes it: it runs for as long as this test.
      const span = '2026-03-01..2026-03-05';
      const started = await place.cli(['backfill', 'churn', span]);
      expect(started).toMatchObject({
        code: 0,
        out: expect.stringMatching(
          /^churn: the backfill waits: no worker on wf, io, backfill\. Start one with\n"aftercare w/,
        ) as string,
      });
      expect(Math.max(...started.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
        80,
      );
      const runs = 'a backfill of 2026-03-01 → 2026-03-05 Europe/Paris runs';
      await until(async () => {
        const { out } = await place.cli(['status']);
        return out.replaceAll(/\s+/g, ' ').includes(`churn: ${runs}: no worker answers how far`);
      });
      expect(await place.json(['status'])).toMatchObject({
        models: [{ backfill: { from: '2026-02-28T23:00:00Z', to: '2026-03-04T23:00:00Z' } }],
      });
      for (const other of [
        [span],
        [span, '--again', '--watch'],
        ['2026-03-02..2026-03-05', '--watch'],
      ]) {
        const second = await place.cli(['backfill', 'churn', ...other]);
        expect(second.code, other.join(' ')).toBe(2);
        expect(second.err).toContain(
          'A backfill of "churn" runs already, of 2026-03-01 → 2026-03-05 Europe/Paris, one at a',
        );
        expect(second.err).toContain(`"aftercare backfill churn ${span} --watch" waits for it`);
      }
      // The same again is no second one: it is watched.
      await withWorkersHere(place, async () => {
        expect(await place.cli(['backfill', 'churn', span, '--watch'])).toMatchObject({
          code: 0,
          out: 'churn: the backfill is done: 4 windows evaluated.\n' + FOUND,
          err: expect.stringContaining('churn: this backfill runs already.') as string,
        });
      });
    }));
});
