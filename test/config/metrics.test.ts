import { expect, test } from 'vitest';
import { knownChecks } from '../../config/known-checks.js';
import { monitorSchema } from '../../config/monitor.js';

const schema = monitorSchema(knownChecks);
const p95 = { query: 'max(latency)', aggregate: 'max' };
const server = { kind: 'prometheus', url: 'env:PROM_URL', series: { p95 } };

const given = (more: object) => ({
  version: 1,
  model: { id: 'm', owners: 'team:ml' },
  windows: { size: '1d' },
  predictions: { from: { path: 'a.parquet' } },
  columns: { timestamp: 'ts' },
  metrics: [server],
  ...more,
});

const faults = (more: object): string[] =>
  schema
    .safeParse(given(more))
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

const specsOf = (more: object) =>
  schema.parse(given(more)).checks.filter(({ check }) => check === 'system_metric');

test('a server is asked for its series, and each of them is looked at', () => {
  const { metrics } = schema.parse(given({}));
  expect(metrics).toEqual([{ ...server, token: null, step: null }]);
  expect(specsOf({})).toMatchObject([{ targets: null, warn: null, alert: null }]);
});

test('without servers nothing is asked, and the published monitor says nothing of them', () => {
  const bare = schema.parse(given({ metrics: [] }));
  expect(Object.keys(bare)).not.toContain('metrics');
  expect(specsOf({ metrics: [] })).toEqual([]);
  const entry = { check: 'system_metric', warn: { above: 1 } };
  expect(faults({ metrics: [], checks: [entry] })).toEqual([
    'checks.0: system_metric needs series: there is no section metrics',
  ]);
});

test('an entry says the limits of its series; the others are shown', () => {
  const entry = {
    ...{ check: 'system_metric', targets: ['p95'], warn: 0.3, alert: { drop: '20%' } },
    ...{ versus: 'week_before', worse: 'lower' },
  };
  const [own, rest] = specsOf({ checks: [entry] });
  expect(own).toMatchObject({
    ...{ targets: ['p95'], warn: { above: 0.3 }, alert: { dropShare: 0.2 }, minRows: 0 },
    params: { versus: 'week_before', worse: 'lower' },
  });
  expect(rest).toMatchObject({ targets: null, warn: null, alert: null });
});

test('names that are wrong, unknown or taken are errors where they stand', () => {
  const entry = (more: object) => ({ checks: [{ check: 'system_metric', ...more }] });
  expect(faults(entry({ targets: ['p59'] }))).toEqual([
    'checks.0.targets.0: expected a series of metrics, got "p59". Did you mean "p95"? Known: p95',
  ]);
  expect(faults({ metrics: [server, server] })).toEqual([
    'metrics.1.series.p95: expected a name of its own, got "p95" twice',
  ]);
  expect(faults({ metrics: [{ ...server, series: { 'p 95': p95 } }] })[0]).toBe(
    'metrics.0.series.p 95: expected a letter, then letters, digits or underscores, at most 63, ' +
      'got "p 95"',
  );
  expect(faults({ metrics: [{ ...server, series: {} }] })).toEqual([
    'metrics.0.series: expected at least one series',
  ]);
});

test('addresses and secrets are as elsewhere, and other kinds come later', () => {
  const at = (more: object) => faults({ metrics: [{ ...server, ...more }] });
  expect(at({ token: 'abc' })).toEqual([
    'metrics.0.token: expected a secret as env:NAME or file:PATH, got something else',
  ]);
  expect(at({ url: 'http://me:pw@prom:9090' })[0]).toContain('without user and password');
  expect(at({ url: 'prom:9090' })).toEqual(['metrics.0.url: expected a URL, or env:NAME']);
  expect(at({ kind: 'postgres' })[0]).toContain('"postgres" is not available yet');
  expect(at({ series: { p95: { query: 'q', aggregate: 'median' } } })[0]).toContain(
    'expected one of: max, mean, min, sum, last',
  );
});

test('a step has to fit the windows', () => {
  const at = (step: string, size: string) =>
    faults({ windows: { size }, metrics: [{ ...server, step }] });
  expect(at('1m', '1d')).toEqual([]);
  expect(at('2h', '1h')).toEqual(['metrics.0.step: expected at most 1h, the length of a window']);
  // a month of 30 days and 5 % more is 2,721,600 s; by 11,000 points 247.4 s
  expect(at('1m', '1mo')).toEqual([
    'metrics.0.step: expected 4m 8s or more: the server gives 11000 points of a window at most',
  ]);
  expect(at('5m', '1mo')).toEqual([]);
});

test('windows of rows and of months have no week before', () => {
  const versus = { checks: [{ check: 'system_metric', versus: 'week_before' }] };
  expect(faults({ windows: { size: '1mo' }, ...versus })).toEqual([
    'checks.0.versus: expected usual: no month ends a week before another',
  ]);
  expect(faults({ windows: { rows: 100 }, columns: {} })).toEqual([
    'metrics: expected none: windows.rows have no time',
  ]);
  const own = { check: 'custom', name: 'own', sql: 'count(*)', versus: 'week_before' };
  expect(faults({ windows: { rows: 100 }, columns: {}, metrics: [], checks: [own] })).toEqual([
    'checks.0.versus: expected usual: windows.rows have no time',
  ]);
});
