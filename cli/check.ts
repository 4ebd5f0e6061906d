import { InvalidArgumentError, type Command } from 'commander';
import {
  checkModel,
  checkReport,
  exitCodeOf,
  notesOf,
  type Checked,
  type FailOn,
} from '../app/check.js';
import { UsageError } from '../app/errors.js';
import { loadModel } from '../app/load.js';
import { parseInstant } from '../calendar/durations.js';
import { numberedInWords, windowInWords } from '../calendar/words.js';
import { isOfLabels } from '../domain/check.js';
import type { Finding } from '../domain/finding.js';
import { acceptLines, levelLine } from './accept.js';
import { failOnOption, option, runAction, withGlobals, type Context } from './context.js';
import { changedLines } from './changed.js';
import { exitWords } from './exit-codes.js';
import { expectedLines } from './expected.js';
import { findingsTable, isShown } from './findings.js';
import { countLine, near, print, printJson, wrap } from './output.js';
import { amountWords, countWords } from './words.js';

interface CheckOptions {
  asOf?: string;
  window?: string;
  windowNumber?: number;
  failOn: FailOn;
  allowNoData?: boolean;
  exact?: boolean;
  why?: boolean;
  reproduce?: string;
}

/** What a run says itself, or what it is not asked for. */
const alone = ['asOf', 'window', 'windowNumber', 'failOn', 'allowNoData', 'exact', 'why'];

/** `aftercare check <model>`: evaluate now, here, without Temporal: the gate of a pipeline. */
export function checkCommand(program: Command): void {
  const command = program
    .command('check <model>')
    .description('evaluate one window now, here, without Temporal: the CI gate')
    .addOption(option('--as-of <instant>', 'judge for this instant, as 2026-11-22', 'AS_OF'))
    .addOption(option('--window <span>', 'the span before it, as 7d, 31d, 1mo', 'WINDOW'))
    .addOption(
      option(
        '--window-number <n>',
        'the n-th window of windows.rows, from 0',
        'WINDOW_NUMBER',
      ).argParser(wholeNumber),
    )
    .addOption(failOnOption())
    .addOption(option('--allow-no-data', 'exit 0 when nothing could be judged', 'ALLOW_NO_DATA'))
    .addOption(option('--exact', 'every value exact, not from bins', 'EXACT'))
    .addOption(option('--why', 'what may be behind it, from rows of both sides', 'WHY'))
    .addOption(
      option('--reproduce <run>', 'evaluate this run again and compare', 'REPRODUCE').conflicts(
        alone,
      ),
    );
  withGlobals(command).action((model: string, options: CheckOptions) =>
    runAction(command, (context) => check(context, model, options)),
  );
}

async function check(context: Context, id: string, options: CheckOptions): Promise<number> {
  const { app } = context;
  // Loaded only for those who ask.
  if (options.reproduce !== undefined) {
    return (await import('./reproduce.js')).reproduceAction(context, id, options.reproduce);
  }
  const model = await loadModel(app, id);
  const { timezone } = model.published.monitor.windows;
  const checked = await checkModel(app, {
    model,
    asOf: options.asOf === undefined ? null : instant(options.asOf, timezone),
    span: options.window ?? null,
    exact: options.exact === true ? 'exact' : 'grid',
    ...(options.windowNumber === undefined ? {} : { number: options.windowNumber }),
  });
  const noData = options.allowNoData === true ? 'allow' : 'refuse';
  const exitCode = exitCodeOf(checked, { failOn: options.failOn, noData });
  // Loaded only for those who ask.
  const why = options.why === true ? await (await import('./why.js')).whyOf(app, checked) : null;
  if (context.format === 'json') {
    const report = { ...checkReport(checked, exitCode), ...toldOf(checked), ...why?.report };
    printJson(report);
  } else {
    const bad = options.why === true ? 'unfolded' : 'brief';
    const detail = context.options.verbose === true ? 'every' : bad;
    print(checkTable(checked, { exitCode, detail }));
    if (why !== null) print(why.text);
  }
  return exitCode;
}

/** What was wrong with the files, with their paths as the table has them. */
function toldOf(checked: Checked): { error: string | null; notes: string[] } {
  const { error } = checked.evaluated.evaluation;
  return { error: error === null ? null : near(error), notes: notesOf(checked).map(near) };
}

/** An instant of a flag; UsageError with an example. */
export function instant(text: string, timezone: string): number {
  try {
    return parseInstant(text, timezone);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected 0 or more.');
}

/** `unfolded`: what a broken rule explains is listed too; `every`: all findings are. */
interface Shown {
  exitCode: number;
  detail: 'brief' | 'unfolded' | 'every';
}

function checkTable(checked: Checked, shown: Shown): string {
  const { exitCode, detail } = shown;
  const isEvery = detail === 'every';
  const { monitor, evaluated, advice, counts } = checked;
  const { evaluation, reference } = evaluated;
  const { rows: cut, timezone } = monitor.windows;
  const words =
    cut === undefined ? windowInWords(checked.window, timezone) : numberedInWords(checked.window);
  const rows = evaluation.profile?.rows ?? 0;
  const against =
    reference === null
      ? evaluation.error === null
        ? 'no reference'
        : 'reference not read'
      : `reference ${near(reference.path)} (${countWords(reference.rows)} rows)`;
  const oneOff = checked.oneOff ? ['one-off window: no stated error rate'] : [];
  const title = [monitor.model.id, words, `${countWords(rows)} rows`, against, ...oneOff].join(
    ' · ',
  );
  const lines = [wrap(title, 80, ''), ''];
  for (const level of checked.accepted)
    lines.push(wrap(`Accepted: ${levelLine(level, timezone)}`, 80, ' '), '');
  for (const text of expectedLines(checked.findings)) lines.push(wrap(text, 80, ' '), '');
  for (const note of notesOf(checked)) lines.push(wrap(`Note: ${near(note)}`, 80, ' '), '');
  if (evaluation.error !== null)
    lines.push(wrap(`Not evaluated: ${near(evaluation.error)}`, 80, ' '), '');
  // What could not be read has one cause: no check has more to say.
  else {
    const told = isEvery ? checked.findings : checked.findings.filter((one) => !isBare(one));
    lines.push(findingsTable(told, detail));
    const bare = checked.findings.length - told.length;
    if (bare > 0) lines.push(` ${amountWords(bare, 'check')}: the window has no rows.`);
    lines.push('');
  }
  const changed = changedLines(checked.changed, timezone);
  if (changed.length > 0) lines.push(...changed.slice(1), '');
  if (checked.mature !== null) lines.push(...matureLines(checked, shown));
  const [first = '', ...others] = advice.reasons.map(({ text }) => text);
  lines.push(wrap(`Advice: ${advice.action} — ${first}`, 80, ' '));
  lines.push(...others.map((text) => wrap(text, 80, '   ')));
  lines.push(...advice.blockers.map((text) => wrap(`Held back: ${text}`, 80, '   ')));
  return [
    ...lines,
    ...(checked.oneOff || cut !== undefined
      ? []
      : apart(acceptLines(monitor.model.id, checked.findings, monitor.checks))),
    ` ${countLine(counts, checked.findings.filter(isShown).length)}`,
    `exit ${exitCode} (${exitWords(exitCode)})`,
  ].join('\n');
}

/** With an empty line on both sides; nothing stays nothing. */
const apart = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', ...lines.filter((line, i) => i > 0 || line !== ''), ''];

/** True where an empty window is all that a check has to say. */
const isBare = ({ reason, details }: Finding): boolean =>
  reason === 'insufficient_data' && details['note'] === 'the window has no rows';

/** What the newest mature window says of the metrics whose labels are not there yet. */
function matureLines({ mature, monitor }: Checked, { detail }: Shown): string[] {
  if (mature === null) return [];
  const words = windowInWords(mature.window, monitor.windows.timezone);
  const none = ' No window with rows has mature labels yet: the newest that could,';
  if (mature.isEmpty) return [none, ` ${words}, has none`, ''];
  const findings = mature.findings.filter(isOfLabels);
  return [
    ` Newest window with mature labels: ${words}`,
    ' (does not count for the exit code)',
    findingsTable(findings, detail),
    '',
  ];
}
