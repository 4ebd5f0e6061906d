import type { Instant } from '../domain/window.js';
import type { Store } from './store.js';
import type { Harmless, LakeReport } from './verification.js';

const DAY = 86_400_000;

/**
 * Removes what a verification found to lie about for more than a day: unfinished files, attempts
 * that no commit names, merged files that no manifest names. Returns what was removed: nothing of a
 * lake with problems, where a name may be unreadable. A repeat removes nothing.
 */
export async function gc(store: Store, report: LakeReport, now: Instant): Promise<Harmless[]> {
  if (report.problems.length > 0) return [];
  const old = report.harmless.filter(({ modified }) => modified + DAY <= now);
  for (const { key } of old) await store.remove(key);
  return old;
}
