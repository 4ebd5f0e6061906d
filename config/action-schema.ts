import { z } from 'zod';
import type { ActionColumns } from '../domain/action.js';
import { column, values } from './scalars.js';

/** `columns.action:`, what the answers of the model led to. */
export const action = z
  .strictObject({
    column,
    would_act: column.optional(),
    censors: values('decision').default([]),
    alters: values('decision').default([]),
    explored: column.optional(),
    propensity: column.optional(),
  })
  .superRefine(({ censors, alters, explored, propensity }, context) => {
    if (censors.length + alters.length === 0) {
      const message = 'expected censors, alters or both: the decisions that are an action';
      context.addIssue({ code: 'custom', message: `${message}. Example: censors: [block]` });
    }
    alters.forEach((value, place) => {
      if (!censors.includes(value)) return;
      const message = `"${value}" is in censors, too: expected it in one of them`;
      context.addIssue({ code: 'custom', path: ['alters', place], message });
    });
    if (propensity !== undefined && explored === undefined) {
      const message =
        'needs explored: the column that says which rows were held out by this chance';
      context.addIssue({ code: 'custom', path: ['propensity'], message });
    }
  })
  .transform(({ would_act, explored, propensity, ...given }): ActionColumns => ({
    ...given,
    wouldAct: would_act ?? null,
    explored: explored ?? null,
    ...(propensity !== undefined && { propensity }),
  })) satisfies z.ZodType<ActionColumns>;
