import { z } from 'zod';
import { figure, percent } from '../domain/judging/figures.js';
import { FINE_BINS, size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { Z95 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { immature } from './mature.js';
import { ofVersion } from './outcomes.js';
import { keyAt, middleOf } from './scores.js';

/** Scores below, or above one less this, are extreme. */
const EXTREME = 0.05;
/** Parts of [0, 1], equally wide, whose shares have the entropy. */
const PARTS = 10;
/** No score is nearer to 0 or 1 than half a cell, so that its log odds are finite. */
const NEAREST = 0.5 / FINE_BINS;

/** How far the scores of some rows lie from each other. */
interface Spread {
  rows: number;
  /** Standard deviation of ln(s / (1 − s)), and the kurtosis of it, 3 where it is normal. */
  deviation: number;
  kurtosis: number;
  /** Share of the scores that are extreme, 0 to 1. */
  extreme: number;
  /** Of the shares of ten parts, in nats: 0 to ln 10. */
  entropy: number;
}

const NO_CHANCES = 'the scores are no probabilities';

interface Scored {
  score: number;
  n: number;
}

function scoredIn(outcomes: Outcomes): Scored[] {
  const { score: keys } = outcomes.by;
  if (keys === undefined) return [];
  const { n = [], scores } = outcomes.sums;
  const place = middleOf(outcomes);
  return Array.from({ length: size(outcomes) }, (_, cell) => {
    const [key, rows] = [keyAt(keys, cell), n[cell] ?? 0];
    const mean = (scores?.[cell] ?? NaN) / rows;
    return key === null || rows === 0
      ? { score: 0, n: 0 }
      : { score: Number.isFinite(mean) ? mean : place(key), n: rows };
  }).filter((one) => one.n > 0);
}

/** A text says why there is none. */
function spreadOf(outcomes: Outcomes): Spread | string {
  const all = scoredIn(outcomes);
  if (all.length === 0) return 'no row has a score';
  if (all.some(({ score }) => score < -1e-8 || score > 1 + 1e-8)) {
    return NO_CHANCES;
  }
  const rows = sumOf(all, () => 1);
  const odds = ({ score }: Scored) => {
    const inside = Math.min(1 - NEAREST, Math.max(NEAREST, score));
    return Math.log(inside / (1 - inside));
  };
  const mean = sumOf(all, odds) / rows;
  const moment = (power: number) => sumOf(all, (one) => (odds(one) - mean) ** power) / rows;
  const variance = moment(2);
  if (!(variance > 1e-12)) return 'all scores are alike';
  const isExtreme = ({ score }: Scored) => Number(score < EXTREME || score > 1 - EXTREME);
  return {
    ...{ rows, deviation: Math.sqrt(variance), kurtosis: moment(4) / variance ** 2 },
    ...{ extreme: sumOf(all, isExtreme) / rows, entropy: entropyOf(all, rows) },
  };
}

const sumOf = (all: readonly Scored[], of: (one: Scored) => number): number =>
  all.reduce((sum, one) => sum + one.n * of(one), 0);

function entropyOf(all: readonly Scored[], rows: number): number {
  const parts = new Float64Array(PARTS);
  for (const { score, n } of all) {
    const part = Math.min(PARTS - 1, Math.max(0, Math.floor(score * PARTS)));
    parts[part] = (parts[part] ?? 0) + n;
  }
  return parts.reduce((sum, n) => sum - (n === 0 ? 0 : (n / rows) * Math.log(n / rows)), 0);
}

/** Of the logarithm of the deviation, whose variance is (kurtosis − 1) / 4n. */
const varianceOf = ({ kurtosis, rows }: Spread): number => (kurtosis - 1) / (4 * rows);

/** The spread of each version's scores, where several answered. */
function byVersion(outcomes: Outcomes): { version: string; deviation: number }[] {
  const names = new Set(Array.from(outcomes.by['version'] ?? [], String));
  const found = [...names].sort().flatMap((version) => {
    const spread = version === '' ? '' : spreadOf(ofVersion(version, outcomes));
    return typeof spread === 'string' ? [] : [{ version, deviation: spread.deviation }];
  });
  return found.length < 2 ? [] : found;
}

/**
 * Standard deviation of the log odds of the scores over that of the reference, less 1; 95 %
 * interval of a ratio of two standard deviations by their kurtosis, of independent rows. A model
 * that learns from what it made itself may narrow its scores or drive them apart, and so may a new
 * model or other rows: it informs, and has no limits of its own.
 */
export const scoreSpread: Written<object> = {
  name: 'score_spread',
  question: 'Do the scores of the model narrow, or move apart?',
  unit: 'relative change of the standard deviation of log odds, > -1',
  category: 'feedback-loop',
  action:
    'Compare versions on labels that acting does not touch before one is promoted; look at ' +
    'suppression and self_labelled for why.',
  over: 'label',
  needs: ['outcomes', 'reference'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'either',
  kind: 'associational',
  params: z.strictObject({}),
  defaults: { warn: null, alert: null, minRows: 100, rule: 'calibrated' },
  significant: ({ low, high }) => (low ?? 0) > 0 || (high ?? 0) < 0,
  measure(evidence) {
    const { current, reference } = evidence;
    const early = immature(evidence);
    if (early !== null) return early;
    const now = current.outcomes === null ? 'no row has a score' : spreadOf(current.outcomes);
    if (typeof now === 'string') {
      return noReading(now === NO_CHANCES ? 'not_applicable' : 'insufficient_data', now);
    }
    const before = reference?.outcomes ? spreadOf(reference.outcomes) : 'it has no scores';
    const rows = { nCurrent: now.rows };
    if (typeof before === 'string') {
      return noReading('no_reference', `nothing to compare with on the reference: ${before}`, rows);
    }
    const ratio = now.deviation / before.deviation;
    const factor = Math.exp(Z95 * Math.sqrt(varianceOf(now) + varianceOf(before)));
    const versions = current.outcomes === null ? [] : byVersion(current.outcomes);
    return reading({
      ...{ value: ratio - 1, low: ratio / factor - 1, high: ratio * factor - 1 },
      ...{ interval: 'confidence', ...rows, nReference: before.rows },
      details: { now, before, versions },
    });
  },
  say({ value, low, high, details }) {
    const [now, before] = [details['now'], details['before']] as [Spread, Spread];
    const versions = details['versions'] as ReturnType<typeof byVersion>;
    const told = versions.map(({ version, deviation }) => `${version} ${figure(deviation)}`);
    return (
      `The log odds of ${figure(now.rows)} scores have a standard deviation of ` +
      `${figure(now.deviation)}, ${figure(before.deviation)} on the reference: ` +
      `${percent(value ?? NaN)} [${percent(low ?? NaN)}, ${percent(high ?? NaN)}]. ` +
      `${percent(now.extreme)} are below 0.05 or above 0.95, ${percent(before.extreme)} before; ` +
      `entropy of ten parts ${figure(now.entropy)}, ${figure(before.entropy)} before.` +
      `${told.length === 0 ? '' : ` By version: ${told.join(', ')}.`} Why cannot be told from this.`
    );
  },
};
