import type { Source } from './source.js';
import { fingerprintText, glanceText } from './text.js';

/** One JSON object a line, plain or compressed (`.gz`, `.zst`). */
export const jsonl: Source = {
  kind: 'jsonl',
  rereadable: false,
  glance: glanceText,
  fingerprint: fingerprintText,
};
