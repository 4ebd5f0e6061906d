import { z } from 'zod';
import { ACTED, BAND, HELD, OUTSIDE } from '../domain/action.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Evidence, Reading } from '../domain/score.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { mover } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { groupOf, isComparable, lastOutcomes, rateOf, undecided } from './decisions.js';
import type { Group } from './decisions.js';
import { moreWords, withoutHoldout } from './holdout.js';
import { matureOutcomes } from './mature.js';
import { apartFrom, heldCells, tooUneven, weighed } from './propensities.js';
import type { Weighed } from './propensities.js';

/** Of all positives, exceeded by the lower end of the 99 % interval. */
const LEAST = { warn: 0.1, alert: 0.3 };

/** Rows of the last windows whose decisions are known, by what became of them. */
interface Parts {
  windows: number;
  /** Rows whose decision is known. */
  rows: number;
  band: Group;
  acted: Group;
  held: Group;
  /** Those of them that stand for the band, weighted so. */
  standing: Weighed;
  /** Those of them that stand for the rows acted on, weighted for these. */
  alike: Weighed;
  /** Why they do not stand for all of it; null: they do. */
  apart: string | null;
  /** Not acted on, outside of the band. */
  free: Group;
}

function partsOf(evidence: Evidence): Parts {
  const all = lastOutcomes(evidence);
  const band = groupOf(all, BAND);
  const standing = weighed(heldCells(all, 'band'));
  return {
    windows: all.length,
    rows: band.rows + groupOf(all, OUTSIDE).rows,
    ...{ band, acted: groupOf(all, ACTED), free: groupOf(all, ['free']) },
    held: groupOf(all, HELD, isComparable),
    ...{ standing, alike: weighed(heldCells(all, 'acted')), apart: apartFrom(all) },
  };
}

const rateIn = ({ share }: Weighed): number => share.hits / share.n;

/** Why nothing can be estimated, with what is missing; null: it can. */
function tooThin({ band, held, standing, alike, free, apart }: Parts): string | null {
  if (free.labelled === 0) return 'no row where the model would not act has a label';
  if (apart !== null) return apart;
  if (held.labelled > 0 && alike.share.n === 0) {
    return 'none of the labelled rows held out could have been acted on';
  }
  if (held.positives >= LEAST_POSITIVES) return tooUneven(standing);
  const rate = held.positives > 0 ? held.positives / held.labelled : band.scores / band.rows;
  return (
    `${figure(held.positives)} of ${figure(held.labelled)} labelled rows held out at random are ` +
    `positive, ${LEAST_POSITIVES} are needed${moreWords(rate, held.labelled)}`
  );
}

function measured(parts: Parts): Reading {
  const { windows, rows, band, acted, held, standing, alike, free } = parts;
  const others = [free, ...(acted.labelled > 0 ? [acted] : [])].map(rateOf);
  const shares = [standing.share, ...others];
  const inBand = band.rows / rows;
  const without = ([h = 0, f = 0]: readonly number[]) => inBand * h + (1 - inBand) * f;
  // rows acted on are others than those of the band where propensities differ
  const more = rateIn(alike) / rateIn(standing);
  const hidden = (rates: readonly number[]) =>
    ((acted.rows / rows) * (more * (rates[0] ?? 0) - (rates[2] ?? 0))) / without(rates);
  const known = Math.min(alike.share.n, standing.share.n);
  const least = { hits: rateIn(standing) * known, n: known };
  const { value, low, high } = mover([least, ...others], hidden, Z99);
  const within = (share: number) => Math.min(1, Math.max(0, share));
  const observed = { hits: 0, n: 0 };
  for (const { hits, n } of [acted, held, free].map(rateOf)) {
    observed.hits += hits;
    observed.n += n;
  }
  return reading({
    ...{ value: within(value), low: within(low), high: within(high), interval: 'confidence' },
    details: {
      ...{ level: 0.99, windows, rate: mover(shares, without) },
      observed: observed.hits / observed.n,
      ...{ actedRows: acted.rows, actedLabelled: acted.labelled, heldRows: held.labelled },
      held: rateIn(standing),
      ...(standing.areEven ? {} : { effective: standing.effective }),
      acted: acted.labelled === 0 ? null : acted.positives / acted.labelled,
    },
  });
}

/**
 * Share of all positives that acting hides: α (p_h − p_a) / μ, α the share of the rows acted on,
 * p_h and p_a the positive rates of those held out and acted on (0 where none of these has a
 * label), μ = π p_h + (1 − π) p_n the rate without any action, π the share of the band, p_n the
 * rate outside of it. Four windows as one; 99 % interval by `mover`, of μ 95 %. Where propensities
 * p differ p_h is weighted by 1 / (1 − p) in μ (Hájek), and by p / (1 − p) beside p_a, for the rows
 * acted on; the interval takes the ratio of the two as known.
 */
export const censoredPositives: Written<object> = {
  name: 'censored_positives',
  question: 'How many of all positives do the labels not show, where the model acts?',
  unit: 'share of all positives, 0 to 1',
  category: 'feedback-loop',
  action:
    'Believe corrected metrics, not those of the labels as they came; train on rows not acted on ' +
    'and on those held out, weighted by one over their chance.',
  over: 'label',
  needs: ['outcomes', 'labels', 'history', 'action'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'higher',
  kind: 'causal',
  params: z.strictObject({}),
  defaults: { warn: { above: LEAST.warn }, alert: LEAST.alert, minRows: 0, rule: 'calibrated' },
  significant: ({ low }, level) => (low ?? 0) > LEAST[level],
  measure(evidence) {
    const { current } = evidence;
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const gone = undecided(current);
    if (gone !== null) return noReading('insufficient_data', gone);
    const parts = partsOf(evidence);
    const rows = { nCurrent: groupOf([outcomes]).labelled, nReference: parts.held.labelled };
    if (groupOf([outcomes], BAND).rows === 0) {
      return noReading('not_applicable', 'the model would act on no row of the window', rows);
    }
    if (parts.held.rows === 0 && parts.apart === null) {
      const what = 'how many positives there would be without acting';
      return { ...withoutHoldout(what, { outcomes, window: current.window }), ...rows };
    }
    const note = tooThin(parts);
    return note === null
      ? { ...measured(parts), ...rows }
      : noReading('insufficient_data', note, rows);
  },
  say({ value, low, high, details }) {
    const { rate, observed, heldRows, held, acted, actedRows, windows, effective } = details;
    const { value: real, low: from, high: to } = rate as ReturnType<typeof mover>;
    const range = (a: number, b: number) => `[${percent(a)}, ${percent(b)}]`;
    const of = acted === null ? 'have no label' : `are ${percent(Number(acted))} positive`;
    const equal = figure(Math.round(Number(effective)));
    const weights =
      effective === undefined ? '' : `weighted by one over their chance (as ${equal} alike), `;
    const some = Number(windows) === 1 ? '1 window' : `${figure(Number(windows))} windows`;
    return (
      `By an estimate from ${figure(Number(heldRows))} rows held out at random, ${weights}` +
      `${percent(value ?? 0)} ${range(low ?? 0, high ?? 1)} of all positives are not among the ` +
      `labels: held out ${percent(Number(held))} are positive, the ${figure(Number(actedRows))} ` +
      `rows acted on ${of}. Without acting ${percent(real)} ${range(from, to)} of all rows would ` +
      `be positive; the labels say ${percent(Number(observed))} (${some}).`
    );
  },
};
