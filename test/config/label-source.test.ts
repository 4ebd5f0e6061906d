import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const monitor = (source: string, { columns = 'prediction: { score: s }', more = '' } = {}) =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, ${columns}`) +
  `labels: [{ value: fraud${source === '' ? '' : `, label_source: ${source}`}${more} }]\n`;

describe('labels[].label_source', () => {
  test('says what values of the column mean, and both checks judge then', async () => {
    const {
      monitor: read,
      told,
      checks,
      lines,
    } = await readMonitor(
      monitor(
        '{ column: by, model: auto, rule: [r1, 2], human_assisted: [ana], ' +
          'human_blind: [audit], blind_at_random: true }',
      ),
    );
    expect(told).toEqual([]);
    expect(read?.labels?.labelSource).toEqual({
      ...{ column: 'by', model: ['auto'], rule: ['r1', '2'], humanAssisted: ['ana'] },
      ...{ humanBlind: ['audit'], blindAtRandom: true },
    });
    expect(checks).toEqual(expect.arrayContaining(['self_labelled', 'self_confirmation']));
    expect(lines).toContain('labels.0.label_source.rule: r1, 2');
    const { monitor: short } = await readMonitor(monitor('{ column: by, model: auto }'));
    expect(short?.labels?.labelSource).toEqual({
      ...{ column: 'by', model: ['auto'], rule: [], humanAssisted: [], humanBlind: [] },
      blindAtRandom: false,
    });
  });

  test('may be left out: nothing is asked then, unless it is listed', async () => {
    const { monitor: read, checks } = await readMonitor(monitor(''));
    expect(read?.labels?.labelSource).toBeUndefined();
    expect(checks).not.toContain('self_labelled');
    const listed = await readMonitor(`${monitor('')}checks: [self_labelled]\n`);
    expect(listed.told).toEqual([]);
    expect(listed.checks).toContain('self_labelled');
    const { told } = await readMonitor(`${monitor('')}checks: [self_confirmation]\n`);
    expect(told.join('\n')).toMatch(
      /checks\[0\]: self_confirmation needs who made labels: labels\[0\]\.label_source is missing/,
    );
  });

  test.each([
    ['{ column: by }', /\.?label_source: expected one of model, rule, .* Example: model: \[auto\]/],
    ['{ model: [a] }', /\.label_source\.column: /],
    [
      '{ column: by, model: [a], human_blind: [b, a] }',
      /\.human_blind\[1\]: "a" is in model, too: expected it once/,
    ],
    [
      '{ column: by, model: [a], blind_at_random: true }',
      /\.blind_at_random: expected human_blind beside it/,
    ],
    [
      '{ column: by, modle: [a] }',
      /\.label_source\.modle: unknown key "modle"\. Did you mean "model"\?/,
    ],
    ['{ column: fraud, model: [a] }', /"fraud" is who made a label: expected a column of its own/],
    ['{ column: s, model: [a] }', /"s" is who made a label: expected a column of its own/],
  ])('%s is refused with its place', async (source, words) => {
    const { told } = await readMonitor(monitor(source));
    expect(told[0]).toMatch(/^churn\.yaml:\d+:\d+ /);
    expect(told.join('\n')).toMatch(words);
  });

  test('is no column of the label, no feature, and of a binary model', async () => {
    const more = ', from: { path: "x/*.parquet" }, join: { on: { id: id } }, mature_after: 1d';
    const { told } = await readMonitor(monitor('{ column: fraud, model: [a] }', { more }));
    expect(told.join('\n')).toMatch(
      /label_source\.column: "fraud" is the label: expected a column of its own/,
    );
    const columns = 'prediction: { score: s }, features: { include: [by] }';
    const { told: feature } = await readMonitor(monitor('{ column: by, model: [a] }', { columns }));
    expect(feature.join('\n')).toMatch(/include\[0\]: "by" is who made a label/);
    const value = { columns: 'prediction: { value: s }' };
    const { told: regression } = await readMonitor(monitor('{ column: by, model: [a] }', value));
    expect(regression.join('\n')).toMatch(/label_source: expected none: .* the task is regression/);
  });
});
