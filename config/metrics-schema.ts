import { z } from 'zod';
import { aggregates, type MetricsSource } from '../domain/series.js';
import { address, secretReference } from './retraining-schema.js';
import { lasting, oneOf, text } from './scalars.js';

const series = z.strictObject({
  query: text('a query whose answer is one series, as sum(rate(errors_total[5m]))'),
  aggregate: oneOf(aggregates),
});

const server = z
  .strictObject({
    kind: oneOf(['prometheus'], ['postgres']),
    url: address,
    token: secretReference.optional(),
    step: lasting.optional(),
    series: z.record(z.string(), series, {
      error: 'expected series by name, as { latency_p95: { query: …, aggregate: max } }',
    }),
  })
  .transform((given): MetricsSource => ({
    ...given,
    token: given.token ?? null,
    step: given.step ?? null,
  }));

/** `metrics:`, servers that know how the system does that serves the model. */
export const metrics = z.array(server, { error: 'expected a list of servers' });
