import type { Write } from '../domain/audit.js';
import type { Due } from '../domain/due.js';
import { windowsWithin } from '../calendar/windows.js';
import { advance } from './advance.js';
import { adviseModel } from './advise.js';
import { attempt } from './attempt.js';
import { finishBackfill } from './backfill.js';
import { publishedOf, watchedHead, type Deps } from './deps.js';
import { decide, write } from './entities.js';
import { beating, evaluateWindow, writeOff } from './evaluate-window.js';
import { guarded } from './guard.js';
import { backfillDue, dueWindows, MOST_DUE, type PlanInput } from './plan-due.js';
import { awaitReady } from './await-ready.js';
import { tell } from './tell.js';
import type { EntityActivities, EvaluateActivities } from './types.js';

/**
 * The verbs with side effects, over their dependencies; types.ts says what a repeat does. What they
 * throw holds no value of a row and no secret: that is in the log.
 */
export function createActivities(deps: Deps): EvaluateActivities & EntityActivities {
  return guarded(deps, verbsOf(deps));
}

function verbsOf(deps: Deps): EvaluateActivities & EntityActivities {
  return {
    planDue: ({ model, except }) => planDue(deps, model, except),
    awaitReady: (input) => awaitReady(deps, input),
    evaluateWindow: (input) => evaluateWindow(deps, input),
    writeOff: (input) => writeOff(deps, input),
    tell: (input) => tell(deps, input),
    advance: (input) => advance(deps, input),
    advise: async ({ model }) => {
      await adviseModel(deps, model);
      await deps.lake.compact(model, deps.clock());
    },
    planBackfill: async ({ model, from, to, which, after }) => {
      const input = await planInput(deps, model, null);
      if (input === null) return [];
      const windows = windowsWithin(input.monitor.windows, from, to);
      return backfillDue({ ...input, windows, which })
        .filter(({ window }) => after === null || window.end > after)
        .slice(0, MOST_DUE);
    },
    finishBackfill: (input) => beating('episodes', () => finishBackfill(deps, input)),
    decide: (workflowId, state, happened) => decide(deps, { workflowId, state, ...happened }),
    write: (_, writes) => write(deps, writes as readonly Write[]),
    attempt: (workflowId, effect) =>
      attempt(deps, workflowId, effect as Parameters<typeof attempt>[2]),
  };
}

async function planDue(
  deps: Deps,
  model: string,
  except: readonly number[],
): Promise<readonly Due[]> {
  const input = await planInput(deps, model, 'since');
  return input === null ? [] : dueWindows({ ...input, except });
}

/** null: the model is gone, or was never applied. */
async function planInput(
  deps: Deps,
  model: string,
  commitsFrom: 'since' | null,
): Promise<Omit<PlanInput, 'except'> | null> {
  const head = await watchedHead(deps, model);
  if (head === null) return null;
  const { monitor } = await publishedOf(deps, head.monitor);
  const span = commitsFrom === 'since' ? { from: head.since } : {};
  const commits = await deps.lake.commitsOf(model, span);
  return {
    monitor,
    head,
    commits: new Map(commits.map((commit) => [commit.window.end, commit])),
    now: deps.clock(),
  };
}
