import type { Source } from './source.js';
import { fingerprintText } from './text.js';

/** Delimited text with a header line, plain or compressed (`.gz`, `.zst`). */
export const csv: Source = { kind: 'csv', rereadable: false, fingerprint: fingerprintText };
