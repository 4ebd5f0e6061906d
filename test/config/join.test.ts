import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

/** The shortest file with labels of a source of their own, and what they say besides. */
const monitor = (labels: string, columns = 'prediction: { score: s }') =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, ${columns}`) +
  `labels: [{ value: paid, from: { path: "x/*.parquet" }, ${labels} }]\n`;

const DAY = 86_400_000;
const RIGHT = 'join: { entity: who, match: first_after, within: 30d }';

describe('labels[].join', () => {
  test.each([
    ['entity: who', { who: 'who' }],
    ['entity: [shop, who]', { shop: 'shop', who: 'who' }],
    ['on: { who: customer }', { who: 'customer' }],
  ])('may name an entity, and then the first label after a row counts: %s', async (key, on) => {
    const join = `join: { ${key}, match: first_after, within: 30d }`;
    const {
      monitor: read,
      told,
      lines,
    } = await readMonitor(monitor(`${join}, timestamp: at, mature_after: 30d`));
    expect(told).toEqual([]);
    expect(read?.labels).toMatchObject({ on, within: 30 * DAY, matureAfter: 30 * DAY });
    expect(lines).toEqual(
      expect.arrayContaining([
        'labels.0.join.match: first_after',
        'labels.0.join.within: 30d',
        'labels.0.mature_after: 30d',
      ]),
    );
  });

  test('without match is of the one label of a key', async () => {
    const { monitor: read, told } = await readMonitor(
      monitor('join: { on: { tx: tx } }, mature_after: 1d'),
    );
    expect(told).toEqual([]);
    expect(read?.labels).not.toHaveProperty('within');
  });

  test.each([
    [
      `${RIGHT}, mature_after: 30d`,
      /\.timestamp: missing: match: first_after takes .*\. Example: timestamp: label_ts/,
    ],
    [
      `${RIGHT}, timestamp: at, mature_after: 29d`,
      /\.mature_after: expected at least 30d, join\.within: until then a label may come/,
    ],
    [
      `${RIGHT}, timestamp: at, absent: { after: 7d, means: negative }`,
      /\.mature_after: expected at least 30d, join\.within/,
    ],
    [
      'join: { entity: who, match: first_after }, timestamp: at, mature_after: 30d',
      /\.join\.within: missing: how long after a prediction .*\. Example: within: 30d/,
    ],
    [
      'join: { match: first_after, within: 30d }, timestamp: at, mature_after: 30d',
      /\.join\.entity: missing: whose label it is\. Example: entity: customer_id/,
    ],
    [
      'join: { entity: a, on: { a: b }, match: first_after, within: 1d }, timestamp: at, mature_after: 1d',
      /\.join\.entity: expected one of entity and on: both say whose label it is/,
    ],
    [
      'join: { entity: who, within: 30d }, timestamp: at, mature_after: 30d',
      /\.join\.entity: expected none without match: first_after.*\n.*\.join\.within: expected none/,
    ],
    ['join: { match: one }, mature_after: 30d', /\.join\.on: missing\. Example: on: \{ tx_id: tx/],
    [
      'join: { entity: who, match: first_after, within: 0d }, timestamp: at, mature_after: 30d',
      /\.join\.within: expected a duration longer than 0s/,
    ],
    [
      'join: { on: { a: b }, match: all }, mature_after: 30d',
      /\.join\.match: "all" is not available yet in this version; available: one, first_after/,
    ],
  ])('%s is refused with its place', async (given, words) => {
    const { told } = await readMonitor(monitor(given));
    expect(told[0]).toMatch(/^churn\.yaml:\d+:\d+ labels\[0\]\./);
    expect(told.join('\n')).toMatch(words);
  });

  test('needs times of rows', async () => {
    const numbered = monitor(`${RIGHT}, timestamp: at, mature_after: 30d`)
      .replace('size: 1d', 'rows: 500')
      .replace('timestamp: scored_at, ', '');
    const { told } = await readMonitor(numbered);
    expect(told.join('\n')).toMatch(
      /labels\[0\]\.join\.match: expected one: windows\.rows have no time to come after/,
    );
  });
});
