import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { auc } from '../../../stats/auc.js';
import { jensenShannon } from '../../../stats/divergence.js';
import { ksStatistic, tally } from '../../../stats/ks.js';
import { PLAIN, shares } from '../../../stats/psi.js';
import { needsShared, sharedJson, sharedMissing, sharedText } from '../../support/shared-data.js';
import { cases, total } from './cases.js';
import { doaneEdges, histogram } from './numpy.js';

const close = (actual: number, wanted: unknown) => {
  const error = Math.abs(actual - Number(wanted));
  expect(error, `${actual} against ${String(wanted)}`).toBeLessThan(
    1e-9 * Math.max(1, Math.abs(Number(wanted))),
  );
};

interface Chunks {
  /** Distances of the chunks of the reference, then of the rows after it. */
  ref: number[];
  analysis: number[];
  n_alerts: number;
}

/** Mean and three standard deviations (n) of the reference's own parts: that tool's limits. */
function threeSigma(values: readonly number[]): { low: number; high: number } {
  const mean = total(values) / values.length;
  const sd = Math.sqrt(total(values.map((x) => (x - mean) ** 2)) / values.length);
  return { low: mean - 3 * sd, high: mean + 3 * sd };
}

const california = needsShared('California housing, month by month');
const employment = needsShared('employment in Massachusetts, each 5,000 rows');

describe.skipIf(sharedMissing !== null)(california, () => {
  const data = 'data/nannyml-california-housing/california_housing_';
  const read = (name: string) => {
    const [head = '', ...lines] = sharedText(`${data}${name}.csv`).trim().split('\n');
    const names = head.trim().split(',');
    return lines.map((line) => {
      const cells = line.trim().split(',');
      return Object.fromEntries(names.map((column, k) => [column, cells[k] ?? '']));
    });
  };
  const reference = read('reference');
  const labels = new Map(read('analysis_gt').map((row) => [row['id'], row['clf_target'] ?? '']));
  const analysis = read('analysis').map((row) => ({
    ...row,
    clf_target: labels.get(row['id']) ?? '',
  }));
  type Row = Record<string, string>;
  const months = (rows: readonly Row[]) => {
    const found = new Map<string, Row[]>();
    for (const row of rows) {
      const month = (row['timestamp'] ?? '').slice(0, 7);
      found.set(month, [...(found.get(month) ?? []), row]);
    }
    return found;
  };
  const column = (rows: readonly Row[], name: string) => rows.map((row) => Number(row[name]));

  test('the mean KS of twenty months is the published one', () => {
    const wanted = cases.find((one) => one.id === 'nannyml-california-ks-means')?.recomputed;
    const all = [...months(reference).values(), ...months(analysis).values()];
    expect(all).toHaveLength(20);
    for (const [name, mean] of Object.entries(wanted as Record<string, number>)) {
      const whole = tally(column(reference, name));
      const each = all.map((rows) => ksStatistic(tally(column(rows, name)), whole));
      close(each.reduce((sum, d) => sum + d, 0) / 20, mean);
    }
  });

  test('months above mean + 3 sd of the reference months are as many as published', () => {
    const wanted = cases.find(({ id }) => id === 'nannyml-california-ks-alerts')?.recomputed;
    for (const [name, alerts] of Object.entries(wanted as Record<string, number>)) {
      const whole = tally(column(reference, name));
      const each = (rows: readonly Row[]) =>
        [...months(rows).values()].map((part) => ksStatistic(tally(column(part, name)), whole));
      const { high } = threeSigma(each(reference));
      expect(each(analysis).filter((d) => d > Math.min(1, high))).toHaveLength(alerts);
    }
  });

  test('the realised AUC of each month is the recomputed one', () => {
    const { rows } = sharedJson<{ rows: [string, number, number][] }>(
      'golden/arrays/nannyml-california-performance.json',
      { rows: [] },
    );
    const found = months(analysis);
    for (const [month, n, wanted] of rows) {
      const scored = found.get(month) ?? [];
      expect(scored).toHaveLength(n);
      const scores = [...new Set(column(scored, 'y_pred_proba'))].sort((a, b) => a - b);
      const count = (label: string) =>
        scores.map(
          (score) =>
            scored.filter(
              (r) =>
                Number(r['y_pred_proba']) === score && Number(r['clf_target']) === Number(label),
            ).length,
        );
      close(auc({ positives: count('1'), negatives: count('0') }).value ?? NaN, wanted);
    }
  });
});

describe.skipIf(sharedMissing !== null)(employment, () => {
  const folder = '../shared/data/nannyml-employment-ma/employment_MA_';
  const perChunk = sharedJson<{ js: Record<string, Chunks> }>(
    'golden/arrays/nannyml-ma-employment-per-chunk.json',
    { js: {} },
  );

  test('the realised AUC is the recomputed one, and two chunks fall below the limit', async () => {
    const one = cases.find(({ id }) => id === 'nannyml-ma-employment-chart');
    const wanted = (one?.recomputed as { realized: number[] }).realized;
    const [reference, analysis] = await withDuckDb(async (connection) => {
      const chunked = async (rows: string) => {
        const found = await connection.runAndReadAll(`
          with places as (
            select (row_number() over (order by id) - 1) // 5000 as chunk, score, label from (${rows})
          )
          select chunk::integer, sum(label)::double, sum(1 - label)::double
          from places group by chunk, score order by chunk, score`);
        return [...grouped(found.getRowsJS()).values()];
      };
      return Promise.all([
        chunked(`select id, employed::integer as label, predicted_probability as score
          from read_parquet('${folder}reference.pq')`),
        chunked(`select a.id, t.employed::integer as label, a.predicted_probability as score
          from read_parquet('${folder}analysis.pq') a
          join read_parquet('${folder}analysis_target.pq') t using (id)`),
      ]);
    });
    const ofChunk = (rows: readonly unknown[][]): number =>
      auc({
        positives: rows.map(([, positives]) => Number(positives)),
        negatives: rows.map(([, , negatives]) => Number(negatives)),
      }).value ?? NaN;
    const realised = analysis.map(ofChunk);
    expect(realised).toHaveLength(wanted.length);
    realised.forEach((value, chunk) => close(value, wanted[chunk]));
    const expected = cases.find(({ id }) => id === 'nannyml-ma-employment-per-chunk')?.expected as {
      realized_auc_below_lower_threshold_chunks: number[];
      lower_threshold: number;
    };
    const { low } = threeSigma(reference.map(ofChunk));
    close(low, expected.lower_threshold);
    const below = realised.flatMap((value, chunk) => (value < low ? [chunk] : []));
    expect(below).toEqual(expected.realized_auc_below_lower_threshold_chunks);
  });

  test('Jensen-Shannon of each chunk and the alerts by mean + 3 sd are the published ones', async () => {
    const one = cases.find(({ id }) => id === 'nannyml-ma-employment-alert-counts');
    const alerts: Record<string, number> = {};
    await withDuckDb(async (connection) => {
      for (const [name, wanted] of Object.entries(perChunk.js)) {
        const read = async (part: string) => {
          const found = await connection.runAndReadAll(`
            with places as (
              select (row_number() over (order by id) - 1) // 5000 as chunk, ${name} as value
              from read_parquet('${folder}${part}.pq')
            )
            select chunk::integer, value, count(*)::double
            from places group by chunk, value order by chunk, value`);
          return found.getRowsJS();
        };
        const [before, now] = [await read('reference'), await read('analysis')];
        const bin = binsOf(before);
        const whole = bin(before);
        const distances = (rows: readonly unknown[][]) =>
          [...grouped(rows).values()].map((chunk) =>
            jensenShannon(shares(bin(chunk), PLAIN), shares(whole, PLAIN), { base: 2 }),
          );
        const [reference, analysis] = [distances(before), distances(now)];
        reference.forEach((value, chunk) => close(value, wanted.ref[chunk]));
        analysis.forEach((value, chunk) => close(value, wanted.analysis[chunk]));
        const { high } = threeSigma(reference);
        alerts[name] = analysis.filter((value) => value > high).length;
        expect(alerts[name]).toBe(wanted.n_alerts);
      }
    });
    expect(alerts).toMatchObject(one?.recomputed as Record<string, number>);
  });
});

/** Rows of (chunk, value, rows) by the reference's categories or bins; what is new in one more. */
function binsOf(reference: readonly unknown[][]): (rows: readonly unknown[][]) => number[] {
  const isNumber = typeof reference[0]?.[1] === 'number';
  const every = reference.flatMap(([, value, n]) => new Array<unknown>(Number(n)).fill(value));
  const edges = isNumber ? doaneEdges(every as number[]) : [];
  const known = new Map([...new Set(every)].map((value, bin) => [value, bin]));
  const size = isNumber ? edges.length - 1 : known.size;
  return (rows) => {
    const counts = new Array<number>(size + 1).fill(0);
    for (const [, value, n] of rows) {
      const found = isNumber ? histogram([Number(value)], edges).indexOf(1) : known.get(value);
      const bin = found === undefined || found < 0 ? size : found;
      counts[bin] = (counts[bin] ?? 0) + Number(n);
    }
    return counts;
  };
}

async function withDuckDb<T>(ask: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const db = await DuckDBInstance.create(':memory:');
  const connection = await db.connect();
  try {
    return await ask(connection);
  } finally {
    connection.closeSync();
    db.closeSync();
  }
}

/** Rows by their first cell. */
function grouped<T>(rows: readonly T[][]): Map<number, T[][]> {
  const found = new Map<number, T[][]>();
  for (const row of rows) {
    const chunk = Number(row[0]);
    const list = found.get(chunk);
    if (list === undefined) found.set(chunk, [row]);
    else list.push(row);
  }
  return found;
}
