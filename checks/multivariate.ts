import { z } from 'zod';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Counts } from '../domain/profile.js';
import type { Reading } from '../domain/score.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';

/** Features named in a sentence. */
const NAMED = 3;
/** Between this and the limits the sides differ by little: for information. */
const SMALLEST = 0.55;

/** What tells the sides apart: each feature's part of it, 0 to 1. */
interface Part {
  feature: string;
  share: number;
}

/** How well drawn rows of the window are told from those of the reference by all features. */
export const multivariate: Written<object> = {
  name: 'multivariate',
  question: 'Can rows of the window be told from rows of the reference by all features at once?',
  unit: 'AUC of a classifier on rows that it was not fitted to, 0 to 1; 0.5: they are alike',
  category: 'drift',
  action: 'Look at the features named here together: small moves that one cause may explain.',
  over: 'model',
  needs: ['rows'],
  worse: 'higher',
  kind: 'statistical',
  params: z.strictObject({}),
  defaults: {
    warn: { above: 0.65 },
    alert: { above: 0.75 },
    minRows: 500,
    rule: 'calibrated',
  },
  significant: ({ pValue }, level) => (pValue ?? 1) < (level === 'alert' ? 1e-6 : 1e-3),
  small: ({ value }) => (value ?? 0) >= SMALLEST,
  measure({ current, earlier }, _target, { minRows }) {
    const { apart, apart_parts: parts } = current.asked;
    if (apart === undefined) {
      return noReading('no_reference', 'the reference has no rows of its own to draw from');
    }
    const of = (name: string): number => apart.sums[name]?.[0] ?? 0;
    const rows = { nCurrent: of('current'), nReference: of('reference') };
    if (Math.min(rows.nCurrent, rows.nReference) < minRows) {
      return noReading('insufficient_data', `fewer than ${minRows} rows on either side`, rows);
    }
    return reading({
      value: of('auc'),
      ...{ low: of('low'), high: of('high'), interval: 'confidence', pValue: of('p') },
      ...rows,
      details: {
        ...{ parts: partsOf(parts), features: of('features'), all: of('all') },
        history: earlier.length,
      },
    });
  },
  say(given) {
    const { value, low, high, pValue, nCurrent, nReference, details } = given;
    if (value === null) return 'How the rows differ could not be measured.';
    const [features, all] = [Number(details['features']), Number(details['all'])];
    const looked = features < all ? `${features} of ${all}` : `${features}`;
    const chance = pInWords(pValue ?? 1, Number(details['history']));
    const range = `[${short(low)}, ${short(high)}]`;
    const apart = value >= SMALLEST && (pValue ?? 1) < 1e-3 ? 'are told from' : 'look like';
    return (
      `Rows of the window ${apart} those of the reference by ${looked} features at once ` +
      `(AUC ${short(value)} ${range}, ${chance}, on held-out rows of ${figure(nCurrent)} and ` +
      `${figure(nReference)} drawn)${mostInWords(given, apart)}.`
    );
  },
};

function mostInWords({ details }: Reading, apart: string): string {
  if (apart !== 'are told from') return '';
  const parts = ((details['parts'] ?? []) as Part[]).slice(0, NAMED);
  const named = parts.map(({ feature, share }) => `${feature} ${percent(share)}`).join(', ');
  return named === '' ? '' : `; of the difference ${named}`;
}

/** Largest first; features that do not tell the sides apart are left out. */
function partsOf(counts: Counts | undefined): Part[] {
  const all = [...(counts?.by['feature'] ?? [])].map((feature, row) => {
    return { feature: String(feature), part: counts?.sums['part']?.[row] ?? 0 };
  });
  const some = all.filter(({ part }) => part > 0).sort((a, b) => b.part - a.part);
  const whole = some.reduce((sum, { part }) => sum + part, 0);
  return some.map(({ feature, part }) => ({ feature, share: part / whole }));
}

const short = (value: number | null): string => String(Number((value ?? NaN).toFixed(3)));
