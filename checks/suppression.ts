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

/** Windows whose decisions are known, as one. */
interface Span {
  all: readonly Outcomes[];
  /** How many they are, of how many. */
  windows: number;
  of: number;
  /** 1, 2, …: windows that are not known were looked at as well. */
  look: number;
  /** The error that is spent on this span at this look. */
  alpha: number;
}

/**
 * All windows, and the last 1, 2, 4, 8 … of them, in which what began lately is not thinned by what
 * was before. All get half of what a look may spend, those the other half in equal parts.
 */
function spansOf({ current, labelled }: Evidence): [Span, ...Span[]] {
  const past = [...new Set([...(labelled?.first ?? []), ...(labelled?.recent ?? [])])]
    .filter(({ outcomes }) => isKnownAs(outcomes, current.outcomes))
    .toSorted((a, b) => a.window.end - b.window.end);
  const known = [...past, current];
  const { start, end } = current.window;
  const since = Math.min(start, ...known.map(({ window }) => window.start));
  const look = Math.max(1, Math.round((end - since) / (end - start)));
  const lasts: number[] = [];
  for (let last = 1; last < known.length; last *= 2) lasts.push(last);
  const spent = spentAt(look);
  const span = (windows: number, alpha: number): Span => {
    const all = known.slice(-windows).flatMap(({ outcomes }) => outcomes ?? []);
    return { all, windows, of: known.length, look, alpha };
  };
  return [
    span(known.length, lasts.length === 0 ? spent : spent / 2),
    ...lasts.map((last) => span(last, spent / 2 / lasts.length)),
  ];
}

/** Of spans that reject the clearest one, else all windows; a thin one is left out. */
function clearest(whole: Reading, lasts: readonly Span[]): Reading {
  const found = lasts.flatMap((span) => {
    const sides = sidesOf(span.all);
    return tooThin(sides) === null ? [measured(span, sides)] : [];
  });
  const clarity = ({ pValue, details }: Reading) => Number(details['alpha']) / (pValue ?? 1);
  const caused = [whole, ...found].filter(isCaused);
  return caused.toSorted((a, b) => clarity(b) - clarity(a))[0] ?? whole;
}

function measured(span: Span, { acted, held, standing, tables, apart }: Sides): Reading {
  const { all, windows, of, look, alpha } = span;
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
      ...{ acted: a.hits / a.n, held: h.hits / h.n, windows, of, look, alpha },
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

function spanWords({ windows, of }: Reading['details']): string {
  if (windows === 1) return 'In this window';
  return windows === of
    ? `Over ${String(windows)} windows`
    : `Over the last ${String(windows)} of ${String(of)} windows`;
}

/** What p is compared with, and why that becomes less. */
function testWords({ pValue, details: { look, alpha } }: Reading): string {
  const counts = `only p below ${String(Number(Number(alpha).toPrecision(2)))} counts`;
  const p = pInWords(pValue ?? 1, Infinity);
  if (look === 1) return `${p}; ${counts}, for every later window is tested, too`;
  return (
    `${p}; at window ${String(look)} of a test that is repeated at each, over all windows and the ` +
    `last ones, ${counts}, so that all together err in at most 5 %`
  );
}

/**
 * Positives that are missing from the labels of acted rows, by the rate among those held out at
 * random: S = n_acted (p_held − p_acted), as a share of all positives with S among them; interval
 * from Newcombe's of the difference. One-sided Fisher test at look k against 0.05 · 6 / (π² k²):
 * half of it over all windows of the version since decisions are counted, half over the last 1, 2,
 * 4 … of them, of which the clearest is told. Asked of all rows only. Where
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
    const [whole, ...lasts] = spansOf(evidence);
    const here = (of: typeof ACTED) => groupOf([outcomes], of).labelled;
    const rows = { nCurrent: here(ACTED), nReference: here(HELD) };
    if (groupOf([outcomes], BAND).rows === 0) {
      return noReading('not_applicable', 'the model would act on no row of the window', rows);
    }
    if (groupOf(whole.all, HELD).rows === 0) {
      const { window } = current;
      const what = 'what acting does to the labels';
      return { ...withoutHoldout(what, { outcomes, window }), ...rows };
    }
    const sides = sidesOf(whole.all);
    const note = tooThin(sides);
    if (note !== null) return noReading('insufficient_data', note, rows);
    return { ...clearest(measured(whole, sides), lasts), ...rows };
  },
  say(given) {
    const { value, low, high, details } = given;
    const { acted, held, suppressed, breached, actedRows, heldRows, apart } = details;
    const over = spanWords(details);
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
