import { fileSource } from './files.js';
import { fingerprintText } from './text.js';

/** One JSON object a line, plain or compressed (`.gz`, `.zst`). */
export const jsonl = fileSource('jsonl', fingerprintText);
