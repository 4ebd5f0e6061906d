import { newestTrained } from '../activities/trained.js';
import type { Measuring } from '../activities/deps.js';
import type { AdviceInput } from '../domain/advising/input.js';
import type { Finding } from '../domain/finding.js';
import { loopPicture } from '../domain/loop/picture.js';
import type { LoopLink, LoopPicture } from '../domain/loop/picture.js';
import type { Monitor } from '../domain/monitor.js';
import { spanReport } from './check-window.js';

interface Seen {
  monitor: Monitor;
  /** What the advice rests on. */
  asked: AdviceInput;
  /** Of the newest window with mature labels, measured just now; []: the advice has it. */
  mature: readonly Finding[];
}

/** The links of the loop by what a check saw, as the advice sees it. Reads only. */
export async function loopIn(
  deps: Pick<Measuring, 'lake' | 'clock'>,
  { monitor, asked, mature }: Seen,
): Promise<LoopPicture | null> {
  const trained = await newestTrained(deps, monitor.model.id, deps.clock());
  const again = new Set(mature.map(({ window }) => window.end));
  const before = asked.mature.flat().filter(({ window }) => !again.has(window.end));
  const findings = [...asked.findings, ...mature, ...before];
  return loopPicture({ monitor, findings, trained });
}

/** A link as `LoopLink` has it, with its window as elsewhere in the JSON. */
type LinkReport = Omit<LoopLink, 'window'> & { window: ReturnType<typeof spanReport> | null };

/** `loop` of `check --json`, in the order of the ring; null: the monitor says nothing of one. */
export function loopReport(monitor: Monitor, loop: LoopPicture | null): LinkReport[] | null {
  if (loop === null) return null;
  return loop.map((link) => ({
    ...link,
    window: link.window && spanReport(monitor, link.window),
  }));
}
