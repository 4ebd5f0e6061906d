import { z } from 'zod';
import { lasting, share, text } from './scalars.js';

const markerWords = 'expected the name of a file, as _SUCCESS, without a folder or a wildcard';

const ready = z.strictObject({
  marker: text('the name of a file, as _SUCCESS').regex(/^[^/\\*?[\]]+$/, { error: markerWords }),
  wait: lasting,
});

const late = z.strictObject({
  reread: z
    .array(lasting, { error: 'expected a list of durations, as [1d, 7d]' })
    .min(1, { error: 'expected at least one duration, as [1d, 7d]' })
    .superRefine((given, context) => {
      given.forEach((one, index) => {
        if (index === 0 || one > (given[index - 1] ?? 0)) return;
        const message = 'expected a longer duration than the one before';
        context.addIssue({ code: 'custom', path: [index], message });
      });
    }),
  restate_above: share,
});

/** Keys of `predictions:` on when the rows of a window are there. */
export const arrivalKeys = { ready: ready.optional(), late: late.optional() };
