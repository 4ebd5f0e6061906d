import { fileSource } from './files.js';
import { fingerprintText, glanceText } from './text.js';

/** Delimited text with a header line, plain or compressed (`.gz`, `.zst`). */
export const csv = fileSource('csv', { glance: glanceText, fingerprint: fingerprintText });
