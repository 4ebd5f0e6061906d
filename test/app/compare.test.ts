import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, root } from '../support/cli.js';
import { loadedBy } from '../support/imports.js';
import { withFolder, writeRows } from '../support/rows.js';

/** 2,000 rows: two columns that move, two that do not, an id and a time. */
const side = (shift: number): string => `
  select
    i + ${shift * 1e6} as id,
    timestamp '2026-01-01' + to_seconds(i) as at,
    sin(i) * 10 + ${shift} * 5 as amount,
    cos(i) as ratio,
    case when i % 10 < ${2 + 3 * shift} then 'rome' else 'oslo' end as city,
    case when i % 2 = 0 then 'web' else 'app' end as channel
  from range(2000) t(i)`;

interface Json {
  current: { unreadableValues: { column: string; values: number }[] };
  columns: { column: string; verdict: string; scores: Record<string, number> }[];
  findings: {
    check: string;
    target: string;
    segment: object | null;
    verdict: string;
    why: string | null;
    reason: string | null;
    score: { value: number | null };
  }[];
  onlyIn: { reference: string[]; current: string[] };
  leftOut: { column: string; why: string }[];
  unmeasured: { column: string; why: string }[];
  unvaried: string[];
  binning: string;
  exitCode: number;
}

/** Two files in a folder where nothing else is, and the command run on them. */
function withFiles<T>(
  use: (compare: (...more: string[]) => ReturnType<typeof runCli>, folder: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (db, folder) => {
    await writeRows(db, path.join(folder, 'a.parquet'), side(0));
    await writeRows(db, path.join(folder, 'b.parquet'), side(1));
    const place = { env: {}, cwd: folder };
    return use((...more) => runCli(['compare', ...more], place), folder);
  });
}

describe('compare', () => {
  test('puts the largest change first, tells what moved, and hits the gate', async () => {
    await withFiles(async (compare) => {
      const { code, out } = await compare('a.parquet', 'b.parquet');
      expect(code).toBe(1);
      expect(out.replaceAll(/\s+/g, ' ')).toContain(
        'a.parquet (2 000 rows) → b.parquet (2 000 rows) · 5 columns · ' +
          'one-off comparison: no stated error rate',
      );
      const order = ['amount', 'city', 'ratio', 'channel'].map((name) => out.indexOf(`\n ${name}`));
      expect(Math.min(...order)).toBeGreaterThan(0);
      expect(Math.max(...order.slice(0, 2))).toBeLessThan(Math.min(...order.slice(2)));
      expect(out).toMatch(/rome 20 % → 50 %/);
      const flat = out.replaceAll(/\s+/g, ' ');
      expect(flat).toContain('against the reference. Rule: psi >= 0.25.');
      expect(flat.match(/Test of psi: chi-square of bins[^.]*0\.01 \(mode N/g)).toHaveLength(1);
      const json = JSON.parse((await compare('a.parquet', 'b.parquet', '--json')).out) as Json;
      const why = json.findings.filter(({ verdict }) => verdict === 'alert').map((one) => one.why);
      expect(why[0]).toMatch(/^Rule: psi >= 0\.25\. Test: chi-square of bins/);
      expect(json.findings.filter((one) => one.verdict === 'ok' && one.why !== null)).toEqual([]);
      expect(out).toMatch(/Not compared: id \(every value is different/);
      expect(Math.max(...out.split('\n').map((line) => Array.from(line).length))).toBeLessThan(81);
      expect((await compare('a.parquet', 'b.parquet', '--fail-on', 'never')).code).toBe(0);
      expect((await compare('a.parquet', 'a.parquet')).code).toBe(0);
    });
  });

  test.each([[[]], [['--exact']]])(
    'says of the largest and the smallest doubles what can be told of them %j',
    async (more) => {
      await withFolder(async (db, folder) => {
        const rows = (least: number) =>
          `select greatest((i * 7919) % 2000 - 1000, ${least}) * 1.7e305 as huge,
          (1 + i % 2000) * 5e-324 as tiny from range(2000) t(i)`;
        await writeRows(db, path.join(folder, 'a.parquet'), rows(-1000));
        await writeRows(db, path.join(folder, 'b.parquet'), rows(-900));
        const args = ['compare', 'a.parquet', 'b.parquet', '--json', ...more];
        const { code, out } = await runCli(args, { env: {}, cwd: folder });
        const { findings, unvaried } = JSON.parse(out) as Json;
        const of = (check: string, target: string) =>
          findings.find((one) => one.check === check && one.target === target);
        expect(code).toBe(0);
        expect(findings.filter(({ reason }) => reason === 'error')).toEqual([]);
        // a tenth of the lower half of the values went to its upper end
        expect(of('ks', 'huge')?.score.value).toBeCloseTo(0.05, 2);
        expect(of('psi', 'tiny')).toMatchObject({ reason: 'not_applicable' });
        // 2,000 different values: they are not told apart, and not one
        expect(unvaried).toEqual([]);
      });
    },
  );

  test.each([[[]], [['--exact']]])(
    'says of numbers that no double tells apart so %j',
    async (more) => {
      await withFolder(async (db, folder) => {
        const rows = (kinds: number) =>
          `select (1e30::decimal(38, 0) + i % ${kinds})::decimal(38, 0) as large,
          (9007199254740993 + 0 * i)::bigint as one from range(6000) t(i)`;
        await writeRows(db, path.join(folder, 'a.parquet'), rows(1000));
        await writeRows(db, path.join(folder, 'b.parquet'), rows(7));
        const args = ['compare', 'a.parquet', 'b.parquet', ...more];
        const place = { env: {}, cwd: folder };
        const { out } = await runCli(args, place);
        expect(out.replaceAll(/\s+/g, ' ')).toContain(
          'psi of large: its values are too large or too close to 0 to be told apart.',
        );
        // of one value that is as large, what was said of it is right
        expect(out).toContain('One value only in the reference, so drift is not judged: one\n');
        const json = JSON.parse((await runCli([...args, '--json'], place)).out) as Json;
        const measured = json.findings.filter(
          ({ target, score }) => target === 'large' && score.value !== null,
        );
        // what rests on the values says nothing of them
        expect(measured.map(({ check }) => check).filter((check) => check === 'ks')).toEqual([]);
        expect(measured.map(({ check }) => check)).toContain('missing');
      });
    },
  );

  test.each([[[]], [['--exact']]])('knows a column called __proto__ %j', async (more) => {
    await withFolder(async (db, folder) => {
      const rows = (shift: number) =>
        `select ${shift} + i % 60 as "__proto__", [i] as "constructor" from range(600) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows(0));
      await writeRows(db, path.join(folder, 'b.parquet'), rows(40));
      const args = ['compare', 'a.parquet', 'b.parquet', '--json', ...more];
      const { out } = await runCli(args, { env: {}, cwd: folder });
      const found = JSON.parse(out) as Json;
      expect(found.columns.map(({ column, verdict }) => [column, verdict])).toEqual([
        ['__proto__', 'alert'],
        ['constructor', 'ok'],
      ]);
      // Below 40 lie 40 of 60 values of the first, and none of the second.
      expect(found.columns[0]?.scores['ks']).toBeCloseTo(40 / 60, 12);
    });
  });

  test.each([[[]], [['--exact']]])(
    'values that cannot be read are not missing %j',
    async (more) => {
      await withFolder(async (_, folder) => {
        const lines = (wrong: number) =>
          Array.from({ length: 1000 }, (_, i) => `${i < wrong ? 'oops' : i % 80},${i % 7}`);
        const write = (name: string, wrong: number) =>
          writeFile(path.join(folder, name), ['x,y', ...lines(wrong), ''].join('\n'));
        await write('a.csv', 0);
        await write('b.csv', 60);
        const run = (...args: string[]) =>
          runCli(['compare', 'a.csv', 'b.csv', ...args, ...more], { env: {}, cwd: folder });
        const { out } = await run();
        expect(out).toContain('b.csv: values that could not be read: 60 of x');
        expect(out).not.toMatch(/values are missing/);
        const found = JSON.parse((await run('--json')).out) as Json;
        expect(found.columns.find(({ column }) => column === 'x')?.scores['missing']).toBe(0);
        expect(found.current.unreadableValues).toEqual([{ column: 'x', values: 60 }]);
        // y parts the rows: those that are unreadable in each are.
        const parts = JSON.parse((await run('--json', '--segments', 'y')).out) as Json;
        const missing = parts.findings.filter(
          (one) => one.check === 'missing' && one.target === 'x',
        );
        expect(new Set(missing.map(({ score }) => score.value))).toEqual(new Set([0]));
        expect(missing).toHaveLength(8);
      });
    },
  );

  test('lines that cannot be read are judged: more than 5 % of them hit the gate', async () => {
    await withFolder(async (_, folder) => {
      const write = (name: string, broken: number) => {
        const lines = Array.from(
          { length: 1000 },
          (_, i) => `${i % 80},${i % 7}${i >= 1000 - broken ? ',9,9' : ''}`,
        );
        return writeFile(path.join(folder, name), ['x,y', ...lines, ''].join('\n'));
      };
      await write('a.csv', 0);
      await write('b.csv', 120);
      const run = (...args: string[]) => runCli(['compare', ...args], { env: {}, cwd: folder });
      const bad = await run('a.csv', 'b.csv', '--report', 'page.html');
      expect(bad.code).toBe(1);
      expect(bad.out.replaceAll(/\s+/g, ' ')).toContain(
        'alert: 120 of 1000 rows were rejected or could not be read (12 %). Rule: rejected_rows >= 5 pp.',
      );
      expect(await readFile(path.join(folder, 'page.html'), 'utf8')).toContain(
        'alert: 120 of 1000',
      );
      // the same share on both sides is no news, and a named check asks for nothing else
      const { findings } = JSON.parse((await run('b.csv', 'b.csv', '--json')).out) as Json;
      const rows = findings.filter(({ check }) => check === 'rejected_rows');
      expect(rows).toMatchObject([{ target: 'rows', verdict: 'ok', score: { value: 0 } }]);
      expect((await run('a.csv', 'b.csv', '--checks', 'missing')).code).toBe(0);
    });
  });

  test('a broken column is told once, what moved at once is told once, in 80 columns', async () => {
    await withFolder(async (db, folder) => {
      const long =
        'a segment whose values are longer than anybody would ever want to read them all';
      const rows = (times: number, shift: number) =>
        `select (20 + sin(i)) * ${times} as amount, cos(i) + ${shift} as a, sin(i) + ${shift} as b,
          sin(i * 7) + ${shift} as c, cos(i * 3) + ${shift} as d,
          case when i % 2 = 0 then '${long}' else 'other' end as part from range(4000) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows(1, 0));
      await writeRows(db, path.join(folder, 'b.parquet'), rows(100, 1));
      const args = ['compare', 'a.parquet', 'b.parquet', '--segments', 'part'];
      const { out } = await runCli(args, { env: {}, cwd: folder });
      const [whole = '', parts = ''] = out.split(' In parts of the rows:');
      expect(whole.match(/^ {3}amount/gm)).toHaveLength(1);
      expect(whole.replaceAll(/\s+/g, ' ')).toContain(
        'amount: scale; its values are 100 times what they were',
      );
      expect(whole.replaceAll(/\s+/g, ' ')).toMatch(
        /And 2 more checks of amount because of it: psi, out_of_range\./,
      );
      expect(parts.match(/ alert part = /g)).toHaveLength(2);
      expect(out.match(/features moved at once/g)).toHaveLength(1);
      expect(out).toContain(' 5 of 6 features moved at once: a sign of one change upstream.');
      expect(Math.max(...out.split('\n').map((line) => Array.from(line).length))).toBeLessThan(81);
    });
  });

  test('what is missing more is told in percentage points', async () => {
    await withFolder(async (db, folder) => {
      const rows = (missing: number) =>
        `select case when i % 100 >= ${missing} then i % 80 end as x, i % 7 as y from range(1000) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows(2));
      await writeRows(db, path.join(folder, 'b.parquet'), rows(8));
      const place = { env: {}, cwd: folder };
      const { out } = await runCli(['compare', 'a.parquet', 'b.parquet'], place);
      expect(out).toMatch(/^ x .* \+6 pp /m);
    });
  });

  test('compares dates and lists by what is missing, texts by length, and says so', async () => {
    await withFolder(async (db, folder) => {
      const rows = (missing: number) => `select
          case when i % 10 >= ${missing} then date '2026-01-01' end as day,
          case when i % 10 >= ${missing} then [i] end as list,
          'note ' || i as note, i % 7 as amount
        from range(1000) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows(1));
      await writeRows(db, path.join(folder, 'b.parquet'), rows(6));
      const place = { env: {}, cwd: folder };
      const { out } = await runCli(['compare', 'a.parquet', 'b.parquet', '--json'], place);
      const found = JSON.parse(out) as Json;
      for (const name of ['day', 'list']) {
        const column = found.columns.find((one) => one.column === name);
        // 60 % of the rows lack it, 10 % did before
        expect(column?.scores['missing']).toBeCloseTo(0.5, 12);
        expect(column?.verdict).toBe('warn');
      }
      expect(found.unmeasured).toEqual([
        { column: 'day', why: 'values of type DATE are not compared' },
        { column: 'list', why: 'values of type BIGINT[] are not compared' },
      ]);
      const table = await runCli(['compare', 'a.parquet', 'b.parquet', '--exact'], place);
      expect(table.out.replaceAll(/\s+/g, ' ')).toContain(
        'Compared by type and missing values only: day (DATE), list (BIGINT[])',
      );
      // The notes differ in their number alone, as ids that count up do.
      expect(table.out).toContain('Compared by length without digits: note');
    });
  });

  test('tells texts that grew and vectors that are another size, by cells and by values', async () => {
    await withFolder(async (db, folder) => {
      const rows = (longer: number, size: number) => `select
          md5(i::varchar) || repeat('a', (hash(i) % 40)::int * ${longer}) as note,
          list_transform(range(${size}), lambda k: (1 + hash(i) % 9) / sqrt(${size}))::double[] as v
        from range(1000) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows(1, 3));
      await writeRows(db, path.join(folder, 'b.parquet'), rows(9, 30));
      const place = { env: {}, cwd: folder };
      for (const more of [[], ['--exact']]) {
        const { code, out } = await runCli(['compare', 'a.parquet', 'b.parquet', ...more], place);
        const words = out.replaceAll(/\s+/g, ' ');
        expect(code).toBe(1);
        expect(words).toContain('length of note moved (PSI ');
        expect(words).toContain('v: size changed; its vectors have 30 numbers, they had 3.');
        expect(words).not.toContain('norm of v moved');
        expect(words).toContain('Compared by length: note');
        expect(words).toContain('Compared by norm: v');
        const same = await runCli(['compare', 'a.parquet', 'a.parquet', ...more], place);
        expect(same.code).toBe(0);
      }
    });
  });

  test('as JSON: every statistic of every column, exact ones with --exact', async () => {
    await withFiles(async (compare) => {
      const { out } = await compare('a.parquet', 'b.parquet', '--json', '--exact');
      const found = JSON.parse(out) as Json;
      expect(found).toMatchObject({ binning: 'exact', exitCode: 1 });
      const amount = found.columns.find(({ column }) => column === 'amount');
      // every value moved up by 5: so far each row has to go
      expect(amount?.scores['wasserstein']).toBeCloseTo(5, 9);
      expect(amount?.verdict).toBe('alert');
      const city = found.columns.find(({ column }) => column === 'city');
      expect(city?.scores['total_variation']).toBeCloseTo(0.3, 12);
      expect(city?.scores['cramers_v']).toBeGreaterThan(0.3);
      expect(Object.keys(amount?.scores ?? {})).toEqual(
        expect.arrayContaining(['psi', 'ks', 'kl', 'hellinger', 'mean_shift', 'g_test']),
      );
    });
  });

  test('with --columns, --checks and --segments: only these, part by part', async () => {
    await withFiles(async (compare) => {
      const flags = ['--columns', 'city,id', '--checks', 'hellinger', '--segments', 'channel'];
      const { out } = await compare('a.parquet', 'b.parquet', '--json', ...flags);
      const { findings } = JSON.parse(out) as Json;
      expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(['hellinger']));
      expect(new Set(findings.map(({ target }) => target))).toEqual(new Set(['city', 'id']));
      const parts = findings
        .filter(({ target }) => target === 'city')
        .map(({ segment }) => segment);
      expect(parts).toEqual([null, { channel: 'app' }, { channel: 'web' }]);
    });
  });

  test('reads texts beside Parquet, and names columns of one side', async () => {
    await withFiles(async (compare, folder) => {
      const rows = Array.from({ length: 300 }, (_, i) => `${i % 7},${i % 2 ? 'x' : 'y'},${i % 3}`);
      await writeFile(path.join(folder, 'a.csv'), `n,word,gone\n${rows.join('\n')}\n`);
      const lines = rows.map((_, i) =>
        JSON.stringify({ n: i % 7, word: i % 2 ? 'x' : 'y', new: 1 }),
      );
      await writeFile(path.join(folder, 'b.jsonl'), lines.join('\n'));
      const { out, code } = await compare('a.csv', 'b.jsonl', '--json');
      const found = JSON.parse(out) as Json;
      expect(found.onlyIn).toEqual({ reference: ['gone'], current: ['new'] });
      expect(found.columns.find(({ column }) => column === 'n')?.scores['psi']).toBe(0);
      // a column that is gone is broken
      expect(found.columns[0]).toMatchObject({ column: 'gone', verdict: 'alert' });
      expect(code).toBe(1);
    });
  });

  test('writes a page that needs nothing beside it, with hostile names inert', async () => {
    await withFiles(async (compare, folder) => {
      const evil = '"<script>alert(1)</script>"';
      const rows = Array.from({ length: 200 }, (_, i) => `${i % 7}`).join('\n');
      await writeFile(path.join(folder, 'e.csv'), `${evil}\n${rows}\n`);
      const { err } = await compare('e.csv', 'e.csv', '--report', 'out.html');
      expect(err).toContain('Report: out.html');
      const page = await readFile(path.join(folder, 'out.html'), 'utf8');
      expect(page).not.toContain('<script');
      expect(page).toContain('&lt;script&gt;');
      expect(page).toContain('prefers-color-scheme: dark');
      expect(page).toContain('<svg');
      expect(page.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|src=/);
    });
  });

  test('says what is wrong: a path, a column, a check, a segment, a file that is none', async () => {
    await withFiles(async (compare, folder) => {
      const faults: [string[], number, string][] = [
        [['a.parquet', 'c.parquet'], 2, 'c.parquet: no such file'],
        [['a.parquet', 'b.txt'], 2, 'b.txt: expected a file ending in'],
        [['a.parquet', 'b.parquet', '--columns', 'nope'], 2, 'no such column; its columns are id'],
        [['a.parquet', 'b.parquet', '--checks', 'pis'], 2, 'Did you mean "psi"?'],
        [['a.parquet', 'b.parquet', '--checks', 'volume'], 2, 'is not about columns'],
        [['a.parquet', 'b.parquet', '--segments', 'nope'], 2, '--segments: '],
        [['a.parquet', 'broken.parquet'], 3, 'broken.parquet'],
        [['empty.csv', 'b.parquet'], 3, 'holds no row'],
      ];
      await writeFile(path.join(folder, 'broken.parquet'), 'PAR1 nothing of the kind PAR1');
      await writeFile(path.join(folder, 'empty.csv'), 'amount\n');
      for (const [args, code, words] of faults) {
        const run = await compare(...args);
        expect([run.code, run.err]).toEqual([code, expect.stringContaining(words)]);
      }
    });
  });

  test('columns with one value in the first file are told once and not judged for drift', async () => {
    await withFiles(async (compare, folder) => {
      const lines = (n: number, more: string) =>
        Array.from({ length: n }, (_, i) => `${i % 7},1,${more}`).join('\n');
      await writeFile(path.join(folder, 'c.csv'), `x,one,text\n${lines(700, 'a')}\n`);
      await writeFile(path.join(folder, 'd.csv'), `x,one,text\n${lines(700, 'a')}\n`);
      const { code, out } = await compare('c.csv', 'd.csv');
      expect(code).toBe(0);
      expect(out).toContain('One value only in the reference, so drift is not judged: one, text');
      const json = JSON.parse((await compare('c.csv', 'd.csv', '--json')).out) as Json;
      expect(json.unvaried).toEqual(['one', 'text']);
    });
  });

  test('too few rows are no pass, and said once', async () => {
    await withFolder(async (db, folder) => {
      await writeRows(db, path.join(folder, 'a.parquet'), side(0));
      for (const rows of [1, 99, 100]) {
        await writeRows(db, path.join(folder, 'b.parquet'), `${side(0).trim()} limit ${rows}`);
        const args = ['compare', 'a.parquet', 'b.parquet'];
        const { code, out } = await runCli(args, { env: {}, cwd: folder });
        expect(code).toBe(rows < 100 ? 4 : 0);
        const said = out.replaceAll(/\s+/g, ' ').match(/\d+ rows? now and 2000 in the reference/g);
        const words = `${rows} ${rows === 1 ? 'row' : 'rows'} now and 2000 in the reference`;
        expect(said).toEqual(rows < 100 ? [words] : null);
      }
    });
  });

  test('parts of one side alone are named, and a column may have a comma in its name', async () => {
    await withFolder(async (db, folder) => {
      const rows = (call: string) =>
        `select ${call}(case when i % 3 = 0 then 'de' else 'fr' end) as country,
          i % 60 as "a, ""b""", timestamp '2026-01-01' as at, date '2026-01-01' as day
        from range(600) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows('upper'));
      await writeRows(db, path.join(folder, 'b.parquet'), rows('lower'));
      const compare = async (...more: string[]) =>
        (await runCli(['compare', 'a.parquet', 'b.parquet', ...more], { env: {}, cwd: folder }))
          .out;
      const out = await compare('--segments', 'country', '--report', 'page.html');
      expect(out).toContain('Parts of country in a.parquet alone, not compared: FR, DE');
      expect(out).toContain('Parts of country in b.parquet alone, not compared: fr, de');
      expect(out.replaceAll(/\s+/g, ' ')).toContain(
        'Compared by type and missing values only: at (TIMESTAMP), day (DATE)',
      );
      const page = await readFile(path.join(folder, 'page.html'), 'utf8');
      expect(page).toContain('a.parquet (600 rows)');
      const one = await compare('--columns', '"a, ""b""",country', '--json');
      expect((JSON.parse(one) as Json).columns.map(({ column }) => column).sort()).toEqual([
        'a, "b"',
        'country',
      ]);
    });
  });

  test('an empty second file is no pass', async () => {
    await withFiles(async (compare, folder) => {
      await writeFile(path.join(folder, 'empty.csv'), 'amount,ratio,city,channel,id,at\n');
      expect((await compare('a.parquet', 'empty.csv')).code).toBe(4);
      expect((await compare('a.parquet', 'empty.csv', '--allow-no-data')).code).toBe(0);
    });
  });

  test('starts without loading Temporal or what draws pictures', async () => {
    const { packages } = loadedBy('cli/compare.ts');
    expect(packages.filter((name) => /temporalio|plot|resvg|linkedom|zod/.test(name))).toEqual([]);
    // the checks and their schemas come while rows are counted
    const compare = await readFile(path.join(root, 'app/compare.ts'), 'utf8');
    expect(compare).not.toMatch(/^import [^']* from '..\/checks/m);
  });
});
