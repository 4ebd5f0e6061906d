import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ModelHead } from '../domain/model.js';
import type { App } from './app.js';
import { listSchedules } from './schedules.js';

const MARK_HEAD = 'lake/mark';

/** Names this lake, if nobody has yet: the mark of its Schedules, which goes with every copy. */
export async function makeLakeMark({ lake }: Pick<App, 'lake'>): Promise<string> {
  const made = { mark: randomUUID() };
  return (await lake.updateHead<{ mark: string }>(MARK_HEAD, (old) => old ?? made)).mark;
}

/** What a lake and a Temporal namespace have of each other. */
export interface Installed {
  /** Heads of the models that are applied in this lake. */
  applied: ReadonlyMap<string, ModelHead>;
  /** Models that have a Schedule in the namespace; the list may be a second behind. */
  scheduled: ReadonlySet<string>;
  /** True when that Schedule is of another lake. */
  isOfAnother: (model: string) => boolean;
  /** True when that Schedule is paused, whoever did it. */
  isPaused: (model: string) => boolean;
}

/** Reads heads and the list of Schedules. */
export async function installed(app: Pick<App, 'lake'>, client: Client): Promise<Installed> {
  const [listed, heads, own] = await Promise.all([
    listSchedules(client),
    app.lake.listModelHeads(),
    app.lake.readHead<{ mark: string }>(MARK_HEAD),
  ]);
  const live = heads.filter(({ retiredAt }) => retiredAt === null);
  const applied = new Map(live.map((head) => [head.model, head]));
  return {
    applied,
    scheduled: new Set(listed.keys()),
    isOfAnother: (model) => {
      const mark = listed.get(model)?.mark;
      // What an older version made bears no mark: it is of the lake that has applied the model.
      return mark === null ? !applied.has(model) : mark !== undefined && mark !== own?.mark;
    },
    isPaused: (model) => listed.get(model)?.paused === true,
  };
}
