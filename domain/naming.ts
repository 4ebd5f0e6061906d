import { METRICS, metricName } from './metric-names.js';
import { lossInWords, percent, valueInWords } from './judging/figures.js';
import type { Finding } from './finding.js';
import type { Limit } from './limits.js';
import type { Axis, Measure } from './profile.js';
import { TRAFFIC } from './traffic.js';

/** What a check asks about and of which column or part: all that a name needs. */
interface Named {
  check: string;
  target: string;
}

const MEASURES: Readonly<Record<string, string>> = {
  psi: 'PSI',
  ks: 'KS',
  prediction_drift: 'PSI',
};
const MEASURED: Readonly<Record<Measure, string>> = {
  length: 'length',
  letters: 'length without digits',
  norm: 'norm',
};

/** What is counted of a column, in words: `length`; null: its values. */
export function measureName({ of }: Pick<Axis, 'of'>): string | null {
  return of === undefined ? null : MEASURED[of];
}

/** What a reading is about: `note`, or `length of note` where its details say `of`. */
export function aboutWords({ target, details }: Pick<Finding, 'target' | 'details'>): string {
  return typeof details['of'] === 'string' ? `${details['of']} of ${target}` : target;
}

/** What is wrong where the column does not matter, by check. */
const TROUBLES: Readonly<Record<string, string>> = {
  volume: 'row count changed',
  ready: 'rows not marked as complete',
  duplicates: 'duplicate ids',
  rejected_rows: 'rejected rows',
  freshness: 'newest row is old',
  model_age: 'model is old',
  reference_age: 'reference is old',
  label_volume: 'labels stopped',
  label_delay: 'labels come later',
  label_coverage: 'labels missing by score',
  suppression: 'labels suppressed',
  calibration_break: 'fewer positives than promised where it acts',
  censored_positives: 'positives hidden by acting',
  proxy_agreement: 'other labels disagree with the target',
  self_labelled: 'labels made by the model',
  self_confirmation: 'labels follow the answers that people saw',
  score_spread: 'scores spread otherwise',
  disparity_trend: 'decisions on segments move apart',
  arm_contrast: 'the model moves its data',
  positive_rate: 'positive rate fell',
  evaluation: 'windows not evaluated',
};

/**
 * What is wrong, in a few words for people: `distance_km drifted`, `predictions drifted`, `MAE`.
 * Two questions about one thing may have the same words. Holds names of columns and channels only.
 */
export function troubleWords({ check, target }: Named): string {
  switch (check) {
    case 'psi':
    case 'ks':
      return `${target} drifted`;
    case 'prediction_drift':
      return target === 'prediction' ? 'predictions drifted' : `predictions drifted (${target})`;
    case 'missing':
      return `missing values in ${target}`;
    case 'unseen_categories':
      return `unseen categories in ${target}`;
    case 'out_of_range':
      return `${target} out of range`;
    case 'schema':
      return `${target} broken`;
    case 'decay_trend':
    case 'level_change':
      return `${metricName(target)} gets worse`;
    case 'time_to_threshold':
      return `${metricName(target)} near its limit`;
    case 'system_metric':
      return `${target} beyond its limit`;
    case 'delivery':
      return `${target} unreachable`;
    default:
      return (
        TROUBLES[check] ??
        METRICS[check] ??
        // a metric with a name of its own says by it what it is of
        (target === '' || target === check || target in METRICS ? check : `${check} of ${target}`)
      );
  }
}

/** The different troubles of a list, in its order, as `MAE, distance_km drifted`. */
export function troublesWords(members: readonly Named[]): string {
  return [...new Set(members.map(troubleWords))].join(', ');
}

/** Of which part of the rows a finding is: `country = IT`, `source eu`; '' for all rows. */
export function partWords({ slice }: Pick<Finding, 'slice'>): string {
  return Object.entries(slice)
    .map(([name, value]) => {
      if (name === TRAFFIC) return `${value} traffic`;
      return name === 'row_source' ? `source ${value}` : `${name} = ${value}`;
    })
    .join(', ');
}

/** What a finding says, and of which part of the rows: `In source eu: amount moved.` */
export function wholeSentence(finding: Pick<Finding, 'sentence' | 'slice'>): string {
  const part = partWords(finding);
  return part === '' ? finding.sentence : `In ${part}: ${finding.sentence}`;
}

/** `12.1 → 15.3`: a metric on the reference and now; null where there is no such pair. */
export function changeWords({ check, value, hard, details }: Finding): string | null {
  const before = details['reference'];
  const isPair = value !== null && hard === null && typeof before === 'number';
  if (!isPair || !(check in METRICS)) return null;
  return `${numberWords(check, before)} → ${numberWords(check, value)}`;
}

/**
 * The number of a finding with its measure: `PSI 0.3123`, `8 h`, of a metric with what it was on
 * the reference, `12.1 → 15.3`; '' of a broken rule without.
 */
export function measureWords(finding: Finding): string {
  const { check, value, hard } = finding;
  if (value === null || hard !== null) return '';
  const name = MEASURES[check];
  const number = changeWords(finding) ?? numberWords(check, value);
  return name === undefined ? number : `${name} ${number}`;
}

/** The limit that was crossed: `limit 0.25`, `limit 10 % worse than the reference`, or the rule. */
export function limitCrossed({ check, hard, verdict, limits, rule }: Finding): string {
  const limit = verdict === 'alert' ? limits.alert : limits.warn;
  if (hard !== null || limit === null || (verdict !== 'alert' && verdict !== 'warn')) return rule;
  return `limit ${limitWords(check, limit)}`;
}

/** Which rule fired: `Rule: psi >= 0.05.`; null of what is not bad. */
export function ruleWords({ verdict, rule, hard }: Finding): string | null {
  if (verdict !== 'alert' && verdict !== 'warn') return null;
  return hard === null ? `Rule: ${rule}.` : `Rule: broken, ${rule}.`;
}

/** The rule, and which test stood beside it and why that one; null of what is not bad. */
export function whyWords(finding: Finding): string | null {
  const rule = ruleWords(finding);
  if (rule === null || finding.test === undefined) return rule;
  return `${rule} Test: ${finding.test}.`;
}

/**
 * The tests of what is bad, each once: `Test of psi, skew: chi-square of the bins …`; of a check
 * that has several with the columns that it is about, `Test of psi of amount, city: …`.
 */
export function testLines(findings: readonly Finding[]): string[] {
  const bad = findings.filter((one) => ruleWords(one) !== null);
  const tests = [...new Set(bad.flatMap(({ test }) => test ?? []))];
  const testsOf = (check: string) =>
    new Set(bad.flatMap((one) => (one.check === check ? (one.test ?? []) : []))).size;
  return tests.map((test) => {
    const own = bad.filter((one) => one.test === test);
    const names = [...new Set(own.map(({ check }) => check))].map((check) => {
      if (testsOf(check) < 2) return check;
      const about = own.filter((one) => one.check === check).map(aboutWords);
      return `${check} of ${[...new Set(about)].join(', ')}`;
    });
    return `Test of ${names.join(', ')}: ${test}.`;
  });
}

function limitWords(check: string, limit: Limit): string {
  if (typeof limit === 'number') return numberWords(check, limit);
  if ('above' in limit) return `above ${numberWords(check, limit.above)}`;
  if ('below' in limit) return `below ${numberWords(check, limit.below)}`;
  const loss = 'drop' in limit ? lossInWords(check, limit.drop) : percent(limit.dropShare);
  return `${loss} worse than the reference`;
}

function numberWords(check: string, value: number): string {
  return check === 'accuracy' ? percent(value) : valueInWords(check, value);
}
