import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const ACTION = 'action: { column: decision, censors: [block] }';

/** The shortest file with labels of a source of their own, and what they say besides. */
const monitor = (labels: string, columns = `prediction: { score: s }, ${ACTION}`) =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, id: [tx], ${columns}`) +
  `labels: [{ value: fraud, from: { path: "x/*.parquet" }, ${labels} }]\n`;

const DAY = 86_400_000;

describe('labels[].absent', () => {
  test('says what no label means, and labels are mature then', async () => {
    const given = 'absent: { after: 120d, means: negative }';
    const { monitor: read, told, lines, checks } = await readMonitor(monitor(given));
    expect(told).toEqual([]);
    expect(checks).toContain('label_volume');
    expect(read?.labels).toMatchObject({
      absent: { after: 120 * DAY, whenActed: 'unknown' },
      matureAfter: 120 * DAY,
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'labels.0.absent.after: 120d',
        'labels.0.absent.means: negative',
        'labels.0.absent.when_acted: unknown  (default)',
        'labels.0.mature_after: 120d  (default)',
      ]),
    );
  });

  test('of rows acted on may be said, and labels may take longer', async () => {
    const given =
      'absent: { after: 30d, means: negative, when_acted: negative }, mature_after: 45d';
    const { monitor: read, told } = await readMonitor(monitor(given));
    expect(told).toEqual([]);
    expect(read?.labels).toMatchObject({
      absent: { after: 30 * DAY, whenActed: 'negative' },
      matureAfter: 45 * DAY,
    });
  });

  test('may be left out: then labels say how long they take', async () => {
    const { monitor: read, told, checks } = await readMonitor(monitor('mature_after: 1d'));
    expect(told).toEqual([]);
    expect(checks).not.toContain('label_volume');
    expect(read?.labels).not.toHaveProperty('absent');
    const { told: missing } = await readMonitor(monitor('positive: [yes]'));
    expect(missing.join('\n')).toMatch(/labels\[0\]\.mature_after: missing/);
  });

  test.each([
    ['{ means: negative }', /\.absent\.after: /],
    ['{ after: 30d }', /\.absent\.means: missing\. Example: means: negative/],
    ['{ after: 30d, means: positive }', /\.absent\.means: expected one of: negative/],
    ['{ after: 0d, means: negative }', /\.after: expected a duration longer than 0s/],
    [
      '{ after: 30d, means: negative, when_actd: unknown }',
      /\.absent\.when_actd: unknown key "when_actd"\. Did you mean "when_acted"\?/,
    ],
    [
      '{ after: 30d, means: negative, when_acted: negativ }',
      /\.when_acted: expected one of: unknown, negative, got "negativ"\. Did you mean "negative"\?/,
    ],
    [
      '{ after: 30d, means: negative }, mature_after: 7d',
      /\.mature_after: expected at least 30d, absent\.after: until then a row may be either/,
    ],
  ])('%s is refused with its place', async (given, words) => {
    const { told } = await readMonitor(monitor(`absent: ${given}`));
    expect(told[0]).toMatch(/^churn\.yaml:\d+:\d+ labels\[0\]\./);
    expect(told.join('\n')).toMatch(words);
  });

  const given = 'absent: { after: 30d, means: negative }';

  test.each([
    ['a regression', 'prediction: { value: s }', 'regression'],
    ['several classes', 'prediction: { label: c, probabilities: { a: a, b: b } }', 'multiclass'],
  ])('is of a binary model, not of %s', async (_, columns, task) => {
    const { told } = await readMonitor(monitor(given, columns));
    expect(told.join('\n')).toMatch(/labels\[0\]\.absent: expected none: only rows of a binary/);
    expect(told.join('\n')).toContain(`the task is ${task}`);
  });

  test('needs labels of their own, times of rows, and decisions where it tells of them', async () => {
    const own = monitor(given).replace('from: { path: "x/*.parquet" }, ', '');
    const { told: inside } = await readMonitor(own);
    expect(inside.join('\n')).toMatch(/labels\[0\]\.absent: expected none: without from, /);
    const acted = 'absent: { after: 30d, means: negative, when_acted: unknown }';
    const { told } = await readMonitor(monitor(acted, 'prediction: { score: s }'));
    expect(told.join('\n')).toMatch(
      /absent\.when_acted: expected none: columns\.action, which says what rows were/,
    );
    const numbered = monitor(given)
      .replace('size: 1d', 'rows: 500')
      .replace('timestamp: scored_at, ', '');
    const { told: timeless } = await readMonitor(numbered);
    expect(timeless.join('\n')).toMatch(/\.absent: expected none: windows\.rows have no time/);
  });
});
