import type { Command } from 'commander';
import { backtestModel, type Backtested, type RuleTrial } from '../app/backtest.js';
import { leftOutOf } from '../app/backtest-replayed.js';
import type { Calibration } from '../app/backtest-calibrate.js';
import { UsageError } from '../app/errors.js';
import { loadModel } from '../app/load.js';
import type { Monitor } from '../domain/monitor.js';
import { iso } from '../domain/window.js';
import { option, runAction, withGlobals, type Context } from './context.js';
import { cut, print, printJson, table, wrap } from './output.js';
import { instantWords } from './words.js';

interface BacktestOptions {
  last: string;
  grid: readonly string[];
  calibrate?: boolean;
}

/** `aftercare backtest <model>`: what the rules would have said of past windows. */
export function backtestCommand(program: Command): void {
  const command = program
    .command('backtest <model>')
    .description('replay past windows: episodes per rule and threshold, alarms to expect')
    .addOption(option('--last <span>', 'the span up to now, as 90d, 12w', 'LAST').default('90d'))
    .addOption(
      option('--grid <limits>', 'warn limits to try, as psi=0.1,0.2; may be repeated', 'GRID')
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], 'none'),
    )
    .addOption(option('--calibrate', 'choose the floor from quiet windows', 'CALIBRATE'));
  withGlobals(command).action((model: string, options: BacktestOptions) =>
    runAction(command, (context) => backtest(context, model, options)),
  );
}

async function backtest(context: Context, id: string, options: BacktestOptions): Promise<number> {
  const { app, progress } = context;
  const model = await loadModel(app, id);
  const done = await backtestModel(app, {
    ...{ model, last: options.last, progress, thresholds: options.grid.flatMap(thresholdsOf) },
    calibration: options.calibrate === true ? 'wanted' : 'none',
  });
  if (context.format === 'json') printJson(report(done));
  else print(tables(done));
  return done.history.windows.length === 0 ? 4 : 0;
}

/** `psi=0.1,0.2`; UsageError for anything else. */
function thresholdsOf(text: string): { check: string; value: number }[] {
  const [check = '', values = '', more] = text.split('=');
  const numbers = values.split(',').map((value) => (value.trim() === '' ? NaN : Number(value)));
  if (check === '' || more !== undefined || numbers.some((value) => !Number.isFinite(value))) {
    throw new UsageError(
      `--grid: expected <check>=<limit>,<limit>, as psi=0.1,0.2; got "${text}".`,
    );
  }
  return numbers.map((value) => ({ check: check.trim(), value }));
}

/** Numbered windows have no days. */
function expected({ windows }: Monitor): string {
  return `TO EXPECT IN 90 ${windows.rows === undefined ? 'DAYS' : 'WINDOWS'}`;
}

function tables(done: Backtested): string {
  const { monitor, history } = done;
  const [first, last] = [history.windows[0], history.windows.at(-1)];
  if (first === undefined || last === undefined) {
    return `${monitor.model.id}: no window to replay (${history.left} without a profile).`;
  }
  const { rows: size, timezone } = monitor.windows;
  const [start, end] = [first.profile.window.start, last.profile.window.end];
  const span =
    size === undefined
      ? `${instantWords(start, timezone)} … ${instantWords(end, timezone)}`
      : `rows ${start} to ${end - 1}`;
  const where = history.source === 'lake' ? 'from stored profiles' : 'counted from the source';
  const left = history.left === 0 ? [] : [`${history.left} windows left out: no profile of them`];
  const count = `${history.windows.length} windows`;
  const title = [monitor.model.id, span, count, where, ...left].join(' · ');
  const head = ['RULE', 'BAD WINDOWS', 'ALERTS', 'EPISODES', expected(monitor)];
  const rows = [
    ...done.rules.map(rowOf),
    ...done.notReplayed.map(({ rule }) => [cut(rule, 40), 'not replayed']),
    ...done.baselines.map(rowOf),
  ];
  return [
    wrap(title, 80, ''),
    '',
    table(head, rows),
    '',
    wrap(NOTE, 80, ' '),
    ...done.notReplayed.map(({ rule, why }) => wrap(`Not replayed: ${rule} (${why}).`, 80, ' ')),
    ...done.calibration.flatMap((one) => ['', ...calibrationLines(one, monitor)]),
  ].join('\n');
}

const NOTE =
  'Episodes of single targets, ended by three quiet windows; in brackets the 95 % interval. ' +
  'They are false alarms as far as nothing was wrong in these windows.';

function rowOf(trial: RuleTrial): string[] {
  const { rule, limit, windows, bad, alerts, episodes, per90Days } = trial;
  const { value, low, high } = per90Days;
  const name = limit === null ? rule : `${rule}, warn ${limit}`;
  const expected = `${short(value)} [${short(low)}, ${short(high)}]`;
  return [name, `${bad} of ${windows}`, String(alerts), String(episodes), expected];
}

const short = (value: number): string => String(Number(value.toPrecision(2)));

function calibrationLines(calibration: Calibration, monitor: Monitor): string[] {
  const { check } = calibration;
  if ('needs' in calibration) {
    const { needs, there } = calibration;
    return [wrap(`${check}: calibration takes ${needs} windows; there are ${there}.`, 80, '')];
  }
  const { floor, of, tried, short: isShort } = calibration;
  const chosen = tried.find((one) => one.floor === floor);
  const windows = `${chosen?.windows ?? 0} windows of the ${of === 'reference' ? 'reference' : 'model'}`;
  const found =
    chosen?.episodes === 0
      ? `no episode in the later half, ${windows}`
      : `${chosen?.episodes ?? 0} episodes in the later half, ${windows}; no floor had none`;
  const history = isShort ? '; short history' : '';
  return [
    wrap(`Calibrated: ${check} warn ${floor} (${found}${history}).`, 80, ''),
    '',
    table(
      ['FLOOR', 'BAD WINDOWS', 'ALERTS', 'EPISODES', expected(monitor)],
      tried.map((one) => rowOf({ ...one, rule: String(one.floor), limit: null })),
    ),
  ];
}

/** The stable JSON of `backtest --json`. */
function report(done: Backtested): unknown {
  const { monitor, history, rules, notReplayed, baselines, calibration } = done;
  const [first, last] = [history.windows[0], history.windows.at(-1)];
  return {
    version: 1,
    model: monitor.model.id,
    windows: {
      from: first === undefined ? null : iso(first.profile.window.start),
      to: last === undefined ? null : iso(last.profile.window.end),
      count: history.windows.length,
      left: history.left,
      source: history.source,
    },
    leftOut: leftOutOf(monitor),
    rules,
    notReplayed,
    baselines,
    calibration,
  };
}
