import type { z } from 'zod';
import type { Check } from '../domain/check.js';
import type { Reading, UnknownReason } from '../domain/score.js';

/** A check with the schema of its own parameters, for monitor files. */
export interface RegisteredCheck extends Check {
  params: z.ZodObject;
}

/** A check as it is written: its defaults must be what its schema gives. */
export interface Written<P extends object> extends Check<P> {
  params: z.ZodObject;
}

/** A reading with nothing in it but what is given. */
export function reading(given: Partial<Reading>): Reading {
  return {
    value: null,
    low: null,
    high: null,
    interval: null,
    pValue: null,
    nCurrent: 0,
    nReference: 0,
    reason: null,
    hard: null,
    details: {},
    ...given,
  };
}

/** A reading without a number; `note` says why, in words that complete "psi of amount: …". */
export function noReading(
  reason: UnknownReason,
  note: string,
  rows: { nCurrent?: number; nReference?: number } = {},
): Reading {
  return reading({ reason, ...rows, details: { note } });
}
