import type { AlertSummary } from '../domain/alert.js';
import type { UnjudgedWindow } from '../domain/alerting/unjudged.js';
import type { ModelHead } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Instant } from '../domain/window.js';
import { publishedOf, type Deps } from './deps.js';
import { failuresHead, type FailedRepeats } from './failures.js';

/** `failed` while another window than this one failed and is still tried again. */
export function othersOf(from: {
  monitor: Monitor;
  head: ModelHead | null;
  end: Instant;
  now: Instant;
}): 'judged' | 'failed' {
  const { monitor, head, end, now } = from;
  const { catchup } = monitor.schedule;
  const isWaiting = head?.failed.some((one) => one.end !== end && now - one.end <= catchup);
  return isWaiting === true ? 'failed' : 'judged';
}

/** What a check-health alert is about, newest first; nothing of any other alert. */
export async function unjudgedBy(
  deps: Pick<Deps, 'lake' | 'clock'>,
  alert: Pick<AlertSummary, 'model' | 'category' | 'lastWindow'>,
): Promise<UnjudgedWindow[]> {
  if (alert.category !== 'check-health') return [];
  const head = await deps.lake.readHead<ModelHead>(`model/${alert.model}`);
  if (head === null) return [];
  const { monitor } = await publishedOf(deps, head.monitor);
  return unjudgedOf(deps.lake, { monitor, head, now: deps.clock(), asked: alert.lastWindow });
}

/**
 * Windows without a judgement, newest first, with why: those that failed and are tried again, and
 * the one asked for. Reads commit documents and one head.
 */
export async function unjudgedOf(
  lake: Pick<Deps['lake'], 'commitOf' | 'readHead'>,
  from: { monitor: Monitor; head: ModelHead; now: Instant; asked?: Instant },
): Promise<UnjudgedWindow[]> {
  const { monitor, head, now, asked } = from;
  const { catchup } = monitor.schedule;
  const waiting = head.failed.filter(({ end }) => now - end <= catchup).map(({ end }) => end);
  const ends = [...new Set([...waiting, ...(asked === undefined ? [] : [asked])])];
  if (ends.length === 0) return [];
  const repeats = (await lake.readHead<FailedRepeats>(failuresHead(head.model)))?.windows ?? [];
  const found = await Promise.all(
    ends.map(async (end): Promise<UnjudgedWindow[]> => {
      const commit = await lake.commitOf(head.model, end);
      const triedUntil = waiting.includes(end) ? end + catchup : null;
      if (commit === null) return [{ end, start: null, reason: null, triedUntil }];
      const repeat = repeats.find((one) => one.end === end && one.revision > commit.revision);
      const reason = repeat?.error ?? commit.error ?? commit.notEvaluated;
      return reason === null ? [] : [{ end, start: commit.window.start, reason, triedUntil }];
    }),
  );
  return found.flat().sort((a, b) => b.end - a.end);
}
