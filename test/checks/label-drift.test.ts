import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { Outcomes } from '../../domain/profile.js';
import { newcombe } from '../../stats/intervals.js';
import { Z99 } from '../../stats/normal.js';
import { DAY, END, evidenceOf, windowEnding } from './evidence.js';

const check = checkNamed('label_drift');

const labels = (rows: Record<string, number>): Outcomes => ({
  by: { label: Object.keys(rows) },
  sums: { n: Float64Array.from(Object.values(rows)) },
});

function evidence(before: Record<string, number>, now: Record<string, number>) {
  const base = evidenceOf({ x: [1] }, { x: [1] }, { profile: { outcomes: labels(now) } });
  const reference = base.reference && { ...base.reference, outcomes: labels(before) };
  return { ...base, reference };
}
const measure = (before: Record<string, number>, now: Record<string, number>) =>
  check.measure(evidence(before, now), 'label_drift', check.defaults);

describe('label drift', () => {
  test('a rate that doubles is 100 % more, with the interval of the difference', () => {
    const found = measure({ '1': 200, '0': 9800 }, { '1': 80, '0': 1920, '': 500 });
    expect(found.value).toBeCloseTo(1, 12);
    const wanted = newcombe({ hits: 80, n: 2000 }, { hits: 200, n: 10_000 }, Z99);
    expect(found.low).toBeCloseTo(wanted.low / 0.02, 12);
    expect(found.nCurrent).toBe(2000);
    expect(check.significant?.(found, 'warn')).toBe(true);
    expect(check.say(found, 'label_drift')).toMatch(
      /^Label 1: 2 % → 4 %, a change by 100 % \[.*\], p < 1e-4, on 2000 labelled rows; against the reference\.$/,
    );
  });
  test('what chance explains is none, however large', () => {
    const found = measure({ '1': 20, '0': 980 }, { '1': 4, '0': 96 });
    expect(found.value).toBeCloseTo(1, 12);
    expect(check.significant?.(found, 'warn')).toBe(false);
  });
  test('of many classes the one that moved most is named', () => {
    const found = measure({ a: 500, b: 300, c: 200 }, { a: 500, b: 100, c: 400 });
    expect(found.details['label']).toBe('b');
    expect(found.value).toBeCloseTo(-2 / 3, 12);
  });
  test('a rate that the usual windows have now and then is no news', () => {
    const now = evidence({ '1': 2800, '0': 25_200 }, { '1': 130, '0': 870 });
    const periods = Array.from({ length: 28 }, (_, k) => {
      const hits = 100 + 30 * (k % 2 === 0 ? 1 : -1);
      const window = windowEnding(END - (k + 1) * DAY);
      return { ...now.current, window, outcomes: labels({ '1': hits, '0': 1000 - hits }) };
    });
    const found = (given: Partial<typeof now>) =>
      check.measure({ ...now, ...given }, 'label_drift', check.defaults);
    expect(check.significant?.(found({}), 'warn')).toBe(true);
    const among = found({ periods, usual: 'reference' });
    expect(among.details['mode']).toBe('W');
    expect(check.significant?.(among, 'warn')).toBe(false);
    // of live windows the labels were not complete in their time
    expect(found({ periods, usual: 'live' }).details['mode']).toBe('N');
  });
  test('immature, missing and numeric labels judge nothing', () => {
    const given = evidence({ '1': 20, '0': 80 }, { '1': 20, '0': 80 });
    const facts = { ...given.facts, matureAfter: DAY };
    const reason = (more: object) =>
      check.measure({ ...given, ...more }, 'label_drift', check.defaults).reason;
    expect(reason({ facts })).toBe('immature');
    expect(reason({ reference: null })).toBe('no_reference');
    expect(measure({ '1': 1 }, { '': 10 }).reason).toBe('insufficient_data');
    expect(measure({ known: 10 }, { known: 10 }).reason).toBe('not_applicable');
  });
});
