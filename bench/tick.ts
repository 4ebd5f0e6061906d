import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { evaluateChecks } from '../checks/evaluate.js';
import { checks, defaultChecks } from '../checks/index.js';
import { resolveChecks } from '../config/checks-resolve.js';
import type { Monitor } from '../domain/monitor.js';
import type { Evaluation } from '../domain/run.js';
import type { Window } from '../domain/window.js';
import { quoteName, quoteText } from '../lake/ask.js';
import { withDuck } from '../lake/duck.js';
import type { Duck } from '../lake/duck.js';
import { writeEvaluation } from '../lake/evaluations.js';
import { folderStore } from '../lake/folder.js';
import { profileWindow } from '../lake/profile.js';
import { buildReference } from '../lake/reference.js';
import type { Reference } from '../lake/reference.js';
import { listColumns } from '../lake/schema.js';
import { locate } from '../sources/locate.js';
import { makeFile, start } from './data.js';

/** What one tick costs, beside the floor: counting the values of every column of the same file. */
export interface TickResult {
  /** CPU seconds of the tick over those of the floor. */
  ratioToFloor: number;
  wallSeconds: number;
  cpuSeconds: number;
  floorCpuSeconds: number;
  floorWallSeconds: number;
  /** Largest resident memory of the process that ran both, in MB. */
  peakMb: number;
  rows: number;
  columns: number;
  findings: number;
}

interface Spent {
  cpu: number;
  wall: number;
}

const ROUNDS = 5;
const spec = (file: string) => ({ kind: 'parquet' as const, path: file, where: null });
const whole = { span: null, timezone: 'UTC' };

/** Measures ticks in a fresh process each for data and measurement; removes what it made. */
export async function tick(rows: number): Promise<TickResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-bench-'));
  try {
    // Peak memory is per process: making the data must not count.
    const script = path.join(import.meta.dirname, 'main.ts');
    const argv = [...process.execArgv, script, 'prepare', '--folder', folder, '--rows', `${rows}`];
    const made = spawnSync(process.execPath, argv, { stdio: 'inherit' });
    if (made.status !== 0) throw new Error('the benchmark could not make its data');
    return await withDuck(options(folder), (db) => measure(db, folder, rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const options = (folder: string) => ({
  // Columns are read side by side, one thread each.
  threads: 1,
  memoryLimitMb: 200,
  tempDirectory: path.join(folder, 'tmp'),
});

/** Makes the window's file and a stored reference in a folder. */
export async function prepare(folder: string, rows: number): Promise<void> {
  await withDuck({ ...options(folder), memoryLimitMb: 1000 }, async (db) => {
    await makeFile(db, { file: path.join(folder, 'window.parquet'), rows, seed: 1 });
    const file = path.join(folder, 'reference.parquet');
    await makeFile(db, { file, rows: Math.min(rows, 200_000), seed: 0 });
    const located = await locate(spec(file), whole);
    const reference = await buildReference(db, { monitor: monitorOf(folder), located });
    await writeFile(path.join(folder, 'reference.bin'), serialize(reference));
  });
}

async function measure(db: Duck, folder: string, rows: number): Promise<TickResult> {
  const file = path.join(folder, 'window.parquet');
  const located = await locate(spec(file), whole);
  const names = Object.keys(await listColumns(db, located));
  const counts = names.map((name) => `count(${quoteName(name)})`).join(', ');
  const floorSql = `select ${counts} from read_parquet(${quoteText(file)})`;
  const floors: Spent[] = [];
  const ticks: Spent[] = [];
  let findings = 0;
  // Side by side: what else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await spend(() => db.use((connection) => connection.runAndReadAll(floorSql))));
    ticks.push(
      await spend(async () => {
        findings = await evaluateOnce(db, folder, round);
      }),
    );
  }
  const [floor, own] = [median(floors), median(ticks)];
  return {
    ratioToFloor: own.cpu / floor.cpu,
    wallSeconds: own.wall,
    cpuSeconds: own.cpu,
    floorCpuSeconds: floor.cpu,
    floorWallSeconds: floor.wall,
    peakMb: process.resourceUsage().maxRSS / 1024,
    rows,
    columns: names.length,
    findings,
  };
}

/** The whole of an evaluation: read the reference, scan, profile, check, write; findings. */
async function evaluateOnce(db: Duck, folder: string, round: number): Promise<number> {
  const stored = await readFile(path.join(folder, 'reference.bin'));
  const { grid, profile: reference } = deserialize(stored) as Reference;
  const monitor = monitorOf(folder);
  const window: Window = { start, end: start + 86_400_000, weekday: 4 };
  const [at, knownAt] = [window.end, window.end];
  const predictions = await locate(monitor.predictions, { span: window, timezone: 'UTC' });
  const profiled = await profileWindow(db, {
    ...{ monitor, grid, window, at, knownAt, predictions },
    ...{ labels: null, exact: 'grid' as const, landDir: path.join(folder, 'land') },
  });
  const frame = { run: `bench@${round}`, window, revision: 1 };
  const facts = { version: null, trainedUntil: null, matureAfter: 0 };
  const { profile } = profiled;
  const evidence = {
    at,
    knownAt,
    grid,
    current: profile,
    reference,
    references: {},
    periods: [],
    usual: null,
    earlier: [],
    facts,
  };
  const findings = evaluateChecks({ monitor, evidence, inputs: 'bench', ...frame });
  const evaluation: Evaluation = {
    ...{ model: 'bench', window, revision: 1, run: frame.run, at, knownAt, monitor: 'bench' },
    ...{ reference: grid.id, manifest: profiled.manifest, labels: null, profile, findings },
    ...{ slices: [], error: null },
  };
  const store = folderStore(path.join(folder, 'lake'));
  await writeEvaluation({ store, db }, evaluation, String(round));
  return findings.length;
}

async function spend(work: () => Promise<unknown>): Promise<Spent> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await work();
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / 1e6, wall: (performance.now() - wall) / 1e3 };
}

function median(spent: readonly Spent[]): Spent {
  const sorted = [...spent].sort((a, b) => a.cpu - b.cpu);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

function monitorOf(folder: string): Monitor {
  const owners = { data: 'a', model: 'a', system: 'a', approvers: 'a' };
  const bare: Monitor = {
    version: 1,
    model: { id: 'bench', task: 'binary', owners, tags: [] },
    schedule: { lag: 0, catchup: 0 },
    windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 100 },
    predictions: spec(path.join(folder, 'window.parquet')),
    columns: {
      id: ['id'],
      timestamp: { column: 'scored_at', timezone: 'UTC' },
      prediction: { kind: 'probability', column: 'score', threshold: 0.5 },
      version: null,
      rowSource: null,
      features: { include: '*', exclude: [], overrides: {} },
    },
    labels: null,
    reference: { drift: null, others: {}, performance: null },
    segments: [],
    events: [],
    checks: [],
    retraining: null,
    alerts: {
      keepFiringFor: 1,
      repeat: { critical: { every: 1, most: 1 }, warning: { every: 1, most: 1 } },
      escalation: { critical: [], warning: [] },
      chains: 1,
      ackExpires: { critical: 1, warning: 1 },
      snoozeMax: { critical: 1, warning: 1 },
      reopenWithin: 1,
    },
  };
  const defaults = defaultChecks(bare);
  const given = { entries: [], mode: 'beside' as const };
  return { ...bare, checks: resolveChecks(given, checks, { defaults, minRows: null, lag: 0 }) };
}
