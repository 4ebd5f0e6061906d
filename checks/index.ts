import type { Monitor } from '../domain/monitor.js';
import type { RegisteredCheck } from './check.js';
import { chiSquare, cramersV, gTest } from './distance-counts.js';
import { wasserstein, meanShift } from './distance-values.js';
import { hellinger, jensenShannon, kl, lInfinity, totalVariation } from './distance.js';
import { armContrast } from './arm-contrast.js';
import { allocationGain } from './allocation-gain.js';
import { calibrationBreak } from './calibration-break.js';
import { censoredPositives } from './censored-positives.js';
import { composition } from './composition.js';
import { custom } from './custom.js';
import { conceptGap, estimatedPerformance } from './estimated.js';
import { disparityTrend } from './disparity-trend.js';
import { exposureConcentration } from './exposure-concentration.js';
import { outOfRange, unseenCategories } from './drift.js';
import { positiveRate } from './positive-rate.js';
import { ks } from './ks.js';
import { labelCoverage } from './label-coverage.js';
import { labelDelay } from './label-delay.js';
import { labelDrift } from './label-drift.js';
import { labelVolume } from './label-volume.js';
import { missing } from './missing.js';
import { multivariate } from './multivariate.js';
import { topKAccuracy } from './class-chances.js';
import { coverage, hitRate, meanAveragePrecision, mrr, ndcg } from './ranking.js';
import { mae, rmse } from './regression.js';
import { bias, mape, quantileLoss, r2, residualSpread } from './residuals.js';
import { averagePrecisionCheck, ksScore, lift, rocAuc } from './ranks.js';
import { f1, fBetaScore, precision, recall } from './class-ratios.js';
import { accuracy, mcc, specificity } from './classes.js';
import { brier, calibrationError } from './probabilities.js';
import { logLoss } from './log-loss.js';
import { proxyAgreement } from './proxy-agreement.js';
import { predictionDrift } from './prediction.js';
import { psi } from './psi.js';
import { duplicates, rejectedRows } from './quality.js';
import { ready } from './ready.js';
import { scaleChange } from './scale.js';
import { schema } from './schema.js';
import { scoreSpread } from './score-spread.js';
import { skewRows } from './skew-rows.js';
import { skew } from './skew.js';
import { decayTrend, timeToThreshold } from './decay.js';
import { isMetric } from '../domain/check.js';
import { levelChange } from './level-change.js';
import { didYouMean } from './spelling.js';
import { selfConfirmation } from './self-confirmation.js';
import { selfLabelled } from './self-labelled.js';
import { suppression } from './suppression.js';
import { systemMetric } from './system-metric.js';
import { freshness, modelAge, referenceAge } from './staleness.js';
import { volume } from './volume.js';

export type { RegisteredCheck } from './check.js';

/** Every check there is, in the order of every report. */
export const checks: readonly RegisteredCheck[] = [
  volume,
  ready,
  freshness,
  duplicates,
  rejectedRows,
  composition,
  schema,
  scaleChange,
  missing,
  psi,
  skew,
  skewRows,
  ks,
  wasserstein,
  meanShift,
  jensenShannon,
  kl,
  hellinger,
  totalVariation,
  lInfinity,
  chiSquare,
  gTest,
  cramersV,
  unseenCategories,
  outOfRange,
  predictionDrift,
  multivariate,
  labelDrift,
  rocAuc,
  averagePrecisionCheck,
  accuracy,
  precision,
  recall,
  specificity,
  f1,
  fBetaScore,
  mcc,
  topKAccuracy,
  logLoss,
  brier,
  calibrationError,
  lift,
  ksScore,
  rmse,
  mae,
  mape,
  r2,
  bias,
  quantileLoss,
  residualSpread,
  estimatedPerformance,
  conceptGap,
  ndcg,
  meanAveragePrecision,
  mrr,
  hitRate,
  coverage,
  modelAge,
  referenceAge,
  labelVolume,
  labelDelay,
  proxyAgreement,
  positiveRate,
  decayTrend,
  timeToThreshold,
  levelChange,
  labelCoverage,
  suppression,
  calibrationBreak,
  censoredPositives,
  selfLabelled,
  selfConfirmation,
  scoreSpread,
  disparityTrend,
  exposureConcentration,
  allocationGain,
  armContrast,
  systemMetric,
  custom,
];

/** The checks whose values can be looked at window after window. */
export const metrics: readonly RegisteredCheck[] = checks.filter(isMetric);

/** The check of that name; an unknown one is an error that says which was meant. */
export function checkNamed(name: string): RegisteredCheck {
  const found = checks.find((check) => check.name === name);
  if (found !== undefined) return found;
  const names = checks.map((check) => check.name);
  throw new Error(`Unknown check "${name}".${didYouMean(name, names)} Known: ${names.join(', ')}`);
}

/** What the default checks depend on. */
export type Watched = Pick<Monitor, 'columns' | 'labels' | 'metrics' | 'ready' | 'reference'> & {
  model: Pick<Monitor['model'], 'task'>;
  windows: Pick<Monitor['windows'], 'rows'>;
};

/** Names of the checks that judge a monitor which lists none of its own, in report order. */
export function defaultChecks(monitor: Watched): string[] {
  const { columns, labels, metrics: served, reference, model, windows } = monitor;
  const isMixed = columns.rowSource !== null || columns.version !== null;
  const names = ['volume', 'freshness', 'rejected_rows', 'schema', 'scale_change', 'missing'];
  names.push('psi', 'unseen_categories', 'out_of_range');
  if (monitor.ready !== undefined) names.push('ready');
  if (columns.id.length > 0) names.push('duplicates');
  if (isMixed || windows.rows !== undefined) names.push('composition');
  const { prediction } = columns;
  if (prediction !== null && prediction.kind !== 'ranking') names.push('prediction_drift');
  const { drift } = reference;
  if (columns.item !== undefined) names.push('exposure_concentration');
  if (drift?.kind === 'training' && drift.trainedUntil !== null) names.push('model_age');
  if (columns.arm !== undefined) names.push('arm_contrast');
  if (served !== undefined) names.push('system_metric');
  const isClass = model.task !== 'regression' && model.task !== 'multiclass';
  if (columns.group !== undefined && labels !== null && isClass) names.push('allocation_gain');
  if (labels !== null && prediction !== null) {
    const isNumber = model.task === 'regression' || prediction.kind === 'probability';
    const isRated = isNumber && model.task !== 'multiclass';
    if (isRated || prediction.probabilities !== undefined) {
      names.push('estimated_performance', 'concept_gap');
    }
    if (model.task === 'multiclass') names.push('accuracy');
    if (model.task === 'ranking') names.push('ndcg');
    if (model.task === 'regression') names.push('rmse', 'mae');
    if (model.task === 'binary') {
      names.push('accuracy');
      if (prediction.kind === 'probability') names.push('roc_auc');
      if (columns.action !== undefined) {
        names.push('label_coverage', 'suppression', 'censored_positives');
        if (isNumber) names.push('calibration_break');
      }
      if (labels.labelSource !== undefined) names.push('self_labelled', 'self_confirmation');
      // or a feed that stops would make negatives of all rows, unseen
      if (labels.absent !== undefined) names.push('label_volume');
    }
  }
  return checks.map((check) => check.name).filter((name) => names.includes(name));
}
