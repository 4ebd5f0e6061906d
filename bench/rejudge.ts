import { judgeOne, trial } from '../app/backtest-judge.js';
import { backtestModel } from '../app/backtest.js';
import { usualLength } from '../calendar/windows.js';
import { withThreshold } from '../domain/backtesting/thresholds.js';
import { table, withFolder, words, type Bench } from './bench.js';
import { aftercare, runProgram } from './program.js';
import { spend, typical, type Spent } from './spend.js';
import { inFresh } from './fresh.js';
import { MODEL, openWorld, prepare, variables, type DataWords } from './world.js';

const WINDOWS = 90;
const FEATURES = 50;
/** Seconds, for all windows and features. */
const GOAL = 2;
const ROUNDS = 5;

interface Found {
  /** All windows by the monitor as it is, measured from the lake's coarse counts. */
  backtest: Spent;
  /** One other threshold over what was measured. */
  threshold: Spent;
  windows: number;
  findings: number;
}

/** What another threshold costs over 90 days: no row is read again. `--rows`: rows of each day. */
export const rejudge: Bench = {
  async run({ rows: asked }) {
    const rows = asked ?? 2_000;
    const found = await withFolder(async (folder) => {
      const earlier = { windows: WINDOWS, rows };
      const data: DataWords = { folder, shape: 'features', rows, referenceRows: 50_000, earlier };
      await inFresh('rejudge.prepare', data);
      const args = ['backtest', MODEL, '--last', '91d', '--grid', 'psi=0.08', '--json'];
      const command = await runProgram(aftercare(args, variables(folder)), { folder, most: 1 });
      return { command, ...(await inFresh<Found>('rejudge.measure', { folder })) };
    });
    const { command, backtest, threshold, windows } = found;
    const row = (name: string, { cpuSeconds, wallSeconds }: Spent) => [
      ...[name, words.seconds(cpuSeconds), words.seconds(wallSeconds)],
    ];
    return {
      figures: {
        ...{ wallSeconds: backtest.wallSeconds, cpuSeconds: backtest.cpuSeconds, goal: GOAL },
        ...{ thresholdCpuSeconds: threshold.cpuSeconds },
        ...{ commandWallSeconds: command.wallSeconds, commandCpuSeconds: command.cpuSeconds },
        ...{ commandPeakMb: command.peakMb, windows, features: FEATURES, findings: found.findings },
      },
      lines: [
        `${windows} windows x ${FEATURES} features, ${words.count(found.findings)} findings`,
        ...table([
          ['', 'CPU', 'wall'],
          row('one more threshold over findings', threshold),
          row('backtest: all checks from stored counts', backtest),
          row('the command, from start to table', command),
        ]),
        `goal: under ${GOAL} s`,
      ],
    };
  },
  steps: { prepare, measure },
};

async function measure({ folder }: { folder: string }): Promise<Found> {
  const world = await openWorld(folder);
  const { published } = world.model;
  const input = { model: world.model, last: '91d', thresholds: [], progress: () => undefined };
  const once = () => backtestModel(world.app, { ...input, calibration: 'none' });
  const { findings } = await once();
  const runs: Spent[] = [];
  for (let round = 0; round < ROUNDS; round++) runs.push(await spend(once));
  const ground = {
    ...{
      rules: published.alerts,
      model: MODEL,
      windowSize: usualLength(published.monitor.windows),
    },
  };
  const tries: Spent[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const limit = { check: 'psi', value: 0.05 + round / 100 };
    const other = withThreshold(published.monitor, limit, 'higher');
    const again = () =>
      trial(
        findings.map((list) => judgeOne(other, list, 'psi')),
        ground,
      );
    tries.push(await spend(() => Promise.resolve(again())));
  }
  return {
    backtest: typical(runs),
    threshold: typical(tries),
    windows: findings.length,
    findings: findings.reduce((sum, list) => sum + list.length, 0),
  };
}
