import { formatDuration } from '../calendar/durations.js';
import type { LabelSource, Monitor } from '../domain/monitor.js';
import { predictionColumns } from '../domain/prediction.js';
import type { Prediction } from '../domain/prediction.js';
import { list, type Line } from './explain-checks.js';

/** The threshold, or its column. */
const thresholdWords = ({ threshold }: Prediction): string =>
  typeof threshold === 'number' ? String(threshold) : `${threshold}, of each row its own`;

/** What a row says. */
export function predictionLines(prediction: Prediction | null): Line[] {
  if (prediction === null) return [['columns.prediction', 'none']];
  const { column, kind, use, ranking } = prediction;
  const others = predictionColumns(prediction).filter(
    ([[key]], index) => index > 0 && key !== 'threshold',
  );
  return [
    ['columns.prediction', column],
    ['columns.prediction.kind', kind],
    ['columns.prediction.threshold', thresholdWords(prediction)],
    ...others.map(([path, name]): Line => [`columns.prediction.${path.join('.')}`, name]),
    ...(use ? [['columns.prediction.use', `the ${use} of each entity in a window`] as const] : []),
    ...(ranking ? [['columns.prediction.k', String(ranking.k)] as const] : []),
  ];
}

/** The column of the arm; none where the monitor names none. */
export function armLines({ arm }: Monitor['columns']): Line[] {
  if (arm === undefined) return [];
  return [
    ['columns.arm.column', arm.column],
    ['columns.arm.holdout', list(arm.holdout)],
  ];
}

/** The column of traffic; none where the monitor names none. */
export function trafficLines({ traffic }: Monitor['columns']): Line[] {
  if (traffic === undefined) return [];
  return [
    ['columns.traffic.column', traffic.column],
    ['columns.traffic.live', list(traffic.live)],
    ['columns.traffic.shadow', list(traffic.shadow)],
  ];
}

/** The columns of decisions; none where the monitor names none. */
export function actionLines({ action }: Monitor['columns']): Line[] {
  if (action === undefined) return [];
  return [
    ['columns.action.column', action.column],
    ['columns.action.would_act', action.wouldAct ?? 'none: where it acted, or was held out'],
    ['columns.action.censors', list(action.censors)],
    ['columns.action.alters', list(action.alters)],
    ['columns.action.explored', action.explored ?? 'none: no row is held out at random'],
    ['columns.action.propensity', action.propensity ?? 'none: all rows have the same one'],
  ];
}

/** Who made the labels; none where the monitor does not say. */
export function labelSourceLines({ labelSource }: LabelSource): Line[] {
  if (labelSource === undefined) return [];
  const { column, model, rule, humanAssisted, humanBlind, blindAtRandom } = labelSource;
  const at = (key: string): string => `labels.0.label_source.${key}`;
  return [
    [at('column'), column],
    [at('model'), list(model)],
    [at('rule'), list(rule)],
    [at('human_assisted'), list(humanAssisted)],
    [at('human_blind'), list(humanBlind)],
    [at('blind_at_random'), String(blindAtRandom)],
  ];
}

/** What no label means; none where the monitor does not say. */
export function absentLines({ absent }: LabelSource, index: number): Line[] {
  if (absent === undefined) return [];
  const at = (key: string): string => `labels.${index}.absent.${key}`;
  return [
    [at('after'), formatDuration(absent.after)],
    [at('means'), 'negative'],
    [at('when_acted'), absent.whenActed],
  ];
}
