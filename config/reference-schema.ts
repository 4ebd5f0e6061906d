import { z } from 'zod';
import type { ReferenceSource, ReferenceSpec } from '../domain/monitor.js';
import { duration, instant, oneOf } from './scalars.js';
import { source, sourceKeys, toSource } from './source-schema.js';

const drift = z
  .strictObject({
    kind: oneOf(['training'], ['window', 'rolling', 'first_windows']).default('training'),
    path: sourceKeys.path.optional(),
    where: sourceKeys.where,
    from: source.optional(),
    trained_until: instant.optional(),
  })
  .transform((given, context): ReferenceSource => {
    const { kind, path, where, from, trained_until } = given;
    const trainedUntil = trained_until ?? null;
    if (from !== undefined && path === undefined) return { kind, from, trainedUntil };
    if (path !== undefined && from === undefined) {
      return { kind, from: toSource({ path, where }, context), trainedUntil };
    }
    const got = path === undefined ? 'none' : 'both';
    const message = `expected either path, or from: { path }, got ${got}`;
    context.addIssue({ code: 'custom', message: `${message}. Example: path: data/train.parquet` });
    return z.NEVER;
  });

const performance = z
  .strictObject({
    kind: oneOf(['held_out', 'first_mature']),
    size: duration.optional(),
  })
  .transform((given, context): NonNullable<ReferenceSpec['performance']> => {
    if (given.kind === 'first_mature') {
      return { kind: 'first_mature', size: given.size ?? 28 * 86_400_000 };
    }
    if (given.size !== undefined) {
      const message = 'expected none: held_out takes the labels of the drift reference';
      context.addIssue({ code: 'custom', path: ['size'], message });
    }
    return { kind: 'held_out' };
  });

/** `reference:`, what windows are compared with. */
export const reference = z
  .strictObject({ drift: drift.optional(), performance: performance.optional() })
  .transform((given): ReferenceSpec => ({
    drift: given.drift ?? null,
    others: {},
    performance: given.performance ?? null,
  })) satisfies z.ZodType<ReferenceSpec>;
