import { alertEntity } from './state.js';
import type { About, Draft, Heard } from './state.js';
import type { MarkedMembers } from '../alert.js';
import type { Told } from '../audit.js';
import { deliveryBase, planDelivery, sameTarget, targetOf } from '../delivering/delivery.js';
import type { Delivery } from '../delivering/delivery.js';
import { suppressDeliveries } from '../delivering/plan.js';
import type { Target } from '../notice.js';

/** What a notice says beside the alert itself. */
export type Words = Pick<About, 'reason'> &
  Partial<Pick<About, 'by' | 'why' | 'repeat' | keyof MarkedMembers>>;

/** What people did: told where the thread is read, never by mail. */
const handled: readonly About['reason'][] = [
  'acknowledged',
  'unacknowledged',
  'snoozed',
  'assigned',
];

/**
 * Pushes to every receiver of the given levels, to the root when they have none. A receiver whose
 * last push still waits for a dead channel gets that one with the newer words, so that the channel
 * does not bring two when it is back. Receivers whose channels meet at one address hear once there.
 */
export function push(draft: Draft, levels: readonly number[], words: Words): void {
  const { route } = draft.rules;
  const own = levels.flatMap((level) => route.levels[level]?.to ?? []);
  const receivers = own.some((chain) => chain.length > 0) ? own : [route.root];
  const notice = `${draft.state.episodes}.${draft.state.planned}`;
  for (const chain of receivers) pushTo(draft, chain, { ...words, notice });
}

/** Answers into the thread of everybody who heard that it fires. */
export function replyToAll(draft: Draft, words: Words): void {
  for (const heard of draft.state.episode?.heard ?? []) {
    const isMail = heard.target.channel === 'email';
    if (!heard.over && !(isMail && handled.includes(words.reason))) reply(draft, heard, words);
  }
}

/** Changes the thread's first message wherever a channel can. */
export function editAll(draft: Draft, words: Words): void {
  for (const heard of draft.state.episode?.heard ?? []) {
    if (!heard.over) edit(draft, heard, words);
  }
}

/** Tells one address that what it heard of is over. */
export function tellOver(draft: Draft, heard: Heard, words: Words): void {
  heard.over = true;
  reply(draft, heard, words);
  edit(draft, heard, words);
}

/** Tells the root what a whole chain of channels could not be told. */
export function tellRoot(draft: Draft, failing: Delivery<About>): void {
  const tried = failing.chain;
  const isNew = (root: Target) => !tried.some((target) => sameTarget(target, root));
  const chain = draft.rules.route.root.filter(isNew);
  const hasHeard = failing.heard?.some((one) => chain.some((root) => sameTarget(root, one)));
  if (chain.length === 0 || !failing.about.isPush || hasHeard === true) return;
  const insteadOf = failing.insteadOf ?? { target: targetOf(failing), since: failing.startedAt };
  const { about, urgent, notice } = failing;
  const meets = notice === undefined ? {} : { notice };
  const what = whatOf(about);
  const last = {
    id: nextId(draft),
    chain,
    urgent,
    about,
    at: draft.at,
    told: true,
    what,
    ...meets,
  };
  draft.state.deliveries.push({ ...planDelivery(last), insteadOf });
}

/** `channel:address` */
export function addressOf(target: Target): string {
  return `${target.channel}:${target.address}`;
}

/** Pushes to one receiver. What carries one `notice` goes once to an address where they meet. */
export function pushTo(
  draft: Draft,
  chain: readonly Target[],
  { notice = null, ...words }: Words & { notice?: string | null },
): void {
  const { state, pushed } = draft;
  const receiver = chain.map(addressOf).join(' ');
  if (chain.length === 0 || pushed.has(receiver)) return;
  pushed.add(receiver);
  const about: About = { ...aboutOf(words, 'new'), isPush: true };
  const waiting = state.deliveries.findIndex(
    (delivery) =>
      delivery.about.isPush &&
      delivery.state === 'failed' &&
      !delivery.doubtful &&
      delivery.chain.map(addressOf).join(' ') === receiver,
  );
  const old = state.deliveries[waiting];
  const meets = notice === null ? {} : { notice };
  if (old === undefined) plan(draft, { chain, ...meets }, about);
  else {
    const changed = { urgent: isUrgent(draft), about, what: whatOf(about), ...meets, heard: [] };
    state.deliveries[waiting] = { ...old, ...changed };
  }
}

function reply(draft: Draft, heard: Heard, words: Words): void {
  const isThread = heard.target.channel !== 'slack' || heard.ref !== null;
  plan(draft, { chain: [heard.target] }, aboutOf(words, isThread ? 'reply' : 'new'));
}

function edit(draft: Draft, heard: Heard, words: Words): void {
  if (heard.target.channel !== 'slack' || heard.ref === null) return;
  const { state, at, writes } = draft;
  const which = (delivery: Delivery<About>) =>
    delivery.about.form === 'edit' && sameTarget(targetOf(delivery), heard.target);
  const reason = 'a newer change follows';
  const { open, changes } = suppressDeliveries(state.deliveries, { which, reason, at });
  const entity = alertEntity(state.key);
  state.deliveries = open;
  for (const change of changes) writes.push({ kind: 'delivery', record: { ...change, entity } });
  plan(draft, { chain: [heard.target] }, aboutOf(words, 'edit'));
}

function plan(draft: Draft, to: { chain: readonly Target[]; notice?: string }, about: About): void {
  const { state, at } = draft;
  const told = !about.isPush;
  const urgent = isUrgent(draft);
  const what = whatOf(about);
  state.deliveries.push(planDelivery({ id: nextId(draft), ...to, urgent, about, at, told, what }));
}

function whatOf({ reason, form }: About): Told {
  return { reason, form };
}

function nextId(draft: Draft): string {
  const { state } = draft;
  state.planned += 1;
  return deliveryBase(alertEntity(state.key), state.episodes, state.planned);
}

function isUrgent(draft: Draft): boolean {
  return draft.state.episode?.severity === 'critical';
}

function aboutOf(words: Words, form: About['form']): About {
  return { by: null, why: null, repeat: null, isPush: false, ...words, form };
}
