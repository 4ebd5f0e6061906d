import { inject } from 'vitest';
import { withNamespace } from './namespace.js';
import type { TestTemporal } from './namespace.js';

/** Why tests that need a server are skipped; null: there is one. */
export function temporalMissing(): string | null {
  const temporal = inject('temporal');
  return 'missing' in temporal ? temporal.missing : null;
}

/** A namespace of its own on the run's server; connections are closed at the end. */
export async function withTemporal<T>(run: (temporal: TestTemporal) => Promise<T>): Promise<T> {
  const provided = inject('temporal');
  if ('missing' in provided) throw new Error(provided.missing);
  return withNamespace(provided.address, run);
}
