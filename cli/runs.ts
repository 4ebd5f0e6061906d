import type { Command } from 'commander';
import {
  appliedHead,
  pause,
  resume,
  ring,
  startBackfill,
  watchBackfill,
  watchRun,
} from '../app/bell.js';
import { UsageError } from '../app/errors.js';
import { zoneOf } from '../app/load.js';
import { withTemporal } from '../app/temporal.js';
import { instant } from './check.js';
import { actorOf, option, runAction, withGlobals, type Context } from './context.js';
import { print, printJson, verdictWord } from './output.js';
import { instantWords } from './words.js';

const PATIENCE = 120_000;

/** `run`, `backfill`, `pause`, `resume`. */
export function runCommands(program: Command): void {
  const run = program
    .command('run <model>')
    .description('ring the bell: evaluate what is due, durably')
    .addOption(option('--watch', 'wait until it is done', 'WATCH'))
    .addOption(option('--reason <text>', 'why', 'REASON'));
  withGlobals(run).action((model: string, options: { watch?: boolean }) =>
    runAction(run, (context) => runModel(context, model, options.watch === true)),
  );
  const backfill = program
    .command('backfill <model> <from..to>')
    .description('evaluate past windows in [from, to) through Temporal, at a capped pace')
    .addOption(option('--again', 'also windows that have a result: the next revision', 'AGAIN'))
    .addOption(option('--watch', 'wait until it is done', 'WATCH'));
  withGlobals(backfill).action(
    (model: string, span: string, options: { again?: boolean; watch?: boolean }) =>
      runAction(backfill, (context) => backfillModel(context, model, { span, ...options })),
  );
  pauseCommands(program);
}

function pauseCommands(program: Command): void {
  const command = program
    .command('pause <model>')
    .description('stop the bell, with a reason and an end')
    .addOption(option('--until <instant>', 'serve resumes it then', 'UNTIL'))
    .addOption(option('--reason <text>', 'why', 'REASON').makeOptionMandatory());
  withGlobals(command).action((model: string, options: { until?: string; reason: string }) =>
    runAction(command, async ({ app, options: globals }) => {
      const zone = await zoneOf(app, model);
      const until = options.until === undefined ? null : instant(options.until, zone);
      const by = actorOf(globals);
      await withTemporal(app.settings, ({ client }) =>
        pause(app, client, { model, by, reason: options.reason, until }),
      );
      print(`${model} is paused${until === null ? '' : ` until ${instantWords(until)}`}.`);
      return 0;
    }),
  );
  const back = program
    .command('resume <model>')
    .description('let the bell ring again, once at once')
    .addOption(option('--reason <text>', 'why', 'REASON'));
  withGlobals(back).action((model: string) =>
    runAction(back, async ({ app }) => {
      await withTemporal(app.settings, ({ client }) => resume(app, client, model));
      print(`${model} rings again.`);
      return 0;
    }),
  );
}

async function runModel(context: Context, model: string, watch: boolean): Promise<number> {
  const { app, format, progress } = context;
  await withTemporal(app.settings, ({ client }) => ring(app, client, model));
  if (!watch) {
    print(`${model}: the bell rang. Look with "aftercare status".`);
    return 0;
  }
  const head = await watchRun(app, model, {
    patience: PATIENCE,
    onWindow: ({ watermark, windows }) => {
      const line = windows.find(({ end }) => end === watermark);
      progress(`${instantWords(watermark)} ${line === undefined ? '' : verdictWord(line.verdict)}`);
    },
  });
  if (format === 'json') printJson(head);
  else print(`${model}: evaluated up to ${instantWords(head.watermark)}.`);
  return 0;
}

async function backfillModel(
  context: Context,
  model: string,
  options: { span: string; again?: boolean; watch?: boolean },
): Promise<number> {
  const { app, progress } = context;
  await appliedHead(app, model);
  const zone = await zoneOf(app, model);
  const [from, to, more] = options.span.split('..');
  if (from === undefined || to === undefined || more !== undefined) {
    throw new UsageError(
      `Expected <from>..<to>, as 2026-01-01..2026-02-01; got "${options.span}".`,
    );
  }
  const which = options.again === true ? ('all' as const) : ('missing' as const);
  const input = { model, from: instant(from, zone), to: instant(to, zone), which };
  await withTemporal(app.settings, async ({ client }) => {
    await startBackfill(client, input);
    if (options.watch !== true) return;
    await watchBackfill(client, model, ({ evaluated, failed }) =>
      progress(`${evaluated} windows evaluated${failed === 0 ? '' : `, ${failed} failed`}`),
    );
  });
  print(
    options.watch === true
      ? `${model}: the backfill is done.`
      : `${model}: the backfill runs. Look with "aftercare status".`,
  );
  return 0;
}
