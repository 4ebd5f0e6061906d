import { z } from 'zod';
import { formatDuration } from '../calendar/durations.js';
import type { Duration } from '../domain/window.js';
import { column, columnList, lasting, oneOf } from './scalars.js';

/** `labels[].join:`, which predictions a label is of. */
export const join = z
  .strictObject({
    on: z.record(z.string(), column).optional(),
    entity: columnList.optional(),
    match: oneOf(['one', 'first_after'], ['all']).default('one'),
    within: lasting.optional(),
  })
  .superRefine(({ on, entity, match, within }, context) => {
    const refuse = (key: string, message: string) => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (match === 'one') {
      const beside = 'expected none without match: first_after';
      if (within !== undefined) refuse('within', beside);
      if (entity !== undefined) refuse('entity', beside);
      if (within === undefined && entity === undefined && on === undefined) {
        refuse('on', 'missing. Example: on: { tx_id: tx_id }');
      }
      return;
    }
    if (entity !== undefined && on !== undefined) {
      refuse('entity', 'expected one of entity and on: both say whose label it is');
    }
    if (entity === undefined && on === undefined) {
      refuse('entity', 'missing: whose label it is. Example: entity: customer_id');
    }
    if (within === undefined) {
      const example = 'Example: within: 30d';
      refuse('within', `missing: how long after a prediction its label may come. ${example}`);
    }
  });

/** What of a label source does not go with how its labels are joined. */
export function joinFaults(given: {
  join?: z.output<typeof join> | undefined;
  timestamp?: string | undefined;
  mature_after?: Duration | undefined;
  absent?: { after: Duration } | undefined;
}): { path: string[]; message: string }[] {
  if (given.join?.match !== 'first_after') return [];
  const { within = 0 } = given.join;
  const faults = [];
  if (given.timestamp === undefined) {
    const message = 'missing: match: first_after takes the first label by its time';
    faults.push({ path: ['timestamp'], message: `${message}. Example: timestamp: label_ts` });
  }
  const mature = given.mature_after ?? given.absent?.after;
  if (mature !== undefined && mature < within) {
    const least = formatDuration(within);
    const message = `expected at least ${least}, join.within: until then a label may come`;
    faults.push({ path: ['mature_after'], message });
  }
  return faults;
}

/** Prediction column → label column; null: the file does not say. */
export function keysOf(given: z.output<typeof join> | undefined): Record<string, string> | null {
  const { entity, on } = given ?? {};
  return entity === undefined ? (on ?? null) : Object.fromEntries(entity.map((one) => [one, one]));
}
