import { csv } from './csv.js';
import { duckdb } from './duckdb.js';
import { httpSource } from './http.js';
import { jsonl } from './jsonl.js';
import { parquet } from './parquet.js';
import { postgres } from './postgres.js';
import { s3 } from './s3.js';
import type { Source } from './source.js';

/** Every kind of source, in the order of the docs. */
export const sources = [parquet, csv, jsonl, postgres, duckdb, s3, httpSource] as readonly Source[];
