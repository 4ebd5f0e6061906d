import type { Check } from '../domain/check.js';
import type { Reading } from '../domain/score.js';

const MOVED = ['psi', 'skew', 'prediction_drift', 'composition'];
const P = 'p < 1e-3, of an alert < 1e-6';
const BROKEN = 'none, for a broken rule is plain to see, or rarer than 1e-6 by the reference';
const NO_CHANCE = 'none, for it is counted, not estimated';

const STRATIFIED =
  "Mantel and Haenszel's exact test over propensities, for few rows are held out: 5 % spent on all " +
  'looks';

/** By name, where the kind of check does not say it; the others are in `testWords`. */
const WORDS: Readonly<Record<string, string>> = {
  missing: "Newcombe's 99 % interval above 0, as two shares differ; and twice the share",
  rejected_rows: '99 % interval of the share above what was known',
  unseen_categories: 'the share against the one known, by a binomial count: p < 1e-3',
  out_of_range: 'the share against the one known, by a binomial count: p < 1e-3',
  skew_rows: "Wilson's interval of the rows that differ, as they are few",
  volume: 't-test against earlier windows, as rows vary from one to the next: p < 1e-3',
  ks: `two-sample Kolmogorov-Smirnov, as values are numbers: ${P}`,
  wasserstein: `Kolmogorov-Smirnov of the same values, as the distance has no p: ${P}`,
  mean_shift: `Welch's t-test, as the spreads may differ: ${P}`,
  chi_square: `chi-square of the bins, as rows are counted: ${P}`,
  g_test: `G-test of the bins, as rows are counted: ${P}`,
  label_drift: "Newcombe's 99 % interval without 0, as two shares differ",
  multivariate: `rank test of held-out rows, by a classifier that sees all features: ${P}`,
  estimated_performance: 'the loss by its standard error, as of labelled rows: p < 0.005',
  concept_gap: 'normal, by the errors of both metrics: three of them, p < 0.0027',
  decay_trend: "Mann and Kendall's test, as a way need not be straight: p < 0.01",
  time_to_threshold: '80 % of draws within 60 days; of an alert a trend with p < 0.01, too',
  level_change: "Page's sum, as windows vary from one to the next; of an alert 7 days of it",
  label_coverage: 'chi-square of labelled rows by score and by decision: p < 0.01',
  positive_rate: "Newcombe's 99 % interval below what it was, as two shares differ",
  calibration_break: 'its 99 % interval below 1, by the positives in each of its four parts',
  censored_positives:
    'its 99 % interval above 10 %, of an alert above 30 %, by the intervals of the shares in it',
  proxy_agreement: NO_CHANCE,
  self_labelled: NO_CHANCE,
  self_confirmation:
    "Newcombe's interval of the agreement above 0, as two shares differ: 99 %, one-sided",
  score_spread: 'its 95 % interval without 0, by the kurtosis of the log odds',
  disparity_trend:
    "Student's t of a line weighted by its counts, one-sided, corrected for segments: p < 0.005",
  exposure_concentration:
    "Mann and Kendall's test of a fall over windows, as a way need not be straight: p < 0.01",
  allocation_gain:
    'one-sided t-tests of both slopes, p < 0.01; of an alert concentration that rises, p < 0.05',
  arm_contrast:
    'chi-square of the bins, as rows are counted: 1 % spent on all that is compared at all looks',
  suppression: "Fisher's exact test, for few rows are held out: 5 % spent on all looks",
  ready: NO_CHANCE,
  freshness: NO_CHANCE,
  duplicates: NO_CHANCE,
  schema: NO_CHANCE,
  scale_change: NO_CHANCE,
  model_age: NO_CHANCE,
  reference_age: NO_CHANCE,
  label_volume: NO_CHANCE,
  label_delay:
    "Newcombe's 99 % interval of the labels after the usual L95 above 5 %, as it is a share",
  coverage: NO_CHANCE,
  system_metric: 'none, for nobody says how such a value varies',
  custom: 'none, for nobody says how such a value varies',
};

/** Which test stands beside the limits of a check, and why that one, in a clause. */
export function testWords({ name, category }: Pick<Check, 'name' | 'category'>, given: Reading) {
  if (given.hard !== null) return BROKEN;
  if (MOVED.includes(name)) return movedWords(given);
  if (name === 'suppression' && 'strata' in given.details) return STRATIFIED;
  const own = WORDS[name];
  if (own !== undefined) return own;
  if (category !== 'performance') return `chi-square of the bins, as the distance has no p: ${P}`;
  return given.pValue === null
    ? 'none, for there is nothing to compare with'
    : 'the difference by its standard error: p < 0.025, of an alert < 0.005';
}

/** Modes W, S and N; bins are what numbers and categories have in common. */
function movedWords({ details }: Reading): string {
  const count = typeof details['windows'] === 'number' ? `${details['windows']} ` : '';
  const bins = 'chi-square of bins, as of any kind of column';
  if (details['mode'] === 'W') {
    return `${bins}, and further off than ${count}usual windows are from each other (mode W)`;
  }
  if (details['mode'] === 'S') {
    return `${bins}, and further off than ${count}windows of its weekday, as weekdays differ (mode S)`;
  }
  return `${bins}, that PSI is above 0.01 (mode N: no usual windows are compared)`;
}
