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
      details: { trainedUntil: facts.trainedUntil, answersSince: facts.answersSince ?? null },
    });
  },
  say({ value, details }, _, timezone = 'UTC') {
    const until = inZone(Number(details['trainedUntil']), timezone);
    const since = details['answersSince'];
    const told = typeof since === 'number' ? `; it answers since ${inZone(since, timezone)}` : '';
    return `The model was trained on rows until ${until}, ${lengthInWords(value ?? 0)} ago${told}.`;
  },
};

/** A reference that is older is worth a thought. */
const OLD = 180 * DAY;

/** Age of what windows are compared with: since its newest row. */
export const referenceAge: Written<object> = {
  name: 'reference_age',
  question: 'How long ago does the reference end?',
  unit: 'ms, >= 0',
  category: 'staleness',
  action: 'Choose a newer reference once nothing is wrong: it is never replaced by itself.',
  over: 'model',
  needs: ['reference'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: null, alert: null, minRows: 0, rule: 'calibrated' },
  measure({ at, current, reference, facts }) {
    if (current.rows === 0) return noReading('insufficient_data', 'the window has no rows');
    const until = reference?.newest ?? facts.trainedUntil;
    if (reference === null) return noReading('no_reference', 'it is not there yet');
    if (until === null) return noReading('not_applicable', 'no row of the reference has a time');
    const modelAge = facts.trainedUntil === null ? null : Math.max(0, at - facts.trainedUntil);
    return reading({
      value: Math.max(0, at - until),
      nCurrent: current.rows,
      nReference: reference.rows,
      details: { until, modelAge },
    });
  },
  say({ value, details }, _, timezone = 'UTC') {
    const { until, modelAge } = details as { until: number; modelAge: number | null };
    const age = value ?? 0;
    const old =
      age > OLD ? `older than ${lengthInWords(OLD)}` : 'more than twice as old as the model';
    const isOld = age > OLD || (modelAge !== null && age > 2 * modelAge);
    const more = isOld ? `; it is ${old}: think of a newer one` : '';
    return `The reference ends ${inZone(until, timezone)}, ${lengthInWords(age)} ago${more}.`;
  },
};
