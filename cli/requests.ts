import type { Command } from 'commander';
import { UsageError } from '../app/errors.js';
import {
  decideRequest,
  findRequest,
  listRequests,
  openRequest,
  showRequest,
} from '../app/requests.js';
import { withTemporal } from '../app/temporal.js';
import type { RequestSummary } from '../domain/request.js';
import { LEAST_REASON } from '../domain/requests/answers.js';
import { printAnswer } from './alerts.js';
import {
  actorOf,
  answered,
  option,
  runAction,
  withActor,
  withGlobals,
  type Context,
} from './context.js';
import { printDocument } from './document.js';
import { listCommand } from './group.js';
import { print } from './output.js';
import { requestTable, storyText } from './request-story.js';

/** `requests list|show`, `approve`, `reject`, `withdraw`, `cancel`, `retrain`. */
export function requestsCommand(program: Command): void {
  const requests = program.command('requests').description('the questions put to the approvers');
  const list = listCommand(requests).description('requests, open ones first');
  list.addOption(option('--all', 'ended ones too', 'ALL'));
  withGlobals(list).action((options: { all?: boolean }) =>
    runAction(list, (context) => listAction(context, options.all === true ? 'all' : 'open')),
  );
  const show = requests.command('show <id>').description('one request: evidence, who decides');
  withGlobals(show).action((id: string) => runAction(show, (context) => showAction(context, id)));
  for (const decision of DECISIONS) decisionCommand(program, decision);
  const retrain = program
    .command('retrain <model>')
    .description('open a retraining request by hand')
    .addOption(option('--reason <text>', 'why', 'REASON').makeOptionMandatory());
  withActor(retrain).action((model: string, { reason }: { reason: string }) =>
    runAction(retrain, (context) => retrainAction(context, model, reason)),
  );
}

const DECISIONS = [
  { decision: 'approve', words: 'approve a retraining request' },
  { decision: 'reject', words: `reject it; --reason has at least ${LEAST_REASON} characters` },
  { decision: 'withdraw', words: 'take your approval back, before the quorum' },
  { decision: 'cancel', words: 'stop a request before its challenger is promoted' },
] as const;
type Decision = (typeof DECISIONS)[number];

interface DecisionOptions {
  reason: string;
  evidence?: string;
}

function decisionCommand(program: Command, { decision, words }: Decision): void {
  const command = program
    .command(`${decision} <request>`)
    .description(words)
    .addOption(option('--reason <text>', 'why', 'REASON').default(''));
  if (decision === 'approve' || decision === 'reject') {
    const what = 'the evidence that you saw; refused when it changed';
    command.addOption(option('--evidence <hash>', what, 'EVIDENCE'));
  }
  withActor(command).action((id: string, options: DecisionOptions) =>
    runAction(command, async (context) => {
      const { app } = context;
      if (decision === 'reject') refuseShort(options.reason);
      const actor = { by: await actorOf(context), reason: options.reason, verified: false };
      const request = await findRequest(app, id);
      const evidence = fullHash(request, options.evidence);
      const answer = await withTemporal(app.settings, ({ client }) =>
        answered(context, decideRequest(client, request, { actor, decision, evidence })),
      );
      return printAnswer(context, answer);
    }),
  );
}

/** UsageError for a reason that no rejection can have: no server is asked. */
export function refuseShort(reason: string): void {
  if (reason.trim().length >= LEAST_REASON) return;
  const given = reason.trim() === '' ? 'none' : JSON.stringify(reason);
  throw new UsageError(
    `--reason: expected at least ${LEAST_REASON} characters, for others will read it, got ${given}. ` +
      'Example: --reason "the labels of May are missing"',
  );
}

const LEAST_DIGITS = 8;

/**
 * The hash as it was given; 8 or more first digits of the request's own stand for it. UsageError
 * for fewer: they name no evidence, so nothing can be said of it.
 */
export function fullHash(
  request: Pick<RequestSummary, 'id' | 'evidence'>,
  given: string | undefined,
): string {
  if (given === undefined) return request.evidence;
  if (given.length < LEAST_DIGITS) {
    throw new UsageError(
      `--evidence "${given}" is too short; expected ${LEAST_DIGITS} or more digits of the hash, ` +
        `as "aftercare requests show ${request.id}" shows it.`,
    );
  }
  return request.evidence.startsWith(given) ? request.evidence : given;
}

async function retrainAction(context: Context, model: string, reason: string): Promise<number> {
  const { app } = context;
  const actor = { by: await actorOf(context), reason, verified: false };
  const answer = await withTemporal(app.settings, ({ client }) =>
    answered(context, openRequest(app, client, { model, actor })),
  );
  return printAnswer(context, answer);
}

async function listAction({ app, format }: Context, which: 'open' | 'all'): Promise<number> {
  const requests = await listRequests(app, which);
  if (format === 'json') return printDocument({ requests }, 0);
  if (requests.length === 0) print('No open request.');
  else print(requestTable(requests, Date.now()));
  return 0;
}

async function showAction({ app, format }: Context, id: string): Promise<number> {
  const story = await showRequest(app, id);
  if (format === 'json') return printDocument({ ...story }, 0);
  print(storyText(story, Date.now()));
  return 0;
}
