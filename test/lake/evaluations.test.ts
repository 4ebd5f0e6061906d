import { readFile, stat, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, afterAll, expect, test } from 'vitest';
import type { Counts, Profile } from '../../domain/profile.js';
import type { Evaluation } from '../../domain/run.js';
import { withDuck } from '../../lake/duck.js';
import type { Duck } from '../../lake/duck.js';
import { hashOfEvaluation, hashOfKey } from '../../lake/header.js';
import { commitFor, DAY, evaluate, evaluation, finding, profile } from '../support/lake.js';
import { withLake, withLakeAndDuck } from '../support/lake.js';

// One DuckDB for the file: opening one for each property run would be most of the time.
let db: Duck;
let close: () => void;
let closed: Promise<void>;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    closed = withDuck({ threads: 1, memoryLimitMb: 300, tempDirectory: '' }, (duck) => {
      db = duck;
      resolve();
      return new Promise<void>((end) => (close = end));
    });
  });
});
afterAll(() => {
  close();
  return closed;
});

const name = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constant('__proto__'));
const measure = fc.constantFrom('n', 'sum', 'squares', 'errors', 'scores');
const key = fc.constantFrom('bin', 'value', 'label', 'score');
const counts: fc.Arbitrary<Counts> = fc
  .record({
    size: fc.nat({ max: 6 }),
    by: fc.uniqueArray(key, { maxLength: 3 }),
    sums: fc.uniqueArray(measure, { minLength: 1 }),
    ints: fc.boolean(),
  })
  .chain(({ size, by, sums, ints }) => {
    const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: size, maxLength: size });
    const keys = fc.oneof(
      list(fc.integer({ min: -20, max: 4096 })).map((all) => Int32Array.from(all)),
      list(fc.string({ unit: 'grapheme' })),
    );
    const texts = list(fc.string({ unit: 'grapheme' }));
    const doubles = list(fc.double()).map((all) => Float64Array.from(all));
    return fc.record({
      by: fc.record(Object.fromEntries(by.map((one) => [one, ints ? keys : texts]))),
      sums: fc.record(Object.fromEntries(sums.map((one) => [one, doubles]))),
    });
  })
  .map(({ by, sums }) => ({ by: { ...by }, sums: { ...sums } }));

const dictionary = <T>(one: fc.Arbitrary<T>) =>
  fc.dictionary(name, one, { maxKeys: 4, noNullPrototype: true });
const someProfile: fc.Arbitrary<Profile> = fc
  .record({
    grid: name,
    window: fc.constant({ start: 0, end: DAY, weekday: 4 }),
    slice: dictionary(name),
    rows: fc.nat(),
    newest: fc.option(fc.nat()),
    types: dictionary(name),
    columns: dictionary(counts),
    outcomes: fc.option(counts),
    asked: dictionary(counts),
  })
  .map((one) => ({ ...one }));
const number = fc.option(fc.double());
const someFinding = fc
  .record({
    target: name,
    value: number,
    low: number,
    high: number,
    pValue: number,
    sentence: name,
  })
  .chain((part) =>
    fc
      .record({ slice: dictionary(name), details: dictionary(fc.jsonValue()) })
      .map((more) => finding({ ...part, slice: more.slice, details: more.details })),
  );
const someEvaluation: fc.Arbitrary<Evaluation> = fc
  .record({
    profile: fc.option(someProfile),
    findings: fc.array(someFinding, { maxLength: 5 }),
    error: fc.option(name),
  })
  .map((part) => evaluation(DAY, part));

test('any evaluation comes back exactly as it was written', () =>
  withLake((lake) =>
    fc.assert(
      fc.asyncProperty(someEvaluation, async (made) => {
        const file = await lake.writeEvaluation(db, made, 'a1');
        expect(await lake.readEvaluation(file)).toStrictEqual(made);
        expect(hashOfEvaluation(made)).toBe(hashOfKey(file));
      }),
      { numRuns: 60 },
    ),
  ));

test('a profile of 50 columns with 4,096 bins comes back exactly', () =>
  withLake(async (lake) => {
    const size = 4096;
    const column = (index: number): Counts => ({
      by: { bin: Int32Array.from({ length: size }, (_, i) => i) },
      sums: {
        n: Float64Array.from({ length: size }, (_, i) => i * index),
        sum: Float64Array.from({ length: size }, (_, i) => Math.sin(i * index)),
        squares: Float64Array.from({ length: size }, (_, i) => i / (index + 1)),
      },
    });
    const names = Array.from({ length: 50 }, (_, i) => `c${i}`);
    const columns = Object.fromEntries(names.map((one, i) => [one, column(i)]));
    const made = evaluation(DAY);
    const whole = { ...made, profile: profile(made.window, { columns }) };
    const file = await lake.writeEvaluation(db, whole, 'a1');
    // The matcher takes seconds for 800,000 numbers.
    expect(isDeepStrictEqual(await lake.readEvaluation(file), whole)).toBe(true);
  }));

test('many evaluations are read at once, in the order asked for, lightly without columns', () =>
  withLake(async (lake) => {
    const made = [3, 1, 2].map((day) => evaluation(day * DAY));
    const files: string[] = [];
    for (const one of made) files.push(await lake.writeEvaluation(db, one, 'a1'));
    expect(await lake.readEvaluations(files)).toStrictEqual(made);
    const light = await lake.readEvaluations(files, 'light');
    for (const [i, one] of light.entries()) {
      const { profile: whole, ...rest } = made[i] ?? evaluation(0);
      expect(one).toStrictEqual({ ...rest, profile: { ...whole, columns: {} } });
    }
    const commits = made.map((one, i) => commitFor(one, files[i] ?? ''));
    const none = commitFor(evaluation(9 * DAY), '');
    const profiles = await lake.coarseProfiles([...commits, none]);
    expect(profiles).toStrictEqual([...light.map((one) => one.profile), null]);
    expect(await lake.readEvaluations([])).toEqual([]);
  }));

test('findings of some checks are read of many evaluations at once', () =>
  withLake(async (lake) => {
    const made = [1, 2].map((day) => evaluation(day * DAY));
    const files: string[] = [];
    for (const one of made) files.push(await lake.writeEvaluation(db, one, 'a1'));
    const [first = '', second = ''] = files;
    const found = await lake.findingsBy([second, first], ['missing', 'ks']);
    expect(found.get(first)).toStrictEqual([made[0]?.findings[1]]);
    expect(found.get(second)).toStrictEqual([made[1]?.findings[1]]);
    expect((await lake.findingsBy(files, ['ks'])).get(first)).toEqual([]);
    expect(await lake.findingsBy([], ['missing'])).toEqual(new Map());
  }));

test('coarse counts and slices come back exactly, and lightly without the fine counts', () =>
  withLake(async (lake) => {
    const { window } = evaluation(DAY);
    const sliced = (country: string, n: number): Profile => ({
      ...profile(window),
      slice: { country },
      rows: n,
      columns: {
        income: {
          by: { bin: Int32Array.of(-2, 0) },
          sums: { n: Float64Array.of(n, 3), sum: Float64Array.of(0, 0.5) },
        },
        plan: { by: { value: ['a', `b${n}`] }, sums: { n: Float64Array.of(n, 1) } },
      },
      outcomes: { by: { label: ['1', ''] }, sums: { n: Float64Array.of(n, 2) } },
      asked: {},
    });
    const slices = [sliced('FR', 7), { ...sliced('US', 9), outcomes: null }];
    const coarse = { income: sliced('', 20).columns['income'] ?? { by: {}, sums: {} } };
    const made = evaluation(DAY, { coarse, slices });
    const file = await lake.writeEvaluation(db, made, 'a1');
    expect(await lake.readEvaluation(file)).toStrictEqual(made);
    expect(hashOfEvaluation(made)).toBe(hashOfKey(file));
    const [whole, ...parts] = (await lake.coarseParts([commitFor(made, file)]))[0] ?? [];
    expect(whole?.columns).toStrictEqual(coarse);
    expect(whole?.outcomes).toStrictEqual(made.profile?.outcomes);
    expect(parts).toStrictEqual(slices);
  }));

test('a label-only revision keeps the older profile of its columns', () =>
  withLake(async (lake) => {
    const made = evaluation(DAY);
    const older = await lake.writeEvaluation(db, made, 'a1');
    const restated = { ...profile(made.window), columns: {}, outcomes: null };
    const next = evaluation(DAY, { revision: 2, profile: restated });
    const newer = await lake.writeEvaluation(db, next, 'a1');
    const commit = commitFor(next, newer, { profileFile: older });
    expect(await lake.coarseProfile(commit)).toStrictEqual(restated);
    const whole = { ...restated, columns: profile(made.window).columns };
    expect(await lake.profileOf(commit)).toStrictEqual(whole);
    expect(await lake.profileOf(commitFor(made, older))).toStrictEqual(made.profile);
  }));

test('the same attempt again gives the same file; other content or another attempt its own', () =>
  withLake(async (lake) => {
    const made = evaluation(DAY);
    const file = await lake.writeEvaluation(db, made, 'a1');
    expect(file).toMatch(/^evaluations\/churn\/19700102T000000Z\/1-a1-[0-9a-f]{16}\.parquet$/);
    const { mtimeMs } = await stat(lake.store.location(file));
    expect(await lake.writeEvaluation(db, made, 'a1')).toBe(file);
    expect((await stat(lake.store.location(file))).mtimeMs).toBe(mtimeMs);
    expect(await lake.writeEvaluation(db, made, 'a2')).not.toBe(file);
    expect(await lake.writeEvaluation(db, { ...made, error: 'x' }, 'a1')).not.toBe(file);
    expect(await lake.store.leftovers()).toEqual([]);
  }));

test('a file that is gone or damaged is an error that names it', () =>
  withLake(async (lake) => {
    const file = await lake.writeEvaluation(db, evaluation(DAY), 'a1');
    const path = lake.store.location(file);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    await expect(lake.readEvaluation(file)).rejects.toThrow(file);
    await lake.store.remove(file);
    await expect(lake.readEvaluation(file)).rejects.toThrow(`${file} is missing`);
  }));

test('findings are rows for SQL: the highest revision of every window of the span', () =>
  withLakeAndDuck(async (lake, own) => {
    const revised = evaluation(2 * DAY, { revision: 2, findings: [finding({ value: NaN })] });
    for (const one of [evaluation(DAY), evaluation(2 * DAY), revised, evaluation(3 * DAY)]) {
      await evaluate(lake, own, one);
    }
    const rows = await lake.findingsOf('churn', { to: 2 * DAY });
    const brief = ({ window_end: end, revision, check, verdict, value }: (typeof rows)[number]) => [
      Number(end) / DAY,
      revision,
      check,
      verdict,
      value,
    ];
    expect(rows.map(brief)).toEqual([
      [1, 1, 'psi', 'alert', 0.3],
      [1, 1, 'missing', 'ok', 0.01],
      [2, 2, 'psi', 'alert', null],
    ]);
    expect(rows[0]).toMatchObject({ target: 'income', category: 'drift', p_value: 1e-9 });
    expect(await lake.findingsOf('nobody')).toEqual([]);
  }));

test('anybody can read a file of evaluations with DuckDB alone', () =>
  withLake(async (lake) => {
    const file = await lake.writeEvaluation(db, evaluation(DAY), 'a1');
    const sql =
      'select name, unnest(int_bin) as bin, unnest(sum_n) as n from read_parquet($file) ' +
      "where part = 'columns' and name = 'income' order by bin";
    const rows = await db.use((connection) =>
      connection.runAndReadAll(sql, { file: lake.store.location(file) }),
    );
    expect(rows.getRowObjectsJS()).toEqual([
      { name: 'income', bin: -2, n: 1 },
      { name: 'income', bin: 0, n: 3 },
      { name: 'income', bin: 7, n: 1 },
    ]);
  }));

test('rows that were landed are moved in, each time under a key of their own', () =>
  withLake(async (lake) => {
    const keys: string[] = [];
    for (const body of ['one', 'two']) {
      const file = await lake.store.scratch();
      await writeFile(file, body);
      keys.push(await lake.putRows(evaluation(DAY), file));
    }
    expect(new Set(keys).size).toBe(2);
    for (const one of keys) expect(one).toMatch(/^rows\/churn\/19700102T000000Z\/1-[0-9a-f]{8}\./);
    expect((await readFile(lake.store.location(keys[1] ?? ''))).toString()).toBe('two');
  }));
