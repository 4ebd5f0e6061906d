import { expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const columns = (traffic: string, more = '') =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, traffic: ${traffic}${more}`);

test('columns.traffic says which values are live, and which are shadow if any', async () => {
  const { monitor, told, lines } = await readMonitor(
    columns('{ column: lane, live: [champion, 1], shadow: challenger }'),
  );
  expect(told).toEqual([]);
  expect(monitor?.columns.traffic).toEqual({
    ...{ column: 'lane', live: ['champion', '1'], shadow: ['challenger'] },
  });
  expect(lines).toContain('columns.traffic.shadow: challenger');
  const { monitor: short } = await readMonitor(columns('{ column: lane, live: true }'));
  expect(short?.columns.traffic).toEqual({ column: 'lane', live: ['true'], shadow: [] });
  expect((await readMonitor(shortest)).monitor?.columns.traffic).toBeUndefined();
});

test.each([
  ['{ column: lane }', '', / columns\.traffic\.live: /],
  ['{ column: lane, live: [] }', '', / columns\.traffic\.live: expected at least one value/],
  [
    '{ column: lane, live: [a, b], shadow: [c, b] }',
    '',
    / columns\.traffic\.shadow\[1\]: "b" is in live, too: expected it in one of them/,
  ],
  [
    '{ column: lane, live: a }',
    ', features: { include: [lane] }',
    /include\[0\]: "lane" is the traffic: expected a feature/,
  ],
])('columns.traffic: %s%s is refused', async (traffic, more, words) => {
  expect((await readMonitor(columns(traffic, more))).told.join()).toMatch(words);
});

test('a segment is not called as the parts of the traffic are', async () => {
  const text = `${shortest}segments: [{ name: traffic, by: x }]\n`;
  expect((await readMonitor(text)).told.join()).toMatch(
    / segments\[0\]\.name: expected another name: columns\.traffic parts by it/,
  );
});
