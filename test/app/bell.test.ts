import { expect, test } from 'vitest';
import type { App } from '../../app/app.js';
import { appliedHead, watchRun } from '../../app/bell.js';
import type { ModelHead } from '../../domain/model.js';
import { withLake } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAY = 86_400_000;
const END = Date.UTC(2026, 10, 22);

const line = {
  ...({ end: END, revision: 1, verdict: 'ok', rows: 9 } as const),
  counts: { ok: 1, warn: 0, alert: 0, unknown: 0 },
} as const;

/** Watches a model up to whose newest boundary everything is evaluated; without an advice. */
const watched = (head: Partial<ModelHead>) =>
  withLake(async (lake) => {
    const monitor = await lake.putObject('monitor', { monitor: monitorOf({}), alerts: {} });
    await lake.updateHead<Partial<ModelHead>>('model/m', () => ({
      ...{ model: 'm', monitor, watermark: END, advice: null, retiredAt: null },
      ...head,
    }));
    const app = { lake, clock: () => END + DAY / 2 } as App;
    return watchRun(app, 'm', { patience: 600, onWindow: () => undefined });
  });

test('a run with nothing due ends, also where only a backfill has evaluated windows', async () => {
  expect(await watched({ windows: [], lastRunAt: null })).toMatchObject({ watermark: END });
  expect(await watched({ windows: [line], lastRunAt: null })).toMatchObject({ watermark: END });
});

test('a run that evaluated a window ends with its advice, and not without a word', async () => {
  await expect(watched({ windows: [line], lastRunAt: END })).rejects.toThrow(
    'm: no window was evaluated for 0.6 s. Is a worker running?',
  );
});

test('a model that nobody applied is refused, with the one that may be meant', () =>
  withLake(async (lake) => {
    const heads = { 'card-fraud': null, 'card-fraus': END };
    for (const [model, retiredAt] of Object.entries(heads)) {
      await lake.updateHead<Partial<ModelHead>>(`model/${model}`, () => ({ model, retiredAt }));
    }
    const messageOf = (model: string): Promise<string> =>
      appliedHead({ lake } as App, model).then(
        () => 'applied',
        (error: unknown) => (error as Error).message,
      );
    expect(await messageOf('card-frad')).toBe(
      'Model "card-frad" is not applied. Did you mean "card-fraud"?',
    );
    // A retired model is not watched, and is never the one that is meant.
    expect(await messageOf('card-fraus')).toBe(
      'Model "card-fraus" is not applied. Did you mean "card-fraud"?',
    );
    expect(await messageOf('churn')).toBe(
      'Model "churn" is not applied. Applied: card-fraud. Run "aftercare apply" first.',
    );
    for (const model of ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']) {
      await lake.updateHead<Partial<ModelHead>>(`model/${model}`, () => ({
        model,
        retiredAt: null,
      }));
    }
    expect(await messageOf('churn')).toBe(
      'Model "churn" is not applied. Applied: card-fraud, m1, m2, m3, m4 and 2 more. ' +
        'Run "aftercare apply" first.',
    );
  }));
