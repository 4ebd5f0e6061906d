import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** Of a file so much is looked at for a first line. */
const HEAD_BYTES = 64 * 1024;
/** Letters below the space, but for the tabulator. */
const CONTROL = /[\0-\x08\x0b-\x1f]/;
/** So many lines are searched for what is wrong with them. */
const MOST_LINES = 5_000_000;

/** Why a file that is called delimited text is none, in words; null: its first line is text. */
export async function notText(path: string): Promise<string | null> {
  if (isPacked(path)) return null;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    const [first = ''] = head.toString('latin1').split(/[\r\n]/, 1);
    return CONTROL.test(first)
      ? 'its first line is no text; expected names of columns, as id,scored_at'
      : null;
  } finally {
    await file.close();
  }
}

/** Which line of delimited text is not like the others, in words; null: none is. */
export async function oddLine(path: string): Promise<string | null> {
  if (isPacked(path)) return null;
  let first: { end: string; cells: number } | null = null;
  let number = 0;
  let delimiter = ',';
  for await (const { text, end } of linesWithEnds(path)) {
    if (++number > MOST_LINES) return null;
    if (first === null) {
      delimiter = delimiterOf(text);
      first = { end, cells: cellsOf(text, delimiter) };
      continue;
    }
    if (end !== '' && end !== first.end) {
      return `line ${number} ends in ${end}, the lines before it in ${first.end}; expected one of them`;
    }
    const cells = cellsOf(text, delimiter);
    if (text !== '' && cells !== first.cells) {
      return `line ${number} has ${cells} values, the first line ${first.cells}`;
    }
  }
  return null;
}

/** Number of the first line that is no JSON object; null: none is found. */
export async function firstNoObject(path: string): Promise<number | null> {
  if (/\.zst$/i.test(path)) return null;
  const file = createReadStream(path);
  const input = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file;
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (++number > MOST_LINES) return null;
      if (line.trim() !== '' && !isObject(line)) return number;
    }
    return null;
  } finally {
    file.destroy();
  }
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const isPacked = (path: string): boolean => /\.(gz|zst)$/i.test(path);

async function* linesWithEnds(path: string): AsyncGenerator<{ text: string; end: string }> {
  let rest = '';
  for await (const piece of createReadStream(path, 'utf8')) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield line.endsWith('\r')
        ? { text: line.slice(0, -1), end: '\\r\\n' }
        : { text: line, end: '\\n' };
    }
  }
  if (rest !== '') yield { text: rest, end: '' };
}

/** Values of a line; what stands in double quotes is one. */
function cellsOf(line: string, delimiter: string): number {
  return line.replaceAll(/"[^"]*"/g, '').split(delimiter).length;
}

function delimiterOf(header: string): string {
  const counts = [',', ';', '\t', '|'].map((one) => [one, cellsOf(header, one)] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
