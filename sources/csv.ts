import type { Source } from './source.js';
import { fingerprintText, glanceText } from './text.js';

/** Delimited text with a header line, plain or compressed (`.gz`, `.zst`). */
export const csv: Source = {
  kind: 'csv',
  rereadable: false,
  glance: glanceText,
  fingerprint: fingerprintText,
};
