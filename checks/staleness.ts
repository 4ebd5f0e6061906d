import { z } from 'zod';
import { lengthInWords } from '../domain/judging/figures.js';
import { inZone } from '../domain/zone.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Age of the newest row at the instant judged for. */
export const freshness: Written<object> = {
  name: 'freshness',
  question: 'How old is the newest row?',
  unit: 'ms, >= 0',
  category: 'data-quality',
  action: 'Find out what stopped between the model and the data.',
  over: 'model',
  needs: ['rows'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: 6 * HOUR, alert: 24 * HOUR, minRows: 0, rule: 'calibrated' },
  // Live, a window is judged `lag` after its end: rows that came until then are that old at best.
  defaultsAfter: 'lag',
  measure({ at, current }) {
    const { newest, rows } = current;
    if (newest === null) return noReading('insufficient_data', 'the window has no rows');
    return reading({ value: Math.max(0, at - newest), nCurrent: rows, details: { newest, at } });
  },
  say({ value, details }, _, timezone = 'UTC') {
    const newest = inZone(Number(details['newest']), timezone);
    return `The newest row is ${lengthInWords(value ?? 0)} old (${newest}).`;
  },
};

/** Age of what the model learnt from: since its training data ended. */
export const modelAge: Written<object> = {
  name: 'model_age',
  question: 'How long ago does the training data end?',
  unit: 'ms, >= 0',
  category: 'staleness',
  action: 'Consider a retraining on newer rows.',
  over: 'model',
  needs: ['training'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: 90 * DAY, alert: null, minRows: 0, rule: 'calibrated' },
  measure({ at, current, facts }) {
    if (facts.trainedUntil === null) {
      return noReading('not_applicable', 'nobody said until when the model was trained');
    }
    return reading({
      value: Math.max(0, at - facts.trainedUntil),
      nCurrent: current.rows,
      details: { trainedUntil: facts.trainedUntil },
    });
  },
  say({ value, details }, _, timezone = 'UTC') {
    const until = inZone(Number(details['trainedUntil']), timezone);
    return `The model was trained on rows until ${until}, ${lengthInWords(value ?? 0)} ago.`;
  },
};
