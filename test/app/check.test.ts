import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { someTeams } from '../support/config.js';
import { runCli, unwrapped } from '../support/cli.js';
import { withFolder, writeRows } from '../support/rows.js';

interface Reported {
  check: string;
  target: string;
  segment?: Record<string, string> | null;
  verdict: string;
  sentence: string;
}

interface Checked {
  exitCode: number;
  notes: readonly string[];
  findings: Reported[];
}

/** A monitor of daily files in `folder`, and the settings that its commands run with. */
async function shop(folder: string, reference: string, more = '') {
  await mkdir(path.join(folder, 'monitors'));
  await mkdir(path.join(folder, 'day'));
  await writeFile(path.join(folder, 'monitors/teams.yaml'), someTeams);
  const text = `version: 1
model: { id: shop, owners: team:growth-ml }
windows: { size: 1d, timezone: UTC }
predictions: { from: { path: "day/{date}.parquet" } }
columns: { id: [id], timestamp: at }
reference: { drift: ${reference} }
${more}`;
  await writeFile(path.join(folder, 'monitors/shop.yaml'), text);
  return { AFTERCARE_LAKE: path.join(folder, 'lake') };
}

/** Findings of the day of 2 March beside the rows of the day before; `columns`: SQL over i. */
const checked = (
  given: { before: string; now: string; monitor?: string },
  use: (found: Checked) => void,
) =>
  withFolder(async (db, folder) => {
    const rows = (day: string, columns: string) =>
      `select i as id, timestamp '${day}' + to_seconds(i * 60) as at, ${columns} from range(1000) t(i)`;
    const env = await shop(folder, `{ kind: training, path: before.parquet }`, given.monitor);
    await writeRows(db, path.join(folder, 'before.parquet'), rows('2026-03-01', given.before));
    await writeRows(db, path.join(folder, 'day/2026-03-02.parquet'), rows('2026-03-02', given.now));
    const command = ['check', 'shop', '--as-of', '2026-03-03', '--json'];
    const { code, out, err } = await runCli(command, { cwd: folder, env });
    expect(err).toBe('');
    // From the reference that the first one kept.
    const again = await runCli(command, { cwd: folder, env });
    expect((JSON.parse(again.out) as Checked).findings).toEqual(
      (JSON.parse(out) as Checked).findings,
    );
    use({ ...(JSON.parse(out) as Checked), exitCode: code });
  });

const of = ({ findings }: Checked, check: string, target: string) =>
  findings.find((one) => one.check === check && one.target === target && isWhole(one));
const isWhole = ({ segment }: Reported) => Object.keys(segment ?? {}).length === 0;

test('a segment whose column came in another type is told by schema; the rest is judged', () =>
  checked(
    {
      before: '20 + i % 60 as age, i % 7 as visits',
      now: '(20 + i % 60)::varchar as age, 50 + i % 7 as visits',
      monitor:
        'segments: [{ name: decade, by: "age // 10" }, { name: odd, by: "id % 2 = 1", min_rows: 9 }]\n',
    },
    (found) => {
      expect(of(found, 'schema', 'age')?.sentence).toBe(
        'age: type changed; its type is VARCHAR, it was BIGINT; segment decade cannot be told ' +
          '(age // 10: there is no // of VARCHAR, INTEGER).',
      );
      expect(of(found, 'schema', 'age')?.verdict).toBe('alert');
      expect(of(found, 'psi', 'visits')?.verdict).not.toBe('unknown');
      const parts = new Set(found.findings.flatMap(({ segment }) => Object.keys(segment ?? {})));
      expect([...parts]).toEqual(['odd']);
    },
  ));

test('parts with few rows are not judged, and a note names them with what they have and want', () =>
  checked(
    {
      before: "i % 7 as visits, case when i < 20 then 'x' when i < 100 then 'y' else 'z' end as k",
      now: "i % 7 as visits, case when i < 20 then 'x' when i < 100 then 'y' else 'z' end as k",
      monitor: 'segments: [{ name: kind, by: k, min_rows: 80 }]\n',
    },
    (found) => {
      expect(found.notes).toEqual([
        'not judged, with fewer than 80 rows (segments of kind, min_rows): kind x (20)',
      ]);
      const parts = new Set(found.findings.map(({ segment }) => segment?.['kind']));
      expect(parts).toEqual(new Set([undefined, 'y', 'z']));
    },
  ));

const untold = "case when i = 500 then 'x' else (20 + i % 60)::varchar end as age, i % 7 as visits";

test('a segment whose expression fails on one row is told by schema; the rest is judged', () =>
  checked(
    {
      before: '(20 + i % 60)::varchar as age, i % 7 as visits',
      now: untold,
      monitor: `segments:
  - { name: decade, by: "age::int // 10", min_rows: 9 }
  - { name: tried, by: "try(age::int // 50)", min_rows: 9 }
`,
    },
    (found) => {
      expect(of(found, 'schema', 'age')?.sentence).toBe(
        'age: segment lost; segment decade cannot be told (age::int // 10: Could not convert ' +
          "string 'x' to INT32 when casting from source column age; " +
          'try(age::int // 10) leaves such rows out).',
      );
      expect(of(found, 'schema', 'age')?.verdict).toBe('alert');
      expect(of(found, 'psi', 'visits')?.verdict).toBe('ok');
      const parts = found.findings.map(({ segment }) => JSON.stringify(segment));
      expect(new Set(parts)).toEqual(new Set(['null', '{"tried":"0"}', '{"tried":"1"}']));
    },
  ));

test('a segment whose expression fails on a row of the reference is compared with nothing', () =>
  checked(
    {
      before: untold,
      now: '(20 + i % 60)::varchar as age, i % 7 as visits',
      monitor: 'segments: [{ name: decade, by: "age::int // 50", min_rows: 9 }]\n',
    },
    (found) => {
      expect(of(found, 'psi', 'visits')?.verdict).toBe('ok');
      expect(found.notes).toContain(
        'segment decade cannot be told of the reference (age::int // 50: Could not convert ' +
          "string 'x' to INT32 when casting from source column age; " +
          'try(age::int // 50) leaves such rows out), so nothing is compared in it',
      );
      expect(found.findings.filter((one) => !isWhole(one))).toEqual([]);
    },
  ));

test('a segment whose column is gone, which is no feature, is a finding of that column', () =>
  checked(
    {
      before: "i % 7 as visits, 'a' as region",
      now: 'i % 7 as visits',
      monitor: 'segments: [{ name: area, by: "upper(region)" }]\n',
    },
    (found) => {
      expect(of(found, 'schema', 'region')?.sentence).toBe(
        'region: column missing; the column is not in the data; segment area cannot be told ' +
          '(upper(region): there is no column "region").',
      );
      expect(found.exitCode).toBe(1);
    },
  ));

test('a segment of a reference that does not have its column parts nothing there', () =>
  checked(
    {
      before: 'i % 7 as visits',
      now: "i % 7 as visits, 'a' || i % 2 as region",
      monitor: 'segments: [{ name: area, by: "upper(region)" }]\n',
    },
    (found) => {
      expect(of(found, 'psi', 'visits')?.verdict).toBe('ok');
      expect(of(found, 'schema', 'region')).toBeUndefined();
    },
  ));

const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const named = (sql: string) => odd.map((name) => `${sql} as "${name}"`).join(', ');

test('columns may have the names that every object of JavaScript knows', () =>
  checked({ before: named('i % 60'), now: named('40 + i % 60') }, (found) => {
    for (const name of odd) {
      expect(of(found, 'psi', name)?.verdict, name).toMatch(/warn|alert/);
      expect(of(found, 'schema', name)?.verdict, name).toBe('ok');
    }
  }));

test('such a column that is gone is told, and one that is new is none of the reference', () =>
  checked(
    {
      before: 'i % 60 as age, i % 9 as "__proto__", i % 9 as "constructor"',
      now: 'i % 60 as age, i % 9 as "valueOf", i % 9 as "toString"',
    },
    (found) => {
      for (const name of ['__proto__', 'constructor']) {
        expect(of(found, 'schema', name)?.sentence).toMatch(/: column missing; /);
      }
      const targets = new Set(found.findings.map(({ target }) => target));
      expect([...targets].filter((name) => ['valueOf', 'toString'].includes(name))).toEqual([]);
    },
  ));

test('texts under such names are counted, in parts of the rows, too', () =>
  checked(
    {
      before: `${named("'a' || i % 5")}, 'p' || i % 2 as part`,
      now: `${named("'b' || i % 5")}, 'p' || i % 2 as part`,
      monitor: 'segments: [{ name: part, by: part }]\n',
    },
    (found) => {
      for (const name of odd) {
        expect(of(found, 'unseen_categories', name)?.verdict, name).toBe('warn');
      }
    },
  ));

test('a fault of the file is told as validate tells it, and is exit 2 in both', () =>
  withFolder(async (db, folder) => {
    const env = await shop(folder, '{ kind: training, path: before.parquet }');
    const rows = 'select i as id, now() as at, 1 as p from range(100) t(i)';
    await writeRows(db, path.join(folder, 'before.parquet'), rows);
    await writeRows(db, path.join(folder, 'day/2026-03-02.parquet'), rows);
    const file = path.join(folder, 'monitors/shop.yaml');
    const text = await readFile(file, 'utf8');
    for (const where of ['p >', 'q > 0']) {
      await writeFile(file, text.replace('parquet" }', `parquet", where: "${where}" }`));
      const valid = await runCli(['validate'], { cwd: folder, env });
      const [line = ''] = unwrapped(valid.out).split('\n');
      expect(line).toMatch(/^monitors\/shop\.yaml:4:\d+ predictions\.from\.where: expected an SQL/);
      const command = ['check', 'shop', '--as-of', '2026-03-03'];
      const { code, out, err } = await runCli(command, { cwd: folder, env });
      expect({ codes: [valid.code, code], out }).toEqual({ codes: [2, 2], out: '' });
      expect(unwrapped(err)).toBe(`error: the configuration is not valid:\n${line}\n`);
    }
  }));

test('rows are counted by weekday where the reference is a span of own windows, by hand too', () =>
  withFolder(async (db, folder) => {
    const dayOf = (place: number) =>
      new Date(Date.UTC(2026, 0, 5 + place)).toISOString().slice(0, 10);
    const env = await shop(folder, `{ kind: window, from: ${dayOf(0)}, to: ${dayOf(28)} }`);
    // Mondays to Fridays 300 rows and a few, 100 and a few on other days; the last Monday is as those
    const count = (place: number) => (place === 28 || place % 7 > 4 ? 100 : 300) + (place % 4);
    for (let place = 0; place < 30; place++) {
      const day = dayOf(place);
      const columns = `i as id, timestamp '${day}' + to_seconds(i * 60) as at, i % 7 as visits`;
      const file = path.join(folder, `day/${day}.parquet`);
      await writeRows(db, file, `select ${columns} from range(${count(place)}) t(i)`);
    }
    const volumeAt = async (place: number) => {
      const command = ['check', 'shop', '--as-of', dayOf(place + 1), '--json'];
      const { out } = await runCli(command, { cwd: folder, env });
      return of(JSON.parse(out) as Checked, 'volume', 'rows');
    };
    const fewer = await volumeAt(28);
    expect(fewer?.verdict).toBe('warn');
    // four Mondays, of 300, 303, 302 and 301 rows: their geometric mean is 301.498
    expect(fewer?.sentence).toMatch(
      /^100 rows, 66.8 % fewer than the usual 301 of this weekday \(4 windows, p /,
    );
    expect((await volumeAt(29))?.verdict).toBe('ok');
    // no file at all
    expect((await volumeAt(30))?.verdict).toBe('alert');
  }));

test.each([
  // the day that is judged, or the one before it, which the grid is made of
  ['the last', 9, 'alert', ['scale'], 'has 5 windows that nobody has judged'],
  ['the one before', 8, 'ok', [], 'has 5 windows that nobody has judged'],
])(
  'beside a reference that moves, %s of ten days is the odd one',
  (_, odd, verdict, broken, note) =>
    withFolder(async (db, folder) => {
      const dayOf = (place: number) => `2026-03-${String(place + 1).padStart(2, '0')}`;
      const env = await shop(folder, '{ kind: rolling, windows: 5 }');
      for (let place = 0; place < 10; place++) {
        const day = dayOf(place);
        const amount = `(20 + (i * 7919) % 997 / 50) * ${place === odd ? 1000 : 1}`;
        const columns = `i as id, timestamp '${day}' + to_seconds(i * 60) as at, ${amount} as amount`;
        const file = path.join(folder, `day/${day}.parquet`);
        await writeRows(db, file, `select ${columns} from range(600) t(i)`);
      }
      const command = ['check', 'shop', '--as-of', dayOf(10), '--json'];
      const { out } = await runCli(command, { cwd: folder, env });
      const found = JSON.parse(out) as Checked;
      expect(of(found, 'scale_change', 'amount')?.verdict).toBe(verdict);
      expect(found.notes.join()).toContain(note);
      const hard = found.findings.filter((one) => one.verdict === 'alert');
      expect(hard.map(({ sentence }) => /: (\w+);/.exec(sentence)?.[1])).toEqual(broken);
    }),
);

test('answers are held against those of usual days, and told as broken where they are missing', () =>
  withFolder(async (db, folder) => {
    const dayOf = (place: number) =>
      new Date(Date.UTC(2026, 0, 5 + place)).toISOString().slice(0, 10);
    const env = await shop(folder, `{ kind: window, from: ${dayOf(0)}, to: ${dayOf(20)} }`);
    const file = path.join(folder, 'monitors/shop.yaml');
    const text = (await readFile(file, 'utf8')).replace(
      'timestamp: at',
      'timestamp: at, prediction: { score: score, kind: probability }',
    );
    await writeFile(file, text);
    for (let place = 0; place < 24; place++) {
      const day = dayOf(place);
      // every day another mean; most are so small that tenths of them lie within a few cells. Of day
      // 21 scores are lost, those of day 23 are no probabilities
      const uniform = `(hash(i, ${place})::double / 18446744073709551616 + ${(place % 5) / 200})`;
      const score = `pow(${uniform} / 1.1, 8)`;
      const odd: Record<number, string> = {
        21: `case when i % 10 >= 6 then ${score} end`,
        23: `1.5 + 100 * ${score}`,
      };
      const told = odd[place] ?? score;
      const columns = `i as id, timestamp '${day}' + to_seconds(i * 60) as at, ${told} as score, i as __index_level_0__`;
      const rows = `select ${columns} from range(600) t(i)`;
      await writeRows(db, path.join(folder, `day/${day}.parquet`), rows);
    }
    const at = async (place: number) => {
      const command = ['check', 'shop', '--as-of', dayOf(place + 1), '--json', '-v'];
      return JSON.parse((await runCli(command, { cwd: folder, env })).out) as Checked;
    };
    const lost = await at(21);
    expect(of(lost, 'missing', 'score')?.verdict).toBe('alert');
    expect(of(lost, 'missing', 'score')?.sentence).toMatch(
      /^score: unavailable at prediction: 60 % of its values/,
    );
    // two Mondays before, all rows with an answer
    expect(of(lost, 'volume', 'predictions')?.sentence).toMatch(/^240 predictions, 60 % fewer/);
    const usual = await at(22);
    expect(of(usual, 'prediction_drift', 'prediction')?.verdict).toBe('ok');
    expect(of(usual, 'prediction_drift', 'prediction')?.sentence).toMatch(/PSI 0(\.0\d+)? /);
    expect(of(usual, 'prediction_drift', 'prediction')?.sentence).toContain(
      'against 21 usual days',
    );
    expect(usual.findings.filter(({ target }) => target === '__index_level_0__')).toEqual([]);
    expect(usual.notes.join()).toContain('__index_level_0__ (an index of pandas)');
    expect(of(await at(23), 'schema', 'score')?.sentence).toMatch(
      /^score: unreadable; 100 % of its values are not from 0 to 1/,
    );
  }));

test('where no mature window has rows yet, that is said instead of a table of nothing', () =>
  withFolder(async (db, folder) => {
    const lake = await shop(folder, '{ kind: training, path: before.parquet }');
    const env = { ...lake, AFTERCARE_NOW: '2026-03-03T02:00:00Z' };
    const file = path.join(folder, 'monitors/shop.yaml');
    const text = await readFile(file, 'utf8');
    const scored = text.replace('at }', 'at, prediction: { score: p, kind: probability } }');
    await writeFile(file, `${scored}labels: [{ value: y, mature_after: 1d }]\n`);
    const day = async (name: string, of: string) => {
      const rows = `select i as id, timestamp '${of}' + to_seconds(i) as at, i / 1000 as p, i % 2 as y`;
      await writeRows(db, path.join(folder, name), `${rows} from range(1000) t(i)`);
    };
    await day('before.parquet', '2026-02-01');
    await day('day/2026-03-02.parquet', '2026-03-02');
    const command = ['check', 'shop', '--as-of', '2026-03-03'];
    const first = await runCli(command, { cwd: folder, env });
    expect(first.out).toContain(
      ' No window with rows has mature labels yet: the newest that could,\n' +
        ' 2026-03-01 → 2026-03-02 UTC, has none\n',
    );
    expect(first.out).not.toContain('Newest window with mature labels');
    await day('day/2026-03-01.parquet', '2026-03-01');
    const second = await runCli(command, { cwd: folder, env });
    expect(second.out).toContain(' Newest window with mature labels: 2026-03-01');
    expect(second.out).not.toContain('No window with rows');
  }));

test('a column may be called what the queries call their own', async () => {
  const own = ['value', 'n', 'bin', 'kind', 'atom', 'x', 'sum', 'key', 'size', 'place', 'text'];
  const kinds = [
    "'c' || (i * 7 + day) % 5",
    "'k' || (i * 13 + day * 400) % 900",
    'i * 1.37 % 97 + day',
    'i * 3 % (4 + day)',
    "['a', 'b', null][1 + i % 3]",
    '[i % 3, 1.5, day]::float[3]',
  ];
  const columns = (names: readonly string[], day: number) =>
    names.map((name, i) => {
      const kind = kinds[i % kinds.length] ?? '';
      return `${kind.replaceAll('day', String(day))} as "${name}"`;
    });
  const found = async (names: readonly string[]): Promise<string[]> => {
    const told: string[] = [];
    const monitor = `segments: [{ name: part, by: ${names[0] ?? ''}, min_rows: 9 }]\n`;
    const [before, now] = [columns(names, 0).join(', '), columns(names, 1).join(', ')];
    await checked({ before, now, monitor }, ({ findings }) => {
      const targets = [...new Set(findings.map(({ target }) => target))];
      expect(targets.sort()).toEqual(['id', 'rows', ...names].sort());
      const numbered = findings.map((one) => ({ ...one, target: names.indexOf(one.target) }));
      told.push(...numbered.map((one) => JSON.stringify(one, TOLD)));
    });
    return told.sort();
  };
  expect(await found(own)).toEqual(await found(own.map((_, i) => `column_${i}`)));
});

const TOLD = [
  ...['check', 'target', 'segment', 'part', 'verdict'],
  ...['score', 'value', 'low', 'high', 'pValue', 'nCurrent', 'nReference'],
];

test('by hand no marker is waited for: a note says which one is not there yet', () =>
  withFolder(async (db, folder) => {
    const env = await shop(folder, '{ kind: training, path: before.parquet }');
    const file = path.join(folder, 'monitors/shop.yaml');
    const keys = '{hour}/a.parquet" }, ready: { marker: _SUCCESS, wait: 6h } }';
    await writeFile(file, (await readFile(file, 'utf8')).replace('{date}.parquet" } }', keys));
    const rows = (day: string, hours: number) =>
      `select i as id, timestamp '${day}' + to_seconds(i * 60) as at, i % 7 as visits
       from range(${hours * 60}) t(i)`;
    await writeRows(db, path.join(folder, 'before.parquet'), rows('2026-03-01', 24));
    for (let hour = 0; hour < 23; hour++) {
      const hourly = path.join(folder, 'day', String(hour).padStart(2, '0'));
      await mkdir(hourly);
      await writeFile(path.join(hourly, '_SUCCESS'), '');
    }
    await writeRows(db, path.join(folder, 'day/00/a.parquet'), rows('2026-03-02', 1));
    const look = async (now: string) => {
      const command = ['check', 'shop', '--as-of', '2026-03-03', '--json'];
      const { out } = await runCli(command, { cwd: folder, env: { ...env, AFTERCARE_NOW: now } });
      const found = JSON.parse(out) as Checked;
      return { notes: found.notes, verdict: of(found, 'ready', 'rows')?.verdict };
    };
    const marker = path.join(folder, 'day/23/_SUCCESS');
    // The lag of an hour and the wait of six are over at seven.
    expect(await look('2026-03-03T06:00:00Z')).toEqual({
      notes: [
        'day/23/_SUCCESS is not there yet (predictions.ready), and is waited for until 2026-03-03 07:00 UTC',
      ],
      verdict: 'unknown',
    });
    expect(await look('2026-03-03T07:00:00Z')).toEqual({ notes: [], verdict: 'alert' });
    await mkdir(path.dirname(marker));
    await writeFile(marker, '');
    expect(await look('2026-03-03T06:00:00Z')).toEqual({ notes: [], verdict: 'ok' });
  }));
