import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openApp } from '../../app/app.js';
import type { App } from '../../app/app.js';
import { loadAll } from '../../app/load.js';
import { installed } from '../../app/installed.js';
import { applyChanges, planChanges, publishTeams } from '../../app/publish.js';
import { modelHead } from '../../activities/deps.js';
import { readSettings } from '../../config/settings.js';
import type { RetryPolicy } from '../../domain/delivering/delivery.js';
import type { ModelHead } from '../../domain/model.js';
import { iso } from '../../domain/window.js';
import type { Instant } from '../../domain/window.js';
import type { Point } from './chaos.js';
import { builtProgram, sharedBundle } from './built.js';
import { CrashProcess } from './crash-process.js';
import { HOUR } from './lake.js';
import { until } from './namespace.js';
import type { TestTemporal } from './namespace.js';
import { withFolder, writeRows } from './rows.js';
import { startWorkersHere } from './workers-here.js';

/** Noon of a quiet day; the clock of every process stands half an hour after it. */
export const NOON = Date.UTC(2026, 2, 2, 12);
const NOW = iso(NOON + HOUR / 2);

export type WorkersHere = Awaited<ReturnType<typeof startWorkersHere>>;

/** What makes one crash world. Paths in the texts: `DATA`. */
export interface WorldOptions {
  temporal: TestTemporal;
  /** Model → its monitor, as YAML after `version` and `model`. */
  monitors: Readonly<Record<string, string>>;
  teams: string;
  /** Variables of the settings, beside those of the folders and the server. */
  environment?: Readonly<Record<string, string>>;
}

export interface World {
  folder: string;
  app: App;
  temporal: TestTemporal;
  bundle: { code: string };
  /** Starts workers that kill themselves at the points; they are stopped with the world. */
  work(options: {
    points?: readonly Point[];
    fuse?: number;
    retry?: RetryPolicy;
    cpuSlots?: number;
    environment?: Readonly<Record<string, string>>;
  }): CrashProcess;
  /** Starts workers in this process, which nothing kills; they are stopped with the world. */
  workHere(options: {
    retry?: RetryPolicy;
    environment?: Readonly<Record<string, string>>;
  }): Promise<WorkersHere>;
  /** Publishes the monitors and rings: windows that end after `since` are due. */
  apply(since: Instant): Promise<void>;
  head(model: string): Promise<ModelHead>;
}

/** Path of the file of the window that ends `hours` before noon. */
export function fileOf(folder: string, hours: number): string {
  const start = iso(NOON - (hours + 1) * HOUR);
  return join(folder, 'data', start.slice(0, 10), `${start.slice(11, 13)}.parquet`);
}

/** `holes`: six of ten values of x are missing; `shifted`: all have moved by two. */
export type Rows = 'good' | 'holes' | 'shifted';

const values: Readonly<Record<Rows, string>> = {
  good: 'i % 7',
  holes: 'case when i % 10 < 6 then null else i % 7 end',
  shifted: 'i % 7 + 2',
};

/** 300 rows in the window that ends `hours` before noon; y is what p predicts, and a little off. */
function rowsOf(hours: number, kind: Rows): string {
  const start = NOON - (hours + 1) * HOUR;
  return `select i::integer as id, (${values[kind]})::double as x,
    (i % 5)::double as p, (i % 5 + i % 3)::double as y,
    make_timestamp((${start} + i * 10000)::bigint * 1000) as ts from range(300) t(i)`;
}

/** Writes the Parquet files of some windows. */
export async function writeWindows(
  folder: string,
  windows: readonly (readonly [hours: number, kind: Rows])[],
): Promise<void> {
  await withFolder(async (db) => {
    for (const [hours, kind] of windows) {
      const file = fileOf(folder, hours);
      await mkdir(join(file, '..'), { recursive: true });
      await writeRows(db, file, rowsOf(hours, kind));
    }
  });
}

/** Labels of all ids that are five off what was predicted. */
export async function writeLabels(file: string): Promise<void> {
  const select = 'select i::integer as id, (i % 5 + 5)::double as y from range(300) t(i)';
  await withFolder((db) => writeRows(db, file, select));
}

/** A folder with monitors, a lake and rows, and workers to kill, for as long as a test takes. */
export async function withWorld<T>(
  options: WorldOptions,
  run: (world: World) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-crash-'));
  const { temporal } = options;
  const environment = {
    AFTERCARE_LAKE: join(folder, 'lake'),
    AFTERCARE_STATE: join(folder, 'state'),
    AFTERCARE_CONFIG_DIR: join(folder, 'monitors'),
    AFTERCARE_OUTBOX: join(folder, 'outbox'),
    AFTERCARE_NOW: NOW,
    AFTERCARE_THREADS: '1',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...options.environment,
  };
  const processes: CrashProcess[] = [];
  const workersHere: WorkersHere[] = [];
  try {
    await writeConfig(folder, options);
    const file = await builtProgram('crash-worker');
    const { codePath, ...bundle } = await sharedBundle('../workflows/index.ts', ['hurry.ts']);
    const app = openApp(readSettings(environment), pino({ level: 'silent' }));
    return await run({
      ...{ folder, app, temporal, bundle },
      work: ({ points = [], fuse = 0, retry, cpuSlots = 1, environment: more }) => {
        const chaos = { points, folder, fuse };
        const process = new CrashProcess(file, {
          ...{ environment: { ...environment, ...more }, codePath, chaos, cpuSlots },
          ...(retry && { retry }),
        });
        processes.push(process);
        return process;
      },
      workHere: async ({ retry, environment: more }) => {
        const { client } = temporal;
        const env = { ...environment, ...more };
        const here = { env, client, codePath, ...(retry && { retry }) };
        const started = await startWorkersHere(here);
        workersHere.push(started);
        return started;
      },
      apply: (since) => applyAll(app, temporal, since),
      head: async (model) => {
        const head = await app.lake.readHead<ModelHead>(modelHead(model));
        if (head === null) throw new Error(`${model} has no head`);
        return head;
      },
    });
  } finally {
    for (const one of [...processes, ...workersHere]) await one.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function writeConfig(folder: string, options: WorldOptions): Promise<void> {
  const monitors = join(folder, 'monitors');
  await mkdir(monitors, { recursive: true });
  await mkdir(join(folder, 'data'), { recursive: true });
  const resolved = (text: string) => text.replaceAll('DATA', join(folder, 'data'));
  for (const [model, text] of Object.entries(options.monitors)) {
    await writeFile(join(monitors, `${model}.yaml`), resolved(text));
  }
  await writeFile(join(monitors, 'teams.yaml'), options.teams);
  // One for each model, so that each profiles its own.
  await withFolder(async (db) => {
    for (const model of Object.keys(options.monitors)) {
      await writeRows(db, join(folder, 'data', `training-${model}.parquet`), rowsOf(1_000, 'good'));
    }
  });
}

async function applyAll(app: App, { client }: TestTemporal, since: Instant): Promise<void> {
  const { models, teams } = await loadAll(app, 'no errors');
  if (teams !== null) await publishTeams(app, teams);
  const there = await installed(app, client);
  const changes = await planChanges(app, client, { models, teams, others: 'leave', there });
  await applyChanges(app, client, { models, changes, there, since, by: null });
}

/** Waits until every model has worked off all windows up to noon. */
export async function caughtUp(
  { app }: World,
  models: readonly string[],
  seconds = 120,
): Promise<void> {
  const behind = async (): Promise<string[]> => {
    const heads = await app.lake.listModelHeads();
    return heads
      .filter(({ model, watermark }) => models.includes(model) && watermark < NOON)
      .map(({ model }) => model);
  };
  await until(async () => (await behind()).length === 0, 'all windows are evaluated', seconds);
}

/** The part of a monitor that all have; the owners answer for all but what `platform` does. */
export function monitorOf(model: string, owner: string, more = ''): string {
  return `version: 1
model: { id: ${model}, task: regression, owners: { data: team:${owner}, model: team:${owner},
  system: team:platform, approvers: team:leads } }
schedule: { lag: 0s, catchup: 2d }
windows: { size: 1h, timezone: UTC, min_rows: 10 }
predictions: { from: { kind: parquet, path: "DATA/{date}/{hour}.parquet" } }
columns: { id: [id], timestamp: ts, prediction: { score: p, kind: value } }
labels: [{ value: y }]
reference: { drift: { kind: training, path: "DATA/training-${model}.parquet" } }
alerts: { chains: 1 }
${more}`;
}
