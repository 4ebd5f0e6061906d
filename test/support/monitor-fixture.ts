import type { Monitor } from '../../domain/monitor.js';

/** A monitor with nothing but ids and times, to be spread over. */
export function monitorOf(
  changes: Partial<Omit<Monitor, 'columns'>> & { columns?: Partial<Monitor['columns']> },
) {
  const { columns, ...rest } = changes;
  const monitor: Monitor = {
    version: 1,
    model: {
      id: 'm',
      task: 'binary',
      owners: { data: 'team:a', model: 'team:a', system: 'team:a', approvers: 'team:a' },
      tags: [],
    },
    schedule: { lag: 0, catchup: 0 },
    windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 1 },
    predictions: { kind: 'parquet', path: '/nowhere', where: null },
    labels: null,
    reference: { drift: null, others: {}, performance: null },
    segments: [],
    events: [],
    checks: [],
    retraining: null,
    alerts: {
      keepFiringFor: 1,
      repeat: { critical: { every: 1, most: 1 }, warning: { every: 1, most: 1 } },
      escalation: { critical: [], warning: [] },
      chains: 1,
      ackExpires: { critical: 1, warning: 1 },
      snoozeMax: { critical: 1, warning: 1 },
      reopenWithin: 1,
    },
    ...rest,
    columns: {
      id: ['id'],
      timestamp: { column: 'ts', timezone: 'UTC' },
      prediction: null,
      version: null,
      rowSource: null,
      features: { include: '*', exclude: [], overrides: {} },
      ...columns,
    },
  };
  return monitor;
}
