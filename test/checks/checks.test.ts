import { describe, expect, test } from 'vitest';
import type { Reading } from '../../domain/score.js';
import { checkNamed, checks } from '../../checks/index.js';
import { noncentralChiSquareTail } from '../../stats/gamma.js';
import { psi } from '../../stats/psi.js';
import { newcombe, wilson } from '../../stats/intervals.js';
import { Z99 } from '../../stats/normal.js';
import {
  chance,
  DAY,
  END,
  evidenceOf,
  exact,
  normals,
  outcomesOf,
  texts,
  windowEnding,
} from './evidence.js';
import type { Table, Value } from './evidence.js';
import type { Counts, Profile } from '../../domain/profile.js';

type More = Parameters<typeof evidenceOf>[2];

function measure(check: string, sides: [Table, Table], more: More = {}, target = 'x'): Reading {
  const named = checkNamed(check);
  return named.measure(evidenceOf(sides[0], sides[1], more), target, named.defaults);
}
const pair = (before: readonly Value[], now: readonly Value[]): [Table, Table] => [
  { x: before },
  { x: now },
];
const say = (check: string, reading: Reading, target = 'x') =>
  checkNamed(check).say(reading, target);

test('what waits for mature labels is told in alerts of performance or loops, and nothing else is', () => {
  for (const { name, category, over } of checks) {
    const isLate = over === 'label' || over === 'metric';
    const isTold = category === 'performance' || category === 'feedback-loop';
    expect([name, isTold]).toEqual([name, isLate]);
  }
});

describe('psi', () => {
  const airline = pair(
    texts(50_000, { WN: 40, AA: 9, US: 6.6, DL: 44.4 }),
    texts(1000, { WN: 40, AA: 18, DL: 42 }),
  );
  test('names the categories that moved, before and after', () => {
    const found = measure('psi', airline);
    const counts: [number[], number[]] = [
      [420, 400, 180, 0],
      [22_200, 20_000, 4500, 3300],
    ];
    const raw = psi(...counts);
    const s = 1 / 1000 + 1 / 50_000;
    expect(found.details['raw']).toBeCloseTo(raw, 12);
    expect(found.value).toBeCloseTo(raw - 3 * s, 12);
    expect(found.pValue).toBeCloseTo(noncentralChiSquareTail(raw / s, 3, 0.01 / s), 12);
    expect(found.low).toBeLessThan(found.value ?? 0);
    expect(found.high).toBeGreaterThan(found.value ?? 0);
    expect(say('psi', found, 'AIRLINE')).toMatch(
      /^AIRLINE moved \(PSI 0\.\d+ \[0\.\d+, 0\.\d+\], p < 1e-4\): US 6\.6 % → 0 %, AA 9 % → 18 %/,
    );
  });
  test('is 0 where nothing moved beyond chance', () => {
    const found = measure('psi', pair(normals(5000, 1), normals(1000, 2)));
    expect(found.value).toBeLessThan(0.01);
    expect(found.pValue).toBeGreaterThan(0.05);
    expect(say('psi', found)).toContain('is as before');
  });
  test('half a standard deviation is about a quarter', () => {
    const found = measure('psi', pair(normals(20_000, 3), normals(20_000, 4, { mean: 0.5 })));
    expect(found.value).toBeGreaterThan(0.2);
    expect(found.value).toBeLessThan(0.3);
    expect(say('psi', found)).toMatch(/mean -0\.01094 → 0\.4968, median/);
  });
  test('a column that became all null moved', () => {
    const found = measure('psi', pair(normals(1000, 5), new Array<null>(500).fill(null)));
    expect(found.value).toBeGreaterThan(5);
    expect(say('psi', found)).toContain('missing or unreadable 0 % → 100 %');
  });
  test('says why it could not be measured', () => {
    expect(measure('psi', pair(normals(100, 6), [])).reason).toBe('insufficient_data');
    expect(measure('psi', pair([1, 1, 1], [1, 2])).reason).toBe('not_applicable');
    expect(measure('psi', [{ x: [1, 2] }, { y: [1] }]).reason).toBe('insufficient_data');
    expect(measure('psi', pair([1, 2], [1, 2]), { reference: null }).reason).toBe('no_reference');
  });
});

test('ks reports bounds that hold the value, tight for continuous columns', () => {
  const found = measure('ks', pair(normals(5000, 7), normals(5000, 8, { mean: 0.5 })));
  expect(found.interval).toBe('bounds');
  expect((found.high ?? 1) - (found.low ?? 0)).toBeLessThan(0.005);
  expect(found.value).toBeGreaterThan(0.17);
  expect(found.pValue).toBeLessThan(1e-30);
  expect(say('ks', found)).toContain('surely within');
});

describe('missing', () => {
  test('more missing values: the increase, with its interval', () => {
    const now = [...new Array<null>(50).fill(null), ...normals(950, 1)];
    const before = [...new Array<null>(100).fill(null), ...normals(9900, 2)];
    const found = measure('missing', pair(before, now));
    const wanted = newcombe({ hits: 50, n: 1000 }, { hits: 100, n: 10_000 }, Z99);
    expect(found).toMatchObject({ ...wanted, hard: null });
    expect(found.value).toBeCloseTo(0.04, 12);
    expect(say('missing', found)).toBe('x: 5 % of its values are missing, 1 % in the reference.');
    expect(checkNamed('missing').significant?.(found, 'warn')).toBe(true);
  });
  test('less than twice the share is no news', () => {
    const with_ = (missing: number, n: number) => [
      ...new Array<null>(missing).fill(null),
      ...normals(n - missing, 3),
    ];
    const found = measure('missing', pair(with_(3000, 10_000), with_(450, 1000)));
    expect(checkNamed('missing').significant?.(found, 'warn')).toBe(false);
  });
  test('all null is broken, unless the reference made it likely', () => {
    expect(measure('missing', pair(normals(1000, 4), new Array<null>(20).fill(null))).hard).toBe(
      'all null',
    );
    const rare = [...new Array<null>(990).fill(null), ...normals(10, 5)];
    expect(measure('missing', pair(rare, new Array<null>(60).fill(null))).hard).toBeNull();
  });
  test('half of the values gone where the reference has them is unavailable at prediction', () => {
    const half = [...new Array<null>(60).fill(null), ...normals(40, 6)];
    expect(measure('missing', pair(normals(1000, 7), half)).hard).toBe('unavailable at prediction');
  });
});

describe('schema', () => {
  const broken = (sides: [Table, Table], more: More = {}) => measure('schema', sides, more).hard;
  test('a column that is gone', () => {
    expect(broken([{ x: [1, 2] }, { y: [1, 2] }])).toBe('column missing');
    const found = measure('schema', [{ x: [1, 2] }, { X: [1, 2] }]);
    expect(say('schema', found, 'x')).toBe(
      'x: column missing; the column is not in the data (did you mean X? Case counts).',
    );
  });
  test('another kind of type, not another size of number', () => {
    const sides = pair(normals(500, 1), normals(500, 2));
    const typed = (type: string) => ({ profile: { types: { x: type } } });
    expect(broken(sides, typed('VARCHAR'))).toBe('type changed');
    expect(broken(sides, typed('"NULL"'))).toBeNull();
    expect(broken(sides, typed('BIGINT'))).toBeNull();
    expect(broken(sides, typed('DECIMAL(10,2)'))).toBeNull();
  });
  test('one value where there were many, but not in a column that hardly has others', () => {
    const same = new Array<number>(60).fill(0.5);
    expect(broken(pair(normals(5000, 3), same))).toBe('constant');
    const zeros = [...new Array<number>(990).fill(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const whole = { axes: { x: { low: -0.5, inverseWidth: 1 } } };
    expect(broken(pair(zeros, new Array<number>(60).fill(0)), whole)).toBeNull();
  });
  test('a default that fills in', () => {
    const now = [...new Array<number>(700).fill(0), ...normals(300, 4)];
    const found = measure('schema', pair([0, ...normals(5000, 5)], now), {
      axes: { x: { atoms: [0] } },
    });
    expect(found.hard).toBe('one value fills in');
    expect(say('schema', found)).toBe(
      'x: one value fills in; 0 went from 0.02 % to 70 % of the rows.',
    );
  });
  test('values that come back in another spelling', () => {
    const found = measure(
      'schema',
      pair(texts(1000, { DE: 60, FR: 40 }), texts(500, { 'de ': 60, FR: 40 })),
    );
    expect(found.hard).toBe('encoding changed');
    expect(say('schema', found)).toContain('"DE" is now written "de "');
  });
  test('a new value beside the old ones is no broken rule', () => {
    const sides = pair(texts(1000, { DE: 60, FR: 40 }), texts(500, { DE: 50, FR: 30, PL: 20 }));
    expect(broken(sides)).toBeNull();
  });
  test('no rows: nothing is said of the columns', () => {
    expect(measure('schema', pair([1, 2], [])).reason).toBe('not_applicable');
  });
});

describe('new values', () => {
  test('unseen categories are counted and named', () => {
    const found = measure(
      'unseen_categories',
      pair(texts(1000, { DE: 1 }), [...texts(75, { DE: 1 }), ...texts(25, { PL: 1 }), null]),
    );
    expect(found.value).toBe(0.25);
    expect(found).toMatchObject(wilson({ hits: 25, n: 100 }));
    expect(say('unseen_categories', found)).toContain('PL 25 %');
  });
  test('values outside the range of the reference are counted, binned or exact', () => {
    const sides = pair([0, 10], [-1, 5, 11, 3]);
    expect(measure('out_of_range', sides).value).toBe(0.5);
    const kept = exact([-1, 5, 11, 3]);
    expect(measure('out_of_range', sides, { profile: { columns: { x: kept } } }).value).toBe(0.5);
  });
});

describe('volume', () => {
  const earlier = (rows: number[]) =>
    rows.map((n, k) => {
      const window = windowEnding(END - (rows.length - k) * DAY);
      return { ...evidenceOf({ x: [1] }, { x: [1] }).current, rows: n, window };
    });
  const now = (rows: number, before: number[]) =>
    measure('volume', pair([1], [1]), { profile: { rows }, earlier: earlier(before) }, 'rows');
  test('windows of another size, as before a change of windows.size, do not count', () => {
    const hours = earlier(Array.from({ length: 20 }, () => 40)).map((one) => ({
      ...one,
      window: { ...one.window, start: one.window.end - DAY / 24 },
    }));
    const days = earlier([1000, 1010]);
    const found = measure(
      'volume',
      pair([1], [1]),
      { profile: { rows: 1000 }, earlier: [...hours, ...days] },
      'rows',
    );
    expect(found).toMatchObject({ value: null, reason: 'insufficient_data' });
    expect(found.details['note']).toBe(
      '2 earlier windows, 3 needed (those of another size do not count, which are 20)',
    );
  });

  test('a tenth of the rows is far below twenty quiet days', () => {
    const found = now(
      100,
      Array.from({ length: 20 }, (_, k) => 1000 + (k % 3) * 10),
    );
    expect(found.value).toBeCloseTo(-0.9, 2);
    expect(found.pValue).toBeLessThan(1e-6);
    expect(checkNamed('volume').significant?.(found, 'warn')).toBe(true);
  });
  test('is compared with its own weekday where there are enough of them', () => {
    // Sundays have 100 rows, other days 1000: END is a Sunday's midnight, so its window is Saturday
    const weeks = Array.from({ length: 28 }, (_, k) => ((27 - k) % 7 === 6 ? 100 : 1000));
    const found = now(100, weeks);
    expect(found.value).toBeCloseTo(0, 12);
    expect(found.details['weekday']).toBe(true);
  });
  test('no rows are hard, two earlier windows too few', () => {
    expect(now(0, []).hard).toBe('no rows');
    expect(now(10, [10, 10]).reason).toBe('insufficient_data');
  });
});

const answer = (sums: Record<string, number>): Counts => ({
  by: {},
  sums: Object.fromEntries(
    Object.entries({ n: 1, ...sums }).map(([name, n]) => [name, Float64Array.of(n)]),
  ),
});

test('duplicates are a share of the rows', () => {
  const asked = { rows: answer({ received: 200, accepted: 200, duplicates: 3 }) };
  const found = measure('duplicates', pair([1], [1]), { profile: { asked, rows: 200 } }, 'rows');
  expect(found.value).toBe(3 / 200);
  expect(say('duplicates', found, 'rows')).toBe('3 rows repeat an id that came before (1.5 %).');
});

test('rejected rows name columns and reasons', () => {
  const rejected: Counts = {
    by: { column: ['ts', 'amount'], reason: ['future', 'unparsed'] },
    sums: { n: Float64Array.of(2, 30) },
  };
  const asked = {
    rows: answer({ received: 1000, accepted: 998, unparsed: 0, future: 2 }),
    rejected,
  };
  const measured = (profile: Partial<Profile>) =>
    measure('rejected_rows', pair([1], [1]), { profile, reference: null }, 'rows');
  const found = measured({ asked, rows: 998 });
  expect(found.value).toBe(0.03);
  expect(say('rejected_rows', found, 'rows')).toContain('30 unparsed in amount, 2 future in ts');
  const by = { ...rejected.by, at: ['', 'rows.csv, line 6'] };
  const placed = measured({ asked: { ...asked, rejected: { ...rejected, by } }, rows: 998 });
  expect(say('rejected_rows', placed, 'rows')).toContain(
    '30 unparsed in amount (first: rows.csv, line 6), 2 future in ts',
  );
});

test('a value that came and could not be read is rejected, not missing', () => {
  const values = [...normals(297, 1), null, null, null];
  const rejected = {
    by: { column: ['x'], reason: ['unparsed'] },
    sums: { n: Float64Array.of(2) },
  };
  const found = measure('missing', pair(normals(300, 2), values), {
    profile: { asked: { rejected } },
  });
  expect(found.details['current']).toBeCloseTo(1 / 300, 12);
  const other = { ...rejected, by: { column: ['y'], reason: ['unparsed'] } };
  const plain = measure('missing', pair(normals(300, 2), values), {
    profile: { asked: { rejected: other } },
  });
  expect(plain.details['current']).toBeCloseTo(3 / 300, 12);
});

test('freshness and age count from the instant judged for', () => {
  const at = END + 2 * 3_600_000;
  const fresh = measure('freshness', pair([1], [1]), { at, profile: { newest: END - 600_000 } });
  expect(fresh.value).toBe(7_800_000);
  expect(say('freshness', fresh)).toBe('The newest row is 2 h 10 min old (2026-11-21 23:50 UTC).');
  expect(checkNamed('freshness').say(fresh, 'newest row', 'Europe/Paris')).toBe(
    'The newest row is 2 h 10 min old (2026-11-22 00:50 Europe/Paris).',
  );
  const facts = { version: null, trainedUntil: END - 100 * DAY, matureAfter: 0 };
  expect(measure('model_age', pair([1], [1]), { at: END, facts }).value).toBe(100 * DAY);
  expect(measure('model_age', pair([1], [1])).reason).toBe('not_applicable');
});

describe('metrics', () => {
  const next = chance(11);
  const rows = Array.from({ length: 800 }, () => {
    const score = next();
    const positive = next() < score;
    return { score, predicted: score >= 0.5 ? '1' : '0', label: positive ? '1' : '0' };
  });
  const outcomes = outcomesOf(rows);
  const metric = (check: string, more: More = {}) =>
    measure(check, pair([1], [1]), { profile: { outcomes, rows: 800 }, ...more }, check);

  test('the AUC of binned scores is the one of pairs, within its bound', () => {
    const [ones, zeros] = ['1', '0'].map((label) => rows.filter((row) => row.label === label));
    let wins = 0;
    for (const one of ones ?? [])
      for (const zero of zeros ?? []) wins += one.score > zero.score ? 1 : 0;
    const wanted = wins / ((ones?.length ?? 0) * (zeros?.length ?? 0));
    const found = metric('roc_auc');
    const bound = Number(found.details['bound']);
    expect(bound).toBeLessThan(1e-3);
    expect(Math.abs((found.value ?? 0) - wanted)).toBeLessThanOrEqual(bound);
  });
  test('accuracy counts the hits', () => {
    const hits = rows.filter((row) => row.predicted === row.label).length;
    expect(metric('accuracy').value).toBe(hits / 800);
    expect(metric('accuracy')).toMatchObject(wilson({ hits, n: 800 }));
  });
  test('immature labels judge nothing, however many there are', () => {
    const facts = { version: null, trainedUntil: null, matureAfter: 30 * DAY };
    expect(metric('roc_auc', { facts, knownAt: END + 29 * DAY }).reason).toBe('immature');
    expect(metric('roc_auc', { facts, knownAt: END + 30 * DAY }).reason).toBeNull();
  });
  test('labels of one class are at fault where the reference makes them unlikely', () => {
    const labels = (ones: number, zeros: number) =>
      outcomesOf(
        [...Array(ones + zeros).keys()].map((row) => {
          return { score: row / 1000, predicted: '0', label: row < ones ? '1' : '0' };
        }),
      );
    const look = (now: number, before: [number, number]) => {
      const { current, ...rest } = evidenceOf({ x: [1] }, { x: [1] });
      const [own, other] = [labels(0, now), labels(...before)];
      const evidence = {
        ...rest,
        current: { ...current, outcomes: own, rows: now },
        reference: { ...current, outcomes: other, rows: 1000 },
      };
      const accuracy = checkNamed('accuracy');
      return accuracy.measure(evidence, 'accuracy', accuracy.defaults).reason;
    };
    // 2 % positives, 20 of a thousand: that all of them are there and none is among n more has a
    // chance of about (1000 / (1000 + n)) ^ 20: 0.15 of 100, 8e-6 of 800, 1e-7 of 1200
    expect(look(100, [20, 980])).toBeNull();
    expect(look(800, [20, 980])).toBeNull();
    expect(look(1200, [20, 980])).toBe('label_fault');
    // 500 / 1000 * 501 / 1001 * …, n of them: 1.2e-6 of 20
    expect(look(20, [500, 500])).toBeNull();
    expect(look(21, [500, 500])).toBe('label_fault');
    // a reference of one class, or none, knows no better
    expect(look(800, [0, 1000])).toBeNull();
    expect(look(800, [0, 0])).toBeNull();
  });
  test('rows without labels are left out, and none at all is insufficient', () => {
    const open = outcomesOf([...rows.slice(0, 200), ...rows.map((row) => ({ ...row, label: '' }))]);
    const found = metric('accuracy', { profile: { outcomes: open, rows: 1000 } });
    expect(found.nCurrent).toBe(200);
    expect(found.details['coverage']).toBe(0.2);
    const none = outcomesOf(rows.map((row) => ({ ...row, label: '' })));
    expect(metric('accuracy', { profile: { outcomes: none } }).reason).toBe('insufficient_data');
  });
  test('a drop is read against the reference, with its chance', () => {
    const evidence = evidenceOf(
      { x: [1] },
      { x: [1] },
      {
        profile: {
          outcomes: outcomesOf(
            rows.map((row) => ({ ...row, label: '1' === row.predicted ? '0' : '1' })),
          ),
        },
      },
    );
    const reference = evidence.reference === null ? null : { ...evidence.reference, outcomes };
    const found = checkNamed('accuracy').measure(
      { ...evidence, reference },
      'accuracy',
      checkNamed('accuracy').defaults,
    );
    expect(found.value).toBe(0);
    expect(found.details['reference']).toBe(metric('accuracy').value);
    expect(found.pValue).toBeLessThan(1e-10);
  });
  test('rmse and mae come from sums', () => {
    // errors 1, -1, 3 on labels 0, 2, 4
    const sums = {
      n: [1, 1, 1],
      errors: [1, 1, 3],
      squaredErrors: [1, 1, 9],
      labels: [0, 2, 4],
      squaredLabels: [0, 4, 16],
    };
    const regression: Counts = {
      by: { label: ['known', 'known', 'known'], score: Int32Array.of(1, 2, 3) },
      sums: Object.fromEntries(
        Object.entries(sums).map(([name, list]) => [name, Float64Array.from(list)]),
      ),
    };
    const found = (check: string) => metric(check, { profile: { outcomes: regression } });
    expect(found('rmse').value).toBeCloseTo(Math.sqrt(11 / 3), 14);
    expect(found('mae').value).toBeCloseTo(5 / 3, 14);
    // labels 0, 2, 4 lie sqrt(8/3) around their mean
    expect(found('rmse').details['trivial']).toBeCloseTo(Math.sqrt(8 / 3), 14);
  });
});

describe('prediction drift', () => {
  const scored = (scores: number[]) => outcomesOf(scores.map((score) => ({ score, label: '' })));
  const next = chance(13);
  const scores = Array.from({ length: 4000 }, () => next());
  const drift = (now: number[]) => {
    const evidence = evidenceOf(
      { x: [1] },
      { x: [1] },
      { profile: { outcomes: scored(now), rows: now.length } },
    );
    const reference =
      evidence.reference === null ? null : { ...evidence.reference, outcomes: scored(scores) };
    const check = checkNamed('prediction_drift');
    return check.measure({ ...evidence, reference }, 'prediction', check.defaults);
  };
  test('sees higher scores and not the same ones', () => {
    expect(drift(scores.slice(0, 1000)).value).toBeLessThan(0.01);
    const higher = drift(scores.slice(0, 1000).map((score) => Math.sqrt(score)));
    expect(higher.value).toBeGreaterThan(0.25);
    expect(say('prediction_drift', higher, 'prediction')).toMatch(/^The prediction moved/);
  });
  test('needs a reference with predictions', () => {
    const alone = measure(
      'prediction_drift',
      pair([1], [1]),
      { profile: { outcomes: scored([0.5]) } },
      'prediction',
    );
    expect(alone.reason).toBe('no_reference');
  });
});
