import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { guessRoles, judgeRoles } from '../../app/init-guess.js';
import type { Draft } from '../../app/init.js';
import { withPlace, type Place } from '../support/e2e.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);

/** A CSV of so many days with so many rows, each with a time, an id, and what `cells` gives. */
function csvOf(
  head: string,
  { days, rows }: { days: number; rows: number },
  cells: (i: number) => string,
): string {
  const lines = Array.from({ length: days * rows }, (_, i) => {
    const time = new Date(START + Math.floor((i / rows) * DAY)).toISOString();
    return `${time},${i},${cells(i)}`;
  });
  return [`scored_at,id,${head}`, ...lines, ''].join('\n');
}

async function drafted(place: Place, args: readonly string[]): Promise<Draft & { yaml: unknown }> {
  const draft = (await place.json(['init', ...args, '--dry-run'])) as Draft;
  return { ...draft, yaml: parse(draft.text) as unknown };
}

const files = async ({ folder }: Place): Promise<string[]> =>
  readdir(join(folder, 'monitors')).catch(() => []);

describe('roles', () => {
  test('are guessed from the types and the names of columns', () => {
    const columns = Object.entries({
      order_id: 'VARCHAR',
      created_on: 'DATE',
      scored_at: 'TIMESTAMP',
      amount: 'DOUBLE',
      fraud_score: 'DOUBLE',
      label: 'BIGINT',
      model_version: 'VARCHAR',
    }).map(([name, type]) => ({ name, type }));
    expect(guessRoles(columns)).toEqual({
      timestamp: 'scored_at',
      id: 'order_id',
      prediction: 'fraud_score',
      label: 'label',
      version: 'model_version',
    });
  });

  test('that cannot be guessed are null; a text that is called a score is no prediction', () => {
    const columns = [
      { name: 'a', type: 'DOUBLE' },
      { name: 'score', type: 'VARCHAR' },
    ];
    expect(Object.values(guessRoles(columns))).toEqual([null, null, null, null, null]);
  });

  const look = (low: number | null, high: number | null, some: string[] = ['a']) => ({
    ...{ known: 9, apart: 9, low, high, some },
  });
  const roles = { timestamp: 't', id: null, prediction: 'pred', label: 'label', version: null };
  const judged = (prediction: ReturnType<typeof look>, label: ReturnType<typeof look>) =>
    judgeRoles(
      roles,
      new Map([
        ['pred', prediction],
        ['label', label],
      ]),
    );

  test('a prediction is what its values say: a probability, a class, a number', () => {
    const classes = look(0, 1, ['0', '1']);
    expect(judged(look(0.1, 0.9), classes).prediction).toEqual({
      score: 'pred',
      kind: 'probability',
    });
    expect(judged(classes, classes).prediction).toEqual({ label: 'pred', kind: 'label' });
    expect(judged(look(-3, 80), look(-2, 90))).toMatchObject({
      task: 'regression',
      prediction: { value: 'pred', kind: 'value' },
      label: { value: 'label' },
    });
  });

  test('a score beyond 0 to 1 is no probability, and that is said', () => {
    const looks = new Map([['score', look(300, 850)]]);
    const { task, prediction, notes } = judgeRoles(
      { ...roles, prediction: 'score', label: null },
      looks,
    );
    expect({ task, prediction }).toEqual({ task: 'none', prediction: null });
    expect(notes.join()).toContain('score runs from 300 to 850, so it is no probability');
  });

  test('a label is written when its positive values are plain, else the reason is said', () => {
    const p = look(0.1, 0.9);
    expect(judged(p, look(0, 1, ['0', '1'])).label).toEqual({ value: 'label' });
    expect(judged(p, look(null, null, ['no', 'yes'])).label).toEqual({
      value: 'label',
      positive: ['yes'],
    });
    const unclear = judged(p, look(null, null, ['churned', 'stayed']));
    expect(unclear.label).toBeNull();
    expect(unclear.notes.join()).toContain('it holds churned, stayed; say which of them count');
    const empty = judged(p, { known: 0, apart: 0, low: null, high: null, some: [] });
    expect(empty.notes.join()).toContain('it has no value yet');
  });
});

describe('init', () => {
  test('writes a found label as labels, says what the reference is, and what to run next', () =>
    withPlace({}, async (place) => {
      const text = csvOf('income,score,label', { days: 4, rows: 150 }, (i) => {
        return `${1_000 + (i % 90)},${(i % 50) / 50},${i % 3 === 0 ? 1 : 0}`;
      });
      await writeFile(join(place.folder, 'rows.csv'), text);
      const { code, out } = await place.cli(['init', 'churn', '--from', 'rows.csv']);
      expect(code).toBe(0);
      expect(out).toMatch(/features\s+1: income\n/);
      expect(out.replaceAll(/\s+/g, ' ')).toContain('The reference is rows.csv itself');
      expect(out).toContain('--reference <file>');
      expect(out).toContain('aftercare check churn --as-of 2026-03-05');
      const long = out
        .split('\n')
        .filter((line) => line.length > 80 && !line.includes(place.folder));
      expect(long).toEqual([]);
      expect(parse(await readFile(join(place.folder, 'monitors/churn.yaml'), 'utf8'))).toEqual({
        version: 1,
        model: { id: 'churn', task: 'binary', owners: 'team:my-team' },
        windows: { size: '1d', timezone: 'UTC' },
        predictions: { from: { path: 'rows.csv' } },
        columns: {
          id: ['id'],
          timestamp: 'scored_at',
          prediction: { score: 'score', kind: 'probability' },
        },
        labels: [{ value: 'label' }],
        reference: { drift: { kind: 'training', path: 'rows.csv' } },
      });
      expect(await place.cli(['validate'])).toMatchObject({ code: 0, out: '1 monitor valid\n' });
      const next = await place.cli(['check', 'churn', '--as-of', '2026-03-05']);
      expect(next).toMatchObject({ code: 0 });
      expect(next.out).toContain('150 rows');
      expect(next.out).toMatch(/roc_auc\s+\S*\s+0\.\d+/);
    }));

  test('beside a teams.yaml, its first team owns the model; words of their own are ids, texts are not', () =>
    withPlace({}, async (place) => {
      const cells = (i: number): string => `said ${i},T-${i},k${i % 3}`;
      const text = csvOf('note,ticket,kind', { days: 2, rows: 150 }, cells);
      await writeFile(join(place.folder, 'rows.csv'), text.replace('id,note', 'number,note'));
      await mkdir(join(place.folder, 'monitors'));
      const ana = 'people: { ana: { email: ana@example.com } }\nroot: ana\n';
      await writeFile(join(place.folder, 'monitors/teams.yaml'), `teams: {}\n${ana}`);
      const alone = await drafted(place, ['m', '--from', 'rows.csv']);
      expect(alone.yaml).toMatchObject({
        model: { owners: 'ana' },
        columns: { id: ['ticket'], timestamp: 'scored_at' },
      });
      // what is watched by its length
      expect(alone.features).toEqual(['number', 'note', 'kind']);
      const team = 'teams: { growth: { members: [ana] }, risk: { members: [ana] } }\n';
      await writeFile(join(place.folder, 'monitors/teams.yaml'), `${team}${ana}`);
      await writeFile(join(place.folder, 'rows.csv'), text);
      const grown = await drafted(place, ['m', '--from', 'rows.csv']);
      expect(grown.yaml).toMatchObject({
        model: { owners: 'team:growth' },
        columns: { id: ['id'], features: { exclude: ['ticket'] } },
      });
      expect(grown.features).toEqual(['note', 'kind']);
      expect(grown.notes.join(' ')).toContain('ticket looks like ids, other ones in nearly each');
      await writeFile(join(place.folder, 'monitors/teams.yaml'), 'teams: {}\nroot: ana\n');
      const unsure = await drafted(place, ['m', '--from', 'rows.csv']);
      expect(unsure.yaml).toMatchObject({ model: { owners: 'team:my-team' } });
      expect(unsure.notes.at(-1)).toMatch(/^Who owns the model is left to you: .*teams\.yaml:1:1 /);
    }));

  test('with a training file, its own columns are no features, and nothing is said of rows', () =>
    withPlace({}, async (place) => {
      const cells = (i: number): string => `${i % 90},${(i % 50) / 50}`;
      const size = { days: 2, rows: 150 };
      await writeFile(join(place.folder, 'rows.csv'), csvOf('income,score', size, cells));
      const training = csvOf('income,score,churned', size, (i) => `${cells(i)},${i % 2}`);
      await writeFile(join(place.folder, 'train.csv'), training);
      const args = ['churn', '--from', 'rows.csv', '--reference', 'train.csv'];
      const draft = await drafted(place, args);
      expect(draft.yaml).toMatchObject({
        columns: { features: { exclude: ['churned'] } },
        reference: { drift: { kind: 'training', path: 'train.csv' } },
      });
      expect(draft.notes).toHaveLength(1);
      expect(draft.notes[0]).toContain('churned is in the reference only and no feature');
    }));

  test('rows too few for days get longer windows, and an id that repeats is none', () =>
    withPlace({}, async (place) => {
      const text = csvOf('client_key,amount', { days: 21, rows: 20 }, (i) => `c${i % 3},${i}`);
      await writeFile(join(place.folder, 'rows.csv'), text.replace('id,', 'row,'));
      const draft = await drafted(place, ['--from', 'rows.csv']);
      expect(draft.model).toBe('rows');
      expect(draft.yaml).toMatchObject({
        windows: { size: '1w' },
        columns: { timestamp: 'scored_at', features: { exclude: ['client_key'] } },
      });
      // 1 March 2026 is a Sunday: the last whole week of 21 days ends on Monday the 23rd.
      expect(draft.asOf).toBe('2026-03-23');
      expect(draft.notes.join(' ')).toContain('client_key comes several times a day');
    }));

  test('a label that is named is no prediction and no id, whatever was guessed', () =>
    withPlace({}, async (place) => {
      const text = csvOf('score', { days: 2, rows: 150 }, (i) => String(i % 2));
      await writeFile(join(place.folder, 'rows.csv'), text);
      const draft = await drafted(place, ['m', '--from', 'rows.csv', '--label', 'score']);
      expect(draft.yaml).toMatchObject({ columns: { features: { exclude: ['score'] } } });
      expect(draft.notes.join()).toContain('there is no prediction to compare it with');
      expect(draft.guesses).toContainEqual({ role: 'prediction', column: null });
      await place.cli(['init', 'm', '--from', 'rows.csv', '--label', 'score']);
      expect(await place.cli(['validate'])).toMatchObject({ code: 0, out: '1 monitor valid\n' });
    }));

  test('without a column of times it says which columns there are and what to pass', () =>
    withPlace({}, async (place) => {
      const lines = Array.from({ length: 200 }, (_, i) => `2026-03-01 00:00 Z,${i},x`);
      const text = ['clock,amount,kind', ...lines, ''].join('\n').replaceAll(' Z', '');
      await writeFile(join(place.folder, 'rows.csv'), text.replaceAll('2026-03-01 00:00', 'noon'));
      const none = await place.cli(['init', 'm', '--from', 'rows.csv']);
      expect(none).toMatchObject({ code: 2 });
      expect(none.err).toContain('It has clock (varchar), amount (bigint), kind (varchar).');
      expect(none.err).toContain('--timestamp <column>');
      const odd = await place.cli(['init', 'm', '--from', 'rows.csv', '--timestamp', 'kind']);
      expect(odd.err).toContain('no value of "kind" is a time');
      await writeFile(join(place.folder, 'rows.csv'), text);
      const named = await drafted(place, ['m', '--from', 'rows.csv', '--timestamp', 'clock']);
      expect(named.asOf).toBe('2026-03-02');
      expect(await files(place)).toEqual([]);
    }));

  test('an odd file or name is refused with the way out, and nothing is written', () =>
    withPlace({}, async (place) => {
      const good = csvOf('amount', { days: 1, rows: 120 }, String);
      const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 3, 0xff]);
      const odd = { 'good.csv': good, 'empty.csv': '', 'one.csv': 'a\n1\n2\n' };
      await writeFile(join(place.folder, 'blank.csv'), '\ufeff\n');
      await writeFile(join(place.folder, 'bare.csv'), '2026-03-01,5\n2026-03-02,6\n');
      await writeFile(join(place.folder, 'twice.csv'), good.replace('amount', 'id'));
      await writeFile(join(place.folder, 'wide.csv'), Buffer.from(good, 'utf16le'));
      for (const [name, text] of Object.entries({ ...odd, 'head.csv': 'a,b\n' })) {
        await writeFile(join(place.folder, name), text);
      }
      for (const name of ['logo.png', 'logo.csv', 'logo.parquet', 'logo.jsonl']) {
        await writeFile(join(place.folder, name), png);
      }
      await mkdir(join(place.folder, 'rows'));
      for (const [args, words] of [
        [['m', '--from', 'empty.csv'], '--from empty.csv: is empty; expected a table'],
        [['m', '--from', 'head.csv'], '--from head.csv: has columns and no row; expected a table'],
        [['m', '--from', 'one.csv'], '--from one.csv: has one column, "a"; expected a timestamp'],
        [['m', '--from', 'rows'], '--from rows: is a folder; expected a file, or files by a'],
        [['m', '--from', 'logo.png'], '--from logo.png: its ending names no kind of table;'],
        [['m', '--from', 'logo.csv'], '--from logo.csv: '],
        [['m', '--from', 'logo.parquet'], '--from logo.parquet: '],
        [['m', '--from', 'logo.jsonl'], '--from logo.jsonl: '],
        [['m', '--from', 'gone.csv'], '--from gone.csv: no such file; expected a table'],
        [['m', '--from', 'a/b/c.csv'], 'a/b/c.csv: no such file (there is no folder a); expected'],
        [['m', '--from', 'a/*.csv'], 'a/*.csv: no file matches (there is no folder a); expected'],
        [['m', '--from', 'blank.csv'], '--from blank.csv: is empty; expected a table'],
        [
          ['m', '--from', 'bare.csv'],
          'bare.csv: has no header: its first line has the value "2026',
        ],
        [['m', '--from', 'twice.csv'], 'twice.csv: has the column "id" twice; expected a name of'],
        [['m', '--from', 'wide.csv'], 'wide.csv: has zero bytes in it; expected text in UTF-8.'],
        [['m', '--from', 'good.csv', '--config-dir', 'good.csv/x'], 'good.csv/x: a part of its'],
        [['m', '--from', 'good.csv', '--config-dir', 'good.csv'], 'good.csv: something else has'],
        [['m', '--from', 'good.csv', '--reference', 'gone.csv'], '--reference gone.csv: no such'],
        [['m', '--from', 'good.csv', '--timestamp', 'amount2'], 'there is no column "amount2"'],
        [['m', '--from', 'good.csv', '--label', 'scored_at'], '--label scored_at: it is the time'],
        [['m', '--from', 's3://b/a.csv'], '--from s3://b/a.csv: is an address, which is not'],
        [['teams', '--from', 'good.csv'], 'model id: expected another than "teams"'],
        [['m', '--from', 'good.csv', '--label', 'x'], '--label x: --from good.csv has no such'],
        [['My Model!', '--from', 'good.csv'], 'got "My Model!". Did you mean "my-model"?'],
        [['!!', '--from', 'good.csv'], 'model id: expected letters, digits'],
      ] as const) {
        const { code, err } = await place.cli(['init', ...args]);
        expect({ args, code, err }).toMatchObject({ code: 2 });
        expect(err).toContain(words);
        expect(err).not.toMatch(/^\s+at /m);
      }
      expect(await files(place)).toEqual([]);
    }));
});
