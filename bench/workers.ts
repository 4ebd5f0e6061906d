import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { registerSearchAttributes } from '../app/search-attributes.js';
import { withDuck } from '../lake/duck.js';
import { openLake, type Lake } from '../lake/lake.js';
import { table, withFolder, words, type Bench } from './bench.js';
import { makeFile, start } from './data.js';
import { aftercare, runProgram, startProgram } from './program.js';
import { inFresh } from './fresh.js';
import { withServer } from './server.js';
import { dayFile, referenceFile, variables, windowOf, writeMonitor } from './world.js';

const MODELS = 12;
const DAYS = 2;
const PROCESSES = [1, 2, 4];
const SHAPE = 'window';
/** Long enough for any machine; a limit for a hang, not for a measure. */
const LIMIT_MS = 30 * 60_000;
/** The protocol's kind of a queue; its enum is not exported. */
const ACTIVITIES = 2 as never;

interface Input {
  folder: string;
  rows: number;
}

interface Found {
  processes: number;
  /** From the first published monitor to the last commit. */
  wallSeconds: number;
  /** Of all worker processes, their start included. */
  cpuSeconds: number;
  windowsPerSecond: number;
}

/** Models that are due on one lake, taken by more and more worker processes. `--rows`: of a day. */
export const workers: Bench = {
  async run({ rows: asked }) {
    const rows = asked ?? 500_000;
    const found = await withFolder(async (folder) => {
      await inFresh('workers.prepare', { folder, rows } satisfies Input);
      return measureAll(folder);
    });
    const one = found[0]?.windowsPerSecond ?? NaN;
    const runs = found.map((run) => ({ ...run, throughputRatio: run.windowsPerSecond / one }));
    const ratios = runs.map(({ processes, throughputRatio }) => [`x${processes}`, throughputRatio]);
    return {
      figures: {
        ...{ throughputRatios: Object.fromEntries(ratios) as unknown, runs },
        ...{ models: MODELS, windows: MODELS * DAYS, rows },
      },
      lines: [
        `${MODELS} models x ${DAYS} windows of ${words.count(rows)} rows x 50 columns, one lake`,
        ...table([
          ['worker processes', 'wall', 'CPU', 'windows / s', 'throughput'],
          ...runs.map((run) => [
            ...[String(run.processes), words.seconds(run.wallSeconds)],
            ...[words.seconds(run.cpuSeconds), run.windowsPerSecond.toFixed(2)],
            words.times(run.throughputRatio),
          ]),
        ]),
        `a worker reads two columns at a time: ${os.availableParallelism()} cores bound what more can gain`,
      ],
    };
  },
  steps: { prepare },
};

async function prepare({ folder, rows }: Input): Promise<null> {
  for (let k = 0; k < MODELS; k++) await writeMonitor(folder, { id: `bench-${k}`, shape: SHAPE });
  const options = { threads: 2, memoryLimitMb: 1000, tempDirectory: path.join(folder, 'tmp') };
  await withDuck(options, async (db) => {
    // Seeds of one mean: what is measured is evaluating, not telling people.
    const reference = { file: referenceFile(folder), rows: Math.min(rows, 50_000), seed: 0 };
    await makeFile(db, { ...reference, shape: SHAPE });
    for (let days = 0; days < DAYS; days++) {
      const [file, from] = [dayFile(folder, days), windowOf(days).start];
      await makeFile(db, { file, rows, seed: 10 + days * 10, shape: SHAPE, from });
    }
  });
  return null;
}

function measureAll(folder: string): Promise<Found[]> {
  return withServer(
    { namespaces: PROCESSES.map((count) => `x${count}`), file: null },
    async (server) => {
      const found: Found[] = [];
      for (const processes of PROCESSES) {
        found.push(await measure({ folder, processes, ...server }));
      }
      return found;
    },
  );
}

interface Stage {
  folder: string;
  processes: number;
  connection: Connection;
  address: string;
}

async function measure(stage: Stage): Promise<Found> {
  const { folder, processes, connection, address } = stage;
  const namespace = `x${processes}`;
  const lakeName = `lake-${namespace}`;
  const own = path.join(folder, namespace);
  await mkdir(own);
  await registerSearchAttributes(connection, namespace);
  const env = {
    ...variables(folder, lakeName),
    ...{ AFTERCARE_STATE: own, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
    // A minute after the last window: all of them are due, and no more.
    AFTERCARE_NOW: new Date(windowOf(DAYS).start + 60_000).toISOString(),
  };
  const started = Array.from({ length: processes }, (_, k) =>
    startProgram(aftercare(['worker'], env), path.join(own, `spent-${k}.json`)),
  );
  const lake = openLake(path.join(folder, lakeName));
  let wallSeconds: number;
  try {
    await until(async () => (await pollers(connection, namespace)) >= processes);
    const since = new Date(start).toISOString();
    await runProgram(aftercare(['apply', '--since', since], env), { folder: own });
    const commits = () => lake.store.list('commits/');
    await until(async () => (await commits()).length >= MODELS * DAYS);
    await requireJudged(lake);
    const times = async (keys: readonly string[]) =>
      (await Promise.all(keys.map((key) => lake.store.modified(key)))).map(Number);
    const first = Math.min(...(await times(await lake.store.list('objects/'))));
    wallSeconds = (Math.max(...(await times(await commits()))) - first) / 1e3;
  } finally {
    for (const { child } of started) child.kill('SIGTERM');
  }
  const ends = await Promise.all(started.map(({ ended }) => ended));
  const cpuSeconds = ends.reduce((sum, run) => sum + run.cpuSeconds, 0);
  return { processes, wallSeconds, cpuSeconds, windowsPerSecond: (MODELS * DAYS) / wallSeconds };
}

/** A window that failed is committed too, and costs nothing. */
async function requireJudged(lake: Lake): Promise<void> {
  const all = await Promise.all((await lake.models()).map((model) => lake.commitsOf(model)));
  const failed = all.flat().find(({ error, notEvaluated }) => (error ?? notEvaluated) !== null);
  if (failed === undefined) return;
  throw new Error(`${failed.run}: ${failed.error ?? failed.notEvaluated ?? ''}`);
}

/** Processes that wait for evaluations. */
async function pollers(connection: Connection, namespace: string): Promise<number> {
  const { pollers: found } = await connection.workflowService.describeTaskQueue({
    ...{ namespace, taskQueue: { name: 'cpu' } },
    taskQueueType: ACTIVITIES,
  });
  return new Set(found.map(({ identity }) => identity)).size;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('the workers did not get done in half an hour');
    await sleep(250);
  }
}
