import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cardFraudDay } from '../examples/card-fraud.js';
import { creditRiskDay } from '../examples/credit-risk.js';
import { deliveryDay, type Arrival, type Delivery } from '../examples/delivery-eta.js';
import type { MadeDay } from '../examples/random.js';
import { packageRoot } from './package-root.js';
import { withDuck } from '../lake/duck.js';
import { writeParquet } from '../lake/write-parquet.js';
import type { Instant } from '../domain/window.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** As long as its monitors wait for the rows of a day. */
const LAG = HOUR;
const TRAINING_DAYS = 20;
const APPLICATIONS = 1_000;
const DELIVERIES = 800;
const PAYMENTS = 2_000;
/** The faults begin on this of 60 days. */
const FAULT_AT = 0.75;
/** Share of orders that go to the new zone on the last day. */
const HARBOUR_AT_END = 0.4;

export interface DemoData {
  /** Where everything of the demo lies; the commands are run from there. */
  folder: string;
  /** Start of the first and end of the last generated day, UTC. */
  from: Instant;
  to: Instant;
  /** The day on which the faults begin. */
  fault: Instant;
}

/**
 * Makes the demo's folder: three models with so many days of data up to the newest day that is due,
 * a fault planted at three quarters, monitors, teams and a training job. Every demo of so many days
 * has the same values, whatever the time is: what the guide shows is what its reader sees.
 */
export async function makeDemo(folder: string, days: number, now: Instant): Promise<DemoData> {
  const to = Math.floor((now - LAG) / DAY) * DAY;
  const from = to - days * DAY;
  const fault = from + Math.floor(days * FAULT_AT) * DAY;
  const data = { folder, from, to, fault };
  await cp(join(packageRoot(), 'examples', 'monitors'), join(folder, 'monitors'), {
    recursive: true,
  });
  await writeFile(join(folder, 'train.mjs'), `import ${JSON.stringify(trainerUrl())};\n`);
  await makeCardFraud(data);
  await makeCreditRisk(data);
  await makeDeliveryEta(data);
  return data;
}

/** The training job as it runs here: built, or from source. */
function trainerUrl(): string {
  return pathToFileURL(join(packageRoot(), 'dist/examples/train-delivery-eta.js')).href;
}

const PAYMENT_TYPES = {
  tx_id: 'VARCHAR',
  scored_at: 'TIMESTAMP',
  amount: 'DOUBLE',
  night: 'INTEGER',
  country: 'VARCHAR',
  age_days: 'INTEGER',
  score: 'DOUBLE',
  would_block: 'BOOLEAN',
  held_out: 'BOOLEAN',
  decision: 'VARCHAR',
  model_version: 'VARCHAR',
};
const VERDICT_TYPES = { tx_id: 'VARCHAR', decided_at: 'TIMESTAMP', fraud: 'INTEGER' };

async function makeCardFraud({ folder, from, to, fault }: DemoData): Promise<void> {
  const madeDay = numberedTo(to);
  const base = join(folder, 'data/card-fraud');
  const duck = { threads: 2, memoryLimitMb: 256, tempDirectory: join(folder, 'spill') };
  await withDuck(duck, async (db) => {
    const training = daysOf(from - TRAINING_DAYS * DAY, from).flatMap((day) => {
      const { payments, verdicts } = cardFraudDay(madeDay(day, PAYMENTS), 'verified');
      return payments.map((one, i) => ({ ...one, ...verdicts[i] }));
    });
    const columns = { ...PAYMENT_TYPES, ...VERDICT_TYPES };
    await writeParquet(db, join(base, 'training.parquet'), { columns, rows: training });
    for (const day of daysOf(from, to)) {
      const made = cardFraudDay(madeDay(day, PAYMENTS), day < fault ? 'verified' : 'closed');
      const part = `dt=${dateOf(day)}/part-0.parquet`;
      const payments = { columns: PAYMENT_TYPES, rows: made.payments };
      await writeParquet(db, join(base, 'payments', part), payments);
      const verdicts = { columns: VERDICT_TYPES, rows: made.verdicts };
      await writeParquet(db, join(base, 'verdicts', part), verdicts);
    }
  });
}

const APPLICATION_TYPES = {
  application_id: 'VARCHAR',
  scored_at: 'TIMESTAMP',
  source: 'VARCHAR',
  income: 'DOUBLE',
  debt_ratio: 'DOUBLE',
  age: 'INTEGER',
  bureau_score: 'INTEGER',
  channel: 'VARCHAR',
  region: 'VARCHAR',
  score: 'DOUBLE',
  model_version: 'VARCHAR',
};

async function makeCreditRisk({ folder, from, to, fault }: DemoData): Promise<void> {
  const madeDay = numberedTo(to);
  const base = join(folder, 'data/credit-risk');
  const columns = APPLICATION_TYPES;
  const duck = { threads: 2, memoryLimitMb: 256, tempDirectory: join(folder, 'spill') };
  await withDuck(duck, async (db) => {
    const training = daysOf(from - TRAINING_DAYS * DAY, from).flatMap((day) =>
      creditRiskDay(madeDay(day, APPLICATIONS), 'clean'),
    );
    await writeParquet(db, join(base, 'training.parquet'), { columns, rows: training });
    for (const day of daysOf(from, to)) {
      const made = madeDay(day, APPLICATIONS);
      const rows = creditRiskDay(made, day >= fault ? 'faulty' : 'clean');
      const file = join(base, `applications/dt=${dateOf(day)}/part-0.parquet`);
      await writeParquet(db, file, { columns, rows });
    }
  });
}

async function makeDeliveryEta({ folder, from, to, fault }: DemoData): Promise<void> {
  const madeDay = numberedTo(to);
  const base = join(folder, 'data/delivery-eta');
  await mkdir(join(base, 'deliveries'), { recursive: true });
  await mkdir(join(base, 'arrivals'), { recursive: true });
  const training = daysOf(from - TRAINING_DAYS * DAY, from).map((day) =>
    deliveryDay(madeDay(day, DELIVERIES), 0),
  );
  await writeFile(join(base, 'training.csv'), csvOf(training.flatMap(joined)));
  for (const day of daysOf(from, to)) {
    const share = day < fault ? 0 : (HARBOUR_AT_END * (day - fault + DAY)) / (to - fault);
    const { deliveries, arrivals } = deliveryDay(madeDay(day, DELIVERIES), share);
    await writeFile(join(base, `deliveries/${dateOf(day)}.csv`), csvOf(deliveries));
    const lines = arrivals.map((arrival) => JSON.stringify(arrival)).join('\n');
    await writeFile(join(base, `arrivals/${dateOf(day)}.jsonl`), `${lines}\n`);
  }
}

/** Days of a demo that ends at `to`, each with the same seed in every demo. */
function numberedTo(to: Instant): (start: Instant, rows: number) => MadeDay {
  return (start, rows) => ({ start, rows, seed: 20_000 - (to - start) / DAY });
}

function joined(day: { deliveries: Delivery[]; arrivals: Arrival[] }): object[] {
  return day.deliveries.map((delivery, i) => ({
    ...delivery,
    minutes: day.arrivals[i]?.minutes ?? 0,
  }));
}

/** Rows as CSV; no value of the demo needs quotes. */
function csvOf(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).map(String).join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

function daysOf(from: Instant, to: Instant): Instant[] {
  return Array.from({ length: (to - from) / DAY }, (_, i) => from + i * DAY);
}

const dateOf = (day: Instant): string => new Date(day).toISOString().slice(0, 10);
