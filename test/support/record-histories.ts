/**
 * Records test/histories/*.json: `npx tsx test/support/record-histories.ts`. Needed when a loop of
 * workflows/ changes on purpose and no run of the old one is alive; else a patch keeps both.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import type { EntityActivities } from '../../activities/types.js';
import { startDevServer } from '../../app/temporal-server.js';
import { decideAlert } from '../../domain/alerting/reducer.js';
import type { AlertState } from '../../domain/alerting/state.js';
import type { AlertEvent, AlertNotice } from '../../domain/alert.js';
import type { RetrainEffect, RetrainEvent } from '../../domain/request.js';
import { decideRetrain } from '../../domain/requests/reducer.js';
import {
  alertId,
  backfillId,
  evaluateId,
  look,
  retrainId,
  startOf,
  submit,
  tell,
  workflowTypes,
} from '../../workflows/messages.js';
import { advise, good, obliging, rules as retrainRules } from '../domain/retrain-world.js';
import { findCli } from '../setup.js';
import { alertRules, mark } from './alerts.js';
import { fakeModel, HOUR } from './fake-evaluation.js';
import { bundleOf, until, withNamespace } from './namespace.js';
import { historiesOf, startOfRun, toText } from './replay.js';
import type { RecordedHistory } from './replay.js';
import { withWorkers } from './worker.js';

const host = 'recorder';

const decide: EntityActivities['decide'] = (workflowId, state, happened) => {
  const { event, at } = happened;
  if (workflowId.startsWith('alert/')) {
    return Promise.resolve(
      decideAlert({
        rules: alertRules(),
        key: { model: 'm', category: 'drift' },
        timezone: 'UTC',
        state: state as AlertState | null,
        event: event as AlertEvent | null,
        at,
        head: null,
      }),
    );
  }
  const rules = { r1: retrainRules({ approvals: { cooling: 1_000 } }) };
  return Promise.resolve(
    decideRetrain({
      model: 'm',
      timezone: 'UTC',
      host,
      rules,
      state,
      event: event as RetrainEvent | null,
      at,
      head: null,
    }),
  );
};

/** Slack says no, mail works; the trainer is done at the first look. */
const attempt: EntityActivities['attempt'] = (_id, effect) => {
  const one = effect as AlertNotice | RetrainEffect;
  if (one.kind === 'notice') {
    const { deliveryId, attempt: tried, target } = one;
    const outcome = target.channel === 'slack' ? 'refused' : 'sent';
    const rest = { ref: 'ref', reason: outcome === 'sent' ? null : 'no such channel' };
    const id = `${deliveryId}/${tried}`;
    return Promise.resolve({
      id,
      type: 'delivered',
      deliveryId,
      attempt: tried,
      outcome,
      retryAfter: null,
      ...rest,
    });
  }
  if (one.kind === 'poll') {
    const { id, request } = one;
    return Promise.resolve({ id, type: 'trained', request, result: good, via: 'poll' });
  }
  const event = obliging(one);
  if (event === null) throw new Error(`nobody answers ${one.kind}`);
  return Promise.resolve(event);
};

const act = (id: string) => ({
  id,
  by: 'ana',
  verified: false,
  reason: 'seen',
  notAfter: Date.now() + 30_000,
});

/** Fires, is acknowledged, a late second is refused, recovers; in more than one run. */
async function recordAlert(client: Client): Promise<void> {
  const handle = await client.workflow.start(workflowTypes.alert, {
    taskQueue: 'wf',
    workflowId: alertId('m', 'drift'),
    args: [startOf(4)],
  });
  const window = (end: number, verdict: 'ok' | 'alert'): AlertEvent => ({
    type: 'window',
    id: `${end * HOUR}/1`,
    windowEnd: end * HOUR,
    revision: 1,
    marks: [mark('income', verdict)],
    rules: 'r1',
  });
  await handle.signal(tell, window(1, 'alert'));
  const seen = async () => (await handle.query(look)) as AlertState | null;
  await until(async () => (await seen())?.episode != null);
  const ask = (id: string, late = 0) => {
    const event = { ...act(id), type: 'ack', notAfter: Date.now() + 30_000 - late };
    return handle.executeUpdate(submit, { args: [event] });
  };
  await until(async () =>
    ask('a1')
      .then(({ ok }) => ok)
      .catch(() => false),
  );
  await ask('a2', 60_000).catch(() => undefined);
  for (const end of [2, 3, 4]) await handle.signal(tell, window(end, 'ok'));
  await until(async () => (await seen())?.lastWindow === 4 * HOUR);
}

/** Advice, a request, an approval, training, the gate, the promotion. */
async function recordRetrain(client: Client): Promise<void> {
  const handle = await client.workflow.start(workflowTypes.retrain, {
    taskQueue: 'wf',
    workflowId: retrainId('m'),
    args: [startOf(8)],
  });
  const told = advise();
  await handle.signal(tell, told);
  type Seen = { requests: { id: string; status: string; evidence: string }[] } | null;
  const first = async () => ((await handle.query(look)) as Seen)?.requests[0];
  await until(async () => (await first())?.status === 'requested');
  const request = await first();
  const decision = { ...act('d1'), type: 'approve', request: request?.id };
  const event = { ...decision, evidence: request?.evidence };
  await until(async () =>
    handle.executeUpdate(submit, { args: [event] }).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await until(async () => (await first())?.status === 'succeeded', 'it is promoted', 120);
}

async function recordEvaluations(client: Client): Promise<void> {
  for (const [workflowType, workflowId, args] of [
    [workflowTypes.evaluate, evaluateId('m'), { model: 'm' }],
    [
      workflowTypes.backfill,
      backfillId('m'),
      { model: 'm', from: 0, to: 6 * HOUR, which: 'all', inFlight: 2 },
    ],
  ] as const) {
    await client.workflow.execute(workflowType, { taskQueue: 'wf', workflowId, args: [args] });
  }
}

const byStart = (one: RecordedHistory, other: RecordedHistory) =>
  startOfRun(one.history) - startOfRun(other.history);

const server = await startDevServer({
  path: await findCli(),
  port: 0,
  dbFilename: null,
  uiPort: null,
});
try {
  await withNamespace(server.address, async (temporal) => {
    const bundle = await bundleOf('../workflows/index.ts');
    const write: EntityActivities['write'] = () => Promise.resolve();
    const activities = {
      ...fakeModel({ from: 0, to: 4, fails: [2] }).activities,
      ...{ decide, write, attempt },
    };
    await withWorkers(temporal, { bundle, activities, host }, async () => {
      await recordAlert(temporal.client);
      await recordRetrain(temporal.client);
      await recordEvaluations(temporal.client);
    });
    const counts = new Map<string, number>();
    const folder = fileURLToPath(new URL('../histories/', import.meta.url));
    await rm(folder, { recursive: true });
    await mkdir(folder);
    for (const one of (await historiesOf(temporal.client)).sort(byStart)) {
      const [kind = ''] = one.workflowId.split('/');
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      await writeFile(join(folder, `${kind}-${count}.json`), await toText(one));
      process.stdout.write(`${kind}-${count}.json\n`);
    }
  });
} finally {
  await server.stop();
}
