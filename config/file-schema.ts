import { z } from 'zod';
import { isMetric } from '../domain/check.js';
import type { Owners } from '../domain/owners.js';
import type { Task } from '../domain/model.js';
import { alerts } from './alerts-schema.js';
import { checksSchema } from './checks-schema.js';
import { columns } from './columns-schema.js';
import { events } from './events-schema.js';
import { joins } from './joins-schema.js';
import { labels } from './labels-schema.js';
import type { KnownCheck } from './limit-schema.js';
import { metrics as servers } from './metrics-schema.js';
import { reference } from './reference-schema.js';
import { retrainingSchema } from './retraining-schema.js';
import { duration, lasting, oneOf, text } from './scalars.js';
import { segments } from './segments-schema.js';
import { predictions } from './shape-schema.js';
import { windows } from './windows-schema.js';

const owner = text('a team or a person, as team:growth-ml');

/** `owners:`, one team for all roles or one for each. */
export const owners = z
  .union(
    [
      owner,
      z.strictObject({
        model: owner,
        data: owner.optional(),
        system: owner.optional(),
        approvers: owner.optional(),
      }),
    ],
    { error: 'expected a team, as team:growth-ml, or { data, model, system, approvers }' },
  )
  .transform((given): Owners => {
    if (typeof given === 'string') {
      return { data: given, model: given, system: given, approvers: given };
    }
    const { model, data, system, approvers } = given;
    return {
      data: data ?? model,
      model,
      system: system ?? model,
      approvers: approvers ?? model,
    };
  }) satisfies z.ZodType<Owners>;

/** What an id of a model looks like: it is a part of file names, workflow ids and addresses. */
export const modelId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The same in words. */
export const modelIdWords =
  'expected letters, digits, dots, dashes or underscores, at most 100, as card-fraud';

const model = z.strictObject({
  id: text('an id').regex(modelId, { error: modelIdWords }),
  task: oneOf(['binary', 'multiclass', 'regression', 'ranking', 'none']).optional(),
  owners,
  tags: z.array(text('a tag')).default([]),
});

const schedule = z
  .strictObject({
    lag: duration.default(3_600_000),
    catchup: lasting.default(7 * 86_400_000),
    on: oneOf(['time'], ['ingest']).default('time'),
  })
  .prefault({});

/** What a monitor file says, section by section, before the sections meet. */
export function fileSchema(known: readonly KnownCheck[]) {
  const metrics = known.filter(isMetric).map(({ name }) => name);
  return z.strictObject({
    version: z.literal(1, { error: 'expected 1' }),
    model,
    schedule,
    windows,
    predictions,
    joins: joins.default([]),
    columns,
    labels: labels.default([]),
    metrics: servers.default([]),
    reference: reference.prefault({}),
    segments: segments.default([]),
    events: events.default([]),
    checks: checksSchema(known).default({ mode: 'beside', entries: [] }),
    retraining: retrainingSchema(metrics).optional(),
    alerts: alerts.prefault({}),
  });
}

/** A monitor file as its schema gives it. */
export type MonitorGiven = z.output<ReturnType<typeof fileSchema>>;

/** The task that the prediction stands for, when the file does not say it. */
export function taskOf(given: Pick<MonitorGiven, 'model' | 'columns'>): Task {
  if (given.model.task !== undefined) return given.model.task;
  if (given.columns.prediction === null) return 'none';
  const { kind, probabilities } = given.columns.prediction;
  if (kind === 'ranking') return 'ranking';
  if (probabilities !== undefined) return 'multiclass';
  return kind === 'value' ? 'regression' : 'binary';
}
