import { createRequire } from 'node:module';
import type * as Driver from '@duckdb/node-api';

/*
 * The driver of DuckDB, required and not imported: before an import Node looks for the names of its
 * exports in all of its 180 files, which takes longer than to load them.
 */
export const {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBInstance,
  DuckDBIntegerVector,
  DuckDBListVector,
  DuckDBVarCharVector,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} = createRequire(import.meta.url)('@duckdb/node-api') as typeof Driver;
