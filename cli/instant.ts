import { UsageError } from '../app/errors.js';
import { parseInstant } from '../calendar/durations.js';

/** An instant of a flag; UsageError with an example. */
export function instant(text: string, timezone: string): number {
  try {
    return parseInstant(text, timezone);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
