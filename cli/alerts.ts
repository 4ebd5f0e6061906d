import type { Command } from 'commander';
import {
  actOnAlert,
  findAlert,
  listAlerts,
  pastEpisodes,
  showAlert,
  type AlertAct,
} from '../app/alerts.js';
import { checkPerson, reachOf } from '../app/people.js';
import { withTemporal } from '../app/temporal.js';
import { parseDuration } from '../calendar/durations.js';
import { UsageError } from '../app/errors.js';
import type { Answer } from '../domain/entity.js';
import type { Duration } from '../domain/window.js';
import {
  actorOf,
  answered,
  option,
  runAction,
  withActor,
  withGlobals,
  type Context,
} from './context.js';
import { alertTable, storyText } from './alert-story.js';
import { pastSection } from './past-episodes.js';
import { printDocument } from './document.js';
import { listCommand } from './group.js';
import { hung } from './fitted.js';
import { print, say } from './output.js';

/** `aftercare alerts list|show|ack|unack|snooze|resolve|assign|comment`. */
export function alertsCommand(program: Command): void {
  const alerts = program.command('alerts').description('open troubles: read them, act on them');
  const list = listCommand(alerts)
    .description('alerts, open ones first')
    .addOption(option('--all', 'ended ones too, and those that a backfill found', 'ALL'));
  withGlobals(list).action((options: { all?: boolean }) =>
    runAction(list, (context) => listAction(context, options.all === true ? 'all' : 'open')),
  );
  const show = alerts.command('show <id>').description('one alert: members, notices, history');
  withGlobals(show).action((id: string) => runAction(show, (context) => showAction(context, id)));
  for (const verb of VERBS) actCommand(alerts, verb);
}

/** What a person can do; `flag`: what the verb needs beside a reason. */
interface Verb {
  type: AlertAct['type'];
  words: string;
  flag: readonly [flags: string, words: string, name: string] | null;
}

const VERBS: readonly Verb[] = [
  { type: 'ack', words: 'acknowledge: you are on it', flag: null },
  { type: 'unack', words: 'take an acknowledgement back', flag: null },
  { type: 'resolve', words: 'close it; it stays closed until ok, or worse', flag: null },
  { type: 'comment', words: 'add a remark to its history', flag: null },
  {
    type: 'snooze',
    words: 'be silent for a while',
    flag: ['--for <time>', 'how long, as 4h', 'FOR'],
  },
  {
    type: 'assign',
    words: 'give it to somebody',
    flag: ['--to <person>', 'a name of teams.yaml', 'TO'],
  },
];

interface ActOptions {
  reason: string;
  for?: string;
  to?: string;
}

function actCommand(alerts: Command, { type, words, flag }: Verb): void {
  const command = alerts
    .command(`${type} <id>`)
    .description(words)
    .addOption(option('--reason <text>', 'why', 'REASON').default(''));
  if (flag !== null) command.addOption(option(...flag).makeOptionMandatory());
  withActor(command).action((id: string, options: ActOptions) =>
    runAction(command, (context) => actAction(context, id, { type, ...options })),
  );
}

async function actOf(
  app: Context['app'],
  by: string,
  { type, ...options }: ActOptions & Pick<Verb, 'type'>,
): Promise<AlertAct> {
  if (type === 'ack') return { type, chain: await reachOf(app, by) };
  if (type === 'assign') {
    const to = options.to ?? '';
    await checkPerson(app, to, '--to');
    return { type, to, chain: await reachOf(app, to) };
  }
  if (type !== 'snooze') return { type };
  // Real time: the entity lives in it, whatever the clock of the windows says.
  return { type, until: Date.now() + durationOf(options.for ?? '') };
}

function durationOf(text: string): Duration {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new UsageError(`--for: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function listAction({ app, format }: Context, which: 'open' | 'all'): Promise<number> {
  const alerts = await listAlerts(app, which);
  const past = which === 'all' ? await pastEpisodes(app) : [];
  if (format === 'json') return printDocument({ alerts, past }, 0);
  print(alerts.length === 0 ? 'No open alert.' : alertTable(alerts, Date.now()));
  if (past.length > 0) print(pastSection(past, alerts).join('\n'));
  return 0;
}

async function showAction({ app, format }: Context, id: string): Promise<number> {
  const story = await showAlert(app, id);
  if (format === 'json') return printDocument({ ...story }, 0);
  print(storyText(story, Date.now()));
  return 0;
}

async function actAction(
  context: Context,
  id: string,
  options: ActOptions & Pick<Verb, 'type'>,
): Promise<number> {
  const { app } = context;
  const by = await actorOf(context);
  const act = await actOf(app, by, options);
  const actor = { by, reason: options.reason, verified: false };
  const alert = await findAlert(app, id);
  const answer = await withTemporal(app.settings, ({ client }) =>
    answered(context, actOnAlert(client, alert, { actor, act })),
  );
  return printAnswer(context, answer);
}

/**
 * What an entity answered, as text or JSON: a refusal on stderr, with exit 2, or 3 for one
 * that came late.
 */
export function printAnswer({ format }: Pick<Context, 'format'>, answer: Answer): number {
  const exitCode = answer.ok ? 0 : answer.code === 'late' ? 3 : 2;
  if (format === 'json') return printDocument({ ...answer }, exitCode);
  if (answer.ok) print(answer.note);
  else say(hung(`refused: ${answer.reason.replace(/^refused: /, '')}`));
  return exitCode;
}
