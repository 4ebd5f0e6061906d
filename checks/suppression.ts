import { z } from 'zod';
import { ACTED, BAND, HELD } from '../domain/action.js';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import type { Evidence, Reading } from '../domain/score.js';
import { spentAt } from '../stats/holdout.js';
import { newcombe } from '../stats/intervals.js';
import { stratifiedExact } from '../stats/stratified.js';
import { sidesOf, tooThin } from './acted-sides.js';
import type { Sides } from './acted-sides.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { groupOf, isKnownAs, rateOf, undecided } from './decisions.js';
import { withoutHoldout } from './holdout.js';
import { matureOutcomes } from './mature.js';

/** From this share of all positives on, surely exceeded, it is an alert. */
const LARGE = 0.2;

/** The windows whose decisions are known, as one, and how many times they were looked at. */
function pooled({ current, labelled }: Evidence): Pooled {
  const past = [...new Set([...(labelled?.first ?? []), ...(labelled?.recent ?? [])])];
  const known = [...past, current].filter(({ outcomes }) => isKnownAs(outcomes, current.outcomes));
  const { start, end } = current.window;
  const since = Math.min(start, ...known.map(({ window }) => window.start));
  return {
    all: known.flatMap(({ outcomes }) => outcomes ?? []),
    windows: known.length,
    look: Math.max(1, Math.round((end - since) / (end - start))),
  };
}

interface Pooled {
  all: readonly Outcomes[];
  windows: number;
  /** 1, 2, …: windows that are not known were looked at as well. */
  look: number;
}

function measured(
  { all, windows, look }: Pooled,
  { acted, held, standing, tables, apart }: Sides,
): Reading {
  const [a, h] = [rateOf(acted), standing.share];
  const known = groupOf(all).positives;
  const { low, high } = newcombe(h, a);
  const lost = h.hits / h.n - a.hits / a.n;
  // shares of all positives, those that nobody recorded among them
  const share = (rate: number) => {
    const missing = a.n * Math.max(0, rate);
    return missing === 0 ? 0 : missing / (known + missing);
  };
  return reading({
    ...{ value: share(lost), low: share(low), high: share(high), interval: 'confidence' },
    pValue: stratifiedExact(tables),
    details: {
      ...{ acted: a.hits / a.n, held: h.hits / h.n, windows, look, alpha: spentAt(look) },
      ...{ actedRows: a.n, heldRows: held.labelled },
      suppressed: a.n * Math.max(0, lost),
      breached: groupOf(all, ['breached']).rows,
      ...(standing.areEven ? {} : { effective: standing.effective }),
      ...(tables.length > 1 ? { strata: tables.length } : {}),
      ...(apart === 0 ? {} : { apart }),
    },
  });
}

const isCaused = ({ value, pValue, details }: Reading): boolean =>
  pValue !== null && pValue < Number(details['alpha']) && (value ?? 0) > 0;

/** What p is compared with, and why that becomes less. */
function testWords({ pValue, details: { look, alpha } }: Reading): string {
  const counts = `only p below ${String(Number(Number(alpha).toPrecision(2)))} counts`;
  const p = pInWords(pValue ?? 1, Infinity);
  if (look === 1) return `${p}; ${counts}, for every later window is tested, too`;
  return (
    `${p}; at window ${String(look)} of a test that is repeated at each ${counts}, so that all ` +
    'together err in at most 5 %'
  );
}

/**
 * Positives that are missing from the labels of acted rows, by the rate among those held out at
 * random: S = n_acted (p_held − p_acted), as a share of all positives with S among them; interval
 * from Newcombe's of the difference. One-sided Fisher test over all windows of the version since
 * decisions are counted, at look k against 0.05 · 6 / (π² k²). Asked of all rows only. Where
 * propensities p differ the test is that of Mantel and Haenszel over strata of them, and p_held is
 * weighted by p / (1 − p), as rows acted on are.
 */
export const suppression: Written<object> = {
  name: 'suppression',
  question: 'Do the actions of the model take positives away from the labels it learns from?',
  unit: 'share of all positives, 0 to 1',
  category: 'feedback-loop',
  action:
    'Train on rows not acted on and on those held out, weighted by one over their chance; record ' +
    'the label of an acted row as none, never as negative.',
  over: 'label',
  needs: ['outcomes', 'labels', 'history', 'action'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'higher',
  kind: 'causal',
  params: z.strictObject({}),
  defaults: { warn: { above: 0 }, alert: LARGE, minRows: 0, rule: 'calibrated' },
  significant: (given, level) => isCaused(given) && (level === 'warn' || (given.low ?? 0) >= LARGE),
  urgent: () => true,
  measure(evidence) {
    const { current } = evidence;
    if (!isWhole(current)) {
      return noReading('not_applicable', 'it spends its error on all rows');
    }
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const gone = undecided(current);
    if (gone !== null) return noReading('insufficient_data', gone);
    const known = pooled(evidence);
    const here = (of: typeof ACTED) => groupOf([outcomes], of).labelled;
    const rows = { nCurrent: here(ACTED), nReference: here(HELD) };
    if (groupOf([outcomes], BAND).rows === 0) {
      return noReading('not_applicable', 'the model would act on no row of the window', rows);
    }
    if (groupOf(known.all, HELD).rows === 0) {
      const { window } = current;
      const what = 'what acting does to the labels';
      return { ...withoutHoldout(what, { outcomes, window }), ...rows };
    }
    const sides = sidesOf(known.all);
    const note = tooThin(sides);
    if (note !== null) return noReading('insufficient_data', note, rows);
    return { ...measured(known, sides), ...rows };
  },
  say(given) {
    const { value, low, high, details } = given;
    const { acted, held, windows, suppressed, breached, actedRows, heldRows, apart } = details;
    const over = windows === 1 ? 'In this window' : `Over ${String(windows)} windows`;
    const weights = 'effective' in details ? ', weighted for those by their propensities,' : '';
    const rates =
      `${over}, of ${figure(Number(actedRows))} rows acted on ${percent(Number(acted))} are positive, of ` +
      `${figure(Number(heldRows))} held out at random${weights} ${percent(Number(held))}`;
    const also =
      (Number(breached) > 0 ? `; ${figure(Number(breached))} of these were acted on as well` : '') +
      (apart === undefined ? '' : `; ${figure(Number(apart))} are left out for their propensity`);
    if (!isCaused(given)) {
      return (
        `${rates}${also}: that is no proof that acting takes positives away; at most ` +
        `${percent(high ?? 1)} of all positives are missing by it (${testWords(given)}).`
      );
    }
    const range = `[${percent(low ?? 0)}, ${percent(high ?? 1)}]`;
    return (
      `${rates}${also}: the model caused ${figure(Math.round(Number(suppressed)))} positives to be ` +
      `missing from the labels, ${percent(value ?? 0)} ${range} of all (${testWords(given)}).`
    );
  },
};
