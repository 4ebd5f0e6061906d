import { z } from 'zod';
import type { Monitor } from '../domain/monitor.js';
import { count, oneOf, timezone } from './scalars.js';

const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** `windows:`, how rows are cut: by the calendar, or by their number in the files. */
export const windows = z
  .strictObject({
    size: oneOf(['1h', '1d', '1w', '1mo']).optional(),
    rows: count(1).optional(),
    timezone: timezone.default('UTC'),
    align: oneOf(weekdays).default('monday'),
    min_rows: count(0).optional(),
  })
  .superRefine((given, context) => {
    if (given.size === undefined && given.rows === undefined) {
      context.addIssue({ code: 'custom', path: ['size'], message: 'missing. Example: size: 1d' });
    }
    if (given.size !== undefined && given.rows !== undefined) {
      const message = 'expected none: windows.size cuts by time already';
      context.addIssue({ code: 'custom', path: ['rows'], message });
    }
  });

/** The grid of a monitor. Where windows are numbered, their size in time means nothing. */
export function toWindows(given: z.output<typeof windows>): Monitor['windows'] {
  const { size, rows, timezone, align, min_rows } = given;
  const grid = { size: size ?? '1d', timezone, align, minRows: min_rows ?? 100 };
  return rows === undefined ? grid : { ...grid, rows };
}
