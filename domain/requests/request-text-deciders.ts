import type { RequestSummary, RetrainRules } from '../request.js';
import { inZone } from '../zone.js';
import { barred, eligible, stillNeeded } from './approvers.js';

/** Who decides on a request that waits, by when, who has approved and what is still needed. */
export function deciders(request: RequestSummary, rules: RetrainRules, timezone: string): string[] {
  const out = barred(rules, request.openedBy);
  const people = eligible(rules).filter((one) => !out.includes(one));
  const needed = rules.policy.approvals.quorum.map(({ role, count }) => `${count} of ${role}`);
  const given = request.approvals.map(({ by }) => by);
  const more = stillNeeded(rules, request);
  const until = inZone(request.expiresAt, timezone);
  const soFar = `Approved so far by: ${given.join(', ')}${more === null ? '' : `; ${more}`}.`;
  return [
    `Who decides: ${needed.join(' and ')} (${people.join(', ')}) by ${until}.`,
    ...(given.length > 0 ? [soFar] : []),
  ];
}
