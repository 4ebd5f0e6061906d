import { z } from 'zod';
import { parseDuration, parseInstant } from '../calendar/durations.js';
import { isZone, knownZones } from '../calendar/zones.js';
import type { Duration, Instant } from '../domain/window.js';
import { didYouMean } from '../checks/spelling.js';

/** Text that is not empty, with what it stands for: `a column's name`. */
export function text(what: string): z.ZodString {
  const error = `expected ${what}`;
  return z.string({ error }).min(1, { error });
}

/** A column of the predictions or labels. */
export const column = text("a column's name");

/** A value of a column or several, as their texts. */
export function values(column: string) {
  const value = z.union([z.string(), z.number(), z.boolean()], {
    error: `expected a value of the ${column} column, as fraud or 1`,
  });
  return z
    .union([value, z.array(value).min(1, { error: 'expected at least one value' })], {
      error: `expected a value of the ${column} column or a list`,
    })
    .transform((given) => (Array.isArray(given) ? given : [given]).map(String));
}

/** A column, or several. */
export const columnList = z
  .union([column.transform((name) => [name]), z.array(column)], {
    error: "expected a column's name or a list of them",
  })
  .meta({ description: 'One column or a list of columns.' });

const wantedDuration = 'expected a duration as 30m, 2h, 7d or 1w';
/** A hundred years: longer ones lead out of every calendar. */
const MOST_DAYS = 36_525;

/** `2s`, `30m`, `6h`, `7d`, `1w`, `1h30m` → milliseconds. */
export const duration = z
  .string({ error: wantedDuration })
  .meta({
    description: 'A duration: 30m, 2h, 7d, 1w.',
    pattern: '^(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+$',
  })
  .transform((value, context): Duration => {
    try {
      const read = parseDuration(value);
      if (read <= MOST_DAYS * 86_400_000) return read;
      context.addIssue({ code: 'custom', message: `expected at most ${MOST_DAYS}d` });
    } catch {
      context.addIssue({ code: 'custom', message: wantedDuration });
    }
    return z.NEVER;
  }) satisfies z.ZodType<Duration>;

/** The same, where no time at all makes no sense. */
export const lasting = duration.superRefine((value, context) => {
  if (value > 0) return;
  context.addIssue({ code: 'custom', message: 'expected a duration longer than 0s' });
}) satisfies z.ZodType<Duration>;

/** A date (its start in UTC) or an ISO instant → epoch ms. */
export const instant = z
  .string({ error: 'expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z' })
  .transform((value, context): Instant => {
    try {
      return parseInstant(value, 'UTC');
    } catch (error) {
      context.addIssue({ code: 'custom', message: wording(error) });
      return z.NEVER;
    }
  }) satisfies z.ZodType<Instant>;

/** An IANA zone. */
export const timezone = z
  .string({ error: 'expected a time zone as Europe/Paris or UTC' })
  .superRefine((value, context) => {
    if (isZone(value)) return;
    const hint = didYouMean(value, knownZones()) || ' Expected one as Europe/Paris or UTC';
    context.addIssue({
      code: 'custom',
      message: `unknown time zone ${JSON.stringify(value)}.${hint}`,
    });
  })
  .meta({ description: 'An IANA time zone, as Europe/Paris.' });

const shareError = { error: 'expected a share from 0 to 1, as 0.8 or 80%' };

/** A share from 0 to 1: `0.8` or `80%`. */
export const share = z
  .union(
    [
      z.number(shareError).min(0, shareError).max(1, shareError),
      z.string(shareError).regex(/^(\d{1,2}(\.\d+)?|100)%$/, shareError),
    ],
    shareError,
  )
  .transform((given): number =>
    typeof given === 'number' ? given : fromPercent(given),
  ) satisfies z.ZodType<number>;

/** A whole number, at least `least`. */
export function count(least: number): z.ZodNumber {
  const error = `expected a whole number, at least ${least}`;
  return z.int({ error }).min(least, { error });
}

/**
 * One of a few words. A word of a later version is refused as such: `"ingest" is not available yet
 * in this version; available: time`.
 */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  later: readonly string[] = [],
): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  const list = words.join(', ');
  return z.enum(words, {
    error: ({ input }) => {
      if (typeof input !== 'string') return `expected one of: ${list}`;
      if (later.includes(input)) {
        return `${JSON.stringify(input)} is not available yet in this version; available: ${list}`;
      }
      return `expected one of: ${list}${didYouMean(input, words)}`;
    },
  });
}

/** `5%` → 0.05. */
export function fromPercent(value: string): number {
  return Number(value.slice(0, -1)) / 100;
}

/** The message of anything thrown. */
export function wording(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
