import type { Command } from 'commander';
import {
  actOnAlert,
  findAlert,
  listAlerts,
  pastEpisodes,
  showAlert,
  type AlertAct,
  type AlertStory,
  type PastEpisode,
} from '../app/alerts.js';
import { checkPerson } from '../app/people.js';
import { withTemporal } from '../app/temporal.js';
import { parseDuration } from '../calendar/durations.js';
import type { AlertSummary } from '../domain/alert.js';
import type { Answer } from '../domain/entity.js';
import { troublesWords } from '../domain/naming.js';
import type { Instant } from '../domain/window.js';
import { actorOf, option, runAction, withGlobals, type Context } from './context.js';
import { findingsTable } from './check.js';
import { cut, print, printJson, table, verdictWord } from './output.js';
import { agoWords, instantWords } from './words.js';

/** `aftercare alerts list|show|ack|unack|snooze|resolve|assign|comment`. */
export function alertsCommand(program: Command): void {
  const alerts = program.command('alerts').description('open troubles: read them, act on them');
  const list = alerts
    .command('list')
    .description('alerts, open ones first')
    .option('--all', 'ended ones too, and those that a backfill found');
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
  flag: readonly [string, string] | null;
}

const VERBS: readonly Verb[] = [
  { type: 'ack', words: 'acknowledge: you are on it', flag: null },
  { type: 'unack', words: 'take an acknowledgement back', flag: null },
  { type: 'resolve', words: 'close it; it stays closed until ok, or worse', flag: null },
  { type: 'comment', words: 'add a remark to its history', flag: null },
  { type: 'snooze', words: 'be silent for a while', flag: ['--for <time>', 'how long, as 4h'] },
  { type: 'assign', words: 'give it to somebody', flag: ['--to <person>', 'a name of teams.yaml'] },
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
  if (flag !== null) command.requiredOption(flag[0], flag[1]);
  withGlobals(command).action((id: string, options: ActOptions) =>
    runAction(command, (context) => actAction(context, id, actOf(type, options))),
  );
}

function actOf(type: AlertAct['type'], options: ActOptions): { act: AlertAct; reason: string } {
  const { reason } = options;
  if (type === 'assign') return { act: { type, to: options.to ?? '' }, reason };
  if (type !== 'snooze') return { act: { type }, reason };
  // Real time: the entity lives in it, whatever the clock of the windows says.
  return { act: { type, until: Date.now() + parseDuration(options.for ?? '') }, reason };
}

async function listAction({ app, format }: Context, which: 'open' | 'all'): Promise<number> {
  const alerts = await listAlerts(app, which);
  const past = which === 'all' ? await pastEpisodes(app) : [];
  if (format === 'json') printJson([...alerts, ...past]);
  else {
    print(alerts.length === 0 ? 'No open alert.' : alertTable(alerts, Date.now()));
    if (past.length > 0) print(pastSection(past).join('\n'));
  }
  return 0;
}

/** One line per alert. */
export function alertTable(alerts: readonly AlertSummary[], now: Instant): string {
  const rows = alerts.map((alert) => [
    `${alert.model}/${alert.category}`,
    alert.severity === 'critical' ? verdictWord('alert') : verdictWord('warn'),
    statusWords(alert),
    cut(troublesWords(alert.members), 40),
    alert.firedAt === null ? '' : agoWords(alert.firedAt, now),
  ]);
  return table(['ALERT', 'VERDICT', 'STATUS', 'WHAT', 'FIRED'], rows);
}

function statusWords(alert: AlertSummary): string {
  const by = alert.acknowledgedBy === null ? '' : ` by ${alert.acknowledgedBy}`;
  const level = alert.status === 'escalated' ? `(${alert.level})` : '';
  return `${alert.status}${level}${by}`;
}

/** A member's key `check/target/slice`, taken apart: a target may hold a slash of its own. */
function namedBy(key: string): { check: string; target: string } {
  const [check = '', ...rest] = key.split('/');
  return { check, target: rest.slice(0, -1).join('/') };
}

function pastSection(past: readonly PastEpisode[]): string[] {
  const rows = past.map(({ model, category, severity, from, to, members }) => [
    `${model}/${category}`,
    severity === 'critical' ? verdictWord('alert') : verdictWord('warn'),
    `${instantWords(from)} → ${to === null ? 'still' : instantWords(to)}`,
    cut(troublesWords(members.map(namedBy)), 30),
  ]);
  const title = 'Past episodes, found by a backfill: nobody was told';
  return section(title, ['ALERT', 'VERDICT', 'WINDOWS', 'WHAT'], rows);
}

async function showAction({ app, format }: Context, id: string): Promise<number> {
  const story = await showAlert(app, id);
  if (format === 'json') printJson(story);
  else print(storyText(story));
  return 0;
}

function storyText({ alert, past, findings, deliveries, audit }: AlertStory): string {
  if (alert === null) return pastSection(past).slice(1).join('\n');
  const notices = deliveries.map((one) => [
    instantWords(one.at),
    `${one.channel}:${one.address}`,
    one.attempt > 1 ? `${one.state} (try ${one.attempt})` : one.state,
    cut(one.reason ?? '', 30),
  ]);
  const history = audit.map((record) => [
    instantWords(record.at),
    record.actor.verified ? record.actor.id : `${record.actor.id} (unverified)`,
    record.action,
    cut(record.reason ?? '', 40),
  ]);
  return [
    alertTable([alert], Date.now()),
    '',
    findingsTable(findings),
    ...section('Notices', ['AT', 'TO', 'STATE', ''], notices),
    ...section('History', ['AT', 'WHO', 'WHAT', ''], history),
    ...pastSection(past),
    '',
    `Answer it: aftercare alerts ack ${alert.model}/${alert.category} --as <you> --reason "…"`,
  ].join('\n');
}

/** A titled table; nothing when it has no line. */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  return rows.length === 0 ? [] : ['', title, table(head, rows)];
}

async function actAction(
  context: Context,
  id: string,
  { act, reason }: { act: AlertAct; reason: string },
): Promise<number> {
  const { app, options } = context;
  const actor = { by: actorOf(options), reason, verified: false };
  await checkPerson(app, actor.by);
  const alert = await findAlert(app, id);
  const answer = await withTemporal(app.settings, ({ client }) =>
    actOnAlert(client, alert, { actor, act }),
  );
  return printAnswer(context, answer);
}

/** What an entity answered, as text or JSON; a refusal is exit 2, a late or lost one 3. */
export function printAnswer({ format }: Context, answer: Answer): number {
  if (format === 'json') printJson(answer);
  else if (answer.ok) print(answer.note);
  else print(`refused: ${answer.reason.replace(/^refused: /, '')}`);
  return answer.ok ? 0 : answer.code === 'late' ? 3 : 2;
}
