import { expect, test } from 'vitest';
import { differences } from '../../app/publish.js';

test('differences are named by their path, before and after', () => {
  const before = { checks: [{ warn: 0.05 }], tags: ['a'] };
  const after = { checks: [{ warn: 0.1 }], tags: ['a', 'b'] };
  expect(differences(before, after)).toEqual([
    'checks.0.warn: 0.05 → 0.1',
    'tags.1: nothing → "b"',
  ]);
  expect(differences(before, structuredClone(before))).toEqual([]);
});
