import { refusalWords } from '../domain/refusal.js';
import { SourceError } from '../domain/source.js';

/** What cannot be opened, with why in words. */
export function unreadable(file: string, error: unknown): SourceError {
  const problem = refusalWords(error);
  return new SourceError(file, null, `cannot be read (${problem}); expected a readable file`);
}
