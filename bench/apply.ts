import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, type Connection } from '@temporalio/client';
import pMap from 'p-map';
import { registerSearchAttributes } from '../app/search-attributes.js';
import { table, withFolder, words, type Bench } from './bench.js';
import { aftercare, runProgram, type Run } from './program.js';
import { withServer } from './server.js';
import { spend, type Spent } from './spend.js';
import { variables, writeMonitor } from './world.js';

const MODELS = 1_000;
/** As many at a time as `apply` has. */
const IN_FLIGHT = 20;
const SPACES = { bare: 'bare', applied: 'applied' };

interface Found {
  /** Empty Schedules alone, made by the SDK. */
  bare: Spent;
  first: Run;
  second: Run;
}

/** A folder of monitors made so, twice, beside as many empty Schedules. `--rows`: of them. */
export const apply: Bench = {
  async run({ rows }) {
    const models = rows ?? MODELS;
    const { bare, first, second } = await withFolder((folder) => measure(folder, models));
    const ratios = {
      firstToBare: first.wallSeconds / bare.wallSeconds,
      secondToBare: second.wallSeconds / bare.wallSeconds,
    };
    const line = (name: string, spent: Spent, ratio: number) => [
      ...[name, words.seconds(spent.wallSeconds), words.seconds(spent.cpuSeconds)],
      words.times(ratio),
    ];
    return {
      figures: { ...ratios, models, bare, first: costOf(first), second: costOf(second) },
      lines: [
        `${words.count(models)} monitors, a Temporal dev server with its data in a file`,
        ...table([
          ['', 'wall', 'CPU of ours', 'wall to bare'],
          line('bare Schedules, 20 in flight', bare, 1),
          line('apply, first', first, ratios.firstToBare),
          line('apply, second', second, ratios.secondToBare),
        ]),
      ],
    };
  },
};

const costOf = ({ wallSeconds, cpuSeconds, peakMb }: Run) => ({ wallSeconds, cpuSeconds, peakMb });

async function measure(folder: string, models: number): Promise<Found> {
  for (let k = 0; k < models; k++) {
    await writeMonitor(folder, { id: `bench-${k}`, shape: 'narrow' });
  }
  // The rows are of no matter: apply reads none.
  await writeFile(path.join(folder, 'reference.parquet'), '');
  // As `dev-server` and `up` keep theirs.
  const file = path.join(folder, 'temporal.db');
  return withServer(
    { namespaces: Object.values(SPACES), file },
    async ({ connection, address }) => {
      await registerSearchAttributes(connection, SPACES.applied);
      const env = {
        ...variables(folder),
        ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: SPACES.applied },
      };
      const bare = await spend(() => makeBare(connection, models));
      const first = await runProgram(aftercare(['apply'], env), { folder });
      requireSaid(first, `${models} created`);
      const second = await runProgram(aftercare(['apply'], env), { folder });
      requireSaid(second, `${models} unchanged`);
      return { bare, first, second };
    },
  );
}

/** A run that did something else is no measure. */
function requireSaid({ out }: Run, said: string): void {
  if (!out.replaceAll(',', '').includes(said)) throw new Error(`no "${said}" in: ${out}`);
}

async function makeBare(connection: Connection, models: number): Promise<void> {
  const client = new Client({ connection, namespace: SPACES.bare });
  await pMap(
    Array.from({ length: models }, (_, k) => `bare-${k}`),
    (scheduleId) =>
      client.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '1d' }] },
        action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' },
      }),
    { concurrency: IN_FLIGHT },
  );
}
