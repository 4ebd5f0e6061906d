import { z } from 'zod';
import type { Columns, FeatureOverride } from '../domain/monitor.js';
import type { ArmColumn } from '../domain/arm.js';
import { action } from './action-schema.js';
import { prediction } from './prediction-schema.js';
import { traffic } from './traffic-schema.js';
import { column, columnList, oneOf, share, text, timezone, values } from './scalars.js';

const timestamp = z
  .union([column, z.strictObject({ column, timezone: timezone.default('UTC') })], {
    error: "expected a column's name, or { column, timezone }",
  })
  .meta({ description: 'Event time; the zone is that of values without one (default UTC).' })
  .transform((given) =>
    typeof given === 'string' ? { column: given, timezone: 'UTC' } : given,
  ) satisfies z.ZodType<Columns['timestamp']>;

const override = z
  .strictObject({
    type: oneOf(['numeric', 'categorical', 'text', 'vector']).optional(),
    importance: share.optional(),
    source: text('the name of an upstream source').optional(),
    min: z.number({ error: 'expected a number' }).optional(),
    max: z.number({ error: 'expected a number' }).optional(),
  })
  .superRefine(({ type, min, max }, context) => {
    for (const [key, value] of Object.entries({ min, max })) {
      if (value === undefined || !(type === 'text' || type === 'vector')) continue;
      const counted = type === 'text' ? 'length' : 'norm';
      const message = `expected none: of a ${type} the ${counted} is counted, got ${value}`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
    if (min === undefined || max === undefined || min < max) return;
    const message = `expected a number above min (${min}), got ${max}`;
    context.addIssue({ code: 'custom', path: ['max'], message });
  })
  .transform(({ type, importance, source, min, max }): FeatureOverride => ({
    type: type ?? null,
    importance: importance ?? null,
    source: source ?? null,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  }));

const features = z
  .strictObject({
    include: z
      .union([z.literal('*'), z.array(column)], { error: 'expected "*" or a list of columns' })
      .default('*'),
    exclude: columnList.default([]),
    overrides: z.record(z.string(), override).default({}),
  })
  .prefault({}) satisfies z.ZodType<Columns['features']>;

const arm = z.strictObject({
  column,
  holdout: values('arm'),
}) satisfies z.ZodType<ArmColumn>;

/** The columns as written: only numbered windows do without times. */
export type ColumnsGiven = Omit<Columns, 'timestamp'> & { timestamp: Columns['timestamp'] | null };

/** `columns:`, which column plays which role; a column with a role is never a feature. */
export const columns = z
  .strictObject({
    id: columnList.default([]),
    entity: columnList.optional(),
    timestamp: timestamp.optional(),
    prediction: prediction.optional(),
    version: column.optional(),
    row_source: column.optional(),
    item: column.optional(),
    group: column.optional(),
    weight: column.optional(),
    arm: arm.optional(),
    traffic: traffic.optional(),
    action: action.optional(),
    features,
  })
  .transform(({ row_source, ...rest }): ColumnsGiven => {
    const {
      action: acts,
      item,
      group,
      weight,
      entity,
      arm: holds,
      traffic: lanes,
      ...given
    } = rest;
    return {
      ...given,
      ...(item === undefined ? {} : { item }),
      ...(group === undefined ? {} : { group }),
      ...(entity === undefined ? {} : { entity }),
      ...(weight === undefined ? {} : { weight }),
      ...(holds === undefined ? {} : { arm: holds }),
      ...(lanes === undefined ? {} : { traffic: lanes }),
      ...(acts === undefined ? {} : { action: acts }),
      timestamp: given.timestamp ?? null,
      prediction: given.prediction ?? null,
      version: given.version ?? null,
      rowSource: row_source ?? null,
    };
  }) satisfies z.ZodType<ColumnsGiven>;
