import { reasonOf, type AdviceInput } from './input.js';
import { mistakesOf } from './mistakes.js';
import { waitingCost } from './waiting.js';
import type { FindingRef, WaitingCost } from '../advice.js';
import { figure, percent } from '../judging/figures.js';
import { inZone } from '../zone.js';

const DAY = 86_400_000;
/** From these shares of draws on: retrain, consider. */
const [SURE, LIKELY] = [0.8, 0.5];
/** What a retraining brings back, before there was one. */
const USUAL = 0.7;

/** What the costs of the monitor say of waiting. */
export interface Priced {
  cost: WaitingCost;
  /** What they ask for; null: nothing. */
  asks: 'retrain' | 'consider' | null;
  text: string;
  findings: readonly FindingRef[];
}

/** Costs as far as they are known: a text says why they are not; null: not asked, or not yet. */
export function pricedBy(input: AdviceInput): Priced | string | null {
  const given = input.policy?.cost;
  if (given === undefined) return null;
  const mistakes = mistakesOf(input, given);
  if (typeof mistakes === 'string') return mistakes;
  const cost = waitingCost(mistakes, given, given.recovers ?? recoveredBy(pastOf(input)));
  if (cost === null) return null;
  return { cost, asks: asked(cost), ...reasonOf(sentence(cost, input), mistakes.findings) };
}

const pastOf = ({ retrain }: AdviceInput): readonly number[] => retrain?.recovered ?? [];

/**
 * What a retraining is taken to bring back: the mean of what past ones did, each within 0 and 1,
 * and of 0.7 as one more, so that a single one that failed does not say that none ever helps.
 */
export function recoveredBy(past: readonly number[]): number {
  const shares = past.map((share) => Math.min(1, Math.max(0, share)));
  return shares.reduce((sum, share) => sum + share, USUAL) / (1 + shares.length);
}

function asked({ share, waiting, retraining }: WaitingCost): Priced['asks'] {
  if (share === null) return waiting >= retraining ? 'retrain' : null;
  return share >= SURE ? 'retrain' : share >= LIKELY ? 'consider' : null;
}

function sentence(cost: WaitingCost, input: AdviceInput): string {
  const { timezone = 'UTC', policy } = input;
  const { share, horizon, windows, growth, interval } = cost;
  const saved = cost.waiting > 0 ? figure(cost.waiting) : 'nothing';
  const price = figure(cost.retraining);
  const many = windows === 1 ? 'mature window' : `${windows} mature windows`;
  const seen = `the ${many} to ${inZone(cost.until, timezone)}`;
  const opening =
    share === null || horizon === null
      ? `In ${seen} a retraining would have saved ${saved}, and costs ${price}. Mistakes`
      : `Waiting ${figure(horizon / DAY)} days is expected to cost ${saved} that a retraining ` +
        `would save, and a retraining costs ${price}: share of draws ${share.toFixed(2)}. By ` +
        `${seen} mistakes`;
  const pace =
    interval === null
      ? ''
      : `, which grows by ${figure(growth)} a day: at this pace a retraining pays every ` +
        `${figure(Number((interval / DAY).toPrecision(2)))} days`;
  const known = policy?.cost?.recovers == null ? pastOf(input).length : 0;
  const past =
    known === 0
      ? ''
      : ` A retraining is taken to bring back ${percent(cost.recovers)} of that, ` +
        `by ${known === 1 ? 'the last one' : `the last ${known}`}.`;
  const excess = `${figure(Math.abs(cost.excess))} a row ${cost.excess < 0 ? 'less' : 'more'}`;
  return (
    `${opening} cost ${excess} than on the reference (standard error ` +
    `${figure(cost.excessStandardError)}), on ${figure(cost.rowsPerDay)} rows a day${pace}.${past}`
  );
}
