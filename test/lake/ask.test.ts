import { expect, test } from 'vitest';
import fc from 'fast-check';
import { ask, bind, perform, quoteName, quoteText } from '../../lake/ask.js';
import { withDuck } from '../../lake/duck.js';
import { withFolder } from '../support/rows.js';

const hostile = [
  'plain',
  'with space',
  'quo"te',
  '"; drop table t; --',
  "it's",
  'ünïcode 🦆',
  '$column',
  'line\nbreak',
  'select',
  '$&',
];

test('a question with other parameters than its file declares is refused, both lists named', () => {
  expect(() => bind('profile/texts', { colum: 'x', rows: 't' })).toThrow(
    'sql/profile/texts.sql takes $column, $rows; got $colum, $rows.',
  );
  expect(() => bind('profile/texts', {})).toThrow('got nothing');
});

test('a relation stands for a name of one, in brackets, and for nothing else', async () => {
  const rows = { select: 'select 2 as rows, true as inside, 7 as newest' };
  expect(bind('window/extent', { rows }).sql).toContain(`from (${rows.select})`);
  await withFolder(async (db) => {
    const found = await ask(db, 'window/extent', { rows });
    expect(found).toEqual([{ rows: 2, inside: true, newest: 7 }]);
  });
  expect(() => bind('window/columns', { view: rows })).toThrow(
    'sql/window/columns.sql: $view is VARCHAR, no relation.',
  );
});

test('a name in SQL is that column, whatever is in it', async () => {
  await withFolder(async (db) => {
    for (const name of hostile) {
      const table = quoteName(`table ${name}`);
      await perform(db, `create table ${table} as select unnest([1, null]) as ${quoteName(name)}`);
      const params = { rows: `table ${name}`, column: name };
      const keyed = { ...params, keys: [] };
      expect(await ask(db, 'profile/present', keyed)).toEqual([{ rows: 2, present: 1 }]);
      const parted = { ...params, keys: [name] };
      expect(await ask(db, 'profile/present', parted)).toHaveLength(2);
    }
  });
});

test('a text in SQL is that text, whatever is in it', async () => {
  await withFolder(async (db) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        fc.pre(!text.includes('\0'));
        const found = await db.use((c) => c.runAndReadAll(`select ${quoteText(text)} as text`));
        expect(found.getRowObjectsJS()).toEqual([{ text }]);
      }),
      { numRuns: 50 },
    );
  });
});

test('a zero byte, which ends a text in C, is in no name and no literal', () => {
  expect(() => quoteName('a\0b')).toThrow(TypeError);
  expect(() => quoteText('a\0b')).toThrow(TypeError);
});

test('an abort interrupts a running query, and the reason comes out', async () => {
  const controller = new AbortController();
  const options = {
    threads: 1,
    memoryLimitMb: 100,
    tempDirectory: '/tmp/aftercare-none',
    signal: controller.signal,
  };
  const run = withDuck(options, async (db) => {
    const query = db.use((c) =>
      c.run('select sum(a.range * b.range) from range(1e6::bigint) a, range(1e6::bigint) b'),
    );
    setTimeout(() => controller.abort(new Error('cancelled by hand')), 50);
    await query;
  });
  await expect(run).rejects.toThrow('cancelled by hand');
});

test('an abort before a statement is under way ends it too', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const options = { threads: 1, memoryLimitMb: 100, tempDirectory: '/tmp/aftercare-none', signal };
  const run = withDuck(options, (db) =>
    db.use(async (c) => {
      // DuckDB is idle now: what interrupts it only here is forgotten
      controller.abort(new Error('cancelled by hand'));
      await c.run('select sum(a.range * b.range) from range(1e6::bigint) a, range(1e6::bigint) b');
    }),
  );
  await expect(run).rejects.toThrow('cancelled by hand');
});

test('a query beside one that fails ends with it, and the process goes on', async () => {
  await withFolder(async (db) => {
    await expect(
      Promise.all([db.use((c) => c.run("select error('no')")), db.use((c) => c.run('select 1'))]),
    ).rejects.toThrow('no');
    expect(await ask(db, 'window/parse', { sql: 'select 1' })).toHaveLength(1);
  });
});

test('no more than two queries run at a time', async () => {
  await withFolder(async (db) => {
    let running = 0;
    let most = 0;
    const query = () =>
      db.use(async (c) => {
        most = Math.max(most, ++running);
        await c.run('select 1');
        running--;
      });
    await Promise.all(Array.from({ length: 8 }, query));
    expect(most).toBe(2);
  });
});
