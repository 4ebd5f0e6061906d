import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { alreadyRuns, checkSpan, isSame, startBackfill, watchBackfill } from '../app/backfill.js';
import { appliedZone } from '../app/bell.js';
import { UsageError } from '../app/errors.js';
import { failuresOf } from '../app/failures.js';
import { idleQueues, withTemporal } from '../app/temporal.js';
import type { Commit } from '../domain/run.js';
import { farWords, waitsWords } from './backfill-words.js';
import { instant } from './instant.js';
import { option, runAction, tell, withGlobals, type Context } from './context.js';
import { tellEnd } from './failures.js';
import { countLine } from './output.js';

interface BackfillOptions {
  span: string;
  again?: boolean;
  watch?: boolean;
}

/** `aftercare backfill <model> <from..to>`. */
export function backfillCommand(program: Command): void {
  const backfill = program
    .command('backfill <model> <from..to>')
    .description('evaluate past windows in [from, to) through Temporal, at a capped pace')
    .addOption(option('--again', 'also windows that have a result: the next revision', 'AGAIN'))
    .addOption(option('--watch', 'wait until it is done', 'WATCH'));
  withGlobals(backfill).action(
    (model: string, span: string, options: Omit<BackfillOptions, 'span'>) =>
      runAction(backfill, (context) => backfillModel(context, model, { span, ...options })),
  );
}

async function backfillModel(
  context: Context,
  model: string,
  options: BackfillOptions,
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
  const { counts, idle } = await withTemporal(app.settings, async (server) => {
    const { client } = server;
    const before = await startBackfill(client, input);
    const isWatched = options.watch === true && (before === null || isSame(before, input));
    if (before !== null && !isWatched) throw alreadyRuns(before, zone);
    const idle = await idleQueues(server, ['wf', 'io', 'backfill']);
    if (!isWatched) return { counts: null, idle };
    if (before !== null) progress(`${model}: this backfill runs already.`);
    if (idle.length > 0) progress(waitsWords(idle));
    const counts = await watchUntilLeft(context, client, model);
    return { counts, idle };
  });
  if (counts === null) {
    const state = idle.length > 0 ? waitsWords(idle) : 'the backfill runs.';
    const words = `${model}: ${state} --watch would wait for it. ${LOOK_LATER}`;
    tell(context, { model, state: 'started', idle }, words);
    return 0;
  }
  const { evaluated, failed } = counts;
  const isIdle = evaluated + failed === 0 && options.again !== true;
  const hint = isIdle ? '; each has a result already, --again makes the next revision' : '';
  const words = `${model}: the backfill is done: ${farWords(counts)}${hint}`;
  const failures = failed === 0 ? [] : await failuresOf(app, model, input);
  const document = { model, state: 'done', evaluated, failed };
  const commits = await app.lake.commitsOf(model, input);
  const found = verdictLines(commits.filter(({ window }) => window.start >= input.from));
  const code = tellEnd(context, { document, words, failures, more: found, zone });
  return failed === 0 ? code : 3;
}

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

/** Ctrl-C ends the watching alone, and says so. */
async function watchUntilLeft({ progress }: Context, client: Client, model: string) {
  const leave = () => {
    progress(`${model}: the backfill goes on without you. ${LOOK_LATER}`);
    process.exit(130);
  };
  process.once('SIGINT', leave);
  try {
    return await watchBackfill(client, model, (one) => progress(farWords(one)));
  } finally {
    process.off('SIGINT', leave);
  }
}
