import { InvalidArgumentError, type Command } from 'commander';
import { loadModel } from '../app/load.js';
import { checkOne, type CheckOptions } from './check-one.js';
import { failOnOption, option, runAction, withGlobals, type Context } from './context.js';
import { hung } from './fitted.js';
import { print, printJson } from './output.js';

/** What a run says itself, or what it is not asked for. */
const alone = ['asOf', 'window', 'windowNumber', 'failOn', 'allowNoData', 'exact', 'why', 'report'];

/** `aftercare check [model]`: evaluate now, here, without Temporal: the gate of a pipeline. */
export function checkCommand(program: Command): void {
  const command = program
    .command('check [model]')
    .description('evaluate one window of a model, or of all, now, here: the CI gate')
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
    .addOption(option('--report <file>', 'write a page of HTML with pictures', 'REPORT'))
    .addOption(option('--exact', 'every value exact, not from bins', 'EXACT'))
    .addOption(option('--why', 'what may be behind it, from rows of both sides', 'WHY'))
    .addOption(
      option('--reproduce <run>', 'evaluate this run again and compare', 'REPRODUCE').conflicts(
        alone,
      ),
    );
  withGlobals(command).action((model: string | undefined, options: CheckOptions) =>
    runAction(command, (context) => check(context, model, options)),
  );
}

async function check(
  context: Context,
  id: string | undefined,
  options: CheckOptions,
): Promise<number> {
  // Loaded only for those who ask.
  if (id === undefined) return (await import('./check-all.js')).checkAll(context, options);
  if (options.reproduce !== undefined) {
    return (await import('./reproduce.js')).reproduceAction(context, id, options.reproduce);
  }
  const model = await loadModel(context.app, id, (text) => context.progress(hung(text)));
  const { exitCode, report, text, write } = await checkOne(context, model, options);
  if (options.report !== undefined) {
    await write(options.report);
    context.progress(`Report: ${options.report}`);
  }
  if (context.format === 'json') printJson(report());
  else print(text());
  return exitCode;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected 0 or more.');
}
