import pMap from 'p-map';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { evaluateId } from '../workflows/messages.js';
import type { App } from './app.js';
import { UnavailableError } from './errors.js';
import { installed } from './installed.js';
import { hasSchedule } from './schedules.js';

/** Applied models without a Schedule of this lake, by id: nothing rings for them. */
export async function missingSchedules(app: App, client: Client): Promise<string[]> {
  const { applied, scheduled, isOfAnother } = await installed(app, client);
  const looked = await pMap(
    applied.keys(),
    async (model) => {
      if (scheduled.has(model)) return isOfAnother(model) ? [model] : [];
      // The list may be a second behind; before it is doubted it is asked.
      return (await hasSchedule(client, model)) ? [] : [model];
    },
    { concurrency: 20 },
  );
  return looked.flat();
}

/** Acts on the Schedule of an applied model; where there is none UnavailableError says so. */
export async function onSchedule<T>(model: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new UnavailableError(
      `Model "${model}" is applied, but Temporal has no Schedule ${evaluateId(model)}. Run ` +
        '"aftercare apply": it makes it again, and a pause stays.',
      { cause: error },
    );
  }
}
