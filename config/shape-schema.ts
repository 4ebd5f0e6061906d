import { z } from 'zod';
import type { Columns, ReferenceSpec, ReferenceSource } from '../domain/monitor.js';
import type { Arrival } from '../domain/late.js';
import type { JoinSpec, RowShape, SourceSpec } from '../domain/source-spec.js';
import { arrivalKeys } from './arrival-schema.js';
import type { JoinsGiven } from './joins-schema.js';
import { column, text } from './scalars.js';
import { timed } from './source-kinds.js';
import { source } from './source-schema.js';

const expression = text("an SQL expression over the columns, as payload->>'amount'");

const lower = (name: string): string => name.toLowerCase();

const select = z
  .record(z.string().min(1, { error: "expected a column's name" }), expression, {
    error: 'expected a map of columns to SQL expressions, as { amount: "payload->>\'amount\'" }',
  })
  .refine((given) => Object.keys(given).length > 0, { error: 'expected at least one column' })
  .refine((given) => new Set(Object.keys(given).map(lower)).size === Object.keys(given).length, {
    error: 'expected names that differ in more than case',
  });

/** `predictions:`, where the rows are and what is made of them. */
export const predictions = z.strictObject({
  from: source,
  select: select.optional(),
  unnest: column.optional(),
  ...arrivalKeys,
});

/** `predictions:` as its schema gives it. */
export type PredictionsGiven = z.output<typeof predictions>;

/** What is made of the rows; absent: nothing. */
function shapeOf({ select, unnest }: PredictionsGiven): { shape?: RowShape } {
  if (select === undefined && unnest === undefined) return {};
  return { shape: { ...(unnest !== undefined && { unnest }), ...(select && { select }) } };
}

/**
 * The source of the predictions, and what joins it. A database cannot cut by a time that is made of
 * its rows.
 */
export function predictionsOf(
  { predictions: given, joins }: { predictions: PredictionsGiven; joins: JoinsGiven },
  timestamp: Columns['timestamp'] | null,
): SourceSpec {
  const { from, select } = given;
  const isMade = timestamp !== null && select?.[timestamp.column] !== undefined;
  const source = { ...timed(from, isMade ? null : timestamp), ...shapeOf(given) };
  return joins.length === 0 ? source : { ...source, joins: joins.map(joinOf) };
}

/** Whatever is expected of a join is at most one row. */
const joinOf = ({ name, from, on, columns }: JoinsGiven[number]): JoinSpec => ({
  ...{ name, from, on },
  ...(columns && { columns }),
});

/** When the rows are there; absent: nothing is said. */
export function arrivalOf({ ready, late }: PredictionsGiven): Arrival {
  return {
    ...(ready && { ready }),
    ...(late && { late: { reread: late.reread, restateAbove: late.restate_above } }),
  };
}

/** The references, of which the same is made as of the predictions. */
export function shapedReferences(reference: ReferenceSpec, given: PredictionsGiven): ReferenceSpec {
  const shape = shapeOf(given);
  const shaped = (one: ReferenceSource): ReferenceSource =>
    one.kind === 'training' ? { ...one, from: { ...one.from, ...shape } } : one;
  const others = Object.entries(reference.others).map(([name, one]) => [name, shaped(one)]);
  const { drift } = reference;
  return {
    ...reference,
    drift: drift === null ? null : shaped(drift),
    others: Object.fromEntries(others) as ReferenceSpec['others'],
  };
}
