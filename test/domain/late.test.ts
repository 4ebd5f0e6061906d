import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cameWords, restates } from '../../domain/late.js';

test.each([
  ['at the limit, nothing', { then: 1000, now: 1005, rewritten: true }, false],
  ['more than the limit', { then: 1000, now: 1006, rewritten: false }, true],
  ['the first rows of a window that had none', { then: 0, now: 1, rewritten: false }, true],
  ['none where there were none', { then: 0, now: 0, rewritten: false }, false],
  ['new files without a row', { then: 1000, now: 1000, rewritten: false }, false],
  ['files of before with other rows', { then: 1000, now: 1000, rewritten: true }, true],
  ['a row that is gone', { then: 1000, now: 999, rewritten: true }, true],
  [
    'a row that is gone, whatever is known of the files',
    { then: 1000, now: 999, rewritten: false },
    true,
  ],
])('late rows have a window judged again: %s', (_, came, expected) => {
  expect(restates(came, 0.005)).toBe(expected);
});

test('a higher limit never has more windows judged again', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const came = fc.record({ then: fc.nat(), now: fc.nat(), rewritten: fc.boolean() });
  fc.assert(
    fc.property(came, share, share, (one, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(restates(one, high) && !restates(one, low)).toBe(false);
    }),
  );
});

test.each([
  [{ then: 10000, now: 10012, rewritten: false }, '12 rows came late (0.1 % of 10000)'],
  [{ then: 0, now: 1, rewritten: false }, '1 row came late (there was none)'],
  [{ then: 400, now: 300, rewritten: true }, '100 rows fewer than before (25 % of 400)'],
  [{ then: 5, now: 5, rewritten: true }, 'as many rows as before, in files that have changed'],
  [{ then: 5, now: 5, rewritten: false }, 'no row came late'],
])('%j is told in words', (came, words) => {
  expect(cameWords(came)).toBe(words);
});
