import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const dated = '{ path: "data/dt={date}/*.parquet" }';
const made = (keys: string, from = dated, more = ''): string =>
  shortest.replace(/^predictions: .*$/m, `predictions: { from: ${from}, ${keys} }`) + more;
const ready = 'ready: { marker: _SUCCESS, wait: 6h }';
const late = (reread: string) => `late: { reread: ${reread}, restate_above: 0.5% }`;

describe('predictions.ready and predictions.late', () => {
  test('say when rows are there; a marker is a check of its own', async () => {
    const { told, lines } = await readMonitor(made(`${ready}, ${late('[1d, 7d]')}`));
    expect(told).toEqual([]);
    expect(lines).toContain('predictions.ready.marker: _SUCCESS');
    expect(lines).toContain('predictions.ready.wait: 6h');
    expect(lines).toContain('predictions.late.reread: 1d, 7d');
    expect(lines).toContain('predictions.late.restate_above: 0.005');
    expect(lines.filter((line) => line.startsWith('checks[ready]'))).toHaveLength(1);
    const without = await readMonitor(shortest);
    expect(without.lines.filter((line) => line.startsWith('checks[ready]'))).toEqual([]);
  });

  test('a marker may be named by the template alone, and lie in a bucket', async () => {
    const marked = 'ready: { marker: "{date}.done", wait: 6h }';
    expect((await readMonitor(made(marked, '{ path: "data/{date}.csv" }'))).told).toEqual([]);
    const bucket = '{ kind: s3, path: "s3://bucket/dt={date}/a.csv" }';
    expect((await readMonitor(made(ready, bucket))).told).toEqual([]);
  });

  const postgres = '{ kind: postgres, url: env:URL, table: scores }';
  test.each([
    [
      made(ready, postgres),
      / predictions\.ready: expected none: a marker lies beside files, and kind postgres has none/,
    ],
    [
      made(ready, '{ path: "data/*.csv" }'),
      / predictions\.ready\.marker: expected a placeholder in it, .* got "[^"]*data\/"/,
    ],
    [
      made(ready, '{ path: "data/*/{date}/a.csv" }'),
      / predictions\.ready: expected predictions\.from\.path without a wildcard in its folder/,
    ],
    [
      made('ready: { marker: a/b, wait: 6h }'),
      / predictions\.ready\.marker: expected the name of a file, as _SUCCESS/,
    ],
    [
      made('ready: { marker: _SUCCESS, wait: 7d }'),
      / predictions\.ready\.wait: expected less: after schedule\.lag \(1h\) it ends past schedule\.catchup \(7d\)/,
    ],
    [made('late: { reread: [1d] }'), / predictions\.late\.restate_above: missing/],
    [made(late('[7d, 1d]')), / predictions\.late\.reread\[1\]: expected a longer duration/],
    [made(late('[]')), / predictions\.late\.reread: expected at least one duration/],
    [
      made(late('[1d, 7d]'), postgres),
      / predictions\.late\.reread\[1\]: expected none: .*predictions\.from\.overlap \(1d\)/,
    ],
    [
      shortest + 'checks: [{ check: ready }]\n',
      / checks\[0\]: ready needs a marker: predictions\.ready is missing/,
    ],
  ])('a fault is told with its place (%#)', async (text, words) => {
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });

  test('windows of rows have no time to wait for', async () => {
    const text = made(`${ready}, ${late('[1d]')}`, '{ path: a.csv }')
      .replace(/^windows: .*$/m, 'windows: { rows: 100 }')
      .replace(/^columns: .*$/m, 'columns: {}');
    const { told } = await readMonitor(text);
    for (const key of ['ready', 'late']) {
      expect(told.join('\n')).toContain(`predictions.${key}: expected none: windows.rows have no`);
    }
  });
});
