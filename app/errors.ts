/** What the person asked for cannot be: wrong usage or configuration; nothing ran. Exit 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Files are wrong: each fault is a line of its own. Exit 2. */
export class FaultsError extends UsageError {
  constructor(what: string, faults: readonly string[]) {
    super([`${what}:`, ...faults].join('\n'));
  }
}

/** A part that is needed cannot be reached, or the outcome is not known. Exit 3. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

const MOST_NAMED = 5;

/** `a, b and 3 more`: the first five names. */
export function firstFew(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The refusal to take over what another lake has its windows rung by. */
export function ofAnotherLake(models: readonly string[], namespace: string): UsageError {
  return new UsageError(
    `Another lake wrote the Schedule of ${firstFew(models)} in the Temporal namespace ` +
      `"${namespace}". Two lakes in one namespace take each other's work: give this ` +
      'one a namespace of its own with TEMPORAL_NAMESPACE, also where the other is gone for good.',
  );
}
