import { isTrouble } from './summary.js';
import type { About, Covers, Draft, Episode } from './state.js';
import type { AlertMember, MarkedMembers } from '../alert.js';
import type { Delivery } from '../delivering/delivery.js';

/** Members that an episode remembers to have named; the oldest give way. */
const mostListed = 200;

/** The members that fire now and did not before, by what people were told of them. */
export interface Unlike extends Required<MarkedMembers> {
  /** They were named before they fired, as bad as they are. */
  told: readonly string[];
}

/** Keeps with a push what its newest attempt names. */
export function keepListed(
  delivery: Delivery<About>,
  members: readonly AlertMember[],
): Delivery<About> {
  const named = members
    .filter(isTrouble)
    .map(({ key, verdict }) => [key, verdict === 'alert' ? 'alert' : 'warn'] as const);
  return { ...delivery, about: { ...delivery.about, listed: Object.fromEntries(named) } };
}

/** A push went out, or may have: what it named is known. */
export function noteListed(episode: Episode, { listed = {} }: About): void {
  const all = Object.entries(worstOf(episode.listed ?? {}, listed));
  if (all.length > 0) episode.listed = Object.fromEntries(all.slice(-mostListed));
}

/**
 * Members that begin to fire, apart by what a push that went out, or is on its way, said of them.
 * `before`: the members that fired in this episode until now.
 */
export function unlike(
  draft: Draft,
  { fresh, now, before }: { fresh: readonly string[]; now: Covers; before: Episode['members'] },
): Unlike {
  const known = listedBy(draft);
  const of = (word: keyof Unlike) => fresh.filter((key) => wordOf(key) === word);
  const wordOf = (key: string): keyof Unlike => {
    if (!(key in known)) return 'fresh';
    if (known[key] === 'warn' && now[key] === 'alert') return 'worse';
    return key in before ? 'again' : 'told';
  };
  return { fresh: of('fresh'), worse: of('worse'), again: of('again'), told: of('told') };
}

/** What was named by pushes that went out, and by those whose answer is awaited. */
function listedBy({ state }: Draft): Covers {
  const onTheirWay = state.deliveries.filter(
    ({ about, state: stage }) => about.isPush && (stage === 'sending' || stage === 'doubtful'),
  );
  const start: Covers = state.episode?.listed ?? {};
  return onTheirWay.reduce((all, { about }) => worstOf(all, about.listed ?? {}), start);
}

/** Of a key in both the worse verdict; what is named last stands last. */
function worstOf(one: Covers, other: Covers): Covers {
  const kept = Object.entries(one).filter(([key]) => !(key in other));
  const named = Object.entries(other).map(
    ([key, verdict]) => [key, one[key] === 'alert' ? 'alert' : verdict] as const,
  );
  return Object.fromEntries([...kept, ...named]);
}
