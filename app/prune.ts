import type { Client } from '@temporalio/client';
import { modelHead } from '../activities/deps.js';
import type { ModelHead } from '../domain/model.js';
import { listAlerts } from './alerts.js';
import type { App } from './app.js';
import { tellRetired } from './entities.js';
import { listRequests } from './requests.js';
import { deleteSchedule } from './schedules.js';

/** By model what is open of it, and so ends with its monitor, in words; none: nothing is. */
export async function openOfModels(app: App): Promise<ReadonlyMap<string, readonly string[]>> {
  const [alerts, requests] = await Promise.all([
    listAlerts(app, 'open'),
    listRequests(app, 'open'),
  ]);
  const models = new Set([...alerts, ...requests].map(({ model }) => model));
  const linesOf = (model: string): string[] => {
    const categories = alerts.filter((one) => one.model === model).map(({ category }) => category);
    const own = requests.filter((one) => one.model === model);
    const closes = categories.length === 1 ? 'closes its alert' : 'closes its alerts';
    return [
      ...(categories.length === 0 ? [] : [`${closes} ${categories.sort().join(', ')}`]),
      ...own.map(({ id, training }) =>
        training === null
          ? `cancels the request ${id}`
          : `cancels the request ${id} and stops its training`,
      ),
    ];
  };
  return new Map([...models].map((model) => [model, linesOf(model)]));
}

/**
 * Takes a model away: its alerts are closed, an open request is cancelled, and those who had heard
 * of them are told; what was evaluated stays. Its Schedule goes last, so that a crash anywhere is
 * mended by the next prune; a repeat changes nothing.
 */
export async function prune(app: App, client: Client, model: string): Promise<void> {
  const head = await app.lake.readHead<ModelHead>(modelHead(model));
  if (head !== null) {
    const now = app.clock();
    const { retiredAt } = await app.lake.updateHead<ModelHead>(modelHead(model), (old) => {
      const known = old ?? head;
      return { ...known, retiredAt: known.retiredAt ?? now, rings: '' };
    });
    await tellRetired(client, model, `retired/${retiredAt}`);
  }
  await deleteSchedule(client, model);
}
