import { nextBoundary, usualLength } from '../calendar/windows.js';
import { publishedOf } from '../activities/deps.js';
import type { Entities } from '../activities/deps.js';
import type { Mark } from '../domain/finding.js';
import type { ModelHead } from '../domain/model.js';
import type { Published } from '../domain/published.js';
import type { Duration, Instant } from '../domain/window.js';
import type { App } from './app.js';

const DAY: Duration = 86_400_000;

/** A model whose windows do not come as they should. */
export interface Late {
  model: string;
  /** End of the oldest window that is missing. */
  windowEnd: Instant;
  /** When it fell due. */
  dueAt: Instant;
  lateBy: Duration;
  published: Published;
  monitor: string;
}

/**
 * Models whose oldest missing window is two windows late, or 24 h past due when that comes first,
 * but never less than one window. The wait for a marker counts as not due. Retired models are not
 * late, and paused ones only when their pause was to be over so long ago. Reads heads and monitors
 * only; what cannot be read is logged.
 */
export async function lateModels(app: App, now: Instant): Promise<Late[]> {
  const heads = await app.lake.listModelHeads();
  const waited = heads.filter((head) => head.retiredAt === null && pausedUntil(head) <= now);
  const all = await Promise.all(
    waited.map(async (head): Promise<Late[]> => {
      try {
        const late = await latenessOf(app, head, now);
        const length = usualLength(late.published.monitor.windows);
        return late.lateBy >= Math.max(length, Math.min(2 * length, DAY)) ? [late] : [];
      } catch (error) {
        app.log.error({ model: head.model, error }, 'the watch failed for one model');
        return [];
      }
    }),
  );
  return all.flat();
}

async function latenessOf(app: App, head: ModelHead, now: Instant): Promise<Late> {
  const { model, monitor } = head;
  const published = await publishedOf(app, monitor);
  const { windows, schedule, ready } = published.monitor;
  const windowEnd = nextBoundary(windows, head.watermark);
  const isDue = windowEnd + schedule.lag + (ready?.wait ?? 0);
  const dueAt = Math.max(isDue, head.appliedAt, pausedUntil(head));
  return { model, monitor, windowEnd, dueAt, lateBy: now - dueAt, published };
}

/** Far ago: it is not paused; Infinity: until somebody resumes it. */
function pausedUntil({ paused }: ModelHead): Instant {
  return paused === null ? -Infinity : (paused.until ?? Infinity);
}

/** The mark that evaluate's own result for that window will replace. */
const MISSING: Mark = {
  check: 'evaluation',
  target: 'window',
  slice: '',
  category: 'check-health',
  verdict: 'alert',
  patience: 1,
  running: null,
  source: null,
};

/** Raises check-health for a late model; a repeat of the same window is dropped by the entity. */
export async function raiseLate(entities: Entities, late: Late): Promise<void> {
  await entities.tellAlert(late.model, 'check-health', {
    type: 'window',
    id: `${late.windowEnd}/0`,
    windowEnd: late.windowEnd,
    revision: 0,
    marks: [MISSING],
    rules: late.monitor,
  });
}

/** Models whose pause has ended by now. */
export async function endedPauses(app: App, now: Instant): Promise<string[]> {
  const heads = await app.lake.listModelHeads();
  return heads
    .filter(({ paused }) => paused?.until != null && paused.until <= now)
    .map(({ model }) => model);
}
