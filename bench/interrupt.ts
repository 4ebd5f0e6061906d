import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { modelHead } from '../activities/deps.js';
import type { ModelHead } from '../domain/model.js';
import { withDuck } from '../lake/duck.js';
import { profileWindow } from '../lake/profile.js';
import { getReference } from '../lake/reference-store.js';
import { locate } from '../sources/locate.js';
import { table, words, type Bench } from './bench.js';
import { median } from './spend.js';
import { inFresh } from './fresh.js';
import { withTickData } from './tick.js';
import { evaluateDay, openWorld, windowOf, type World } from './world.js';

const ABORTS = 10;
const GOAL_MS = { idle: 100, gap: 20 };

interface Found {
  /** From the abort to the end of all queries, in ms, one for each point of the scan. */
  idleMs: readonly number[];
  /** Times in ms in which the event loop answered nobody, the longest first. */
  scanGapsMs: readonly number[];
  /** The same over whole evaluations: with checks and writing. */
  evaluationGapsMs: readonly number[];
}

/** How soon a worker that is told to stop is idle, and whether it answers while it scans. */
export const interrupt: Bench = {
  async run({ rows: asked }) {
    const rows = asked ?? 5_000_000;
    const found = await withTickData({ rows, shape: 'window', earlier: 0 }, (folder) =>
      inFresh<Found>('interrupt.measure', { folder }),
    );
    const figures = {
      ...{ idleMs: Math.max(...found.idleMs), idleMedianMs: median(found.idleMs) },
      ...{ aborts: found.idleMs.length, goalIdleMs: GOAL_MS.idle },
      ...{ scanGapMs: found.scanGapsMs[0] ?? 0, scanGapsOverGoal: over(found.scanGapsMs) },
      ...{ evaluationGapMs: found.evaluationGapsMs[0] ?? 0, goalGapMs: GOAL_MS.gap },
      ...{ evaluationGapsOverGoal: over(found.evaluationGapsMs), rows },
    };
    return {
      figures,
      lines: [
        `${words.count(rows)} rows x 50 columns, ${found.idleMs.length} aborts at points of the scan`,
        ...table([
          ['', 'longest', 'goal', ''],
          [
            'from the abort to idle',
            words.ms(figures.idleMs),
            `< ${GOAL_MS.idle} ms`,
            `median ${words.ms(figures.idleMedianMs)}`,
          ],
          gapRow('event loop blocked while scanning', found.scanGapsMs),
          gapRow('event loop blocked, whole evaluation', found.evaluationGapsMs),
        ]),
      ],
    };
  },
  steps: { measure },
};

const over = (gaps: readonly number[]) => gaps.filter((gap) => gap > GOAL_MS.gap).length;
const gapRow = (name: string, gaps: readonly number[]) => [
  name,
  words.ms(gaps[0] ?? 0),
  `< ${GOAL_MS.gap} ms`,
  `${over(gaps)} longer than the goal`,
];

async function measure({ folder }: { folder: string }): Promise<Found> {
  const world = await openWorld(folder);
  await evaluateDay(world, { days: 0 });
  const wall = performance.now();
  const scanGapsMs = await gapsDuring(() => scan(world));
  const whole = performance.now() - wall;
  const evaluationGapsMs = await gapsDuring(() => evaluateDay(world, { days: 0 }));
  const idleMs: number[] = [];
  for (let point = 1; point <= ABORTS; point++) {
    const took = await abortAfter(world, (whole * point) / (ABORTS + 1));
    if (took !== null) idleMs.push(took);
  }
  return { idleMs, scanGapsMs, evaluationGapsMs };
}

/** Counting a window, without judging and writing. */
async function scan({ deps, model, folder }: World, signal?: AbortSignal): Promise<void> {
  const { monitor } = model.published;
  const head = await deps.lake.readHead<ModelHead>(modelHead(monitor.model.id));
  const { grid } = await getReference(deps.lake, head?.reference?.fingerprint ?? '');
  const window = windowOf(0);
  const predictions = await locate(monitor.predictions, { span: window, timezone: 'UTC' });
  const options = { ...deps.duck, tempDirectory: path.join(folder, 'spill') };
  await withDuck({ ...options, ...(signal && { signal }) }, (db) =>
    profileWindow(db, {
      ...{ monitor, grid, window, at: window.end, knownAt: window.end, predictions },
      ...{ labels: null, exact: 'grid', landDir: folder },
    }),
  );
}

/** ms from the abort until DuckDB is closed; null: the scan was done before. */
async function abortAfter(world: World, ms: number): Promise<number | null> {
  const stopping = new AbortController();
  const done = scan(world, stopping.signal).then(
    () => 'finished',
    () => 'aborted',
  );
  const first = await Promise.race([done, sleep(ms, 'now')]);
  if (first === 'finished') return null;
  const from = performance.now();
  stopping.abort(new Error('the benchmark stops it'));
  return (await done) === 'aborted' ? performance.now() - from : null;
}

/** Times between two turns of the event loop in ms, less the pause between them; longest first. */
async function gapsDuring(work: () => Promise<unknown>): Promise<number[]> {
  const gaps: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    gaps.push(now - last - 1);
    last = now;
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return gaps.sort((a, b) => b - a).slice(0, 1_000);
}
