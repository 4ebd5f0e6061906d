import { z } from 'zod';
import { parseDuration } from '../calendar/durations.js';
import { isMetric } from '../domain/check.js';
import type { Limit, Limits } from '../domain/limits.js';
import { fromPercent } from './scalars.js';

/** What a monitor file needs to know of a check: checks/index.ts lists them. */
export interface KnownCheck {
  name: string;
  /** A value in ms takes its limits as durations. */
  unit: string;
  over: 'feature' | 'score' | 'label' | 'metric' | 'rows' | 'series' | 'model';
  category?: string;
  worse: 'higher' | 'lower' | 'either';
  /** With `reference` or `training` among them, it may be asked against another one. */
  needs?: readonly string[];
  /** Tasks of models that it can be asked about; absent: all. */
  tasks?: readonly string[];
  defaults: Limits;
  /** Its default limits have the monitor's lag added. */
  defaultsAfter?: 'lag';
  /** Its own parameters, beside the limits. */
  params: z.ZodObject;
}

const percent = /^\d+(\.\d+)?%$/;

const forms = ['above', 'below', 'drop'] as const;

/** A limit as written: a value, or a map with one of the forms. */
type Given = number | string | Partial<Record<(typeof forms)[number], number | string | undefined>>;

const made = new Map<string, z.ZodType<Given>>();

/** A limit as written, for checks that want the same: made once for all of them. */
function written(error: string): z.ZodType<Given> {
  const known = made.get(error);
  if (known !== undefined) return known;
  const scalar = z.union([z.number({ error }), z.string({ error }).regex(/^\d/, { error })], {
    error,
  });
  const loss = 'expected a loss as 0.02, or a share of the reference as 5%';
  const drop = z.union(
    [z.number().min(0, { error: loss }), z.string().regex(percent, { error: loss })],
    { error: loss },
  );
  const map = z
    .strictObject({ above: scalar.optional(), below: scalar.optional(), drop: drop.optional() })
    .superRefine((given, context) => {
      const named = forms.filter((form) => given[form] !== undefined);
      if (named.length === 1) return;
      const message = `expected one of ${forms.join(', ')}, got ${named.join(' and ') || 'none'}`;
      context.addIssue({ code: 'custom', message });
    })
    .meta({ minProperties: 1, maxProperties: 1 });
  const schema = z.union([scalar, map], { error });
  made.set(error, schema);
  return schema;
}

/** A limit of one check: `0.25`, `5%`, `6h`, `{ above: 0.3 }`, `{ below: 0.7 }`, `{ drop: 5% }`. */
export function limitOf(check: KnownCheck): z.ZodType<Limit> {
  const error = `expected ${wantedOf(check)}`;
  return written(error).transform((given, context): Limit => {
    const limit = toLimit(given, check);
    const path = typeof given === 'object' && given.drop === undefined ? Object.keys(given) : [];
    const fault =
      limit === null ? error : (faultBelowZero(limit, check) ?? faultAbove(limit, check));
    if (limit !== null && fault === null) return limit;
    context.addIssue({ code: 'custom', message: fault ?? error, path });
    return z.NEVER;
  });
}

/** Why a limit below 0 says nothing; null: it does, or is none. */
function faultBelowZero(limit: Limit, { name, unit, worse }: KnownCheck): string | null {
  if (valueOf(limit) >= 0) return null;
  if (/(>= 0|, 0 to )/.test(unit)) return `expected 0 or more: ${name} is never less`;
  if (typeof limit !== 'number' || worse !== 'either') return null;
  return `expected 0 or more, for both directions, or one as { below: ${limit} }`;
}

/** Why a limit is never reached; null: it can be. */
function faultAbove(limit: Limit, { name, unit }: KnownCheck): string | null {
  const value = valueOf(limit);
  if (!/(\b0|-1) to 1\b/.test(unit) || value <= 1) return null;
  const meant = value <= 100 ? `. For ${value} %: ${value}%` : '';
  return `expected at most 1: ${name} is never more${meant}`;
}

function wantedOf(check: KnownCheck): string {
  if (hasNoSide(check)) return 'a limit as { drop: 5% }, { below: 0.7 } or { above: 10 }';
  const value = isTime(check) ? 'a duration, as 6h' : 'a number';
  return takesDrop(check) ? `${value} or { drop: 5% }` : value;
}

/** True when nobody knows which side of the value is worse, for it is the user's own. */
const hasNoWorse = ({ over }: KnownCheck): boolean => over === 'rows' || over === 'series';

/** True when the value has one of the reference beside it, to fall short of. */
export function takesDrop(check: KnownCheck): boolean {
  const { warn } = check.defaults;
  return (
    isMetric(check) ||
    hasNoWorse(check) ||
    (typeof warn === 'object' && warn !== null && 'dropShare' in warn)
  );
}

/** True when less is worse of one metric that it stands for, and more of another. */
const hasNoSide = (check: KnownCheck): boolean =>
  check.over === 'score' && check.worse === 'either' && takesDrop(check);

/** The limits of a check where a monitor with this lag gives none. */
export function defaultsOf(check: KnownCheck, lag: number): Limits {
  const { warn, alert } = check.defaults;
  if (check.defaultsAfter === undefined) return check.defaults;
  const later = (limit: Limit | null) => (typeof limit === 'number' ? limit + lag : limit);
  return { ...check.defaults, warn: later(warn), alert: later(alert) };
}

/** True when the value of a check is a length of time. */
export function isTime(check: Pick<KnownCheck, 'unit'>): boolean {
  return /^ms\b|duration/.test(check.unit);
}

function valueOf(limit: Limit | null): number {
  if (limit === null || typeof limit === 'number') return limit ?? 0;
  return Object.values(limit)[0] ?? 0;
}

function toLimit(given: Given, check: KnownCheck): Limit | null {
  if (typeof given !== 'object') {
    const number = hasNoSide(check) ? null : toNumber(given, check);
    return hasNoWorse(check) && number !== null ? { above: number } : number;
  }
  const { above, below, drop } = given;
  if (drop !== undefined) {
    if (!takesDrop(check)) return null;
    return typeof drop === 'number' ? { drop } : { dropShare: fromPercent(drop) };
  }
  const number = toNumber(above ?? below ?? '', check);
  if (number === null) return null;
  return above === undefined ? { below: number } : { above: number };
}

/** Milliseconds for a check of time, else a number or a share; null when it is the other kind. */
function toNumber(given: number | string, check: KnownCheck): number | null {
  if (typeof given === 'number') return isTime(check) ? null : given;
  if (percent.test(given)) return isTime(check) ? null : fromPercent(given);
  if (!isTime(check)) return null;
  try {
    return parseDuration(given);
  } catch {
    return null;
  }
}
