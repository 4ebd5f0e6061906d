import { z } from 'zod';
import type { RetrainingPolicy } from '../domain/monitor.js';
import type { Reviewed } from '../domain/score.js';
import { oneOf } from './scalars.js';

const INTERVAL = 'expected an interval of values as [from, to]';

const interval = z
  .tuple([z.number({ error: INTERVAL }), z.number({ error: INTERVAL })], { error: INTERVAL })
  .refine(([from, to]) => from <= to, { error: INTERVAL })
  .optional();

/** Check → the effect that was reviewed; those that training can handle. */
const reviewed = z.strictObject({
  ...{ suppression: interval, calibration_break: interval },
  ...{ label_coverage: interval, censored_positives: interval },
});

/** What training does with rows acted on, and how large their effect was when that was reviewed. */
export const loop = z.strictObject({
  handling: oneOf(['none', 'ipw', 'exclude_acted']),
  reviewed: reviewed.optional(),
});

/** {}: nobody says, or `none`. */
export function loopOf(given: z.output<typeof loop> | undefined): Pick<RetrainingPolicy, 'loop'> {
  if (given === undefined || given.handling === 'none') return {};
  const said = Object.entries(given.reviewed ?? {}).filter(([, range]) => range !== undefined);
  const found = said.length === 0 ? {} : { reviewed: Object.fromEntries(said) as Reviewed };
  return { loop: { handling: given.handling, ...found } };
}
