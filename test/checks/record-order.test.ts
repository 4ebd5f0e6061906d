import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed, defaultChecks } from '../../checks/index.js';
import type { CheckSpec } from '../../domain/monitor.js';
import { END, evidenceOf, monitorOf, texts, windowEnding } from './evidence.js';

const frame = { run: 'churn@x/1', window: windowEnding(END), revision: 1, inputs: 'hash' };
const specOf = (check: string): CheckSpec => {
  const { warn, alert, minRows, rule } = checkNamed(check).defaults;
  const rest = { name: null, against: null, targets: null, running: null, every: null, params: {} };
  return { check, warn, alert, minRows, rule, ...rest };
};

const homes = (rows: number) => texts(rows, { home: 50, flat: 30, boat: 10, tent: 5, dorm: 5 });
const REFERENCE = homes(20_000);

/** A window of a file with the other rows of it. */
function found(window: readonly string[], others: readonly string[], before = REFERENCE) {
  const evidence = evidenceOf({ x: before }, { x: window });
  const { current: around } = evidenceOf({ x: before }, { x: [...window, ...others] });
  const checks = ['composition', 'schema', 'psi'].map(specOf);
  const { columns } = monitorOf();
  const monitor = monitorOf({ checks, columns: { ...columns, id: [] } });
  const findings = evaluateChecks({ monitor, evidence: { ...evidence, around }, ...frame });
  const named = (name: string) => findings.find(({ check }) => check === name);
  return { order: named('composition'), schema: named('schema'), psi: named('psi') };
}

const DORMS = texts(2000, { dorm: 100 });
/** With the dorms of the window the file is as the reference; without them it has none. */
const WITHOUT = texts(38_000, { home: 50, flat: 30, boat: 10, tent: 5 });

describe('the order of the records', () => {
  test('explains a window that holds together what elsewhere lies scattered', () => {
    const { order, schema, psi } = found(DORMS, WITHOUT);
    expect(order).toMatchObject({ target: 'record_order', verdict: 'warn' });
    expect(order?.sentence).toBe(
      'The records stand in another order, the population is the same: of x, dorm is 100 % here, 0 % of the other rows and 5 % of all rows of the files, 5 % in the reference.',
    );
    expect(psi?.verdict).toBe('ok');
    expect(psi?.rule).toBe(
      'psi >= 0.25, held at warn: importance unknown, explained by the order of the records',
    );
    expect(schema).toMatchObject({ verdict: 'ok', hard: null });
    expect(schema?.rule).toBe('constant, explained by the order of the records');
    expect(schema?.sentence).toContain('over all rows of the files the change is 0');
  });
  test('explains none that is wrong: its file is as it was without it, and worse with it', () => {
    const { order, schema, psi } = found(
      DORMS,
      texts(38_000, { home: 50, flat: 30, boat: 10, tent: 5, dorm: 5 }),
    );
    expect(order).toMatchObject({ verdict: 'ok', value: 0 });
    expect(order?.sentence).toBe('No column tells that the records stand in another order.');
    expect(schema).toMatchObject({ verdict: 'alert', hard: 'constant' });
    expect(psi?.verdict).toBe('warn');
  });
  test('explains none where the population of the file changed with it', () => {
    const { order, schema } = found(DORMS, texts(6000, { home: 50, flat: 30, boat: 10, tent: 5 }));
    expect(order?.verdict).toBe('ok');
    expect(schema?.hard).toBe('constant');
  });
  test('explains none that brings its file hardly nearer to the reference', () => {
    // PSI of the whole file 0.008, without the window 0.014: surely more, and not twice as much.
    const { order } = found(
      texts(10_000, { home: 40, flat: 30, boat: 10, tent: 5, dorm: 15 }),
      texts(200_000, { home: 51, flat: 31, boat: 11, tent: 4, dorm: 3 }),
      homes(100_000),
    );
    expect(order).toMatchObject({ verdict: 'ok', value: 0 });
  });
  test('explains none that makes up for what other rows may lack by chance', () => {
    // PSI without the window 0.056, with it 0.003: of so few rows once in 7,000 files.
    const { order } = found(
      texts(100, { home: 32, flat: 18, boat: 10, tent: 5, dorm: 35 }),
      texts(440, { home: 53, flat: 31, boat: 11, tent: 5, dorm: 1 }),
    );
    expect(order).toMatchObject({ verdict: 'ok', value: 0 });
  });
  test('is asked about by default where windows are cut by rows, and nowhere else', () => {
    const rows = { ...monitorOf().windows, rows: 5000 };
    expect(defaultChecks(monitorOf({ windows: rows }))).toContain('composition');
    expect(defaultChecks(monitorOf())).not.toContain('composition');
  });
});

describe('a mix of sources', () => {
  test('that leaves one value alone breaks no column', () => {
    const shop = texts(2000, { card: 100 });
    const web = texts(2000, { card: 10, paypal: 40, invoice: 20, cash: 20, gift: 10 });
    const evidence = evidenceOf({ x: [...shop, ...web] }, { x: shop });
    const { axes } = evidence.grid;
    const part = (values: readonly string[]) => ({
      ...evidenceOf({ x: [...shop, ...web] }, { x: values }, { axes }).current,
      slice: { row_source: 'shop' },
    });
    const slices = [{ ...evidence, current: part(shop), reference: part(shop) }];
    const { columns } = monitorOf();
    const monitor = monitorOf({
      checks: ['composition', 'schema'].map(specOf),
      columns: { ...columns, id: [], rowSource: 'feed' },
    });
    const findings = evaluateChecks({ monitor, evidence, slices, ...frame });
    const schema = findings.find(({ check }) => check === 'schema');
    expect(schema).toMatchObject({ verdict: 'ok', hard: null });
    expect(schema?.rule).toBe('constant, explained by the mix of row_source');
    const alone = evaluateChecks({ monitor, evidence, ...frame });
    expect(alone.find(({ check }) => check === 'schema')?.hard).toBe('constant');
  });
});
