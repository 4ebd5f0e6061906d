import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const QUOTE = 34;
const NEWLINE = 10;

/**
 * Writes a stream of CSV as files of about `size` bytes, each of whole rows: a line end within
 * quotes is none. `use` gets each file once it is written; one is used while the next is written,
 * and never two, so that the disk and the memory stay small however long the stream is. There is
 * at least one file, which may be empty.
 */
export async function inParts(
  chunks: AsyncIterable<Buffer>,
  { size, nameOf }: { size: number; nameOf: (part: number) => string },
  use: (file: string, part: number) => Promise<void>,
): Promise<void> {
  let part = 0;
  let file = createWriteStream(nameOf(part));
  let [written, quotes] = [0, 0];
  let using: Promise<void> = Promise.resolve();
  const end = async (): Promise<void> => {
    const [name, own] = [nameOf(part), part];
    file.end();
    await finished(file);
    await using;
    using = use(name, own);
    // Whoever awaits it next hears of it.
    using.catch(() => undefined);
  };
  try {
    for await (const chunk of chunks) {
      const isFull = written + chunk.length >= size;
      const cut = isFull ? lastRowEnd(chunk, quotes) : -1;
      quotes = cut === -1 ? (quotes + count(chunk)) % 2 : count(chunk.subarray(cut)) % 2;
      if (cut === -1) {
        written += chunk.length;
        await write(file, chunk);
        continue;
      }
      await write(file, chunk.subarray(0, cut));
      await end();
      file = createWriteStream(nameOf(++part));
      written = chunk.length - cut;
      await write(file, chunk.subarray(cut));
    }
    if (written > 0 || part === 0) await end();
    await using;
  } finally {
    file.destroy();
    await using.catch(() => undefined);
  }
}

async function write(file: WriteStream, bytes: Buffer): Promise<void> {
  if (bytes.length > 0 && !file.write(bytes)) await once(file, 'drain');
}

/** Quotes of a chunk; most have none, which the search for the first tells at once. */
function count(chunk: Buffer): number {
  const first = chunk.indexOf(QUOTE);
  if (first === -1) return 0;
  let found = 0;
  for (let at = first; at < chunk.length; at++) if (chunk[at] === QUOTE) found++;
  return found;
}

/** Where the last whole row of a chunk ends; -1: no row ends in it. */
function lastRowEnd(chunk: Buffer, open: number): number {
  let [isOpen, end] = [open % 2 === 1, -1];
  for (let at = 0; at < chunk.length; at++) {
    if (chunk[at] === QUOTE) isOpen = !isOpen;
    else if (chunk[at] === NEWLINE && !isOpen) end = at + 1;
  }
  return end;
}
