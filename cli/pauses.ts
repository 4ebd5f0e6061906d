import type { Command } from 'commander';
import { appliedZone, pause, resume } from '../app/bell.js';
import { UsageError } from '../app/errors.js';
import { withTemporal } from '../app/temporal.js';
import { iso, type Instant } from '../domain/window.js';
import { instant } from './instant.js';
import { actorOf, option, runAction, tell, withActor, type Context } from './context.js';
import { instantWords, pausedWords } from './words.js';

/** `pause`, `resume`. */
export function pauseCommands(program: Command): void {
  const command = program
    .command('pause <model>')
    .description('stop the bell, with a reason and an end')
    .addOption(option('--until <instant>', 'serve resumes it then', 'UNTIL'))
    .addOption(option('--reason <text>', 'why', 'REASON').makeOptionMandatory());
  withActor(command).action((model: string, options: PauseOptions) =>
    runAction(command, (context) => pauseAction(context, model, options)),
  );
  const back = program
    .command('resume <model>')
    .description('let the bell ring again, once at once')
    .addOption(
      option('--reason <text>', "why: a note on the model's Schedule", 'REASON').default(''),
    );
  withActor(back).action((model: string, options: { reason: string }) =>
    runAction(back, (context) => resumeAction(context, model, options.reason)),
  );
}

interface PauseOptions {
  until?: string;
  reason: string;
}

async function pauseAction(
  context: Context,
  model: string,
  { until: given, reason }: PauseOptions,
): Promise<number> {
  const { app } = context;
  const by = await actorOf(context);
  const zone = await appliedZone(app, model);
  const until = given === undefined ? null : endOfPause(given, zone, app.clock());
  const before = await withTemporal(app.settings, ({ client }) =>
    pause(app, client, { model, by, reason, until }),
  );
  const end =
    until === null ? ', until somebody resumes it' : ` until ${instantWords(until, zone)}`;
  const was = before === null ? '' : ` It was ${pausedWords(before, zone)}.`;
  const document = { model, state: 'paused', until: until === null ? null : iso(until) };
  tell(context, document, `${model} is paused${end}.${was}`);
  return 0;
}

async function resumeAction(context: Context, model: string, reason: string): Promise<number> {
  const { app } = context;
  const by = await actorOf(context);
  const note = reason === '' ? by : `${by}: ${reason}`;
  const before = await withTemporal(app.settings, ({ client }) =>
    resume(app, client, { model, note }),
  );
  const words = before === 'paused' ? `${model} rings again.` : `${model} was not paused; it rang.`;
  tell(context, { model, state: 'resumed' }, words);
  return 0;
}

/** The end of a pause, with a bare date in the zone; UsageError when it is over already. */
export function endOfPause(text: string, zone: string, now: Instant): Instant {
  const until = instant(text, zone);
  if (until > now) return until;
  throw new UsageError(
    `--until ${text} is in the past; expected an instant after ${instantWords(now, zone)}.`,
  );
}
