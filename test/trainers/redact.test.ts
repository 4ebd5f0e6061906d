import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keep, redact } from '../../trainers/redact.js';

test('known values go, the longest first, and short ones stay', () => {
  const text = 'a=secret-long b=secret c=abc';
  expect(redact(text, ['secret', 'secret-long', 'abc'])).toBe('a=[redacted] b=[redacted] c=abc');
});

test.each([
  'Authorization: Bearer abcdefghijkl',
  'AKIAABCDEFGHIJKLMNOP',
  'ghp_' + 'a1'.repeat(12),
  '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
])('what looks like a secret goes: %s', (text) => {
  expect(redact(text, [])).toMatch(/^(Authorization: )?\[redacted\]$/);
});

test('a secret across the cut, or across two chunks, leaves no piece behind', () => {
  const secret = 'S3CRET-S3CRET-S3CRET';
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 12_000 }),
      (before, chunk, after) => {
        const kept = keep(200);
        const whole = Buffer.from('.'.repeat(before) + secret + '.'.repeat(after));
        for (let i = 0; i < whole.length; i += chunk) kept.push(whole.subarray(i, i + chunk));
        expect(kept.text([secret])).not.toMatch(/S3C|RET|CRE/);
      },
    ),
    { numRuns: 50 },
  );
});

test('a short stream is kept as it was, a long one by its ends', () => {
  const short = keep(100);
  for (const part of ['one ', 'two']) short.push(Buffer.from(part));
  expect(short.text([])).toBe('one two');
  const long = keep(100);
  long.push(Buffer.from(`first${'x'.repeat(20_000)}last`));
  expect(long.text([])).toBe(`first${'x'.repeat(45)}\n… cut …\n${'x'.repeat(46)}last`);
});
