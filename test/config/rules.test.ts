import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checksSchema } from '../../config/checks-schema.js';
import { exampleMonitor } from '../../config/example.js';
import { tell } from '../../config/issues.js';
import { knownChecks } from '../../config/known-checks.js';
import { loadConfig } from '../../config/load.js';
import { problemText } from '../../config/problem.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

/** What is told of a folder, without the name of the monitor's file. */
const told = (monitor: string, teams = someTeams): Promise<string[]> =>
  withConfig({ 'churn.yaml': monitor, 'teams.yaml': teams }, async (folder) => {
    const { problems } = await loadConfig(folder, { cwd: folder });
    return problems.map((problem) => problemText(problem).replace(/^churn\.yaml:\d+:\d+ /, ''));
  });

const withColumns = (columns: string, more = ''): string =>
  `${shortest.replace('timestamp: scored_at', columns)}${more}`;

describe('a column', () => {
  test.each([
    ['timestamp: t, id: [a, a]', 'columns.id[1]: "a" is named twice: expected it once'],
    [
      'timestamp: t, features: { include: [a, b, a] }',
      'columns.features.include[2]: "a" is named twice: expected it once',
    ],
    [
      'timestamp: t, features: { include: [a], exclude: [a] }',
      'columns.features.exclude[0]: "a" is in include, too: expected one of them',
    ],
    [
      'timestamp: t, id: i, prediction: { score: i }',
      'columns.prediction.score: "i" is an id: expected a column of its own',
    ],
    [
      'timestamp: t, prediction: { score: p }, features: { include: [p, a] }',
      'columns.features.include[0]: "p" is the prediction: expected a feature',
    ],
    [
      'timestamp: t, features: { include: ["*"] }',
      'columns.features.include[0]: "*" stands alone: expected include: "*", or names of columns',
    ],
  ])('plays one role: %s', async (columns, words) => {
    expect(await told(withColumns(columns))).toEqual([words]);
  });

  test('a prediction is no label, unless the labels come from elsewhere', async () => {
    const columns = 'timestamp: t, id: i, prediction: { score: p }';
    expect(await told(withColumns(columns, 'labels: [{ value: p }]\n'))).toEqual([
      'labels[0].value: "p" is the prediction: expected a column of its own',
    ]);
    const elsewhere = 'labels: [{ from: { path: l.csv }, value: p, mature_after: 1d }]\n';
    expect(await told(withColumns(columns, elsewhere))).toEqual([]);
  });

  test('a request and its item may be the key, and neither is a feature', async () => {
    const ranking = 'prediction: { request: q, item: d, position: n, relevance: r }';
    expect(await told(withColumns(`timestamp: t, id: [q, d], ${ranking}`))).toEqual([]);
    const features = 'features: { include: [d, r, a] }';
    expect(await told(withColumns(`timestamp: t, ${ranking}, ${features}`))).toEqual([
      'columns.features.include[0]: "d" is a column of the prediction: expected a feature',
      'columns.features.include[1]: "r" is a column of the prediction: expected a feature',
    ]);
    const kinds = [
      '{ request: q, item: d, position: n, kind: label }',
      '{ score: p, kind: ranking }',
    ];
    expect(
      await Promise.all(
        kinds.map((kind) => told(withColumns(`timestamp: t, prediction: ${kind}`))),
      ),
    ).toEqual([
      ['columns.prediction.kind: expected ranking, as its key says, got "label"'],
      [
        'columns.prediction.kind: expected another kind: a ranking has a position, got "ranking". ' +
          'Example: kind: probability',
      ],
    ]);
  });

  test('a kind that the key of a prediction contradicts is refused, and so are no positives', async () => {
    const kind = 'timestamp: t, prediction: { label: c, kind: probability }';
    expect(await told(withColumns(kind))).toEqual([
      'columns.prediction.kind: expected label, as its key says, got "probability"',
    ]);
    const labels = 'labels: [{ value: y, positive: [] }]\n';
    expect((await told(withColumns('timestamp: t', labels)))[0]).toMatch(
      /^labels\[0\]\.positive: expected at least one value, got an empty list/,
    );
  });

  test('a time may be a part of the key', async () => {
    expect(await told(withColumns('timestamp: t, id: [sensor, t], version: v'))).toEqual([]);
  });
});

describe('a check', () => {
  const checks = (list: string): Promise<string[]> => told(`${shortest}checks: ${list}\n`);

  test.each([
    [
      '[{ check: psi, warn: 0.1 }, { check: psi, warn: 0.2 }]',
      'checks[1]: psi is there already: expected its columns, or a name of its own',
    ],
    [
      '[{ check: psi, columns: [a, b] }, { check: psi, columns: b }]',
      'checks[1].columns[0]: psi of "b" is there already: expected it once',
    ],
    [
      '[{ check: psi, columns: [a, a] }]',
      'checks[0].columns[1]: "a" is named twice: expected it once',
    ],
    ['{ only: [] }', 'checks.only: expected at least one check, got an empty list'],
    [
      '[{ check: psi, every: 0d }]',
      'checks[0].every: expected a duration longer than 0s, got "0d"',
    ],
    [
      '[{ check: psi, warn: -0.1 }]',
      'checks[0].warn: expected 0 or more: psi is never less, got -0.1. Example: warn: 0.05',
    ],
    [
      '[{ check: missing, warn: 5 }]',
      'checks[0].warn: expected at most 1: missing is never more. For 5 %: 5%, got 5. ' +
        'Example: warn: 0.01',
    ],
  ])('that says nothing is refused: %s', async (list, words) => {
    expect(await checks(list)).toEqual([words]);
  });

  test('may look at some columns beside all others, and twice under two names', async () => {
    expect(await checks('[{ check: psi, columns: a, warn: 0.1 }, { check: psi }]')).toEqual([]);
    expect(await checks('[psi, { check: psi, name: psi_late, every: 7d }]')).toEqual([]);
  });

  test('below zero is a limit of those that can be', async () => {
    expect(await checks('[{ check: missing, warn: { below: -0.1 } }]')).toEqual([]);
    expect(await checks('[{ check: volume, warn: { below: -0.1 } }]')).toEqual([]);
  });

  const schema = checksSchema(knownChecks.checks);

  test.each(knownChecks.checks)('$name: a wrong limit is told with a right one', ({ name }) => {
    for (const key of ['warn', 'alert'] as const) {
      const own =
        name === 'custom' ? { check: name, name: 'own', sql: 'count(*)' } : { check: name };
      const value = { checks: [{ ...own, [key]: true }] };
      const { error } = z.strictObject({ checks: schema }).safeParse(value);
      const asked = { value, schema: {}, examples: [exampleMonitor], checks: knownChecks.checks };
      const [told] = tell(error?.issues ?? [], asked);
      const said = told?.message ?? '';
      // Either the last words, `Example: warn: 0.05`, or what comes behind "as".
      const [, last, within] = /Example: \w+: (.*)$| as (.+?)(?:,| or )/.exec(said) ?? [];
      const example = last ?? within ?? 'none';
      // A limit of its own default beside it is in order; alone it may be none.
      const limits = { warn: null, alert: null, [key]: parse(example) as unknown };
      expect(schema.safeParse([{ ...own, ...limits }]).error, said).toBeUndefined();
    }
  });
});

describe('a duration', () => {
  test.each([
    ['schedule: { catchup: 0m }', 'schedule.catchup: expected a duration longer than 0s, got "0m"'],
    ['schedule: { lag: 99999999d }', 'schedule.lag: expected at most 36525d, got "99999999d"'],
    ['schedule: { lag: -2h }', 'schedule.lag: expected a duration as 30m, 2h, 7d or 1w, got "-2h"'],
    [
      'alerts: { repeat: { critical: { every: 0s } } }',
      'alerts.repeat.critical.every: expected a duration longer than 0s, got "0s"',
    ],
  ])('%s', async (more, words) => {
    const problems = await told(`${shortest}${more}\n`);
    expect(problems.map((one) => one.split('. Example')[0])).toEqual([words]);
  });

  test('of nothing is right where waiting for nothing makes sense', async () => {
    expect(await told(`${shortest}schedule: { lag: 0s }\n`)).toEqual([]);
  });
});

describe('a file', () => {
  test.each([
    ['gs', 'gs:// is not available yet in this version'],
    ['s3', 's3:// needs from: { kind: s3, path }'],
    ['https', 'https:// needs from: { kind: http, url }'],
  ])('of another place is refused as a path, by its scheme %s', async (scheme, words) => {
    const address = `${scheme}://bucket/churn.parquet`;
    expect(await told(shortest.replace('"data/churn/*.parquet"', address))).toEqual([
      `predictions.from.path: expected a path of files: ${words}, got "${address}". ` +
        'Example: path: "data/churn/*.parquet"',
    ]);
  });

  test('with a merge key is told where shared keys go', async () => {
    const [first] = await told(
      shortest.replace('{ size: 1d }', '{ size: 1d, <<: { align: monday } }'),
    );
    expect(first).toMatch(/^windows\.<<: merge keys are not read: .* goes into _defaults\.yaml$/);
  });

  test('that is too large is not read', async () => {
    expect(await told(`${shortest}# ${'x'.repeat(3 * 1024 * 1024)}\n`)).toEqual([
      'is too large: expected at most 1 MB, got 3.0 MB',
    ]);
  });

  test('with an unknown zone says what a zone is', async () => {
    expect(await told(shortest.replace('1d }', '1d, timezone: Mars/Olympus }'))).toEqual([
      'windows.timezone: unknown time zone "Mars/Olympus". Expected one as Europe/Paris or UTC',
    ]);
  });

  test('with one wrong segment or event tells what is wrong with the others, too', async () => {
    const more = `segments: [{ name: a b, by: x }, { name: c, by: y }, { name: c, by: z }]
events: [{ name: sale, from: soon, to: later }, { name: fair, from: 2026-02-02, to: 2026-02-01 }]
`;
    const problems = await told(`${shortest}${more}`);
    expect(problems.map((one) => one.split(/, got|, then/)[0])).toEqual([
      'segments[0].name: expected a letter',
      'segments[2].name: expected a name of its own',
      'events[0].from: expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z',
      'events[0].to: expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z',
      'events[1].to: expected a time after from (2026-02-02)',
    ]);
  });

  test('with a metric to decide on and no labels is refused', async () => {
    expect(await told(`${shortest}retraining: { metric: roc_auc }\n`)).toEqual([
      'retraining.metric: roc_auc needs labels: there is no section labels',
    ]);
    expect(await told(`${shortest}retraining: {}\n`)).toEqual([]);
    const rated = 'timestamp: t, prediction: { request: q, item: d, position: n, relevance: r }';
    expect(await told(withColumns(rated, 'retraining: { metric: ndcg }\n'))).toEqual([]);
  });
});

test('an estimate is of a metric of the task, and learns from labels', async () => {
  const of = (task: string, check: string, labels = 'labels: [{ value: churned }]\n') =>
    told(
      withColumns(
        `timestamp: t, prediction: { score: s, kind: ${task} }`,
        `${labels}checks: [{ check: ${check} }]\n`,
      ),
    );
  expect(await of('probability', 'estimated_performance, metric: recall')).toEqual([]);
  expect(await of('probability', 'concept_gap, metric: mae')).toEqual([
    'checks[0].metric: mae is for task regression, this one is binary',
  ]);
  expect(await of('probability', 'estimated_performance', '')).toEqual([
    'checks[0]: estimated_performance needs labels: there is no section labels',
  ]);
});

describe('a check over metrics', () => {
  const labels = 'labels: [{ value: churned }]\n';
  const of = (targets: string, task = 'kind: probability') =>
    told(
      withColumns(
        `timestamp: t, prediction: { score: s, ${task} }`,
        `${labels}checks: [{ check: decay_trend, targets: ${targets} }]\n`,
      ),
    );
  test('takes metrics of the task as its targets, and no others', async () => {
    expect(await of('[recall, roc_auc]')).toEqual([]);
    const [wrong, other] = await of('[recal, rmse]');
    expect(wrong).toContain(
      'checks[0].targets[0]: expected a metric, got "recal". Did you mean "recall"? Known: ',
    );
    expect(other).toContain('checks[0].targets[1]: expected a metric, got "rmse".');
    expect((await of('[concept_gap]'))[0]).toContain('expected a metric, got "concept_gap".');
  });
  test('needs labels', async () => {
    expect(await told(`${shortest}checks: [level_change]\n`)).toEqual([
      'checks[0]: level_change needs labels: there is no section labels',
    ]);
  });
});

describe('names that every object has', () => {
  const people = 'people: { ana: { email: ana@example.com } }\n';
  const teams = (team: string, root = 'ana') =>
    `${people}teams: { growth-ml: ${team} }\nroot: ${root}\n`;

  test.each<[string, string, string, RegExp]>([
    [
      'an owner',
      shortest.replace('team:growth-ml', 'toString'),
      someTeams,
      /unknown team or person/,
    ],
    [
      'a team',
      shortest.replace('growth-ml', 'constructor'),
      someTeams,
      /unknown team "constructor"/,
    ],
    ['a member', shortest, teams('{ members: [constructor] }'), /unknown person "constructor"/],
    [
      'root',
      shortest,
      teams('{ members: [ana] }', 'valueOf'),
      /root: unknown channel, team or person/,
    ],
    [
      'a next level',
      shortest,
      teams('{ members: [ana], escalate_to: hasOwnProperty }'),
      /unknown team "hasOwnProperty"/,
    ],
    ['a webhook', shortest, teams('{ channels: ["webhook:toString"] }'), /unknown webhook/],
    [
      'a role of the quorum',
      `${shortest}retraining: { approvals: { quorum: [{ role: constructor }] } }\n`,
      someTeams,
      /unknown role "constructor"/,
    ],
    [
      'a key',
      `${shortest}__proto__: { a: 1 }\n`,
      someTeams,
      /__proto__ is no key: expected another/,
    ],
  ])('belong to nobody: %s', async (_, monitor, file, words) => {
    const problems = await told(monitor, file);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
  });
});

test.each([
  ['teams.yaml', 'people:\n  ana: { email: a@x.org }\n  __proto__: { email: b@x.org }\n', '3:3'],
  ['teams.yaml', 'people: { ana: { __proto__: 1 } }\n', '1:18'],
  ['churn.yaml', 'version: 1\nmodel:\n  id: churn\nsegments:\n  - __proto__: 1\n', '5:5'],
  // A value of that name is none.
  ['churn.yaml', 'version: 1\nmodel:\n  id: __proto__\n__proto__: 1\n', '4:1'],
])('__proto__ as a key of %s is refused where it stands: %j', async (file, text, place) => {
  const files = { 'churn.yaml': shortest, 'teams.yaml': someTeams, [file]: text };
  const problems = await withConfig(files, async (folder) => {
    return (await loadConfig(folder, { cwd: folder })).problems.map(problemText);
  });
  expect(problems).toContain(`${file}:${place} not YAML: __proto__ is no key: expected another`);
});

describe('other files of the folder', () => {
  const inFolder = (files: Readonly<Record<string, string>>) =>
    withConfig({ 'churn.yaml': shortest, 'teams.yaml': someTeams, ...files }, async (folder) => {
      return (await loadConfig(folder, { cwd: folder })).problems.map(problemText);
    });

  test('defaults that are no map of keys are refused, and empty ones are none', async () => {
    expect(await inFolder({ '_defaults.yaml': '- windows\n' })).toEqual([
      '_defaults.yaml:1:1 expected a map of keys, as in a monitor file',
    ]);
    expect(await inFolder({ '_defaults.yaml': '# later\n' })).toEqual([]);
  });

  test('with the other ending are told by which name they are read', async () => {
    expect(await inFolder({ '_defaults.yml': 'a: 1\n', 'teams.yml': someTeams })).toEqual([
      '_defaults.yml:1:1 is not read by this name: expected _defaults.yaml',
      'teams.yml:1:1 is not read by this name: expected teams.yaml',
    ]);
  });
});

describe('teams.yaml', () => {
  const people = `people:
  ana: { email: ana@example.com }
  bo: { email: bo@example.com }
  chris: { email: chris@example.com }
`;
  const teams = (list: string, rest = 'root: chris\n') =>
    told(shortest, `${people}teams: ${list}\n${rest}`);

  test('a circle of escalation is a warning, told once, where it begins', async () => {
    const circle = `{ growth-ml: { members: [ana], escalate_to: b }, b: { members: [bo], escalate_to: growth-ml } }`;
    expect(await teams(circle)).toEqual([
      'teams.yaml:5:52 warning: teams.growth-ml.escalate_to: escalates in a circle, ' +
        'growth-ml → b → growth-ml: each team hears once, and then root',
    ]);
    const { monitors, config } = await withConfig(
      { 'churn.yaml': shortest, 'teams.yaml': `${people}teams: ${circle}\nroot: chris\n` },
      async (folder) => {
        const loaded = await loadConfig(folder);
        return { monitors: loaded.monitors.length, config: loaded.teams };
      },
    );
    expect(monitors).toBe(1);
    expect(config?.root).toBe('chris');
  });

  test.each([
    [
      '{ growth-ml: { members: [ana, ana] } }',
      'teams.growth-ml.members[1]: "ana" is named twice: expected it once',
    ],
    [
      '{ growth-ml: { members: [ana] }, bo: { members: [bo] } }',
      'teams.bo: expected a name of its own: a person has it, too',
    ],
    [
      '{ growth-ml: { members: [ana], escalate_to: growth-ml } }',
      'teams.growth-ml.escalate_to: expected another team, got "growth-ml" itself',
    ],
  ])('%s is refused', async (list, words) => {
    expect((await teams(list)).map((one) => one.replace(/^teams\.yaml:\d+:\d+ /, ''))).toEqual([
      words,
    ]);
  });

  test('a wrong step hides no other fault of its team', async () => {
    const steps = '[{ after: 5m, to: ana }, { after: -3m, to: zed }, { after: 1h, to: zed }]';
    const problems = await teams(`{ growth-ml: { members: [ana], policy: { steps: ${steps} } } }`);
    expect(problems.map((one) => one.replace(/^\S+ teams\.growth-ml\.policy\./, ''))).toEqual([
      'steps[0].after: expected 0m: the first step is at once',
      'steps[1].after: expected a duration as 30m, 2h, 7d or 1w, got "-3m"',
      'steps[1].to: unknown channel, team or person "zed". Known: growth-ml, ana, bo, chris, email, slack',
      'steps[2].to: unknown channel, team or person "zed". Known: growth-ml, ana, bo, chris, email, slack',
    ]);
  });

  test('a misspelt key is not missing, too, and a list of teams is no fault of monitors', async () => {
    expect(await teams('{ growth-ml: { members: [ana] } }', 'rot: chris\n')).toEqual([
      'teams.yaml:6:1 rot: unknown key "rot". Did you mean "root"? ' +
        'Known: people, teams, webhooks, root',
    ]);
    expect(await teams('[growth-ml]')).toEqual([
      'teams.yaml:5:8 teams: expected teams, as ml: { members: [ana] }, got a list',
    ]);
  });

  test('a webhook that is a number is told what it may be', async () => {
    const [only] = await teams(
      '{ growth-ml: { members: [ana] } }',
      'root: chris\nwebhooks: { a: 5 }\n',
    );
    expect(only).toContain('webhooks.a: expected a URL, or { url, secret }, got 5');
  });
});
