import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { referencePages } from './pages/index.js';

// `npm run docs`: writes the reference pages anew, from the code as it is.
for (const [file, page] of Object.entries(referencePages)) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await page());
  process.stdout.write(`${file}\n`);
}
