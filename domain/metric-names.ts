/** What a metric is called where people read of it. */
export const METRICS: Readonly<Record<string, string>> = {
  roc_auc: 'AUC',
  average_precision: 'average precision',
  accuracy: 'accuracy',
  precision: 'precision',
  recall: 'recall',
  specificity: 'specificity',
  f1: 'F1',
  f_beta: 'F-beta',
  mcc: 'MCC',
  top_k_accuracy: 'top-k accuracy',
  log_loss: 'log loss',
  brier: 'Brier score',
  calibration_error: 'calibration error',
  lift: 'lift',
  ks_score: 'KS of scores',
  rmse: 'RMSE',
  mae: 'MAE',
  mape: 'MAPE',
  r2: 'R²',
  bias: 'bias',
  quantile_loss: 'quantile loss',
  residual_spread: 'spread of errors',
  ndcg: 'NDCG',
  map: 'MAP',
  mrr: 'MRR',
  hit_rate: 'hit rate',
  estimated_performance: 'estimated performance',
  concept_gap: 'concept gap',
};

/** A metric as people write it: `MAE`, `AUC`; other names as they are. */
export function metricName(metric: string): string {
  return METRICS[metric] ?? metric;
}
