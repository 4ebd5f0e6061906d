import { actionColumns } from './action.js';
import type { Monitor } from './monitor.js';
import { predictionColumns } from './prediction.js';

/** The column of what the rows of the drift reference weigh; undefined: they weigh the same. */
export function referenceWeight({ reference: { drift } }: Monitor): string | undefined {
  return drift?.kind === 'training' ? drift.weight : undefined;
}

/**
 * The columns that have a role, so that they are never features; what live rows weigh may be one,
 * too.
 */
export function roleColumns(monitor: Monitor): Set<string> {
  const { columns, labels, standIns = [] } = monitor;
  const weight = referenceWeight(monitor);
  const { id, entity = [], timestamp, prediction, version, action } = columns;
  const roles: (string | null | undefined)[] = [
    weight === columns.weight ? undefined : weight,
    ...[...id, ...entity, timestamp.column, version, columns.item, columns.group],
    ...[columns.arm?.column, columns.traffic?.column],
    ...predictionColumns(prediction).map(([, column]) => column),
    ...actionColumns(action).map(([, column]) => column),
    ...standIns.flatMap(({ on }) => Object.keys(on)),
  ];
  if (labels !== null) {
    roles.push(...Object.keys(labels.on), labels.value, labels.timestamp);
    roles.push(labels.labelSource?.column);
  }
  return new Set(roles.filter((column) => column != null));
}
