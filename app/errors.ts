/** What the person asked for cannot be: wrong usage or configuration; nothing ran. Exit 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A part that is needed cannot be reached, or the outcome is not known. Exit 3. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}
