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
  })
  .superRefine(({ censors, alters }, context) => {
    if (censors.length + alters.length === 0) {
      const message = 'expected censors, alters or both: the decisions that are an action';
      context.addIssue({ code: 'custom', message: `${message}. Example: censors: [block]` });
    }
    alters.forEach((value, place) => {
      if (!censors.includes(value)) return;
      const message = `"${value}" is in censors, too: expected it in one of them`;
      context.addIssue({ code: 'custom', path: ['alters', place], message });
    });
  })
  .transform(({ would_act, explored, ...given }): ActionColumns => ({
    ...given,
    wouldAct: would_act ?? null,
    explored: explored ?? null,
  })) satisfies z.ZodType<ActionColumns>;
