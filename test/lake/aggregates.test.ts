import { expect, test } from 'vitest';
import { faultOfAggregate } from '../../lake/aggregates.js';
import { withLocked } from '../../lake/lockdown.js';
import { withFolder } from '../support/lake.js';

const faults = (texts: readonly string[]): Promise<(string | null)[]> =>
  withFolder((folder) =>
    withLocked({ threads: 1, memoryLimitMb: 300, tempDirectory: folder }, [], async (db) => {
      const said: (string | null)[] = [];
      for (const text of texts) said.push(await faultOfAggregate(db, text, ['a', 'b']));
      return said;
    }),
  );

test('one aggregate of the rows is taken', async () => {
  const texts = ['count(*)', 'sum(a) filter (where b > 1) / nullif(count(*), 0)', 'median(a) -- x'];
  expect(await faults(texts)).toEqual([null, null, null]);
});

test('anything else is refused, and says why', async () => {
  const table = [
    ["(select count(*) from read_csv('/etc/passwd'))", 'it has a sub-select'],
    ["read_csv('/etc/passwd')", 'read_csv does not give one value of the rows alone'],
    ['sum(a) over ()', 'it has a window function'],
    ['sum(a), sum(b)', 'it is more than one expression'],
    ['sum(columns(*))', 'it stands for several columns'],
    ['sum(a)) union select (1', 'it is more than one expression'],
    ['1; drop table x', 'syntax error at or near ";"'],
    ['pragma version', 'syntax error at or near "version"'],
    ["copy rows to 'x'", 'syntax error at or near "rows"'],
    ["set memory_limit = '1GB'", 'syntax error at or near "memory_limit"'],
    [
      "max(current_setting('threads'))",
      'current_setting does not give one value of the rows alone',
    ],
    ['max(current_date)', 'current_date does not give one value of the rows alone'],
    ['sum(random())', 'random does not give one value of the rows alone'],
    ['first(a)', 'first hangs on the order of the rows'],
    ['sum(a) + b', '"b" stands outside an aggregate'],
    ['sum(gone)', 'there is no column "gone"'],
    ['a', 'it aggregates nothing'],
  ] as const;
  expect(await faults(table.map(([text]) => text))).toEqual(table.map(([, why]) => why));
});
