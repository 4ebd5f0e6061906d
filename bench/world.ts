import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { commitEvaluation } from '../activities/commit.js';
import type { Measuring } from '../activities/deps.js';
import { evaluate, type Evaluated } from '../activities/evaluate.js';
import { modelHead } from '../activities/deps.js';
import { runName } from '../activities/marks.js';
import { measuringOf, openApp, type App } from '../app/app.js';
import { loadModel, type LoadedModel } from '../app/load.js';
import { readSettings } from '../config/settings.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Window } from '../domain/window.js';
import { withDuck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import { DAY, makeFile, start, type ShapeName } from './data.js';

/** The model of every benchmark. */
export const MODEL = 'bench';

/** A folder with data, a monitor and a lake, as a user has them. */
export interface World {
  folder: string;
  app: App;
  deps: Measuring;
  model: LoadedModel;
}

/** The window of the day that begins so many days after the measured one; negative: before it. */
export function windowOf(days: number): Window {
  const from = start + days * DAY;
  return { start: from, end: from + DAY, weekday: ((4 + (days % 7) + 6) % 7) + 1 };
}

/** File of the predictions of one day. */
export function dayFile(folder: string, days: number): string {
  return path.join(
    folder,
    'rows',
    `${new Date(start + days * DAY).toISOString().slice(0, 10)}.parquet`,
  );
}

const TEAMS = [
  'people: { ana: { email: ana@example.com }, bo: { email: bo@example.com } }',
  'teams: { bench: { members: [ana, bo] } }',
  'root: ana',
  '',
].join('\n');

/** Path of the reference's rows. */
export const referenceFile = (folder: string): string => path.join(folder, 'reference.parquet');

/** Writes the monitor of a folder: a file of rows a day, a training file, usual checks. */
export async function writeMonitor(
  folder: string,
  { id = MODEL, shape }: { id?: string; shape: ShapeName },
): Promise<void> {
  const text = [
    'version: 1',
    `model: { id: ${id}, owners: team:bench }`,
    'schedule: { lag: 0s }',
    'windows: { size: 1d, timezone: UTC }',
    `predictions: { from: { kind: parquet, path: ${JSON.stringify(path.join(folder, 'rows', '{date}.parquet'))} } }`,
    ...columnsOf(shape),
    `reference: { drift: { kind: training, path: ${JSON.stringify(referenceFile(folder))} } }`,
    '',
  ].join('\n');
  await mkdir(path.join(folder, 'monitors'), { recursive: true });
  await mkdir(path.join(folder, 'rows'), { recursive: true });
  await writeFile(path.join(folder, 'monitors', `${id}.yaml`), text);
  await writeFile(path.join(folder, 'monitors', 'teams.yaml'), TEAMS);
}

/** The lines of a monitor that say what the columns of a shape are. */
function columnsOf(shape: ShapeName): string[] {
  if (shape === 'peers') return ['columns: { timestamp: scored_at }'];
  const score = '{ score: score, kind: probability, threshold: 0.5 }';
  const common = `timestamp: scored_at, prediction: ${score}`;
  if (shape === 'narrow') return [`columns: { ${common} }`];
  if (shape !== 'loop') return [`columns: { id: [id], ${common} }`];
  const action = '{ column: decision, censors: [block], explored: explored }';
  return [
    `columns: { ${common}, version: version, action: ${action} }`,
    'labels: [{ value: label, positive: ["true"] }]',
    'segments: [{ name: segment, by: segment }]',
  ];
}

/** Variables of a folder's own; those of the limits come from the caller's environment. */
export function variables(folder: string, lake = 'lake'): Record<string, string> {
  return {
    AFTERCARE_LAKE: path.join(folder, lake),
    AFTERCARE_STATE: path.join(folder, 'state'),
    AFTERCARE_CONFIG_DIR: path.join(folder, 'monitors'),
    AFTERCARE_OUTBOX: path.join(folder, 'outbox'),
    AFTERCARE_LOG_LEVEL: 'error',
    NO_COLOR: '1',
  };
}

/** Opens a folder with the limits that a worker has by default. */
export async function openWorld(folder: string, lake?: string): Promise<World> {
  const settings = readSettings({ ...process.env, ...variables(folder, lake) });
  const app = openApp(settings, pino({ level: 'error' }, pino.destination(2)));
  return { folder, app, deps: await measuringOf(app), model: await loadModel(app, MODEL) };
}

/** What is made: the measured day, a training file, and days before. */
export interface DataWords {
  folder: string;
  shape: ShapeName;
  rows: number;
  referenceRows: number;
  earlier: { windows: number; rows: number };
}

/** Makes the files and the monitor, and evaluates the days before. A step: making data is large. */
export async function prepare(words: DataWords): Promise<null> {
  const { folder, shape, rows, referenceRows, earlier } = words;
  await writeMonitor(folder, { shape });
  const options = { threads: 2, memoryLimitMb: 1000, tempDirectory: path.join(folder, 'tmp') };
  await withDuck(options, async (db) => {
    await makeFile(db, { file: dayFile(folder, 0), rows, seed: 1, shape });
    await makeFile(db, { file: referenceFile(folder), rows: referenceRows, seed: 0, shape });
    for (let days = -earlier.windows; days < 0; days++) {
      const [file, from] = [dayFile(folder, days), windowOf(days).start];
      await makeFile(db, { file, rows: earlier.rows, seed: 100 - days * 10, shape, from });
    }
  });
  const world = await openWorld(folder);
  for (let days = -earlier.windows; days < 0; days++) await evaluateDay(world, { days });
  return null;
}

/** The whole of an evaluation, as a worker does it: findings, and the commit that stands. */
export async function evaluateDay(
  { deps, model, folder }: World,
  { days }: { days: number },
): Promise<{ findings: number; commit: Awaited<ReturnType<typeof commitEvaluation>> }> {
  const { monitor } = model.published;
  const name = modelHead(MODEL);
  const window = windowOf(days);
  const due = { window, revision: 1, at: window.end, knownAt: window.end };
  const tempDirectory = path.join(folder, 'spill');
  return withDuck({ ...deps.duck, tempDirectory }, async (db) => {
    const head = await deps.lake.readHead<ModelHead>(name);
    const evaluated = await evaluate(deps, db, {
      ...{ monitor, fingerprint: fingerprint(model.published), due, head, exact: 'grid' },
      ...{ landDir: folder, watched: true },
    });
    const { evaluation, pin } = evaluated;
    if (evaluation.error !== null) throw new Error(evaluation.error);
    if (pin !== null && head?.reference == null) await pinReference(deps, { pin, evaluated });
    const commit = await commitEvaluation(deps, db, {
      ...{ evaluation, mature: false, profileFile: null, notEvaluated: null },
      attempt: runName('attempt', Date.now(), 1).replaceAll(/\W/g, '-'),
    });
    return { findings: evaluation.findings.length, commit };
  });
}

async function pinReference(
  deps: Measuring,
  { pin, evaluated }: { pin: ReferencePin; evaluated: Evaluated },
): Promise<void> {
  const { window } = evaluated.evaluation;
  await deps.lake.updateHead<ModelHead>(modelHead(MODEL), () => ({
    ...{ model: MODEL, monitor: evaluated.evaluation.monitor, since: window.start },
    ...{ appliedAt: window.start, watermark: start + DAY, matureWatermark: null, failed: [] },
    ...{ windows: [], advice: null, reference: pin, lastRunAt: null, paused: null },
    ...{ notEvaluated: 0, rings: '', retiredAt: null },
  }));
}
