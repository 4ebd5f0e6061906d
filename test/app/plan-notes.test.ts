import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { LoadedModel } from '../../app/load.js';
import { planNotes } from '../../app/plan-notes.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder } from '../support/rows.js';
import { testWorld } from '../support/world.js';

test('a plan names the columns that no reference has, but for roles and those left out', async () => {
  await withFolder(async (db, folder) => {
    const write = (name: string, header: string) =>
      writeFile(path.join(folder, name), `${header}\n1,2026-01-02,1,1,1\n`);
    await write('rows.csv', 'id,ts,x,tenure,region');
    await write('training.csv', 'id,ts,x,y,z');
    const csv = (name: string) => ({
      kind: 'csv' as const,
      path: path.join(folder, name),
      where: null,
    });
    const notes = async (exclude: string[], from = csv('training.csv')) => {
      const monitor = monitorOf({
        predictions: csv('rows.csv'),
        columns: { features: { include: '*', exclude, overrides: {} } },
        reference: {
          drift: { kind: 'training', from, trainedUntil: null },
          others: {},
          performance: null,
        },
      });
      const models = [{ id: 'm', published: { monitor } } as LoadedModel];
      return Object.fromEntries(await planNotes(db.options, models, testWorld(folder)));
    };
    expect(await notes([])).toEqual({
      m: 'not monitored: tenure (not in the reference), region (not in the reference)',
    });
    expect(await notes(['tenure'])).toEqual({ m: 'not monitored: region (not in the reference)' });
    expect(await notes(['tenure', 'region'])).toEqual({});
    expect(await notes([], csv('none.csv'))).toEqual({});
  });
});
