import { z } from 'zod';
import type { TrafficColumn } from '../domain/traffic.js';
import { column, values } from './scalars.js';

/** `columns.traffic:`, which rows are live and which are shadow. */
export const traffic = z
  .strictObject({ column, live: values('traffic'), shadow: values('traffic').default([]) })
  .superRefine(({ live, shadow }, context) => {
    shadow.forEach((value, place) => {
      if (!live.includes(value)) return;
      const message = `"${value}" is in live, too: expected it in one of them`;
      context.addIssue({ code: 'custom', path: ['shadow', place], message });
    });
  }) satisfies z.ZodType<TrafficColumn>;
