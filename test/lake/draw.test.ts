import path from 'node:path';
import { expect, test } from 'vitest';
import type { LabelSource } from '../../domain/monitor.js';
import type { Duck } from '../../lake/duck.js';
import { drawReference, drawWindow } from '../../lake/draw.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

const all = { span: null, timezone: 'UTC' };
const start = Date.UTC(2026, 0, 1);
const window = { start, end: start + 86_400_000, weekday: 4 };

/** 1,000 rows of one day: id, amount 0 … 99 (each tenth missing), country, score, churned. */
const rowsOf = (day: string) => `
  select 'k' || i as id, timestamp '${day}' + to_seconds(i) as ts,
    case when i % 10 <> 0 then (i % 100)::double end as amount,
    case when i % 4 = 0 then 'FR' else 'DE' end as country,
    (i % 50) / 50.0 as score, i % 2 as churned
  from range(1000) as t(i)`;

const source = (file: string) => ({ kind: 'parquet' as const, path: file, where: null });

async function world(db: Duck, folder: string, label: 'inside' | 'apart') {
  const file = await writeRows(db, path.join(folder, 'rows.parquet'), rowsOf('2026-01-01'));
  const late = `select id as tx, churned as churned, ts + interval (i % 3) day as known
    from (select *, substr(id, 2)::int as i from (${rowsOf('2026-01-01')}))`;
  const labels = await writeRows(db, path.join(folder, 'labels.parquet'), late);
  const own: LabelSource = {
    ...{ name: 'churn', value: 'churned', positive: ['1'], matureAfter: 0 },
    ...(label === 'inside'
      ? { from: null, on: {}, timestamp: null }
      : { from: source(labels), on: { id: 'tx' }, timestamp: 'known' }),
  };
  const monitor = monitorOf({
    predictions: source(file),
    labels: own,
    columns: { prediction: { kind: 'probability', column: 'score', threshold: 0.5 } },
  });
  const located = await locate(monitor.predictions, all);
  const { grid } = await buildReference(db, { monitor, located });
  const at = window.end;
  return {
    ...{ monitor, located, grid },
    request: {
      ...{ monitor, grid, window, at, knownAt: at, predictions: located, exact: 'grid' as const },
      labels: own.from === null ? null : await locate(own.from, all),
    },
  };
}

const columns = ['amount', 'country', 'nothing'];

test('rows are drawn as they are, the same ones every time', async () => {
  await withFolder(async (db, folder) => {
    const { request } = await world(db, folder, 'inside');
    const drawn = await drawWindow(db, request, { columns, most: 300 });
    expect(drawn.all).toBe(1000);
    expect(drawn.scores).toHaveLength(300);
    expect(Object.keys(drawn.columns)).toEqual(['amount', 'country']);
    expect(await drawWindow(db, request, { columns, most: 300 })).toEqual(drawn);
    drawn.columns['amount']?.forEach((amount, row) => {
      if (amount === null) return;
      expect(drawn.scores[row]).toBeCloseTo((Number(amount) % 50) / 50, 12);
      expect(drawn.columns['country']?.[row]).toBe(Number(amount) % 4 === 0 ? 'FR' : 'DE');
      expect(drawn.labels[row]).toBe(String(Number(amount) % 2));
      expect(drawn.predicted[row]).toBe((drawn.scores[row] ?? 0) >= 0.5 ? '1' : '0');
    });
    // a tenth, give or take chance
    const missing = drawn.columns['amount']?.filter((amount) => amount === null).length ?? 0;
    expect(missing).toBeGreaterThan(10);
    expect(missing).toBeLessThan(60);
    const whole = await drawWindow(db, request, { columns, most: 20_000 });
    expect(whole.scores).toHaveLength(1000);
    expect(new Set(whole.hashes.map((hash) => hash % 5)).size).toBe(5);
  });
});

test('labels of another file are joined as far as they are known', async () => {
  await withFolder(async (db, folder) => {
    const { request } = await world(db, folder, 'apart');
    const known = async (knownAt: number) => {
      const drawn = await drawWindow(db, { ...request, knownAt }, { columns, most: 5000 });
      drawn.labels.forEach((label, row) => {
        const amount = drawn.columns['amount']?.[row] ?? null;
        if (label !== '' && amount !== null) expect(label).toBe(String(Number(amount) % 2));
      });
      return drawn.labels.filter((label) => label !== '').length;
    };
    // a third of the labels comes on the day, the next the day after, the last one later
    expect(await known(window.end)).toBe(334);
    expect(await known(window.end + 86_400_000)).toBe(667);
    expect(await known(window.end + 3 * 86_400_000)).toBe(1000);
  });
});

test('a reference holds its labels itself', async () => {
  await withFolder(async (db, folder) => {
    const { monitor, located, grid } = await world(db, folder, 'apart');
    const drawn = await drawReference(db, { monitor, located, grid }, { columns, most: 5000 });
    expect(drawn.all).toBe(1000);
    expect(drawn.labels.filter((label) => label === '1')).toHaveLength(500);
  });
});
