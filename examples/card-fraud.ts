import { chance, round, type Chance, type MadeDay } from './random.js';

/** One scored payment, and what was done about it. */
export interface Payment {
  tx_id: string;
  scored_at: string;
  amount: number;
  night: number;
  country: string;
  age_days: number;
  score: number;
  would_block: boolean;
  held_out: boolean;
  decision: 'block' | 'allow';
  model_version: string;
}

/** What was heard of a payment the next day. */
export interface Verdict {
  tx_id: string;
  decided_at: string;
  fraud: number;
}

const DAY = 86_400_000;
const THRESHOLD = 0.1;
/** Of the payments that would be blocked so many are let through, by chance alone. */
const HELD_OUT = 0.1;
/** Of ten blocked frauds nine are closed as if they were none, once nobody verifies them. */
const CLOSED = 0.9;

const COUNTRIES = [
  ['FR', 50],
  ['DE', 30],
  ['IT', 20],
] as const;

/** The chance of fraud, which the model knows. */
function fraudRisk({ amount, night, age_days }: Pick<Payment, 'amount' | 'night' | 'age_days'>) {
  const logit = -5.2 + 1.1 * Math.log(amount / 40) + 1.4 * night + 2.6 * Math.exp(-age_days / 60);
  return 1 / (1 + Math.exp(-logit));
}

function payment(random: Chance, scored_at: string): Payment {
  const amount = round(40 * Math.exp(1.1 * random.normal()), 2);
  const night = random.uniform() < 0.2 ? 1 : 0;
  const age = Math.floor(-300 * Math.log(1 - random.uniform()));
  const score = round(fraudRisk({ amount, night, age_days: age }), 4);
  const would = score >= THRESHOLD;
  const held = would && random.uniform() < HELD_OUT;
  return {
    tx_id: Math.floor(random.uniform() * 2 ** 48).toString(36),
    scored_at,
    amount,
    night,
    country: random.pick(COUNTRIES),
    age_days: age,
    score,
    would_block: would,
    held_out: held,
    decision: would && !held ? 'block' : 'allow',
    model_version: 'v3',
  };
}

/**
 * The payments of a day, oldest first, and whether each was fraud. From the fault on, nobody
 * verifies what was blocked: most of its frauds are closed as none, so that the model seems to
 * get worse.
 */
export function cardFraudDay(
  { start, seed, rows }: MadeDay,
  blocked: 'verified' | 'closed',
): { payments: Payment[]; verdicts: Verdict[] } {
  const random = chance(seed);
  const payments = Array.from({ length: rows }, (_, index) => {
    const at = start + Math.floor(((index + random.uniform()) * DAY) / rows);
    return payment(random, new Date(at).toISOString());
  });
  const verdicts = payments.map(({ tx_id, scored_at, score, decision }) => {
    const isFraud = random.uniform() < score;
    const isClosed = random.uniform() < CLOSED && blocked === 'closed' && decision === 'block';
    const decided_at = new Date(Date.parse(scored_at) + DAY / 2).toISOString();
    return { tx_id, decided_at, fraud: isFraud && !isClosed ? 1 : 0 };
  });
  return { payments, verdicts };
}
