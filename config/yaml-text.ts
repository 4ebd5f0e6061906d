import { readFileSync } from 'node:fs';
import { refusalWords } from '../domain/refusal.js';
import { wholeFile, type Problem } from './problem.js';

/** A file, and what it is called in messages. */
export interface Place {
  file: string;
  name: string;
}

/**
 * The text of a file of configuration; null: it is not there. Of a thousand small files waiting for
 * each is most of the time.
 */
export function readText({ file, name }: Place): string | Problem | null {
  try {
    return textOf(name, readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return wholeFile(name, `cannot be read: ${refusalWords(error)}`);
  }
}

/** Bytes as text without its byte order mark, or what is wrong with them. */
function textOf(file: string, bytes: Buffer): string | Problem {
  if (/^(\u00ff\u00fe|\u00fe\u00ff)/.test(bytes.toString('latin1', 0, 2))) {
    return wholeFile(file, 'is in UTF-16: expected text in UTF-8');
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    return problem(file, 'has a zero byte here: expected text in UTF-8', bytes.subarray(0, zero));
  }
  const text = bytes.toString('utf8');
  const odd = text.indexOf('\ufffd');
  // The sign itself may be in a text, in three bytes; anything else that is read so is none.
  if (odd < 0 || Buffer.from(text).equals(bytes)) return text.replace(/^\ufeff/, '');
  const before = Buffer.from(text.slice(0, odd));
  const hex = (bytes[before.length] ?? 0).toString(16);
  const message = `has a byte here that is no UTF-8 (0x${hex}): expected text in UTF-8`;
  return problem(file, message, before);
}

/** A fault at the end of what is before it. */
function problem(file: string, message: string, before: Buffer): Problem {
  const lines = before.toString('utf8').split('\n');
  const column = (lines.at(-1) ?? '').length + 1;
  return { file, line: lines.length, column, path: '', message, severity: 'error' };
}
