import path from 'node:path';
import { table, withFolder, words, type Bench } from './bench.js';
import { DAY, start } from './data.js';
import { aftercare, peersFolder, python, runProgram, type Program, type Run } from './program.js';
import { inFresh } from './fresh.js';
import { dayFile, MODEL, prepare, referenceFile, variables, type DataWords } from './world.js';

/** One program over the same two files, from its start to its result. */
interface Peer {
  name: string;
  program: Program;
  /** `ours` is divided by nothing; a peer is divided by ours. */
  kind: 'ours' | 'peer';
}

/** How many times faster than each peer: wall, with a reference that was profiled before. */
const GOALS: Readonly<Record<string, number>> = { byHand: 25, nannyml: 50, evidently: 200 };
/** `--exact` against pandas and scipy. */
const EXACT_GOAL = 10;
/** Part of the memory of pandas and scipy. */
const MEMORY_GOAL = 0.2;

/** The same two files of 48 columns through what people use today. */
export const peers: Bench = {
  async run({ rows: asked, venv }) {
    const rows = asked ?? 1_000_000;
    const runs = await withFolder(async (folder) => {
      const data: DataWords = {
        ...{ folder, shape: 'peers', rows, referenceRows: rows },
        earlier: { windows: 0, rows: 0 },
      };
      await inFresh('peers.prepare', data);
      const found: Record<string, Run> = {};
      for (const { name, program, kind } of programs(folder, venv)) {
        // It takes minutes: say where it is.
        process.stderr.write(`${NAMES[name] ?? name} …\n`);
        found[name] = await runProgram(program, { folder, most: kind === 'ours' ? 1 : 0 });
      }
      return found;
    });
    return { figures: { rows, columns: 48, ...figures(runs) }, lines: say(runs, rows) };
  },
  steps: { prepare },
};

function programs(folder: string, venv: string | null): Peer[] {
  const [a, b] = [referenceFile(folder), dayFile(folder, 0)];
  const asOf = new Date(start + DAY).toISOString();
  const check = aftercare(['check', MODEL, '--as-of', asOf, '--json'], variables(folder));
  const ours = (name: string, program: Program): Peer => ({ name, program, kind: 'ours' });
  const compare = (args: readonly string[]) => aftercare(['compare', a, b, '--json', ...args]);
  const script = (name: string, file: string): Peer[] =>
    venv === null
      ? []
      : [{ name, program: python(venv, [path.join(peersFolder, file), a, b]), kind: 'peer' }];
  return [
    // The first look leaves the reference's profile in the lake.
    ours('first', check),
    ours('cached', check),
    ours('compare', compare([])),
    ours('exact', compare(['--exact'])),
    ...script('byHand', 'by_hand.py'),
    ...script('nannyml', 'nannyml_drift.py'),
    ...script('evidently', 'evidently_drift.py'),
  ];
}

const NAMES: Readonly<Record<string, string>> = {
  first: 'aftercare check, first',
  cached: 'aftercare check, cached reference',
  compare: 'aftercare compare',
  exact: 'aftercare compare --exact',
  byHand: 'pandas + scipy by hand',
  nannyml: 'NannyML, 10 chunks',
  evidently: 'Evidently, DataDriftPreset',
};

/** Time of a peer over time of ours. */
function speedups(
  runs: Readonly<Record<string, Run>>,
  ours: string,
  of: 'wallSeconds' | 'cpuSeconds' = 'wallSeconds',
) {
  const own = runs[ours]?.[of] ?? NaN;
  return Object.fromEntries(
    Object.keys(GOALS).map((peer) => {
      const run = runs[peer];
      return [peer, run === undefined ? null : run[of] / own] as const;
    }),
  );
}

function figures(runs: Readonly<Record<string, Run>>) {
  const byHand = runs['byHand'];
  const part = (name: string) =>
    byHand === undefined ? null : (runs[name]?.peakMb ?? NaN) / byHand.peakMb;
  const cost = Object.entries(runs).map(([name, { cpuSeconds, wallSeconds, peakMb }]) => {
    return [name, { cpuSeconds, wallSeconds, peakMb }] as const;
  });
  return {
    runs: Object.fromEntries(cost),
    timesFaster: speedups(runs, 'cached'),
    timesLessCpu: speedups(runs, 'cached', 'cpuSeconds'),
    timesLessCpuExact: speedups(runs, 'exact', 'cpuSeconds'),
    timesFasterWithoutReference: speedups(runs, 'compare'),
    timesFasterExact: speedups(runs, 'exact'),
    memoryPart: part('cached'),
    memoryPartExact: part('exact'),
    goals: {
      timesFaster: GOALS,
      timesFasterExact: { byHand: EXACT_GOAL },
      memoryPart: MEMORY_GOAL,
    },
  };
}

function say(runs: Readonly<Record<string, Run>>, rows: number): string[] {
  const found = figures(runs);
  const by = (name: string, of: Readonly<Record<string, number | null>>) =>
    words.times(of[name] ?? null);
  const peersOf = Object.entries(GOALS).map(([name, goal]) => [
    NAMES[name] ?? name,
    by(name, found.timesFaster),
    `${goal} x`,
    by(name, found.timesFasterWithoutReference),
    by(name, found.timesFasterExact),
    by(name, found.timesLessCpu),
    by(name, found.timesLessCpuExact),
  ]);
  const share = (part: number | null) => (part === null ? '-' : `${(part * 100).toFixed(0)} %`);
  return [
    `${words.count(rows)} rows x 48 columns in each of two files, whole processes`,
    ...table([
      ['', 'wall', 'CPU', 'peak'],
      ...Object.entries(runs).map(([name, run]) => [
        NAMES[name] ?? name,
        words.seconds(run.wallSeconds),
        words.seconds(run.cpuSeconds),
        words.mb(run.peakMb),
      ]),
    ]),
    '',
    ...table([
      ['times faster than', 'cached', 'goal', 'compare', '--exact', 'CPU', 'CPU --exact'],
      ...(runs['byHand'] === undefined
        ? [['(no --venv was given)', ...Array<string>(6).fill('')]]
        : peersOf),
    ]),
    `--exact, goal against pandas + scipy: ${EXACT_GOAL} x; memory of pandas + scipy that ours takes: ` +
      `${share(found.memoryPart)}, exact ${share(found.memoryPartExact)} (goal: at most 20 %)`,
  ];
}
