import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { advise, adviceMark } from '../../domain/advising/rules.js';
import type { AdviceMark } from '../../domain/advice.js';
import type { RetrainEffect, RetrainEvent } from '../../domain/request.js';
import { decideRetrain } from '../../domain/requests/reducer.js';
import type { RetrainState } from '../../domain/requests/state.js';
import type { RetrainingCost } from '../../domain/retraining.js';
import { look, retrainId, startOf, submit, workflowTypes } from '../../workflows/messages.js';
import * as w from '../domain/retrain-world.js';
import { usual } from '../experiments/ax16.js';
import { yearOf } from '../experiments/year.js';
import { sharedBundle } from '../support/built.js';
import { until } from '../support/namespace.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';
import { withWorkers } from '../support/worker.js';

const missing = temporalMissing();
const [FROM, TO] = [265, 325];
/** Of a retraining: the cheapest of the three is paid most often. */
const PRICE = 5;

const rules = w.rules({
  policy: {
    ...{ metric: 'recall', cooldown: 0 },
    trigger: {
      ...{ kind: 'http', url: 'https://t.example', secret: null, ref: 'id', timeout: w.hour },
      poll: { url: 'https://t.example/{ref}', every: 5 },
    },
  },
  approvals: { cooling: 5 },
});

/** The rule alone: the advice of each of the sixty evenings, and the days on which it retrains. */
function alone(price: number): { marks: AdviceMark[]; days: number[] } {
  const cost: RetrainingCost = {
    ...{ perRetraining: price, perFalseNegative: 0.2, perFalsePositive: 0.2, recovers: 1 },
    rule: 'expected',
  };
  const marks: AdviceMark[] = [];
  const { days } = yearOf(usual, 'a year', ({ day, input: inputOf }) => {
    if (day >= TO) return false;
    const { older: _, ...given } = inputOf();
    const input = { ...given, policy: { ...rules.policy, cost } };
    const advice = advise(input);
    const evidence = `evidence of ${day}`;
    if (day >= FROM) marks.push(adviceMark(advice, { input, revision: 1, evidence }));
    return advice.action === 'retrain';
  });
  return { marks, days: days.filter((day) => day >= FROM) };
}

/** The real reducer, and a world in which each effect works at once. */
const activities = {
  decide: (id: string, state: unknown, { event, at }: { event: unknown; at: number }) =>
    Promise.resolve(
      decideRetrain({
        ...{ model: id.slice('retrain/'.length), timezone: 'UTC', host: 'h1', head: null },
        ...{ rules: { r1: rules }, state, event: event as RetrainEvent | null, at },
      }),
    ),
  write: () => Promise.resolve(),
  attempt: (_: string, effect: unknown) =>
    Promise.resolve(w.obliging(effect as RetrainEffect) as RetrainEvent),
};

/** Hands the entity an evening's advice, approves what it asks for; whether that was trained. */
async function evening(handle: WorkflowHandle, mark: AdviceMark): Promise<boolean> {
  await handle.executeUpdate(submit, { args: [w.advise(mark)] });
  const asked = await newestOf(handle);
  if (asked?.status !== 'requested') return false;
  const { id: request, evidence } = asked;
  const act = { by: 'bo', verified: true, reason: 'it pays', notAfter: Date.now() + w.minute };
  const approval = { type: 'approve', id: `approve ${request}`, request, evidence, ...act };
  await handle.executeUpdate(submit, { args: [approval] });
  await until(
    async () => (await newestOf(handle))?.status === 'succeeded',
    `${request} is trained`,
  );
  return true;
}

async function newestOf(handle: WorkflowHandle) {
  return ((await handle.query(look)) as RetrainState | null)?.requests[0];
}

test.skipIf(missing)('sixty days through the workflow: it retrains on the days of the rule', () =>
  withTemporal(async (temporal) => {
    const bundle = await sharedBundle('../workflows/index.ts');
    const workers = { bundle, activities, queues: ['wf', 'io', 'cpu'] as const };
    await withWorkers(temporal, workers, async () => {
      const { marks, days } = alone(PRICE);
      const handle = await temporal.client.workflow.start(workflowTypes.retrain, {
        ...{ taskQueue: 'wf', workflowId: retrainId('m'), args: [startOf()] },
      });
      const trained: number[] = [];
      for (const [day, mark] of marks.entries()) {
        if (await evening(handle, mark)) trained.push(FROM + day);
      }
      expect(trained).toEqual(days);
      expect(trained.length).toBeGreaterThan(3);
    });
  }),
);
