import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainMonitor } from '../../config/explain.js';
import { loadConfig } from '../../config/load.js';
import { problemText } from '../../config/problem.js';
import { ROW_NUMBER, type Monitor } from '../../domain/monitor.js';
import { parseInstant } from '../../calendar/durations.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

const base = shortest.replace('{ size: 1d }', '{ size: 1d, timezone: Europe/Paris }');
const withReference = (text: string) =>
  base.replace('reference: { drift: { kind: training, path: data/train.parquet } }', text);

async function read(text: string) {
  const files = { 'churn.yaml': text, 'teams.yaml': someTeams };
  return withConfig(files, async (folder) => {
    const { monitors, problems } = await loadConfig(folder, { cwd: '/srv/app' });
    const told = problems.map((one) => problemText(one).replace(`${folder}${path.sep}`, ''));
    return {
      monitor: monitors[0]?.monitor,
      lines: monitors.flatMap((one) => explainMonitor(one)),
      told,
    };
  });
}

async function monitorOf(text: string): Promise<Monitor> {
  const { monitor, told } = await read(text);
  expect(told).toEqual([]);
  if (monitor === undefined) throw new Error('expected a monitor');
  return monitor;
}

const paris = (text: string) => parseInstant(text, 'Europe/Paris');

describe('what a file may say of parts of the rows', () => {
  test('segments by a column or an expression, and the upstream of a row', async () => {
    const monitor = await monitorOf(
      base.replace('timestamp: scored_at', 'timestamp: scored_at, row_source: feed') +
        'segments: [{ name: country, by: country }, ' +
        '{ name: large, by: "amount > 100", top: 2, min_rows: 50 }]\n',
    );
    expect(monitor.columns.rowSource).toBe('feed');
    expect(monitor.segments).toEqual([
      { name: 'country', by: 'country', top: 8, minRows: 500 },
      { name: 'large', by: 'amount > 100', top: 2, minRows: 50 },
    ]);
  });

  test('hard limits of the values of a column', async () => {
    const overrides = 'features: { overrides: { age: { min: 0, max: 120 }, x: { min: 1 } } }';
    const { columns } = await monitorOf(base.replace('scored_at', `scored_at, ${overrides}`));
    expect(columns.features.overrides).toEqual({
      age: { type: null, importance: null, source: null, min: 0, max: 120 },
      x: { type: null, importance: null, source: null, min: 1 },
    });
  });
});

describe('what a file may say of known events', () => {
  test('dates are of the zone of the windows, and the last one belongs to it', async () => {
    const { events } = await monitorOf(
      `${base}events: [{ name: Black Friday, from: 2026-11-27, to: 2026-11-30, repeats: yearly }]\n`,
    );
    expect(events).toEqual([
      {
        name: 'Black Friday',
        start: paris('2026-11-27'),
        end: paris('2026-12-01'),
        effect: 'expected',
        repeats: 'yearly',
      },
    ]);
  });

  test('an instant as the end is that instant', async () => {
    const { events } = await monitorOf(
      `${base}events: [{ name: new feed, from: 2026-03-28, to: "2026-03-29T12:00", effect: fix }]\n`,
    );
    // 36 hours on the wall clock, one of which the clock change takes away.
    expect(events[0]).toMatchObject({ start: paris('2026-03-28'), effect: 'fix', repeats: null });
    expect((events[0]?.end ?? 0) - (events[0]?.start ?? 0)).toBe(35 * 3_600_000);
  });

  test('explain says the instants that hold, on the wall clock of the windows', async () => {
    const { lines } = await read(
      `${base}events: [{ name: sale, from: 2026-06-01, to: 2026-06-01, effect: exclude }]\n`,
    );
    expect(lines).toContain(
      'events: sale 2026-06-01 00:00 Europe/Paris to 2026-06-02 00:00 Europe/Paris, exclude',
    );
  });
});

describe('what windows may be compared with', () => {
  test.each([
    ['{ path: t.csv }', { kind: 'training', trainedUntil: null }],
    [
      '{ kind: window, from: 2026-06-01, to: 2026-06-30 }',
      { kind: 'window', start: paris('2026-06-01'), end: paris('2026-07-01') },
    ],
    ['{ kind: rolling }', { kind: 'rolling', windows: 28, weekday: false }],
    [
      '{ kind: rolling, windows: 4, weekday: true }',
      { kind: 'rolling', windows: 4, weekday: true },
    ],
    ['{ kind: previous }', { kind: 'previous', weekday: false }],
  ])('%s', async (text, expected) => {
    const { reference } = await monitorOf(withReference(`reference: { drift: ${text} }`));
    expect(reference.drift).toMatchObject(expected);
  });

  test('several at once, by name, and checks that ask against them', async () => {
    const monitor = await monitorOf(
      withReference(
        'reference:\n  drift: { path: t.parquet }\n  others:\n' +
          '    yesterday: { kind: previous }\n' +
          '    v3: { kind: version, version: v3, from: 2026-06-01, to: 2026-06-30 }\n' +
          '    fr: { kind: segment, segment: country, value: FR }\n' +
          '    old: { path: old.parquet }',
      ).replace('timestamp: scored_at', 'timestamp: scored_at, version: v') +
        'segments: [{ name: country, by: country }]\n' +
        'checks: [{ check: psi, name: psi_sudden, against: yesterday, warn: 0.1 }]\n',
    );
    expect(monitor.reference.others).toEqual({
      yesterday: { kind: 'previous', weekday: false },
      v3: { kind: 'version', version: 'v3', start: paris('2026-06-01'), end: paris('2026-07-01') },
      fr: { kind: 'segment', segment: 'country', value: 'FR' },
      old: {
        kind: 'training',
        from: { kind: 'parquet', path: '/srv/app/old.parquet', where: null },
        trainedUntil: null,
      },
    });
    // The default psi stays beside the one with a name of its own.
    const asked = monitor.checks.filter(({ check }) => check === 'psi');
    expect(asked.map(({ name, against, warn }) => [name, against, warn])).toEqual([
      ['psi_sudden', 'yesterday', 0.1],
      [null, null, 0.05],
    ]);
  });
});

describe('windows of rows', () => {
  const numbered = base
    .replace('{ size: 1d, timezone: Europe/Paris }', '{ rows: 5000 }')
    .replace('{ timestamp: scored_at }', '{ id: id }');

  test('need no time, and ask nothing of it', async () => {
    const monitor = await monitorOf(numbered);
    expect(monitor.windows.rows).toBe(5000);
    expect(monitor.columns.timestamp.column).toBe(ROW_NUMBER);
    const names = monitor.checks.map(({ check }) => check);
    expect(names).not.toContain('freshness');
    expect(names).toContain('psi');
  });

  test.each([
    [
      'a time',
      numbered.replace('{ id: id }', '{ timestamp: t }'),
      'churn.yaml:5:23 columns.timestamp: expected none: windows.rows are for files without time; ' +
        'else windows.size, got "t"',
    ],
    [
      'a check of time',
      `${numbered}checks: [freshness]\n`,
      'churn.yaml:7:10 checks[0]: freshness needs event times: windows.rows have none',
    ],
    [
      'a path with dates',
      numbered.replace('data/churn/*.parquet', 'd/{date}.parquet'),
      'churn.yaml:4:30 predictions.from.path: expected a path without placeholders: windows.rows ' +
        'have no time, got "d/{date}.parquet"',
    ],
    [
      'events',
      `${numbered}events: [{ name: sale, from: 2026-06-01, to: 2026-06-02 }]\n`,
      'churn.yaml:7:9 events: expected none: windows.rows have no time, got a list',
    ],
    [
      'a reference of a time',
      numbered.replace(
        /reference: .*/,
        'reference: { drift: { kind: window, from: 2026-06-01, to: 2026-06-02 } }',
      ),
      'churn.yaml:6:21 reference.drift: expected another kind: windows.rows have no time for ' +
        'window, got a map of keys',
    ],
    [
      'windows of time beside them',
      numbered.replace('rows: 5000', 'rows: 5000, size: 1d'),
      'churn.yaml:3:18 windows.rows: expected none: windows.size cuts by time already, got 5000',
    ],
  ])('do not go with %s', async (_, text, expected) => {
    const { told } = await read(text);
    expect(told[0]).toContain(expected);
  });

  test('windows that are cut neither way are refused', async () => {
    const { told } = await read(base.replace('size: 1d, ', ''));
    expect(told).toEqual(['churn.yaml:3:10 windows.size: missing. Example: size: 1d']);
  });

  test('windows of time need a timestamp', async () => {
    const { told } = await read(base.replace('{ timestamp: scored_at }', '{ id: id }'));
    expect(told).toEqual([
      'churn.yaml:5:10 columns.timestamp: missing. Example: timestamp: scored_at',
    ]);
  });
});

describe('what does not fit together is told by line and column', () => {
  test.each([
    [
      'an event that ends before it begins',
      `${base}events: [{ name: sale, from: 2026-06-02, to: 2026-06-01 }]\n`,
      'churn.yaml:7:46 events[0].to: expected a time after from (2026-06-02), got "2026-06-01"',
    ],
    [
      'a date that is none',
      `${base}events: [{ name: sale, from: 2026-02-30, to: 2026-06-01 }]\n`,
      'churn.yaml:7:30 events[0].from: expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z, ' +
        'got "2026-02-30"',
    ],
    [
      'an unknown effect',
      `${base}events: [{ name: sale, from: 2026-06-01, to: 2026-06-01, effect: expect }]\n`,
      'churn.yaml:7:66 events[0].effect: expected one of: expected, exclude, fix, launch, got ' +
        '"expect". Did you mean "expected"?',
    ],
    [
      'a kind of reference that is none',
      withReference('reference: { drift: { kind: rollin } }'),
      'churn.yaml:6:29 reference.drift.kind: expected one of: training, window, rolling, previous, ' +
        'version, segment, got "rollin". Did you mean "rolling"?',
    ],
    [
      'a kind of reference of a later version',
      withReference('reference: { drift: { kind: first_windows } }'),
      'churn.yaml:6:29 reference.drift.kind: "first_windows" is not available yet in this version; ' +
        'available: training, window, rolling, previous, version, segment',
    ],
    [
      'a segment that there is not',
      withReference('reference: { drift: { kind: segment, segment: county, value: FR } }') +
        'segments: [{ name: country, by: country }]\n',
      'churn.yaml:6:47 reference.drift.segment: unknown segment "county". Did you mean "country"? ' +
        'Known: country',
    ],
    [
      'a version without versions',
      withReference(
        'reference: { drift: { kind: version, version: a, from: 2026-06-01, to: 2026-06-02 } }',
      ),
      'churn.yaml:6:21 reference.drift: kind version needs versions of rows: columns.version is missing',
    ],
    [
      'held-out labels without a training file',
      withReference('reference: { drift: { kind: previous }, performance: { kind: held_out } }'),
      'churn.yaml:6:62 reference.performance.kind: expected first_mature: only a training file ' +
        'or a fixed window has labels apart, got "held_out". Example: kind: first_mature',
    ],
    [
      'an unknown reference of a check',
      `${base}checks: [{ check: psi, name: psi_then, against: yesterday }]\n`,
      'churn.yaml:7:49 checks[0].against: unknown reference "yesterday". There is none',
    ],
    [
      'rows that are to be found again in a reference without files of its own',
      withReference('reference: { others: { y: { kind: previous } } }') +
        'checks: [{ check: skew_rows, name: logged, against: y }]\n',
      'churn.yaml:7:53 checks[0].against: expected a reference of kind training, got "y"',
    ],
    [
      'two references to find rows again in',
      withReference('reference: { others: { y: { path: data/y.parquet } } }') +
        'checks: [{ check: skew_rows }, { check: skew_rows, name: logged, against: y }]\n',
      'churn.yaml:7:75 checks[1].against: expected one reference for all entries of skew_rows, got "y"',
    ],
    [
      'a name that is a check',
      `${base}checks: [{ check: psi, name: ks }]\n`,
      'churn.yaml:7:30 checks[0].name: expected another name: ks is a check, got "ks"',
    ],
    [
      'a second check without a name',
      withReference('reference: { drift: { path: t.csv }, others: { then: { kind: previous } } }') +
        'checks: [{ check: psi, against: then }]\n',
      'churn.yaml:7:10 checks[0].name: missing: what its findings are called beside those of psi. ' +
        'Example: name: psi_then',
    ],
    [
      'a reference for a check that has none',
      `${base}checks: [{ check: volume, against: then }]\n`,
      'churn.yaml:7:27 checks[0].against: unknown key "against". Known: check, name, columns, ' +
        'targets, warn, alert, min_rows, rule, for, every',
    ],
    [
      'limits the wrong way round',
      base.replace('scored_at', 'scored_at, features: { overrides: { a: { min: 2, max: 1 } } }'),
      'churn.yaml:5:77 columns.features.overrides.a.max: expected a number above min (2), got 1',
    ],
    [
      'a limit of what is counted by its length',
      base.replace(
        'scored_at',
        'scored_at, features: { overrides: { a: { type: text, min: 2 } } }',
      ),
      'churn.yaml:5:81 columns.features.overrides.a.min: expected none: of a text the length is ' +
        'counted, got 2',
    ],
    [
      'two segments of one name',
      `${base}segments: [{ name: a, by: x }, { name: a, by: y }]\n`,
      'churn.yaml:7:40 segments[1].name: expected a name of its own, got "a" twice',
    ],
  ])('%s', async (_, text, expected) => {
    expect((await read(text)).told).toEqual([expected]);
  });
});
