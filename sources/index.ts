import { csv } from './csv.js';
import { jsonl } from './jsonl.js';
import { parquet } from './parquet.js';
import type { Source } from './source.js';

/** Every kind of source, in the order of the docs. */
export const sources: readonly Source[] = [parquet, csv, jsonl];
