import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import { becauseWords, foldByCause } from '../../domain/folding.js';
import { day, start } from '../support/alerts.js';

const finding = (check: string, target: string, change: Partial<Finding> = {}): Finding => ({
  ...{ check, target, slice: {}, value: 1, low: null, high: null, interval: null, pValue: null },
  ...{ nCurrent: 500, nReference: 1_000, reason: null, hard: null, details: {} },
  ...{ run: 'r', window: { start: start - day, end: start, weekday: 6 }, revision: 1 },
  ...{ category: 'drift', verdict: 'warn', rule: '', patience: 2, running: null, source: null },
  limits: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  ...{ sentence: `${check} of ${target}.`, inputs: 'i' },
  ...change,
});
const broken = (check: string, target: string, hard: string, change: Partial<Finding> = {}) =>
  finding(check, target, { hard, verdict: 'alert', category: 'data-quality', ...change });

const said = (findings: readonly Finding[]) =>
  foldByCause(findings, (one) => one).map(({ cause, because }) => [
    `${cause.check} ${cause.target}`,
    ...because.map(({ check }) => check),
  ]);

test('what a change of unit moves stands behind the change of unit, which comes first', () => {
  const findings = [
    finding('psi', 'humidity'),
    finding('psi', 'temperature'),
    finding('ks', 'temperature'),
    finding('out_of_range', 'temperature'),
    finding('missing', 'temperature', { verdict: 'ok' }),
    broken('scale_change', 'temperature', 'scale'),
  ];
  expect(said(findings)).toEqual([
    ['scale_change temperature', 'psi', 'ks', 'out_of_range'],
    ['psi humidity'],
    ['missing temperature'],
  ]);
  const [first] = foldByCause(findings, (one) => one);
  expect(becauseWords(first?.because ?? [], first?.cause ?? null)).toBe(
    '3 more checks of temperature because of it: psi, ks, out_of_range',
  );
});

test('the rule of all rows leads, and the same rule in a part of them stands behind it', () => {
  const part = { slice: { row_source: 'eu' } };
  const findings = [
    broken('scale_change', 'x', 'scale', part),
    finding('psi', 'x', part),
    broken('scale_change', 'x', 'scale'),
    broken('schema', 'x', 'type changed'),
  ];
  const folded = foldByCause(findings, (one) => one);
  expect(folded.map(({ cause }) => [cause.check, cause.slice])).toEqual([
    ['scale_change', {}],
    ['schema', {}],
  ]);
  expect(folded[0]?.because.map(({ check }) => check)).toEqual(['scale_change', 'psi']);
});

test('a change in one part of the rows explains what it does to all of them', () => {
  const part = { slice: { row_source: 'eu' } };
  expect(said([finding('psi', 'x'), broken('scale_change', 'x', 'scale', part)])).toEqual([
    ['scale_change x', 'psi'],
  ]);
});

test('what parts of the rows say stands behind the source of rows that is broken', () => {
  const of = (name: string, value: string) => ({ slice: { [name]: value } });
  const findings = [
    finding('missing', 'debt', { value: 0.5 }),
    broken('missing', 'debt', 'unavailable at prediction', { ...of('country', 'DE'), value: 0.5 }),
    finding('psi', 'debt', of('country', 'FR')),
    broken('missing', 'debt', 'all null', { ...of('row_source', 'eu'), value: 1 }),
    finding('psi', 'debt', of('row_source', 'eu')),
    broken('schema', 'debt', 'type changed', of('country', 'DE')),
  ];
  const folded = (which: 'all' | 'parts') =>
    foldByCause(findings, (one) => one, which).map(({ cause, because }) =>
      [cause, ...because].map(({ check, slice }) => [check, ...Object.values(slice)].join(' ')),
    );
  expect(folded('all')).toEqual([
    ['missing eu', 'missing', 'missing DE', 'psi FR', 'psi eu'],
    ['schema DE'],
  ]);
  // what all rows and the source itself say is told too
  expect(folded('parts')).toEqual([
    ['missing eu', 'missing DE', 'psi FR'],
    ['schema DE'],
    ['missing'],
    ['psi eu'],
  ]);
});

test('no rows or duplicates explain nothing of a column', () => {
  const rows = broken('volume', 'rows', 'no rows');
  expect(said([finding('duplicates', 'rows'), rows])).toEqual([
    ['duplicates rows'],
    ['volume rows'],
  ]);
});

test('nothing is lost and nothing told twice, whatever comes', () => {
  const any = fc.record({
    check: fc.constantFrom('psi', 'ks', 'schema', 'volume', 'scale_change'),
    target: fc.constantFrom('a', 'b', 'rows'),
    hard: fc.constantFrom(null, null, 'scale', 'type changed'),
    verdict: fc.constantFrom<Finding['verdict']>('ok', 'warn', 'alert', 'unknown'),
    slice: fc.constantFrom({}, { country: 'IT' }),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), (given) => {
      const findings = given.map(({ check, target, ...rest }) => finding(check, target, rest));
      const all = foldByCause(findings, (one) => one).flatMap((one) => [one.cause, ...one.because]);
      expect(all).toHaveLength(findings.length);
      expect(new Set(all)).toEqual(new Set(findings));
    }),
  );
});

test('what all rows do stands for the parts that do alike, and not for those that do more', () => {
  const part = (country: string, change: Partial<Finding> = {}) =>
    finding('psi', 'x', { slice: { country }, ...change });
  const whole = finding('psi', 'x', { value: 0.1, low: 0.05, high: 0.15 });
  const alike = [part('FR', { value: 0.1 }), part('DE', { value: 0.4, low: 0.2, high: 0.5 })];
  const more = part('IT', { value: 0.4, low: 0.21, high: 0.5 });
  const worse = part('US', { value: 0.1, verdict: 'alert' });
  const calm = part('ES', { value: 0.1, verdict: 'ok' });
  const other = finding('psi', 'y', { slice: { country: 'FR' } });
  const [first, ...rest] = foldByCause([more, ...alike, whole, worse, calm, other], (one) => one);
  expect([first?.cause, ...rest.map(({ cause }) => cause)]).toEqual([
    ...[more, whole, worse, calm, other],
  ]);
  expect(rest[0]?.because).toEqual(alike);
  expect(becauseWords(alike, whole)).toBe('2 parts alike: country = FR, country = DE');
  const many = [...alike, part('AT'), part('BE'), part('CH')];
  expect(becauseWords(many, whole)).toBe(
    '5 parts alike: country = FR, country = DE, country = AT, 2 more',
  );
});

test('a part that moved the other way is told, and one below a calm whole', () => {
  const whole = finding('mean_shift', 'x', { value: -0.5, low: -0.6, high: -0.4 });
  const up = finding('mean_shift', 'x', { slice: { g: 'a' }, value: 0.5, low: 0.4, high: 0.6 });
  const down = finding('mean_shift', 'x', { slice: { g: 'b' }, value: -3, low: -4, high: -1.1 });
  const half = finding('mean_shift', 'x', { slice: { g: 'c' }, value: -3, low: -4, high: -0.9 });
  const folded = foldByCause([whole, up, down, half], (one) => one);
  expect(folded.map(({ cause }) => cause)).toEqual([whole, up, down]);
  expect(folded[0]?.because).toEqual([half]);
  const calm = { ...whole, verdict: 'ok' as const };
  expect(foldByCause([calm, up], (one) => one).map(({ cause }) => cause)).toEqual([calm, up]);
});
