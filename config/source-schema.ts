import { z } from 'zod';
import type { SourceSpec } from '../domain/source-spec.js';
import { allSourceKeys } from './source-keys.js';
import { toSource } from './source-kinds.js';

/** `from: { path: "data/dt={date}/*.parquet", where: "env = 'prod'" }` → where rows come from. */
export const source = allSourceKeys.transform(
  (given, context) => toSource(given, context) ?? z.NEVER,
) satisfies z.ZodType<SourceSpec>;
