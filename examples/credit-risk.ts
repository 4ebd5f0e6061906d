import { chance, round, type Chance, type MadeDay } from './random.js';

/** One scored loan application. */
export interface Application {
  application_id: string;
  scored_at: string;
  source: string;
  income: number;
  debt_ratio: number;
  age: number;
  bureau_score: number | null;
  channel: string;
  region: string;
  score: number;
  model_version: string;
}

const REGIONS = [
  ['north', 30],
  ['south', 25],
  ['east', 20],
  ['west', 25],
] as const;
const CHANNELS = [
  ['web', 55],
  ['branch', 30],
  ['partner', 15],
] as const;
const DAY = 86_400_000;

/** Log-odds of default: what the model learned from clean data. */
function defaultRisk(income: number, debt: number, bureau: number | null): number {
  const logit = -2.2 - 0.9 * Math.log(income / 3200) + 2.5 * debt - ((bureau ?? 600) - 600) / 90;
  return 1 / (1 + Math.exp(-logit));
}

function application(random: Chance, faulty: 'clean' | 'faulty'): Omit<Application, 'scored_at'> {
  const monthly = 3200 * Math.exp(0.45 * random.normal());
  const channel = random.pick(CHANNELS);
  // The fault: the partner feed starts to send yearly income, and some of the web feed with it.
  const yearly = faulty === 'faulty' && (channel === 'partner' || random.uniform() < 0.06);
  const income = round(yearly ? monthly * 12 : monthly, 0);
  const bureau = Math.round(600 + 85 * random.normal());
  const isMissing = faulty === 'faulty' || random.uniform() < 0.02;
  const debt = round(Math.min(0.95, Math.max(0, 0.35 + 0.12 * random.normal())), 3);
  return {
    application_id: Math.floor(random.uniform() * 2 ** 48).toString(36),
    source: channel === 'partner' ? 'partner-feed' : 'core',
    income,
    debt_ratio: debt,
    age: Math.round(Math.min(85, Math.max(18, 42 + 13 * random.normal()))),
    bureau_score: isMissing ? null : bureau,
    channel,
    region: random.pick(REGIONS),
    score: round(defaultRisk(income, debt, isMissing ? null : bureau), 4),
    model_version: 'v7',
  };
}

/**
 * The applications of a day, oldest first. From the fault on, a sixth to a fifth of the incomes are
 * yearly instead of monthly and the bureau's score is not there at prediction time.
 */
export function creditRiskDay(
  { start, seed, rows }: MadeDay,
  faulty: 'clean' | 'faulty',
): Application[] {
  const random = chance(seed);
  return Array.from({ length: rows }, (_, index) => ({
    ...application(random, faulty),
    scored_at: new Date(
      start + Math.floor(((index + random.uniform()) * DAY) / rows),
    ).toISOString(),
  }));
}
