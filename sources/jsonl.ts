import type { Source } from './source.js';
import { fingerprintText } from './text.js';

/** One JSON object a line, plain or compressed (`.gz`, `.zst`). */
export const jsonl: Source = { kind: 'jsonl', rereadable: false, fingerprint: fingerprintText };
