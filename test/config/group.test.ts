import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const CHECK = 'checks: [{ check: allocation_gain }]\n';
const LABELS =
  'labels: [{ value: y, from: { path: "y/*.csv" }, join: { on: { id: id } }, mature_after: 1d }]\n';
const columns = (more: string, rest = '') =>
  shortest.replace('timestamp: scored_at', `id: [id], timestamp: scored_at, ${more}`) + rest;

const score = 'prediction: { score: p }';

describe('columns.group', () => {
  test('says whose decisions and labels are compared, which are judged then', async () => {
    const { told, checks, lines } = await readMonitor(columns(`group: region, ${score}`, LABELS));
    expect(told).toEqual([]);
    expect(checks).toContain('allocation_gain');
    expect(lines).toContain('columns.group: region');
    expect((await readMonitor(columns(score, LABELS))).checks).not.toContain('allocation_gain');
    // positive labels are what it takes
    expect((await readMonitor(columns(`group: region, ${score}`))).checks).not.toContain(
      'allocation_gain',
    );
    const values = columns('group: region, prediction: { value: v }', LABELS);
    expect((await readMonitor(values)).checks).not.toContain('allocation_gain');
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
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });
});
