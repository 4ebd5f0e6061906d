import type { AlertKey, AlertMember, AlertSummary, MarkedMembers } from '../alert.js';
import { conditionsOf } from './conditions.js';
import { markedOf } from './members.js';
import type { About, AlertHead, AlertState, Episode } from './state.js';

/** `<model>/<category>#<episode>` */
export function alertId(key: AlertKey, episode: number): string {
  return `${key.model}/${key.category}#${episode}`;
}

/** What a list or a notice says of the alert now. `about`: what a notice goes out for. */
export function summaryOf(
  state: AlertState,
  keepFiringFor: number,
  about: Pick<About, 'by' | 'why' | 'repeat' | keyof MarkedMembers> | null = null,
): AlertSummary {
  const { episode, key } = state;
  const members = membersOf(state, keepFiringFor);
  const bad = members.filter((member) => member.condition !== 'ok');
  const handling = episode?.handling ?? { kind: 'open' };
  const number = episode?.number ?? state.episodes;
  const isHandled = handling.kind !== 'open';
  return {
    ...key,
    id: alertId(key, number),
    episode: number,
    status: statusOf(state, bad),
    severity: episode?.severity ?? 'warning',
    level: episode === null ? 0 : levelOf(episode),
    firedAt: episode?.firedAt ?? null,
    firstWindow: episode?.firstWindow ?? earliest(bad),
    lastWindow: lastBad(state, keepFiringFor),
    lastRevision: state.lastRevision,
    members,
    memberCount: members.length,
    troubleCount: members.filter(isTrouble).length,
    watchedFor: keepFiringFor,
    acknowledgedBy: handling.kind === 'acknowledged' ? handling.by : null,
    acknowledgedAt: handling.kind === 'acknowledged' ? handling.at : null,
    snoozedUntil: handling.kind === 'snoozed' ? handling.until : null,
    assignedTo: episode?.assignedTo ?? null,
    reopened: episode?.reopened ?? 0,
    repeat: about?.repeat ?? null,
    by: about === null ? (isHandled ? handling.by : null) : about.by,
    reason: about === null ? (isHandled ? handling.reason : null) : about.why,
    ...(about === null ? {} : markedOf(about)),
  };
}

/** The level that was told last: after a round of all levels the next one is the first again. */
function levelOf({ escalation: { told, next } }: Episode): number {
  return told ?? Math.max(0, next - 1);
}

/** The head after a decision. */
export function headOf(state: AlertState, keepFiringFor: number, alive: boolean): AlertHead {
  return {
    version: 1,
    sequence: state.decisions,
    records: state.records,
    episodes: state.episodes,
    alive,
    summary: summaryOf(state, keepFiringFor),
  };
}

/** It was bad when it was last judged: not one that is only watched until it is over. */
export function isTrouble({ condition, verdict }: AlertMember): boolean {
  return condition !== 'ok' && verdict !== 'ok';
}

/** The members that are not ok; of an episode that is over also those that fired in it. */
function membersOf(state: AlertState, keepFiringFor: number): AlertMember[] {
  const { episode } = state;
  const folds = conditionsOf(state.ring, keepFiringFor);
  const members: AlertMember[] = [];
  for (const [key, fold] of folds) {
    if (fold.condition === 'ok') continue;
    const { check, target, slice, source } = fold.name;
    const { condition, verdict, since } = fold;
    members.push({ key, check, target, slice, source, verdict, condition, since });
  }
  for (const [key, { name }] of Object.entries(episode?.members ?? {})) {
    const isOver = (folds.get(key)?.condition ?? 'ok') === 'ok';
    if (!isOver || episode?.ended === null) continue;
    const { check, target, slice, source } = name;
    const calm = { verdict: 'ok', condition: 'ok', since: null } as const;
    members.push({ key, check, target, slice, source, ...calm });
  }
  const rank = (member: AlertMember) =>
    (member.condition === 'ok' ? 8 : 0) +
    (member.verdict === 'ok' ? 4 : member.condition === 'pending' ? 2 : 0) +
    (member.verdict === 'alert' ? 0 : 1);
  const excess = ({ key }: AlertMember) => state.ring.excess?.[key] ?? 0;
  // A notice carries the first of them: what is cut off is never worse than what is kept.
  return members.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      excess(b) - excess(a) ||
      Number(a.slice !== '') - Number(b.slice !== '') ||
      (a.key < b.key ? -1 : 1),
  );
}

/** The first word that holds. */
function statusOf(state: AlertState, bad: readonly AlertMember[]): AlertSummary['status'] {
  const { episode } = state;
  const isPending = bad.some((member) => member.condition === 'pending');
  if (episode === null) return isPending ? 'pending' : 'ok';
  if (episode.ended !== null) return episode.ended.how;
  if (episode.handling.kind === 'snoozed') return 'snoozed';
  if (episode.handling.kind === 'acknowledged') return 'acknowledged';
  return episode.escalation.next > 1 || episode.escalation.round > 0 ? 'escalated' : 'firing';
}

function earliest(members: readonly AlertMember[]): number | null {
  const since = members.flatMap((member) => member.since ?? []);
  return since.length === 0 ? null : Math.min(...since);
}

function lastBad(state: AlertState, keepFiringFor: number): number {
  const ends = [...conditionsOf(state.ring, keepFiringFor).values()].flatMap(
    (fold) => fold.lastBad ?? [],
  );
  return ends.length === 0 ? (state.episode?.lastBad ?? state.lastWindow) : Math.max(...ends);
}
