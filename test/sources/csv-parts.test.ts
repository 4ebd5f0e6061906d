import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inParts } from '../../sources/csv-parts.js';

async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-parts-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* cut(text: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield await Promise.resolve(text.subarray(at, at + size));
    at += size;
  }
}

/** The parts of a text, as they were when they were used. */
async function partsOf(text: string, size: number, chunks: readonly number[]): Promise<string[]> {
  return withFolder(async (folder) => {
    const parts: string[] = [];
    const nameOf = (part: number) => path.join(folder, `${part}.csv`);
    await inParts(cut(Buffer.from(text), chunks), { size, nameOf }, async (file, part) => {
      parts[part] = await readFile(file, 'utf8');
    });
    return parts;
  });
}

test('parts are cut at the ends of rows, and a line end within quotes is none', async () => {
  const text = '1,"a\nb"\n2,"say ""\n"""\n3,c\n';
  expect(await partsOf(text, 1, [3])).toEqual(['1,"a\nb"\n', '2,"say ""\n"""\n', '3,c\n']);
  expect(await partsOf(text, 1_000, [3])).toEqual([text]);
});

test('nothing at all is one empty part', async () => {
  expect(await partsOf('', 10, [1])).toEqual(['']);
});

test('however it is cut, nothing is lost and every part holds whole rows', async () => {
  const cell = fc.stringMatching(/^[ab"\n,é]{0,6}$/);
  const quoted = (one: string) => (/["\n,]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      async (rows, size, chunks) => {
        const lines = rows.map((row) => `${row.map(quoted).join(',')}\n`);
        const parts = await partsOf(lines.join(''), size, chunks);
        expect(parts.join('')).toBe(lines.join(''));
        const ends = new Set(lines.map((_, i) => lines.slice(0, i + 1).join('').length));
        let length = 0;
        for (const part of parts.slice(0, -1)) {
          length += part.length;
          expect(ends).toContain(length);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a failure of who uses a part is the failure of it all', async () => {
  await withFolder(async (folder) => {
    const nameOf = (part: number) => path.join(folder, `${part}.csv`);
    const work = inParts(cut(Buffer.from('1\n2\n3\n4\n'), [2]), { size: 1, nameOf }, (_, part) =>
      part === 1 ? Promise.reject(new Error('no')) : Promise.resolve(),
    );
    await expect(work).rejects.toThrow('no');
  });
});
