import { expect, test } from 'vitest';
import { changeWords } from '../../app/change-words.js';
import { hearingWords } from '../../app/hearing-words.js';
import { loadConfig } from '../../config/load.js';
import { allAlertRules, retrainRules } from '../../config/routes.js';
import type { Published } from '../../domain/published.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

const teams = `${someTeams.replace('root: chris\n', '')}  pricing: { members: [bo] }
root: chris
`;

async function publish(monitor: string, people = teams) {
  return withConfig({ 'churn.yaml': monitor, 'teams.yaml': people }, async (folder) => {
    const config = await loadConfig(folder);
    const [only] = config.monitors;
    if (only === undefined || config.teams === null) throw new Error(JSON.stringify(config));
    const published: Published = {
      monitor: only.monitor,
      alerts: allAlertRules(only.monitor, config.teams),
      retraining: retrainRules(only.monitor, config.teams),
    };
    // As the lake keeps it; paths of two folders are the same place here.
    const text = JSON.stringify(published).replaceAll(folder, '/config');
    return { published: JSON.parse(text) as Published, teams: config.teams, given: only.given };
  });
}

async function words(before: string, after: string, people = teams): Promise<string[]> {
  const [old, now] = [await publish(before), await publish(after, people)];
  return changeWords(old, now, now.given);
}

const retraining = (more: string): string => `${shortest}labels:
  - { value: churned, mature_after: 30d }
retraining:
${more}`;

test('other owners are a line each, and one of who hears what', async () => {
  const told = await words(shortest, shortest.replace('team:growth-ml', 'team:pricing'));
  expect(told.filter((line) => line.startsWith('model.owners.'))).toHaveLength(4);
  expect(told[0]).toBe('model.owners.data: team:growth-ml → team:pricing');
  const hears = told.filter((line) => line.startsWith('who hears'));
  expect(told).toHaveLength(4 + hears.length);
  expect(hears).toHaveLength(1);
  expect(hears[0]).toMatch(
    /^who hears of all alerts: #ml by slack; after .*: chris by email → bo by email; after /,
  );
});

test('one changed value is one line, with lengths of time in words', async () => {
  const before = retraining('  cooldown: 7d\n');
  expect(await words(before, retraining('  cooldown: 14d\n'))).toEqual([
    'retraining.cooldown: 7d → 14d',
  ]);
  expect(await words(before, before)).toEqual([]);
});

test('costs that come, change and go are a line for each of them', async () => {
  const columns = 'timestamp: scored_at, prediction: { score: s }';
  const of = (cost: string) =>
    retraining(`  cooldown: 7d\n${cost}`).replace('timestamp: scored_at', columns);
  const given = of('  cost: { per_retraining: 400, per_false_negative: 80 }\n');
  const come = await words(of(''), given);
  expect(come).toEqual([
    'retraining.cost.per_retraining: nothing → 400',
    'retraining.cost.per_false_positive: nothing → 0',
    'retraining.cost.per_false_negative: nothing → 80',
    'retraining.cost.recovers: nothing → as past retrainings did; 0.7 before',
    'retraining.cost.rule: nothing → expected',
  ]);
  expect(await words(given, given.replace('400', '500'))).toEqual([
    'retraining.cost.per_retraining: 400 → 500',
  ]);
  expect(await words(given, of(''))).toContain('retraining.cost.per_retraining: 400 → nothing');
});

test('a new section tells what the file says of it, not its defaults, and who approves', async () => {
  const before = retraining('').replace('retraining:\n', '');
  const trigger = '  trigger: { kind: command, command: [python, train.py], timeout: 2h }\n';
  expect(await words(before, retraining(`  cooldown: 14d\n${trigger}`))).toEqual([
    'retraining: new',
    'retraining.cooldown: nothing → 14d',
    'retraining.trigger: nothing → command python train.py, at most 2h',
    'who approves (approvers): nobody → ana, bo',
  ]);
  const gone = await words(retraining('  cooldown: 14d\n'), before);
  expect(gone).toEqual(['retraining: taken away', 'who approves (approvers): ana, bo → nobody']);
});

test('of a check only what differs is told, and what --explain has no word for is, too', async () => {
  const before = `${shortest}checks: [{ check: psi, warn: 0.1, alert: 0.3 }]\n`;
  expect(await words(before, before.replace('0.1', '0.2'))).toEqual([
    'checks[psi]: warn 0.1 → warn 0.2',
  ]);
  const age = (importance: number) =>
    shortest.replace(
      'timestamp: scored_at',
      `timestamp: scored_at, features: { overrides: { age: { importance: ${importance} } } }`,
    );
  expect(await words(age(0.1), age(0.2))).toEqual([
    'columns.features.overrides: age.importance: 0.1 → 0.2',
  ]);
});

test('rows that a window needs are one line, however many checks need them', async () => {
  const given = (rows: number, more = '') =>
    shortest.replace('size: 1d', `size: 1d, min_rows: ${rows}`) + more;
  expect(await words(shortest, given(50))).toEqual(['windows.min_rows: 100 → 50']);
  const checks = 'checks: [psi, missing, { check: ks, min_rows: 70 }]\n';
  expect(await words(given(50, checks), given(20, checks.replace('70', '60')))).toEqual([
    'windows.min_rows: 50 → 20',
    'checks[ks]: min_rows 70 → min_rows 60',
  ]);
});

test('people who are reached elsewhere are told without a change of the monitor file', async () => {
  const moved = teams.replace('chris@example.com', 'chris@example.org');
  const told = await words(shortest, shortest, moved);
  const levels = '#ml by slack; after 30m (warnings 1d): chris by email';
  expect(told).toEqual([
    `who hears of all alerts: ${levels}, at another address`,
    'who hears what nobody else can: chris by email, at another address',
  ]);
});

test('what an older version published is told as it is, where words for it are missing', async () => {
  const { published, teams: known, given } = await publish(shortest);
  const monitor = { ...published.monitor, segments: undefined };
  const older = { ...published, monitor } as unknown as Published;
  const [was, is] = [older, published].map((one) => ({ published: one, teams: known }));
  expect(was && is && changeWords(was, is, given)).toEqual(['monitor.segments: nothing → []']);
});

test('of a new monitor it says who hears what and who approves, by names and not by addresses', async () => {
  const shared = teams
    .replace('members: [bo] }', 'members: [bo], channels: ["email:pricing@example.com"] }')
    .replace('chris: { email', 'chris: { slack: U0CHRIS, email');
  const owners = 'owners: { model: growth-ml, data: pricing, approvers: growth-ml }';
  const text = retraining('  cooldown: 7d\n').replace('owners: team:growth-ml', owners);
  const side = await publish(text, shared);
  const rest = 'after 30m (warnings 1d): chris by email';
  const told = hearingWords(null, side);
  expect(told).toEqual([
    `who hears of data-quality: pricing by email; ${rest}`,
    'who hears of drift, performance, staleness, feedback-loop, system, kpi, check-health, ' +
      `notify-health: #ml by slack; ${rest}`,
    'who hears what nobody else can: chris by email',
    'who approves (approvers): ana, bo',
  ]);
  expect(told.join()).not.toContain('@');
});

test('somebody who is in no teams.yaml any more is told by the channel alone', async () => {
  const old = await publish(shortest.replace('team:growth-ml', 'team:pricing'));
  const left = { ...old, teams: null };
  const now = await publish(shortest.replace('team:growth-ml', 'team:ml-leads'));
  expect(hearingWords(left, now)[0]).toMatch(
    /^who hears of all alerts: somebody by email; .* → chris by email$/,
  );
});
