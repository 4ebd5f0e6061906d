import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { auc } from '../../stats/auc.js';
import { studentTail } from '../../stats/beta.js';
import { goodnessOfFit, homogeneity } from '../../stats/chi2.js';
import { fisherExact } from '../../stats/fisher.js';
import { kolmogorovTail } from '../../stats/kolmogorov.js';
import { ksBounds, ksStatistic, tally } from '../../stats/ks.js';
import { discoveries } from '../../stats/multiple.js';
import { normalTail } from '../../stats/normal.js';
import { psi, psiOfShares } from '../../stats/psi.js';

interface Case {
  id: string;
  metric: string;
  params: Record<string, unknown>;
  reference: unknown;
  current: unknown;
  recomputed?: unknown;
  expected: unknown;
}
const golden = '../shared/golden/';
const { cases } = JSON.parse(readFileSync(`${golden}golden-cases.json`, 'utf8')) as {
  cases: Case[];
};
const recomputed = (metric: string) =>
  cases.filter((one) => one.metric === metric && one.recomputed !== undefined);

/** A side of a case: given, or in a file of its own. */
function side(given: unknown): (string | number | null)[] {
  const file = (given as { file?: string } | null)?.file;
  return (file === undefined ? given : JSON.parse(readFileSync(golden + file, 'utf8'))) as (
    string | number | null
  )[];
}
const numbers = (given: unknown) => side(given).filter((value) => typeof value === 'number');
const close = (actual: number, wanted: unknown) => {
  expect(Math.abs(actual - Number(wanted))).toBeLessThan(
    1e-9 * Math.max(1, Math.abs(Number(wanted))),
  );
};

/** Rows of each value of either side, nulls left out. */
function byValue(current: unknown, reference: unknown): { now: number[]; before: number[] } {
  const values = [...new Set([...side(reference), ...side(current)])].filter((v) => v !== null);
  const rows = (of: unknown) => values.map((v) => side(of).filter((other) => other === v).length);
  return { now: rows(current), before: rows(reference) };
}

describe('PSI as other tools define it', () => {
  test.each(recomputed('psi_equal_width_pooled_range'))(
    '$id: equal bins, tiny zero fill',
    (one) => {
      const [before, now] = [numbers(one.reference), numbers(one.current)];
      const all = [...before, ...now];
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const bins = Number(one.params['num_bins']);
      const edges = Array.from({ length: bins + 1 }, (_, k) =>
        k === bins ? high : low + k * ((high - low) / bins),
      );
      const rows = (values: number[]) =>
        Array.from({ length: bins }, (_, k) => {
          const [from, to] = [edges[k] ?? 0, edges[k + 1] ?? 0];
          return values.filter((x) => x >= from && (x < to || (k === bins - 1 && x <= to))).length;
        });
      close(
        psi(rows(now), rows(before), { kind: 'zero', share: 2.2250738585072014e-308 }),
        one.recomputed,
      );
    },
  );
  test.each(recomputed('psi_categorical'))('$id: a small share for empty categories', (one) => {
    const { now, before } = byValue(one.current, one.reference);
    close(psi(now, before, { kind: 'zero', share: 0.0001 }), one.recomputed);
  });
  test.each(recomputed('psi_eps'))('$id: of shares', (one) => {
    const eps = Number(one.params['eps']);
    close(psiOfShares(numbers(one.current), numbers(one.reference), eps), one.recomputed);
  });
});

describe('Kolmogorov-Smirnov', () => {
  test.each(recomputed('ks_statistic'))('$id', (one) => {
    close(ksStatistic(tally(numbers(one.current)), tally(numbers(one.reference))), one.recomputed);
  });
  test.each(recomputed('kolmogorov_sf'))('$id', (one) => {
    close(kolmogorovTail(Number(one.params['arg'])), one.recomputed);
  });
  test.each(recomputed('binned_ks_score'))(
    '$id: the binned statistic times sqrt(nm/(n+m))',
    (one) => {
      const [before, now] = [numbers(one.reference), numbers(one.current)];
      const loose = [Float64Array.from(before), Float64Array.from(now)] as const;
      const { low } = ksBounds({ loose, atoms: new Map() });
      const [n, m] = [before, now].map((list) => list.reduce((sum, x) => sum + x, 0));
      close(low * Math.sqrt(((n ?? 0) * (m ?? 0)) / ((n ?? 0) + (m ?? 0))), one.recomputed);
    },
  );
});

describe('counts', () => {
  test.each(recomputed('chisquare_pvalue'))('$id: chi-square against the reference', (one) => {
    const isCounts = !Array.isArray(side(one.reference));
    const { now, before } = isCounts
      ? {
          now: Object.values(one.current as object),
          before: Object.values(one.reference as object),
        }
      : byValue(one.current, one.reference);
    const sum = (list: number[]) => list.reduce((total, n) => total + n, 0);
    const [n, m] = [sum(now as number[]), sum(before as number[])];
    const expected = (before as number[]).map((rows) => (rows * n) / m);
    close(goodnessOfFit(now as number[], expected).pValue, one.recomputed);
  });
  test.each(recomputed('chi2_contingency'))('$id: chi-square of two rows', (one) => {
    const { now, before } = byValue(one.current, one.reference);
    const { statistic, pValue } = homogeneity(now, before);
    const [wanted, p] = one.recomputed as number[];
    close(statistic, wanted);
    close(pValue, p);
  });
  test.each(recomputed('fisher_exact_pvalue'))('$id: Fisher, two-sided', (one) => {
    const rows = (of: unknown, value: string) => side(of).filter((v) => v === value).length;
    const table = {
      a: rows(one.reference, 'a'),
      b: rows(one.reference, 'b'),
      c: rows(one.current, 'a'),
      d: rows(one.current, 'b'),
    };
    close(fisherExact(table), one.recomputed);
  });
  test.each(recomputed('two_proportion_z_pvalue'))('$id: two proportions', (one) => {
    const share = (of: unknown) => {
      const values = side(of);
      const [first] = side(one.reference);
      return { hits: values.filter((value) => value === first).length, n: values.length };
    };
    const [a, b] = [share(one.reference), share(one.current)];
    const pooled = (a.hits + b.hits) / (a.n + b.n);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.n + 1 / b.n));
    close(2 * normalTail(Math.abs(a.hits / a.n - b.hits / b.n) / error), one.recomputed);
  });
  test.each(recomputed('student_t_pvalue_equal_var'))('$id: Student, equal variances', (one) => {
    const [a, b] = [numbers(one.reference), numbers(one.current)];
    const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
    const around = (list: number[]) => list.reduce((sum, x) => sum + (x - mean(list)) ** 2, 0);
    const df = a.length + b.length - 2;
    const variance = (around(a) + around(b)) / df;
    const t = (mean(a) - mean(b)) / Math.sqrt(variance * (1 / a.length + 1 / b.length));
    close(2 * studentTail(Math.abs(t), df), one.recomputed);
  });
});

test.each(cases.filter((one) => one.metric === 'benjamini_hochberg_any'))(
  '$id: the strict variant finds something exactly when expected',
  (one) => {
    const q = Number(one.params['q']);
    const p = String(one.params['p_values']).includes('-1e-5') ? q - 1e-5 : q;
    const found = discoveries(new Array<number>(1000).fill(p), q, 'strict').some(Boolean);
    expect(Number(found)).toBe((one.expected as { any: number }).any);
  },
);

describe('California housing, month by month', () => {
  const data = '../shared/data/nannyml-california-housing/california_housing_';
  const read = (name: string) => {
    const [head = '', ...lines] = readFileSync(`${data}${name}.csv`, 'utf8').trim().split('\n');
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

  test('the realised AUC of each month is the recomputed one', () => {
    const { rows } = JSON.parse(
      readFileSync(`${golden}arrays/nannyml-california-performance.json`, 'utf8'),
    ) as { rows: [string, number, number][] };
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

test('employment in Massachusetts: the realised AUC of each 5,000 rows is the recomputed one', async () => {
  const one = cases.find(({ id }) => id === 'nannyml-ma-employment-chart');
  const wanted = (one?.recomputed as { realized: number[] }).realized;
  const folder = '../shared/data/nannyml-employment-ma/employment_MA_analysis';
  const db = await DuckDBInstance.create(':memory:');
  const connection = await db.connect();
  try {
    const found = await connection.runAndReadAll(`
      with rows as (
        select row_number() over (order by a.id) - 1 as place, a.predicted_probability as score,
          t.employed::integer as label
        from read_parquet('${folder}.pq') a join read_parquet('${folder}_target.pq') t using (id)
      )
      select (place // 5000)::integer as chunk, sum(label)::double as positives,
        sum(1 - label)::double as negatives
      from rows group by chunk, score order by chunk, score`);
    const chunks = grouped(found.getRowsJS());
    expect(chunks.size).toBe(wanted.length);
    for (const [chunk, rows] of chunks) {
      const side = (index: number) => rows.map((row) => Number(row[index]));
      close(auc({ positives: side(1), negatives: side(2) }).value ?? NaN, wanted[chunk]);
    }
  } finally {
    connection.closeSync();
    db.closeSync();
  }
});

/** Rows by their first cell. */
function grouped<T>(rows: readonly T[][]): Map<number, T[][]> {
  const found = new Map<number, T[][]>();
  for (const row of rows) {
    const chunk = Number(row[0]);
    found.set(chunk, [...(found.get(chunk) ?? []), row]);
  }
  return found;
}
