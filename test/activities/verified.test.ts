import { expect, test } from 'vitest';
import { adviseModel, type AdviceEvidence } from '../../activities/advise.js';
import type { Deps } from '../../activities/deps.js';
import type { Finding } from '../../domain/finding.js';
import { firstHead, type ModelHead } from '../../domain/model.js';
import type { LabelSource } from '../../domain/monitor.js';
import type { Published } from '../../domain/published.js';
import type { RequestSummary, RetrainEvent } from '../../domain/request.js';
import { initialRetrainState } from '../../domain/requests/state.js';
import type { Lake } from '../../lake/lake.js';
import type { Duck } from '../../lake/duck.js';
import * as w from '../domain/retrain-world.js';
import { commitFor, evaluation, finding, HOUR, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const hours = 104;
const start = Date.UTC(2026, 10, 2);
const now = start + hours * HOUR;
const matureAfter = 92 * HOUR;
/** Promoted at the end of the eighth hour. */
const since = start + 8 * HOUR;

const rmse = (hour: number): Finding =>
  finding({
    ...{ check: 'rmse', target: 'rmse', category: 'performance', verdict: 'ok' },
    ...{ value: hour < 8 ? 10 : 9, low: hour < 8 ? 9.9 : 8.9, high: hour < 8 ? 10.1 : 9.1 },
    details: { reference: 8 },
  });

/** An hourly model whose labels take 92 hours: 12 windows are mature, and 92 came after them. */
async function fill(lake: Lake, db: Duck): Promise<Published> {
  const labels = { matureAfter } as LabelSource;
  const monitor = monitorOf({ labels, retraining: w.rules().policy });
  const published = { monitor, alerts: {}, retraining: w.rules() } as unknown as Published;
  const hash = await lake.putObject('monitor', published);
  const head = firstHead({ id: 'm', hash, since: start, now: start });
  await lake.updateHead<ModelHead>('model/m', () => head);
  for (let hour = 0; hour < hours; hour++) {
    const end = start + (hour + 1) * HOUR;
    const window = { start: end - HOUR, end, weekday: 1 };
    const mature = end + matureAfter <= now;
    const made = evaluation(end, { model: 'm', window, findings: mature ? [rmse(hour)] : [] });
    const isRead = mature || hour === hours - 1;
    const file = isRead ? await lake.writeEvaluation(db, { ...made, monitor: hash }, 'a1') : 'none';
    await lake.commit({ ...commitFor(made, file), mature });
  }
  return published;
}

async function promote(lake: Lake, published: Published): Promise<void> {
  const { policy } = published.retraining ?? { policy: null };
  const mature = [[rmse(6)], [rmse(5)]];
  const evidence = await lake.putObject('evidence', { advice: null, input: { mature, policy } });
  const request = { id: 'm#1', model: 'm', status: 'succeeded', endedAt: since, evidence };
  const requests = [{ ...request, result: w.good } as unknown as RequestSummary];
  const value = { ...initialRetrainState('m'), sequence: 1, requests, lastSucceededAt: since };
  await lake.putEntityHead('retrain/m', 1, value);
}

test('an advice sees the mature windows, and once whether the last retraining helped', () =>
  withLakeAndDuck(async (lake, db) => {
    await promote(lake, await fill(lake, db));
    const told: RetrainEvent[] = [];
    const tellRetrain = (_: string, event: RetrainEvent) => Promise.resolve(void told.push(event));
    const adviseAt = (clock: number) =>
      adviseModel({ lake, clock: () => clock, entities: { tellRetrain } } as unknown as Deps, 'm');
    // At this instant the first window since is mature, and no other.
    await adviseAt(since + HOUR + matureAfter);
    expect(told.map(({ type }) => type)).toEqual(['advice']);

    const mark = await adviseAt(now);
    expect(mark?.windowEnd).toBe(now);
    const { input } = await lake.getObject<AdviceEvidence>('evidence', mark?.evidence ?? '');
    // The ten newest of the hours 0 to 11.
    const values = input.mature.map(([one]) => one?.value);
    expect(values).toEqual([9, 9, 9, 9, 10, 10, 10, 10, 10, 10]);
    expect(told.map(({ type }) => type)).toEqual(['advice', 'advice', 'verified']);
    expect(told[2]).toMatchObject({
      ...{ id: 'verified/m#1', request: 'm#1' },
      verification: { before: 10, after: 9, gain: { value: 1 }, recovered: 0.5, verdict: 'helped' },
    });

    const state = await lake.readEntityHead<{ requests: RequestSummary[] }>('retrain/m');
    const requests = state?.requests.map((one) => ({ ...one, verified: {} }));
    await lake.putEntityHead('retrain/m', 2, { ...state, requests });
    await adviseAt(now);
    expect(told.map(({ type }) => type)).toEqual(['advice', 'advice', 'verified', 'advice']);
  }));
