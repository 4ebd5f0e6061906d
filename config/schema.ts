import { knownChecks } from './known-checks.js';
import { jsonSchemaOf } from './known-keys.js';
import { monitorSchema, type KnownChecks } from './monitor.js';

/** The JSON Schema of monitor files: what `aftercare schema` prints and editors complete from. */
export function monitorJsonSchema(known: KnownChecks = knownChecks): Record<string, unknown> {
  return {
    title: 'Aftercare monitor',
    description: 'What to watch about one model, how often, and whom to tell.',
    ...jsonSchemaOf(monitorSchema(known), 'ref'),
  };
}
