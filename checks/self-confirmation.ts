import { z } from 'zod';
import type { SourceOfLabel } from '../domain/label-source.js';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { newcombe } from '../stats/intervals.js';
import type { Share } from '../stats/intervals.js';
import { Z98 } from '../stats/normal.js';
import { trendOf } from '../stats/trend.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { isSourced, labelledIn, rowsIn } from './label-sources.js';
import type { Labelled } from './label-sources.js';
import { matureOutcomes } from './mature.js';

const WEEK = 7 * 86_400_000;
/** So many weeks are looked at as one. */
const WEEKS = 8;
/** Blind labels that each of them needs, and assisted ones that all of them need. */
const LEAST = 100;
/** A trend of agreement takes so many windows. */
const LEAST_WINDOWS = 6;

const ANCHORED = 0.3;
/** Agreement that is higher by so much warns, too. */
const HIGHER = 0.05;

const ASSISTED: readonly SourceOfLabel[] = ['human_assisted'];
const BLIND: readonly SourceOfLabel[] = ['human_blind', 'random_blind'];

/** The window and those before it where it was counted who made the labels, oldest first. */
function pastOf({ current, labelled }: Evidence): Profile[] {
  return [...(labelled?.recent ?? []), current].filter(({ outcomes }) => isSourced(outcomes));
}

const rowsOf = ({ outcomes }: Profile): Labelled[] =>
  outcomes === null ? [] : labelledIn(outcomes).filter(({ agrees }) => agrees !== null);

/** How often labels of these sources are what the model said. */
function agreementOf(rows: readonly Labelled[], sources: readonly SourceOfLabel[]): Share {
  const own = rows.filter(({ source }) => sources.includes(source));
  return { hits: rowsIn(own.filter(({ agrees }) => agrees === true)), n: rowsIn(own) };
}

/** Labels of the last weeks. */
interface Pool {
  windows: number;
  assisted: Share;
  blind: Share;
  /** Blind labels that are needed. */
  least: number;
  /** All blind labels are of rows that were drawn at random. */
  random: boolean;
}

function poolOf(evidence: Evidence): Pool {
  const { end } = evidence.current.window;
  const last = pastOf(evidence).filter(({ window }) => window.end > end - WEEKS * WEEK);
  const rows = last.flatMap(rowsOf);
  const time = last.reduce((sum, { window }) => sum + window.end - window.start, 0);
  return {
    windows: last.length,
    ...{ assisted: agreementOf(rows, ASSISTED), blind: agreementOf(rows, BLIND) },
    least: Math.round(LEAST * Math.min(WEEKS, Math.max(1, time / WEEK))),
    random: agreementOf(rows, ['human_blind']).n === 0,
  };
}

/** `; agreement … rises over 9 windows (p 0.002) …`; '' where no trend can be told. */
function trendWords(evidence: Evidence): string {
  const course = pastOf(evidence).flatMap((profile) => {
    const { hits, n } = agreementOf(rowsOf(profile), ASSISTED);
    return n < LEAST ? [] : [{ time: profile.window.end, value: hits / n }];
  });
  const trend = course.length < LEAST_WINDOWS ? null : trendOf(course);
  if (trend === null) return '';
  const how = trend.s > 0 ? 'rises' : trend.s < 0 ? 'falls' : 'neither rises nor falls';
  return (
    `; agreement of labels with the answers that people saw ${how} over ${course.length} windows ` +
    `(${pInWords(trend.pValue, course.length)}), which has many possible reasons`
  );
}

/** Why nothing can be told, with what is missing and what to start; null: it can. */
function tooThin(evidence: Evidence, { assisted, blind, least }: Pool): string | null {
  if (!labelledIn(evidence.current.outcomes ?? { by: {}, sums: {} }).some(({ source }) => source)) {
    return 'no label says who made it: log that, and name the column as labels[].label_source';
  }
  const start =
    `have ${LEAST} rows a week or more, drawn at random, labelled by people who do not see the ` +
    "model's answer, and name what the column says of them as label_source.human_blind";
  if (assisted.n < LEAST) {
    return (
      `${figure(assisted.n)} labels are by people who saw the model's answer ` +
      `(label_source.human_assisted), ${LEAST} are needed`
    );
  }
  if (blind.n === 0) {
    return `no label is by somebody who did not see the model's answer: ${start}${trendWords(evidence)}`;
  }
  if (blind.n >= least) return null;
  return (
    `${figure(blind.n)} labels are by people who did not see the model's answer, ${figure(least)} ` +
    `are needed, ${figure(least - blind.n)} more: ${start}`
  );
}

function measured({ windows, assisted, blind, random }: Pool): Reading {
  const [a, b] = [assisted.hits / assisted.n, blind.hits / blind.n];
  const { low, high } = newcombe(assisted, blind, Z98);
  // of nobody who always agrees anyway can an answer change the label
  const gone = (more: number) =>
    b === 1 ? Number(more > 0) : Math.min(1, Math.max(0, more / (1 - b)));
  return reading({
    ...{ value: gone(a - b), low: gone(low), high: gone(high), interval: 'confidence' },
    ...{ nCurrent: assisted.n, nReference: blind.n },
    details: { level: 0.98, windows, random, assisted: a, blind: b, higher: a - b },
  });
}

const isBeyondChance = ({ low }: Reading): boolean => (low ?? 0) > 0;

/**
 * Share of the disagreements between labels and the model's answers that are gone where people saw
 * the answer: (a₁ − a₀) / (1 − a₀), a the share of labels that agree with it, assisted and blind;
 * 98 % interval, so that its lower end holds with 99 %, from Newcombe's of a₁ − a₀. Eight weeks as
 * one. A cause is told only where all rows labelled blind were drawn at random.
 */
export const selfConfirmation: Written<object> = {
  name: 'self_confirmation',
  question: 'Do people confirm the answer of the model because they see it?',
  unit: 'share of disagreements that are gone, 0 to 1',
  category: 'feedback-loop',
  action:
    'Hide the answer of the model from those who label, and evaluate on labels alone that were made ' +
    'without it.',
  over: 'label',
  needs: ['outcomes', 'labels', 'history', 'label_source'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'higher',
  kind: 'causal',
  params: z.strictObject({}),
  defaults: {
    warn: { above: ANCHORED },
    alert: { above: ANCHORED },
    minRows: 0,
    rule: 'calibrated',
  },
  significant: isBeyondChance,
  also: ({ details }) =>
    Number(details['higher']) > HIGHER ? `agreement higher by more than ${percent(HIGHER)}` : null,
  urgent: ({ details }) => details['random'] === true,
  measure(evidence) {
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const pool = poolOf(evidence);
    const note = tooThin(evidence, pool);
    if (note === null) return measured(pool);
    const rows = { nCurrent: pool.assisted.n, nReference: pool.blind.n };
    return noReading('insufficient_data', note, rows);
  },
  say(given) {
    const { value, low, high, nCurrent, nReference, details } = given;
    const { assisted, blind, windows, random } = details;
    const over = windows === 1 ? 'In this window' : `Over ${String(windows)} windows`;
    const drawn = random === true ? ', of rows drawn at random' : '';
    const rates =
      `${over} ${percent(Number(assisted))} of ${figure(nCurrent)} labels by people who saw the ` +
      `model's answer agree with it, ${percent(Number(blind))} of ${figure(nReference)} by people ` +
      `who did not${drawn}`;
    if (!isBeyondChance(given)) {
      const most =
        random === true ? `; at most ${percent(high ?? 1)} of disagreements are gone` : '';
      return `${rates}: that is no sign that seeing it changes labels${most} (99 %, one-sided).`;
    }
    const size = `${percent(value ?? 0)} [${percent(low ?? 0)}, ${percent(high ?? 1)}]`;
    return random === true
      ? `${rates}: seeing it caused ${size} of the disagreements to be gone.`
      : `${rates}: ${size} of the disagreements are gone where it is seen. The rows labelled blind ` +
          'may be others; only rows drawn at random (label_source.blind_at_random) tell why.';
  },
};
