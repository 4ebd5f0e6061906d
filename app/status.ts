import { nextBoundary } from '../calendar/windows.js';
import { publishedOf } from '../activities/deps.js';
import type { AlertSummary } from '../domain/alert.js';
import type { ModelHead } from '../domain/model.js';
import type { RequestSummary } from '../domain/request.js';
import type { Instant } from '../domain/window.js';
import { listAlerts } from './alerts.js';
import type { App } from './app.js';
import { blockedEntities, type Blocked } from './blocked.js';
import { listRequests } from './requests.js';

/** One model as a list shows it. */
export interface ModelStatus {
  head: ModelHead;
  /** Who answers for it, as the monitor says: `team:x`. */
  owner: string;
  /** When the next window falls due: its end + lag; null: paused or retired. */
  nextDue: Instant | null;
  alerts: readonly AlertSummary[];
  requests: readonly RequestSummary[];
  /** Entities of it that cannot decide: their alerts and requests stand as they were. */
  blocked: readonly Blocked[];
}

/** All applied models by id, from heads only: no row is read and Temporal is not asked. */
export async function modelStatuses(app: App): Promise<ModelStatus[]> {
  const [heads, alerts, requests, blocked] = await Promise.all([
    app.lake.listModelHeads(),
    listAlerts(app, 'open'),
    listRequests(app, 'open'),
    blockedEntities(app),
  ]);
  const active = heads.filter(({ retiredAt }) => retiredAt === null);
  return Promise.all(
    active.map(async (head) => {
      const { monitor } = await publishedOf(app, head.monitor);
      const nextDue = nextBoundary(monitor.windows, head.watermark) + monitor.schedule.lag;
      return {
        head,
        owner: monitor.model.owners.model,
        nextDue: head.paused === null ? nextDue : null,
        alerts: alerts.filter(({ model }) => model === head.model),
        requests: requests.filter(({ model }) => model === head.model),
        blocked: blocked.filter(({ model }) => model === head.model),
      };
    }),
  );
}
