import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const CHECK = 'checks: [{ check: exposure_concentration }]\n';
const columns = (more: string, rest = '') =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at, ${more}`) + rest;

const ranking = 'prediction: { request: q, item: product, position: rank, relevance: clicked }';

describe('columns.item', () => {
  test('says what a row shows, which is judged then, without a prediction and labels', async () => {
    const { told, checks, lines } = await readMonitor(columns('item: product'));
    expect(told).toEqual([]);
    expect(checks).toContain('exposure_concentration');
    expect(lines).toContain('columns.item: product');
    expect((await readMonitor(shortest)).checks).not.toContain('exposure_concentration');
  });

  test('of a ranking is the one that it names, judged where it is listed', async () => {
    const listed = await readMonitor(columns(ranking, CHECK));
    expect(listed.told).toEqual([]);
    expect(listed.checks).toContain('exposure_concentration');
    expect((await readMonitor(columns(ranking))).checks).not.toContain('exposure_concentration');
  });

  test.each([
    [
      columns(`item: product, ${ranking}`),
      / columns\.item: expected none: the item of a ranking is columns\.prediction\.item \("product"\), got "product"/,
    ],
    [
      shortest + CHECK,
      / checks\[0\]: exposure_concentration needs items: columns\.item is missing/,
    ],
    [
      columns('item: s, prediction: { score: s }'),
      / columns\.prediction\.score: "s" is the item: expected a column of its own/,
    ],
    [
      columns('item: product, features: { include: [product] }'),
      / columns\.features\.include\[0\]: "product" is the item: expected a feature/,
    ],
  ])('%s is refused with its place', async (text, words) => {
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });
});
