import { ApplicationFailure } from '@temporalio/common';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { unknownFindings } from '../checks/evaluate.js';
import type { Due, Outcome } from '../domain/due.js';
import type { ModelHead } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Commit, Evaluation } from '../domain/run.js';
import type { Duck } from '../lake/duck.js';
import { commitEvaluation } from './commit.js';
import { modelHead, publishedOf, type Deps } from './deps.js';
import { evaluate } from './evaluate.js';
import { noteFailure } from './failures.js';
import { runName } from './marks.js';
import { isTooOld } from './plan-due.js';
import { isUnchanged, reread, weighed } from './reread.js';
import { withScratch } from './scratch.js';
import type { Became } from './types.js';
import { othersOf } from './unjudged.js';

/** Heartbeats every five seconds while `work` goes on, so that a cancellation arrives. */
export async function beating<T>(step: string, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat({ step }), 5_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Evaluates one window and commits it. A repeat finds the commit and gives its outcome. A window
 * that fails again, or is read again for too few late rows, commits nothing; why is noted for
 * people. Aborts with the activity; DuckDB is idle afterwards.
 */
export async function evaluateWindow(
  deps: Deps,
  input: { model: string; due: Due; quiet: boolean },
): Promise<Became> {
  const { model, due } = input;
  const standing = await deps.lake.commitOf(model, due.window.end, due.revision);
  if (standing !== null) return { outcome: outcomeOf(standing) };
  const { monitor } = await publishedOf(deps, due.monitor).catch(badConfig);
  const head = await deps.lake.readHead<ModelHead>(modelHead(model));
  if (head !== null && !input.quiet && isTooOld({ monitor, head, now: deps.clock() }, due)) {
    await writeOff(deps, { model, due, reason: 'older than schedule.catchup' });
    return { outcome: 'not_evaluated' };
  }
  return beating('evaluate', () =>
    withScratch(
      deps,
      (db, folder) => evaluateAndCommit(deps, db, { model, monitor, due, head, folder }),
      cancellationSignal(),
    ),
  );
}

interface Evaluating {
  model: string;
  monitor: Monitor;
  due: Due;
  head: ModelHead | null;
  /** Where rows are landed. */
  folder: string;
}

async function evaluateAndCommit(deps: Deps, db: Duck, of: Evaluating): Promise<Became> {
  const { model, monitor, due, head, folder } = of;
  const signal = cancellationSignal();
  const again = due.kind === 'late' ? await reread(deps, { monitor, due, signal }) : null;
  if (again !== null && isUnchanged(again)) return { outcome: again.older.commit.verdict };
  const evaluated = await evaluate(deps, db, {
    ...{ monitor, fingerprint: due.monitor, due, head },
    ...{ exact: 'grid', landDir: folder, watched: true },
  });
  const { evaluation, mature, landed, pin, profileFile } = evaluated;
  if (evaluation.error !== null && due.kind !== 'first') {
    const { error, revision } = evaluation;
    await noteFailure(deps, model, { end: due.window.end, revision, error });
    return { outcome: 'not_evaluated' };
  }
  const late = again && weighed(again, evaluation, monitor);
  const note = late === null ? {} : { note: late.note };
  if (again !== null && late?.restates === false) {
    return { outcome: again.older.commit.verdict, ...note };
  }
  const kept = await keepLanded(deps, evaluation, landed);
  await pinReference(deps, model, pin);
  const notes = [...(kept.notes ?? []), ...(late === null ? [] : [late.note])];
  const commit = await commitEvaluation(deps, db, {
    evaluation: notes.length === 0 ? kept : { ...kept, notes },
    ...{ mature, pin, profileFile, notEvaluated: null },
    others: othersOf({ monitor, head, end: due.window.end, now: deps.clock() }),
    attempt: attemptName(),
  });
  return { outcome: outcomeOf(commit), ...note };
}

/** One that says nothing of the rows stays open, whoever finds it. */
function outcomeOf({ error, notEvaluated, verdict }: Commit): Outcome {
  return error === null && notEvaluated === null ? verdict : 'not_evaluated';
}

/**
 * What cannot be read as a monitor will not become one; a disk that fails may come back. The
 * message names a fingerprint and nothing of the monitor.
 */
function badConfig(error: unknown): never {
  if (error instanceof Error && !('code' in error)) {
    throw ApplicationFailure.nonRetryable(error.message, 'BadConfig');
  }
  throw error;
}

/** `<workflow run>-<attempt>`, short: no other try has it. */
function attemptName(): string {
  const { workflowExecution, activityId, attempt } = activityInfo();
  return `${workflowExecution?.runId.slice(0, 8) ?? 'local'}-${activityId}-${attempt}`;
}

async function keepLanded(
  deps: Deps,
  evaluation: Evaluation,
  landed: string | null,
): Promise<Evaluation> {
  if (landed === null || evaluation.manifest === null) return evaluation;
  const key = await deps.lake.putRows(evaluation, landed);
  return { ...evaluation, manifest: { ...evaluation.manifest, landed: key } };
}

async function pinReference(deps: Deps, model: string, pin: ModelHead['reference']): Promise<void> {
  if (pin === null) return;
  await deps.lake.updateHead<ModelHead>(modelHead(model), (head) => {
    if (head === null) throw new Error(`Model "${model}" has no head; run aftercare apply.`);
    return head.reference?.spec === pin.spec ? head : { ...head, reference: pin };
  });
}

/**
 * Commits unknown (not_evaluated) for a window that cannot be evaluated; one that has a commit
 * already gets no other, and `committed` is false.
 */
export async function writeOff(
  deps: Deps,
  input: { model: string; due: Due; reason: string },
): Promise<{ committed: boolean }> {
  const { model, due, reason } = input;
  if ((await deps.lake.commitOf(model, due.window.end)) !== null) return { committed: false };
  const { monitor } = await publishedOf(deps, due.monitor);
  const run = runName(model, due.window.end, due.revision);
  const frame = { run, window: due.window, revision: due.revision };
  const findings = unknownFindings(monitor, {
    ...frame,
    reason: 'not_evaluated',
    sentence: `The window was not evaluated: ${reason}.`,
  });
  const { at, knownAt } = due;
  const evaluation: Evaluation = {
    ...{ model, ...frame, at, knownAt, monitor: due.monitor, reference: null },
    ...{ manifest: null, labels: null, profile: null, slices: [], findings, error: null },
  };
  await withScratch(deps, async (db) =>
    commitEvaluation(deps, db, {
      evaluation,
      mature: false,
      profileFile: null,
      notEvaluated: reason,
      attempt: attemptName(),
    }),
  );
  return { committed: true };
}
