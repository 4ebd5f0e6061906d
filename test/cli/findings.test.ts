import { expect, test } from 'vitest';
import { findingsTable } from '../../cli/findings.js';
import type { Finding } from '../../domain/finding.js';
import { start, hour } from '../support/alerts.js';

const plain = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
const flat = (text: string): string => plain(text).replaceAll(/\s+/g, ' ');

const finding = (target: string, change: Partial<Finding> = {}): Finding => ({
  ...{ check: 'psi', target, slice: {}, value: 0.01, low: null, high: null },
  ...{ interval: null, pValue: null, nCurrent: 500, nReference: 1_000, reason: null, hard: null },
  ...{ details: {}, run: 'r', window: { start: start - hour, end: start, weekday: 6 } },
  ...{ revision: 1, category: 'drift', verdict: 'ok', rule: 'within limits', patience: 2 },
  limits: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  ...{ running: null, sentence: `${target} moved.`, source: null, inputs: 'i' },
  ...change,
});

test('what is bad in a part of the rows names the part', () => {
  const table = flat(
    findingsTable([
      finding('age', { verdict: 'alert', value: 0.57 }),
      finding('age', { verdict: 'alert', value: 1.67, slice: { country: 'IT' } }),
      finding('amount', { verdict: 'alert', value: 4, slice: { row_source: 'eu' } }),
    ]),
  );
  expect(table).toContain('psi age 0.57 0.05 / 0.25 ■ alert age moved.');
  expect(table).toContain('psi age, country = IT 1.67');
  expect(table).toContain('In country = IT: age moved.');
  expect(table).toContain(
    'psi amount, source eu 4 0.05 / 0.25 ■ alert In source eu: amount moved.',
  );
});

test('what fired names its rule, and each test that let it fire stands below, once', () => {
  const test = 'chi-square of bins; 5 % false discoveries at most';
  const bad = {
    verdict: 'warn',
    rule: 'psi >= 0.05, held at warn: importance 0.01',
    test,
  } as const;
  const broken = { check: 'scale_change', verdict: 'alert', hard: 'scale', rule: 'scale' } as const;
  const table = findingsTable([
    finding('age', bad),
    finding('zone', bad),
    finding('amount', { ...broken, test: 'none, for a broken rule has no limit' }),
    finding('calm', { test, rule: 'explained by the mix of row_source' }),
  ]);
  expect(flat(table)).toContain('age moved. Rule: psi >= 0.05, held at warn: importance 0.01.');
  expect(flat(table)).toContain('amount moved. Rule: broken, scale.');
  expect(flat(table)).not.toContain('Rule: explained');
  expect(plain(table).split('\n').slice(-2)).toEqual([
    ' Test of scale_change: none, for a broken rule has no limit.',
    ' Test of psi: chi-square of bins; 5 % false discoveries at most.',
  ]);
});

test('the table keeps to 80 columns, whatever parts and targets are called', () => {
  const long = finding('a_column_whose_name_is_long', {
    ...{ verdict: 'alert', value: -123456.5, check: 'unseen_categories' },
    ...{ slice: { country: 'The Kingdom of the Two Sicilies' } },
    limits: { warn: { above: 0.01 }, alert: { above: 0.055 }, minRows: 1, rule: 'fixed' },
  });
  const lines = plain(findingsTable([long])).split('\n');
  expect(lines[1]).toMatch(/^ unseen_categories {2}a_column_whose.*… .* ■ alert$/);
  expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThan(81);
});

test('what several columns share is said of none by name', () => {
  const unknown = (target: string, why: string) =>
    finding(target, {
      ...{ check: 'schema', verdict: 'unknown', value: null, reason: 'not_applicable' },
      sentence: `schema of ${target}: ${why}.`,
    });
  const names = ['a', 'b', 'c', 'd', 'e'];
  const alike = flat(findingsTable(names.map((name) => unknown(name, 'the window has no rows'))));
  expect(alike).toContain('schema 5 columns');
  expect(alike).toContain('○ unknown schema: the window has no rows.');
  const different = names.map((name, i) => unknown(name, i < 3 ? 'no rows' : `${i} rows`));
  expect(flat(findingsTable(different))).toContain(
    'schema of a: no rows. There are 2 other reasons; -v tells all.',
  );
});

test('a count of columns counts columns, and what parts were asked stands beside it', () => {
  const columns = ['age', 'amount', 'income'];
  const parts = ['FR', 'DE', 'IT'].map((country) => ({ slice: { country } }));
  const whole = columns.map((name) => finding(name));
  const sliced = columns.flatMap((name) => parts.map((part) => finding(name, part)));
  expect(flat(findingsTable([...whole, ...sliced]))).toContain('psi 3 columns, 9 in parts');
  expect(flat(findingsTable(sliced))).toContain('psi 9 in parts');
  // every one of them, with its part, for who asks for all
  const every = plain(findingsTable([...whole, ...sliced], 'every'));
  expect(every.split('\n')).toHaveLength(1 + 12);
  expect(every).toContain('income, country = DE');
});

test('what a known event explains is shown with its number and sentence, not counted as calm', () => {
  const calm = ['a', 'b', 'c', 'd', 'e'].map((name) => finding(name));
  const sentence = 'age moved (PSI 0.57). Expected: sale (psi >= 0.25).';
  const covered = finding('age', { value: 0.57, rule: 'expected: sale', sentence });
  const table = flat(findingsTable([...calm, covered]));
  expect(table).toContain('psi 5 columns');
  expect(table).toContain(`psi age 0.57 0.05 / 0.25 ● ok ${sentence}`);
  const parts = ['FR', 'DE', 'IT', 'ES'].map((country) => ({ ...covered, slice: { country } }));
  const folded = flat(findingsTable([...calm, covered, ...parts]));
  expect(folded).toContain('psi 4 in parts 0.05 / 0.25 ● ok Expected: sale.');
});

test('a change of unit comes first, with what it moves counted behind it', () => {
  const off = { verdict: 'warn', value: 2 } as const;
  const findings = [
    finding('age', off),
    finding('temperature', off),
    finding('temperature', { ...off, check: 'ks' }),
    finding('temperature', {
      ...{ check: 'scale_change', verdict: 'alert', hard: 'scale', category: 'data-quality' },
      ...{ rule: 'scale', sentence: 'temperature: scale.' },
    }),
  ];
  const rows = (detail: 'brief' | 'unfolded' | 'every') =>
    plain(findingsTable(findings, detail)).split('\n').slice(1);
  expect(rows('brief').map((row) => row.trim().split(/ +/).slice(0, 2).join(' '))).toEqual([
    'scale_change temperature',
    'temperature: scale.',
    'Rule: broken,',
    'psi age',
    'age moved.',
  ]);
  expect(flat(findingsTable(findings))).toContain(
    'temperature: scale. And 2 more checks of temperature because of it: psi, ks.',
  );
  for (const detail of ['unfolded', 'every'] as const) {
    expect(rows(detail).filter((row) => /[a-z] {2,}temperature/.test(row))).toHaveLength(3);
    expect(rows(detail).join('\n')).not.toContain('because of it');
  }
});

test('of a model that acts it stands below the metrics what acting does to them', () => {
  const metric = (check: string, details: Finding['details']) =>
    finding(check, { check, category: 'performance', value: 0.02, details });
  const seen = (details: Finding['details']) => [
    metric('recall', details),
    metric('precision', details),
  ];
  expect(flat(findingsTable(seen({ unacted: { acted: 119, held: 13, positives: 1 } })))).toContain(
    'Metrics are of labels as they came: those of 119 rows acted on may be what acting made of them.',
  );
  expect(flat(findingsTable(seen({ unacted: { acted: 0, held: 0, positives: 0 } })))).toContain(
    'Metrics are measured on the un-acted slice only.',
  );
  expect(flat(findingsTable(seen({ corrected: { value: 0.455, held: 52 } })))).toContain(
    'by an estimate from 52 held out at random: recall 0.455, precision 0.455.',
  );
  expect(flat(findingsTable(seen({})))).not.toContain('acted');
});

test('series that fail alike are one line for each pair of limits', () => {
  const series = (target: string, alert: number) =>
    finding(target, {
      ...{ check: 'system_metric', category: 'system', value: null, verdict: 'unknown' },
      ...{ reason: 'error', sentence: `system_metric of ${target} failed: it cannot be reached.` },
      limits: { warn: null, alert: { above: alert }, minRows: 0, rule: 'calibrated' },
    });
  const names = ['a', 'b', 'c', 'd'];
  const table = flat(
    findingsTable([series('p95', 0.5), ...names.map((name) => series(name, 0.01))]),
  );
  expect(table).toContain('system_metric p95 – / > 0.5 ○ unknown');
  expect(table).toContain(
    'system_metric 4 series – / > 0.01 ○ unknown system_metric failed: it cannot be reached.',
  );
  expect(table).not.toContain('other reasons');
});
