import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, type Config } from '../../config/load.js';
import { problemText } from '../../config/problem.js';
import { alertRules, allAlertRules, retrainRules } from '../../config/routes.js';
import { categories } from '../../domain/finding.js';
import { readTeams } from '../../config/teams.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Target } from '../../domain/notice.js';
import type { Teams } from '../../domain/team.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function load(teams: string, monitor = shortest): Promise<Config> {
  return withConfig({ 'churn.yaml': monitor, 'teams.yaml': teams }, async (folder) => {
    const config = await loadConfig(folder);
    return {
      ...config,
      problems: config.problems.map((problem) => ({
        ...problem,
        file: path.basename(problem.file),
      })),
    };
  });
}

async function right(
  teams: string,
  monitor = shortest,
): Promise<{ monitor: Monitor; teams: Teams }> {
  const config = await load(teams, monitor);
  expect(config.problems.map(problemText)).toEqual([]);
  const [only] = config.monitors;
  if (only === undefined || config.teams === null) throw new Error('expected a monitor and teams');
  return { monitor: only.monitor, teams: config.teams };
}

const words = (targets: readonly Target[]): string =>
  targets.map(({ channel, address }) => `${channel}:${address}`).join(' > ');
const levelsIn = ({ monitor, teams }: { monitor: Monitor; teams: Teams }): string[][] =>
  alertRules(monitor, teams, 'drift').route.levels.map((level) => level.to.map(words));

describe('whom an alert is told', () => {
  test("a team with a shared channel is one receiver, its members' addresses the fallbacks", async () => {
    expect(levelsIn(await right(someTeams))).toEqual([
      ['slack:#ml > email:ana@example.com > email:bo@example.com'],
      ['email:chris@example.com'],
    ]);
  });

  test('a team that is told by mail is one receiver for each member', async () => {
    const teams = someTeams.replace('channels: ["slack:#ml", email]', 'channels: [email, slack]');
    expect(levelsIn(await right(teams))[0]).toEqual([
      'email:ana@example.com > slack:U0ANA',
      'email:bo@example.com',
    ]);
  });

  test('levels come after the durations of the monitor; the last one of warnings repeats', async () => {
    const deep = someTeams.replace(
      'ml-leads: { members: [chris] }',
      'ml-leads: { members: [bo], escalate_to: heads }\n  heads: { members: [ana] }',
    );
    const { monitor, teams } = await right(deep);
    const { levels, root } = alertRules(monitor, teams, 'drift').route;
    expect(levels.map(({ after }) => after)).toEqual([
      { critical: 0, warning: 0 },
      { critical: 30 * MINUTE, warning: 24 * HOUR },
      { critical: 60 * MINUTE, warning: 48 * HOUR },
    ]);
    expect(words(root)).toBe('email:chris@example.com');
  });

  test('who escalates to nobody escalates to root', async () => {
    expect(levelsIn(await right(someTeams.replace(', escalate_to: ml-leads', '')))[1]).toEqual([
      'email:chris@example.com',
    ]);
  });

  test('root is no further level where it was told already', async () => {
    const alone = someTeams
      .replace('root: chris', 'root: team:growth-ml')
      .replace(', escalate_to: ml-leads', '');
    expect(levelsIn(await right(alone))).toHaveLength(1);
  });

  test('the steps of a team win over the durations of the monitor', async () => {
    const steps =
      'policy: { steps: [{ after: 0m, to: "slack:#ml" }, { after: 2s, to: [email, chris] }] }';
    const teams = someTeams.replace(
      'channels: ["slack:#ml", email]',
      `channels: [email], ${steps}`,
    );
    const { monitor, teams: own } = await right(teams);
    const { levels } = alertRules(monitor, own, 'drift').route;
    expect(levels.map(({ after, to }) => [after.critical, ...to.map(words)])).toEqual([
      [0, 'slack:#ml'],
      [2_000, 'email:ana@example.com', 'email:bo@example.com', 'email:chris@example.com'],
    ]);
  });

  test('every category has rules, told to the owner that has to act', async () => {
    const owners = 'owners: { model: team:growth-ml, data: bo, system: chris }';
    const monitor = shortest.replace('owners: team:growth-ml', owners);
    const loaded = await right(someTeams, monitor);
    const rules = allAlertRules(loaded.monitor, loaded.teams);
    expect(Object.keys(rules)).toEqual([...categories]);
    const first = (category: keyof typeof rules): string =>
      (rules[category].route.levels[0]?.to ?? []).map(words).join();
    expect(first('data-quality')).toBe('email:bo@example.com');
    expect(first('notify-health')).toBe('email:chris@example.com');
    expect(first('staleness')).toMatch(/^slack:#ml/);
    expect(rules.drift.windowSize).toBe(24 * HOUR);
  });
});

describe('who decides on a retraining', () => {
  const retraining = (quorum: string): string =>
    `${shortest}retraining: { approvals: { quorum: ${quorum} } }\n`;

  test('the people behind every role of the quorum, and where they hear of it', async () => {
    const loaded = await right(
      someTeams,
      retraining('[{ role: approvers }, { role: team:ml-leads }]'),
    );
    const rules = retrainRules(loaded.monitor, loaded.teams);
    expect(rules).toMatchObject({
      approvers: { approvers: ['ana', 'bo'], 'team:ml-leads': ['chris'] },
      editor: null,
    });
    expect(
      Object.entries(rules?.addresses ?? {}).map(([who, to]) => `${who}: ${words(to)}`),
    ).toEqual([
      'ana: email:ana@example.com > slack:U0ANA',
      'bo: email:bo@example.com',
      'chris: email:chris@example.com',
    ]);
    expect(rules?.to.map(words)).toEqual([
      'slack:#ml > email:ana@example.com > email:bo@example.com',
      'email:chris@example.com',
    ]);
  });

  test('without a retraining section there are no rules', async () => {
    const loaded = await right(someTeams);
    expect(retrainRules(loaded.monitor, loaded.teams)).toBeNull();
  });

  test('a monitor that nobody can approve is refused', async () => {
    const { problems } = await load(someTeams, retraining('[{ role: approvers, count: 3 }]'));
    expect(problems.map(problemText)).toEqual([
      'churn.yaml:7:37 retraining.approvals.quorum[0]: nobody can approve: approvers needs 3, ' +
        '"growth-ml" has 2 people',
    ]);
  });

  test('a quorum of everybody warns that none of them can open a request', async () => {
    const { problems } = await load(someTeams, retraining('[{ role: approvers, count: 2 }]'));
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        message:
          'a request that one of "growth-ml" opened cannot be approved: with four eyes 2 others ' +
          'are needed, there are 1',
      },
    ]);
  });

  test('an unknown role is refused with what there is', async () => {
    const { problems } = await load(someTeams, retraining('[{ role: aprovers }]'));
    expect(problems[0]?.message).toBe(
      'unknown role "aprovers". Did you mean "approvers"? ' +
        'Known: approvers, data, model, system, growth-ml, ml-leads',
    );
  });
});

describe('what is refused between monitors and teams', () => {
  test('an owner that nobody knows', async () => {
    const { problems } = await load(someTeams, shortest.replace('growth-ml', 'growth'));
    expect(problems.map(problemText)).toEqual([
      'churn.yaml:2:29 model.owners: unknown team "growth". Did you mean "growth-ml"? ' +
        'Known: growth-ml, ml-leads',
    ]);
  });

  test('an owner that cannot be reached', async () => {
    const mute = someTeams
      .replace('ana: { email: ana@example.com, slack: U0ANA }', 'ana: {}')
      .replace('bo: { email: bo@example.com }', 'bo: {}')
      .replace('channels: ["slack:#ml", email]', 'channels: [email]');
    const { problems } = await load(mute);
    expect(problems.map(problemText)).toEqual([
      'churn.yaml:2:29 model.owners: alerts of data-quality (warning and critical) reach nobody ' +
        'at level 0 of "team:growth-ml": give its members an email, or the team a channel',
    ]);
  });

  test('a level that only repeats the one before', async () => {
    const same = someTeams.replace(
      'members: [chris]',
      'members: [ana, bo], channels: ["slack:#ml"]',
    );
    const { problems } = await load(same);
    expect(problems.map(problemText)).toEqual([
      'churn.yaml:2:29 model.owners: level 1 of "team:growth-ml" only repeats level 0: escalate ' +
        'to somebody else',
    ]);
  });

  test('a root that cannot be reached', async () => {
    const { problems } = await load(
      someTeams.replace('chris: { email: chris@example.com }', 'chris: {}'),
    );
    expect(problems[0]).toMatchObject({
      file: 'teams.yaml',
      path: 'root',
      message: 'expected somebody who can be reached, got "chris", who has no address',
    });
  });

  test('no teams.yaml at all, with the shortest one that would do', async () => {
    await withConfig({ 'churn.yaml': shortest }, async (folder) => {
      const { problems, teams, monitors } = await loadConfig(folder);
      expect(teams).toBeNull();
      expect(monitors).toHaveLength(1);
      expect(problems.map(({ message }) => message)).toEqual([
        'missing: who the owners are and how they are reached. Example: ' +
          'people: { ana: { email: ana@example.com } }, teams: { growth-ml: { members: [ana] } }, ' +
          'root: ana',
      ]);
    });
  });
});

describe('teams.yaml', () => {
  const cases: [string, (text: string) => string, string][] = [
    [
      'a member that nobody knows',
      (text) => text.replace('[ana, bo]', '[ana, boo]'),
      'teams.growth-ml.members[1]: unknown person "boo". Did you mean "bo"? Known: ana, bo, chris',
    ],
    [
      'a webhook that nobody knows',
      (text) => text.replace('"slack:#ml"', '"webhook:pager"'),
      'teams.growth-ml.channels[0]: unknown webhook "pager". There are none.',
    ],
    [
      'a channel of a later version',
      (text) => text.replace('"slack:#ml"', '"pagerduty:x"'),
      'teams.growth-ml.channels[0]: channel pagerduty is not available yet in this version; ' +
        'available: email, slack, webhook',
    ],
    [
      'a channel with a slip of the fingers',
      (text) => text.replace('"slack:#ml"', 'slak'),
      'teams.growth-ml.channels[0]: expected a channel as slack:#ml, email, ' +
        'email:ana@example.com or webhook:pager, got "slak". Did you mean "slack"?',
    ],
    [
      'a step to a channel with a slip of the fingers',
      (text) => text.replace('[chris]', '[chris], policy: { steps: [{ after: 0m, to: slak }] }'),
      'teams.ml-leads.policy.steps[0].to: unknown channel, team or person "slak". ' +
        'Did you mean "slack"? Known: growth-ml, ml-leads, ana, bo, chris, email, slack',
    ],
    [
      'an escalation to oneself',
      (text) => text.replace('escalate_to: ml-leads', 'escalate_to: growth-ml'),
      'teams.growth-ml.escalate_to: expected another team, got "growth-ml" itself',
    ],
    [
      'a rotation',
      (text) => text.replace('[chris]', '[chris], rotation: {}'),
      'teams.ml-leads.rotation: not available yet in this version',
    ],
    [
      'a first step that waits',
      (text) => text.replace('[chris]', '[chris], policy: { steps: [{ after: 5m, to: chris }] }'),
      'teams.ml-leads.policy.steps[0].after: expected 0m: the first step is at once',
    ],
    [
      'a mail address that is none',
      (text) => text.replace('bo@example.com', 'bo'),
      'people.bo.email: expected a mail address, as ana@example.com, got "bo"',
    ],
    [
      'a root that nobody knows',
      (text) => text.replace('root: chris', 'root: crhis'),
      'root: unknown channel, team or person "crhis". Did you mean "chris"? ' +
        'Known: growth-ml, ml-leads, ana, bo, chris, email, slack',
    ],
  ];
  test.each(cases)('%s is refused', (_, change, expected) => {
    const { problems, teams } = readTeams('teams.yaml', change(someTeams));
    expect(teams).toBeNull();
    expect(problems.map(({ path: where, message }) => `${where}: ${message}`)).toEqual([expected]);
  });

  test('webhooks keep their references to secrets', () => {
    const hooks = 'webhooks: { pager: { url: "env:PAGER_URL", secret: "env:PAGER_SECRET" } }\n';
    const { teams } = readTeams('teams.yaml', someTeams + hooks);
    expect(teams?.webhooks).toEqual({
      pager: { url: 'env:PAGER_URL', secret: 'env:PAGER_SECRET' },
    });
  });
});
