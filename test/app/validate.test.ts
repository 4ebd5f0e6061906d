import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Problem } from '../../config/problem.js';
import { shortest, someTeams } from '../support/config.js';
import { unwrapped } from '../support/cli.js';
import { withPlace, type Place } from '../support/e2e.js';
import { withFolder, writeRows } from '../support/rows.js';

const head = 'id,scored_at,p\n';
const rows = `${head}1,2026-03-01T00:00:00Z,0.5\n`;

/** A monitor of a path, over the shortest one. */
const monitorOf = (path: string, columns = 'timestamp: scored_at'): string =>
  shortest
    .replace('"data/churn/*.parquet"', JSON.stringify(path))
    .replace('timestamp: scored_at', columns)
    .replace(/reference: .*\n/, '');

interface Files {
  monitors: Readonly<Record<string, string>>;
  data?: Readonly<Record<string, string | Buffer>>;
}

async function write({ folder }: Place, { monitors, data = {} }: Files): Promise<void> {
  for (const name of ['monitors', 'data']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'monitors/teams.yaml'), someTeams);
  for (const [name, text] of Object.entries(monitors)) {
    await writeFile(join(folder, 'monitors', `${name}.yaml`), text);
  }
  for (const [name, text] of Object.entries(data)) {
    await writeFile(join(folder, 'data', name), text);
  }
}

/** What validate prints of one monitor, without its name and place. */
const validated = (files: Files): Promise<{ code: number; lines: string[] }> =>
  withPlace({}, async (place) => {
    await write(place, files);
    const { code, out } = await place.cli(['validate']);
    const lines = unwrapped(out).trim().split('\n');
    return { code, lines: lines.map((line) => line.replace(/^monitors\/churn\.yaml:/, '')) };
  });

test.each<[string, string, Files['data'], string]>([
  [
    'a pattern that matches no file, in a folder that is not there',
    'gone/far/{date}.csv',
    {},
    'gone/far/{date}.csv: no file matches this (there is no folder gone); expected one by the ' +
      'time a window is evaluated',
  ],
  [
    'a pattern that matches no file',
    'data/*.csv',
    {},
    'data/*.csv: no file matches this; expected one by the time a window is evaluated',
  ],
  [
    'a file that is not there',
    'data/gone.csv',
    {},
    'data/gone.csv: no such file; expected one by the time a window is evaluated',
  ],
  [
    'an empty file',
    'data/a.csv',
    { 'a.csv': '' },
    'data/a.csv: is empty; expected a header line with the names of the columns',
  ],
  [
    'a file of a byte order mark and a line end',
    'data/a.csv',
    { 'a.csv': '\ufeff\r\n' },
    'data/a.csv: is empty; expected a header line with the names of the columns',
  ],
  [
    'an empty file, compressed',
    'data/a.csv.gz',
    { 'a.csv.gz': gzipSync('') },
    'data/a.csv.gz: is empty; expected a header line with the names of the columns',
  ],
  [
    'an empty file beside a whole one',
    'data/*.csv',
    { 'a.csv': rows, 'b.csv': '', 'c.csv': '' },
    'data/b.csv: is empty; expected a header line with the names of the columns (and 1 more)',
  ],
  [
    'a column that the header line has twice',
    'data/a.csv',
    { 'a.csv': 'id,scored_at,id\n1,2026-03-01T00:00:00Z,2\n' },
    'data/a.csv: has the column "id" twice; expected a name of its own for each',
  ],
  [
    'a text in UTF-16',
    'data/a.csv',
    { 'a.csv': Buffer.from(rows, 'utf16le') },
    'data/a.csv: has zero bytes in it; expected text in UTF-8',
  ],
  [
    'a file that is no Parquet',
    'data/a.parquet',
    { 'a.parquet': rows },
    `data/a.parquet: truncated or not Parquet (${rows.length} bytes); expected a whole Parquet ` +
      'file, which ends with its footer and PAR1',
  ],
])('%s is a warning', async (_, path, data, words) => {
  const files = { monitors: { churn: monitorOf(path) }, data: data ?? {} };
  expect(await validated(files)).toEqual({
    code: 0,
    lines: [`4:30 warning: predictions.from.path: ${words}`, '1 monitor valid, 1 warning'],
  });
});

test('--strict makes errors of warnings, and JSON tells which they are', () =>
  withPlace({}, async (place) => {
    await write(place, { monitors: { churn: monitorOf('data/*.csv') } });
    expect(await place.cli(['validate'])).toMatchObject({ code: 0 });
    expect(await place.cli(['validate', '--strict'])).toMatchObject({ code: 2 });
    const { problems } = (await place.json(['validate'])) as { problems: Problem[] };
    expect(problems.map(({ file, severity }) => [file, severity])).toEqual([
      ['monitors/churn.yaml', 'warning'],
    ]);
  }));

test('labels and references without a file are warnings, too, where they are written', async () => {
  const text = `${monitorOf('data/a.csv', 'timestamp: scored_at, id: id')}labels:
  - { from: { path: data/labels.csv }, value: y, mature_after: 1d }
reference:
  drift: { from: { path: data/train.csv } }
  others: { then: { path: data/then.csv } }
`;
  const { lines } = await validated({ monitors: { churn: text }, data: { 'a.csv': rows } });
  expect(lines.map((line) => line.split('; ')[0])).toEqual([
    '7:21 warning: labels[0].from.path: data/labels.csv: no such file',
    '9:26 warning: reference.drift.from.path: data/train.csv: no such file',
    '10:27 warning: reference.others.then.path: data/then.csv: no such file',
    '1 monitor valid, 3 warnings',
  ]);
});

test('a file without a header line is asked for one', async () => {
  const { code, lines } = await validated({
    monitors: { churn: monitorOf('data/a.csv') },
    data: { 'a.csv': rows.slice(head.length).repeat(2) },
  });
  expect({ code, lines }).toEqual({
    code: 2,
    lines: [
      '5:23 columns.timestamp: expected a column of data/a.csv, got "scored_at". ' +
        'Is a header line missing? There are: 0.5, 1, 2026-03-01T00:00:00Z',
      '0 monitors valid, 1 problem',
    ],
  });
});

test('damage in the description of a Parquet file is a warning in our words', () =>
  withFolder(async (db, folder) => {
    const file = await writeRows(db, join(folder, 'a.parquet'), 'select 1 as id from range(99)');
    const bytes = await readFile(file);
    bytes.fill(0x5a, bytes.length - 60, bytes.length - 20);
    const { lines } = await validated({
      monitors: { churn: monitorOf('data/a.parquet') },
      data: { 'a.parquet': bytes },
    });
    expect(lines).toEqual([
      '4:30 warning: predictions.from.path: data/a.parquet: is damaged (it ends too early); ' +
        'expected a whole Parquet file',
      '1 monitor valid, 1 warning',
    ]);
  }));

const wrong = `version: 1
model: { id: churn, owners: team:growth }
windows: { size: 2d }
predictions: { from: { path: data/a.csv, where: "p > > 1" } }
columns: { timestamp: scored, prediction: { score: p } }
segments: [{ name: half, by: "p ||" }]
checks: [{ check: psi, warn: high }]
`;

test('SQL and columns are told beside all other faults, not after them', async () => {
  const { lines } = await validated({ monitors: { churn: wrong }, data: { 'a.csv': rows } });
  expect(lines.map((line) => line.split(/, got|\. /)[0])).toEqual([
    '2:29 model.owners: unknown team "growth"',
    '3:18 windows.size: expected one of: 1h, 1d, 1w, 1mo',
    '4:49 predictions.from.where: expected an SQL expression over a row',
    '5:23 columns.timestamp: expected a column of data/a.csv',
    '6:30 segments[0].by: expected an SQL expression over a row',
    '7:30 checks[0].warn: expected a number',
    '0 monitors valid, 6 problems',
  ]);
});

test('plan and apply refuse with the same lines, and say where the rest of many is told', () =>
  withPlace({}, async (place) => {
    await write(place, { monitors: { churn: wrong }, data: { 'a.csv': rows } });
    const faults = (await place.cli(['validate'])).out.split('\n').slice(0, -2);
    const told = ['error: the configuration is not valid:', ...faults, ''].join('\n');
    for (const command of ['plan', 'apply']) {
      expect(await place.cli([command])).toEqual({ code: 2, out: '', err: told });
    }
    const many = Array.from({ length: 23 }, (_, i) => `wrong_${i}: 1\n`).join('');
    await write(place, { monitors: { churn: `${wrong}${many}` } });
    const { err } = await place.cli(['plan']);
    for (const line of err.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const lines = unwrapped(err).trim().split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('… and 9 more; "aftercare validate" tells all.');
  }));

test('what stands in for a section that is wrong is not held against the files', async () => {
  const text = monitorOf('data/a.csv', 'timestamp: scored_at, features: { include: [age] }');
  const files = { 'a.csv': rows, 'train.csv': `age,${rows}`.replace('\n1,', '\n44,1,') };
  const drift = 'reference: { drift: { path: data/train.csv, trained_until: soon } }\n';
  const { lines } = await validated({ monitors: { churn: text + drift }, data: files });
  // That age is in the reference is known once the reference is right.
  expect(lines.map((line) => line.split(',')[0])).toEqual([
    '6:60 reference.drift.trained_until: expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z',
    '0 monitors valid',
  ]);
  const rows2 = await validated({
    monitors: { churn: text.replace('timestamp: scored_at', 'timestamp: 5') },
    data: files,
  });
  expect(rows2.lines).toHaveLength(2);
});

test.each([
  ['envv = 1', 'there is no column "envv"'],
  ['t.p > 1', 'there is no column "t"'],
  ['twice(p) > 1', 'there is no function "twice"'],
  ['p > (select max(x) from secrets)', 'there is no table "secrets"'],
  ['sum(p) > 1', 'it asks for more than one row'],
  ["p in (select content from read_text('/etc/passwd'))", 'it may read no other file'],
  ["current_setting('threads') = '1'", 'current_setting reads settings, and not the row'],
  ["getenv('HOME') <> ''", 'getenv reads settings, and not the row'],
  [
    'p > (select count(*) from duckdb_settings())',
    'duckdb_settings reads settings, and not the row',
  ],
])('where %s: names are looked up in the columns of the files', async (where, words) => {
  const text = monitorOf('data/a.csv').replace(
    ' } }\ncolumns',
    `, where: ${JSON.stringify(where)} } }\ncolumns`,
  );
  const { code, lines } = await validated({ monitors: { churn: text }, data: { 'a.csv': rows } });
  expect({ code, line: lines[0] }).toEqual({
    code: 2,
    line:
      '4:51 predictions.from.where: expected an SQL expression over a row, got ' +
      `${JSON.stringify(where)}: ${words}`,
  });
});

/** What validate says of each of these `where` of one file; '' of one that is right. */
async function saidOf(
  wheres: readonly string[],
  data: Readonly<Record<string, string | Buffer>>,
): Promise<Record<string, string>> {
  const [name = ''] = Object.keys(data);
  const plain = monitorOf(`data/${name}`, 'timestamp: scored_at, id: [id]');
  const monitors = wheres.map((where, index) => {
    const text = plain.replace(' } }\ncolumns', `, where: ${JSON.stringify(where)} } }\ncolumns`);
    return [`m${index}`, text.replace('id: churn', `id: m${index}`)] as const;
  });
  const { lines } = await validated({ monitors: Object.fromEntries(monitors), data });
  return Object.fromEntries(
    wheres.map((where, index) => {
      const line = lines.find((one) => one.startsWith(`monitors/m${index}.yaml:`)) ?? '';
      return [where, line.split(`got ${JSON.stringify(where)}: `)[1] ?? line] as const;
    }),
  );
}

const typed = `id,scored_at,kind,flag,amount,n,late
1,2026-03-01T00:00:00Z,web,true,5.5,1,
2,2026-03-01T01:00:00Z,app,no,6.25,2,
`;

test('a where that fits no text of the file is told, and one that may is left to the rows', async () => {
  const told = {
    kind: 'it gives texts, as "web", and no truth value',
    "amount > 'abc'": '"abc" is no number',
    'kind > 5': 'VARCHAR cannot be compared with INTEGER',
    'kind + 1 > 2': 'there is no + of VARCHAR, INTEGER',
    "n = 'x'": '"x" is no number',
    "kind ~ '['": 'missing ]: [',
  };
  const fine = [
    ...['flag', 'n', 'flag and amount > 5', "AMOUNT > '5.5'", 'n & 1 = 1 and n // 2 = 0'],
    ...[
      "id = 'x'",
      "ID = 'x'",
      "late > 5 and late = 'x'",
      "lower(kind) = 'web'",
      'amount in (select 5.5)',
    ],
    "try(amount > 'abc')",
  ];
  const said = await saidOf([...Object.keys(told), ...fine], { 'a.csv': typed });
  expect(said).toEqual({ ...told, ...Object.fromEntries(fine.map((where) => [where, ''])) });
});

test('of a typed file the types of the columns are those that a where has to fit', () =>
  withFolder(async (db, folder) => {
    const select =
      "select '1' as id, timestamptz '2026-03-01' as scored_at, 'web' as kind, 'yes' as flag, " +
      "5.5::double as amount, date '2026-03-01' as day, {a: 1} as s";
    const data = { 'a.parquet': await readFile(await writeRows(db, join(folder, 'a'), select)) };
    const told = {
      kind: 'it gives texts, as "web", and no truth value',
      day: 'it gives DATE, and no truth value',
      s: 'it gives STRUCT(a INTEGER), and no truth value',
      "amount > 'abc'": '"abc" is no number',
      "day > 'soon'": '"soon" is no date',
      's.b = 1': 'Could not find key "b" in struct',
      flag: '',
      amount: '',
      "s.a = 1 and id = 'x' and day > '2026-01-01'": '',
    };
    expect(await saidOf(Object.keys(told), data)).toEqual(told);
  }));

test('names in the expression of a segment are looked up there, too', async () => {
  const text = `${monitorOf('data/a.csv')}segments: [{ name: odd, by: "nosuch + 1" }]\n`;
  const { code, lines } = await validated({ monitors: { churn: text }, data: { 'a.csv': rows } });
  expect(code).toBe(2);
  expect(lines[0]).toMatch(
    /segments\[0\]\.by: expected an SQL expression .* got "nosuch \+ 1": there is no column "nosuch"$/,
  );
});

test('an expression whose types only the rows tell is left to them', async () => {
  const where = "p > 0.5 and date_trunc('day', scored_at) > current_date and id = any([1, 2])";
  const text = monitorOf('data/a.csv').replace(
    ' } }\ncolumns',
    `, where: ${JSON.stringify(where)} } }\ncolumns`,
  );
  const { code } = await validated({ monitors: { churn: text }, data: { 'a.csv': rows } });
  expect(code).toBe(0);
});

test('a reference in the future is a warning, for no row is there', () =>
  withPlace({ env: { AFTERCARE_NOW: '2026-03-05' } }, async (place) => {
    const text = `${monitorOf('data/a.csv')}reference:
  drift: { kind: window, from: 2026-03-01, to: 2026-03-02 }
  others: { later: { kind: window, from: 2050-01-01, to: 2050-02-01 } }
`;
    await write(place, { monitors: { churn: text }, data: { 'a.csv': rows } });
    const { code, out } = await place.cli(['validate']);
    expect({ code, out: unwrapped(out) }).toEqual({
      code: 0,
      out:
        'monitors/churn.yaml:8:42 warning: reference.others.later.from: expected a time before ' +
        'now, got 2050-01-01 00:00 UTC\n1 monitor valid, 1 warning\n',
    });
  }));

test('windows of rows are right, with the warning that no Schedule can ring for them', async () => {
  const text = monitorOf('data/a.csv', 'id: [id]').replace('size: 1d', 'rows: 50');
  const { code, lines } = await validated({
    monitors: { churn: text },
    data: { 'a.csv': rows },
  });
  expect({ code, lines }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/windows\.rows: has no time, so that no Schedule can ring: plan and/),
      '1 monitor valid, 1 warning',
    ],
  });
});

test('chances of classes that are no numbers are told, with the class', async () => {
  const text = monitorOf(
    'data/a.csv',
    'timestamp: scored_at, prediction: { label: c, probabilities: { cat: p, dog: q } }',
  );
  const data = { 'a.csv': 'id,scored_at,c,p,q\n1,2026-03-01T00:00:00Z,cat,0.9,low\n' };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines.map((line) => line.replace(/^\d+:\d+ /, ''))).toEqual([
    'columns.prediction.probabilities.dog: expected a column of numbers, got "low"',
    '0 monitors valid, 1 problem',
  ]);
});

test.each([
  ['2026-03-01T00:00:00Z', ''],
  ['2026/03/01 10:00', ''],
  ['1772323200', ''],
  ['1772323200000', ''],
  ['monday', '"monday"'],
  ['01/03/26', '"01/03/26"'],
  ['12', '"12"'],
])('a time column of which no value can be read as a time is told: %s', async (time, got) => {
  const text = monitorOf('data/a.csv', 'timestamp: scored_at, id: id');
  const data = { 'a.csv': `${head}1,${time},0.5\n` };
  const { lines } = await validated({ monitors: { churn: text }, data });
  const fault =
    '5:23 columns.timestamp: expected a column of times (ISO 8601, or seconds or ms since 1970), ';
  expect(lines.slice(0, -1)).toEqual(got === '' ? [] : [`${fault}got ${got}`]);
});

test('a time of labels that is none is told, too', async () => {
  const text =
    monitorOf('data/a.csv', 'timestamp: scored_at, id: id, prediction: { score: p }') +
    'labels: [{ from: { path: data/l.csv }, value: y, timestamp: came, mature_after: 1d }]\n';
  const data = {
    'a.csv': `${head}1,2026-03-01T00:00:00Z,0.5\n`,
    'l.csv': 'id,y,came\n1,1,yesterday\n',
  };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines.slice(0, -1)).toEqual([
    expect.stringMatching(
      / labels\[0\]\.timestamp: expected a column of times .*, got "yesterday"$/,
    ),
  ]);
});

test('labels of a regression that are no numbers are told, and of a long text its beginning', async () => {
  const text = monitorOf('data/a.csv', 'timestamp: scored_at, id: id, prediction: { value: p }')
    .replace('id: churn', 'id: churn, task: regression')
    .concat('labels: [{ value: plan, mature_after: 1d }]\n');
  const long = 'a customer wrote all that there is to say of it';
  const data = { 'a.csv': `id,scored_at,p,plan\n1,2026-03-01T00:00:00Z,0.5,${long}\n` };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines.slice(0, -1).map((line) => line.replace(/^\d+:\d+ /, ''))).toEqual([
    `labels[0].value: expected a column of numbers, got "${long.slice(0, 39)}…"`,
  ]);
});

test('a few rows without a time are a fault of the rows, and no more', async () => {
  const text = monitorOf('data/a.csv', 'timestamp: scored_at, id: id');
  const data = { 'a.csv': `${head}1,soon,0.5\n2,later,0.5\n3,2026-03-01T00:00:00Z,0.5\n` };
  expect((await validated({ monitors: { churn: text }, data })).code).toBe(0);
});

test('numbers of any size in a typed file are times, and a truth value is none', () =>
  withFolder(async (db, folder) => {
    const select =
      'select 1 as id, 1.7723232e18::double as scored_at, true as flag, 20261105 as day';
    const data = { 'a.parquet': await readFile(await writeRows(db, join(folder, 'a'), select)) };
    const lines = async (column: string) => {
      const text = monitorOf('data/a.parquet', `timestamp: ${column}, id: id`);
      return (await validated({ monitors: { churn: text }, data })).lines.slice(0, -1);
    };
    expect(await lines('scored_at')).toEqual([]);
    // 20261105 s after 1970 would be a day in August of that year
    expect(await lines('day')).toEqual([
      expect.stringMatching(
        /^5:23 columns\.timestamp: expected a column of times .*, got "20261105"$/,
      ),
    ]);
    expect(await lines('flag')).toEqual([
      expect.stringMatching(/^5:23 columns\.timestamp: expected a column of times .*, got "true"$/),
    ]);
  }));

test.each([
  ['numeric', '1.5', ''],
  ['numeric', 'nan', ''],
  ['numeric', 'gold', 'expected a column of numbers, got "gold"'],
  ['vector', '"[1, 2]"', ''],
  ['vector', 'gold', 'expected a column of lists of numbers, as [0.1, 0.2], got "gold"'],
  ['categorical', 'gold', ''],
  ['text', '1.5', ''],
])('the type %s of a feature of which no value has it is told: %s', async (type, value, fault) => {
  expect(await faultsOfPlan(`type: ${type}`, value)).toEqual(
    fault === '' ? [] : [`columns.features.overrides.plan.type: ${fault}`],
  );
});

test.each([
  ['max: 9', '1.5', []],
  ['max: 9', 'gold', ['max: expected a column of numbers, got "gold"']],
  ['min: 0, max: 9', 'gold', ['min: expected a column of numbers, got "gold"']],
])(
  'limits of a feature without a type, { %s }, are of numbers: %s',
  async (said, value, faults) => {
    expect(await faultsOfPlan(said, value)).toEqual(
      faults.map((fault) => `columns.features.overrides.plan.${fault}`),
    );
  },
);

/** What is told of a monitor that says this of a feature which has one value. */
async function faultsOfPlan(override: string, value: string): Promise<string[]> {
  const overrides = `features: { overrides: { plan: { ${override} } } }`;
  const text = monitorOf('data/a.csv', `timestamp: scored_at, ${overrides}`);
  const data = { 'a.csv': `scored_at,plan\n2026-03-01T00:00:00Z,${value}\n` };
  const { lines } = await validated({ monitors: { churn: text }, data });
  return lines.slice(0, -1).map((line) => line.replace(/^\d+:\d+ /, ''));
}

test.each([
  [
    '0.5',
    '43.2',
    '56.1',
    'columns.prediction.score: expected a column of probabilities, from 0 to 1, ' +
      'got "43.2", "56.1". kind: value is for scores that are no probabilities',
  ],
  ['0.5', '0.2', '2.5', ''],
])(
  'scores of which most are no probabilities are told: %s, %s, %s',
  async (one, two, three, fault) => {
    const text = monitorOf('data/a.csv', 'timestamp: scored_at, prediction: { score: p }');
    const lineOf = (score: string) => `1,2026-03-01T00:00:00Z,${score}\n`;
    const data = { 'a.csv': `${head}${[one, two, three].map(lineOf).join('')}` };
    const { lines } = await validated({ monitors: { churn: text }, data });
    expect(lines.map((line) => line.replace(/^\d+:\d+ /, '')).slice(0, -1)).toEqual(
      fault === '' ? [] : [fault],
    );
  },
);

test.each([
  ['5 %', '95 %', 'expected a column of numbers, got "5 %", "95 %"'],
  ['5', '95', 'expected a column of probabilities, from 0 to 1, got "5", "95"'],
  ['0.5', '', ''],
])('propensities that are none are told: %s, %s', async (one, two, fault) => {
  const action = 'action: { column: d, censors: [block], explored: h, propensity: q }';
  const text = monitorOf('data/a.csv', `timestamp: scored_at, prediction: { score: p }, ${action}`);
  const lineOf = (chance: string) => `1,2026-03-01T00:00:00Z,0.5,block,0,${chance}\n`;
  const data = { 'a.csv': `id,scored_at,p,d,h,q\n${[one, two].map(lineOf).join('')}` };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines.map((line) => line.replace(/^\d+:\d+ /, '')).slice(0, -1)).toEqual(
    fault === '' ? [] : [`columns.action.propensity: ${fault}`],
  );
});

test.each([
  ['5 EUR', 'much', ': expected a column of numbers, got "5 EUR", "much"'],
  ['-5', '-0.5', ': expected a column of weights, 0 or more, got "-5", "-0.5"'],
  ['5', '-5', ''],
])('weights that are none are told: %s, %s', async (one, two, fault) => {
  const columns = 'timestamp: scored_at, prediction: { score: p }, weight: eur';
  const lineOf = (eur: string) => `1,2026-03-01T00:00:00Z,0.5,${eur}\n`;
  const data = { 'a.csv': `id,scored_at,p,eur\n${[one, two].map(lineOf).join('')}` };
  const text = monitorOf('data/a.csv', columns);
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines.map((line) => line.replace(/^\d+:\d+ /, '')).slice(0, -1)).toEqual(
    fault === '' ? [] : [`columns.weight${fault}`],
  );
});

test.each([
  ['0.5', '', ''],
  ['50', '90', ': expected a column of probabilities, from 0 to 1, got "50", "90"'],
])('thresholds that are none are told: %s, %s', async (one, two, fault) => {
  const text = monitorOf(
    'data/a.csv',
    'timestamp: scored_at, prediction: { score: p, threshold: c }',
  );
  const lineOf = (cut: string) => `1,2026-03-01T00:00:00Z,0.5,${cut}\n`;
  const data = { 'a.csv': `id,scored_at,p,c\n${[one, two].map(lineOf).join('')}` };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines.map((line) => line.replace(/^\d+:\d+ /, '')).slice(0, -1)).toEqual(
    fault === '' ? [] : [`columns.prediction.threshold${fault}`],
  );
  const other = { churn: text.replace('threshold: c', 'threshold: cut') };
  const missing = await validated({ monitors: other, data });
  expect(missing.lines[0]).toContain('columns.prediction.threshold: expected a column');
});

test('while the task is wrong, nobody knows what its labels should be', async () => {
  const text = `${monitorOf('data/a.csv', 'timestamp: scored_at, prediction: { score: p }')}labels: [{ value: y }]\n`;
  const data = { 'a.csv': 'id,scored_at,p,y\n1,2026-03-01T00:00:00Z,0.5,2.5\n' };
  const faults = async (task: string) => {
    const monitors = { churn: text.replace('id: churn', `id: churn, task: ${task}`) };
    const { lines } = await validated({ monitors, data });
    return lines.map((line) => line.replace(/^\d+:\d+ (\S+): .*$/, '$1'));
  };
  expect(await faults('binary')).toEqual(['labels[0].value', '0 monitors valid, 1 problem']);
  expect(await faults('regresion')).toEqual(['model.task', '0 monitors valid, 1 problem']);
});

test.each([
  ['avg(p), 1', 'it is more than one expression'],
  ['p + 1', 'it aggregates nothing'],
  ["(select 1 from read_csv('x.csv'))", 'it has a sub-select'],
])('the sql of a check of your own has to be one aggregate: %s', async (sql, words) => {
  const monitor = monitorOf('data/a.csv').concat(
    `checks:\n  - { check: custom, name: own, sql: ${JSON.stringify(sql)}, alert: 1 }\n`,
  );
  const { code, lines } = await validated({
    monitors: { churn: monitor },
    data: { 'a.csv': rows },
  });
  expect({ code, line: lines[0] }).toEqual({
    code: 2,
    line:
      '7:38 checks[0].sql: expected one SQL aggregate of the rows, got ' +
      `${JSON.stringify(sql)}: ${words}`,
  });
});

test('the column that says who made a label has to be one of the labels', async () => {
  const columns = 'timestamp: scored_at, id: id, prediction: { score: p }';
  const text = `${monitorOf('data/a.csv', columns)}labels:
  - value: y
    from: { path: data/labels.csv }
    mature_after: 1d
    label_source: { column: labeled_by, model: [auto] }
`;
  const data = {
    'a.csv': `${head}1,2026-03-01T00:00:00Z,0.5\n`,
    'labels.csv': 'id,y,labelled_by\n1,1,auto\n',
  };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines[0]).toMatch(
    /^10:29 labels\[0\]\.label_source\.column: expected a column of data\/labels\.csv, got "labeled_by"\. Did you mean "labelled_by"\?/,
  );
  const right = text.replace('labeled_by', 'labelled_by');
  expect((await validated({ monitors: { churn: right }, data })).code).toBe(0);
});

test('the column of the arm has to be one of the predictions', async () => {
  const text = monitorOf(
    'data/a.csv',
    'timestamp: scored_at, arm: { column: varaint, holdout: b }',
  );
  const data = { 'a.csv': 'scored_at,variant,x\n2026-03-01T00:00:00Z,b,1\n' };
  const { lines } = await validated({ monitors: { churn: text }, data });
  expect(lines[0]).toMatch(
    / columns\.arm\.column: expected a column of data\/a\.csv, got "varaint"\. Did you mean "variant"\?/,
  );
  const right = text.replace('varaint', 'variant');
  expect((await validated({ monitors: { churn: right }, data })).code).toBe(0);
});
