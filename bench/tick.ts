import { rm } from 'node:fs/promises';
import path from 'node:path';
import { quoteName, quoteText } from '../lake/ask.js';
import { withDuck } from '../lake/duck.js';
import { listColumns } from '../lake/schema.js';
import { locate } from '../sources/locate.js';
import { table, withFolder, words, type Bench } from './bench.js';
import type { ShapeName } from './data.js';
import { peakMb, spend, typical, type Spent } from './spend.js';
import { inFresh } from './fresh.js';
import { dayFile, evaluateDay, openWorld, prepare, type DataWords, type World } from './world.js';

/** One day's evaluation beside the floor: counting the values of every column of the same file. */
export interface TickFigures {
  floor: Spent;
  /** With the reference's profile in the lake. */
  cached: Spent;
  /** Of the process that did both. */
  peakMb: number;
  columns: number;
  findings: number;
}

interface TickInput {
  folder: string;
  rounds: number;
}

const ROUNDS = 5;
/** Fewer rows than this measure nothing: once shows that all of it works. */
const FEW_ROWS = 10_000;

/** What an evaluation of one window costs. */
export const tick: Bench = {
  async run({ rows: asked, earlier }) {
    const rows = asked ?? 1_000_000;
    const [rounds, roundsAnew] = rows < FEW_ROWS ? [1, 1] : [ROUNDS, 3];
    const found = await withTickData({ rows, earlier, shape: 'window' }, async (folder) => ({
      ...(await inFresh<TickFigures>('tick.measure', { folder, rounds })),
      ...(await inFresh<{ anew: Spent }>('tick.measureAnew', { folder, rounds: roundsAnew })),
    }));
    const { floor, cached, anew } = found;
    const [ratioToFloor, ratioAnew] = [ratio(cached, floor), ratio(anew, floor)];
    const goal = rows >= 10_000_000 ? 4 : 6;
    return {
      figures: {
        ...{ ratioToFloor, goal, ...cached, floorCpuSeconds: floor.cpuSeconds },
        ...{ floorWallSeconds: floor.wallSeconds, ratioWithoutReference: ratioAnew },
        ...{ cpuSecondsWithoutReference: anew.cpuSeconds, peakMb: found.peakMb },
        ...{ rows, columns: found.columns, earlier, findings: found.findings },
      },
      lines: [
        `${words.count(rows)} rows x ${found.columns} columns, ${earlier} earlier windows, ${found.findings} findings`,
        ...table([
          ['', 'CPU', 'wall', 'CPU / floor', 'goal'],
          ['floor: count every column', ...both(floor), '', ''],
          ['whole evaluation', ...both(cached), words.times(ratioToFloor), `<= ${goal}`],
          ['and the reference anew', ...both(anew), words.times(ratioAnew), ''],
        ]),
        `peak memory ${words.mb(found.peakMb)} (goal: at most 400)`,
      ],
    };
  },
  steps: { prepare, measure, measureAnew },
};

const both = (spent: Spent) => [words.seconds(spent.cpuSeconds), words.seconds(spent.wallSeconds)];
const ratio = (a: Spent, b: Spent) => a.cpuSeconds / b.cpuSeconds;

/** Makes the data of evaluations in a process of its own; gone when `run` is done. */
export async function withTickData<T>(
  { rows, shape, earlier }: { rows: number; shape: ShapeName; earlier: number },
  run: (folder: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const data: DataWords = {
      ...{ folder, shape, rows, referenceRows: Math.min(rows, 1_000_000) },
      earlier: { windows: earlier, rows: Math.max(1_000, Math.min(5_000, rows)) },
    };
    await inFresh('tick.prepare', data);
    return run(folder);
  });
}

async function measure({ folder, rounds }: TickInput): Promise<TickFigures> {
  const world = await openWorld(folder);
  const columns = await columnsOf(world);
  // The first evaluation finds or makes the reference, and warms the file cache for both.
  let { findings } = await evaluateDay(world, { days: 0 });
  const runs: { floor: Spent; cached: Spent }[] = [];
  // Side by side: what else the machine does meets both.
  for (let round = 0; round < rounds; round++) {
    const floor = await spend(() => countAll(world, columns));
    const cached = await spend(async () => {
      ({ findings } = await evaluateDay(world, { days: 0 }));
    });
    runs.push({ floor, cached });
  }
  return {
    floor: typical(runs.map(({ floor }) => floor)),
    cached: typical(runs.map(({ cached }) => cached)),
    ...{ peakMb: peakMb(), columns: columns.length, findings },
  };
}

/** The same with an empty lake each time. */
async function measureAnew({ folder, rounds }: TickInput): Promise<{ anew: Spent }> {
  const runs: Spent[] = [];
  for (let round = 0; round < rounds; round++) {
    const empty = await openWorld(folder, `empty-${round}`);
    runs.push(await spend(() => evaluateDay(empty, { days: 0 })));
    await rm(empty.app.settings.lake, { recursive: true });
  }
  return { anew: typical(runs) };
}

const duckOf = ({ deps, folder }: World) => ({
  ...deps.duck,
  tempDirectory: path.join(folder, 'spill'),
});

async function columnsOf(world: World): Promise<string[]> {
  const spec = { kind: 'parquet' as const, path: dayFile(world.folder, 0), where: null };
  const located = await locate(spec, { span: null, timezone: 'UTC' });
  return withDuck(duckOf(world), async (db) => Object.keys(await listColumns(db, located)));
}

/** F: `select count(c1), count(c2), …` over the file that the evaluation reads. */
async function countAll(world: World, columns: readonly string[]): Promise<void> {
  const counts = columns.map((name) => `count(${quoteName(name)})`).join(', ');
  const sql = `select ${counts} from read_parquet(${quoteText(dayFile(world.folder, 0))})`;
  await withDuck(duckOf(world), (db) => db.use((connection) => connection.runAndReadAll(sql)));
}
