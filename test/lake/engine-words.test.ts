import { expect, test } from 'vitest';
import { damageWords, engineWords, expressionWords } from '../../lake/engine-words.js';

test.each([
  [
    'Invalid Input Error: Failed to read file "/srv/a.parquet": Snappy decompression failure',
    'Snappy cannot unpack it',
  ],
  ["Invalid Error: don't know what type: \u000f", 'its description of the columns cannot be read'],
  ['IO Error: Unknown frame descriptor', 'Zstandard cannot unpack it'],
  [
    "Conversion Error: Could not convert string 'secret@example.com' to INT32\n\nLINE 1: select",
    'Could not convert string … to INT32',
  ],
  [
    'Invalid Input Error: Error when sniffing file "/srv/a.csv".\nIt was not possible',
    'its lines do not part into columns',
  ],
])('%j: no path, no value, no kind of an error', (said, words) => {
  expect(engineWords(new Error(said))).toBe(words);
});

test('a long text of the engine is cut', () => {
  expect(engineWords(new Error(`IO Error: ${'a long word '.repeat(20)}`))).toHaveLength(80);
});

test('the sentence is ours, for each kind of file', () => {
  const error = new Error('IO Error: Unexpected end');
  expect(damageWords('parquet', error)).toBe(
    'is damaged (Unexpected end); expected a whole Parquet file',
  );
  expect(damageWords('csv', error)).toMatch(/^is no table of text \(Unexpected end\); expected/);
  expect(damageWords('jsonl', error)).toMatch(/^is no file of JSON Lines .*; expected one JSON/);
});

test('an expression that the engine refuses is told by what is wrong with it', () => {
  expect(expressionWords(new Error('Binder Error: Referenced column "a" not found in FROM'))).toBe(
    'there is no column "a"',
  );
  expect(expressionWords(new Error('Binder Error: Cannot compare values of type DATE'))).toBe(
    'Cannot compare values of type DATE',
  );
});
