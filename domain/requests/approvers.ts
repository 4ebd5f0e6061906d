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

/** Why this person cannot decide, in words; null: they can. */
export function whyNot(rules: RetrainRules, person: string, openedBy: string): string | null {
  const people = eligible(rules);
  if (!people.includes(person)) {
    return `${person} is not an approver of this request; approvers: ${people.join(', ') || 'nobody'}`;
  }
  if (!barred(rules, openedBy).includes(person)) return null;
  const what = person === openedBy ? 'opened this request' : 'edited the monitor last';
  const others = people.filter((other) => !barred(rules, openedBy).includes(other));
  return `${person} ${what} and cannot approve it; others who can: ${others.join(', ') || 'nobody'}`;
}

/** Every role's count is met, and each person counts once in total. */
export function hasQuorum(rules: RetrainRules, people: readonly string[]): boolean {
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
  return seats.every((_, index) => seat(index, new Set()));
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
