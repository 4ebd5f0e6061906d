import type { Command } from 'commander';
import {
  appliedHead,
  appliedZone,
  checkSpan,
  recordRing,
  ring,
  startBackfill,
  watchBackfill,
  watchRun,
} from '../app/bell.js';
import { alertsDecided } from '../app/entities.js';
import { UsageError } from '../app/errors.js';
import { failuresOf } from '../app/failures.js';
import { withTemporal } from '../app/temporal.js';
import type { Commit } from '../domain/run.js';
import { iso } from '../domain/window.js';
import { instant } from './check.js';
import {
  actorOf,
  option,
  runAction,
  tell,
  withActor,
  withGlobals,
  type Context,
} from './context.js';
import { tellEnd } from './failures.js';
import { countLine, verdictWord } from './output.js';
import { amountWords, instantWords, pausedWords } from './words.js';

const PATIENCE = 120_000;

/** `run`, `backfill`. */
export function runCommands(program: Command): void {
  const run = program
    .command('run <model>')
    .description('ring the bell: evaluate what is due, durably')
    .addOption(option('--watch', 'wait until it is done', 'WATCH'))
    .addOption(option('--reason <text>', "why, for the model's history; needs --as", 'REASON'));
  withActor(run).action((model: string, options: RunOptions) =>
    runAction(run, (context) => runModel(context, model, options)),
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
}

interface RunOptions {
  watch?: boolean;
  reason?: string;
}

async function runModel(context: Context, model: string, options: RunOptions): Promise<number> {
  const { app, progress } = context;
  const reason = options.reason?.trim() ?? null;
  if (reason === '') throw new UsageError('--reason: say why, others will read it.');
  const isNamed = reason !== null || context.options.as !== undefined;
  const who = isNamed ? { by: await actorOf(context), reason } : null;
  const before = await appliedHead(app, model);
  const zone = await appliedZone(app, model);
  const head = await withTemporal(app.settings, async ({ client }) => {
    await ring(app, client, model);
    if (who !== null) await recordRing(app, model, who);
    if (options.watch !== true) return null;
    const watched = await watchRun(app, model, {
      patience: PATIENCE,
      onWindow: ({ watermark, windows }) => {
        const line = windows.find(({ end }) => end === watermark);
        const verdict = line === undefined ? '' : verdictWord(line.verdict);
        progress(`${instantWords(watermark, zone)} ${verdict}`);
      },
    });
    await alertsDecided(client, model);
    return watched;
  });
  if (head === null) {
    const { paused } = before;
    const stays = paused === null ? '' : `, once: it is ${pausedWords(paused, zone)}`;
    tell(context, { model, state: 'rung' }, `${model}: the bell rang${stays}. ${LOOK}`);
    return 0;
  }
  const from = Math.min(before.watermark, ...head.failed.map(({ end }) => end - 1));
  const failures = await failuresOf(app, model, { from, to: head.watermark });
  const failed = failures.length === 0 ? '' : `, ${failures.length} failed`;
  const words =
    head.windows.length === 0
      ? `${model}: no window was due yet; look with "aftercare status ${model}". Older ones: ` +
        `aftercare backfill ${model} <from>..<to>`
      : `${model}: evaluated up to ${instantWords(head.watermark, zone)}${failed}`;
  const document = { model, state: 'done', watermark: iso(head.watermark) };
  return tellEnd(context, { document, words, failures, zone });
}

async function backfillModel(
  context: Context,
  model: string,
  options: { span: string; again?: boolean; watch?: boolean },
): Promise<number> {
  const { app, progress } = context;
  const zone = await appliedZone(app, model);
  const [from, to, more] = options.span.split('..');
  if (from === undefined || to === undefined || more !== undefined) {
    throw new UsageError(
      `Expected <from>..<to>, as 2026-01-01..2026-02-01; got "${options.span}".`,
    );
  }
  const which = options.again === true ? ('all' as const) : ('missing' as const);
  const input = { model, from: instant(from, zone), to: instant(to, zone), which };
  await checkSpan(app, input);
  const counts = await withTemporal(app.settings, async ({ client }) => {
    await startBackfill(client, input);
    if (options.watch !== true) return null;
    return watchBackfill(client, model, ({ evaluated, failed }) =>
      progress(backfillWords(evaluated, failed)),
    );
  });
  if (counts === null) {
    const words = `${model}: the backfill runs; --watch would wait for it. ${LOOK_LATER}`;
    tell(context, { model, state: 'started' }, words);
    return 0;
  }
  const { evaluated, failed } = counts;
  const isIdle = evaluated + failed === 0 && options.again !== true;
  const hint = isIdle ? '; each has a result already, --again makes the next revision' : '';
  const words = `${model}: the backfill is done: ${backfillWords(evaluated, failed)}${hint}`;
  const failures = failed === 0 ? [] : await failuresOf(app, model, input);
  const document = { model, state: 'done', evaluated, failed };
  const commits = await app.lake.commitsOf(model, input);
  const found = verdictLines(commits.filter(({ window }) => window.start >= input.from));
  const code = tellEnd(context, { document, words, failures, more: found, zone });
  return failed === 0 ? code : 3;
}

const LOOK = 'Look with "aftercare status".';
const LOOK_LATER =
  'When it is done, "aftercare status" and "aftercare alerts list" show what it found.';

/** What the windows of a span say now, in one line, and where it is told; [] without any. */
export function verdictLines(commits: readonly Pick<Commit, 'verdict'>[]): string[] {
  const counts = { ok: 0, warn: 0, alert: 0, unknown: 0 };
  for (const { verdict } of commits) counts[verdict] += 1;
  if (commits.length === 0) return [];
  const next = counts.warn + counts.alert === 0 ? '' : '; see "aftercare alerts list"';
  return [` Windows: ${countLine(counts, 0)}${next}`];
}

const backfillWords = (evaluated: number, failed: number): string =>
  `${amountWords(evaluated, 'window')} evaluated${failed === 0 ? '' : `, ${failed} failed`}`;
