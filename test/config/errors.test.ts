import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownChecks } from '../../config/known-checks.js';
import { loadConfig } from '../../config/load.js';
import { problemText } from '../../config/problem.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

/** The problems of one monitor file as an operator reads them, without the folder. */
async function problemsOf(
  monitor: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const files = { 'churn.yaml': monitor, 'teams.yaml': someTeams, ...others };
  return withConfig(files, async (folder) => {
    const { problems } = await loadConfig(folder);
    return problems.map((problem) => problemText(problem).replace(`${folder}${path.sep}`, ''));
  });
}

/** The shortest file with one of its lines replaced, or lines behind it. */
function edited(change: { line?: [number, string]; more?: string }): string {
  const lines = shortest.trimEnd().split('\n');
  if (change.line !== undefined) lines[change.line[0] - 1] = change.line[1];
  return [...lines, ...(change.more === undefined ? [] : [change.more]), ''].join('\n');
}

const checkNames = knownChecks.checks.map(({ name }) => name).join(', ');

const withLabels = `columns: { id: id, timestamp: t, prediction: { score: p } }
labels: [{ from: { path: l.csv }, value: y, mature_after: 1d }]`;

describe('one fault, one sentence', () => {
  test.each<[string, { line?: [number, string]; more?: string }, string]>([
    [
      'a limit that is no number',
      { more: 'checks:\n  - check: ks\n  - check: psi\n    alert: high' },
      'churn.yaml:10:12 checks[1].alert: expected a number, got "high". Example: alert: 0.25',
    ],
    [
      'an escalation that begins with level 0',
      { more: 'alerts: { escalation: { critical: [0m, 1m, 2m] } }' },
      'churn.yaml:7:36 alerts.escalation.critical[0]: expected a time since the alert fired, ' +
        'later than 0m, when level 0 is told, as [30m, 60m], got "0m"',
    ],
    [
      'an escalation that does not grow',
      { more: 'alerts: { escalation: { warning: [1h, 2h, 90m] } }' },
      'churn.yaml:7:43 alerts.escalation.warning[2]: expected a time since the alert fired, ' +
        'later than the one before, as [30m, 60m], got "90m"',
    ],
    [
      'an unknown check',
      { more: 'checks: [{ check: pis }]' },
      `churn.yaml:7:19 checks[0].check: unknown check "pis". Did you mean "psi"? Known: ${checkNames}`,
    ],
    [
      'an unknown check by its bare name',
      { more: 'checks: [freshnes]' },
      `churn.yaml:7:10 checks[0]: unknown check "freshnes". Did you mean "freshness"? Known: ${checkNames}`,
    ],
    [
      'a check of a later version',
      { more: 'checks: [{ check: feature_attribution }]' },
      'churn.yaml:7:19 checks[0].check: check "feature_attribution" is not available yet in this version',
    ],
    [
      'an unknown key',
      { line: [5, 'columns: { timestap: scored_at, timestamp: t }'] },
      'churn.yaml:5:12 columns.timestap: unknown key "timestap". Did you mean "timestamp"? ' +
        'Known: id, entity, timestamp, prediction, version, row_source, item, group, weight, arm, traffic, action, features',
    ],
    [
      'an unknown key of one check',
      { more: 'checks: [{ check: psi, wran: 0.1 }]' },
      'churn.yaml:7:24 checks[0].wran: unknown key "wran". Did you mean "warn"? ' +
        'Known: check, name, against, columns, targets, warn, alert, min_rows, rule, for, every',
    ],
    [
      'a missing section',
      { line: [5, ''] },
      'churn.yaml:1:1 columns: missing. Example: columns: { timestamp: scored_at }',
    ],
    [
      'a duration in words',
      { more: 'schedule: { lag: 2 hours }' },
      'churn.yaml:7:18 schedule.lag: expected a duration as 30m, 2h, 7d or 1w, got "2 hours"',
    ],
    [
      'a limit of time as a bare number',
      { more: 'checks: [{ check: freshness, warn: 6 }]' },
      'churn.yaml:7:36 checks[0].warn: expected a duration, as 6h, got 6',
    ],
    [
      'a drop for a check that has none',
      { more: 'checks: [{ check: psi, warn: { drop: 5% } }]' },
      'churn.yaml:7:30 checks[0].warn: expected a number, got a map of keys. Example: warn: 0.05',
    ],
    [
      'a drop for a gap, which is one against an estimate',
      { more: 'checks: [{ check: concept_gap, warn: { drop: 5% } }]' },
      'churn.yaml:7:38 checks[0].warn: expected a number, got a map of keys. Example: warn: 0.02',
    ],
    [
      'a limit below zero that a distance would always reach',
      { more: 'checks: [{ check: concept_gap, warn: -0.02 }]' },
      'churn.yaml:7:38 checks[0].warn: expected 0 or more, for both directions, or one as ' +
        '{ below: -0.02 }, got -0.02',
    ],
    [
      'a bare limit where nobody knows which side is worse',
      { more: 'checks: [{ check: estimated_performance, warn: 0.7 }]' },
      'churn.yaml:7:48 checks[0].warn: expected a limit as { drop: 5% }, { below: 0.7 } or ' +
        '{ above: 10 }, got 0.7',
    ],
    [
      'an alert limit below the warn limit',
      { more: 'checks: [{ check: psi, warn: 0.3, alert: 0.2 }]' },
      'churn.yaml:7:42 checks[0].alert: expected a limit at least as bad as warn (0.3), got 0.2',
    ],
    [
      'a limit of time beyond that of alert, which the lag of an hour has moved',
      { more: 'checks: [{ check: freshness, warn: 30h }]' },
      'churn.yaml:7:36 checks[0].warn: expected alert beside it: without one it is 1d 1h, got 1d 6h',
    ],
    [
      'columns for a check that looks at no columns',
      { more: 'checks: [{ check: volume, columns: a }]' },
      'churn.yaml:7:36 checks[0].columns: expected none: volume does not look at single columns, ' +
        'got "a". Example: columns: [amount]',
    ],
    [
      'a metric without labels',
      { more: 'checks: [rmse]' },
      'churn.yaml:7:10 checks[0]: rmse needs labels: there is no section labels',
    ],
    [
      'a window size that is none',
      { line: [3, 'windows: { size: 2d }'] },
      'churn.yaml:3:18 windows.size: expected one of: 1h, 1d, 1w, 1mo, got "2d". Did you mean "1d"?',
    ],
    [
      'an unknown zone',
      { line: [3, 'windows: { size: 1d, timezone: Europe/Pari }'] },
      'churn.yaml:3:32 windows.timezone: unknown time zone "Europe/Pari". Did you mean "Europe/Paris"?',
    ],
    [
      'a path whose ending says nothing',
      { line: [4, 'predictions: { from: { path: data/churn } }'] },
      'churn.yaml:4:30 predictions.from.path: expected a path that ends in .parquet, .csv or ' +
        '.jsonl, or kind: parquet, csv or jsonl beside it, got "data/churn". ' +
        'Example: path: "data/churn/*.parquet"',
    ],
    [
      'a placeholder that is none',
      { line: [4, 'predictions: { from: { path: "d/{dat}/*.csv" } }'] },
      'churn.yaml:4:30 predictions.from.path: unknown placeholder {dat}; known: {date}, {hour}, ' +
        '{year}, {month}, {day}',
    ],
    [
      'a label source without a date of maturity',
      { line: [5, withLabels.replace(', mature_after: 1d', '')] },
      'churn.yaml:6:10 labels[0].mature_after: missing: how long after a window its labels are complete',
    ],
    [
      'labels that nothing joins',
      { line: [5, withLabels.replace('id: id, ', '')] },
      'churn.yaml:6:10 labels[0].join: missing: which columns of predictions and labels are the ' +
        'same key. Example: join: { on: { id: id } }',
    ],
    [
      'a second label source',
      {
        line: [
          5,
          `${withLabels.slice(0, -1)}, { name: b, value: z, mature_after: 0d, from: { path: b.csv } }]`,
        ],
      },
      'churn.yaml:6:65 labels[1].role: labels[0] is the target: expected early_proxy or review',
    ],
    [
      'probabilities of classes without the predicted one',
      {
        line: [5, 'columns: { timestamp: t, prediction: { score: p, probabilities: { a: pa } } }'],
      },
      'churn.yaml:5:65 columns.prediction.probabilities: expected none: probabilities of classes ' +
        'stand beside label, got a map of keys',
    ],
    [
      'a ranking without its items',
      { line: [5, 'columns: { timestamp: t, prediction: { position: p, request: r } }'] },
      'churn.yaml:5:38 columns.prediction.item: missing: the column of the item; a ranking has one',
    ],
    [
      'a metric of another task',
      { line: [5, withLabels], more: 'checks: [ndcg]' },
      'churn.yaml:8:10 checks[0]: ndcg is for task ranking, this one is binary',
    ],
    [
      'positive classes of several',
      {
        line: [
          5,
          withLabels
            .replace('score: p', 'label: p, probabilities: { a: pa }')
            .replace('value: y', 'value: y, positive: a'),
        ],
      },
      'churn.yaml:6:55 labels[0].positive: expected none: of task multiclass no class counts as ' +
        'positive, got "a"',
    ],
    [
      'an unknown metric',
      { line: [5, withLabels], more: 'retraining: { metric: roc_uac }' },
      'churn.yaml:8:23 retraining.metric: unknown metric "roc_uac". Did you mean "roc_auc"? ' +
        'Known: roc_auc, average_precision, accuracy, precision, recall, specificity, f1, f_beta, ' +
        'mcc, top_k_accuracy, log_loss, brier, calibration_error, lift, ks_score, rmse, mae, ' +
        'mape, r2, bias, quantile_loss, residual_spread, ndcg, map, mrr, hit_rate',
    ],
    [
      'a trigger of a later version',
      { more: 'retraining: { trigger: { kind: airflow, dag: x } }' },
      'churn.yaml:7:32 retraining.trigger.kind: kind airflow is not available yet in this version; ' +
        'available: command, http',
    ],
    [
      'a trigger with a slip of the fingers',
      { more: 'retraining: { trigger: { kind: comand, command: [python] } }' },
      'churn.yaml:7:32 retraining.trigger.kind: expected a trigger of kind command or http, ' +
        'got "comand". Did you mean "command"?',
    ],
    [
      'a reminder after the end',
      { more: 'retraining: { approvals: { expires: 2s, reminders: [3s] } }' },
      'churn.yaml:7:53 retraining.approvals.reminders[0]: expected a reminder before the request ' +
        'expires, got "3s". Example: 24h',
    ],
  ])('%s', async (_, change, expected) => {
    expect(await problemsOf(edited(change))).toEqual([expected]);
  });

  test('a syntax error is told alone', async () => {
    const problems = await problemsOf('version: 1\nmodel: { id: churn, owners: [\nwindows: 5\n');
    expect(problems).toEqual([
      'churn.yaml:3:1 not YAML: a "[" was not closed: expected "]" before this line, got "windows: 5"',
    ]);
  });

  test.each([
    ['a: {x: 1\nb: 2\n', 2, 1, 'a "{" was not closed: expected "}" before this line, got "b: 2"'],
    ['a: "x\n', 2, 1, 'a " was not closed: expected it before the end of the line'],
    ['a:\n\tb: 1\n', 2, 1, 'a tab is at its beginning: expected spaces, got "b: 1"'],
    ['foo\na: 1\n', 1, 1, 'this line is no key with a value: expected "key: value", got "foo"'],
    [
      'a: @x\n',
      1,
      4,
      'no value begins with this sign: expected quotes around the value, got "a: @x"',
    ],
    [
      'a: 1\nb: *.csv\n',
      2,
      4,
      'a * begins a reference, to nothing here: expected quotes around it, as "*.csv"',
    ],
  ])('syntax of %j: where it is, what was given, what to do', async (text, line, column, words) => {
    expect(await problemsOf(text)).toEqual([`churn.yaml:${line}:${column} not YAML: ${words}`]);
  });

  test('a prediction of another kind than the task is refused', async () => {
    const text = edited({ line: [5, 'columns: { timestamp: t, prediction: { value: v } }'] });
    const binary = text.replace('id: churn,', 'id: churn, task: binary,');
    expect(await problemsOf(binary)).toEqual([
      'churn.yaml:5:38 columns.prediction.kind: expected probability or label for task binary, ' +
        'got "value"',
    ]);
  });
});

describe('a path with a date', () => {
  test.each([
    ['{date}/rows.csv', 'predictions: { from: { path: {date}/rows.csv, where: "a = 1" } }'],
    ['data/{date}.csv', 'predictions: { from: { path: data/{date}.csv } }'],
  ])('%s without quotes says that they are missing', async (path, line) => {
    const [problem] = await problemsOf(edited({ line: [4, line] }));
    expect(problem).toMatch(
      /^churn\.yaml:4:\d+ not YAML: a \{ within a value begins a map of keys/,
    );
    expect(problem).toContain(`expected quotes around it, as "${path}"`);
  });

  test('alone it is a map, and is told as one', async () => {
    const line = 'predictions: { from: { path: {date}, kind: csv } }';
    expect(await problemsOf(edited({ line: [4, line] }))).toEqual([
      'churn.yaml:4:30 predictions.from.path: expected a path or glob, got a map of keys: ' +
        'expected quotes around it, as "{date}", if it is a text. Example: path: "data/churn/*.parquet"',
    ]);
  });
});

describe('keys of later versions are refused by name', () => {
  test.each([
    ['alerts.quiet_hours', 5, 'columns: { timestamp: t }\nalerts: { quiet_hours: {} }'],
    ['windows.show', 3, 'windows: { size: 1d, show: 7d }'],
    ['reference.drift.of', 6, 'reference: { drift: { path: a.csv, of: live_version } }'],
  ])('%s', async (key, line, text) => {
    const [only, ...others] = await problemsOf(edited({ line: [line, text] }));
    expect(only).toMatch(
      new RegExp(`^churn.yaml:\\d+:\\d+ ${key}: not available yet in this version$`),
    );
    expect(others).toEqual([]);
  });

  test('a known key with a value of a later version', async () => {
    expect(await problemsOf(edited({ more: 'schedule: { on: ingest }' }))).toEqual([
      'churn.yaml:7:17 schedule.on: "ingest" is not available yet in this version; available: time',
    ]);
  });
});

describe('all at once', () => {
  test('every fault of every file is told, in the order of the lines', async () => {
    const wrong = edited({
      line: [3, 'windows: { size: 3d }'],
      more: 'schedule: { lag: soon }\nextra: 1\nchecks: [{ check: psi, alert: x }, volum]',
    });
    const problems = await problemsOf(wrong, { 'other.yaml': 'version: 2\n' });
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      'churn.yaml:3:18 windows.size:',
      'churn.yaml:7:18 schedule.lag:',
      'churn.yaml:8:1 extra:',
      'churn.yaml:9:31 checks[0].alert:',
      'churn.yaml:9:36 checks[1]:',
      'other.yaml:1:1 model:',
      'other.yaml:1:1 windows:',
      'other.yaml:1:1 predictions:',
      'other.yaml:1:1 columns:',
      'other.yaml:1:10 version:',
    ]);
  });

  test('a wrong section hides no fault of the others, nor of the routes', async () => {
    const text = edited({
      line: [2, 'model: { id: churn, owners: { model: team:growth-m, data: team:ml-leads } }'],
      more: [
        'schedule: { lag: soon }',
        'checks: [{ check: psi, warn: 0.3, alert: 0.2 }, rmse, { check: psi, alert: x }]',
        'retraining: { approvals: { quorum: [{ role: approver, count: 1 }], reminders: [9w] } }',
      ].join('\n'),
    });
    const problems = await problemsOf(text);
    expect(problems.map((problem) => problem.split(': ').slice(0, 2).join(': '))).toEqual([
      'churn.yaml:2:38 model.owners.model: unknown team "growth-m". Did you mean "growth-ml"? Known',
      'churn.yaml:7:18 schedule.lag: expected a duration as 30m, 2h, 7d or 1w, got "soon"',
      'churn.yaml:8:42 checks[0].alert: expected a limit at least as bad as warn (0.3), got 0.2',
      'churn.yaml:8:49 checks[1]: rmse needs labels',
      'churn.yaml:8:76 checks[2].alert: expected a number, got "x". Example',
      'churn.yaml:9:80 retraining.approvals.reminders[0]: expected a reminder before the request expires, got "9w". Example',
    ]);
    const teamless = await problemsOf(text.replace('growth-m,', 'growth-ml,'));
    expect(teamless.join()).toContain('unknown role "approver"');
  });

  test('a misspelt key hides nothing of what it says, nor of what others say beside it', async () => {
    const text = edited({
      line: [5, 'columns: { timestamp: t, prediction: { scor: p, threshold: 3 } }'],
      more: 'chekcs: [{ check: psi, warn: high }, roc_auc]',
    });
    expect((await problemsOf(text)).map((problem) => problem.split(/\. |, got/)[0])).toEqual([
      'churn.yaml:5:40 columns.prediction.scor: unknown key "scor"',
      'churn.yaml:5:60 columns.prediction.threshold: expected a number from 0 to 1',
      'churn.yaml:7:1 chekcs: unknown key "chekcs"',
      'churn.yaml:7:30 chekcs[0].warn: expected a number',
      'churn.yaml:7:38 chekcs[1]: roc_auc needs labels: there is no section labels',
    ]);
  });

  test('a wrong teams.yaml hides neither its own names nor the owners of monitors', async () => {
    const teams = someTeams
      .replace('bo: { email: bo@example.com }', 'bo: { email: nonsense }')
      .replace('members: [chris] }', 'members: [chriss], chanels: [email] }');
    const text = edited({ line: [2, 'model: { id: a b, owners: team:growth }'] });
    const problems = await problemsOf(text, { 'teams.yaml': teams });
    expect(problems.map((problem) => problem.split(/\. |, got/)[0])).toEqual([
      'churn.yaml:2:14 model.id: expected letters, digits, dots, dashes or underscores, at most 100, as card-fraud',
      'churn.yaml:2:27 model.owners: unknown team "growth"',
      'teams.yaml:3:16 people.bo.email: expected a mail address, as ana@example.com',
      'teams.yaml:7:25 teams.ml-leads.members[0]: unknown person "chriss"',
      'teams.yaml:7:34 teams.ml-leads.chanels: unknown key "chanels"',
    ]);
    expect(problems[1]).toMatch(/Known: growth-ml, ml-leads$/);
  });

  test('a team of nobody is refused where it is written', async () => {
    const [leads] = ['ml-leads: { members: [chris] }'];
    const of = (team: string) =>
      problemsOf(shortest, { 'teams.yaml': someTeams.replace(leads, team) });
    expect(await of('ml-leads: { members: [] }')).toEqual([
      'teams.yaml:7:24 teams.ml-leads.members: expected people; leave the key out for a team of ' +
        'channels only, got an empty list. Example: members: [ana, bo]',
    ]);
    expect(await of('ml-leads: {}')).toEqual([
      'teams.yaml:7:13 teams.ml-leads: reaches nobody: expected members, or channels as slack:#ml',
    ]);
    expect(await of('ml-leads: { channels: ["slack:#leads"] }')).toEqual([]);
  });

  test('an id that two files claim is refused', async () => {
    const problems = await problemsOf(shortest, { 'twin.yaml': shortest });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /^twin.yaml:2:14 model.id: expected an id of its own, got "churn", which .*churn.yaml has$/,
    );
  });

  test('a folder without monitors, and one that is not there, say so', async () => {
    const { problems } = await withConfig({}, (folder) => loadConfig(folder));
    expect(problems[0]?.message).toBe(
      'expected monitor files (*.yaml), found none. `aftercare init` writes one',
    );
    const gone = await loadConfig('/nowhere/at/all');
    const wanted = 'expected a folder with monitor files (*.yaml). `aftercare init` writes one';
    expect(gone.problems.map(problemText)).toEqual([
      `/nowhere/at/all:1:1 there is no such folder: ${wanted}, --config-dir names another folder`,
    ]);
    const file = await withConfig({ 'churn.yaml': shortest }, (folder) =>
      loadConfig(path.join(folder, 'churn.yaml')),
    );
    expect(file.problems[0]?.message).toBe(
      `this is no folder: ${wanted}, --config-dir names another folder`,
    );
  });
});

describe('files that are hardly files', () => {
  const loaded = (content: string | Buffer) =>
    withConfig({ 'churn.yaml': content, 'teams.yaml': someTeams }, async (folder) => {
      const { problems } = await loadConfig(folder, { cwd: folder });
      return problems.map(problemText);
    });

  test('are named by their bytes: no UTF-8, UTF-16, a picture', async () => {
    const latin = Buffer.from(shortest.replace('churn,', 'churn, tags: [café],'), 'latin1');
    expect(await loaded(latin)).toEqual([
      'churn.yaml:2:31 has a byte here that is no UTF-8 (0xe9): expected text in UTF-8',
    ]);
    expect(await loaded(Buffer.from(`\ufeff${shortest}`, 'utf16le'))).toEqual([
      'churn.yaml:1:1 is in UTF-16: expected text in UTF-8',
    ]);
    expect(await loaded(Buffer.from('version: 1\nab\0c'))).toEqual([
      'churn.yaml:2:3 has a zero byte here: expected text in UTF-8',
    ]);
    // The sign for what cannot be read is a letter like others where somebody writes it.
    expect(await loaded(shortest.replace('churn,', 'churn, tags: ["\ufffd"],'))).toEqual([]);
  });

  test('with a byte order mark, and with line ends of Windows, are right', async () => {
    expect(await loaded(`\ufeff${shortest}`)).toEqual([]);
    expect(await loaded(shortest.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  test('that say nothing are empty: one fault, and none of others', async () => {
    const empty = 'empty: expected a monitor. `aftercare init` writes one from a data file';
    expect(await loaded('')).toEqual([`churn.yaml:1:1 ${empty}`]);
    expect(await loaded('# later\n')).toEqual([`churn.yaml:1:1 ${empty}`]);
    expect(await problemsOf(shortest, { 'teams.yaml': '' })).toEqual([
      'teams.yaml:1:1 empty: who the owners are and how they are reached. Example: ' +
        'people: { ana: { email: ana@example.com } }, teams: { growth-ml: { members: [ana] } }, ' +
        'root: ana',
    ]);
  });

  test('keys that are there twice are all told, and the rest of the file is read', async () => {
    const twice = 'windows: { size: 1w, size: 1d }\nchecks: [{ check: pis }]';
    const problems = await problemsOf(edited({ more: twice }));
    expect(problems.map((problem) => problem.split(/, got|\. /)[0])).toEqual([
      'churn.yaml:7:1 not YAML: the key "windows" is there already: expected it once',
      'churn.yaml:7:22 not YAML: the key "size" is there already: expected it once',
      'churn.yaml:8:19 checks[0].check: unknown check "pis"',
    ]);
  });

  test.each([
    ['a: &a { b: *a }', '7:12 not YAML: an alias (*) holds itself: expected the values themselves'],
    [
      ['a: &a [x, x, x, x, x, x, x, x, x]', 'b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]']
        .concat(['c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]', 'd: [*c, *c, *c, *c, *c, *c]'])
        .join('\n'),
      '8:8 not YAML: its aliases (*) stand for too many values: expected the values themselves',
    ],
    [
      `a: ${'['.repeat(5000)}${']'.repeat(5000)}`,
      'not YAML: lists or maps are within each other too often: expected a few levels',
    ],
    ['? { a: 1 }\n: 2', '7:3 not YAML: a list or a map is no key: expected a name'],
    [
      'checks: [!!js/function psi]',
      '7:10 not YAML: a ! begins a tag, and no tag means anything here: expected quotes around it',
    ],
  ])('%.40s is refused in words', async (more, words) => {
    const problems = await problemsOf(edited({ more }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  test('what cannot be read of _defaults.yaml is not missing in every monitor', async () => {
    const bare = shortest.replace('columns: { timestamp: scored_at }\n', '');
    const problems = await problemsOf(bare, { '_defaults.yaml': 'columns: { timestamp: t\n' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^_defaults\.yaml:2:1 not YAML: a "\{" was not closed/);
  });

  test('a file that is a folder is told in words', async () => {
    const problems = await withConfig(
      { 'churn.yaml': shortest, 'teams.yaml': someTeams },
      async (folder) => {
        await mkdir(path.join(folder, 'dir.yaml'));
        return (await loadConfig(folder, { cwd: folder })).problems.map(problemText);
      },
    );
    expect(problems).toEqual(['dir.yaml:1:1 cannot be read: it is a folder']);
  });
});

describe('limits', () => {
  const told = async (limits: string) =>
    (await problemsOf(edited({ more: `checks: [{ check: ${limits} }]` }))).map((problem) =>
      problem.replace(/^churn\.yaml:\d+:\d+ checks\[0\]\./, ''),
    );

  test.each([
    [
      'psi, alert: { abov: 0.3 }',
      'alert.abov: unknown key "abov". Did you mean "above"? Known: above, below, drop',
    ],
    ['psi, alert: { over: 0.3 }', 'alert.over: unknown key "over". Known: above, below, drop'],
    ['psi, alert: { above: high }', 'alert.above: expected a number, got "high"'],
    ['psi, alert: {}', 'alert: expected one of above, below, drop, got none'],
    [
      'psi, alert: { above: 0.3, below: 0.1 }',
      'alert: expected one of above, below, drop, got above and below',
    ],
    ['freshness, alert: { above: 5 }', 'alert.above: expected a duration, as 6h, got 5'],
    ['psi, alert: .inf', 'alert: expected a number, got Infinity. Example: alert: 0.25'],
  ])('%s: one fault, where it is', async (limits, words) => {
    expect(await told(limits)).toEqual([words]);
  });
});

describe('secrets in plain words', () => {
  // Put together here, so that no scanner takes them for real ones.
  const token = ['xoxb', '1234567890', 'abcdefgh'].join('-');
  const hex = 'deadbeef'.repeat(4);

  test.each([
    ['a Slack token', token],
    ['an AWS key', `AKIA${'ABCDEFGH'.repeat(2)}`],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['a key', hex],
  ])('%s is refused and not repeated', async (what, secret) => {
    const trigger = `retraining: { trigger: { kind: http, url: "env:URL", secret: "${secret}" } }`;
    const problems = await problemsOf(edited({ more: trigger }));
    expect(problems).toEqual([
      `churn.yaml:7:62 retraining.trigger.secret: this looks like ${what}: secrets are named, ` +
        'never written. Expected env:NAME or file:PATH, as env:RETRAINING_TRIGGER_SECRET',
    ]);
    expect(problems.join()).not.toContain(secret);
  });

  test.each([
    ['a URL with a password', ['https://bot:', 'hunter22', '@example.com/run']],
    ['a URL with a password', ['postgres://bot:', 'hunter22', '@db/x']],
    ['a URL with a user or a token', ['https://', 'hunter22', '@example.com/run']],
    ['a URL with a key', ['https://example.com/run?a=1&token=', 'hunter22', '']],
    ['a URL with a key', ['https://example.com/run?api_key=', 'hunter22', '&b=2']],
    ['a URL with a key', ['https://example.com/run?X-Amz-Signature=', 'hunter22', '']],
    ['a URL with a key', ['https://example.com/run?sv=1&sig=', 'hunter22%3D', '']],
    ['a URL with a key', ['https://example.com/run#access_token=', 'hunter22', '']],
    ['a URL with a key', ['example.com/run?password=', 'hunter22', '']],
  ])('%s is refused wherever it stands: %j', async (what, parts) => {
    const url = parts.join('');
    const trigger = (value: string) =>
      edited({ more: `retraining: { trigger: { kind: http, url: "${value}" } }` });
    const named = 'Expected env:NAME or file:PATH, as env:RETRAINING_TRIGGER_URL';
    const said = `this looks like ${what}: secrets are named, never written. ${named}`;
    expect(await problemsOf(trigger(url))).toEqual([
      `churn.yaml:7:43 retraining.trigger.url: ${said}`,
    ]);
    const hooks = `${someTeams}webhooks: { pager: "${url}" }\n`;
    const [hook, ...others] = await problemsOf(shortest, { 'teams.yaml': hooks });
    expect(hook).toContain(`webhooks.pager: this looks like ${what}`);
    expect(others).toEqual([]);
    expect(hook).not.toContain('hunter22');
  });

  test('a key among the arguments of a command is refused: it reads its variables itself', async () => {
    const list = ['"--token=hunter22"', '"Authorization: Bearer hunter22"', '"--api-key hunter22"'];
    const problems = await problemsOf(
      edited({ more: `retraining: { trigger: { kind: command, command: [${list.join(', ')}] } }` }),
    );
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('Name its variable in env: beside command');
    expect(problems.join()).not.toContain('hunter22');
  });

  test('what only looks like one is let pass', async () => {
    const words = [
      'https://example.com/runs/{ref}?token={ref}',
      'https://example.com/run?tokenizer=bpe&key=id&monkey=banana',
      'ssh://git@example.com/repo',
    ];
    const trigger = (url: string) => `{ trigger: { kind: command, command: ["${url}"] } }`;
    for (const url of words) {
      expect(await problemsOf(edited({ more: `retraining: ${trigger(url)}` })), url).toEqual([]);
    }
    const shell = '"sh", "-c", "train --token=$TOKEN", "--token=$TOKEN", "--password-file=x"';
    const command = `retraining: { trigger: { kind: command, command: [${shell}] } }`;
    expect(await problemsOf(edited({ more: command }))).toEqual([]);
  });

  test('a secret that is none by its look is not repeated either, nor one in bad YAML', async () => {
    const trigger = (secret: string) =>
      problemsOf(
        edited({
          more: `retraining: { trigger: { kind: http, url: "env:URL", secret: ${secret} } }`,
        }),
      );
    expect(await trigger('hunter22')).toEqual([
      'churn.yaml:7:62 retraining.trigger.secret: expected a secret as env:NAME or file:PATH, ' +
        'got something else',
    ]);
    const broken = await trigger(['"x" "https://bot:', 'hunter22', '@example.com"'].join(''));
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(/^churn\.yaml:7:\d+ not YAML: .*$/);
    expect(broken[0]).not.toContain('hunter22');
  });
});
