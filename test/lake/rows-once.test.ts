import { expect, test } from 'vitest';
import type { Evaluation } from '../../domain/run.js';
import { rowsOnce } from '../../lake/rows-once.js';

/** An evaluation of a window with so many columns: 1 more is its size. */
function evaluationOf(key: string, columns: number): Evaluation {
  const types = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, 'DOUBLE']));
  return { run: key, profile: { types }, slices: [] } as unknown as Evaluation;
}

function counted(columns: number) {
  const asked: string[][] = [];
  const read = (keys: readonly string[]) => {
    asked.push([...keys]);
    return Promise.resolve(keys.map((key) => evaluationOf(key, columns)));
  };
  return { asked, read };
}

const runs = (found: readonly Evaluation[]) => found.map(({ run }) => run);

test('what was read is not read again, and comes in the order of the keys', async () => {
  const { asked, read } = counted(9);
  const once = rowsOnce(read);
  expect(runs(await once(['a', 'b']))).toEqual(['a', 'b']);
  expect(runs(await once(['c', 'b', 'a', 'b']))).toEqual(['c', 'b', 'a', 'b']);
  expect(runs(await once(['a', 'c']))).toEqual(['a', 'c']);
  expect(asked).toEqual([['a', 'b'], ['c']]);
  expect(await once([])).toEqual([]);
});

test('what was asked for last is kept, up to so many columns', async () => {
  const { asked, read } = counted(9);
  const once = rowsOnce(read, 20);
  await once(['a', 'b']);
  await once(['a']);
  await once(['c']);
  await once(['a', 'b']);
  expect(asked).toEqual([['a', 'b'], ['c'], ['b']]);
});

test('what is larger than all that may be kept is read each time, and whole', async () => {
  const { asked, read } = counted(99);
  const once = rowsOnce(read, 20);
  expect(runs(await once(['a']))).toEqual(['a']);
  expect(runs(await once(['a']))).toEqual(['a']);
  expect(asked).toEqual([['a'], ['a']]);
});

test('a reading that failed is tried again', async () => {
  let tries = 0;
  const once = rowsOnce((keys) =>
    ++tries === 1
      ? Promise.reject(new Error('gone'))
      : Promise.resolve(keys.map((key) => evaluationOf(key, 1))),
  );
  await expect(once(['a'])).rejects.toThrow('gone');
  expect(runs(await once(['a']))).toEqual(['a']);
});
