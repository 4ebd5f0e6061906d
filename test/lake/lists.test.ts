import { expect, test } from 'vitest';
import type { Duck } from '../../lake/duck.js';
import { askLists } from '../../lake/lists.js';
import { perform } from '../../lake/ask.js';
import { withFolder } from '../support/rows.js';

/** Asks for the counts of a file that holds one row for each of the lists. */
const withRows = (rows: string, run: (db: Duck, file: string) => Promise<void>): Promise<void> =>
  withFolder(async (db, folder) => {
    const file = `${folder}/counts.parquet`;
    await perform(db, `copy (${rows}) to '${file}' (format parquet)`);
    await run(db, file);
  });

const asked = (db: Duck, file: string, columns: readonly string[]) =>
  askLists(db, 'lake/counts', { files: [file], keys: ['a'], parts: ['columns'], columns });

const head = (counts: number) =>
  `select 'a' as file, 'counts' as kind, 'columns' as part, ${counts}::integer as counts`;

test('lists of numbers are arrays of their own, and a missing list is null', () =>
  withRows(
    `${head(0)}, [7, -2]::integer[] as int_bin, [1.5::double, 'nan'::double] as sum_n
     union all ${head(1)}, null, []`,
    async (db, file) => {
      const rows = await asked(db, file, ['int_bin', 'sum_n']);
      rows.sort((a, b) => Number(a['counts']) - Number(b['counts']));
      expect(rows).toEqual([
        { file: 'a', counts: 0, int_bin: Int32Array.of(7, -2), sum_n: Float64Array.of(1.5, NaN) },
        { file: 'a', counts: 1, int_bin: null, sum_n: new Float64Array() },
      ]);
    },
  ));

test('texts come as they are: empty, alike, alike at first, short and long, of any letters', () => {
  const texts = [
    ...['', '', 'a', 'a', 'b', 'exactly12byt', 'exactly12byu', 'thirteen byte', 'thirteen byte'],
    ...[
      'thirteen bytf',
      'a much longer text, 1',
      'a much longer text, 2',
      'Zürich ✈',
      '\u0001',
      '',
    ],
  ];
  const list = texts.map((text) => `'${text}'`).join(', ');
  return withRows(
    `${head(0)}, [${list}] as text_value union all ${head(1)}, ['', 'a']`,
    async (db, file) => {
      const rows = await asked(db, file, ['text_value']);
      rows.sort((a, b) => Number(a['counts']) - Number(b['counts']));
      expect(rows.map(({ text_value }) => text_value)).toEqual([texts, ['', 'a']]);
    },
  );
});

test('a list of anything else is refused', () =>
  withRows(`${head(0)}, [true] as int_bin`, async (db, file) => {
    await expect(asked(db, file, ['int_bin'])).rejects.toThrow(
      'sql/lake/counts.sql: int_bin is a list of neither texts, DOUBLE nor INTEGER.',
    );
  }));
