import { z } from 'zod';
import type { CheckSpec } from '../domain/monitor.js';
import type { Limit } from '../domain/limits.js';
import { faultOfLimits } from './limit-order.js';
import { limitOf, type KnownCheck } from './limit-schema.js';
import { columnList, count, lasting, oneOf, text } from './scalars.js';
import { ownName, ownNameWords } from './segments-schema.js';

/** One entry of `checks:` as written; what is absent comes from the check. */
export interface CheckGiven {
  check: string;
  name: string | null;
  against: string | null;
  targets: readonly string[] | null;
  warn?: Limit | null | undefined;
  alert?: Limit | null | undefined;
  minRows?: number | undefined;
  rule?: CheckSpec['rule'] | undefined;
  running: number | null;
  every: number | null;
  params: Readonly<Record<string, unknown>>;
}

/** `checks:` as written: entries beside the defaults, or instead of them. */
export interface ChecksGiven {
  mode: 'beside' | 'only';
  entries: readonly CheckGiven[];
}

/** Not for a file to say: limits have keys of their own, `column` is that of the prediction. */
const otherKeys = ['warn', 'alert', 'minRows', 'rule', 'column'];

/** The schema of `checks:` for the checks that there are. */
export function checksSchema(known: readonly KnownCheck[]): z.ZodType<ChecksGiven> {
  const entries = z.array(entrySchema(known), { error: 'expected a list of checks' });
  return z
    .union(
      [entries, z.strictObject({ only: entries.min(1, { error: 'expected at least one check' }) })],
      {
        error: 'expected a list of checks, or { only: [...] }',
      },
    )
    .transform((given): ChecksGiven => {
      return Array.isArray(given)
        ? { mode: 'beside', entries: given }
        : { mode: 'only', entries: given.only };
    });
}

function entrySchema(known: readonly KnownCheck[]): z.ZodType<CheckGiven> {
  const [first, ...others] = known.map((check) => entryOf(check));
  if (first === undefined) throw new TypeError('expected at least one check, got an empty list');
  const byName = z.string().transform((name) => ({ check: name }));
  return z.union([z.discriminatedUnion('check', [first, ...others]), byName]).pipe(
    z.transform((given: Record<string, unknown>, context): CheckGiven => {
      const check = known.find(({ name }) => name === given['check']);
      if (check !== undefined) {
        const entry = toEntry(check, given);
        for (const fault of entryFaults(check, entry, known)) context.addIssue(fault);
        return entry;
      }
      context.addIssue({ code: 'custom', message: 'unknown check', input: given['check'] });
      return z.NEVER;
    }),
  );
}

const against = text('a name of reference.others').optional();
const name = text('a name').regex(ownName, { error: ownNameWords });
const comparesWith = ['reference', 'training'];
const isCompared = ({ over, needs }: KnownCheck): boolean =>
  over === 'rows' || comparesWith.some((need) => needs?.includes(need));

function entryOf(check: KnownCheck): z.ZodObject {
  const limit = limitOf(check).nullable().optional();
  return z.strictObject({
    check: z.literal(check.name),
    name: check.over === 'rows' ? name : name.optional(),
    ...(isCompared(check) ? { against } : {}),
    columns: columnList.optional(),
    targets: columnList.optional(),
    warn: limit,
    alert: limit,
    min_rows: count(0).optional(),
    rule: oneOf(['calibrated', 'fixed']).optional(),
    for: count(1).optional(),
    every: lasting.optional(),
    ...Object.fromEntries(
      ownParams(check).map(([name, type]) => {
        return [snakeCase(name), name === 'sql' ? type : z.optional(type)];
      }),
    ),
  });
}

function toEntry(check: KnownCheck, given: Record<string, unknown>): CheckGiven {
  const params = ownParams(check)
    .map(([name]) => [name, given[snakeCase(name)]] as const)
    .filter(([, value]) => value !== undefined);
  // The schema of entryOf made these; a dynamic union cannot carry their types.
  const typed = given as unknown as {
    columns?: string[];
    targets?: string[];
    name?: string;
    against?: string;
    warn?: Limit | null;
    alert?: Limit | null;
    min_rows?: number;
    rule?: CheckSpec['rule'];
    for?: number;
    every?: number;
  };
  return {
    check: check.name,
    name: typed.name ?? null,
    against: typed.against ?? null,
    targets: typed.targets ?? typed.columns ?? null,
    warn: typed.warn,
    alert: typed.alert,
    minRows: typed.min_rows,
    rule: typed.rule,
    running: typed.for ?? null,
    every: typed.every ?? null,
    params: Object.fromEntries(params),
  };
}

/** What is wrong between the keys of one entry. */
function entryFaults(
  check: KnownCheck,
  entry: CheckGiven,
  known: readonly KnownCheck[],
): { code: 'custom'; path: string[]; message: string }[] {
  const { over, name } = check;
  // Limits that are compared with defaults of a lag wait for the schedule: monitor-faults.ts.
  const order = check.defaultsAfter === undefined ? faultOfLimits(check, entry) : null;
  const faults = order === null ? [] : [{ at: order.key as string, said: order.message }];
  if (entry.targets !== null && !['feature', 'metric', 'series'].includes(over)) {
    faults.push({ at: 'columns', said: `expected none: ${name} does not look at single columns` });
  }
  const isTaken = entry.name !== null && known.some((other) => other.name === entry.name);
  if (isTaken) {
    faults.push({ at: 'name', said: `expected another name: ${entry.name ?? ''} is a check` });
  }
  return faults.map(({ at, said }) => ({ code: 'custom', path: [at], message: said }));
}

/** Parameters of a check that are not limits, as [name, schema]. */
function ownParams(check: KnownCheck): [string, z.core.$ZodType][] {
  const shape: Record<string, z.core.$ZodType> = check.params.shape;
  return Object.entries(shape).filter(([name]) => !otherKeys.includes(name));
}

/** `minShare` → `min_share`: YAML speaks in snake case. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
