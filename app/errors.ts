/** What the person asked for cannot be: wrong usage or configuration; nothing ran. Exit 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A part that is needed cannot be reached, or the outcome is not known. Exit 3. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

const MOST_NAMED = 5;

/** The refusal to take over what another lake has its windows rung by. */
export function ofAnotherLake(models: readonly string[], namespace: string): UsageError {
  const more = models.length - MOST_NAMED;
  const named = models.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return new UsageError(
    `Another lake wrote the Schedule of ${named} in the Temporal namespace ` +
      `"${namespace}". Two lakes in one namespace take each other's work: give this ` +
      'one a namespace of its own with TEMPORAL_NAMESPACE, also where the other is gone for good.',
  );
}
