import type { Command } from 'commander';
import { backtestModel, type Backtested, type RuleTrial } from '../app/backtest.js';
import { leftOutOf } from '../app/backtest-replayed.js';
import type { Calibration } from '../app/backtest-calibrate.js';
import { UsageError } from '../app/errors.js';
import { loadModel } from '../app/load.js';
import type { Trial } from '../domain/backtesting/trial.js';
import type { Monitor } from '../domain/monitor.js';
import { iso } from '../domain/window.js';
import { option, runAction, withGlobals, type Context } from './context.js';
import { fitted, hung } from './fitted.js';
import { cut, print, printJson, table, wrap } from './output.js';
import { amountWords, instantWords } from './words.js';

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
  const model = await loadModel(app, id, (text) => progress(hung(text)));
  const done = await backtestModel(app, {
    ...{ model, last: options.last, progress, thresholds: options.grid.flatMap(thresholdsOf) },
    calibration: options.calibrate === true ? 'wanted' : 'none',
  });
  if (context.format === 'json') printJson(report(done));
  else print(tables(done, options.last));
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
const perWords = ({ windows }: Monitor): string =>
  `IN 90 ${windows.rows === undefined ? 'DAYS' : 'WINDOWS'}`;

function tables(done: Backtested, last: string): string {
  const { monitor, history } = done;
  if (history.windows.length === 0) return wrap(nothingWords(done, last), 80, '');
  const head = ['RULE', 'BAD WINDOWS', 'ALERTS', 'EPISODES', perWords(monitor)];
  const rows = [
    ...done.rules.map((one) => rowOf(nameOf(one, done), one)),
    ...done.notReplayed.map(({ rule }) => [cut(rule, 40), 'not replayed']),
    ...done.baselines.map((one) => rowOf(one.rule, one)),
  ];
  return [
    wrap(titleOf(done), 80, ''),
    '',
    fitted(head, rows, 'RULE'),
    '',
    wrap(noteOf(monitor), 80, ' '),
    ...done.notReplayed.map(({ rule, why }) => wrap(`Not replayed: ${rule} (${why}).`, 80, ' ')),
    ...done.calibration.flatMap((one) => ['', ...calibrationLines(one, monitor)]),
  ].join('\n');
}

function titleOf({ monitor, history }: Backtested): string {
  const { windows, left, source } = history;
  const { rows: size, timezone } = monitor.windows;
  const start = windows[0]?.profile.window.start ?? 0;
  const end = windows.at(-1)?.profile.window.end ?? 0;
  const span =
    size === undefined
      ? `${instantWords(start, timezone)} … ${instantWords(end, timezone)}`
      : `rows ${start} to ${end - 1}`;
  const where = source === 'lake' ? 'from stored profiles' : 'counted from the source';
  const why =
    source === 'lake'
      ? 'not evaluated, or by another reference'
      : 'before the first row, or not readable';
  const without = left === 0 ? [] : [`${amountWords(left, 'window')} left out: ${why}`];
  const count = amountWords(windows.length, 'window');
  return [monitor.model.id, span, count, where, ...without].join(' · ');
}

function nothingWords({ monitor, history }: Backtested, last: string): string {
  const { id } = monitor.model;
  const none = `${id}: no window to replay`;
  if (history.left === 0) return `${none}: none lies in the last ${last}. Try a longer --last.`;
  return (
    `${none}: of ${amountWords(history.left, 'window')} in the last ${last} none has a row that ` +
    'can be read. Try a longer --last, or "aftercare check" for one of them.'
  );
}

const noteOf = (monitor: Monitor): string =>
  'BAD WINDOWS have a warn or an alert. ALERTS are what people would have been told of, one at a ' +
  'time in each category. EPISODES are those of single targets, ' +
  `${hasParts(monitor) ? 'in all rows and in each part of them, ' : ''}ended by three quiet windows; ` +
  `${perWords(monitor)}: as many as they let expect, in brackets the 95 % interval. They are ` +
  'false alarms as far as nothing was wrong in these windows. "always fires" and "never fires" ' +
  'are rules that look at nothing, for comparison.';

const hasParts = ({ segments, columns }: Monitor): boolean =>
  segments.length > 0 || columns.rowSource !== null;

/** What the monitor says is told from what is tried beside it. */
function nameOf({ rule, limit }: RuleTrial, { rules }: Backtested): string {
  if (limit !== null) return `${rule}, warn ${limit}`;
  const isTried = rules.some((other) => other.rule === rule && other.limit !== null);
  return isTried ? `${rule}, as it is` : rule;
}

function rowOf(name: string, { windows, bad, alerts, episodes, per90Days }: Trial): string[] {
  const { value, low, high } = per90Days;
  const expected = `${short(value)} [${short(low)}, ${short(high)}]`;
  return [name, `${bad} of ${windows}`, String(alerts), String(episodes), expected];
}

/** A number of episodes: more than two digits of it are not known, nor its thousandths. */
const short = (value: number): string =>
  String(Number(value < 1 ? value.toFixed(2) : value.toPrecision(2)));

function calibrationLines(calibration: Calibration, monitor: Monitor): string[] {
  const { check } = calibration;
  if ('needs' in calibration) {
    const { needs, there, why } = calibration;
    const few =
      why === undefined
        ? `calibration takes ${needs} windows; there are ${there}`
        : `calibration takes ${needs} judged windows in the later half; there are ${there}: ${why}`;
    return [wrap(`${check} cannot be calibrated: ${few}.`, 80, '')];
  }
  const { floor, of, tried, short: isShort } = calibration;
  const chosen = tried.find((one) => one.floor === floor);
  const count = amountWords(chosen?.windows ?? 0, 'window');
  const later = `in the later half, ${count} of the ${of === 'reference' ? 'reference' : 'model'}`;
  const found =
    chosen?.episodes === 0
      ? `the smallest floor without an episode ${later}`
      : `no floor is without one: ${amountWords(chosen?.episodes ?? 0, 'episode')} ${later}`;
  const history = isShort ? '; short history' : '';
  const scope = hasParts(monitor) ? '; on all rows and on each part of them' : '';
  const words =
    `Calibrated: ${check} warn ${floor} (${found}${history}${scope}). Nothing is changed by this: it holds ` +
    `when the monitor says "warn: ${floor}" for ${check}.`;
  return [
    wrap(words, 80, ''),
    '',
    table(
      ['FLOOR', 'BAD WINDOWS', 'ALERTS', 'EPISODES', perWords(monitor)],
      tried.map((one) => rowOf(String(one.floor), one)),
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
