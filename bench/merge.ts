import path from 'node:path';
import { addCounts } from '../domain/adding.js';
import { size } from '../domain/profile.js';
import type { Counts, Profile } from '../domain/profile.js';
import type { Window } from '../domain/window.js';
import { withDuck } from '../lake/duck.js';
import { profileWindow } from '../lake/profile.js';
import { buildReference } from '../lake/reference.js';
import { locate } from '../sources/locate.js';
import { table, withFolder, words, type Bench } from './bench.js';
import { DAY, makeFile, start } from './data.js';
import { spend, type Spent } from './spend.js';
import { inFresh } from './fresh.js';
import { dayFile, openWorld, referenceFile, writeMonitor } from './world.js';

const HOURS = 24;
const DAYS = 30;

interface Input {
  folder: string;
  rows: number;
}

interface Found {
  /** 24 hours to a day, 30 days to a month, one scan of the month. */
  day: Spent;
  month: Spent;
  scan: Spent;
  cells: number;
  /** Counts that differ between the sum and the scan. */
  different: number;
  /** Largest relative difference of the other sums. */
  largest: number;
}

/** hour → day → month by addition, beside one scan of the month. `--rows`: rows of the month. */
export const merge: Bench = {
  async run({ rows: asked }) {
    const rows = asked ?? 3_000_000;
    const found = await withFolder(async (folder) => {
      await inFresh('merge.prepare', { folder, rows } satisfies Input);
      return inFresh<Found>('merge.measure', { folder, rows } satisfies Input);
    });
    const { day, month, scan, different } = found;
    const share = (spent: Spent) => spent.cpuSeconds / scan.cpuSeconds;
    const row = (name: string, spent: Spent) => [
      ...[name, words.seconds(spent.cpuSeconds), words.seconds(spent.wallSeconds)],
      words.times(share(spent)),
    ];
    return {
      figures: {
        ...{ isIdentical: different === 0, different, largestRelativeDifference: found.largest },
        ...{ ratioToScan: share(month), dayRatioToScan: share(day), cells: found.cells, rows },
        ...{ cpuSeconds: month.cpuSeconds, wallSeconds: month.wallSeconds },
        ...{ dayCpuSeconds: day.cpuSeconds, scanCpuSeconds: scan.cpuSeconds },
      },
      lines: [
        `${words.count(rows)} rows x 50 columns in ${DAYS} days; ${words.count(found.cells)} cells`,
        ...table([
          ['', 'CPU', 'wall', 'of the scan'],
          row('one scan of the month', scan),
          row(`${HOURS} hours added to a day`, day),
          row(`${DAYS} days added to the month`, month),
        ]),
        different === 0
          ? `every count of the sum is that of the scan; other sums within ${found.largest.toExponential(1)}`
          : `${different} counts of the sum are NOT those of the scan`,
      ],
    };
  },
  steps: { prepare, measure },
};

async function prepare({ folder, rows }: Input): Promise<null> {
  await writeMonitor(folder, { shape: 'window' });
  const options = { threads: 2, memoryLimitMb: 1000, tempDirectory: path.join(folder, 'tmp') };
  await withDuck(options, async (db) => {
    const shape = 'window';
    await makeFile(db, { file: dayFile(folder, 0), rows, seed: 1, shape, days: DAYS });
    await makeFile(db, { file: referenceFile(folder), rows: 100_000, seed: 0, shape });
  });
  return null;
}

async function measure({ folder }: Input): Promise<Found> {
  const { deps, model } = await openWorld(folder);
  const { monitor } = model.published;
  const options = { ...deps.duck, tempDirectory: path.join(folder, 'spill') };
  return withDuck(options, async (db) => {
    const all = { span: null, timezone: 'UTC' };
    const training = { kind: 'parquet' as const, path: referenceFile(folder), where: null };
    const { grid } = await buildReference(db, { monitor, located: await locate(training, all) });
    const spec = { ...monitor.predictions, path: dayFile(folder, 0) };
    const predictions = await locate(spec, all);
    const profileOf = async (window: Window): Promise<Profile> => {
      const request = {
        ...{ monitor, grid, window, at: window.end, knownAt: window.end, predictions },
        ...{ labels: null, exact: 'grid' as const, landDir: folder },
      };
      return (await profileWindow(db, request)).profile;
    };
    const hours = await inTurn(HOURS, (k) => profileOf(cut(k, DAY / HOURS)));
    const rest = await inTurn(DAYS - 1, (k) => profileOf(cut(k + 1, DAY)));
    const scanned: { profile?: Profile } = {};
    const scan = await spend(async () => {
      scanned.profile = await profileOf({ start, end: start + DAYS * DAY, weekday: 4 });
    });
    return { scan, ...(await addedUp(hours, rest, scanned.profile)) };
  });
}

const cut = (k: number, length: number): Window => ({
  start: start + k * length,
  end: start + (k + 1) * length,
  weekday: 4,
});

async function inTurn<T>(count: number, make: (k: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let k = 0; k < count; k++) made.push(await make(k));
  return made;
}

type Columns = Profile['columns'];

async function addedUp(hours: readonly Profile[], rest: readonly Profile[], whole?: Profile) {
  let [first, sum]: [Columns, Columns] = [{}, {}];
  const day = await spend(() => Promise.resolve((first = add(hours.map((one) => one.columns)))));
  const days = [first, ...rest.map((one) => one.columns)];
  const month = await spend(() => Promise.resolve((sum = add(days))));
  return { day, month, ...differences(sum, whole?.columns ?? {}) };
}

function add(parts: readonly Columns[]): Columns {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...names].map((name) => [name, addCounts(parts.flatMap((part) => part[name] ?? []))]),
  );
}

function differences(sum: Columns, scan: Columns): Pick<Found, 'cells' | 'different' | 'largest'> {
  let [cells, different, largest] = [0, 0, 0];
  for (const name of new Set([...Object.keys(sum), ...Object.keys(scan)])) {
    const [mine, theirs] = [cellsOf(sum[name]), cellsOf(scan[name])];
    cells += theirs.size;
    for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
      const [a, b] = [mine.get(key), theirs.get(key)];
      if (a?.['n'] !== b?.['n']) different++;
      for (const [measure, value] of Object.entries(b ?? {})) {
        const gap = Math.abs(value - (a?.[measure] ?? 0)) / Math.max(1, Math.abs(value));
        largest = Math.max(largest, gap);
      }
    }
  }
  return { cells, different, largest };
}

/** Key of a cell → its sums. */
function cellsOf(counts: Counts | undefined): Map<string, Record<string, number>> {
  const cells = new Map<string, Record<string, number>>();
  if (counts === undefined) return cells;
  for (let row = 0; row < size(counts); row++) {
    const key = Object.values(counts.by).map((column) => String(column[row]));
    const sums = Object.entries(counts.sums).map(([name, list]) => [name, list[row] ?? 0] as const);
    cells.set(key.join('\n'), Object.fromEntries(sums));
  }
  return cells;
}
