import { z } from 'zod';
import type { Segment } from '../domain/monitor.js';
import { count, text } from './scalars.js';

/** Names of ours: they become parts of keys and of columns. */
export const ownName = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** The same in words. */
export const ownNameWords = 'expected a letter, then letters, digits or underscores, at most 63';

const segment = z
  .strictObject({
    name: text('a name').regex(ownName, { error: ownNameWords }),
    by: text('a column, or an SQL expression over the columns'),
    top: count(1).default(8),
    min_rows: count(0).default(500),
  })
  .transform((given): Segment => {
    const { name, by, top, min_rows } = given;
    return { name, by, top, minRows: min_rows };
  });

/** `segments:`, parts of the rows that are judged beside the whole. */
export const segments = z.array(segment, { error: 'expected a list of segments' });
