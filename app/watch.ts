import { nextBoundary, usualLength } from '../calendar/windows.js';
import { publishedOf } from '../activities/deps.js';
import type { Entities } from '../activities/deps.js';
import type { Mark } from '../domain/finding.js';
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
 * but never less than one window. Paused and retired models are not late. Reads heads only.
 */
export async function lateModels(app: App, now: Instant): Promise<Late[]> {
  const heads = await app.lake.listModelHeads();
  const waited = heads.filter(({ paused, retiredAt }) => paused === null && retiredAt === null);
  const all = await Promise.all(
    waited.map(async (head): Promise<Late> => {
      const published = await publishedOf(app, head.monitor);
      const { windows, schedule } = published.monitor;
      const windowEnd = nextBoundary(windows, head.watermark);
      const dueAt = Math.max(windowEnd + schedule.lag, head.appliedAt);
      const { model, monitor } = head;
      return { model, monitor, windowEnd, dueAt, lateBy: now - dueAt, published };
    }),
  );
  return all.filter(({ lateBy, published }) => {
    const length = usualLength(published.monitor.windows);
    return lateBy >= Math.max(length, Math.min(2 * length, DAY));
  });
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
