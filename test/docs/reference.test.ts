import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePages } from '../../docs/pages/index.js';

test.each(Object.entries(referencePages))('%s is what the code says', async (file, page) => {
  // Stale: run `npm run docs`.
  expect(readFileSync(file, 'utf8')).toBe(await page());
});
