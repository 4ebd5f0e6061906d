import fc from 'fast-check';
import pc from 'picocolors';
import { expect, test, vi } from 'vitest';
import { cut, harmless, jsonPieces, jsonText, near, table, wrap } from '../../cli/output.js';
import { agoWords, limitsWords, valueWords } from '../../cli/words.js';
import type { Limits } from '../../domain/limits.js';

const plain = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');

test('columns line up whatever the colours, and no line ends in spaces', () => {
  const text = table(
    ['A', 'LONG'],
    [
      [pc.red('red'), 'x'],
      ['b', ''],
    ],
  );
  expect(plain(text).split('\n')).toEqual([' A    LONG', ' red  x', ' b']);
});

test('what a terminal would obey is shown, not sent: data cannot move the cursor or hide text', () => {
  expect(harmless('a\u001b]0;title\u0007b')).toBe('a\\x1b]0;title\\x07b');
  expect(harmless('\u009b2J\u001b[8m\r')).toBe('\\x9b2J\\x1b[8m\\x0d');
  expect(harmless('live\u202eevil')).toBe('live\\u202eevil');
  expect(harmless('two\nlines, 12\u202f345 and ■')).toBe('two\nlines, 12\u202f345 and ■');
  const forged = table(['A', 'B'], [['x\n ● ok', '\u001b[2J']]);
  expect(plain(forged).split('\n')).toEqual([' A        B', ' x  ● ok  \\x1b[2J']);
  expect(wrap('\u001b[2Jall gone', 80, '')).toBe('\\x1b[2Jall gone');
});

test('a long text is broken at spaces and never past its width', () => {
  const text = wrap('one two three four five six', 12, '  ');
  expect(text.split('\n')).toEqual(['  one two', '  three four', '  five six']);
  expect(cut('abcdef', 4)).toBe('abc…');
});

const limits = (warn: Limits['warn'], alert: Limits['alert']): Limits => ({
  warn,
  alert,
  minRows: 1,
  rule: 'calibrated',
});

test('values and limits are words of their check', () => {
  const day = 86_400_000;
  const words = (check: string, value: number | null, nCurrent = 1_204) =>
    valueWords({ check, value, nCurrent });
  expect(words('freshness', 2 * 3_600_000 + 600_000)).toBe('2h 10m');
  expect(words('psi', 0.31234)).toBe('0.312');
  expect(words('out_of_range', 0.0512)).toBe('5.12 %');
  expect(words('decay_trend', 0.151)).toBe('15.1 %');
  expect(words('reference_age', day)).toBe('1d');
  expect(words('psi', null)).toBe('');
  // A change of a share is counted in points: from 1 % to 3 % is 2 points and 200 %.
  expect(words('missing', 0.02)).toBe('2 pp');
  expect(words('rejected_rows', -0.001)).toBe('-0.1 pp');
  expect(words('volume', -1, 0)).toBe('0 rows');
  expect(words('volume', null)).toBe('1\u202f204 rows');
  expect(limitsWords({ check: 'volume', limits: limits(0.3, null) })).toBe('30 % / –');
  expect(limitsWords({ check: 'freshness', limits: limits(day / 4, day) })).toBe('6h / 1d');
  expect(
    limitsWords({ check: 'roc_auc', limits: limits({ drop: 0.02 }, { dropShare: 0.05 }) }),
  ).toBe('drop 0.02 / 5 %');
  expect(
    limitsWords({ check: 'accuracy', limits: limits({ drop: 0.05 }, { dropShare: 0.05 }) }),
  ).toBe('drop 5 pp / 5 %');
  expect(limitsWords({ check: 'psi', limits: limits(null, null) })).toBe('');
});

test('instants are told by how far away they are', () => {
  expect(agoWords(0, 3_700_000)).toBe('1h ago');
  expect(agoWords(120_000, 0)).toBe('in 2m');
  expect(agoWords(4 * 3_600_000, 1)).toBe('in 4h');
  expect(agoWords(4 * 3_600_000, 60_000)).toBe('in 3h');
  expect(agoWords(5, 6)).toBe('now');
});

test('paths below the working folder, or beside it, are told as people would type them there', () => {
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue('/srv/shop');
  try {
    expect(near('/srv/shop/data/a.csv: "/srv/shop/b.csv" and /srv/shop/lake.')).toBe(
      'data/a.csv: "b.csv" and ./lake.',
    );
    const elsewhere = '/else/srv/shop/a.csv, file:///srv/shop/a.csv, /srv';
    expect(near(elsewhere)).toBe(elsewhere);
    expect(near('(/srv/shared/a.csv), /srv/shop-2/a.csv')).toBe(
      '(../shared/a.csv), ../shop-2/a.csv',
    );
    // Beside a folder of the root there is everything.
    cwd.mockReturnValue('/app');
    expect(near('/app/a.csv, /data/a.csv')).toBe('a.csv, /data/a.csv');
  } finally {
    cwd.mockRestore();
  }
});

test('a document in pieces is the document, and no piece holds a list of it', () => {
  const some = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.array(fc.jsonValue())));
  fc.assert(
    fc.property(some, (value) => {
      expect([...jsonPieces(value)].join('')).toBe(jsonText(value));
    }),
  );
  const document = { a: undefined, rows: [{ text: 'one\ntwo' }, [3], undefined], none: [], of: {} };
  const pieces = [...jsonPieces(document)];
  expect(pieces.join('')).toBe(JSON.stringify(document, null, 2));
  expect(pieces.filter((piece) => piece.includes('two') || piece.includes('3'))).toHaveLength(2);
});
