import { z } from 'zod';
import { column, oneOf, text } from './scalars.js';
import { source } from './source-schema.js';

const on = z
  .record(z.string().min(1, { error: "expected a column's name" }), column, {
    error: 'expected a map of columns to columns of the joined source, as { tx_id: tx_id }',
  })
  .refine((given) => Object.keys(given).length > 0, {
    error: 'expected at least one pair of columns, as { tx_id: tx_id }',
  });

const join = z.strictObject({
  name: text('a name'),
  from: source,
  on,
  columns: z.array(column, { error: 'expected a list of columns' }).optional(),
  expect: oneOf(['at_most_one']).default('at_most_one'),
});

/** `joins:`, each with a name of its own. */
export const joins = z
  .array(join, { error: 'expected a list of sources, each as { name, from, on }' })
  .superRefine((given, context) => {
    given.forEach(({ name }, index) => {
      if (given.findIndex((one) => one.name === name) === index) return;
      const message = `expected a name of its own, got "${name}" twice`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    });
  });

/** `joins:` as its schema gives it. */
export type JoinsGiven = z.output<typeof joins>;
