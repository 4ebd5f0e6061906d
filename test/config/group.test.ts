import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainMonitor } from '../../config/explain.js';
import { loadConfig } from '../../config/load.js';
import { problemText } from '../../config/problem.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

const CHECK = 'checks: [{ check: allocation_gain }]\n';
const LABELS =
  'labels: [{ value: y, from: { path: "y/*.csv" }, join: { on: { id: id } }, mature_after: 1d }]\n';
const columns = (more: string, rest = '') =>
  shortest.replace('timestamp: scored_at', `id: [id], timestamp: scored_at, ${more}`) + rest;

async function read(text: string) {
  return withConfig({ 'shop.yaml': text, 'teams.yaml': someTeams }, async (folder) => {
    const { monitors, problems } = await loadConfig(folder, { cwd: '/srv/app' });
    return {
      checks: monitors[0]?.monitor.checks.map(({ check }) => check) ?? [],
      lines: monitors.flatMap((one) => explainMonitor(one)),
      told: problems.map((one) => problemText(one).replace(`${folder}${path.sep}`, '')),
    };
  });
}

const score = 'prediction: { score: p }';

describe('columns.group', () => {
  test('says whose decisions and labels are compared, which are judged then', async () => {
    const { told, checks, lines } = await read(columns(`group: region, ${score}`, LABELS));
    expect(told).toEqual([]);
    expect(checks).toContain('allocation_gain');
    expect(lines).toContain('columns.group: region');
    expect((await read(columns(score, LABELS))).checks).not.toContain('allocation_gain');
    // positive labels are what it takes
    expect((await read(columns(`group: region, ${score}`))).checks).not.toContain(
      'allocation_gain',
    );
    const values = columns('group: region, prediction: { value: v }', LABELS);
    expect((await read(values)).checks).not.toContain('allocation_gain');
  });

  test.each([
    [
      columns(score, LABELS + CHECK),
      / checks\[0\]: allocation_gain needs groups: columns\.group is missing/,
    ],
    [
      columns(`group: region, ${score}`, CHECK),
      / checks\[0\]: allocation_gain needs labels: there is no section labels/,
    ],
    [
      columns('group: region, prediction: { value: v }', LABELS + CHECK),
      / checks\[0\]: allocation_gain is for task binary or ranking, this one is regression/,
    ],
    [
      columns('group: p, prediction: { score: p }'),
      / columns\.prediction\.score: "p" is the group: expected a column of its own/,
    ],
    [
      columns('group: region, features: { include: [region] }'),
      / columns\.features\.include\[0\]: "region" is the group: expected a feature/,
    ],
  ])('%s is refused with its place', async (text, words) => {
    expect((await read(text)).told.join('\n')).toMatch(words);
  });
});
