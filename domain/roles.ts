import { actionColumns } from './action.js';
import type { Monitor } from './monitor.js';
import { predictionColumns } from './prediction.js';

/** The columns that have a role, so that they are never features; a weight may be one, too. */
export function roleColumns({ columns, labels, standIns = [] }: Monitor): Set<string> {
  const { id, entity = [], timestamp, prediction, version, action } = columns;
  const roles: (string | null | undefined)[] = [
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
