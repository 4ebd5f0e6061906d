import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const columns = (action: string, more = 'prediction: { score: s }') =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, ${more}, action: ${action}`) +
  'labels: [{ value: fraud }]\n';

describe('columns.action', () => {
  test('says the decision, and what of it is an action; the rest may be left out', async () => {
    const whole =
      '{ column: decision, would_act: w, censors: [block], alters: [challenge, 3], explored: h }';
    const { monitor: read, told, lines } = await readMonitor(columns(whole));
    expect(told).toEqual([]);
    expect(read?.columns.action).toEqual({
      ...{ column: 'decision', wouldAct: 'w', explored: 'h' },
      ...{ censors: ['block'], alters: ['challenge', '3'] },
    });
    expect(lines).toContain('columns.action.alters: challenge, 3');
    const { monitor: short } = await readMonitor(columns('{ column: decision, censors: block }'));
    expect(short?.columns.action).toEqual({
      ...{ column: 'decision', wouldAct: null, explored: null, censors: ['block'], alters: [] },
    });
  });

  test('may say how likely a row was acted on, which is no feature', async () => {
    const given = '{ column: d, censors: [block], explored: h, propensity: p }';
    const { monitor: read, told, lines } = await readMonitor(columns(given));
    expect(told).toEqual([]);
    expect(read?.columns.action).toEqual({
      ...{ column: 'd', wouldAct: null, explored: 'h', censors: ['block'], alters: [] },
      propensity: 'p',
    });
    expect(lines).toContain('columns.action.propensity: p');
    const { told: named } = await readMonitor(
      columns(given, 'prediction: { score: s }, features: { include: [p] }'),
    );
    expect(named.join()).toMatch(
      /include\[0\]: "p" is how likely a row was acted on: expected a feat/,
    );
  });

  test('asks for what the decisions do to the labels, where there are labels', async () => {
    const { checks } = await readMonitor(columns('{ column: decision, censors: block }'));
    expect(checks).toEqual(
      expect.arrayContaining(['label_coverage', 'suppression', 'censored_positives']),
    );
    expect(checks).toContain('calibration_break');
    const { checks: without } = await readMonitor(
      columns('{ column: decision, censors: block }').replace(/labels: .*\n/, ''),
    );
    expect(without).not.toContain('suppression');
    const { checks: quiet, monitor: read } = await readMonitor(shortest);
    expect(read?.columns.action).toBeUndefined();
    expect(quiet).not.toContain('label_coverage');
  });

  test.each([
    ['{ column: d }', / columns\.action: expected censors, alters or both: .* censors: \[block\]/],
    [
      '{ column: d, censors: [a, b], alters: [b] }',
      / columns\.action\.alters\[0\]: "b" is in censors, too: expected it in one of them/,
    ],
    ['{ censors: [a] }', / columns\.action\.column: /],
    [
      '{ column: d, censors: [a], propensity: p }',
      / columns\.action\.propensity: needs explored: the column that says which rows were held out/,
    ],
    [
      '{ column: d, censors: [a], explored: h, propensity: h }',
      / columns\.action\.explored: "h" is how likely a row was acted on: expected a column of its/,
    ],
    [
      '{ column: d, censors: [a], explored: h, propensity: s }',
      / columns\.action\.propensity: "s" is the prediction: expected a column of its own/,
    ],
    [
      '{ column: d, censors: [a], explored: h, propensity: 0.95 }',
      / columns\.action\.propensity: expected /,
    ],
    [
      '{ column: d, censors: [a], explord: h }',
      / columns\.action\.explord: unknown key "explord"\. Did you mean "explored"\?/,
    ],
    [
      '{ column: d, censors: [a], explored: d }',
      / columns\.action\.column: "d" is whether a row was held out: expected a column of its own/,
    ],
    [
      '{ column: s, censors: [a] }',
      / columns\.action\.column: "s" is the prediction: expected a column of its own/,
    ],
  ])('%s is refused with its place', async (action, words) => {
    const { told } = await readMonitor(columns(action));
    expect(told[0]).toMatch(/^churn\.yaml:5:\d+ /);
    expect(told.join('\n')).toMatch(words);
  });

  test('belongs to a binary model, and suppression needs it', async () => {
    const { told } = await readMonitor(
      columns('{ column: d, censors: [a] }', 'prediction: { value: s }'),
    );
    expect(told.join('\n')).toMatch(/columns\.action: expected none: .* the task is regression/);
    const { told: none } = await readMonitor(
      columns('{ column: d, censors: [a] }').replace(', action: { column: d, censors: [a] }', '') +
        'checks: [suppression]\n',
    );
    expect(none.join('\n')).toMatch(
      /checks\[0\]: suppression needs decisions: columns\.action is missing/,
    );
  });

  test('and segments are what disparity_trend needs, without any labels', async () => {
    const acting = columns('{ column: d, censors: [a] }');
    const listed = 'checks: [{ check: disparity_trend }]\n';
    const parts = 'segments: [{ name: region, by: region }]\n';
    expect((await readMonitor(acting + parts + listed)).told).toEqual([]);
    const { told } = await readMonitor(acting + listed);
    expect(told.join('\n')).toMatch(
      / checks\[0\]: disparity_trend needs parts of the rows: there is no section segments/,
    );
    const idle = acting.replace(', action: { column: d, censors: [a] }', '') + parts + listed;
    expect((await readMonitor(idle)).told.join('\n')).toMatch(
      / checks\[0\]: disparity_trend needs decisions: columns\.action is missing/,
    );
  });
});

describe('retraining.loop', () => {
  const retraining = (loop: string) => `retraining: { loop: ${loop} }\n`;
  const acting = columns('{ column: decision, censors: block }');

  test('says what training does with rows acted on; none is as if nobody said', async () => {
    const read = await readMonitor(acting + retraining('{ handling: ipw }'));
    expect(read.told).toEqual([]);
    expect(read.monitor?.retraining?.loop).toEqual({ handling: 'ipw' });
    expect(read.lines).toContain('retraining.loop.handling: ipw');
    const none = await readMonitor(acting + retraining('{ handling: none }'));
    expect(none.monitor?.retraining).not.toHaveProperty('loop');
    expect(none.lines).toContain('retraining.loop.handling: none');
  });

  test('and how large the effect was when that was reviewed', async () => {
    const reviewed = 'reviewed: { suppression: [0, 0.4], label_coverage: [0.5, 1] }';
    const read = await readMonitor(acting + retraining(`{ handling: ipw, ${reviewed} }`));
    expect(read.told).toEqual([]);
    expect(read.monitor?.retraining?.loop).toEqual({
      ...{ handling: 'ipw', reviewed: { suppression: [0, 0.4], label_coverage: [0.5, 1] } },
    });
    expect(read.lines).toContain('retraining.loop.reviewed.suppression: 0 to 0.4');
  });

  test.each([
    [
      '{ reviewed: { suppression: [0, 1] }, handling: none }',
      acting,
      /reviewed needs handling: ipw/,
    ],
    ['{ handling: ipw, reviewed: { suppression: 0.4 } }', acting, /suppression: .*as \[from, to\]/],
    ['{ handling: ipw, reviewed: { suppression: [1, 0] } }', acting, /as \[from, to\]/],
    ['{ handling: ipw, reviewed: { psi: [0, 1] } }', acting, /unknown key "psi"/],
    ['{ handling: ips }', acting, / retraining\.loop\.handling: .*none, ipw, exclude_acted/],
    ['{}', acting, / retraining\.loop\.handling: /],
    ['{ handling: ipw }', shortest, /handling: ipw needs decisions: columns\.action is missing/],
  ])('%s is refused', async (loop, file, words) => {
    const { told } = await readMonitor(file + retraining(loop));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(words);
  });

  test('what else is wrong with the section is told beside it', async () => {
    const given = `${shortest}retraining: { metric: accuracy, loop: { handling: ipw } }\n`;
    const { told } = await readMonitor(given);
    expect(told).toEqual([
      expect.stringMatching(/accuracy needs labels/),
      expect.stringMatching(/ipw needs decisions/),
    ]);
  });
});
