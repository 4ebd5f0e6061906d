import { expect, test } from 'vitest';
import { advise, adviceMark } from '../../domain/advising/rules.js';
import { retrainFacts } from '../../domain/requests/state.js';
import type { RetrainingCost } from '../../domain/retraining.js';
import { usual } from '../experiments/ax16.js';
import { advised, DAY, START, yearOf } from '../experiments/year.js';
import type { Evening } from '../experiments/year.js';
import * as w from './retrain-world.js';

/** Longer than a training takes here, from its approval to its promotion. */
const NIGHT = w.hour;

/** Each evening the advice goes to the entity; what it asks for is approved, and trained at night. */
function entityOf(cost: RetrainingCost) {
  const policy = { metric: 'recall', cooldown: 0, cost };
  const rules = { r1: w.rules({ policy, approvals: { cooling: 0 } }) };
  let trained = 0;
  const world = w.world({
    rules,
    respond: (effect) =>
      effect.kind === 'poll'
        ? {
            ...{ type: 'trained', id: effect.id, request: effect.request, via: 'poll' },
            result: { ...w.good, version: `v${++trained}`, trainedUntil: world.at },
          }
        : w.obliging(effect),
  });
  const rule = ({ day, input: inputOf }: Evening): boolean => {
    const { older, ...given } = inputOf();
    const before = retrainFacts(world.state);
    const isSum = cost.rule === 'cumulative' && older !== undefined;
    const input = { ...given, ...(isSum ? { older } : {}), policy: rules.r1.policy };
    const advice = advise({ ...input, retrain: before });
    world.at = START + (day + 1) * DAY;
    const evidence = `evidence of day ${String(day)}`;
    w.decide(world, w.advise(adviceMark(advice, { input, revision: 1, evidence })));
    if (world.state?.work != null) w.decide(world, w.act(world, 'approve', 'bo'));
    w.run(world, world.at + NIGHT);
    return retrainFacts(world.state).lastSucceededAt !== before.lastSucceededAt;
  };
  return { rule, world };
}

test.each([
  ['expected', 5],
  ['expected', 20],
  ['expected', 80],
  ['cumulative', 20],
] as const)('%s, %d a retraining: the entity retrains on the days of the rule', (rule, price) => {
  const cost = {
    ...{ perRetraining: price, perFalseNegative: 0.2, perFalsePositive: 0.2, recovers: 1, rule },
  };
  const alone = yearOf(usual, 'a year', (evening) => advised(evening, cost) === 'retrain');
  const entity = entityOf(cost);
  expect(yearOf(usual, 'a year', entity.rule)).toEqual(alone);
  expect(alone.days.length).toBeGreaterThan(3);
  expect(w.effects(entity.world, 'start')).toHaveLength(alone.days.length);
  expect(entity.world.state?.requests[0]).toMatchObject({ status: 'succeeded' });
});
