import type { Advice, FindingRef } from '../advice.js';
import { refOf } from '../advising/input.js';
import type { Finding } from '../finding.js';
import { measureWords, troubleWords } from '../naming.js';
import type { Notice } from '../notice.js';
import type { RequestSummary, RetrainEffect, RetrainRules } from '../request.js';
import { cut, cutAtWord } from '../alerting/notice-text-cut.js';
import { QUIET_AFTER_END } from './answers.js';
import { deciders } from './request-text-deciders.js';
import { approvalWords, SAYS, SEVERITY, subjectOf, verifiedWords } from './request-text-reason.js';
import type { Instant } from '../window.js';
import { iso } from '../window.js';
import { inZone } from '../zone.js';

const LONGEST_SUBJECT = 130;
const LONGEST_TEXT = 2_800;
const MOST_REASONS = 5;

export interface RequestNoticeInput {
  effect: Extract<RetrainEffect, { kind: 'notice' }>;
  /** The frozen evidence's advice, from the lake: its sentences; null when it cannot be read. */
  advice: Advice | null;
  /** Of the same evidence, newest first: the advice's numbers; absent: names alone. */
  findings?: readonly Finding[];
  /** The rules that the request was opened with: who decides. */
  rules: RetrainRules;
  /** The model's: instants are told on its wall clock. */
  timezone: string;
  at: Instant;
}

/**
 * The words of one notice about a request. Names and sentences are untrusted: control characters
 * are taken out here, the notifier escapes for its channel. Never longer than subject and text may.
 */
export function requestNotice(input: RequestNoticeInput): Notice {
  const { effect, advice, at } = input;
  const { request } = effect;
  const lines = [...head(effect), '', ...body(input), '', ...commands(effect)];
  return {
    deliveryId: effect.deliveryId,
    thread: `retrain.${request.id.replace(/[^A-Za-z0-9.-]+/g, '.')}`,
    threadRef: effect.threadRef,
    form: effect.form,
    subject: cutAtWord(clean(subjectOf(effect, advice)), LONGEST_SUBJECT),
    text: cutText(lines.map(clean)),
    severity: SEVERITY[effect.reason],
    facts: factsOf(request, input.timezone).map(({ label, value }) => ({
      label,
      value: cut(clean(value), 200),
    })),
    picture: null,
    data: {
      kind: 'request',
      reason: effect.reason,
      request: request.id,
      model: request.model,
      status: request.status,
      evidence: request.evidence,
      expiresAt: iso(request.expiresAt),
      outcome: request.outcome,
      version: request.result?.version ?? null,
    },
    at,
  };
}

function head(effect: RequestNoticeInput['effect']): string[] {
  const { request, reason, insteadOf, doubtful } = effect;
  const lines = [`${request.id}: ${SAYS[reason]}.`];
  if (insteadOf !== null)
    lines.push(`(${insteadOf.channel} cannot be reached, so you hear it here.)`);
  if (doubtful) lines.push('(You may have this already: the answer to the last try was lost.)');
  const isAfter = reason === 'helped' || reason === 'not_helped';
  if (isAfter) lines.push(`${verifiedWords(request)}.`);
  else if (request.outcome !== null) lines.push(request.outcome);
  if (reason === 'not_helped') lines.push(`What to do: ${AFTER_NO_HELP}`);
  if (request.held !== null) lines.push(`Held: ${request.held}.`);
  if (request.supersededBy !== null) lines.push(`It is asked anew as ${request.supersededBy}.`);
  return lines;
}

const AFTER_NO_HELP =
  'look for another cause before the next retraining: a broken input, a loop, a world that the ' +
  'features do not show.';

function body(input: RequestNoticeInput): string[] {
  const { effect, advice, rules, timezone } = input;
  const { request } = effect;
  const reasons = advice?.reasons.map(({ text }) => text) ?? [request.reason];
  const shown = reasons.slice(0, MOST_REASONS).map((text) => `- ${text}`);
  const more = reasons.length - MOST_REASONS;
  const lines = [
    `Opened ${inZone(request.openedAt, timezone)} by ${request.openedBy}: ${whyOf(input)}`,
    'Why:',
    ...shown,
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(advice?.trainOn === undefined ? [] : [advice.trainOn.sentence]),
    ...request.advice.blockers.map((blocker) => `Held back by: ${blocker}`),
    ...(request.warning === undefined ? [] : [`Mind: ${request.warning}.`]),
    ...(request.status === 'requested'
      ? []
      : approvalWords(request).map((words) => `Approved ${words}`)),
  ];
  // Where the gate is the outcome, the head has said it.
  if (request.gate !== null && request.gate.sentence !== request.outcome)
    lines.push(`Gate ${request.gate.sentence}.`);
  if (request.status === 'requested') {
    const evidence = request.evidence.slice(0, 12);
    lines.push(...deciders(request, rules, timezone));
    lines.push(`Evidence: ${evidence}, frozen. Without an answer nothing is trained.`);
  }
  if (request.startsAt !== null) {
    lines.push(
      `The training starts at ${inZone(request.startsAt, timezone)} unless somebody cancels.`,
    );
  }
  if (request.status === 'expired' && request.endedAt !== null) {
    const isAdvice = request.openedBy === 'policy:advice';
    const until = inZone(request.endedAt + QUIET_AFTER_END, timezone);
    if (isAdvice) lines.push(`The same advice asks again after ${until} at the earliest.`);
    const when = isAdvice ? ' before that' : '';
    lines.push(`What to do: to have it asked anew${when}, give the last command.`);
  }
  return lines;
}

/** Names that a request's reason shows at most. */
const MOST_DRIVERS = 4;

/** The reason of a request; of one that the advice opened with the numbers: `MAE 12.1 → 15.3`. */
function whyOf({ effect, advice, findings = [] }: RequestNoticeInput): string {
  const { request } = effect;
  const refs = advice?.reasons.flatMap((reason) => reason.findings) ?? [];
  if (advice === null || request.openedBy !== 'policy:advice') return request.reason;
  const numbered = refs.flatMap((ref) => {
    const found = findings.find((one) => isOf(ref, one));
    return found === undefined ? [] : [`${troubleWords(ref)} ${measureWords(found)}`.trim()];
  });
  const names = [...new Set(numbered)];
  if (names.length === 0) return request.reason;
  const more = names.length - MOST_DRIVERS;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `advice ${advice.action}: ${names.slice(0, MOST_DRIVERS).join(', ')}${rest}`;
}

function isOf({ check, target, segment }: FindingRef, finding: Finding): boolean {
  const ref = refOf(finding);
  return ref.check === check && ref.target === target && ref.segment === segment;
}

function commands(effect: RequestNoticeInput['effect']): string[] {
  const { id, model, status } = effect.request;
  const show = `aftercare requests show ${id}`;
  const evidence = effect.request.evidence.slice(0, 12);
  if (status === 'requested') {
    return [
      show,
      `aftercare approve ${id} --as <you> --evidence ${evidence} --reason "…"`,
      `aftercare reject ${id} --as <you> --evidence ${evidence} --reason "…"`,
    ];
  }
  if (status === 'cooling' || status === 'uncertain') {
    return [show, `aftercare cancel ${id} --as <you> --reason "…"`];
  }
  if (status !== 'expired') return [show];
  return [show, `aftercare retrain ${model} --as <you> --reason "…"`];
}

function factsOf(request: RequestSummary, timezone: string): { label: string; value: string }[] {
  const facts = [
    { label: 'Request', value: request.id },
    { label: 'Status', value: request.status },
    { label: 'Evidence', value: request.evidence.slice(0, 12) },
  ];
  if (request.status === 'requested') {
    facts.push({ label: 'Decide by', value: inZone(request.expiresAt, timezone) });
  }
  if (request.result !== null) facts.push({ label: 'Challenger', value: request.result.version });
  if (request.training?.url != null) facts.push({ label: 'Run', value: request.training.url });
  return facts;
}

/** Control characters, line breaks included, become spaces. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Long lines in the middle give way first, so that the commands at the end stay. */
function cutText(lines: readonly string[]): string {
  for (let longest = 600; longest >= 40; longest -= 40) {
    const text = lines.map((line) => cut(line, longest)).join('\n');
    if (text.length <= LONGEST_TEXT) return text;
  }
  return cut(lines.join('\n'), LONGEST_TEXT);
}
