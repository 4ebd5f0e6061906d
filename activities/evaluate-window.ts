import { ApplicationFailure } from '@temporalio/common';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { unknownFindings } from '../checks/evaluate.js';
import type { Due, Outcome } from '../domain/due.js';
import type { ModelHead } from '../domain/model.js';
import type { Commit, Evaluation } from '../domain/run.js';
import { commitEvaluation } from './commit.js';
import { modelHead, publishedOf, type Deps } from './deps.js';
import { evaluate } from './evaluate.js';
import { noteFailure } from './failures.js';
import { runName } from './marks.js';
import { isTooOld } from './plan-due.js';
import { withScratch } from './scratch.js';
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
 * that fails again commits nothing; why is noted for people. Aborts with the activity; DuckDB is
 * idle afterwards.
 */
export async function evaluateWindow(
  deps: Deps,
  input: { model: string; due: Due; quiet: boolean },
): Promise<{ outcome: Outcome }> {
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
      async (db, folder) => {
        const evaluated = await evaluate(deps, db, {
          monitor,
          fingerprint: due.monitor,
          due,
          head,
          exact: 'grid',
          landDir: folder,
          watched: true,
        });
        const { evaluation, mature } = evaluated;
        if (evaluation.error !== null && due.kind !== 'first') {
          const { error, revision } = evaluation;
          await noteFailure(deps, model, { end: due.window.end, revision, error });
          return { outcome: 'not_evaluated' };
        }
        const kept = await keepLanded(deps, evaluation, evaluated.landed);
        await pinReference(deps, model, evaluated.pin);
        const attempt = attemptName();
        const commit = await commitEvaluation(deps, db, {
          evaluation: kept,
          mature,
          pin: evaluated.pin,
          profileFile: evaluated.profileFile,
          notEvaluated: null,
          others: othersOf({ monitor, head, end: due.window.end, now: deps.clock() }),
          attempt,
        });
        return { outcome: outcomeOf(commit) };
      },
      cancellationSignal(),
    ),
  );
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
