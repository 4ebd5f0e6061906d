import { expect, test } from 'vitest';
import type { LoadedModel } from '../../app/load.js';
import { planNotes } from '../../app/plan-notes.js';
import type { SourceSpec } from '../../domain/monitor.js';
import { monitorOf } from '../support/monitor-fixture.js';

const csv = (path: string) => ({ kind: 'csv' as const, path, where: null });
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'rows.csv': ['id', 'ts', 'x', 'tenure', 'region'],
  'training.csv': ['id', 'ts', 'x', 'y', 'z'],
};

async function notes(exclude: string[], from = csv('training.csv')) {
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
  const look = (_: LoadedModel, { path }: SourceSpec) =>
    Promise.resolve({ columns: COLUMNS[path] ?? null });
  return Object.fromEntries(await planNotes(models, look));
}

test('a plan names the columns that no reference has, but for roles and those left out', async () => {
  expect(await notes([])).toEqual({
    m: 'not monitored: tenure (not in the reference), region (not in the reference)',
  });
  expect(await notes(['tenure'])).toEqual({ m: 'not monitored: region (not in the reference)' });
  expect(await notes(['tenure', 'region'])).toEqual({});
  expect(await notes([], csv('none.csv'))).toEqual({});
});
