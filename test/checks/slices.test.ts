import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { judgeAgain } from '../../checks/again.js';
import { checkNamed } from '../../checks/index.js';
import { coarseColumns } from '../../domain/judging/coarsen.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Slice } from '../../domain/slice.js';
import type { Evidence } from '../../domain/score.js';
import { END, evidenceOf, monitorOf, normals, windowEnding } from './evidence.js';
import type { Table } from './evidence.js';

function spec(check: string, more: Partial<CheckSpec> = {}): CheckSpec {
  const { warn, alert, minRows, rule } = checkNamed(check).defaults;
  const limits = { warn, alert, minRows, rule };
  const rest = { name: null, against: null, running: null, every: null, params: {} };
  return { check, targets: null, ...limits, ...rest, ...more };
}

const frame = { run: 'churn@x/1', window: windowEnding(END), revision: 1, inputs: 'hash' };

type Rows = Record<string, Table>;

/** Evidence of all rows and of each source, as the engine parts them: on one grid. */
function parted(reference: Rows, current: Rows): { evidence: Evidence; slices: Evidence[] } {
  const join = (rows: Rows): Table => {
    const tables = Object.values(rows);
    const names = Object.keys(tables[0] ?? {});
    return Object.fromEntries(
      names.map((name) => [name, tables.flatMap((table) => [...(table[name] ?? [])])]),
    );
  };
  const evidence = evidenceOf(join(reference), join(current));
  const profileOf = (table: Table, slice: Slice) => {
    const { axes } = evidence.grid;
    const own = evidenceOf(join(reference), table, { axes });
    return { ...own.current, slice };
  };
  const slices = Object.keys(current).map((source): Evidence => {
    const slice = { row_source: source };
    const before = reference[source];
    return {
      ...evidence,
      current: profileOf(current[source] ?? {}, slice),
      reference: before === undefined ? null : profileOf(before, slice),
    };
  });
  return { evidence, slices };
}

const evaluate = (
  { evidence, slices }: { evidence: Evidence; slices: Evidence[] },
  monitor: Partial<Monitor>,
) => evaluateChecks({ monitor: monitorOf(monitor), evidence, slices, ...frame });

const two = (a: number, b: number, seed: number, shift = 0): Rows => ({
  bureau: { x: normals(a, seed, { mean: 3 + shift }) },
  crm: { x: normals(b, seed + 1) },
});

describe('slices', () => {
  test('a change of one source is found there, with the slice in its key', () => {
    const found = evaluate(parted(two(4000, 4000, 1), two(400, 1600, 3, 1)), {
      checks: [spec('psi')],
    });
    const bad = found.filter(({ check, verdict }) => check === 'psi' && verdict === 'warn');
    expect(bad.map(({ slice }) => slice)).toContainEqual({ row_source: 'bureau' });
    expect(bad.map(({ slice }) => slice)).not.toContainEqual({ row_source: 'crm' });
  });
  test('what is quiet stays quiet, and what is only shown is not asked of slices', () => {
    const found = evaluate(parted(two(4000, 4000, 1), two(500, 500, 3)), {
      checks: [spec('psi'), spec('missing'), spec('schema'), spec('composition')],
      columns: { ...monitorOf().columns, id: [] },
    });
    expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
    const ofSlices = found.filter(({ slice }) => Object.keys(slice).length > 0);
    expect(new Set(ofSlices.map(({ check }) => check))).toEqual(
      new Set(['psi', 'missing', 'schema']),
    );
  });
  test('all features and slices are one false-discovery family', () => {
    // p = 0.03 or so of one slice passes alone and not among many
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, k) => [`s${k}`, { x: normals(300, 60 + k) }]),
    );
    const given = parted(many, { ...many, s3: { x: normals(300, 90, { mean: 0.36 }) } });
    const alone = evaluate(
      { evidence: given.evidence, slices: given.slices.slice(3, 4) },
      { checks: [spec('psi')] },
    );
    const among = evaluate(given, { checks: [spec('psi')] });
    const of = (found: typeof alone) => found.find(({ slice }) => slice['row_source'] === 's3');
    expect(of(alone)?.pValue).toBe(of(among)?.pValue);
    expect(of(alone)?.verdict).toBe('warn');
    expect(of(among)).toMatchObject({ verdict: 'ok', rule: 'psi >= 0.05, but within chance' });
  });
  test('a segment may ask for more rows than the check does', () => {
    const given = parted(two(4000, 4000, 1), two(150, 150, 3, 2));
    const segments = [{ name: 'row_source', by: 'row_source', top: 8, minRows: 500 }];
    const found = evaluate(given, { checks: [spec('psi')], segments });
    const sliced = found.filter(({ slice }) => 'row_source' in slice);
    expect(sliced.map(({ reason }) => reason)).toEqual(['insufficient_data', 'insufficient_data']);
  });
  test('a broken rule of all rows is not told again for each slice', () => {
    const current: Rows = { bureau: { y: [1] }, crm: { y: [1] } };
    const given = parted(two(4000, 4000, 1), current);
    const found = evaluate(given, { checks: [spec('schema')] });
    const missing = found.filter(({ hard }) => hard === 'column missing');
    expect(missing.map(({ target, slice }) => [target, slice])).toEqual([
      ['x', {}],
      ['id', {}],
    ]);
  });
});

describe('composition', () => {
  test('a column that moved only because the mix did is explained, and the mix is the news', () => {
    const found = evaluate(parted(two(4000, 4000, 1), two(1600, 400, 3)), {
      checks: [spec('psi'), spec('composition')],
    });
    const [mix] = found.filter(({ check }) => check === 'composition');
    expect(mix).toMatchObject({
      target: 'row_source',
      verdict: 'warn',
      category: 'data-quality',
    });
    expect(mix?.sentence).toMatch(
      /^The mix of row_source moved .*: crm 50 % → 20 %, bureau 50 % → 80 %; against the reference\.$/,
    );
    const whole = found.find(({ check, slice }) => check === 'psi' && !('row_source' in slice));
    expect(whole).toMatchObject({
      verdict: 'ok',
      rule: 'psi >= 0.25, held at warn: importance unknown, explained by the mix of row_source',
    });
    expect(whole?.sentence).toMatch(
      /; the mix of row_source changed: weighed to it the change is 0(\.00\d+)?\.$/,
    );
    const bad = found.filter(({ verdict }) => verdict === 'warn');
    expect(bad.map(({ check }) => check)).toEqual(['composition']);
  });
  test('a column that moved inside its sources, too, has drifted', () => {
    const found = evaluate(parted(two(4000, 4000, 1), two(1600, 400, 3, 1)), {
      checks: [spec('psi'), spec('composition')],
    });
    const whole = found.find(({ check, slice }) => check === 'psi' && !('row_source' in slice));
    expect(whole?.verdict).toBe('warn');
    expect(
      Number((whole?.details['within'] as Record<string, number>)['row_source']),
    ).toBeGreaterThan(0.25);
  });
  test('a source that stops is named', () => {
    const found = evaluate(parted(two(4000, 4000, 1), { crm: { x: normals(1000, 9) } }), {
      checks: [spec('composition')],
    });
    expect(found[0]).toMatchObject({ verdict: 'warn' });
    expect(found[0]?.sentence).toContain('crm 50 % → 100 %');
  });
  test('versions are a mix as well; one that stays alone is as before', () => {
    const answered = (versions: Record<string, number>) => ({
      by: { version: Object.keys(versions) },
      sums: { n: Float64Array.from(Object.values(versions)) },
    });
    const base = evidenceOf({ x: [1] }, { x: [1] });
    const of = (before: Record<string, number>, now: Record<string, number>) => {
      const { current, reference } = base;
      const evidence = {
        ...base,
        current: { ...current, rows: 1000, outcomes: answered(now) },
        reference: reference && { ...reference, rows: 1000, outcomes: answered(before) },
      };
      return evaluate({ evidence, slices: [] }, { checks: [spec('composition')] })[0];
    };
    expect(of({ v1: 900, v2: 100 }, { v1: 500, v2: 500 })?.verdict).toBe('warn');
    expect(of({ v1: 1000 }, { v1: 1000 })).toMatchObject({
      verdict: 'ok',
      sentence: 'All rows are of one version as before: v1.',
    });
    // one that comes beside the only one is named, and so are several
    const one = of({ v1: 1000 }, { v1: 600, v2: 400 });
    expect(one?.verdict).toBe('warn');
    expect(one?.sentence).toMatch(/v2 0 % → 40 %.*v1 100 % → 60 %/);
    expect(of({ v1: 1000 }, { v1: 995, v2: 5 })?.verdict).toBe('ok');
    const many = of({ v1: 500, v2: 500 }, { v1: 500, v3: 200, v4: 120, v5: 100, v6: 80 });
    expect(many?.sentence).toContain('v3, v4, v5 and 1 more 0 % → 50 %');
  });
  test('where nobody says where rows come from nothing is asked', () => {
    const evidence = evidenceOf({ x: [1] }, { x: [1] });
    const found = evaluate({ evidence, slices: [] }, { checks: [spec('composition')] });
    expect(found.filter(({ check }) => check === 'composition')).toEqual([]);
  });
});

describe('several references', () => {
  test('one check twice, against two references, under two names', () => {
    const evidence = evidenceOf({ x: normals(4000, 1) }, { x: normals(1000, 2, { mean: 1 }) });
    const yesterday = evidenceOf({ x: normals(4000, 1) }, { x: normals(1000, 3, { mean: 1 }) });
    const given = { ...evidence, references: { previous: yesterday.current } };
    const checks = [
      spec('psi'),
      spec('psi', { name: 'psi_previous', against: 'previous' }),
      spec('psi', { name: 'psi_other', against: 'other' }),
    ];
    const found = evaluate({ evidence: given, slices: [] }, { checks });
    const verdicts = found
      .filter(({ check }) => check !== 'ks')
      .map(({ check, verdict, reason }) => [check, verdict, reason]);
    expect(verdicts).toEqual([
      ['psi', 'warn', null],
      ['psi_previous', 'ok', null],
      ['psi_other', 'unknown', 'no_reference'],
    ]);
    const again = judgeAgain(monitorOf({ checks }), found);
    expect(again.map(({ check, verdict }) => [check, verdict])).toEqual(
      found.map(({ check, verdict }) => [check, verdict]),
    );
  });
});

describe('many features at once', () => {
  const names = Array.from({ length: 10 }, (_, k) => `f${k}`);
  const reference = Object.fromEntries(names.map((name, k) => [name, normals(4000, 10 + k)]));
  const override = (source: string | null) => ({ type: null, importance: null, source });
  const overrides = Object.fromEntries(
    names.map((name, k) => [name, override(k < 6 ? 'bureau' : null)]),
  );
  const features = { include: '*' as const, exclude: [], overrides };
  const columns = { ...monitorOf().columns, features };
  const moved = (count: number, from = 0) => {
    const current = Object.fromEntries(
      names.map((name, k) => {
        const mean = k >= from && k < from + count ? 1 : 0;
        return [name, normals(1000, 30 + k, { mean })];
      }),
    );
    const evidence = evidenceOf(reference, current);
    return evaluate({ evidence, slices: [] }, { columns, checks: [spec('psi')] }).filter(
      ({ check, verdict }) => check === 'psi' && verdict === 'warn',
    );
  };
  test('three are drifts of their own', () => {
    expect(moved(3)).toHaveLength(3);
    for (const { sentence } of moved(3)) expect(sentence).not.toContain('upstream');
  });
  test('five of one source are a change upstream, which every one of them names', () => {
    const found = moved(5);
    expect(found).toHaveLength(5);
    for (const { sentence, details } of found) {
      expect(sentence).toMatch(
        /; an upstream change: 5 of 6 features of source bureau moved, 5 of 10 features in all\.$/,
      );
      expect(details['upstream']).toEqual({ source: 'bureau', moved: 5, of: 6 });
    }
  });
  test('features without a source only say that many moved', () => {
    const loose = moved(5, 5).filter(({ source }) => source === null);
    expect(loose).toHaveLength(4);
    for (const { sentence } of loose) {
      expect(sentence).toMatch(/; 5 of 10 features moved at once\.$/);
    }
  });
  test('the order of the features changes nothing', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 10 }), (order) => {
        const current = Object.fromEntries(
          order.map((name) => {
            const k = names.indexOf(name);
            return [name, normals(300, 30 + k, { mean: k < 4 ? 0.4 : 0 })];
          }),
        );
        const sorted = Object.fromEntries(order.map((name) => [name, reference[name] ?? []]));
        const verdicts = (given: Table) =>
          evaluate(
            { evidence: evidenceOf(given, current), slices: [] },
            { columns, checks: [spec('psi')] },
          )
            .map(({ check, target, verdict, rule }) => `${check} ${target} ${verdict} ${rule}`)
            .sort();
        expect(verdicts(sorted)).toEqual(verdicts(reference));
      }),
      { numRuns: 5 },
    );
  });
});

describe('a part of the rows as a reference', () => {
  const other = { kind: 'segment', segment: 'feed', value: 'a' } as const;
  const looked = (now: readonly number[], part: readonly number[], monitor: Partial<Monitor>) => {
    const whole = evidenceOf({ x: normals(20_000, 1) }, { x: now });
    const { axes } = whole.grid;
    const own = evidenceOf({ x: normals(20_000, 1) }, { x: part }, { axes }).current;
    const coarse = { ...own, columns: coarseColumns(whole.grid, own.columns) };
    const evidence = { ...whole, reference: coarse, references: { feed: coarse } };
    return evaluate({ evidence, slices: [] }, monitor).find(({ check }) => check === 'ks');
  };
  const monitors = (against: string | null): Partial<Monitor> => ({
    checks: [spec('ks', { against })],
    reference: {
      ...{ drift: against === null ? other : null, others: { feed: other } },
      performance: null,
    },
  });
  test.each([
    ['by name', 'feed'],
    ['of drift', null],
  ])('%s is compared on its own coarse bins', (_, against) => {
    const [now, part] = [normals(8000, 2), normals(4000, 3)];
    const found = looked(now, part, monitors(against));
    // without any change the statistic at the edges of the bins is that of chance alone
    expect(found?.value).toBeLessThan(1.63 * Math.sqrt(1 / 8000 + 1 / 4000));
    expect(found?.verdict).toBe('ok');
    const moved = looked(normals(8000, 2, { mean: 1 }), part, monitors(against));
    expect(moved?.verdict).not.toBe('ok');
  });
});
