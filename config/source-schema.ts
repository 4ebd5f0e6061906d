import { z } from 'zod';
import { isTemplate, placeholders } from '../calendar/partitions.js';
import type { SourceSpec } from '../domain/monitor.js';
import { oneOf, text } from './scalars.js';

const laterKinds = ['postgres', 'mysql', 'bigquery', 'snowflake', 's3', 'delta', 'iceberg'];

const endings: readonly [RegExp, SourceSpec['kind']][] = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(csv|tsv)(\.gz|\.zst)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz|\.zst)?$/i, 'jsonl'],
];

/** What a path may be, and whose clock a template shows. */
const pathWords =
  'A file, a glob or a template; {date} (YYYY-MM-DD), {hour}, {year}, {month} and {day} are ' +
  'those of the clock in windows.timezone. Files that are cut in another zone need a glob.';

/** The keys of a source, so that a section may carry them beside its own. */
export const sourceKeys = {
  kind: oneOf(['parquet', 'csv', 'jsonl'], laterKinds).optional(),
  path: text('a path or glob')
    .meta({ description: pathWords })
    .superRefine((path, context) => {
      const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path) ?? [];
      if (scheme !== undefined) {
        const message = `expected a path of files: ${scheme}:// is not available yet in this version`;
        context.addIssue({ code: 'custom', message });
      }
      const unknown = /\{(\w+)\}/.exec(isTemplate(path) ? withoutPlaceholders(path) : path)?.[1];
      if (unknown === undefined) return;
      const message = `unknown placeholder {${unknown}}; known: ${placeholders
        .map((name) => `{${name}}`)
        .join(', ')}`;
      context.addIssue({ code: 'custom', message });
    }),
  where: text('an SQL expression over the columns of the source').optional(),
};

/** `from: { path: "data/dt={date}/*.parquet", where: "env = 'prod'" }` → where rows come from. */
export const source = z
  .strictObject(sourceKeys)
  .transform((given, context) => toSource(given, context)) satisfies z.ZodType<SourceSpec>;

/** Fills in the kind of a source from the ending of its path; an issue when it has none. */
export function toSource(
  given: { kind?: SourceSpec['kind'] | undefined; path: string; where?: string | undefined },
  context: z.RefinementCtx,
): SourceSpec {
  const kind = given.kind ?? endings.find(([ending]) => ending.test(given.path))?.[1];
  if (kind === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['path'],
      message:
        'expected a path that ends in .parquet, .csv or .jsonl, or kind: parquet, csv or jsonl ' +
        'beside it',
    });
    return z.NEVER;
  }
  return { kind, path: given.path, where: given.where ?? null };
}

function withoutPlaceholders(path: string): string {
  return placeholders.reduce((rest, name) => rest.replaceAll(`{${name}}`, ''), path);
}
