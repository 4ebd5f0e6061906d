import { createRequire } from 'node:module';
import type * as Driver from '@duckdb/node-api';

const require = createRequire(import.meta.url);
let loaded: typeof Driver | null = null;

/**
 * The driver of DuckDB, loaded by whoever needs it first: most commands open no DuckDB. Required
 * and not imported: before an import Node looks for the names of its exports in all of its 180
 * files, which takes longer than to load them.
 */
export function driver(): typeof Driver {
  return (loaded ??= require('@duckdb/node-api') as typeof Driver);
}
