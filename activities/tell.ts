import type { AlertHead } from '../domain/alerting/state.js';
import type { Category, Mark } from '../domain/finding.js';
import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import { watchedHead, type Deps } from './deps.js';

/**
 * Messages to the alert entities, built from the commit: one per category that has a bad mark or
 * whose entity lives (pending counts); none where the monitor was taken away meanwhile. A repeat is
 * dropped by the entities.
 */
export async function tell(
  deps: Deps,
  input: { model: string; windowEnd: Instant; revision: number },
): Promise<void> {
  const commit = await deps.lake.commitOf(input.model, input.windowEnd, input.revision);
  if (commit === null) return; // a repeat that failed again wrote nothing
  if ((await watchedHead(deps, input.model)) === null) return;
  for (const [category, marks] of byCategory(commit)) {
    const isBad = marks.some(({ verdict }) => verdict === 'warn' || verdict === 'alert');
    if (!isBad && !(await isAlive(deps, input.model, category))) continue;
    await deps.entities.tellAlert(input.model, category, {
      type: 'window',
      id: `${input.windowEnd}/${input.revision}`,
      windowEnd: input.windowEnd,
      revision: input.revision,
      marks,
      rules: commit.monitor,
    });
  }
}

/** The marks of a commit, by who has to act. */
export function byCategory(commit: Commit): Map<Category, Mark[]> {
  const groups = new Map<Category, Mark[]>();
  for (const mark of commit.marks) {
    groups.set(mark.category, [...(groups.get(mark.category) ?? []), mark]);
  }
  return groups;
}

async function isAlive(deps: Deps, model: string, category: Category): Promise<boolean> {
  const head = await deps.lake.readEntityHead<AlertHead>(`alert/${model}/${category}`);
  return head?.alive ?? false;
}
