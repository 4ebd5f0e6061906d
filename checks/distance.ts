import { z } from 'zod';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Reading } from '../domain/score.js';
import {
  hellinger as hellingerOf,
  jensenShannon as jensenShannonOf,
  jensenShannonDivergence,
  kullbackLeibler,
  lInfinity as lInfinityOf,
  totalVariation as totalVariationOf,
} from '../stats/divergence.js';
import { HALF, shares } from '../stats/psi.js';
import { reading } from './check.js';
import type { Written } from './check.js';
import { binsOf } from './distance-bins.js';
import type { Bins, Move } from './distance-bins.js';
import { withHistory } from './psi.js';

/** What is asked of the bins of both sides, as shares without smoothing: p current, q reference. */
interface Asked<P extends object> {
  name: string;
  /** In a sentence: `Hellinger distance`. */
  words: string;
  unit: string;
  params: z.ZodObject;
  own: P;
  limits: { warn: number; alert: number };
  of(p: readonly number[], q: readonly number[], more: { params: P; bins: Bins }): number;
}

/**
 * A distance between the binned distributions of a column. Its p-value is that of the two-sample
 * chi-square over the same bins: the distance itself has none.
 */
function distance<P extends object>(asked: Asked<P>): Written<P> {
  const { name, words, unit, params, own, limits } = asked;
  return {
    name,
    question: `How large is the ${words} between a column and its reference?`,
    unit,
    category: 'drift',
    action: 'Find out upstream what changed; compare the bins named here.',
    over: 'feature',
    needs: ['columns', 'reference'],
    worse: 'higher',
    kind: 'statistical',
    params,
    defaults: { ...own, ...limits, minRows: 100, rule: 'calibrated' },
    applies: (axis) => axis.kind !== 'opaque',
    significant: beyondChance,
    measure(evidence, target, given) {
      const bins = binsOf(evidence, target);
      if ('reason' in bins) return bins;
      const { p, q, test } = bins;
      const { pValue, df } = test;
      const measured = reading({
        value: asked.of(p, q, { params: given, bins }),
        pValue,
        nCurrent: bins.nCurrent,
        nReference: bins.nReference,
        details: { df, top: bins.top, ...(bins.why === undefined ? {} : { why: bins.why }) },
      });
      return withHistory(measured, evidence);
    },
    say: (given, target) => sayBins(given, target, words),
  };
}

/** Open for a change that chance explains once in 1,000 windows, for an alert in 1,000,000. */
export function beyondChance({ pValue }: Reading, level: 'warn' | 'alert'): boolean {
  return (pValue ?? 1) < (level === 'warn' ? 1e-3 : 1e-6);
}

/** `city: Hellinger distance 0.12 (p < 1e-4): Rome 12 % → 25 %, Oslo 9 % → 2 %.` */
export function sayBins({ value, pValue, details }: Reading, target: string, words: string) {
  if (value === null) return `${target}: ${words} could not be measured.`;
  const history = typeof details['history'] === 'number' ? details['history'] : 0;
  const moves = (details['top'] ?? []) as readonly Move[];
  const top = moves
    .map((move) => `${move.label} ${percent(move.reference)} → ${percent(move.current)}`)
    .join(', ');
  const why = typeof details['why'] === 'string' ? [details['why']] : [];
  const more = [...(pValue === null ? [] : [pInWords(pValue, history)]), ...why].join('; ');
  return `${target}: ${words} ${figure(value)}${more && ` (${more})`}${top && ': '}${top}.`;
}

const none = z.strictObject({});

/**
 * Jensen and Shannon's distance with the natural logarithm, as scipy has it: the square root of
 * the divergence. Other bases divide the divergence by ln(base).
 */
export const jensenShannon = distance<{
  base: 'e' | 2 | 10;
  form: 'distance' | 'divergence';
}>({
  name: 'jensen_shannon',
  words: 'Jensen-Shannon distance',
  unit: 'unitless, 0 to 0.833 (√ln 2); to 1 in base 2',
  params: z.strictObject({
    base: z.union([z.literal('e'), z.literal(2), z.literal(10)]).default('e'),
    form: z.enum(['distance', 'divergence']).default('distance'),
  }),
  own: { base: 'e', form: 'distance' },
  limits: { warn: 0.1, alert: 0.2 },
  of(p, q, { params: { base, form } }) {
    const logarithm = base === 'e' ? {} : { base };
    return form === 'distance'
      ? jensenShannonOf(p, q, logarithm)
      : jensenShannonDivergence(p, q, logarithm);
  },
});

/**
 * Kullback and Leibler's divergence of the current from the reference shares, in nats. Where the
 * window fills a bin that the reference leaves empty it would be infinite: then half a row is added
 * to every bin of both sides.
 */
export const kl = distance<object>({
  name: 'kl',
  words: 'Kullback-Leibler divergence',
  unit: 'nats, >= 0',
  params: none,
  own: {},
  limits: { warn: 0.05, alert: 0.2 },
  of(p, q, { bins }) {
    const plain = kullbackLeibler(p, q);
    if (Number.isFinite(plain)) return plain;
    return kullbackLeibler(shares(bins.current, HALF), shares(bins.reference, HALF));
  },
});

/** Hellinger's distance: the root of half the summed squared differences of the shares' roots. */
export const hellinger = distance<object>({
  name: 'hellinger',
  words: 'Hellinger distance',
  unit: 'unitless, 0 to 1',
  params: none,
  own: {},
  limits: { warn: 0.1, alert: 0.2 },
  of: hellingerOf,
});

/** Total variation: the share of rows that would have to change their bin. */
export const totalVariation = distance<object>({
  name: 'total_variation',
  words: 'total variation',
  unit: 'share of values, 0 to 1',
  params: none,
  own: {},
  limits: { warn: 0.1, alert: 0.25 },
  of: totalVariationOf,
});

/** The largest change of one bin's share. */
export const lInfinity = distance<object>({
  name: 'l_infinity',
  words: 'L-infinity distance',
  unit: 'share of values, 0 to 1',
  params: none,
  own: {},
  limits: { warn: 0.1, alert: 0.25 },
  of: lInfinityOf,
});
