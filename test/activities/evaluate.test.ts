import path from 'node:path';
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { evaluateWindow } from '../../activities/evaluate-window.js';
import { checkNamed } from '../../checks/index.js';
import type { Due } from '../../domain/due.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Duck } from '../../lake/duck.js';
import type { Lake } from '../../lake/lake.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { lentOnce } from '../support/once.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const window = { start, end: start + DAY, weekday: 5 };
const matureAfter = 5 * DAY;

function spec(check: string): CheckSpec {
  const { warn, alert, rule } = checkNamed(check).defaults;
  const limits = { warn, alert, minRows: 50, rule, name: null, against: null };
  return { check, targets: null, ...limits, running: null, every: null, params: {} };
}

/** A world of files: predictions by glob, labels and a reference, and a lake. */
interface World {
  db: Duck;
  lake: Lake;
  folder: string;
  monitor: Monitor;
  evaluate: (
    due: Partial<Due>,
    db?: Duck,
    revised?: { monitor: Monitor; fingerprint: string },
  ) => ReturnType<typeof evaluate>;
  commit: (of: Awaited<ReturnType<typeof evaluate>>) => ReturnType<typeof commitEvaluation>;
}

/** 400 predictions of the day, whose income rises with the id; the label says score >= 0.5. */
const rows = (from: number, to: number) =>
  `select i as id, timestamp '2026-01-02' + to_minutes(i::int) as ts,
    ((i * 37) % 100) / 100.0::double as score, (1000 + i)::double as income
    from range(${from}, ${to}) rows(i)`;

async function withWorld<T>(run: (world: World) => Promise<T>): Promise<T> {
  return withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const file = (name: string) => path.join(folder, name);
      await writeRows(db, file('part-0.parquet'), rows(0, 400));
      await writeRows(
        db,
        file('reference.parquet'),
        `select *, case when score >= 0.5 then 'yes' else 'no' end as y from (${rows(0, 900)})`,
      );
      const labels = `select id, case when score >= 0.5 then 'yes' else 'no' end as y,
        ts + interval 3 days as known from (${rows(0, 400)})`;
      await writeRows(db, file('labels.parquet'), labels);
      const parquet = (name: string) => ({
        kind: 'parquet' as const,
        path: file(name),
        where: null,
      });
      const monitor = monitorOf({
        predictions: parquet('part-*.parquet'),
        columns: { prediction: { kind: 'probability', column: 'score', threshold: 0.5 } },
        labels: {
          ...{ name: 'y', from: parquet('labels.parquet'), on: { id: 'id' }, value: 'y' },
          ...{ positive: ['yes'], timestamp: 'known', matureAfter },
        },
        reference: {
          drift: { kind: 'training', from: parquet('reference.parquet'), trainedUntil: null },
          others: {},
          performance: null,
        },
        checks: ['psi', 'missing', 'rejected_rows', 'roc_auc', 'accuracy'].map(spec),
      });
      const fingerprint = await lake.putObject('monitor', { monitor });
      const deps = { lake, clock: () => window.end } as unknown as Deps;
      const first = { window, revision: 1, kind: 'first' as const, monitor: fingerprint };
      const judge: World['evaluate'] = (due, own = db, revised = { monitor, fingerprint }) =>
        evaluate(deps, own, {
          ...{ ...revised, head: null, exact: 'grid', landDir: folder },
          due: { ...first, at: window.end, knownAt: window.end, ...due },
        });
      const commit: World['commit'] = ({ evaluation, mature, profileFile }) =>
        commitEvaluation(deps, db, {
          ...{ evaluation, mature, profileFile, notEvaluated: null },
          attempt: `a${evaluation.revision}`,
        });
      return run({ db, lake, folder, monitor, evaluate: judge, commit });
    }),
  );
}

/** A world for tests that commit nothing. */
const worldOnce = lentOnce<World>((run) => withWorld(run));

/** The same database, with every statement that runs on it. */
function recorded(db: Duck): { db: Duck; statements: string[] } {
  const statements: string[] = [];
  const listen = (connection: DuckDBConnection) =>
    new Proxy(connection, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          statements.push(String(args[0]));
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  return {
    db: { options: db.options, use: (run) => db.use((one) => run(listen(one))) },
    statements,
  };
}

const mature = { revision: 2, kind: 'mature' as const, knownAt: window.end + matureAfter };

test('matured labels re-evaluate the outcomes alone, as a whole evaluation would find them', () =>
  withWorld(async ({ db, lake, evaluate: judge, commit }) => {
    const first = await commit(await judge({}));
    expect(first.mature).toBe(false);
    const { db: listened, statements } = recorded(db);
    const found = await judge(mature, listened);
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter((sql) => sql.includes('income'))).toEqual([]);
    expect(found.profileFile).toBe(first.file);
    expect(found.evaluation.profile?.columns).toEqual({});

    const whole = recorded(db);
    const again = await judge({ ...mature, kind: 'again' }, whole.db);
    expect(whole.statements.some((sql) => sql.includes('income'))).toBe(true);
    expect(again.profileFile).toBeNull();
    expect(found.evaluation.findings).toStrictEqual(again.evaluation.findings);
    expect(found.evaluation.manifest).toStrictEqual(again.evaluation.manifest);
    const auc = found.evaluation.findings.find(({ check }) => check === 'roc_auc');
    // The label is the score's own half: every positive ranks above every negative.
    expect(auc).toMatchObject({ value: 1, nCurrent: 400, reason: null });

    const restated = await commit(found);
    expect(restated).toMatchObject({ mature: true, profileFile: first.file, revision: 2 });
    expect(await lake.profileOf(restated)).toEqual(again.evaluation.profile);
    expect((await lake.verify()).problems).toEqual([]);
  }));

test('late rows count everything again, also when labels matured', () =>
  withWorld(async ({ db, folder, evaluate: judge, commit }) => {
    await commit(await judge({}));
    await writeRows(db, path.join(folder, 'part-1.parquet'), rows(400, 500));
    const { evaluation, profileFile } = await judge(mature);
    expect(profileFile).toBeNull();
    expect(evaluation.profile?.rows).toBe(500);
    expect(Object.keys(evaluation.profile?.columns ?? {})).toContain('income');
    // A file more is late rows, and no file changed.
    expect(evaluation.notes).toBeUndefined();
  }));

test('a file that changed since it was evaluated is counted again, and said', () =>
  withWorld(async ({ db, folder, evaluate: judge, commit }) => {
    const before = await commit(await judge({}));
    expect(before.revision).toBe(1);
    const file = path.join(folder, 'part-0.parquet');
    await writeRows(db, file, rows(0, 300));
    const { evaluation, profileFile } = await judge(mature);
    expect(profileFile).toBeNull();
    expect(evaluation.profile?.rows).toBe(300);
    expect(evaluation.notes).toHaveLength(1);
    expect(evaluation.notes?.[0]).toMatch(
      /part-0\.parquet has changed since revision 1 was made of it: \d+ bytes then, \d+ now\.$/,
    );
    const shown = await judge({ revision: 0 });
    expect(shown.evaluation.notes).toEqual(evaluation.notes);
  }));

test('files of another source than the one that was evaluated are not said to be gone', () =>
  withWorld(async ({ db, folder, monitor, lake, evaluate: judge, commit }) => {
    await commit(await judge({}));
    await writeRows(db, path.join(folder, 'moved-0.parquet'), rows(0, 400));
    const moved = { ...monitor.predictions, path: path.join(folder, 'moved-*.parquet') };
    const notesOf = async (predictions: Monitor['predictions'], matureAfterwards: number) => {
      const labels = monitor.labels && { ...monitor.labels, matureAfter: matureAfterwards };
      const revised = { ...monitor, predictions, labels };
      const fingerprint = await lake.putObject('monitor', { monitor: revised });
      const { evaluation } = await judge({ ...mature, kind: 'again' }, db, {
        ...{ monitor: revised, fingerprint },
      });
      return evaluation.notes?.map((note) => note.replaceAll(`${folder}/`, ''));
    };
    expect(await notesOf(moved, matureAfter)).toBeUndefined();
    // Another revision of the monitor, whose source is the same, tells what became of its files.
    await writeRows(db, path.join(folder, 'part-0.parquet'), rows(0, 300));
    expect(await notesOf(monitor.predictions, 4 * DAY)).toEqual([
      expect.stringMatching(/^part-0\.parquet has changed since revision 1 was made of it: /),
    ]);
  }));

describe('odd labels', () => {
  const known = 'ts + interval 3 days as known';
  const usual = `case when score >= 0.5 then 'yes' else 'no' end as y`;
  /** What accuracy and the notes say of labels, by a query over the predictions. */
  const look = (
    select: string,
    { positive = ['yes'], path: file }: { positive?: string[]; path?: string } = {},
  ) =>
    // nothing is committed, and labels are written anew
    worldOnce().then(async ({ db, folder, monitor, evaluate: judge }) => {
      await writeRows(db, path.join(folder, 'labels.parquet'), `${select} from (${rows(0, 400)})`);
      await writeFile(path.join(folder, 'empty.csv'), '');
      const { labels } = monitor;
      if (labels?.from == null) throw new Error('the world has labels');
      const other = file === undefined ? {} : { path: path.join(folder, file) };
      const kind = file?.endsWith('csv') === true ? ('csv' as const) : labels.from.kind;
      const from = { ...labels.from, ...other, kind } as typeof labels.from;
      const revised = { ...monitor, labels: { ...labels, from, positive } };
      const { evaluation } = await judge(mature, db, { monitor: revised, fingerprint: 'odd' });
      const accuracy = evaluation.findings.find(({ check }) => check === 'accuracy');
      const notes = evaluation.notes?.map((note) => note.replaceAll(`${folder}/`, ''));
      return { ...accuracy, notes };
    });

  test('texts that nobody called positive or negative are at fault, and not all negative', async () => {
    const found = await look(`select id, ${usual}, ${known}`, { positive: ['1', 'true'] });
    expect(found.reason).toBe('label_fault');
    expect(found.sentence).toBe(
      'accuracy: the labels are at fault, 400 of 400 are neither positive nor negative (no, yes); ' +
        'say which are positive under labels, as positive: [yes].',
    );
    expect(found.notes).toEqual([
      '400 of 400 labels are neither positive nor negative (no, yes) and do not count',
    ]);
    const spelt = await look(`select id, ${usual}, ${known}`, { positive: ['Yes'] });
    expect(spelt.notes).toEqual([
      '200 of 400 labels are neither positive nor negative (yes) and do not count',
    ]);
  });

  test('a few that cannot be read, or have no key, do not count and are counted', async () => {
    const numbers = 'case when id < 30 then 9 when score >= 0.5 then 1 else 0 end as y';
    const found = await look(`select id, ${numbers}, ${known}`, { positive: ['1', 'true'] });
    expect(found).toMatchObject({ value: 1, nCurrent: 370 });
    expect(found.notes).toEqual([
      '30 of 400 labels are neither positive nor negative (9) and do not count',
    ]);
    const keyless = 'case when id >= 30 then id end as id';
    expect(await look(`select ${keyless}, ${usual}, ${known}`)).toMatchObject({
      ...{ value: 1, nCurrent: 370 },
      notes: ['30 of 400 labels have no id and do not count'],
    });
  });

  test('of labels that contradict one another the first counts', async () => {
    const twice = `select id, ${usual}, ${known} from (${rows(0, 400)}) union all
      select id, case when score >= 0.5 then 'no' else 'yes' end as y,
      ts + to_days(case when id < 10 then 2 else 4 end) as known`;
    const found = await look(twice);
    expect(found).toMatchObject({ value: 390 / 400, nCurrent: 400 });
    expect(found.notes).toEqual([
      '400 predictions have labels that contradict one another: the first by known counts',
    ]);
  });

  test('a time that is none makes no label known, and neither does one to come', async () => {
    const untimed = `case when id < 100 then 'yesterday' else (${known.slice(0, -9)})::varchar end`;
    expect(await look(`select id, ${usual}, ${untimed} as known`)).toMatchObject({
      nCurrent: 300,
      notes: ['100 of 400 labels have no readable time in known (yesterday) and do not count'],
    });
    const none = `case when id < 100 then 'yesterday' else '31/12/2025' end as known`;
    const found = await look(`select id, ${usual}, ${none}`);
    const said = 'have no readable time in known (31/12/2025, yesterday)';
    expect(found).toMatchObject({ reason: 'label_fault', nCurrent: 0 });
    expect(found.sentence).toBe(`accuracy: the labels are at fault, 400 of 400 ${said}.`);
    expect(found.notes).toEqual([`400 of 400 labels ${said} and do not count`]);
    expect(await look(`select id, ${usual}, timestamp '2031-01-01' as known`)).toMatchObject({
      reason: 'insufficient_data',
      notes: [
        'all 400 labels have a time in known after 2026-01-08 00:00 UTC and are not known yet',
      ],
    });
  });

  test('labels that are not there, or have the key of something else, are told', async () => {
    const plain = `select id, ${usual}, ${known}`;
    for (const [file, note] of [
      ['none-*.parquet', 'no label file matches none-*.parquet'],
      ['empty.csv', 'the label files of empty.csv are empty'],
    ] as const) {
      const found = await look(plain, { path: file });
      expect(found).toMatchObject({ reason: 'insufficient_data', notes: [note] });
    }
    expect((await look(`select 'k' || id as id, ${usual}, ${known}`)).notes).toEqual([
      'none of the 400 labels of labels.parquet has a prediction in the window: ' +
        'the key id is VARCHAR there and BIGINT here',
    ]);
  });
});

describe('labels in the predictions, in a text file', () => {
  /** What accuracy or mae and the notes say of 400 rows with a label y. */
  const look = (y: string, task: 'binary' | 'regression') =>
    worldOnce().then(async ({ db, folder, monitor: usual, evaluate: judge }) => {
      const csv = path.join(folder, 'part-0.csv');
      await db.use((connection) =>
        connection.run(`copy (select *, ${y} as y from (${rows(0, 400)})) to '${csv}'`),
      );
      const { labels } = usual;
      if (labels === null) throw new Error('the world has labels');
      const monitor: Monitor = {
        ...usual,
        predictions: { kind: 'csv', path: csv, where: null },
        labels: { ...labels, from: null, on: {}, timestamp: null, positive: ['1', 'true'] },
        reference: { ...usual.reference, drift: null },
      };
      if (task === 'regression') {
        const prediction = { kind: 'value' as const, column: 'score', threshold: 0.5 };
        monitor.model = { ...usual.model, task };
        monitor.columns = { ...usual.columns, prediction };
        monitor.checks = [spec('mae')];
      }
      const { evaluation } = await judge(mature, db, { monitor, fingerprint: 'text' });
      const found = evaluation.findings.find(({ check }) => ['accuracy', 'mae'].includes(check));
      const notes = evaluation.notes?.filter((note) => !note.startsWith('first window: '));
      return { ...found, notes };
    });

  test('numbers that cannot be read are counted and told, and the others count', async () => {
    const y = `case when id < 30 then 'n/a' when score >= 0.5 then '1.0' else '0.0' end`;
    const found = await look(y, 'binary');
    expect(found).toMatchObject({ value: 1, nCurrent: 370 });
    expect(found.notes).toEqual([
      '30 of 400 labels are neither positive nor negative (n/a) and do not count',
    ]);
    // Most are whole: the others are not rounded. |score - y| is 0.25 for all that count.
    const value = `case when id < 30 then 'n/a' else (score + 0.25)::varchar end`;
    const numbers = await look(value, 'regression');
    expect(numbers.nCurrent).toBe(370);
    expect(numbers.value).toBeCloseTo(0.25, 9);
    expect(numbers.notes).toEqual(['30 of 400 labels are no numbers (n/a) and do not count']);
  });

  test('where most cannot be read the labels are at fault', async () => {
    const y = `case when id < 300 then 'n/a' else score::varchar end`;
    const found = await look(y, 'regression');
    expect(found).toMatchObject({ reason: 'label_fault', value: null });
    expect(found.sentence).toContain('300 of 400 are no numbers (n/a)');
  });
});

test('a monitor that the lake does not hold is final: no retry finds it', () =>
  withLakeAndDuck(async (lake) => {
    const deps = { lake, clock: () => 0 } as unknown as Deps;
    const due = { window, revision: 1, kind: 'first' as const, at: 0, knownAt: 0 };
    const gone = evaluateWindow(deps, {
      ...{ model: 'm', quiet: false },
      due: { ...due, monitor: 'f'.repeat(64) },
    });
    await expect(gone).rejects.toMatchObject({
      type: 'BadConfig',
      nonRetryable: true,
      message: expect.stringMatching(/^The lake holds no monitor ffff/) as string,
    });
  }));

test('rows of a templated file that no window has are counted and said', () =>
  withWorld(async ({ db, folder, monitor, evaluate: judge, commit }) => {
    // 150 rows an hour over the UTC day; in Paris (+1) its last hour is the next day's first.
    const day = (date: string) =>
      `select i as id, timestamp '${date}' + to_seconds(i::int * 24) as ts,
        0.5::double as score, 1000::double as income from range(0, 3600) rows(i)`;
    await writeRows(db, path.join(folder, 'd-2026-01-02.parquet'), day('2026-01-02'));
    const at = start + 3 * DAY;
    const asked = async (template: string, timezone: string) => {
      const shift = timezone === 'UTC' ? 0 : -3_600_000;
      monitor.predictions = { ...monitor.predictions, path: path.join(folder, template) };
      monitor.windows = { ...monitor.windows, timezone };
      const span = { start: start + shift, end: start + DAY + shift, weekday: 5 as const };
      return judge({ window: span, at, knownAt: at });
    };
    const paris = await asked('d-{date}.parquet', 'Europe/Paris');
    expect(paris.evaluation.profile?.rows).toBe(3600 - 150);
    expect(paris.evaluation.notes).toHaveLength(1);
    expect(paris.evaluation.notes?.[0]).toMatch(
      /^150 rows of d-2026-01-02\.parquet left out, here and in every .* Europe\/Paris .*columns\.timestamp\.timezone/,
    );
    expect((await commit(paris)).notes).toEqual(paris.evaluation.notes);
    expect((await asked('d-*.parquet', 'Europe/Paris')).evaluation.notes).toBeUndefined();
    expect((await asked('d-{date}.parquet', 'UTC')).evaluation.notes).toBeUndefined();
  }));
