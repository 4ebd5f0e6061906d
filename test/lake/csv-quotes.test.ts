import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotesOf } from '../../lake/csv-quotes.js';
import type { Duck } from '../../lake/duck.js';
import { reader } from '../../lake/window-files.js';
import { withFolder } from '../support/rows.js';

const rowsOf = (db: Duck, file: string, extra: string) =>
  db.use(async (connection) => {
    const found = await connection.runAndReadAll(`from ${reader('csv', [file], extra)}`);
    return { names: found.columnNames(), rows: found.getRowsJS() };
  });

const runs = Number(process.env['CSV_RUNS'] ?? 12);

test('a file without quotes is read as it is where the engine looks for them', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv');
    const cell = fc.string({
      unit: fc.constantFrom(...'ab0123456789.-: é/#'.split('')),
      maxLength: 6,
    });
    const table = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(',', ';', '|', '\t'));
    const lines = table.chain(([width, mark]) =>
      fc
        .array(fc.array(cell, { minLength: width, maxLength: width }), {
          minLength: 1,
          maxLength: 9,
        })
        .map((all) => [Array.from({ length: width }, (_, i) => `n${i}`), ...all])
        .map((all) => all.map((cells) => cells.join(mark))),
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.constantFrom('\n', '\r\n'), async (all, end) => {
        await writeFile(file, all.join(end) + end);
        const quotes = await quotesOf(file);
        expect(quotes).not.toBe('');
        expect(await rowsOf(db, file, quotes)).toEqual(await rowsOf(db, file, ''));
      }),
      { numRuns: runs },
    );
  });
});

test('a file with a mark that may quote, one that is packed or large, is left to the engine', async () => {
  await withFolder(async (_, folder) => {
    const quotesIn = async (name: string, text: string) => {
      await writeFile(path.join(folder, name), text);
      return quotesOf(path.join(folder, name));
    };
    expect(await quotesIn('a.csv', 'x,y\n1,2\n')).toBe(`, quote = '"', escape = '"'`);
    for (const mark of ['"', "'", '\\']) {
      expect(await quotesIn('a.csv', `x,y\n1,a${mark}b\n`)).toBe('');
    }
    expect(await quotesIn('a.csv.gz', 'x,y\n1,2\n')).toBe('');
    expect(await quotesIn('a.csv', `x,y\n${'1,2\n'.repeat(250_001)}`)).toBe('');
    expect(await quotesOf(path.join(folder, 'none.csv'))).toBe('');
  });
});
