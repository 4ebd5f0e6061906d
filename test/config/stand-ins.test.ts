import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const DAY = 86_400_000;
const TARGET = '{ value: paid, from: { path: "x/*.parquet" }, mature_after: 30d }';

const monitor = (entries: readonly string[], columns = 'prediction: { score: s }') =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, id: [tx], ${columns}`) +
  `labels: [${entries.join(', ')}]\nchecks: [proxy_agreement]\n`;

const PROXY = 'name: click, role: early_proxy, value: clicked, from: { path: "c/*.parquet" }';

describe('labels beside the target', () => {
  test('have a role and a name, and are joined as it is', async () => {
    const join = 'join: { entity: who, match: first_after, within: 1d }, timestamp: at';
    const review =
      '{ name: desk, role: review, value: mark, from: { path: r.csv, kind: csv }, mature_after: 7d }';
    const given = [TARGET, `{ ${PROXY}, ${join}, mature_after: 1d }`, review];
    const { monitor: read, told, lines } = await readMonitor(monitor(given));
    expect(told).toEqual([]);
    expect(read?.labels).toMatchObject({ name: 'target', value: 'paid', matureAfter: 30 * DAY });
    expect(read?.standIns).toMatchObject([
      {
        name: 'click',
        role: 'early_proxy',
        on: { who: 'who' },
        within: DAY,
        positive: ['1', 'true'],
      },
      { name: 'desk', role: 'review', on: { tx: 'tx' }, matureAfter: 7 * DAY },
    ]);
    expect(lines).toEqual(
      expect.arrayContaining(['labels.1.role: early_proxy', 'labels.2.mature_after: 7d']),
    );
  });

  test.each([
    [[`{ ${PROXY}, mature_after: 1d }`], /labels\[0\]\.role: expected target: the first label/],
    [
      [TARGET, TARGET],
      /labels\[1\]\.role: labels\[0\] is the target: expected early_proxy or review/,
    ],
    [[TARGET, TARGET], /labels\[1\]\.name: "target" is there already: expected a name of its own/],
    [
      [TARGET, '{ name: c, role: review, value: v }'],
      /labels\[1\]\.from: missing: where these labels are/,
    ],
    [
      [TARGET, `{ ${PROXY}, mature_after: 31d }`],
      /labels\[1\]\.mature_after: expected at most 30d, mature/,
    ],
    [
      [TARGET, `{ ${PROXY}, mature_after: 1d, min_coverage: 0.5 }`],
      /labels\[1\]\.min_coverage: expected none: only the target has one/,
    ],
    [
      [TARGET],
      /checks\[0\]: proxy_agreement needs labels beside the target: labels has no early_proxy/,
    ],
  ])('are refused where they cannot be right: %j', async (given, words) => {
    const { told } = await readMonitor(monitor(given));
    expect(told.join('\n')).toMatch(words);
  });

  test('are those of a yes or no', async () => {
    const given = monitor([TARGET, `{ ${PROXY}, mature_after: 1d }`], 'prediction: { value: s }');
    const { told } = await readMonitor(given);
    expect(told.join('\n')).toMatch(
      /labels\[1\]: expected one label source: .* task is regression/,
    );
  });
});
