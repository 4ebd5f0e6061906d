import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../app/doctor.js';
import type { ModelHead } from '../../domain/model.js';
import { someTeams } from '../support/config.js';
import { withLivePlace, type Place } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { temporalMissing } from '../support/temporal.js';

const missing = temporalMissing() !== null;

const monitorText = (id: string): string => `version: 1
model: { id: ${id}, owners: team:growth-ml }
windows: { size: 1d }
predictions: { from: { path: rows.csv } }
columns: { timestamp: scored_at }
`;

/** Monitors of these models over a file with one row. */
async function prepare({ folder }: Place, models: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'monitors'), { recursive: true });
  await writeFile(join(folder, 'rows.csv'), 'scored_at,income\n2026-03-01T00:00:00Z,1000\n');
  await writeFile(join(folder, 'monitors/teams.yaml'), someTeams);
  for (const id of models) {
    await writeFile(join(folder, `monitors/${id}.yaml`), monitorText(id));
  }
}

test.skipIf(missing)('a Schedule that is made again is as paused as a person left it', () =>
  withLivePlace({}, async (place) => {
    await prepare(place, ['aux']);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const pause = ['pause', 'aux', '--as', 'ana', '--reason', 'the source moves'];
    expect(await place.cli(pause)).toMatchObject({ code: 0 });
    const handle = place.client.schedule.getHandle('evaluate/aux');
    await handle.delete();
    // A window is due by then: what is made again would ring at once.
    const later = { AFTERCARE_NOW: new Date(Date.now() + 3 * 86_400_000).toISOString() };
    await until(async () => (await place.cli(['plan'], later)).out.includes('1 to update'));
    expect(await place.cli(['apply'], later)).toMatchObject({ code: 0 });
    const { state, info } = await handle.describe();
    expect(state).toMatchObject({ paused: true, note: 'ana: the source moves' });
    expect([info.numActionsTaken, info.runningActions]).toEqual([0, []]);
    expect((await place.cli(['status'])).out).toContain('paused by ana');

    expect(await place.cli(['resume', 'aux'])).toMatchObject({ code: 0 });
    expect((await handle.describe()).state.paused).toBe(false);
    const head = await place.lake.readHead<ModelHead>('model/aux');
    expect(head?.paused).toBeNull();
  }),
);

test.skipIf(missing)('a Schedule that is gone is named, with the command that makes it again', () =>
  withLivePlace({}, async (place) => {
    await prepare(place, ['aux', 'churn']);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const diagnosis = async () => {
      const { diagnoses } = (await place.json(['doctor'])) as { diagnoses: Diagnosis[] };
      return diagnoses.find(({ what }) => what === 'schedules');
    };
    const fine = { state: 'ok', words: 'every applied model has its Schedule' };
    expect(await diagnosis()).toMatchObject(fine);
    await place.client.schedule.getHandle('evaluate/aux').delete();
    await until(async () => (await diagnosis())?.state !== 'ok', 'doctor sees it');
    expect(await diagnosis()).toMatchObject({
      state: 'fault',
      words: 'no Schedule rings for aux: run "aftercare apply", which makes it again',
    });
    const who = ['--as', 'ana', '--reason', 'x'];
    for (const args of [
      ['run', 'aux'],
      ['resume', 'aux'],
      ['pause', 'aux', ...who],
    ]) {
      expect(await place.cli(args), args.join(' ')).toEqual({
        code: 3,
        out: '',
        err:
          'error: Model "aux" is applied, but Temporal has no Schedule evaluate/aux. Run ' +
          '"aftercare apply": it makes it again, and a pause stays.\n',
      });
    }
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    expect(await place.cli(['run', 'aux'])).toMatchObject({ code: 0 });
    expect(await diagnosis()).toMatchObject(fine);
  }),
);
