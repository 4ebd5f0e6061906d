import { expect, test } from 'vitest';
import { damageWords, engineWords, expressionWords } from '../../lake/engine-words.js';

test.each([
  [
    'Invalid Input Error: Failed to read file "/srv/a.parquet": Snappy decompression failure',
    'Snappy cannot unpack it',
  ],
  ["Invalid Error: don't know what type: \u000f", 'its description of the columns cannot be read'],
  ['IO Error: Unknown frame descriptor', 'Zstandard cannot unpack it'],
  ['IO Error: Could not read enough bytes from file "/srv/a.parquet"', 'it ends too early'],
  ['Invalid Input Error: Error when sniffing file "/srv/a.csv".\nIt', 'its lines do not part'],
  ["IO Error: Bad page in '/srv/a.parquet' of 'ana@example.com'\n\nLINE", 'Bad page in … of …'],
])('%j: of a damaged file no path, no value, no kind of an error', (said, words) => {
  expect(damageWords('parquet', new Error(said))).toContain(`is damaged (${words}`);
});

test('of rows that cannot be read as asked the value is told, and a long text is cut', () => {
  const said = "Conversion Error: Could not convert string 'x7' to INT32\n\nLINE 1: select";
  expect(engineWords(new Error(said))).toBe("Could not convert string 'x7' to INT32");
  expect(engineWords(new Error(`IO Error: ${'a long word '.repeat(20)}`))).toHaveLength(160);
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

test.each([
  [
    'Binder Error: Cannot compare values of type VARCHAR and type INTEGER_LITERAL - an explicit cast',
    'VARCHAR cannot be compared with INTEGER',
  ],
  ["Conversion Error: Could not convert string 'x' to INT64\n\nLINE 1: a", '"x" is no number'],
  ['Conversion Error: Could not convert string "x" to DECIMAL(21,1)', '"x" is no number'],
  ["Conversion Error: Could not convert string 'x' to BOOL", '"x" is no truth value'],
  ['Conversion Error: invalid date field format: "x", expected format is', '"x" is no date'],
  ['Conversion Error: timestamp field value out of range: "2026-13-01"', '"2026-13-01" is no time'],
  [
    "Conversion Error: Could not convert string 'x' to BOOL when casting from source column a",
    "Could not convert string 'x' to BOOL when casting from source column a",
  ],
])('%j: a text of the expression is told by what it should be, one of a row as it is', (...all) => {
  const [said, words] = all;
  expect(expressionWords(new Error(said))).toBe(words);
});
