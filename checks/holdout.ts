import { BAND, ACTED } from '../domain/action.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Reading } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { LEAST_POSITIVES, rowsToTell } from '../stats/holdout.js';
import { reading } from './check.js';
import { groupOf } from './decisions.js';

const WEEK = 7 * 86_400_000;
/** The part of the band that is held out, unless that takes longer than so many weeks. */
const USUAL = 0.05;
const MOST_WEEKS = 8;
const MOST = 0.5;

/** How large a holdout has to be, and what it costs. */
export interface HoldoutPlan {
  /** Rows that have to be held out in all. */
  rows: number;
  /** Of the rows where the model would act, 0 to 1. */
  share: number;
  weeks: number;
  /** Rows a week that are not acted on, and positives expected among them. */
  perWeek: number;
  positives: number;
}

/**
 * The holdout that tells whether acting halves the rate of positive labels, or takes away as many
 * as the acted rows of this window say. How many positives there would be is what the scores
 * promise; null: no row of the band has a probability.
 */
export function holdoutPlan(outcomes: Outcomes, window: Window): HoldoutPlan | null {
  const band = groupOf([outcomes], BAND);
  const rate = band.scores / band.rows;
  if (!(rate > 0)) return null;
  const acted = groupOf([outcomes], ACTED);
  const seen = acted.labelled === 0 ? 0 : acted.positives / acted.labelled;
  const rows = rowsToTell({ rate, acted: Math.min(seen, rate / 2) });
  const weekly = (band.rows * WEEK) / (window.end - window.start);
  const share = Math.min(MOST, Math.max(USUAL, rows / (MOST_WEEKS * weekly)));
  const perWeek = share * weekly;
  return { rows, share, weeks: rows / perWeek, perWeek, positives: perWeek * rate };
}

/** What to start doing, and what it costs. */
export function holdoutWords(plan: HoldoutPlan | null): string {
  const log = 'and log it as columns.action.explored';
  if (plan === null) return `hold out ${percent(USUAL)} of them at random, ${log}`;
  const { rows, share, weeks, perWeek, positives } = plan;
  const long = weeks <= 1 ? 'a week' : `${figure(Math.ceil(weeks))} weeks`;
  return (
    `hold out ${percent(share)} of them at random, ${log}: a test needs ${figure(rows)} such rows, ` +
    `${long} of it, at the price of ${figure(Math.round(perWeek))} rows a week that are not acted ` +
    `on, about ${figure(Math.round(positives))} of them positive by their scores`
  );
}

/** `: about 30 more such rows`, of this rate of positives; '' where none is known. */
export function moreWords(rate: number, held: number): string {
  const more = Math.ceil(LEAST_POSITIVES / rate - held);
  return rate > 0 ? `: about ${figure(more)} more such rows` : '';
}

/** What cannot be known without a holdout, `what`, and how to begin one. */
export function withoutHoldout(what: string, { outcomes, window }: Unheld): Reading {
  const plan = holdoutPlan(outcomes, window);
  const note =
    `no row where the model would act was held out at random, so that nothing tells ${what}; ` +
    holdoutWords(plan);
  return reading({ reason: 'insufficient_data', details: { note, holdout: plan } });
}

interface Unheld {
  outcomes: Outcomes;
  window: Window;
}
