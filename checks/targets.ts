import { actionColumns } from '../domain/action.js';
import { roleColumns } from '../domain/roles.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { Evidence } from '../domain/score.js';
import type { RegisteredCheck } from './check.js';
import { headlineMetric } from './history.js';
import { metrics } from './index.js';
import { RECORD_ORDER } from './record-order.js';
import { PREDICTIONS, predictionsIn } from './volume.js';

/** The features of a monitor: columns of the grid without a role, as far as the monitor lets in. */
export function featuresOf(monitor: Monitor, evidence: Pick<Evidence, 'grid'>): string[] {
  const { include, exclude } = monitor.columns.features;
  const roles = roleColumns(monitor);
  const left = new Set(exclude);
  const columns = include === '*' ? Object.keys(evidence.grid.axes) : include;
  return columns.filter((column) => !roles.has(column) && !left.has(column));
}

/** The names of the series that the servers of a monitor are asked for. */
export const seriesOf = ({ metrics: servers = [] }: Pick<Monitor, 'metrics'>): string[] =>
  servers.flatMap(({ series }) => Object.keys(series));

/** The names of the label sources that stand in for the target. */
export const standInsOf = ({ standIns = [] }: Pick<Monitor, 'standIns'>): string[] =>
  standIns.map(({ name }) => name);

/**
 * What a check is asked about: the targets that its entry names, or all that it applies to. The
 * columns that carry a row's id, prediction, threshold, action and, once it is mature, label are
 * looked at by `schema` beside the features, and those of segments that cannot be told; the
 * prediction's by `missing`, too.
 */
export function targetsOf(
  check: RegisteredCheck,
  spec: CheckSpec,
  { monitor, evidence }: { monitor: Monitor; evidence: Evidence },
): readonly string[] {
  if (check.name === 'composition') {
    const order = evidence.around == null ? [] : [RECORD_ORDER];
    return [...Object.keys(evidence.mixes ?? {}), ...order];
  }
  const isAsked = monitor.columns.prediction !== null;
  if (check.name === 'volume' && isAsked && predictionsIn(evidence.current) !== null) {
    return ['rows', PREDICTIONS];
  }
  if (check.over === 'model') return ['rows'];
  if (check.over === 'series') return spec.targets ?? seriesOf(monitor);
  if (check.over === 'rows') return [spec.name ?? check.name];
  if (check.over === 'score') return ['prediction'];
  if (check.needs.includes('stand_ins')) return standInsOf(monitor);
  if (check.over === 'label') return [check.name];
  if (check.over === 'metric')
    return spec.targets ?? [headlineMetric(monitor, metrics) ?? 'metric'];
  if (spec.targets !== null) return spec.targets;
  const features = featuresOf(monitor, evidence).filter((column) => {
    const axis = evidence.grid.axes[column];
    return axis === undefined || (check.applies?.(axis) ?? true);
  });
  const { action, id, prediction } = monitor.columns;
  const answer = prediction === null ? [] : [prediction.column];
  if (check.name === 'missing') {
    return [...new Set([...features, ...answer.filter((one) => one in evidence.grid.axes)])];
  }
  if (check.name !== 'schema') return features;
  const carriers = [...id, ...answer, ...actionColumns(action).map(([, column]) => column)];
  const { labels } = monitor;
  const isMature = evidence.knownAt - evidence.current.window.end >= (labels?.matureAfter ?? 0);
  // labels of the rows themselves, which may be written late
  if (labels?.from === null && isMature) carriers.push(labels.value);
  if (prediction?.use !== undefined) carriers.push(...(monitor.columns.entity ?? []));
  if (monitor.columns.weight !== undefined) carriers.push(monitor.columns.weight);
  if (typeof prediction?.threshold === 'string') carriers.push(prediction.threshold);
  carriers.push(...Array.from(evidence.current.asked['unbound']?.by['column'] ?? [], String));
  return [...new Set([...features, ...carriers])];
}
