import { nextBoundary } from '../calendar/windows.js';
import { publishedOf } from '../activities/deps.js';
import { unjudgedOf } from '../activities/unjudged.js';
import type { UnjudgedWindow } from '../domain/alerting/unjudged.js';
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
  /** Windows that failed and are tried again, newest first, with why. */
  unjudged: readonly UnjudgedWindow[];
  /** A version that was promoted and has not been judged yet; null: there is none. */
  promoted: { version: string; at: Instant } | null;
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
        unjudged: await unjudgedOf(app.lake, { monitor, head, now: app.clock() }),
        promoted: promotedOf(head),
      };
    }),
  );
}

/** No window was evaluated since the reference of a new version became the active one. */
function promotedOf({ reference, lastRunAt }: ModelHead): ModelStatus['promoted'] {
  if (reference?.version == null || lastRunAt === null || lastRunAt > reference.since) return null;
  return { version: reference.version, at: reference.since };
}
