import type { AlertRules, NoticeReason, Route } from '../alert.js';
import { markedOf } from './members.js';
import { editAll, push, pushTo } from './plan.js';
import type { Words } from './plan.js';
import { record } from './record.js';
import type { Draft, Episode, Escalation } from './state.js';
import { nextTry } from '../delivering/plan.js';
import type { Duration, Instant } from '../window.js';

type Level = Route['levels'][number];

/** An acknowledgement that nobody renews within an hour of its reminder is over. */
const answerWithin: Duration = 60 * 60_000;

/** How long after its end an episode is continued instead of a new one: at least two windows. */
export function reopenWithin(rules: AlertRules): Duration {
  return Math.max(rules.policy.reopenWithin, 2 * rules.windowSize);
}

/** The chain of levels from its beginning; level 0 is told with the words `opening`. */
export function chainFrom(at: Instant, opening: NoticeReason): Escalation {
  const start = { next: 0, round: 0, exhausted: false, repeats: 0, repeatAt: null };
  return { startedAt: at, ...start, opening };
}

/** Does all of the episode's deadlines that are due: a late pass skips no level. */
export function runDeadlines(draft: Draft): void {
  const { episode } = draft.state;
  if (episode === null || episode.ended !== null) return;
  endHandling(draft, episode);
  if (episode.handling.kind !== 'open') return;
  climb(draft, episode);
  repeat(draft, episode);
}

/** When the state wants to be looked at again; null: not before an event comes. */
export function nextDeadline({ state, rules, retry, at }: Draft): Instant | null {
  const { episode } = state;
  const ends = episode?.ended ? episode.ended.at + reopenWithin(rules) : null;
  // It can pass without the end of the entity: while members that a person closed are still bad.
  const own = ends === null ? episodeDeadline(episode, rules) : ends > at ? ends : null;
  const times = [nextTry(state.deliveries, retry), own].flatMap((time) => time ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function episodeDeadline(episode: Episode | null, rules: AlertRules): Instant | null {
  if (episode === null) return null;
  const { handling, escalation } = episode;
  switch (handling.kind) {
    case 'snoozed':
      return handling.until;
    case 'acknowledged':
      if (handling.remindedAt !== null) return handling.remindedAt + answerWithin;
      return handling.at + rules.policy.ackExpires[episode.severity];
    case 'open': {
      const level = levelAt(episode, rules);
      if (escalation.repeatAt === null || level === null) return escalation.repeatAt ?? level;
      return Math.min(escalation.repeatAt, level);
    }
  }
}

/** A snooze that is over wakes; an acknowledgement is reminded of, then taken back. */
function endHandling(draft: Draft, episode: Episode): void {
  const { at, rules } = draft;
  const { handling } = episode;
  if (handling.kind === 'snoozed' && at >= handling.until) {
    episode.handling = { kind: 'open' };
    episode.escalation = chainFrom(at, 'woken');
    record(draft, 'woken', { reason: 'the snooze is over' });
    editAll(draft, { reason: 'woken' });
  }
  if (handling.kind !== 'acknowledged') return;
  if (handling.remindedAt === null) {
    if (at < handling.at + rules.policy.ackExpires[episode.severity]) return;
    episode.handling = { ...handling, remindedAt: at };
    record(draft, 'reminded', { reason: `acknowledged by ${handling.by}` });
    askHolders(draft, episode, handling);
  } else if (at >= handling.remindedAt + answerWithin) {
    episode.handling = { kind: 'open' };
    episode.escalation = chainFrom(at, 'unacknowledged');
    record(draft, 'unacknowledged', { reason: 'the reminder was not answered' });
    editAll(draft, { reason: 'unacknowledged' });
  }
}

/** Asks who acknowledged it, level 0 where they cannot be reached, and whoever else works on it. */
function askHolders(
  draft: Draft,
  { assignedTo, assignedChain = [] }: Episode,
  { by, chain = [] }: Extract<Episode['handling'], { kind: 'acknowledged' }>,
): void {
  const words = { reason: 'reminder', by } as const;
  if (chain.length === 0) push(draft, [0], words);
  else pushTo(draft, chain, words);
  if (assignedTo !== by) pushTo(draft, assignedChain, words);
}

/** Tells every level whose time has come; a level without receivers hands on to the next. */
function climb(draft: Draft, episode: Episode): void {
  const { at, rules } = draft;
  const { levels } = rules.route;
  const { escalation } = episode;
  for (;;) {
    const due = levelAt(episode, rules);
    if (due === null || due > at) return;
    const level = escalation.next;
    const isOpening = escalation.round === 0 && levels.slice(0, level).every(isEmpty);
    const isNobody = isEmpty(levels[level]);
    const isRoot = isOpening && level + 1 >= levels.length;
    if (isNobody) record(draft, 'skipped', { reason: `nobody at level ${level}` });
    if (!isNobody || isRoot) {
      escalation.told = level;
      push(draft, [level], isOpening ? openingWords(escalation) : { reason: 'escalated' });
      if (!isOpening) {
        record(draft, 'escalated', { reason: `level ${level}` });
        editAll(draft, { reason: 'escalated' });
      }
    }
    advance(episode, rules);
    if (escalation.exhausted) record(draft, 'exhausted', { reason: 'nobody answered' });
  }
}

function openingWords(escalation: Escalation): Words {
  return { reason: escalation.opening, ...markedOf(escalation) };
}

function isEmpty(level: Level | undefined): boolean {
  return level === undefined || !level.to.some((chain) => chain.length > 0);
}

function advance(episode: Episode, rules: AlertRules): void {
  const { escalation } = episode;
  escalation.next += 1;
  if (escalation.next < Math.max(rules.route.levels.length, 1)) return;
  if (period(episode, rules) === null) return; // one level: repeats are all there is
  if (escalation.round + 1 >= rules.policy.chains) escalation.exhausted = true;
  else {
    escalation.round += 1;
    escalation.next = 0;
  }
}

/** When the next level is due; null: the chain has run. A level without receivers: at once. */
function levelAt(episode: Episode, rules: AlertRules): Instant | null {
  const { escalation, severity } = episode;
  if (escalation.exhausted || escalation.next >= Math.max(rules.route.levels.length, 1))
    return null;
  const length = period(episode, rules) ?? 0;
  const round = escalation.startedAt + escalation.round * length;
  const { levels } = rules.route;
  const previous = levels[escalation.next - 1];
  const isHandedOn = previous !== undefined && isEmpty(previous);
  const from = isHandedOn ? previous : levels[escalation.next];
  return round + (from?.after[severity] ?? 0);
}

/** How long one round of the chain takes: up to the last level and one step more. */
function period(episode: Episode, rules: AlertRules): Duration | null {
  const { levels } = rules.route;
  const last = levels.at(-1);
  const before = levels.at(-2);
  if (last === undefined || before === undefined) return null;
  const { severity } = episode;
  return last.after[severity] + Math.max(last.after[severity] - before.after[severity], 1_000);
}

function repeat(draft: Draft, episode: Episode): void {
  const { at, rules } = draft;
  const { escalation } = episode;
  const { every, most } = rules.policy.repeat[episode.severity];
  if (escalation.repeatAt !== null && at >= escalation.repeatAt) {
    escalation.repeats += 1;
    const levels = rules.route.levels.flatMap((_, n) =>
      n < Math.max(escalation.next, 1) ? n : [],
    );
    const count = { k: escalation.repeats, most };
    push(draft, levels, { reason: 'repeat', repeat: count });
    record(draft, 'repeated', { reason: `${count.k} of ${most}` });
    escalation.repeatAt = null;
  }
  if (escalation.repeats >= most || every <= 0) escalation.repeatAt = null;
  else escalation.repeatAt ??= at + every;
}
