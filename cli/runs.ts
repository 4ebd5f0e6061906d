import type { Command } from 'commander';
import { appliedHead, appliedZone, recordRing, ring, watchRun } from '../app/bell.js';
import { alertsDecided } from '../app/entities.js';
import { UsageError } from '../app/errors.js';
import { failuresOf } from '../app/failures.js';
import { withTemporal } from '../app/temporal.js';
import { waitingOf } from '../domain/model.js';
import { iso } from '../domain/window.js';
import { waitingWords } from './arrival-words.js';
import { actorOf, option, runAction, tell, withActor, type Context } from './context.js';
import { tellEnd } from './failures.js';
import { verdictWord } from './output.js';
import { instantWords, pausedWords } from './words.js';

const PATIENCE = 120_000;

/** `aftercare run <model>`. */
export function runCommand(program: Command): void {
  const run = program
    .command('run <model>')
    .description('ring the bell: evaluate what is due, durably')
    .addOption(option('--watch', 'wait until it is done', 'WATCH'))
    .addOption(option('--reason <text>', "why, for the model's history; needs --as", 'REASON'));
  withActor(run).action((model: string, options: RunOptions) =>
    runAction(run, (context) => runModel(context, model, options)),
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
  const waiting = waitingOf(head, app.clock());
  const words =
    waiting !== null
      ? `${model}: ${waitingWords(waiting, zone)}`
      : head.windows.length === 0
        ? `${model}: no window was due yet; look with "aftercare status ${model}". Older ones: ` +
          `aftercare backfill ${model} <from>..<to>`
        : `${model}: evaluated up to ${instantWords(head.watermark, zone)}${failed}`;
  const state = waiting === null ? 'done' : 'waiting';
  const document = { model, state, watermark: iso(head.watermark) };
  return tellEnd(context, { document, words, failures, zone });
}

const LOOK = 'Look with "aftercare status".';
