import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { auc } from '../../../stats/auc.js';
import { isotonic, shareAt } from '../../../stats/isotonic.js';
import type { Curve } from '../../../stats/isotonic.js';
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

/** Scores that share a place: how many rows there are, and how many of them are positive. */
type Scored = readonly { value: number; hits: number; n: number }[];

/** The area that is to be expected when each row is positive with the calibrated share. */
function estimatedAuc(curve: Curve, scores: Scored): number {
  const positives = scores.map(({ value, n }) => n * shareAt(curve, value));
  const negatives = scores.map(({ n }, at) => n - (positives[at] ?? 0));
  return auc({ positives, negatives }).value ?? NaN;
}

/** As scikit-learn 1.9.1 calibrates (IsotonicRegression, clip) and the grouped scores add up. */
const CBPE_BY_MONTH = {
  '2021-06': 0.859318478103587,
  '2021-07': 0.7509762684891338,
  '2021-08': 0.709283539914769,
  '2021-09': 0.6643440715527168,
  '2021-10': 0.8242907151119582,
  '2021-11': 0.870253945391173,
  '2021-12': 0.8982734640227371,
  '2022-01': 0.8515734500424581,
  '2022-02': 0.9110542494051571,
  '2022-03': 0.8290768975283841,
  '2022-04': 0.9106610782869271,
  '2022-05': 0.9398829339171006,
};

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

  test('the AUC estimated without labels is the published one, and that of scikit-learn', () => {
    const scored = (rows: readonly Row[]): Scored => {
      const places = new Map<number, { value: number; hits: number; n: number }>();
      for (const row of rows) {
        const value = Number(row['y_pred_proba']);
        const place = places.get(value) ?? { value, hits: 0, n: 0 };
        place.n += 1;
        place.hits += Number(row['clf_target']);
        places.set(value, place);
      }
      return [...places.values()].sort((a, b) => a.value - b.value);
    };
    const curve = isotonic(scored(reference));
    const one = cases.find(({ id }) => id === 'nannyml-california-cbpe');
    const published = one?.expected as Record<string, number>;
    const { rows } = sharedJson<{ rows: [string, number, number, number][] }>(
      'golden/arrays/nannyml-california-performance.json',
      { rows: [] },
    );
    const found = months(analysis);
    for (const [month, , , recomputed] of rows) {
      const estimated = estimatedAuc(curve, scored(found.get(month) ?? []));
      const ours = CBPE_BY_MONTH[month as keyof typeof CBPE_BY_MONTH];
      expect(Math.abs(estimated - ours), month).toBeLessThan(1e-12);
      // The arrays round on the way: scikit-learn itself is as far from them as this is.
      expect(Math.abs(estimated - recomputed), month).toBeLessThan(2e-8);
      const known = published[month] ?? estimated;
      expect(Math.abs(estimated - known), month).toBeLessThan(one?.tolerance ?? 0);
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

  test('the AUC estimated without labels is the recomputed one', async () => {
    const { perf } = sharedJson<{ perf: { est_cal: number[] } }>(
      'golden/arrays/nannyml-ma-employment-per-chunk.json',
      { perf: { est_cal: [] } },
    );
    await withDuckDb(async (connection) => {
      const scored = async (rows: string) => {
        const found = await connection.runAndReadAll(rows);
        return [...grouped(found.getRowsJS()).values()].map((chunk) =>
          chunk.map(([, value, hits, n]) => ({
            value: Number(value),
            hits: Number(hits),
            n: Number(n),
          })),
        );
      };
      const [known = []] = await scored(`
        select 0, predicted_probability as score, sum(employed)::double, count(*)::double
        from read_parquet('${folder}reference.pq') group by score order by score`);
      const chunks = await scored(`
        with places as (
          select (row_number() over (order by id) - 1) // 5000 as chunk, predicted_probability as score
          from read_parquet('${folder}analysis.pq')
        )
        select chunk::integer, score, 0::double, count(*)::double
        from places group by chunk, score order by chunk, score`);
      const curve = isotonic(known);
      expect(chunks).toHaveLength(42);
      chunks.forEach((chunk, at) => {
        const error = Math.abs(estimatedAuc(curve, chunk) - (perf.est_cal[at] ?? NaN));
        expect(error, `chunk ${at}`).toBeLessThan(5e-9);
      });
    });
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
