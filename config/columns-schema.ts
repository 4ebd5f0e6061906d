import { z } from 'zod';
import type { Columns, FeatureOverride, Prediction } from '../domain/monitor.js';
import { column, columnList, oneOf, share, text, timezone } from './scalars.js';

const timestamp = z
  .union([column, z.strictObject({ column, timezone: timezone.default('UTC') })], {
    error: "expected a column's name, or { column, timezone }",
  })
  .meta({ description: 'Event time; the zone is that of values without one (default UTC).' })
  .transform((given) =>
    typeof given === 'string' ? { column: given, timezone: 'UTC' } : given,
  ) satisfies z.ZodType<Columns['timestamp']>;

const predictionKeys = ['score', 'value', 'label'] as const;

const prediction = z
  .strictObject({
    score: column.optional(),
    value: column.optional(),
    label: column.optional(),
    kind: oneOf(['probability', 'value', 'label']).optional(),
    threshold: z
      .number({ error: 'expected a number: a column of thresholds is not available yet' })
      .optional(),
    higher_is: oneOf(['positive'], ['negative']).optional(),
  })
  .superRefine((given, context) => {
    const named = predictionKeys.filter((key) => given[key] !== undefined);
    if (named.length !== 1) {
      const message = `expected one of score, value, label, got ${named.join(' and ') || 'none'}`;
      context.addIssue({ code: 'custom', message: `${message}. Example: { score: p }` });
    }
    const [said] = named;
    if (given.kind !== undefined && said !== undefined && said !== 'score' && given.kind !== said) {
      const message = `expected ${said}, as its key says`;
      context.addIssue({ code: 'custom', path: ['kind'], message });
    }
    const isProbability = kindOf(given) === 'probability';
    if (given.threshold !== undefined && !isProbability) {
      const message = 'expected none: only a probability has a threshold';
      context.addIssue({ code: 'custom', path: ['threshold'], message });
    }
    if (given.threshold !== undefined && (given.threshold < 0 || given.threshold > 1)) {
      const message = 'expected a number from 0 to 1';
      context.addIssue({ code: 'custom', path: ['threshold'], message });
    }
  })
  .transform((given): Prediction => {
    const name = given.score ?? given.value ?? given.label ?? '';
    return { kind: kindOf(given), column: name, threshold: given.threshold ?? 0.5 };
  }) satisfies z.ZodType<Prediction>;

function kindOf(given: {
  kind?: Prediction['kind'] | undefined;
  value?: string | undefined;
  label?: string | undefined;
}): Prediction['kind'] {
  if (given.kind !== undefined) return given.kind;
  if (given.value !== undefined) return 'value';
  return given.label === undefined ? 'probability' : 'label';
}

const override = z
  .strictObject({
    type: oneOf(['numeric', 'categorical'], ['text', 'vector']).optional(),
    importance: share.optional(),
    source: text('the name of an upstream source').optional(),
    min: z.number({ error: 'expected a number' }).optional(),
    max: z.number({ error: 'expected a number' }).optional(),
  })
  .superRefine(({ min, max }, context) => {
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

/** The columns as written: only numbered windows do without times. */
export type ColumnsGiven = Omit<Columns, 'timestamp'> & { timestamp: Columns['timestamp'] | null };

/** `columns:`, which column plays which role; a column with a role is never a feature. */
export const columns = z
  .strictObject({
    id: columnList.default([]),
    timestamp: timestamp.optional(),
    prediction: prediction.optional(),
    version: column.optional(),
    row_source: column.optional(),
    features,
  })
  .transform(({ row_source, ...given }): ColumnsGiven => ({
    ...given,
    timestamp: given.timestamp ?? null,
    prediction: given.prediction ?? null,
    version: given.version ?? null,
    rowSource: row_source ?? null,
  })) satisfies z.ZodType<ColumnsGiven>;
