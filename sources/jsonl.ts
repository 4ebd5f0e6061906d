import { fileSource } from './files.js';
import { fingerprintText, glanceText } from './text.js';

/** One JSON object a line, plain or compressed (`.gz`, `.zst`). */
export const jsonl = fileSource('jsonl', { glance: glanceText, fingerprint: fingerprintText });
