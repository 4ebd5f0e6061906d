import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../sql');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.sql'),
);

for (const file of files) {
  test(`sql/${file} uses just the parameters that its header declares`, () => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const inputs = text.slice(text.indexOf('-- in:'), text.indexOf('-- out:'));
    const declared = [...inputs.matchAll(/\$([a-z_0-9]+) [A-Z]/g)].map(([, name]) => name);
    const body = text.replaceAll(/^\s*--.*$/gm, '');
    const used = [...body.matchAll(/\$([a-z_0-9]+)/g)].map(([, name]) => name);
    expect([...new Set(declared)].sort()).toEqual([...new Set(used)].sort());
  });
}
