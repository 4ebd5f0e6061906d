import { z } from 'zod';
import type { ReferenceSource, ReferenceSpec } from '../domain/monitor.js';
import { column, count, instant, lasting, oneOf, text } from './scalars.js';
import { sourceKeys } from './source-keys.js';
import { toSource } from './source-kinds.js';
import { source } from './source-schema.js';
import { spanKeys, spanOf } from './spans.js';

/** Which rows, as written: times wait for the zone of the monitor. */
export type SourceGiven =
  | Exclude<ReferenceSource, { start: unknown }>
  | { kind: 'window'; from: string; to: string }
  | { kind: 'version'; version: string; from: string; to: string };

const training = z
  .strictObject({
    kind: z.literal('training').default('training'),
    path: sourceKeys.path.optional(),
    where: sourceKeys.where,
    from: source.optional(),
    trained_until: instant.optional(),
    weight: column.optional(),
  })
  .transform((given, context): SourceGiven => {
    const { kind, path, where, from, trained_until, weight } = given;
    const more = { trainedUntil: trained_until ?? null, ...(weight !== undefined && { weight }) };
    if (from !== undefined && path === undefined) return { kind, from, ...more };
    if (path !== undefined && from === undefined) {
      return { kind, from: toSource({ path, where }, context) ?? z.NEVER, ...more };
    }
    const got = path === undefined ? 'none' : 'both';
    const message = `expected either path, or from: { path }, got ${got}`;
    context.addIssue({ code: 'custom', message: `${message}. Example: path: data/train.parquet` });
    return z.NEVER;
  });

const weekday = z.boolean({ error: 'expected true or false' }).default(false);

const kinds = ['training', 'window', 'rolling', 'previous', 'version', 'segment'] as const;
const anyKind = oneOf(kinds, ['first_windows', 'stream']);

/** Which rows a window is compared with; without a kind, a training file. */
const rows = z.discriminatedUnion(
  'kind',
  [
    training,
    z.strictObject({ kind: z.literal('window'), ...spanKeys }),
    z.strictObject({ kind: z.literal('rolling'), windows: count(1).default(28), weekday }),
    z.strictObject({ kind: z.literal('previous'), weekday }),
    z.strictObject({
      kind: z.literal('version'),
      version: text('a version of the model'),
      ...spanKeys,
    }),
    z.strictObject({
      kind: z.literal('segment'),
      segment: text('the name of a segment'),
      value: text('a value of the segment'),
    }),
  ],
  {
    error: ({ input }) => {
      const kind = (input as { kind?: unknown } | null | undefined)?.kind;
      if (kind === undefined) return 'expected a map of keys';
      return anyKind.safeParse(kind).error?.issues[0]?.message ?? 'expected a map of keys';
    },
  },
) satisfies z.ZodType<SourceGiven>;

const FIRST_MATURE = { kind: 'first_mature', size: 28 * 86_400_000 } as const;

const performance = z
  .strictObject({
    kind: oneOf(['held_out', 'first_mature']),
    size: lasting.optional(),
  })
  .transform((given, context): NonNullable<ReferenceSpec['performance']> => {
    if (given.kind === 'first_mature') {
      return { ...FIRST_MATURE, ...(given.size !== undefined && { size: given.size }) };
    }
    if (given.size !== undefined) {
      const message = 'expected none: held_out takes the labels of the drift reference';
      context.addIssue({ code: 'custom', path: ['size'], message });
    }
    return { kind: 'held_out' };
  });

/** `reference:`, what windows are compared with. */
export const reference = z.strictObject({
  drift: rows.optional(),
  others: z.record(z.string(), rows).default({}),
  performance: performance.optional(),
});

/** `reference:` as its schema gives it. */
export type ReferenceGiven = z.output<typeof reference>;

/**
 * The references of a monitor in its zone. Metrics are held against the first mature windows unless
 * the monitor says otherwise: training rows flatter a model. A fixed window's rows do not, and
 * numbered windows have no first ones.
 */
export function toReference(
  given: ReferenceGiven,
  { timezone, labels, rows }: { timezone: string; labels: boolean; rows: boolean },
): ReferenceSpec {
  const isOwn = rows || given.drift?.kind === 'window';
  const usual = isOwn ? ({ kind: 'held_out' } as const) : FIRST_MATURE;
  const resolved = (one: SourceGiven): ReferenceSource => {
    if (one.kind === 'window') return { kind: one.kind, ...spanOf(one, timezone) };
    if (one.kind !== 'version') return one;
    return { kind: one.kind, version: one.version, ...spanOf(one, timezone) };
  };
  return {
    drift: given.drift === undefined ? null : resolved(given.drift),
    others: Object.fromEntries(
      Object.entries(given.others).map(([name, one]) => [name, resolved(one)]),
    ),
    performance: given.performance ?? (labels ? usual : null),
  };
}
