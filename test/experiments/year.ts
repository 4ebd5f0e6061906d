import { advise } from '../../domain/advising/rules.js';
import type { AdviceInput } from '../../domain/advising/rules.js';
import type { Finding } from '../../domain/finding.js';
import type { RetrainingCost } from '../../domain/retraining.js';
import { rules } from '../domain/retrain-world.js';
import { binomial, chanceOf } from './chance.js';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 1);
const DAYS = 365;
const REFERENCE = 20_000;
/** Mature windows that an advice sees whole, and windows that it looks back over. */
const [SEEN, KNOWN] = [10, 90];

/** A model that decays until it is retrained; what it loses is told in points of 0.01. */
export interface Setting {
  row: string;
  /** Rows a day, their share of positives, and mistakes of each kind while the model is new. */
  rows: number;
  positives: number;
  missed: number;
  alarmed: number;
  /** By how much each kind of mistake grows for a point lost. */
  missedBy: number;
  alarmedBy: number;
  /** What a mistake costs: together a point lost for a day costs 1. */
  perMissed: number;
  perAlarmed: number;
  /** Days until labels come. */
  delay: number;
  /** Share of what was lost that a retraining brings back. */
  recovers: number;
}

/** Counted on the reference: shares that are mistaken. */
interface Reference {
  missed: number;
  alarmed: number;
}

/** One evaluated day: its labelled rows, and what was lost by them, in points. */
interface Told {
  start: number;
  positives: number;
  negatives: number;
  falseNegatives: number;
  falsePositives: number;
  reference: Reference;
  points: number;
  /** Made once somebody asks. */
  findings: Finding[] | null;
}

/** What a rule may see on the evening of a day. */
export interface Evening {
  day: number;
  /** Day of the last retraining; -1: none yet. */
  last: number;
  /** Points lost by the labels that are there, of each day since, oldest first. */
  points: readonly number[];
  input: () => Omit<AdviceInput, 'policy'>;
}

export type Rule = (evening: Evening) => boolean;

/** The action of the real advice on this evening. */
export function advised(evening: Evening, cost: RetrainingCost, cooldown = 0): string {
  const policy = { ...rules().policy, metric: 'recall', cooldown, cost };
  const { older, ...input } = evening.input();
  const isSum = cost.rule === 'cumulative' && older !== undefined;
  return advise({ ...input, policy, ...(isSum ? { older } : {}) }).action;
}

/** Days on which a rule retrains, and what the year lost to decay, in points times days. */
export function yearOf(
  setting: Setting,
  name: string,
  rule: Rule,
): { days: number[]; lost: number } {
  const changes = changesOf(name);
  const told: Told[] = [];
  const days: number[] = [];
  let [points, lost] = [0, 0];
  let reference = referenceOf(setting, name);
  for (let day = 0; day < DAYS; day++) {
    points += changes[day] ?? 0;
    lost += points;
    told.push(toldOf(setting, { name, day, points, reference }));
    if (!rule(eveningOf(setting, { told, day, last: days.at(-1) ?? -1 }))) continue;
    days.push(day);
    points *= 1 - setting.recovers;
    reference = referenceOf(setting, `${name}/${String(day)}`);
  }
  return { days, lost };
}

/** Points lost each day: a slope that is drawn anew every 60 days, and jumps. */
function changesOf(name: string): number[] {
  const chance = chanceOf(`${name}/world`);
  const slopes = [0, 0.02, 0.1, 0.3];
  let slope = 0;
  return Array.from({ length: DAYS }, (_, day) => {
    if (day % 60 === 0) slope = slopes[Math.floor(chance() * slopes.length)] ?? 0;
    return slope + (chance() < 0.005 ? 3 : 0);
  });
}

function eveningOf(
  setting: Setting,
  { told, day, last }: { told: readonly Told[]; day: number; last: number },
): Evening {
  const known = Math.max(0, day + 1 - setting.delay);
  const first = Math.max(0, known - KNOWN);
  const since = Math.max(first, last + 1);
  const seen = Math.max(first, known - SEEN);
  const end = START + (day + 1) * DAY;
  const findings = (from: number, to: number) =>
    told
      .slice(from, Math.max(from, to))
      .map((one) => (one.findings ??= findingsOf(one, setting)))
      .reverse();
  return {
    ...{ day, last, points: told.slice(since, known).map(({ points }) => points) },
    input: () => ({
      ...{ model: 'm', at: end, window: end, findings: [], importances: {} },
      mature: findings(seen, known),
      older: findings(since, seen),
      retrain: { running: false, lastSucceededAt: last < 0 ? null : START + (last + 1) * DAY },
    }),
  };
}

function referenceOf({ positives, missed, alarmed }: Setting, name: string): Reference {
  const chance = chanceOf(`${name}/reference`);
  const share = (p: number, n: number) => binomial(chance, n, p) / n;
  const n = Math.round(REFERENCE * positives);
  return { missed: share(missed, n), alarmed: share(alarmed, REFERENCE - n) };
}

function toldOf(
  setting: Setting,
  {
    name,
    day,
    points,
    reference,
  }: { name: string; day: number; points: number; reference: Reference },
): Told {
  const { rows, missed, alarmed, missedBy, alarmedBy, perMissed, perAlarmed } = setting;
  const chance = chanceOf(`${name}/${String(day)}`);
  const positives = binomial(chance, rows, setting.positives);
  const negatives = rows - positives;
  const falseNegatives = binomial(chance, positives, missed + (missedBy * points) / 100);
  const falsePositives = binomial(chance, negatives, alarmed + (alarmedBy * points) / 100);
  const beyond =
    perMissed * (falseNegatives - reference.missed * positives) +
    perAlarmed * (falsePositives - reference.alarmed * negatives);
  return {
    ...{ start: START + day * DAY, positives, negatives, falseNegatives, falsePositives },
    ...{ reference, points: beyond, findings: null },
  };
}

/** The two metrics as a check tells them, with what they are held against. */
function findingsOf(told: Told, { positives: share }: Setting): Finding[] {
  const { start, positives, negatives, falseNegatives, falsePositives, reference } = told;
  const counts = {
    ...{ truePositives: positives - falseNegatives, falseNegatives },
    ...{ falsePositives, trueNegatives: negatives - falsePositives, positives, coverage: 1 },
  };
  const of = (check: string, value: number, { rate, n }: { rate: number; n: number }) => {
    const referenceStandardError = Math.sqrt((rate * (1 - rate)) / n);
    const details = { ...counts, reference: 1 - rate, referenceStandardError };
    return findingOf(check, { start, rows: positives + negatives, value, details });
  };
  const n = REFERENCE * share;
  return [
    of('recall', 1 - falseNegatives / positives, { rate: reference.missed, n }),
    of('specificity', 1 - falsePositives / negatives, {
      ...{ rate: reference.alarmed, n: REFERENCE - n },
    }),
  ];
}

/** What all findings have alike. */
const ALIKE = {
  ...{ slice: {}, low: null, high: null, interval: null, pValue: null, nReference: REFERENCE },
  ...{ reason: null, hard: null, run: 'm@1/1', revision: 1, category: 'performance' as const },
  ...{ verdict: 'ok' as const, rule: '', patience: 2 as const, running: null, source: null },
  ...{ inputs: 'i', sentence: '' },
  limits: { warn: null, alert: null, minRows: 100, rule: 'calibrated' as const },
};

function findingOf(
  check: string,
  of: { start: number; rows: number; value: number; details: Finding['details'] },
): Finding {
  const { start, rows: nCurrent, value, details } = of;
  const window = { start, end: start + DAY, weekday: 1 };
  return { ...ALIKE, check, target: check, value, nCurrent, details, window };
}
