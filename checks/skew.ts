import { z } from 'zod';
import type { Evidence, Reading } from '../domain/score.js';
import type { Written } from './check.js';
import { movedRules, psi } from './psi.js';
import { sayMoved } from './psi-words.js';

/** Only what the model learnt from counts: nothing is usual. */
const fromTraining = (evidence: Evidence): Evidence => ({ ...evidence, periods: [], usual: null });

/**
 * PSI of a column against what the model learnt from, whatever is usual live: what is off from the
 * start stays off here, while `psi` tells only of what changes after. Training rows that were made
 * up are kept out by a `where` of the reference.
 */
export const skew: Written<object> = {
  ...movedRules,
  name: 'skew',
  question: 'Does a column live differ from what the model learnt from?',
  action: 'Compare how the feature is made in training and live; a difference was there all along.',
  over: 'feature',
  needs: ['columns', 'reference'],
  params: z.strictObject({}),
  defaults: { warn: 0.1, alert: 0.25, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind !== 'opaque',
  measure(evidence, target): Reading {
    const found = psi.measure(fromTraining(evidence), target, psi.defaults);
    if (found.value === null) return found;
    return { ...found, details: { ...found.details, why: 'against what the model learnt from' } };
  },
  say: (given, target) =>
    sayMoved(given, target)
      .replace(' moved (', ' differs (')
      .replace(' is as before (', ' is alike ('),
};
