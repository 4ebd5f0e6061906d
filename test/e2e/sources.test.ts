import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import type { Duck } from '../../lake/duck.js';
import { someTeams } from '../support/config.js';
import { withPlace } from '../support/e2e.js';
import { lentOnce } from '../support/once.js';
import { withFolder, writeRows } from '../support/rows.js';

/** 400 rows of 1 March 2026, from 00:00 on, one each 3 minutes; a column can be replaced. */
function day(replaced: Readonly<Record<string, string>> = {}, rows = 400): string {
  const columns: Record<string, string> = {
    id: 'i',
    ts: "timestamp '2026-03-01' + to_minutes(3 * i::bigint)",
    score: '(i % 100) / 100.0::double',
    income: '1000.0::double + i',
    country: "case when i % 3 = 0 then 'FR' else 'DE' end",
    ...replaced,
  };
  const list = Object.entries(columns).filter(([, sql]) => sql !== '');
  const select = list.map(([name, sql]) => `${sql} as ${name}`).join(', ');
  return `select ${select} from range(${rows}) rows(i)`;
}

interface Report {
  rows: number;
  error: string | null;
  exitCode: number;
  notes: string[];
  findings: (Pick<Finding, 'check' | 'target' | 'verdict' | 'reason' | 'sentence'> & {
    score: { value: number | null };
  })[];
}

interface Checked {
  code: number;
  err: string;
  report: Report;
  /** Verdict of a finding; undefined: there is none. */
  verdict: (check: string, target: string) => string | undefined;
}

interface Case {
  /** Makes `data/*`; the reference is there already. */
  data: (db: Duck, folder: string) => Promise<unknown>;
  monitor?: Record<string, unknown>;
  flags?: readonly string[];
}

/** What writes the rows of all cases, and the reference that they have. */
const shared = lentOnce<{ db: Duck; training: string }>((use) =>
  withFolder(async (db, folder) => {
    await use({ db, training: await writeRows(db, join(folder, 'training.parquet'), day()) });
  }),
);
/** Checks 1 March 2026 by the command line, in a folder with such data. */
async function check({ data, monitor = {}, flags = [] }: Case): Promise<Checked> {
  const { db, training } = await shared();
  return withPlace({ env: { AFTERCARE_NOW: '2026-03-02' } }, async (place) => {
    const folder = join(place.folder, 'data');
    await mkdir(folder);
    await mkdir(join(place.folder, 'monitors'));
    await copyFile(training, join(folder, 'training.parquet'));
    await data(db, folder);
    const text = stringify({
      version: 1,
      model: { id: 'churn', task: 'binary', owners: 'team:growth-ml' },
      windows: { size: '1d', min_rows: 50 },
      predictions: { from: { path: 'data/part-*.parquet' } },
      columns: {
        id: ['id'],
        timestamp: 'ts',
        prediction: { score: 'score', kind: 'probability' },
      },
      reference: { drift: { kind: 'training', path: 'data/training.parquet' } },
      ...monitor,
    });
    await writeFile(join(place.folder, 'monitors/churn.yaml'), text);
    await writeFile(join(place.folder, 'monitors/teams.yaml'), someTeams);
    const command = ['check', 'churn', '--as-of', '2026-03-02', ...flags, '--json'];
    const { code, out, err } = await place.cli(command);
    const report = out === '' ? ({} as Report) : (JSON.parse(out) as Report);
    const verdict = (name: string, target: string) =>
      report.findings.find((one) => one.check === name && one.target === target)?.verdict;
    return { code, err, report, verdict };
  });
}

const part = (folder: string, n = 0): string => join(folder, `part-${n}.parquet`);

test('a whole day is judged, and nothing is wrong with it', async () => {
  const { code, report, verdict } = await check({
    data: (db, folder) => writeRows(db, part(folder), day()),
  });
  expect({ code, rows: report.rows, error: report.error }).toEqual({
    code: 0,
    rows: 400,
    error: null,
  });
  expect(verdict('psi', 'income')).toBe('ok');
  expect(report.findings.filter(({ verdict: one }) => one === 'alert' || one === 'warn')).toEqual(
    [],
  );
});

test('a truncated file cannot be judged, and is named', async () => {
  const { code, report } = await check({
    data: async (db, folder) => {
      await writeRows(db, part(folder), day());
      await truncate(part(folder), (await readFile(part(folder))).length - 60);
    },
  });
  expect(code).toBe(3);
  expect(report.error).toMatch(/^data\/part-0\.parquet: /);
  expect(report.findings.map(({ verdict }) => verdict)).not.toContain('ok');
});

test('a file without the column of event times cannot be judged; both are named', async () => {
  const { code, report } = await check({
    data: async (db, folder) => {
      await writeRows(db, part(folder), day());
      await writeRows(db, part(folder, 1), day({ ts: '' }));
    },
  });
  expect(code).toBe(3);
  expect(report.error).toMatch(
    /^data\/part-1\.parquet: column "ts" is missing; the columns are id/,
  );
});

test('a feature that is gone, or has another type, breaks the schema', async () => {
  const gone = await check({
    data: (db, folder) => writeRows(db, part(folder), day({ income: '' })),
  });
  expect(gone).toMatchObject({ code: 1 });
  expect(gone.verdict('schema', 'income')).toBe('alert');
  expect(gone.verdict('schema', 'country')).toBe('ok');
  const other = await check({
    data: (db, folder) => writeRows(db, part(folder), day({ income: "'much'" })),
  });
  expect(other).toMatchObject({ code: 1 });
  expect(other.verdict('schema', 'income')).toBe('alert');
});

test('no file and no row never pass, unless they are allowed to', async () => {
  const noFile = { data: () => Promise.resolve() };
  const noRow = { data: (db: Duck, folder: string) => writeRows(db, part(folder), day({}, 0)) };
  const otherDay = {
    data: (db: Duck, folder: string) =>
      writeRows(db, part(folder), day({ ts: "timestamp '2026-02-01'" })),
  };
  for (const one of [noFile, noRow, otherDay]) {
    const checked = await check(one);
    expect(checked).toMatchObject({ code: 4, report: { rows: 0, exitCode: 4, error: null } });
    expect(checked.verdict('volume', 'rows')).toBeDefined();
    const why = 'no file for the window matches ';
    const noted = checked.report.notes.filter((note) => note.startsWith(why));
    expect(noted).toHaveLength(one === noFile ? 1 : 0);
    if (one === noFile) expect(noted[0]).toMatch(/data\/part-\*\.parquet$/);
    expect(checked.verdict('psi', 'income')).toBe('unknown');
    const allowed = await check({ ...one, flags: ['--allow-no-data'] });
    expect(allowed).toMatchObject({ code: 0 });
  }
});

test.each(['', '\n', '\ufeff', ' \r\n\r\n'])(
  'a text file of %j is no rows, and is named',
  async (text) => {
    const { code, report, verdict } = await check({
      data: (_, folder) => writeFile(join(folder, 'part-0.csv'), text),
      monitor: { predictions: { from: { path: 'data/part-*.csv' } } },
    });
    expect({ code, rows: report.rows, error: report.error }).toEqual({
      code: 4,
      rows: 0,
      error: null,
    });
    expect(verdict('volume', 'rows')).toBe('alert');
    expect(report.notes[0]).toMatch(/^nothing is in .*data\/part-0\.csv, not even a header line$/);
    expect(JSON.stringify(report)).not.toContain('column0');
  },
);

test('a text file without a header line is asked for one', async () => {
  const { code, report } = await check({
    data: (_, folder) =>
      writeFile(join(folder, 'part-0.csv'), tiny.split('\n').slice(1).join('\n')),
    monitor: { predictions: { from: { path: 'data/part-*.csv' } } },
  });
  expect(code).toBe(3);
  expect(report.error).toMatch(
    /column "ts" is missing; the columns are 0, 2026-.*; is a header line missing\?$/,
  );
});

test('what is damaged inside is named in our words, the file alone of several', async () => {
  const { code, report } = await check({
    data: async (db, folder) => {
      await writeRows(db, part(folder), day());
      await writeRows(db, part(folder, 1), day({ country: 'hash(i)::varchar' }, 4000));
      const bytes = await readFile(part(folder, 1));
      const middle = Math.floor(bytes.length / 2);
      bytes.fill(0x5a, middle, middle + 400);
      await writeFile(part(folder, 1), bytes);
    },
  });
  expect(code).toBe(3);
  expect(report.error).toMatch(
    /^data\/part-1\.parquet: is damaged \([^()]*\); expected a whole Parquet file$/,
  );
  expect(report.error).not.toMatch(/Error|Exception|cannot be read together/);
});

const tiny = 'id,ts,score,income,country\n'.concat(
  ...['1000', 'oops', '1200'].map((income, i) => `${i},2026-03-01 0${i}:00:00,0.5,${income},FR\n`),
);

test('a text file that ends in the middle of a line is named', async () => {
  const from = { predictions: { from: { path: 'data/part-*.csv' } } };
  const whole = await check({
    data: (_, folder) => writeFile(join(folder, 'part-0.csv'), tiny),
    monitor: from,
  });
  expect(whole.report.notes).toEqual([]);
  const { report, verdict } = await check({
    data: (_, folder) => writeFile(join(folder, 'part-0.csv'), tiny.slice(0, -9)),
    monitor: from,
  });
  expect(report.notes).toHaveLength(1);
  expect(report.notes[0]).toMatch(
    /^the last line has no line end in data\/part-0\.csv; is the file whole/,
  );
  expect(verdict('rejected_rows', 'rows')).toBe('alert');
});

test('one value of three that cannot be read is rejected; its column keeps its type', async () => {
  const first = { reference: {} };
  const small = { windows: { size: '1d', min_rows: 1 } };
  const from = { predictions: { from: { path: 'data/part-*.csv' } } };
  // a first window without a reference has nothing to be compared with, and rejects all the same
  for (const [more, compared] of [
    [{}, 'ok'],
    [first, 'unknown'],
  ] as const) {
    const { report, verdict } = await check({
      data: (_, folder) => writeFile(join(folder, 'part-0.csv'), tiny),
      monitor: { ...small, ...from, ...more },
    });
    expect(report.rows).toBe(3);
    expect(verdict('rejected_rows', 'rows')).toBe('alert');
    const found = report.findings.find((one) => one.check === 'rejected_rows');
    expect(found?.sentence).toContain('1 unparsed in income');
    expect([verdict('missing', 'income'), verdict('schema', 'income')]).toEqual([
      compared,
      compared,
    ]);
  }
});

test('a path without wildcards names a file that has to be there', async () => {
  const { code, report } = await check({
    data: () => Promise.resolve(),
    monitor: { predictions: { from: { path: 'data/day.csv' } } },
  });
  expect(code).toBe(3);
  expect(report.error).toBe('data/day.csv: no such file; expected the predictions');
  // The cause is said once: the findings refer to it.
  expect(report.findings.filter(({ sentence }) => sentence.includes('day.csv'))).toEqual([]);
});

test('without files volume speaks, and the schema has nothing to be asked about', async () => {
  const { report, verdict } = await check({ data: () => Promise.resolve() });
  expect(verdict('volume', 'rows')).toBe('alert');
  const schema = report.findings.filter((one) => one.check === 'schema');
  expect(schema.map(({ verdict: one, reason }) => [one, reason])).toEqual(
    schema.map(() => ['unknown', 'not_applicable']),
  );
  expect(schema.length).toBeGreaterThan(0);
});

test('ids that come twice are duplicates, which fail the command unless it is never to', async () => {
  const twice: Case = {
    data: (db, folder) => writeRows(db, part(folder), day({ id: 'i % 390' })),
  };
  const { code, report, verdict } = await check(twice);
  expect(code).toBe(1);
  expect(verdict('duplicates', 'rows')).toBe('alert');
  const found = report.findings.find((one) => one.check === 'duplicates');
  expect(found?.score.value).toBeCloseTo(10 / 400, 12);
  expect(await check({ ...twice, flags: ['--fail-on', 'never'] })).toMatchObject({ code: 0 });
});

test('without the column of the id nobody knows what comes twice, and nothing is ok about it', async () => {
  const { report, verdict } = await check({
    data: (db, folder) => writeRows(db, part(folder), day({ id: '' })),
  });
  expect(verdict('duplicates', 'rows')).toBe('unknown');
  const finding = report.findings.find((one) => one.check === 'duplicates');
  expect(finding?.reason).toBe('not_applicable');
  expect(finding?.sentence).toMatch(/the window does not have id, the id/);
});

test('a column that the monitor names and nothing has is wrong configuration, told at once', async () => {
  const { code, err } = await check({
    data: (db, folder) => writeRows(db, part(folder), day()),
    monitor: {
      columns: {
        id: ['id'],
        timestamp: 'ts',
        prediction: { score: 'score', kind: 'probability' },
        features: { exclude: ['contry'], overrides: { tenure: { type: 'numeric' } } },
      },
      checks: [{ check: 'psi', targets: ['incme'], warn: 0.1 }],
    },
  });
  expect(code).toBe(2);
  expect(err).toMatch(
    /churn\.yaml checks \(psi\)\.targets: .*got "incme"\. Did you mean "income"\?/,
  );
  expect(err).toMatch(/features\.exclude: .*got "contry"\. Did you mean "country"\?/);
  expect(err).toMatch(/features\.overrides: .*got "tenure"\./);
  expect(err).toMatch(/Columns of the window and the reference: country, id, income, score, ts\./);
});

test('a column of texts in place of the score is wrong configuration', async () => {
  const { code, err } = await check({
    data: (db, folder) => writeRows(db, part(folder), day()),
    monitor: {
      columns: {
        id: ['id'],
        timestamp: 'ts',
        prediction: { score: 'country', kind: 'probability' },
      },
    },
  });
  expect(code).toBe(2);
  expect(err).toContain(
    'churn.yaml columns.prediction.score: expected a column of numbers, got "country", ' +
      'which holds texts in the window and the reference.',
  );
});

test('a score that is delivered as text is read as the number that it is', async () => {
  const score = '((i % 100) / 100.0::double)::varchar';
  const { code, verdict } = await check({
    data: async (db, folder) => {
      await writeRows(db, join(folder, 'training.parquet'), day({ score }));
      await writeRows(db, part(folder), day({ score }));
    },
  });
  expect(code).toBe(0);
  expect(verdict('prediction_drift', 'prediction')).toBe('ok');
});

test('places that are delivered as text are those of a ranking, which has no score', async () => {
  const columns = day({ score: '((i % 10) + 1)::varchar' });
  const { code, report } = await check({
    data: async (db, folder) => {
      await writeRows(db, join(folder, 'training.parquet'), columns);
      await writeRows(db, part(folder), columns);
    },
    monitor: {
      model: { id: 'churn', task: 'ranking', owners: 'team:growth-ml' },
      columns: {
        id: ['id'],
        timestamp: 'ts',
        prediction: { request: 'id', item: 'country', position: 'score' },
      },
    },
  });
  expect({ code, error: report.error }).toEqual({ code: 0, error: null });
});

test('columns that came and that nobody watches are named', async () => {
  const { report } = await check({
    data: async (db, folder) => {
      const training = day({ tags: '[i]' });
      await writeRows(db, join(folder, 'training.parquet'), training);
      await writeRows(db, part(folder), day({ tags: '[i]', tenure: 'i' }));
    },
  });
  expect(report.notes).toEqual([
    'not monitored: tags (of type BIGINT[]), tenure (not in the reference)',
  ]);
});

test('a column that only the reference has is no fault of the monitor', async () => {
  const { code, verdict } = await check({
    data: (db, folder) => writeRows(db, part(folder), day({ income: '' })),
    monitor: { checks: [{ check: 'psi', targets: ['income'], warn: 0.1 }] },
  });
  expect(code).toBe(1);
  expect(verdict('schema', 'income')).toBe('alert');
});

test('values that cannot be read and times that are still to come are rejected rows', async () => {
  const { report, verdict } = await check({
    data: async (db, folder) => {
      // Text times: 5 of 400 are no time, 10 are later than the instant judged for.
      const ts =
        "case when i < 5 then 'yesterday' when i < 15 then '2026-03-05 10:00:00' " +
        "else strftime(timestamp '2026-03-01' + to_minutes(3 * i::bigint), '%Y-%m-%d %H:%M:%S') end";
      await writeRows(db, part(folder), day({ ts }));
    },
  });
  expect(report.rows).toBe(385);
  const found = report.findings.find((one) => one.check === 'rejected_rows');
  expect(verdict('rejected_rows', 'rows')).toBe('warn');
  expect(found?.score.value).toBeCloseTo(15 / 400, 12);
  expect(found?.sentence).toContain('10 future in ts, 5 unparsed in ts');
});

test('an offset in a time wins; a time without one is in the zone of the column', async () => {
  // Windows of Paris: 28 February 23:00 UTC to 1 March 23:00 UTC. Zone of the column: New York.
  const times = [
    '2026-03-01T00:30:00+01:00', // 23:30 UTC before: in
    '2026-03-01T00:30:00+02:00', // 22:30 UTC before: out
    '2026-02-28 18:30:00', // New York, 23:30 UTC: in
    '2026-02-28 17:30:00', // New York, 22:30 UTC: out
    '2026-03-01T22:59:59Z', // in
    '2026-03-01T23:00:00Z', // out: the end does not belong to it
    '2026-03-01 17:59:00', // New York, 22:59 UTC: in
  ];
  const { report } = await check({
    data: async (_, folder) => {
      const lines = times.map((time, i) => `${i},${time},0.5,1000,FR`);
      await writeFile(
        join(folder, 'part-0.csv'),
        ['id,ts,score,income,country', ...lines].join('\n'),
      );
    },
    monitor: {
      windows: { size: '1d', timezone: 'Europe/Paris', min_rows: 1 },
      predictions: { from: { path: 'data/part-*.csv' } },
      columns: { id: ['id'], timestamp: { column: 'ts', timezone: 'America/New_York' } },
    },
    flags: ['--allow-no-data'],
  });
  expect(report.rows).toBe(4);
});

test('a hostile filter reads nothing outside of its sources, and is refused in words', async () => {
  const marker = 'm4rker-of-another-team';
  for (const where of [
    "(select count(*) from read_text('OUTSIDE')) > 0",
    "country = (select content from read_text('OUTSIDE'))",
    "true); copy (select 1) to 'OUTSIDE.copy'; select (true",
    "true) or exists (select 1 from read_csv('/etc/passwd')",
    "getenv('HOME') <> ''",
    'no_such_column = 1',
  ]) {
    let outside = '';
    const { code, err, report } = await check({
      data: async (db, folder) => {
        outside = join(folder, '..', 'outside.txt');
        await writeFile(outside, marker);
        await writeRows(db, part(folder), day());
      },
      monitor: {
        predictions: {
          from: {
            path: 'data/part-*.parquet',
            where: where.replaceAll('OUTSIDE', '../outside.txt'),
          },
        },
      },
    });
    expect([2, 3], where).toContain(code);
    const said = `${err}${report.error ?? ''}`;
    expect(said, where).toMatch(/where/);
    expect(said, where).not.toContain(marker);
    await expect(readFile(`${outside}.copy`), where).rejects.toThrow('ENOENT');
  }
});
