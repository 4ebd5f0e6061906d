import type { ReferencePin } from '../domain/model.js';
import type { Evaluation, Commit } from '../domain/run.js';
import type { Duck } from '../lake/duck.js';
import type { Measuring } from './deps.js';
import { lastingNotes } from './evaluate-first.js';
import { countVerdicts, healthMark, marksOf, worst } from './marks.js';

/** What a commit needs beside the evaluation. */
export interface ToCommit {
  evaluation: Evaluation;
  mature: boolean;
  /** The reference that it was compared with; null or absent: none was pinned. */
  pin?: ReferencePin | null;
  /** Lake key of the older evaluation with the counts of the columns; null: its own has them. */
  profileFile: string | null;
  /** Why it was given up; null: it was evaluated. */
  notEvaluated: string | null;
  /** `failed`: other windows of the model failed and are tried again, so its health is not ok. */
  others?: 'judged' | 'failed';
  /** Names this try's own objects; a late try can then never replace another's. */
  attempt: string;
}

/**
 * Writes the evaluation's own file, then the commit document that makes it visible. A repeat, or a
 * second attempt, finds the commit that stands and returns that.
 */
export async function commitEvaluation(
  deps: Measuring,
  db: Duck,
  input: ToCommit,
): Promise<Commit> {
  const { evaluation } = input;
  const file = await deps.lake.writeEvaluation(db, evaluation, input.attempt);
  const counts = countVerdicts(evaluation.findings);
  const notes = lastingNotes(evaluation.notes);
  return deps.lake.commit({
    version: 1,
    model: evaluation.model,
    window: evaluation.window,
    revision: evaluation.revision,
    run: evaluation.run,
    at: evaluation.at,
    knownAt: evaluation.knownAt,
    committedAt: deps.clock(),
    monitor: evaluation.monitor,
    reference: evaluation.reference,
    file,
    profileFile: input.profileFile,
    rows: evaluation.profile?.rows ?? 0,
    verdict: worst(counts),
    counts,
    marks: [...marksOf(evaluation.findings), healthMark(healthOf(input))],
    error: evaluation.error,
    notEvaluated: input.notEvaluated,
    mature: input.mature,
    ...(notes.length === 0 ? {} : { notes }),
    ...(input.pin == null ? {} : { pin: input.pin }),
    program: deps.program,
  });
}

function healthOf({ evaluation, notEvaluated, others }: ToCommit): 'ok' | 'alert' | 'unknown' {
  if (evaluation.error !== null || notEvaluated !== null) return 'alert';
  return others === 'failed' ? 'unknown' : 'ok';
}
