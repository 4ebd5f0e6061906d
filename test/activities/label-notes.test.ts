import { expect, test } from 'vitest';
import { labelNotes } from '../../activities/label-notes.js';
import type { LabelsNoted } from '../../activities/label-notes.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAY = 86_400_000;
const labels = {
  ...{ name: 'target', from: null, on: { order_id: 'order_id' }, value: 'paid', positive: ['1'] },
  ...{ timestamp: null, matureAfter: 0 },
};
const file = { path: 'labels.csv', bytes: 120, modified: 0 };

/** Five labels whose keys are texts there and numbers here. */
const noted = (more: Partial<LabelsNoted>): LabelsNoted => ({
  monitor: monitorOf({ labels }),
  labels: { path: 'labels.csv', files: [file] } as unknown as LabelsNoted['labels'],
  asked: {
    labels: { by: {}, sums: { labels: Float64Array.of(5), met: Float64Array.of(0) } },
    unmet: {
      by: { key: ['order_id'], there: ['VARCHAR'], here: ['BIGINT'] },
      sums: { n: Float64Array.of(1) },
    },
  },
  ...{ rows: 300, knownAt: DAY, mature: true },
  ...more,
});

test('labels of which none has a prediction are told with the kinds of their keys', () => {
  expect(labelNotes(noted({}))).toEqual([
    'none of the 5 labels of labels.csv has a prediction in the window: ' +
      'the key order_id is VARCHAR there and BIGINT here',
  ]);
});

test('keys of one type are not told as others', () => {
  const { asked } = noted({});
  const unmet = {
    by: { key: ['order_id'], there: ['VARCHAR'], here: ['VARCHAR'] },
    sums: { n: Float64Array.of(1) },
  };
  expect(labelNotes(noted({ asked: { ...asked, unmet } }))).toEqual([
    'none of the 5 labels of labels.csv has a prediction in the window: ' +
      'no prediction has the order_id of any',
  ]);
});

test.each([
  ['where no row came, for there is no key that could be another', { rows: 0 }],
  ['before the labels are mature', { mature: false }],
])('and are no news %s', (_, more) => {
  expect(labelNotes(noted(more))).toEqual([]);
});

test.each([
  [1, '1 label is of a row acted on and does not count: absent.when_acted is unknown'],
  [7, '7 labels are of rows acted on and do not count: absent.when_acted is unknown'],
])('labels of rows acted on are told where they do not count: %i', (n, words) => {
  const sums = { labels: Float64Array.of(9), met: Float64Array.of(9), aside: Float64Array.of(n) };
  expect(labelNotes(noted({ asked: { labels: { by: {}, sums } } }))).toEqual([words]);
});
