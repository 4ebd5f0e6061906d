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
  const bare = await withOwn(folder, 'bare', ({ connection, namespace }) =>
    spend(() => makeBare(connection, { namespace, models })),
  );
  return withOwn(folder, 'applied', async ({ connection, address, namespace }) => {
    await registerSearchAttributes(connection, namespace);
    const env = {
      ...variables(folder),
      ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
    };
    const first = await runProgram(aftercare(['apply'], env), { folder });
    requireSaid(first, `${models} created`);
    const second = await runProgram(aftercare(['apply'], env), { folder });
    requireSaid(second, `${models} unchanged`);
    return { bare, first, second };
  });
}

/**
 * A server with one namespace, its data in a file as `dev-server` and `up` keep theirs: for each
 * measure its own, as a server works on for seconds after it has answered that all is made.
 */
function withOwn<T>(
  folder: string,
  namespace: string,
  run: (server: { connection: Connection; address: string; namespace: string }) => Promise<T>,
): Promise<T> {
  const file = path.join(folder, `${namespace}.db`);
  return withServer({ namespaces: [namespace], file }, (server) => run({ ...server, namespace }));
}

/** A run that did something else is no measure. */
function requireSaid({ out }: Run, said: string): void {
  if (!out.replaceAll(',', '').includes(said)) throw new Error(`no "${said}" in: ${out}`);
}

async function makeBare(
  connection: Connection,
  { namespace, models }: { namespace: string; models: number },
): Promise<void> {
  const client = new Client({ connection, namespace });
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
