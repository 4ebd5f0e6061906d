import type { RequestStory } from '../app/requests.js';
import type { RequestSummary } from '../domain/request.js';
import { becauseOf } from '../domain/requests/request-text-reason.js';
import { deciders } from '../domain/requests/request-text-deciders.js';
import type { Instant } from '../domain/window.js';
import { columns, fitted, section } from './fitted.js';
import { noticesSection } from './notices.js';
import { wrap } from './output.js';
import { agoWords, instantWords } from './words.js';

/** One line per request, as wide as the terminal. */
export function requestTable(requests: readonly RequestSummary[], now: Instant): string {
  const rows = requests.map((request) => [
    request.id,
    request.status,
    becauseOf(request),
    request.openedBy,
    awaited(request, now),
  ]);
  return fitted(['REQUEST', 'STATUS', 'BECAUSE', 'OPENED BY', 'UNTIL'], rows, 'BECAUSE');
}

/** What is waited for, and until when; a dash where nothing is. */
function awaited(request: RequestSummary, now: Instant): string {
  const { status, expiresAt, startsAt, held, training, result } = request;
  if (status === 'requested') return `decide ${agoWords(expiresAt, now)}`;
  if (status === 'cooling' && startsAt !== null) return `starts ${agoWords(startsAt, now)}`;
  if (status === 'uncertain') return 'look it up';
  if (held !== null) return 'held';
  if (status !== 'executing' || training?.endsBy === undefined || result !== null) return '–';
  return now < training.endsBy ? `train ${agoWords(training.endsBy, now)}` : 'time is up';
}

/** A request with its evidence, who decided and why, and how it is answered. */
export function storyText(story: RequestStory, now: Instant): string {
  const { request, evidence, audit, deliveries, rules, timezone } = story;
  const { gate, outcome } = request;
  const history = audit.map(({ at, actor, action, reason }) => [
    instantWords(at, timezone),
    actor.verified ? actor.id : `${actor.id} (unverified)`,
    action,
    reason ?? '',
  ]);
  const lines = [
    `Why: ${request.reason}`,
    ...evidence.advice.reasons.map(({ text }) => ` - ${text}`),
    ...(evidence.advice.trainOn === undefined ? [] : [evidence.advice.trainOn.sentence]),
    `Evidence: ${request.evidence.slice(0, 12)}, of the run ${evidence.run}`,
    ...(request.warning === undefined ? [] : [`Mind: ${request.warning}.`]),
    ...(rules === null || request.status !== 'requested' ? [] : deciders(request, rules, timezone)),
    ...request.approvals.map(
      ({ by, at, reason }) =>
        `Approved by ${by} at ${instantWords(at, timezone)}${reason === '' ? '' : `: ${reason}`}`,
    ),
    ...(gate === null ? [] : [`Gate: ${gate.sentence}`]),
    ...(request.verified === undefined ? [] : [`Afterwards: ${request.verified.sentence}`]),
    ...(request.held === null ? [] : [`Held: ${request.held}`]),
    ...(outcome === null || outcome === gate?.sentence ? [] : [`Outcome: ${outcome}`]),
  ];
  return [
    requestTable([request], now),
    '',
    ...lines.map(wrapped),
    ...noticesSection(deliveries, timezone),
    ...section('History', ['AT', 'WHO', 'WHAT', ''], history),
    ...howToDecide(request),
  ].join('\n');
}

/** Lines after the first stand under the words of the first. */
function wrapped(line: string): string {
  const mark = line.startsWith(' - ') ? ' - ' : '';
  const indent = ' '.repeat(mark.length);
  return mark + wrap(line.slice(mark.length), columns(), indent).slice(indent.length);
}

function howToDecide({ id, status, evidence }: RequestSummary): string[] {
  if (CANCELLABLE.includes(status)) {
    return ['', 'Stop it:', ` aftercare cancel ${id} --as <you> --reason "…"`];
  }
  if (status !== 'requested') return [];
  return [
    '',
    'Decide:',
    ` aftercare approve ${id} --as <you> --evidence ${evidence.slice(0, 12)}`,
    ` aftercare reject ${id} --as <you> --reason "at least ten characters"`,
  ];
}

/** Decided, and not promoted yet. */
const CANCELLABLE: readonly RequestSummary['status'][] = ['cooling', 'executing', 'uncertain'];
