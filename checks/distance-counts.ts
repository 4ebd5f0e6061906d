import { z } from 'zod';
import type { Limits } from '../domain/limits.js';
import type { Axis } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import {
  cramersV as cramersVOf,
  gGoodnessOfFit,
  gHomogeneity,
  goodnessOfFit,
} from '../stats/chi2.js';
import type { CountTest } from '../stats/chi2.js';
import { reading } from './check.js';
import type { Written } from './check.js';
import { beyondChance, sayBins } from './distance.js';
import { binsOf } from './distance-bins.js';
import type { Bins } from './distance-bins.js';
import { withHistory } from './psi.js';

/** What all questions about the rows of bins have in common. */
const common = {
  category: 'drift',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'statistical',
  significant: beyondChance,
} as const;

/** A statistic grows with the rows: no limit of ours would mean anything. */
const noLimits: Limits = { warn: null, alert: null, minRows: 100, rule: 'calibrated' };
const applies = (axis: Axis): boolean => axis.kind !== 'opaque';

type Form = 'two_sample' | 'goodness_of_fit';
const formed = z.strictObject({
  form: z.enum(['two_sample', 'goodness_of_fit']).default('two_sample'),
});

interface Tests {
  two_sample(bins: Bins): CountTest;
  goodness_of_fit(observed: readonly number[], expected: readonly number[]): CountTest;
}

function countTest(
  { name, words, question }: { name: string; words: string; question: string },
  tests: Tests,
): Written<{ form: Form }> {
  return {
    ...common,
    name,
    question,
    unit: 'unitless, >= 0; about its degrees of freedom without drift',
    action: 'Give it limits of your own, or judge cramers_v, which does not grow with the rows.',
    params: formed,
    defaults: { form: 'two_sample', ...noLimits },
    applies,
    measure(evidence, target, { form }) {
      return tested(evidence, target, (bins) => {
        const { current, reference, nCurrent, nReference } = bins;
        if (form === 'two_sample') return tests.two_sample(bins);
        const expected = reference.map((rows) => (rows * nCurrent) / nReference);
        return tests.goodness_of_fit(current, expected);
      });
    },
    say: (given, target) => sayBins(given, target, words),
  };
}

function tested(evidence: Evidence, target: string, test: (bins: Bins) => CountTest): Reading {
  const bins = binsOf(evidence, target);
  if ('reason' in bins) return bins;
  const { statistic, df, pValue } = test(bins);
  const { nCurrent, nReference } = bins;
  const details = { df, top: bins.top, ...(bins.why === undefined ? {} : { why: bins.why }) };
  return withHistory(
    reading({ value: statistic, pValue, nCurrent, nReference, details }),
    evidence,
  );
}

/**
 * Pearson's chi-square over the bins of a column: of two samples without Yates' correction, as
 * scipy's `chi2_contingency(correction=False)`, or of the window against the reference's shares.
 */
export const chiSquare = countTest(
  {
    name: 'chi_square',
    words: 'chi-square',
    question: 'Do window and reference come from one distribution, by chi-square?',
  },
  { two_sample: ({ test }) => test, goodness_of_fit: goodnessOfFit },
);

/** The same question by the likelihood ratio, G. */
export const gTest = countTest(
  {
    name: 'g_test',
    words: 'G',
    question: 'Do window and reference come from one distribution, by the likelihood ratio?',
  },
  {
    two_sample: ({ current, reference }) => gHomogeneity(current, reference),
    goodness_of_fit: gGoodnessOfFit,
  },
);

/**
 * Cramér's V of the table of two sides and the bins of a column; `corrected` takes off what chance
 * adds, after Bergsma (2013). Its p-value is that of the chi-square.
 */
export const cramersV: Written<{ corrected: boolean }> = {
  ...common,
  name: 'cramers_v',
  question: 'How strongly does the side that a row comes from go with its value?',
  unit: 'unitless, 0 to 1',
  action: 'Find out upstream what changed; compare the bins named here.',
  params: z.strictObject({ corrected: z.boolean().default(false) }),
  defaults: { corrected: false, warn: 0.1, alert: 0.3, minRows: 100, rule: 'calibrated' },
  applies,
  measure(evidence, target, { corrected }) {
    const bias = corrected ? 'corrected' : 'plain';
    return tested(evidence, target, ({ current, reference, test }) => ({
      ...test,
      statistic: cramersVOf(current, reference, { bias }),
    }));
  },
  say: (given, target) => sayBins(given, target, "Cramér's V"),
};
