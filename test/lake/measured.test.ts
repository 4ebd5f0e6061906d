import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { Finding } from '../../domain/finding.js';
import type { FeatureOverride, Monitor } from '../../domain/monitor.js';
import { BIN, total } from '../../domain/profile.js';
import type { Grid } from '../../domain/profile.js';
import type { FileKind } from '../../domain/source-spec.js';
import type { Duck } from '../../lake/duck.js';
import { drawReference } from '../../lake/draw.js';
import { profileWindow } from '../../lake/profile.js';
import type { ProfiledWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import type { Reference } from '../../lake/reference.js';
import { rejoined } from '../../lake/skew.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { lentOnce } from '../support/once.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const DAY = 86_400_000;
const start = Date.UTC(2026, 0, 5);
const window = { start, end: start + DAY, weekday: 1 };

const located = (kind: FileKind, file: string) =>
  locate({ kind, path: file, where: null }, { span: null, timezone: 'UTC' });

const specOf = (name: string) => {
  const { warn, alert, minRows, rule } = checkNamed(name).defaults;
  return {
    ...{ check: name, name: null, against: null, targets: null },
    ...{ warn, alert, minRows, rule, running: null, every: null, params: {} },
  };
};

const usual = ['schema', 'scale_change', 'missing', 'psi', 'unseen_categories', 'out_of_range'];

const monitorWith = (
  overrides: Record<string, Partial<FeatureOverride>> = {},
  more: Partial<Omit<Monitor, 'columns'>> = {},
): Monitor => {
  const bare = { type: null, importance: 1, source: null };
  const given = Object.entries(overrides).map(
    ([name, one]) => [name, { ...bare, ...one }] as const,
  );
  const features = { include: '*' as const, exclude: [], overrides: Object.fromEntries(given) };
  return monitorOf({ checks: usual.map(specOf), columns: { features }, ...more });
};

interface Both {
  reference: Reference;
  profiled: ProfiledWindow;
  findings: readonly Finding[];
}

interface Given {
  monitor?: Monitor;
  kind?: FileKind;
  exact?: 'grid' | 'exact';
}

/** All tests read files of one folder, each of which is written once. */
const place = lentOnce<{ db: Duck; folder: string }>((run) =>
  withFolder((db, folder) => run({ db, folder })),
);
const files = new Map<string, Promise<string>>();
const references = new Map<string, Promise<Reference>>();

function keptIn<T>(all: Map<string, T>, key: string, make: () => T): T {
  const found = all.get(key) ?? make();
  all.set(key, found);
  return found;
}

/** Where the 1,000 rows of a select are. */
const rowsOf = (columns: string, kind: FileKind): Promise<string> =>
  keptIn(files, `${kind} ${columns}`, () =>
    writeFileOf(columns, { kind, name: `rows-${files.size}` }),
  );

async function writeFileOf(
  columns: string,
  { kind, name }: { kind: FileKind; name: string },
): Promise<string> {
  const { db, folder } = await place();
  const file = path.join(folder, `${name}.${kind}`);
  const time = "timestamp '2026-01-05' + to_seconds(i::int) as ts";
  const select = `select i as id, ${time}, ${columns} from range(1000) t(i)`;
  if (kind === 'parquet') await writeRows(db, file, select);
  else await writeText(db, { file, select, kind });
  return file;
}

/** Two selects of 1,000 rows each: the reference, and a window that is judged by it. */
async function judged(
  [before, now]: readonly [string, string],
  { monitor = monitorWith(), kind = 'parquet', exact = 'grid' }: Given = {},
): Promise<Both> {
  const { db, folder } = await place();
  const first = await rowsOf(before, kind);
  const training = await located(kind, first);
  const reference = await keptIn(references, JSON.stringify([first, monitor]), () =>
    buildReference(db, { monitor, located: training }),
  );
  const request = {
    ...{ monitor, grid: reference.grid, window, at: window.end, knownAt: window.end },
    ...{ predictions: await located(kind, await rowsOf(now, kind)), labels: null, exact },
  };
  const profiled = await profileWindow(db, { ...request, landDir: folder });
  const findings = evaluateChecks({
    monitor,
    evidence: {
      ...{ at: window.end, knownAt: window.end, grid: reference.grid, earlier: [] },
      ...{ current: profiled.profile, reference: reference.profile, references: {} },
      ...{ periods: [], usual: null },
      facts: { version: null, trainedUntil: null, matureAfter: 0 },
    },
    ...{ run: 'r', window, revision: 1, inputs: '' },
  });
  return { reference, profiled, findings };
}

async function writeText(
  db: Duck,
  { file, select, kind }: { file: string; select: string; kind: FileKind },
): Promise<void> {
  const format = kind === 'csv' ? 'format csv, header' : 'format json';
  await db.use(async (connection) => {
    await connection.run(`copy (${select}) to '${file}' (${format})`);
  });
}

const bad = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ verdict }) => verdict === 'alert' || verdict === 'warn')
    .map(({ check, target }) => `${check} ${target}`);

const found = ({ findings }: Both, check: string, target: string) =>
  findings.find((one) => one.check === check && one.target === target);

/** 20 to 60 letters, spread by a hash, so that no text comes twice. */
const note = (salt: number, least = 20, most = 60): string =>
  `md5(i::varchar || '${salt}')[1:8] || ` +
  `repeat('a', (${least - 8} + hash(i, ${salt}) % ${most - least + 1})::int) as note`;

/** A vector of so many numbers, all of them as large, with a norm of 1 to 2 times the factor. */
const vector = (size: number, salt: number, factor = 1): string =>
  `list_transform(range(${size}), lambda k: ` +
  `(${factor} * (1 + (hash(i, ${salt}) % 1000) / 1000.0) / sqrt(${size}))::float) as v`;

describe('a free text', () => {
  test.for(['parquet', 'csv', 'jsonl'] as const)(
    'of %s that grows longer is found by psi, which names the length',
    async (kind) => {
      const both = await judged([note(1), note(2, 300, 460)], { kind });
      expect(both.reference.grid.axes['note']).toMatchObject({ of: 'length', min: 20, max: 60 });
      // Of a column whose importance nobody said no drift is an alert.
      expect(found(both, 'psi', 'note')).toMatchObject({ verdict: 'warn' });
      expect(found(both, 'psi', 'note')?.sentence).toMatch(/^length of note moved \(PSI /);
      expect(found(both, 'schema', 'note')?.verdict).toBe('ok');
      expect(found(both, 'out_of_range', 'note')).toBeUndefined();
      expect(both.profiled.profile.types['note']).toBe('VARCHAR');
    },
  );

  test('that says other things at the usual length is quiet, and so are 20 days of it', async () => {
    for (let day = 2; day < 22; day++) {
      const { findings } = await judged([note(1), note(day)]);
      expect(bad(findings)).toEqual([]);
    }
  });

  test('is missing where it is null, and an empty one has no character', async () => {
    const text = note(2).replace(' as note', '');
    const holes = `case i % 10 when 0 then null when 1 then '' else ${text} end as note`;
    const both = await judged([note(1), holes]);
    const counts = both.profiled.profile.columns['note'];
    expect(cellsOf(counts)[BIN.missing]).toBe(100);
    expect(cellsOf(counts)[BIN.under]).toBe(100);
    expect(found(both, 'missing', 'note')?.sentence).toBe(
      'note: 10 % of its values are missing, 0 % in the reference.',
    );
  });
});

describe('ids', () => {
  test('are quiet while they are as long as ever, and while they count up', async () => {
    const ids = (from: number) =>
      `md5((i + ${from})::varchar) as hash, 'order-' || (i + ${from}) as number`;
    // 1 to 3 digits, then 5.
    const { reference, findings } = await judged([ids(0), ids(50_000)]);
    expect(reference.grid.axes['hash']).toMatchObject({ of: 'length', min: 32, max: 32 });
    expect(reference.grid.axes['number']).toMatchObject({ of: 'letters', min: 6, max: 6 });
    expect(bad(findings)).toEqual([]);
  });

  test('that are written otherwise are broken', async () => {
    const both = await judged(["'order-' || i as number", "'shop/order-' || i as number"]);
    expect(found(both, 'schema', 'number')?.sentence).toBe(
      'number: one value fills in; the length without digits 11 went from 0 % to 100 % of the rows.',
    );
  });
});

describe('a vector', () => {
  test.for(['parquet', 'csv', 'jsonl'] as const)(
    'of %s whose norm is ten times as large is found, and one as before is quiet',
    async (kind) => {
      const both = await judged([vector(3, 1), vector(3, 2, 10)], { kind });
      expect(found(both, 'psi', 'v')?.sentence).toMatch(/^norm of v moved \(PSI /);
      expect(found(both, 'psi', 'v')?.verdict).toBe('warn');
      expect(found(both, 'scale_change', 'v')?.sentence).toMatch(/^norm of v: scale; .* 10 times/);
      expect(found(both, 'schema', 'v')?.verdict).toBe('ok');
      const quiet = await judged([vector(3, 1), vector(3, 3)], { kind });
      expect(bad(quiet.findings)).toEqual([]);
    },
  );

  test.for(['parquet', 'csv', 'jsonl'] as const)(
    'of %s of another size breaks schema, though its norm is as before',
    async (kind) => {
      const both = await judged([vector(3, 1), vector(30, 2)], { kind });
      expect(bad(both.findings)).toEqual(['schema v']);
      expect(found(both, 'schema', 'v')).toMatchObject({
        verdict: 'alert',
        hard: 'size changed',
      });
      expect(found(both, 'schema', 'v')?.sentence).toBe(
        'v: size changed; its vectors have 30 numbers, they had 3.',
      );
      expect(cellsOf(both.profiled.profile.asked['sizes'])).toEqual({ 'v 30': 1000 });
    },
  );

  test('of which one in fifty has another size breaks it, and one in a thousand does not', async () => {
    const mixed = (every: number) =>
      `case when i % ${every} = 0 then ${vector(2, 2).replace(' as v', '')} ` +
      `else ${vector(3, 2).replace(' as v', '')} end as v`;
    const some = await judged([vector(3, 1), mixed(50)]);
    expect(found(some, 'schema', 'v')?.sentence).toBe(
      'v: size changed; 2 % of its vectors have not 3 numbers as before, most of these 2.',
    );
    const one = await judged([vector(3, 1), mixed(1000)]);
    expect(bad(one.findings)).toEqual([]);
  });

  test('has the root of its squares as norm; nothing, a hole and NaN are counted apart', async () => {
    const values =
      'case i % 6 when 0 then [3.0, 4.0] when 1 then [0.0, 0.0] when 2 then null ' +
      "when 3 then [1.0, null] when 4 then ['nan'::double, 1.0] else [1e200] end::double[] as v";
    const { reference, profiled } = await judged([values, values]);
    expect(reference.grid.axes['v']).toMatchObject({ of: 'norm', min: 0, max: 5 });
    const counts = profiled.profile.columns['v'];
    expect(cellsOf(counts)).toEqual({
      ...{ 0: 167, 5: 167 },
      // Without a vector, or with a hole; of NaN, or too large to be squared.
      ...{ [BIN.missing]: 2 * 167, [BIN.notFinite]: 2 * 166 },
    });
    expect(total(counts, 'sum')).toBe(5 * 167);
  });

  test('lists of texts are no vectors, and lists of whole numbers only where they are said to be', async () => {
    const lists = "['a', i::varchar] as texts, [i, 1] as items, [3, 4] as told, [[1.0]] as nested";
    const monitor = monitorWith({ told: { type: 'vector' } });
    const { reference } = await judged([lists, lists], { monitor });
    expect(Object.keys(reference.grid.axes)).toEqual(['told']);
    const json = await judged([lists, lists], { monitor, kind: 'jsonl' });
    expect(json.reference.grid.axes['texts']).toMatchObject({ type: 'VARCHAR', of: 'letters' });
    expect(json.reference.grid.axes['told']).toMatchObject({ type: 'DOUBLE[]', of: 'norm' });
  });

  test('of texts that are none any more are rejected', async () => {
    const spoilt = `case when i % 10 = 0 then 'oops' else ${vector(3, 2).replace(' as v', '')}::varchar end as v`;
    const { profiled } = await judged([vector(3, 1), spoilt], { kind: 'csv' });
    expect(cellsOf(profiled.profile.asked['rejected'])).toEqual({ 'v unparsed': 100 });
  });
});

test('an override has texts that repeat watched by length', async () => {
  const text = (times: number) => `repeat('ab', (1 + i % 4)::int * ${times}) as city`;
  const monitor = monitorWith({ city: { type: 'text' } });
  const both = await judged([text(1), text(3)], { monitor });
  // 2, 4, 6, 8 letters.
  expect(cellsOf(both.reference.profile.columns['city'])).toEqual({
    0: 250,
    2: 250,
    4: 250,
    6: 250,
  });
  expect(found(both, 'psi', 'city')?.sentence).toMatch(/^length of city moved/);
  const numbers = await judged([text(1), text(3)], { monitor, kind: 'csv' });
  expect(found(numbers, 'psi', 'city')?.verdict).toBe('alert');
});

test('by values, in parts and row by row texts and vectors have the same numbers', async () => {
  const columns = `${note(1)}, ${vector(3, 1)}, 'g' || i % 2 as part`;
  const segments = [{ name: 'part', by: 'part', top: 5, minRows: 10 }];
  const monitor = monitorWith({}, { segments });
  const { reference, profiled } = await judged([columns, columns], { monitor });
  expect(profiled.slices.map(({ slice }) => slice)).toEqual([{ part: 'g0' }, { part: 'g1' }]);
  for (const column of ['note', 'v']) {
    const rows = profiled.slices.map(({ columns }) => total(columns[column]));
    expect(rows).toEqual([500, 500]);
  }
  const exact = await judged([columns, columns], { monitor, exact: 'exact' });
  const values = cellsOf(exact.profiled.profile.columns['note']);
  expect(Math.min(...Object.keys(values).map(Number))).toBe(20);
  const sum = (both: Both) => total(both.profiled.profile.columns['v'], 'sum');
  expect(sum(exact)).toBeCloseTo(total(profiled.profile.columns['v'], 'sum'), 6);
  const source = await located('parquet', await rowsOf(columns, 'parquet'));
  const { db } = await place();
  const draw = { columns: ['note', 'v'], most: 10 };
  const given = { monitor, located: source, grid: reference.grid };
  const drawn = await drawReference(db, given, draw);
  for (const length of drawn.columns['note'] ?? []) expect(Number(length)).toBeGreaterThan(19);
  for (const norm of drawn.columns['v'] ?? []) expect(Number(norm)).toBeLessThan(2.01);
  expect(drawn.columns['v']).toHaveLength(10);
});

test('rows that are found again have the same text and the same norm, or not', async () => {
  const { db, folder } = await place();
  const columns = (salt: number, factor: number) =>
    `case when i < ${salt} then upper(n) else n end as note, v from (select * from
        (select i, ${note(1).replace('note', 'n')}, ${vector(3, 1, factor)} from range(1000) t(i)))`;
  const time = "i as id, timestamp '2026-01-05' + to_seconds(i::int) as ts";
  const before = await writeRows(
    db,
    path.join(folder, 'a.parquet'),
    `select ${time}, ${columns(0, 1)}`,
  );
  const now = await writeRows(
    db,
    path.join(folder, 'b.parquet'),
    `select ${time}, ${columns(7, 2)}`,
  );
  const monitor = monitorWith();
  const training = await located('parquet', before);
  const { grid } = await buildReference(db, { monitor, located: training });
  const request = {
    ...{ monitor, grid, window, at: window.end, knownAt: window.end },
    ...{ predictions: await located('parquet', now), labels: null, exact: 'grid' as const },
  };
  const counts = await rejoined(db, request, { training, columns: ['note', 'v'] });
  expect(cellsOf(counts)).toEqual({ note: 1000, v: 1000 });
  expect(cellsOf(counts, 'mismatched')).toEqual({ note: 7, v: 1000 });
});

test('a grid of an older version, whose texts are opaque, is profiled as it was', async () => {
  const { db, folder } = await place();
  const { reference, profiled } = await judged([note(1), note(2)]);
  const { of, ...axis } = reference.grid.axes['note'] ?? { of: null };
  expect(of).toBe('length');
  const opaque = { ...axis, kind: 'opaque' } as Grid['axes'][string];
  const request = {
    ...{ monitor: monitorWith(), grid: { id: 'old', axes: { note: opaque } }, window },
    ...{ at: window.end, knownAt: window.end, labels: null, exact: 'grid' as const },
    predictions: await located('parquet', await rowsOf(note(2), 'parquet')),
  };
  const { profile } = await profileWindow(db, { ...request, landDir: folder });
  expect(cellsOf(profile.columns['note'])).toEqual({ '\0other': 1000 });
  expect(total(profiled.profile.columns['note'])).toBe(1000);
});
