import { z } from 'zod';
import type { AbsentLabels } from '../domain/monitor.js';
import { lasting, oneOf } from './scalars.js';

/** `labels[].absent:`, what it means that a row has no label. */
export const absentLabels = z.strictObject({
  after: lasting,
  means: oneOf(['negative']),
  when_acted: oneOf(['unknown', 'negative']).optional(),
});

/** The same as a monitor has it. */
export const toAbsent = ({
  after,
  when_acted: whenActed = 'unknown',
}: z.output<typeof absentLabels>): AbsentLabels => ({ after, whenActed });
