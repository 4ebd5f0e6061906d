import { expect, test } from 'vitest';
import { findAlert } from '../../app/alerts.js';
import type { App } from '../../app/app.js';
import { findRequest } from '../../app/requests.js';
import { withLake } from '../support/lake.js';

/** A lake with an open alert and a request of each model, the first the newest. */
async function withIds(count: number, run: (app: App) => Promise<void>): Promise<void> {
  await withLake(async (lake) => {
    for (let n = 1; n <= count; n++) {
      const model = `model-${n}`;
      const common = { model, status: 'firing', episode: 1, lastWindow: count - n };
      const alert = { ...common, category: 'drift', id: `${model}/drift#1` };
      await lake.putEntityHead(`alert/${model}/drift`, 1, { summary: alert });
      const request = { id: `${model}#1`, model, status: 'requested', openedAt: count - n };
      await lake.putEntityHead(`retrain/${model}`, 1, { requests: [request] });
    }
    await run({ lake, settings: { lake: './lake' } } as App);
  });
}

const messageOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'found',
    (error: unknown) => String(error),
  );

test('an unknown alert or request is refused with the near one and at most five there are', () =>
  withIds(7, async (app) => {
    expect(await messageOf(findAlert(app, 'modle-3/drift'))).toBe(
      'UsageError: No alert "modle-3/drift". Did you mean "model-3/drift"? Known: ' +
        'model-1/drift#1, model-2/drift#1, model-3/drift#1, model-4/drift#1, model-5/drift#1 ' +
        'and 2 more ("aftercare alerts list --all" shows all).',
    );
    expect(await messageOf(findRequest(app, 'modle-3#1'))).toBe(
      'UsageError: No request "modle-3#1". Did you mean "model-3#1"? Known: ' +
        'model-1#1, model-2#1, model-3#1, model-4#1, model-5#1 ' +
        'and 2 more ("aftercare requests list --all" shows all).',
    );
  }));

test('an episode that is not kept any more is told with the newest of its name', () =>
  withIds(2, async (app) => {
    expect(await messageOf(findAlert(app, 'model-2/drift#0'))).toBe(
      'UsageError: No alert "model-2/drift#0". It has ended: ' +
        '"aftercare alerts show model-2/drift#1" has the history of all.',
    );
    expect(await messageOf(findAlert(app, 'model-2/drift#3'))).toContain('Did you mean "model-2');
  }));

test('an id that is near to none is told with all there are, where those are few', () =>
  withIds(2, async (app) => {
    const known = 'Known: model-1/drift#1, model-2/drift#1.';
    expect(await messageOf(findAlert(app, 'fraud/kpi'))).toBe(
      `UsageError: No alert "fraud/kpi". ${known}`,
    );
  }));
