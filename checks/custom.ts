import { z } from 'zod';
import { customIn, NO_VALUE } from '../domain/custom.js';
import { figure } from '../domain/judging/figures.js';
import type { Category } from '../domain/finding.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { BEFORE, heldBefore, sayBefore, SIDES } from './before.js';
import { noReading, reading } from './check.js';
import type { RegisteredCheck, Written } from './check.js';

/** Not those of mature labels, nor what Aftercare says of itself. */
const CATEGORIES = ['kpi', 'data-quality', 'drift', 'staleness', 'system'] as const;

interface Custom {
  sql: string;
  category: (typeof CATEGORIES)[number];
  action?: string | undefined;
  impact?: string | undefined;
  versus?: (typeof VERSUS)[number] | undefined;
  worse?: (typeof SIDES)[number] | undefined;
}

const VERSUS = ['reference', ...BEFORE] as const;

const sentence = (what: string) => z.string({ error: `expected ${what}` }).min(1);

/** What a user's own SQL aggregate comes to; `details.reference`: on the rows of the reference. */
export const custom: Written<Custom> = {
  name: 'custom',
  question: 'What does an SQL aggregate of your own come to?',
  unit: 'that of the expression',
  category: 'kpi',
  action: 'See what the expression counts, in which part of the rows, and since when.',
  over: 'rows',
  needs: ['rows'],
  // of a drop: a value that falls
  worse: 'lower',
  kind: 'structural',
  params: z.strictObject({
    sql: sentence('an SQL aggregate, as avg(amount)'),
    category: z.enum(CATEGORIES, { error: `expected one of: ${CATEGORIES.join(', ')}` }),
    action: sentence('what to do, in a sentence').optional(),
    impact: sentence('what it costs, in a sentence').optional(),
    versus: z.enum(VERSUS, { error: `expected one of: ${VERSUS.join(', ')}` }).optional(),
    worse: z.enum(SIDES, { error: `expected ${SIDES.join(' or ')}` }).optional(),
  }),
  defaults: {
    ...{
      sql: 'count(*)',
      category: 'kpi',
      warn: null,
      alert: null,
      minRows: 100,
      rule: 'calibrated',
    },
  },
  measure(evidence, _target, { sql, impact, versus = 'reference' }) {
    const { current, reference } = evidence;
    const rows = { nCurrent: current.rows, nReference: reference?.rows ?? 0 };
    if (current.rows === 0) return noReading('insufficient_data', 'there is no row', rows);
    const now = customIn(current, sql);
    if (now === null) return noReading('not_evaluated', NOT_COUNTED, rows);
    if (now.why === NO_VALUE) return noReading('insufficient_data', NULL, rows);
    if (now.why !== '') return noReading('error', now.why, rows);
    const against =
      versus === 'reference'
        ? held(reference, sql)
        : heldBefore(evidence, versus, (profile) => {
            const then = customIn(profile, sql);
            return then?.why === '' ? then.value : null;
          });
    return reading({
      value: now.value,
      ...rows,
      details: { ...against, ...(impact === undefined ? {} : { impact }) },
    });
  },
  say(found, target, timezone = 'UTC') {
    const { value, nCurrent, details } = found;
    const before = details['reference'];
    const isHeld = typeof before === 'number' && details['since'] === undefined;
    const held = isHeld ? ` (${figure(before)} in the reference)` : sayBefore(found, timezone);
    return `${target} is ${figure(value ?? NaN)}${held}, on ${figure(nCurrent)} rows.`;
  },
};

const NOT_COUNTED =
  'the window was counted without this expression, and such values cannot be made of others; ' +
  '"aftercare backfill --again" counts it';
const NULL = 'its value is null: no row has what it counts';

/** The value of the reference, or why there is none to fall short of. */
function held(reference: Profile | null, sql: string): { reference: number } | { note: string } {
  if (reference === null) return { note: 'there is no reference to compare with' };
  const then = customIn(reference, sql);
  if (then?.why === '') return { reference: then.value };
  const several = (reference.windows ?? 1) > 1;
  const why = several
    ? `values of ${reference.windows} windows do not add up to one`
    : (then?.why ?? 'it was not counted there');
  return { note: `the reference has none: ${why}` };
}

/** Who has to act when an entry fires: as the check says, or of a custom one the entry. */
export function categoryOf({ name, category }: RegisteredCheck, { params }: CheckSpec): Category {
  if (name !== custom.name) return category;
  return (params as Partial<Custom>).category ?? category;
}

/** What to do when an entry fires, likewise. */
export function actionOf({ action }: RegisteredCheck, { params }: CheckSpec): string {
  const own = params['action'];
  return typeof own === 'string' ? own : action;
}
