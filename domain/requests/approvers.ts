import { sameTarget } from '../delivering/delivery.js';
import type { Target } from '../notice.js';
import type { RequestSummary, RetrainRules } from '../request.js';

/** People who may approve by some role of the quorum. */
export function eligible(rules: RetrainRules): readonly string[] {
  const people = rules.policy.approvals.quorum.flatMap(({ role }) => rules.approvers[role] ?? []);
  return [...new Set(people)];
}

/**
 * Whom separation of duties keeps from approving: the requester and the last editor of the monitor,
 * where two eligible people exist. The editor is let through when the quorum could not be reached
 * otherwise; the requester never is.
 */
export function barred(rules: RetrainRules, openedBy: string): readonly string[] {
  const people = eligible(rules);
  if (rules.policy.approvals.fourEyes === 'off' || people.length < 2) return [];
  if (rules.editor === null) return [openedBy];
  const both = [openedBy, rules.editor];
  const others = people.filter((person) => !both.includes(person));
  return hasQuorum(rules, others) ? both : [openedBy];
}

/**
 * Where it is asked for a decision: not at the addresses of those alone who may not approve. All
 * chains, where no other one is known.
 */
export function asked(rules: RetrainRules, openedBy: string): RetrainRules['to'] {
  const out = barred(rules, openedBy);
  const addresses = (people: readonly string[]) =>
    people.flatMap((one) => rules.addresses?.[one] ?? []);
  const others = addresses(eligible(rules).filter((one) => !out.includes(one)));
  const theirs = addresses(out).filter((one) => !others.some((other) => sameTarget(one, other)));
  const isFree = (target: Target) => !theirs.some((one) => sameTarget(one, target));
  const left = rules.to
    .filter(([first]) => first !== undefined && isFree(first))
    .map((chain) => chain.filter(isFree));
  return left.length > 0 ? left : rules.to;
}

/** Why this person cannot decide so, in words; null: they can. Who asked may still reject. */
export function whyNot(
  rules: RetrainRules,
  { by, type }: { by: string; type: 'approve' | 'reject' },
  openedBy: string,
): string | null {
  const people = eligible(rules);
  if (!people.includes(by)) {
    return `${by} is not an approver of this request; approvers: ${people.join(', ') || 'nobody'}`;
  }
  if (type === 'reject' || !barred(rules, openedBy).includes(by)) return null;
  const what = by === openedBy ? 'opened this request' : 'edited the monitor last';
  const others = people.filter((other) => !barred(rules, openedBy).includes(other));
  return `${by} ${what} and cannot approve it; others who can: ${others.join(', ') || 'nobody'}`;
}

/** Every role's count is met, and each person counts once in total. */
export function hasQuorum(rules: RetrainRules, people: readonly string[]): boolean {
  return missing(rules, people) === 0;
}

/** How many more approvals the quorum takes, when these people have approved. */
function missing(rules: RetrainRules, people: readonly string[]): number {
  const seats = rules.policy.approvals.quorum.flatMap(({ role, count }) =>
    Array.from({ length: count }, () => rules.approvers[role] ?? []),
  );
  const seatOf = new Map<string, number>();
  // Kuhn's matching: a person who already sits moves to another seat when there is one.
  const seat = (index: number, tried: Set<string>): boolean => {
    for (const person of seats[index] ?? []) {
      if (!people.includes(person) || tried.has(person)) continue;
      tried.add(person);
      const taken = seatOf.get(person);
      if (taken !== undefined && !seat(taken, tried)) continue;
      seatOf.set(person, index);
      return true;
    }
    return false;
  };
  return seats.filter((_, index) => !seat(index, new Set())).length;
}

/** What is still needed and who can give it; null: nothing is. */
export function stillNeeded(
  rules: RetrainRules,
  { openedBy, approvals }: Pick<RequestSummary, 'openedBy' | 'approvals'>,
): string | null {
  const given = approvals.map(({ by }) => by);
  const count = missing(rules, given);
  if (count === 0) return null;
  const out = [...barred(rules, openedBy), ...given];
  const help = eligible(rules).filter(
    (one) => !out.includes(one) && missing(rules, [...given, one]) < count,
  );
  const needed = count === 1 ? '1 more approval is needed' : `${count} more approvals are needed`;
  return `${needed} (${help.join(', ') || 'nobody is left'})`;
}

/**
 * Approvals that still count: by people who had the role when the request was opened and have it
 * now. The frozen set keeps additions out; a role that was taken away takes the approval along.
 */
export function standing(
  approvals: RequestSummary['approvals'],
  frozen: RetrainRules,
  current: RetrainRules | null,
): RequestSummary['approvals'] {
  const then = eligible(frozen);
  const now = current === null ? then : eligible(current);
  return approvals.filter(({ by }) => then.includes(by) && now.includes(by));
}
