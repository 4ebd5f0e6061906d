import path from 'node:path';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { exampleTeams } from '../../config/example-teams.js';
import { exampleMonitor, shortestMonitor } from '../../config/example.js';
import { explainMonitor } from '../../config/explain.js';
import { knownChecks } from '../../config/known-checks.js';
import { loadConfig } from '../../config/load.js';
import { monitorSchema } from '../../config/monitor.js';
import { problemText } from '../../config/problem.js';
import { teamsSchema } from '../../config/teams-schema.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import { readMonitor, shortest, someTeams, withConfig } from '../support/config.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const schema = monitorSchema(knownChecks);

/** The monitor of a file; fails with its problems when there are errors. */
async function monitorOf(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<Monitor> {
  const files = { 'churn.yaml': text, 'teams.yaml': someTeams, ...others };
  return withConfig(files, async (folder) => {
    const { monitors, problems } = await loadConfig(folder, { cwd: '/srv/app' });
    expect(problems.filter(({ severity }) => severity === 'error').map(problemText)).toEqual([]);
    const [only] = monitors;
    if (only === undefined) throw new Error('expected a monitor');
    return only.monitor;
  });
}

function specsOf(monitor: Monitor, check: string): CheckSpec[] {
  return monitor.checks.filter((spec) => spec.check === check);
}

const labelled = `${shortest.replace(
  'columns: { timestamp: scored_at }',
  'columns: { id: id, timestamp: scored_at, prediction: { score: p } }',
)}labels: [{ from: { path: l.csv }, value: y, mature_after: 30d }]
`;

describe('labels.min_coverage', () => {
  const labels = (min: string) => labelled.replace('30d }', `30d, min_coverage: ${min} }`);

  test('is a share, and nothing where nobody says it', async () => {
    expect((await monitorOf(labels('80%'))).labels?.minCoverage).toBe(0.8);
    expect((await monitorOf(labels('0.8'))).labels?.minCoverage).toBe(0.8);
    expect((await monitorOf(labelled)).labels).not.toHaveProperty('minCoverage');
  });

  test('of more than all rows is refused', async () => {
    const { told } = await readMonitor(labels('80'));
    expect(told).toEqual([
      expect.stringContaining(
        'labels[0].min_coverage: expected a share from 0 to 1, as 0.8 or 80%',
      ),
    ]);
  });
});

describe('the shortest file', () => {
  test('watches the data, with every default filled in', async () => {
    const monitor = await monitorOf(shortest);
    expect(monitor).toMatchObject({
      model: {
        id: 'churn',
        task: 'none',
        owners: {
          data: 'team:growth-ml',
          model: 'team:growth-ml',
          system: 'team:growth-ml',
          approvers: 'team:growth-ml',
        },
        tags: [],
      },
      schedule: { lag: HOUR, catchup: 7 * DAY },
      windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 100 },
      predictions: { kind: 'parquet', path: '/srv/app/data/churn/*.parquet', where: null },
      columns: {
        id: [],
        timestamp: { column: 'scored_at', timezone: 'UTC' },
        prediction: null,
        version: null,
        features: { include: '*', exclude: [], overrides: {} },
      },
      labels: null,
      reference: {
        drift: { kind: 'training', from: { path: '/srv/app/data/train.parquet' } },
        performance: null,
      },
      retraining: null,
    });
    expect(monitor.checks.map(({ check }) => check)).toEqual(knownChecks.defaultChecks(monitor));
  });

  test('alerts by the usual rules', async () => {
    expect((await monitorOf(shortest)).alerts).toEqual({
      keepFiringFor: 2,
      repeat: { critical: { every: 4 * HOUR, most: 6 }, warning: { every: DAY, most: 5 } },
      escalation: { critical: [HOUR / 2, HOUR], warning: [DAY] },
      chains: 3,
      ackExpires: { critical: DAY, warning: 3 * DAY },
      snoozeMax: { critical: 7 * DAY, warning: 30 * DAY },
      reopenWithin: DAY,
    });
  });

  test('is plain JSON: what is published is what was read', async () => {
    const monitor = await monitorOf(labelled);
    expect(JSON.parse(JSON.stringify(monitor))).toEqual(monitor);
  });
});

describe('short forms', () => {
  test.each([
    ['{ score: p }', { kind: 'probability', column: 'p', threshold: 0.5 }, 'binary'],
    [
      '{ score: p, threshold: 0.3 }',
      { kind: 'probability', column: 'p', threshold: 0.3 },
      'binary',
    ],
    [
      '{ score: p, threshold: cut }',
      { kind: 'probability', column: 'p', threshold: 'cut' },
      'binary',
    ],
    ['{ value: v }', { kind: 'value', column: 'v', threshold: 0.5 }, 'regression'],
    ['{ score: v, kind: value }', { kind: 'value', column: 'v', threshold: 0.5 }, 'regression'],
    ['{ label: c }', { kind: 'label', column: 'c', threshold: 0.5 }, 'binary'],
    [
      '{ label: c, probabilities: { x: px, y: py } }',
      { kind: 'label', column: 'c', threshold: 0.5, probabilities: { x: 'px', y: 'py' } },
      'multiclass',
    ],
    [
      '{ request: r, item: i, position: p, k: 5 }',
      {
        ...{ kind: 'ranking', column: 'p', threshold: 0.5 },
        ranking: { request: 'r', item: 'i', relevance: null, k: 5 },
      },
      'ranking',
    ],
  ])('prediction: %s', async (text, expected, task) => {
    const columns = `columns: { timestamp: scored_at, prediction: ${text} }`;
    const monitor = await monitorOf(shortest.replace('columns: { timestamp: scored_at }', columns));
    expect(monitor.columns.prediction).toEqual(expected);
    expect(monitor.model.task).toBe(task);
  });

  test.each([
    ['a.csv', 'csv'],
    ['a/*.csv.gz', 'csv'],
    ['a/{date}.jsonl', 'jsonl'],
    ['a.ndjson', 'jsonl'],
    ['a.pq', 'parquet'],
  ])('the kind of %s is %s', async (file, kind) => {
    const monitor = await monitorOf(shortest.replace('data/churn/*.parquet', file));
    expect(monitor.predictions).toEqual({ kind, path: path.join('/srv/app', file), where: null });
  });

  test('labels join on the ids and are positive at 1 and true, unless they say otherwise', async () => {
    expect((await monitorOf(labelled)).labels).toEqual({
      name: 'target',
      from: { kind: 'csv', path: '/srv/app/l.csv', where: null },
      on: { id: 'id' },
      value: 'y',
      positive: ['1', 'true'],
      timestamp: null,
      matureAfter: 30 * DAY,
    });
    const said = labelled.replace(
      'value: y',
      'value: y, positive: [2, yes], join: { on: { id: k } }',
    );
    expect((await monitorOf(said)).labels).toMatchObject({
      on: { id: 'k' },
      positive: ['2', 'yes'],
    });
  });

  test("owners may be named one by one; the others are the model's", async () => {
    const owners = 'owners: { model: team:growth-ml, approvers: chris }';
    const monitor = await monitorOf(shortest.replace('owners: team:growth-ml', owners));
    expect(monitor.model.owners).toEqual({
      data: 'team:growth-ml',
      model: 'team:growth-ml',
      system: 'team:growth-ml',
      approvers: 'chris',
    });
  });
});

describe('checks', () => {
  test('a listed check lies over its defaults and beside the other checks', async () => {
    const monitor = await monitorOf(
      `${shortest}checks: [{ check: psi, alert: 0.4, for: 3 }, ks]\n`,
    );
    expect(specsOf(monitor, 'psi')).toMatchObject([
      { warn: 0.05, alert: 0.4, running: 3, targets: null, minRows: 100, rule: 'calibrated' },
    ]);
    expect(specsOf(monitor, 'ks')).toHaveLength(1);
    expect(specsOf(monitor, 'volume')).toHaveLength(1);
  });

  test('a check for some columns comes before the one for all', async () => {
    const checks = 'checks: [{ check: psi, columns: [amount], warn: 0.1, rule: fixed }]';
    const monitor = await monitorOf(`${shortest}${checks}\n`);
    expect(specsOf(monitor, 'psi')).toMatchObject([
      { targets: ['amount'], warn: 0.1, rule: 'fixed' },
      { targets: null, warn: 0.05, rule: 'calibrated' },
    ]);
  });

  test('only narrows to what it lists', async () => {
    const monitor = await monitorOf(
      `${shortest}checks: { only: [volume, { check: psi, every: 7d }] }\n`,
    );
    expect(monitor.checks.map(({ check, every }) => [check, every])).toEqual([
      ['volume', null],
      ['psi', 7 * DAY],
    ]);
  });

  test.each([
    [
      '{ check: roc_auc, warn: { drop: 0.02 }, alert: { drop: 0.05 } }',
      { drop: 0.02 },
      { drop: 0.05 },
    ],
    [
      '{ check: roc_auc, warn: { drop: 2% }, alert: { drop: 5% } }',
      { dropShare: 0.02 },
      { dropShare: 0.05 },
    ],
    [
      '{ check: estimated_performance, warn: { drop: 5% }, alert: { below: 0.6 } }',
      { dropShare: 0.05 },
      { below: 0.6 },
    ],
    ['{ check: roc_auc, warn: { below: 0.7 }, alert: 0.6 }', { below: 0.7 }, 0.6],
    ['{ check: freshness, warn: 90m, alert: { above: 2h } }', 1.5 * HOUR, { above: 2 * HOUR }],
    ['{ check: psi, warn: null, alert: 0.3 }', null, 0.3],
    ['{ check: out_of_range, warn: 5%, alert: { above: 10% } }', 0.05, { above: 0.1 }],
  ])('limits of %s', async (entry, warn, alert) => {
    const monitor = await monitorOf(`${labelled}checks: { only: [${entry}] }\n`);
    expect(monitor.checks).toMatchObject([{ warn, alert }]);
  });

  test('limits of freshness that the file leaves open count from the lag on', async () => {
    const late = shortest.replace('windows:', 'schedule: { lag: 12h }\nwindows:');
    expect(specsOf(await monitorOf(late), 'freshness')).toMatchObject([
      { warn: 18 * HOUR, alert: 36 * HOUR },
    ]);
    const own = await monitorOf(`${late}checks: [{ check: freshness, warn: 30h }]\n`);
    expect(specsOf(own, 'freshness')).toMatchObject([{ warn: 30 * HOUR, alert: 36 * HOUR }]);
  });

  test('the floor of the windows is that of the statistics, not of counts', async () => {
    const monitor = await monitorOf(shortest.replace('size: 1d', 'size: 1d, min_rows: 500'));
    expect(monitor.windows.minRows).toBe(500);
    expect(specsOf(monitor, 'psi')).toMatchObject([{ minRows: 500 }]);
    expect(specsOf(monitor, 'volume')).toMatchObject([{ minRows: 0 }]);
  });
});

describe('_defaults.yaml', () => {
  test('lies under every file: maps merge, everything else is replaced', async () => {
    const defaults = 'schedule: { lag: 3h, catchup: 2d }\nmodel: { tags: [a, b] }\nchecks: [ks]\n';
    const monitor = await monitorOf(`${shortest}schedule: { lag: 10m }\n`, {
      '_defaults.yaml': defaults,
    });
    expect(monitor.schedule).toEqual({ lag: HOUR / 6, catchup: 2 * DAY });
    expect(monitor.model).toMatchObject({ id: 'churn', tags: ['a', 'b'] });
    expect(specsOf(monitor, 'ks')).toHaveLength(1);
  });

  test('a fault in it is told once, where it stands', async () => {
    const files = {
      'a.yaml': shortest,
      'b.yaml': shortest.replace('churn,', 'other,'),
      'teams.yaml': someTeams,
      '_defaults.yaml': 'schedule:\n  lag: soon\n  lagg: 1h\n',
    };
    await withConfig(files, async (folder) => {
      const { problems, monitors } = await loadConfig(folder);
      const file = path.join(folder, '_defaults.yaml');
      expect(problems.map((problem) => [problem.file, problem.line, problem.column])).toEqual([
        [file, 2, 8],
        [file, 3, 3],
      ]);
      expect(monitors).toEqual([]);
    });
  });
});

describe('retraining', () => {
  test('its defaults are those of a cautious house', async () => {
    const monitor = await monitorOf(`${labelled}retraining: {}\n`);
    expect(monitor.retraining).toEqual({
      metric: 'roc_auc',
      cooldown: 14 * DAY,
      approvals: {
        quorum: [{ role: 'approvers', count: 1 }],
        fourEyes: 'auto',
        expires: 7 * DAY,
        reminders: [DAY, 3 * DAY, 7 * DAY - 4 * HOUR],
        cooling: HOUR / 12,
      },
      trigger: null,
      gate: { metric: 'roc_auc', margin: 0 },
    });
  });

  test('a command trainer needs its words alone', async () => {
    const trigger = 'trigger: { kind: command, command: [python, train.py], env: [HOME] }';
    const monitor = await monitorOf(
      `${labelled}retraining: { ${trigger}, approvals: { expires: 20s, cooling: 2s } }\n`,
    );
    expect(monitor.retraining).toMatchObject({
      trigger: {
        kind: 'command',
        command: ['python', 'train.py'],
        cwd: null,
        env: ['HOME'],
        timeout: 6 * HOUR,
      },
      approvals: { expires: 20_000, cooling: 2_000, reminders: [] },
    });
  });
});

describe('the whole of it', () => {
  test('the examples that errors show are right themselves', () => {
    expect(schema.safeParse(exampleMonitor).error?.issues).toBeUndefined();
    expect(schema.safeParse(shortestMonitor).error?.issues).toBeUndefined();
    expect(schema.safeParse(parse(shortest)).error?.issues).toBeUndefined();
    expect(teamsSchema.safeParse(exampleTeams).error?.issues).toBeUndefined();
  });

  test('the files of the demo are right', async () => {
    const { monitors, problems } = await loadConfig('examples/monitors');
    expect(problems.map(problemText)).toEqual([]);
    expect(monitors.map(({ monitor }) => monitor.model.id)).toEqual([
      'card-fraud',
      'credit-risk',
      'delivery-eta',
    ]);
  });

  test('no YAML whatever makes it throw', async () => {
    const keys = fc.constantFrom(
      'model',
      'columns',
      'checks',
      'labels',
      'windows',
      'timestamp',
      'x',
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(null, 1, -0.5, true, '', 'psi', '1d', '__proto__'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(keys, tree),
        fc.constantFrom(...Object.keys(exampleMonitor)),
        async (wild, key) => {
          const value = { ...exampleMonitor, [key]: wild[key] ?? wild };
          await withConfig(
            { 'm.yaml': stringify(value), 'teams.yaml': someTeams },
            async (folder) => {
              const { problems } = await loadConfig(folder);
              expect(problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
            },
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('explain names every value and says which ones the file left open', async () => {
    await withConfig({ 'churn.yaml': shortest, 'teams.yaml': someTeams }, async (folder) => {
      const { monitors } = await loadConfig(folder, { cwd: '/srv/app' });
      const lines = monitors.flatMap((loaded) => explainMonitor(loaded));
      expect(lines).toContain('windows.size: 1d');
      expect(lines).toContain('windows.timezone: UTC  (default)');
      expect(lines).toContain('model.owners.data: team:growth-ml');
      expect(lines).toContain('alerts.repeat.critical.every: 4h  (default)');
      expect(lines).toContain(
        'checks[freshness]: all · warn 7h · alert 1d 1h · min_rows 0  (default)',
      );
    });
  });
});
