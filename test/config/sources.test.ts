import { expect, test } from 'vitest';
import { knownChecks } from '../../config/known-checks.js';
import { monitorSchema } from '../../config/monitor.js';

const schema = monitorSchema(knownChecks);

const given = (from: object, more: object = {}) => ({
  version: 1,
  model: { id: 'm', owners: 'team:ml' },
  windows: { size: '1d' },
  predictions: { from },
  columns: { timestamp: { column: 'ts', timezone: 'Europe/Paris' } },
  ...more,
});

/** What is wrong with a source, by key. */
const faults = (from: object, more: object = {}): string[] =>
  schema
    .safeParse(given(from, more))
    .error?.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`) ?? [];

test('a database is asked by the time of the predictions, and labels by their own', () => {
  const from = { kind: 'postgres', url: 'env:URL', table: 'ml.scores' };
  const labels = [
    {
      ...{ from: { ...from, table: 'labels' }, value: 'y', timestamp: 'known' },
      ...{ join: { on: { id: 'id' } }, mature_after: '1d' },
    },
  ];
  const monitor = schema.parse(given(from, { labels }));
  expect(monitor.predictions).toEqual({
    ...{ kind: 'postgres', url: 'env:URL', table: 'ml.scores', query: null, path: 'ml.scores' },
    ...{ where: null, time: { column: 'ts', timezone: 'Europe/Paris' } },
    ...{ timeout: 600_000, overlap: 86_400_000 },
  });
  expect(monitor.labels?.from).toMatchObject({
    ...{ table: 'labels', time: { column: 'known', timezone: 'Europe/Paris' } },
  });
});

test('each kind says which of its keys are missing, and which are of another kind', () => {
  expect(faults({ kind: 'postgres', table: 'a' })).toEqual([
    'url: missing. Example: url: env:SCORES_URL',
  ]);
  expect(faults({ kind: 'postgres', url: 'https://x.example', table: 'a' })).toEqual([
    'url: expected a secret as env:NAME or file:PATH',
  ]);
  expect(faults({ kind: 'duckdb', path: 'a.duckdb', table: 'a', query: 'select 1' })).toEqual([
    'table: expected either table or query, got both. Example: table: scores',
  ]);
  expect(faults({ kind: 'csv', path: 'a.csv', token: 'env:X' })).toEqual([
    'token: expected none: kind csv has path, kind, where',
  ]);
  expect(faults({ kind: 's3', path: 'bucket/a.csv' })).toEqual([
    'path: expected s3://bucket/key, got "bucket/a.csv"',
  ]);
  expect(faults({ kind: 's3', path: 's3://bucket/a/', access_key: 'env:A' })).toEqual([
    'secret_key: missing: access_key and secret_key go together. Example: secret_key: env:S3_SECRET',
    'format: missing, and no ending tells it. Example: format: csv',
  ]);
  expect(faults({ kind: 'http', url: 'env:URL' })).toEqual([
    'format: missing, and no ending tells it. Example: format: csv',
  ]);
  expect(faults({ kind: 'http', url: 'https://u:p@x.example/a.csv' })[0]).toContain(
    'without user and password',
  );
  expect(faults({ kind: 'http', url: 'https://x.example/a.csv', max_size: '3 apples' })).toEqual([
    'max_size: expected a size as 500MB or 2GB',
  ]);
  expect(faults({ kind: 'snowflake' })[0]).toContain('not available yet');
});

test('the ending of an address tells the format, whatever stands behind it', () => {
  const { predictions } = schema.parse(
    given({ kind: 'http', url: 'https://x.example/{date}.jsonl?key=1' }),
  );
  expect(predictions).toMatchObject({ format: 'jsonl', mostBytes: 1024 ** 3 });
});

test('windows of rows need files', () => {
  const more = { windows: { rows: 100 }, columns: {} };
  expect(faults({ kind: 'postgres', url: 'env:URL', table: 'a' }, more)).toEqual([
    'kind: expected files: rows of a query have no fixed number, and windows.rows count',
  ]);
});
