import { z } from 'zod';
import { isTemplate, placeholders } from '../calendar/partitions.js';
import { address, secretReference } from './retraining-schema.js';
import { duration, lasting, oneOf, text } from './scalars.js';

const laterKinds = ['mysql', 'bigquery', 'snowflake', 'delta', 'iceberg'];

/** What a path may be, and whose clock a template shows. */
const pathWords =
  'A file, a glob or a template; {date} (YYYY-MM-DD), {hour}, {year}, {month} and {day} are ' +
  'those of the clock in windows.timezone. Files that are cut in another zone need a glob.';

const path = text('a path or glob')
  .meta({ description: pathWords })
  .superRefine((given, context) => {
    const unknown = /\{(\w+)\}/.exec(isTemplate(given) ? withoutPlaceholders(given) : given)?.[1];
    if (unknown === undefined) return;
    const message = `unknown placeholder {${unknown}}; known: ${placeholders
      .map((name) => `{${name}}`)
      .join(', ')}`;
    context.addIssue({ code: 'custom', message });
  });

const where = text('an SQL expression over the columns of the source');

const UNITS = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

const size = z
  .string({ error: 'expected a size as 500MB or 2GB' })
  .regex(/^\d+ ?(KB|MB|GB)$/, { error: 'expected a size as 500MB or 2GB' })
  .transform((given): number => {
    const unit = given.slice(-2) as keyof typeof UNITS;
    return Number.parseInt(given, 10) * UNITS[unit];
  });

/** The keys of a source that a section may carry beside its own. */
export const sourceKeys = { path, where: where.optional() };

/** All keys that a source may have, whatever its kind. */
export const allSourceKeys = z.strictObject({
  kind: oneOf(
    ['parquet', 'csv', 'jsonl', 'postgres', 'duckdb', 's3', 'http'],
    laterKinds,
  ).optional(),
  path: path.optional(),
  where: where.optional(),
  url: address.optional(),
  table: text('the name of a table, as scores or ml.scores').optional(),
  query: text('one select, without a semicolon').optional(),
  timeout: lasting.optional(),
  overlap: duration.optional(),
  format: oneOf(['parquet', 'csv', 'jsonl']).optional(),
  endpoint: address.optional(),
  region: text('a region, as eu-west-1').optional(),
  access_key: secretReference.optional(),
  secret_key: secretReference.optional(),
  token: secretReference.optional(),
  max_size: size.optional(),
});

/** A source as written. */
export type SourceGiven = z.output<typeof allSourceKeys>;

function withoutPlaceholders(given: string): string {
  return placeholders.reduce((rest, name) => rest.replaceAll(`{${name}}`, ''), given);
}
