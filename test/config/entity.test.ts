import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const columns = (more: string) =>
  shortest.replace('timestamp: scored_at', `id: [id], timestamp: scored_at, ${more}`);

describe('columns.entity', () => {
  test('says which predictions are of the same, and use which of them count', async () => {
    const { told, lines } = await readMonitor(
      columns('entity: [order, line], prediction: { value: v, use: first }'),
    );
    expect(told).toEqual([]);
    expect(lines).toContain('columns.entity: order, line');
    expect(lines).toContain('columns.prediction.use: the first of each entity in a window');
    // an id may be the entity, too
    expect((await readMonitor(columns('entity: id, prediction: { score: p }'))).told).toEqual([]);
  });

  test.each([
    [
      columns('prediction: { score: p, use: last }'),
      / columns\.prediction\.use: needs columns\.entity: the columns that name whom a row is about/,
    ],
    [
      columns('entity: r, prediction: { request: r, item: i, position: o, use: first }'),
      / columns\.prediction\.use: expected none: of a ranking every item counts/,
    ],
    [
      columns('entity: c, prediction: { score: p, use: first }')
        .replace('size: 1d', 'rows: 500')
        .replace('timestamp: scored_at, ', ''),
      / columns\.prediction\.use: expected none: of windows that are cut by rows no time says/,
    ],
    [
      columns('entity: c, prediction: { score: p, use: newest }'),
      / columns\.prediction\.use: expected one of: first, last, got "newest"/,
    ],
    [
      columns('entity: [c, c], prediction: { score: p }'),
      / columns\.entity\[1\]: "c" is named twice: expected it once/,
    ],
    [
      columns('entity: c, features: { include: [c] }'),
      / columns\.features\.include\[0\]: "c" is an entity: expected a feature/,
    ],
    [
      columns('entity: p, prediction: { score: p }'),
      / columns\.prediction\.score: "p" is an entity: expected a column of its own/,
    ],
  ])('%s is refused with its place', async (text, words) => {
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });
});
